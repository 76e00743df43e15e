package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/engines/geo"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Service finds free rooms.
type Service struct {
	db     *db.DB
	rooms  *facility.Directory
	window Window
}

// New returns the service; it does no I/O.
func New(d *db.DB, rooms *facility.Directory, window Window) *Service {
	return &Service{db: d, rooms: rooms, window: window}
}

// Window returns from when until when rooms can be booked.
func (s *Service) Window() Window {
	w := s.window
	if w.Ahead != nil {
		w.HorizonDays = w.Ahead()
	}
	return w
}

// Offer is a room with the times of the wish's day at which it could be had.
type Offer struct {
	Room  facility.Room
	Times []Times // in order of the day
}

// Found are the offers of one facility.
type Found struct {
	Facility facility.Facility
	Metres   float64 // from where the wish is; negative when nobody knows
	Offers   []Offer // the smallest room that fits first
}

// Result is what a search found, the nearest facility first.
type Result struct {
	Found       []Found
	Rooms       int          // how many rooms were found
	Relaxations []Relaxation // one thing to give up, where nothing was found
}

// Relaxation is one thing to give up, and what that would bring.
type Relaxation struct {
	Kind   string // people, step_free, loud, equipment, part, day
	People int64  // Kind people: so many at most
	Part   Part   // Kind part: then instead
	Day    jp.Date
	Rooms  int // how many rooms would be found
	Wish   Wish
}

// Find returns the rooms that can be had as wished.
func (s *Service) Find(ctx context.Context, w Wish, now time.Time) (res Result, err error) {
	defer fault.Wrap(&err, "search.Find(%v)", w.Day)
	snap, err := s.rooms.Get(ctx)
	if err != nil {
		return res, err
	}
	var taken Taken
	if err := s.db.Read(ctx, func(tx *db.Tx) error { taken, err = TakenOn(tx, w.Day, w.Day); return err }); err != nil {
		return res, err
	}
	res = s.find(snap, taken, w, now)
	if res.Rooms == 0 {
		const days = 7
		until := w.Day.AddDays(days)
		if err := s.db.Read(ctx, func(tx *db.Tx) error { taken, err = TakenOn(tx, w.Day, until); return err }); err != nil {
			return res, err
		}
		res.Relaxations = s.relax(snap, taken, w, until, now)
	}
	return res, nil
}

// Gone returns the quarters of a room's day that cannot be booked for quiet use:
// taken, shut or past.
func (s *Service) Gone(snap *facility.Snapshot, taken Taken, r *facility.Room, d jp.Date, now time.Time) quarter.Bits {
	return taken.Of(r, d, false).Or(facility.Shut(snap.Closures(r.Facility), r, d)).Or(s.window.gone(r, d, now))
}

// find looks through all rooms in memory.
func (s *Service) find(snap *facility.Snapshot, taken Taken, w Wish, now time.Time) Result {
	var res Result
	for i := range snap.Facilities {
		f := &snap.Facilities[i]
		if !f.Bookable || w.Facility != 0 && f.ID != w.Facility {
			continue
		}
		var offers []Offer
		rooms, closures := snap.Rooms(f.ID), snap.Closures(f.ID)
		for j := range rooms {
			r := &rooms[j]
			if !w.Suits(r) {
				continue
			}
			gone := taken.Of(r, w.Day, w.Loud).Or(s.window.gone(r, w.Day, now))
			if len(closures) > 0 {
				gone = gone.Or(facility.Shut(closures, r, w.Day))
			}
			if times := w.Fit(r, gone); len(times) > 0 {
				offers = append(offers, Offer{Room: *r, Times: times})
			}
		}
		if len(offers) == 0 {
			continue
		}
		slices.SortStableFunc(offers, func(a, b Offer) int { return cmp.Compare(a.Room.Capacity, b.Room.Capacity) })
		res.Rooms += len(offers)
		res.Found = append(res.Found, Found{Facility: *f, Metres: metres(f, w.Lat, w.Lng), Offers: offers})
	}
	slices.SortStableFunc(res.Found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(far(a.Metres), far(b.Metres)), cmp.Compare(a.Offers[0].Room.Capacity, b.Offers[0].Room.Capacity))
	})
	return res
}

// far puts facilities whose distance nobody knows behind the others.
func far(m float64) float64 {
	if m < 0 {
		return math.Inf(1)
	}
	return m
}

func metres(f *facility.Facility, lat, lng float64) float64 {
	if !f.Located() || lat == 0 && lng == 0 {
		return -1
	}
	return geo.Metres(lat, lng, f.Lat, f.Lng)
}

