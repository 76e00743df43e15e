package facility

import (
	"slices"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Classes are what rules call rooms of a kind by, in the order of a menu; "" is a
// room of no class.
var Classes = []string{"hall", "meeting", "studio", "tatami", "gym", "kitchen"}

// Cells are what a reservation of the room takes, in order of their ids: the
// room itself or its parts, and the quiet between it and the neighbours that
// disturb it. A loud one also takes the quiet of those it disturbs.
func (r Room) Cells(loud bool) []db.ID {
	switch {
	case loud && len(r.loud) > 0:
		return r.loud
	case len(r.quiet) > 0:
		return r.quiet
	}
	return []db.ID{r.ID}
}

// Bases are the room's parts, or the room itself where it has none.
func (r Room) Bases() []db.ID {
	if len(r.Parts) > 0 {
		return r.Parts
	}
	return []db.ID{r.ID}
}

// disturbance is that loud use of the room disturbs any use of the other. Its id
// is the cell that both take.
type disturbance struct{ id, room, other db.ID }

// layout is how the rooms of a facility, or of all, stand to one another.
type layout struct {
	parts, wholes map[db.ID][]db.ID
	out, in       map[db.ID][]disturbance // by the room that disturbs, and by the other
}

type part struct{ room, part db.ID }

func (p *part) dest() []any        { return []any{&p.room, &p.part} }
func (d *disturbance) dest() []any { return []any{&d.id, &d.room, &d.other} }

// layoutOf reads how the rooms of a facility stand to one another.
func layoutOf(tx *db.Tx, facility db.ID) (layout, error) {
	parts, err := db.All(tx, (*part).dest, `SELECT p.room_id, p.part_id FROM rooms r JOIN room_parts p ON p.room_id = r.id WHERE r.facility_id = $1`, facility)
	if err != nil {
		return layout{}, err
	}
	disturbed, err := db.All(tx, (*disturbance).dest, `SELECT d.id, d.room_id, d.other_id FROM rooms r JOIN disturbances d ON d.room_id = r.id WHERE r.facility_id = $1`, facility)
	return arrange(parts, disturbed), err
}

// wholeLayout reads how all rooms of the city stand to one another.
func wholeLayout(tx *db.Tx) (layout, error) {
	parts, err := db.All(tx, (*part).dest, `SELECT room_id, part_id FROM room_parts`)
	if err != nil {
		return layout{}, err
	}
	disturbed, err := db.All(tx, (*disturbance).dest, `SELECT id, room_id, other_id FROM disturbances`)
	return arrange(parts, disturbed), err
}

func arrange(parts []part, disturbed []disturbance) layout {
	l := layout{parts: map[db.ID][]db.ID{}, wholes: map[db.ID][]db.ID{}, out: map[db.ID][]disturbance{}, in: map[db.ID][]disturbance{}}
	for _, p := range parts {
		l.parts[p.room] = append(l.parts[p.room], p.part)
		l.wholes[p.part] = append(l.wholes[p.part], p.room)
	}
	for _, d := range disturbed {
		l.out[d.room] = append(l.out[d.room], d)
		l.in[d.other] = append(l.in[d.other], d)
	}
	return l
}

// place tells the room how it stands to the others.
func (l layout) place(r *Room) {
	r.Parts, r.PartOf = sorted(l.parts[r.ID]), sorted(l.wholes[r.ID])
	r.Disturbs, r.DisturbedBy = nil, nil
	for _, d := range l.out[r.ID] {
		r.Disturbs = append(r.Disturbs, d.other)
	}
	for _, d := range l.in[r.ID] {
		r.DisturbedBy = append(r.DisturbedBy, d.room)
	}
	r.Disturbs, r.DisturbedBy = sorted(r.Disturbs), sorted(r.DisturbedBy)
	r.quiet = slices.Clone(r.Bases())
	for _, base := range r.Bases() {
		for _, d := range l.in[base] {
			r.quiet = append(r.quiet, d.id)
		}
	}
	r.loud = slices.Clone(r.quiet)
	for _, base := range r.Bases() {
		for _, d := range l.out[base] {
			r.loud = append(r.loud, d.id)
		}
	}
	r.quiet, r.loud = sorted(r.quiet), sorted(r.loud)
}

// sorted returns the ids in order, each once.
func sorted(ids []db.ID) []db.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}

