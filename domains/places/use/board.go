package use

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Board is what the entrance of a facility shows of a day: rooms and groups,
// and no person.
type Board struct {
	Facility facility.Facility
	Day      jp.Date
	Now      time.Time
	Rooms    []BoardRoom
}

// BoardRoom is one room on the board.
type BoardRoom struct {
	ID   db.ID
	Name i18n.Text
	Way  string // 2F →
	Uses []BoardUse
}

// BoardUse is one stretch of a room's day.
type BoardUse struct {
	From, Until time.Time
	Name        i18n.Text // the public title, or a group that shows itself; nil: in use, no more said
	On          bool      // now
	Over        bool
}

// Next returns what of the room's day is on or comes next; false when nothing
// does.
func (r BoardRoom) Next() (BoardUse, bool) {
	for _, u := range r.Uses {
		if !u.Over {
			return u, true
		}
	}
	return BoardUse{}, false
}

// Busy are the rooms that somebody is in or comes to today.
func (b Board) Busy() []BoardRoom {
	return slices.DeleteFunc(slices.Clone(b.Rooms), func(r BoardRoom) bool { _, ok := r.Next(); return !ok })
}

// Free are the rooms that nobody comes to for the rest of the day.
func (b Board) Free() []BoardRoom {
	return slices.DeleteFunc(slices.Clone(b.Rooms), func(r BoardRoom) bool { _, ok := r.Next(); return ok })
}

// FreeUntil returns when the room is next taken: the zero time when it is free
// for the rest of the day; false while somebody is in it.
func (r BoardRoom) FreeUntil() (time.Time, bool) {
	u, ok := r.Next()
	if ok && u.On {
		return time.Time{}, false
	}
	return u.From, true
}

// Board reads what the entrance of a facility shows today; rooms are its rooms
// that are let.
func (x *Use) Board(ctx context.Context, f facility.Facility, rooms []facility.Room) (b Board, err error) {
	defer fault.Wrap(&err, "use.Board(%v)", f.ID)
	b.Facility = f
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		b.Day, b.Now, b.Rooms = today(tx), tx.Now, nil
		ids := make([]db.ID, len(rooms))
		for i, r := range rooms {
			ids[i] = r.ID
		}
		ways, err := Ways(tx, ids)
		if err != nil {
			return err
		}
		all, err := reservation.List(tx, reservation.Filter{Office: f.Office, From: b.Day, Until: b.Day, Limit: mostDay})
		if err != nil {
			return err
		}
		names, err := x.listed(tx, all)
		if err != nil {
			return err
		}
		whole := wholes(rooms)
		for _, r := range rooms {
			room, own := BoardRoom{ID: r.ID, Name: r.Name, Way: ways[r.ID]}, false
			for _, e := range all {
				if (e.Room == r.ID || whole[e.Room] == r.ID || whole[r.ID] == e.Room) && (e.State == reservation.Confirmed || e.State == reservation.Used) {
					room.Uses = append(room.Uses, shown(e, names, b.Now))
					own = own || e.Room == r.ID
				}
			}
			// A part of a hall stands on the board only when it is let on its own.
			if whole[r.ID] != 0 && !own {
				continue
			}
			slices.SortFunc(room.Uses, func(a, b BoardUse) int { return a.From.Compare(b.From) })
			b.Rooms = append(b.Rooms, room)
		}
		return nil
	})
	return b, err
}

// wholes says of each part which room it is a part of.
func wholes(rooms []facility.Room) map[db.ID]db.ID {
	out := map[db.ID]db.ID{}
	for _, r := range rooms {
		for _, part := range r.Parts {
			out[part] = r.ID
		}
	}
	return out
}

// shown is a reservation as anybody may see it.
func shown(r reservation.Reservation, names map[db.ID]i18n.Text, now time.Time) BoardUse {
	u := BoardUse{From: r.Span.Start, Until: r.Span.End, On: !now.Before(r.Span.Start) && now.Before(r.Span.End), Over: !now.Before(r.Span.End)}
	if len(r.PublicTitle) > 0 {
		u.Name = r.PublicTitle
	} else if r.Group != 0 {
		u.Name = names[r.Group]
	}
	return u
}

// listed names the groups of the reservations that show themselves.
func (x *Use) listed(tx *db.Tx, all []reservation.Reservation) (map[db.ID]i18n.Text, error) {
	if x.near.Listed == nil {
		return nil, nil
	}
	var ids []db.ID
	for _, r := range all {
		if r.Group != 0 {
			ids = append(ids, r.Group)
		}
	}
	slices.SortFunc(ids, func(a, b db.ID) int { return cmp.Compare(a, b) })
	return x.near.Listed(tx, slices.Compact(ids))
}
