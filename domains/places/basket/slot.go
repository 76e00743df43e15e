package basket

import (
	"slices"
	"strconv"
	"strings"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

// Most is how many slots a basket holds.
const Most = 10

// Slot is one room on one day, in minutes after midnight.
type Slot struct {
	Room     db.ID
	Day      jp.Date
	From, To int
}

// String returns the slot as a field or the basket carries it.
func (s Slot) String() string {
	return strings.Join([]string{s.Room.String(), s.Day.String(), strconv.Itoa(s.From), strconv.Itoa(s.To)}, "_")
}

// Span is the slot's time.
func (s Slot) Span() quarter.Span { return quarter.On(s.Day, s.From, s.To) }

// ParseSlot reads what String wrote.
func ParseSlot(text string) (s Slot, ok bool) {
	parts := strings.Split(text, "_")
	if len(parts) != 4 {
		return s, false
	}
	room, err := db.ParseID(parts[0])
	day, err2 := jp.ParseAnyDate(parts[1])
	s = Slot{Room: room, Day: day, From: atoi(parts[2]), To: atoi(parts[3])}
	return s, err == nil && err2 == nil && s.From >= 0 && s.From < s.To && s.To <= 48*60
}

// slotOf is a free time as a slot.
func slotOf(v reservation.Vacancy) Slot {
	day := jp.DateOf(v.Span.Start)
	from := int(v.Span.Start.Sub(day.At(0)).Minutes())
	return Slot{Room: v.Room, Day: day, From: from, To: from + v.Span.Minutes()}
}

// parse reads a basket; what cannot be read is left out.
func parse(text string) (out []Slot) {
	for part := range strings.SplitSeq(text, "~") {
		if s, ok := ParseSlot(part); ok && !slices.Contains(out, s) && len(out) < Most {
			out = append(out, s)
		}
	}
	return out
}

// format writes a basket.
func format(all []Slot) string {
	parts := make([]string, len(all))
	for i, s := range all {
		parts[i] = s.String()
	}
	return strings.Join(parts, "~")
}

func atoi(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}