// SameLayout reports whether two states of a room take the same cells of the
// same others.
func SameLayout(a, b Room) bool {
	return slices.Equal(sorted(slices.Clone(a.Parts)), sorted(slices.Clone(b.Parts))) &&
		slices.Equal(sorted(slices.Clone(a.Disturbs)), sorted(slices.Clone(b.Disturbs)))
}

// saveLayout writes the room's Parts and Disturbs over what stood, or returns
// Invalid with the fields parts and disturbs.
func saveLayout(tx *db.Tx, r Room) error {
	l, err := layoutOf(tx, r.Facility)
	if err != nil {
		return err
	}
	was := Room{ID: r.ID}
	l.place(&was)
	if SameLayout(was, r) {
		return nil
	}
	if err := l.check(tx, r, was); err != nil {
		return err
	}
	// First of all: from here on nobody takes or gives back time of these rooms,
	// and whoever has just done so is waited for.
	if err := RaiseLayout(tx, r.Facility); err != nil {
		return err
	}
	for _, id := range r.Parts {
		if !slices.Contains(was.Parts, id) {
			if _, err := tx.Exec(`INSERT INTO room_parts (room_id, part_id) VALUES ($1, $2)`, r.ID, id); err != nil {
				return err
			}
		}
	}
	for _, id := range was.Parts {
		if !slices.Contains(r.Parts, id) {
			if _, err := tx.Exec(`DELETE FROM room_parts WHERE room_id = $1 AND part_id = $2`, r.ID, id); err != nil {
				return err
			}
		}
	}
	for _, id := range r.Disturbs {
		if !slices.Contains(was.Disturbs, id) {
			if _, err := tx.Exec(`INSERT INTO disturbances (id, room_id, other_id) VALUES ($1, $2, $3)`, db.NewID(), r.ID, id); err != nil {
				return err
			}
		}
	}
	for _, id := range was.Disturbs {
		if !slices.Contains(r.Disturbs, id) {
			if _, err := tx.Exec(`DELETE FROM disturbances WHERE room_id = $1 AND other_id = $2`, r.ID, id); err != nil {
				return err
			}
		}
	}
	return audit.Record(tx, audit.Entry{Action: "places.room.layout", Subject: "room", ID: r.ID,
		Detail: map[string]string{"parts": idList(r.Parts), "disturbs": idList(r.Disturbs)}})
}

// check returns what is wrong with the room's new layout: a part has no parts
// itself, and what disturbs is told of rooms without parts, from which the whole
// has it.
func (l layout) check(tx *db.Tx, r, was Room) error {
	rooms, err := AllRoomsOf(tx, r.Facility)
	if err != nil {
		return err
	}
	here := map[db.ID]bool{}
	for _, o := range rooms {
		here[o.ID] = o.ID != r.ID
	}
	var c fault.Check
	for _, id := range r.Parts {
		c.Field(here[id] && len(l.parts[id]) == 0, "parts", "places.room.error.parts")
	}
	c.Field(len(r.Parts) == 0 || len(was.PartOf) == 0, "parts", "places.room.error.parts")
	c.Field(len(r.Parts) != 1, "parts", "places.room.error.parts")
	c.Field(len(r.Parts) == 0 || len(r.Disturbs) == 0 && len(was.DisturbedBy) == 0, "disturbs", "places.room.error.disturbs")
	for _, id := range r.Disturbs {
		c.Field(here[id] && len(l.parts[id]) == 0, "disturbs", "places.room.error.disturbs")
	}
	return c.Err()
}

func idList(ids []db.ID) string {
	var out string
	for i, id := range sorted(slices.Clone(ids)) {
		if i > 0 {
			out += " "
		}
		out += id.String()
	}
	return out
}

// placed tells rooms of one facility how they stand to one another.
func placed(tx *db.Tx, facility db.ID, rooms []Room) error {
	l, err := layoutOf(tx, facility)
	for i := range rooms {
		l.place(&rooms[i])
	}
	return err
}