// relax tries one thing at a time and keeps what brings rooms, the smallest
// sacrifice first.
func (s *Service) relax(snap *facility.Snapshot, taken Taken, w Wish, until jp.Date, now time.Time) []Relaxation {
	var out []Relaxation
	try := func(r Relaxation) bool {
		found := s.find(snap, taken, r.Wish, now)
		if r.Rooms = found.Rooms; r.Rooms > 0 {
			out = append(out, r)
		}
		return r.Rooms > 0
	}
	if w.People > 1 {
		fewer := w
		fewer.People = 0
		most := int64(0)
		for _, f := range s.find(snap, taken, fewer, now).Found {
			most = max(most, f.Offers[len(f.Offers)-1].Room.Capacity)
		}
		if most > 0 {
			fewer.People = most
			try(Relaxation{Kind: "people", People: most, Wish: fewer})
		}
	}
	if w.StepFree {
		with := w
		with.StepFree = false
		try(Relaxation{Kind: "step_free", Wish: with})
	}
	if w.Loud {
		with := w
		with.Loud = false
		try(Relaxation{Kind: "loud", Wish: with})
	}
	if len(w.Equipment) > 0 {
		with := w
		with.Equipment = nil
		try(Relaxation{Kind: "equipment", Wish: with})
	}
	if w.Part != AnyTime || w.exact() {
		for _, p := range Parts {
			with := w
			with.Part, with.From, with.To = p, 0, 0
			if p != w.Part || w.exact() {
				try(Relaxation{Kind: "part", Part: p, Wish: with})
			}
		}
	}
	for d := w.Day.AddDays(1); !d.After(until); d = d.AddDays(1) {
		with := w
		with.Day = d
		if try(Relaxation{Kind: "day", Day: d, Wish: with}) {
			break
		}
	}
	return out
}

// Alternative is a time of a room that could be had instead of a wish.
type Alternative struct {
	Room     facility.Room
	Facility facility.Facility
	Day      jp.Date
	Times
	Metres float64 // from the room that was wished for; 0 the same facility, negative when nobody knows
}

// mostAlternatives is how many Nearest returns.
const mostAlternatives = 6

// Nearest returns what could be had instead of the room from one minute to
// another of the day: first the same room at another time of that day, then
// another room of the facility at that time, then rooms nearby, then the same
// room within a week. It calls Directory.Get: use it outside of a transaction.
func (s *Service) Nearest(ctx context.Context, room db.ID, day jp.Date, from, to int, people int64, now time.Time) (out []Alternative, err error) {
	defer fault.Wrap(&err, "search.Nearest(%v, %v)", room, day)
	snap, err := s.rooms.Get(ctx)
	if err != nil {
		return nil, err
	}
	wished, ok := snap.Room(room)
	if !ok {
		return nil, nil
	}
	home, _ := snap.Facility(wished.Facility)
	const week = 7
	var taken Taken
	if err := s.db.Read(ctx, func(tx *db.Tx) error { taken, err = TakenOn(tx, day, day.AddDays(week)); return err }); err != nil {
		return nil, err
	}
	long := to - from
	add := func(r facility.Room, f facility.Facility, d jp.Date, t Times, m float64) {
		if len(r.Bands) == 0 && t.To-t.From > long {
			t.To = t.From + long
		}
		out = append(out, Alternative{Room: r, Facility: f, Day: d, Times: t, Metres: m})
	}
	const ofEach = 2
	gone := s.Gone(snap, taken, &wished, day, now)
	others := Wish{Day: day, People: people}.Fit(&wished, gone)
	slices.SortStableFunc(others, func(a, b Times) int { return cmp.Compare(abs(a.From-from), abs(b.From-from)) })
	for _, t := range others[:min(ofEach, len(others))] {
		if len(wished.Bands) > 0 || t.To-t.From >= long {
			add(wished, home, day, t, 0)
		}
	}
	same := s.find(snap, taken, Wish{Day: day, From: from, To: to, People: people, StepFree: wished.StepFree, Lat: home.Lat, Lng: home.Lng}, now)
	slices.SortStableFunc(same.Found, func(a, b Found) int {
		return cmp.Compare(btoi(a.Facility.ID != home.ID), btoi(b.Facility.ID != home.ID))
	})
	for _, f := range same.Found {
		n := 0
		for _, o := range f.Offers {
			if o.Room.ID == room || n == ofEach || len(out) >= mostAlternatives-1 {
				continue
			}
			m := f.Metres
			if f.Facility.ID == home.ID {
				m = 0
			}
			add(o.Room, f.Facility, day, o.Times[0], m)
			n++
		}
	}
	for d := day.AddDays(1); !d.After(day.AddDays(week)) && len(out) < mostAlternatives; d = d.AddDays(1) {
		t := Wish{Day: d, From: from, To: to}.Fit(&wished, s.Gone(snap, taken, &wished, d, now))
		if len(t) > 0 {
			add(wished, home, d, t[0], 0)
		}
	}
	return out, nil
}

func abs(n int) int { return max(n, -n) }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
