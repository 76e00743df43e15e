package cast

import (
	_ "embed"
	"encoding/json"
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// habitsJSON says what people of the demo city meet for, with the titles under
// which anybody may come, and what the persons of the story do.
//
//go:embed habits.json
var habitsJSON []byte

type purpose struct {
	Purpose string    `json:"purpose"`
	Use     rules.Use `json:"use"`
	Title   i18n.Text `json:"title"`
}

type words struct {
	Purposes []purpose `json:"purposes"`
	Story    []struct {
		purpose
		Room      string `json:"room"` // names of module.Demo's Refs
		Group     string `json:"group"`
		Person    string `json:"person"`
		Weekday   string `json:"weekday"`
		From      string `json:"from"`
		To        string `json:"to"`
		People    int64  `json:"people"`
		Fortnight bool   `json:"fortnight"`
	} `json:"story"`
	Calm []string `json:"calm"` // groups of module.Demo's Refs with few habits
	Kept []struct {
		Room    string `json:"room"`
		Weekday string `json:"weekday"`
		From    string `json:"from"`
		To      string `json:"to"`
	} `json:"kept"` // times that nobody has a habit in, so that the story finds them free
}

func readWords() (w words, err error) {
	err = json.Unmarshal(habitsJSON, &w)
	return w, err
}

var weekdays = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// story is what the persons of the demo do: the class on Saturday mornings, the
// circle on Sundays, and a few things of their own. Whoever is not in the city
// does nothing.
func (w words) story(d *module.Demo) ([]habit, error) {
	var out []habit
	for _, s := range w.Story {
		h := habit{
			room: d.Refs[s.Room], group: d.Refs[s.Group], person: d.Refs[s.Person], weekday: time.Weekday(slices.Index(weekdays, s.Weekday)),
			purpose: s.Purpose, use: s.Use, title: s.Title, people: s.People, fortnight: s.Fortnight,
		}
		var err error
		if h.from, err = jp.Clock(s.From); err != nil {
			return nil, err
		}
		if h.to, err = jp.Clock(s.To); err != nil {
			return nil, err
		}
		if h.room != 0 && h.person != 0 {
			out = append(out, h)
		}
	}
	return out, nil
}

// free are the times that nobody has a habit in: of a room that is kept, and of
// the rooms that are its parts.
func (w words) free(d *module.Demo, rooms map[db.ID]facility.Room) ([]habit, error) {
	var out []habit
	for _, k := range w.Kept {
		h := habit{weekday: time.Weekday(slices.Index(weekdays, k.Weekday))}
		var err error
		if h.from, err = jp.Clock(k.From); err != nil {
			return nil, err
		}
		if h.to, err = jp.Clock(k.To); err != nil {
			return nil, err
		}
		whole := rooms[d.Refs[k.Room]]
		for _, id := range append(slices.Clone(whole.Parts), whole.ID) {
			h.room = id
			out = append(out, h)
		}
	}
	return out, nil
}

// meets reports whether two habits are of the same room at the same time.
func (h habit) meets(o habit) bool {
	return h.room == o.room && h.weekday == o.weekday && h.from < o.to && o.from < h.to
}
