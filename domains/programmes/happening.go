package programmes

import (
	"cmp"
	"slices"
	"time"

	"kakehashi/domains/programmes/programme"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// How far pages look ahead, and how much of it they show.
const (
	weekDays  = 7
	aheadDays = 28
	maxAsked  = 100 // of each neighbour
	onFront   = 5
	perDay    = 2 // of one day, as long as other days have some
	onPage    = 8
)

// what is on from today for a number of days.
func from(now time.Time, days int) module.HappeningQuery {
	today := jp.DateOf(now)
	return module.HappeningQuery{From: today.At(0), Until: today.AddDays(days).At(0), Limit: maxAsked}
}

// happenings asks every neighbour, and returns what they answer in order of
// start, at most q.Limit.
func (p *Programmes) happenings(tx *db.Tx, q module.HappeningQuery) (out []module.Happening, err error) {
	for _, ask := range p.near.Happenings {
		some, err := ask(tx, q)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	sortHappenings(out)
	return out[:min(len(out), q.Limit)], nil
}

func sortHappenings(list []module.Happening) {
	slices.SortStableFunc(list, func(a, b module.Happening) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.ID, b.ID))
	})
}

// pick chooses up to n of a list in order of start, those near to town first
// when it is known. As long as there are others, it takes at most perDay of one
// day and nothing of the same title twice. The choice is in order of start again.
func pick(list []module.Happening, n, perDay int, town string, distance func(a, b string) (int64, bool)) []module.Happening {
	near := slices.Clone(list)
	if town != "" && distance != nil {
		const far = int64(1) << 40
		metres := func(h module.Happening) int64 {
			if h.Town == town {
				return 0
			}
			if m, ok := distance(town, h.Town); ok {
				return m
			}
			return far
		}
		slices.SortStableFunc(near, func(a, b module.Happening) int { return cmp.Compare(metres(a), metres(b)) })
	}
	var chosen, rest []module.Happening
	days, titles := map[jp.Date]int{}, map[string]bool{}
	for _, h := range near {
		day := jp.DateOf(h.Start)
		title, _ := h.Title.Pick(i18n.Ja)
		if days[day] < perDay && !titles[title] && len(chosen) < n {
			days[day]++
			titles[title] = true
			chosen = append(chosen, h)
		} else {
			rest = append(rest, h)
		}
	}
	chosen = append(chosen, rest[:min(len(rest), n-len(chosen))]...)
	sortHappenings(chosen)
	return chosen
}

// ofField keeps what belongs to a field, by its own colour or its programme's.
func ofField(list []module.Happening, field string, all *programme.Snapshot) (out []module.Happening) {
	for _, h := range list {
		if fieldOf(h, all) == field {
			out = append(out, h)
		}
	}
	return out
}

func fieldOf(h module.Happening, all *programme.Snapshot) string {
	if p := all.ByID(h.Programme); h.Field == "" && p != nil {
		return p.Field
	}
	return h.Field
}

// town is where the reader lives, as far as they told us; "" when not known.
func (p *Programmes) town(c *web.Context, tx *db.Tx) (string, error) {
	who := c.Viewer.Person
	if c.Viewer.OnBehalfOf != 0 {
		who = c.Viewer.OnBehalfOf
	}
	if who == 0 || p.near.PersonTown == nil {
		return "", nil
	}
	return p.near.PersonTown(tx, who)
}
