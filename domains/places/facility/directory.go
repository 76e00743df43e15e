package facility

import (
	"context"
	"slices"
	"strings"
	"sync"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Directory keeps what everybody looks at, facilities, rooms and closures, in
// memory, and reads it again when the topic was touched, here or on another
// node. A city has some hundreds of facilities, a few kilobytes each.
type Directory struct {
	db *db.DB

	mu      sync.Mutex
	version uint64
	now     *Snapshot
}

// NewDirectory returns a directory of the city's facilities. It reads nothing yet.
func NewDirectory(d *db.DB) *Directory { return &Directory{db: d} }

// Snapshot is the directory at one moment. Nobody may change what it holds.
type Snapshot struct {
	Facilities []Facility // in use, in the order of their readings
	byID       map[db.ID]int
	rooms      map[db.ID][]Room // by facility
	roomAt     map[db.ID]*Room
	closures   map[db.ID][]Closure // by facility
}

// Facility returns the facility in use with the id.
func (s *Snapshot) Facility(id db.ID) (Facility, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Facility{}, false
	}
	return s.Facilities[i], true
}

// Rooms returns the rooms of a facility that are let, in the office's order.
func (s *Snapshot) Rooms(facility db.ID) []Room { return s.rooms[facility] }

// Room returns the room that is let with the id.
func (s *Snapshot) Room(id db.ID) (Room, bool) {
	r, ok := s.roomAt[id]
	if !ok {
		return Room{}, false
	}
	return *r, true
}

// Closures returns when the facility and its rooms are not let.
func (s *Snapshot) Closures(facility db.ID) []Closure { return s.closures[facility] }

// Towns returns the towns that have a facility, in order, each once.
func (s *Snapshot) Towns() []string {
	var out []string
	for i := range s.Facilities {
		if t := s.Facilities[i].Town; t != "" {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Get returns the directory as it stands. It reads the database when something
// has changed, in a transaction of its own: call it outside of one.
func (d *Directory) Get(ctx context.Context) (_ *Snapshot, err error) {
	defer fault.Wrap(&err, "facility.Directory.Get()")
	d.mu.Lock()
	defer d.mu.Unlock()
	// The version is taken first: what is read after it is never older.
	version := d.db.Version(Topic)
	if d.now != nil && d.version == version {
		return d.now, nil
	}
	var s *Snapshot
	if err := d.db.Read(ctx, func(tx *db.Tx) error { s, err = load(tx); return err }); err != nil {
		return nil, err
	}
	d.now, d.version = s, version
	return s, nil
}

const page = 2000 // rows read at once

// load reads the whole directory.
func load(tx *db.Tx) (*Snapshot, error) {
	s := &Snapshot{byID: map[db.ID]int{}, rooms: map[db.ID][]Room{}, roomAt: map[db.ID]*Room{}, closures: map[db.ID][]Closure{}}
	keys := map[db.ID]string{}
	for after := db.ID(0); ; {
		some, err := All(tx, after, page)
		if err != nil {
			return nil, err
		}
		for _, f := range some {
			after = f.ID
			if !f.Closed {
				keys[f.ID] = f.SortKey()
				s.Facilities = append(s.Facilities, f)
			}
		}
		if len(some) < page {
			break
		}
	}
	slices.SortStableFunc(s.Facilities, func(a, b Facility) int { return strings.Compare(keys[a.ID], keys[b.ID]) })
	for i, f := range s.Facilities {
		s.byID[f.ID] = i
	}
	rows, err := db.All(tx, (*roomRow).dest, `SELECT `+roomColumns+` FROM rooms WHERE closed_at = 0 ORDER BY facility_id, sort, id`)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r, err := rows[i].room()
		if err != nil {
			return nil, err
		}
		if _, open := s.byID[r.Facility]; open {
			s.rooms[r.Facility] = append(s.rooms[r.Facility], r)
		}
	}
	l, err := wholeLayout(tx)
	if err != nil {
		return nil, err
	}
	for _, rooms := range s.rooms {
		for i := range rooms {
			l.place(&rooms[i])
			s.roomAt[rooms[i].ID] = &rooms[i]
		}
	}
	closures, err := db.All(tx, (*Closure).dest, `SELECT `+closureColumns+` FROM closures ORDER BY rule, day, id`)
	if err != nil {
		return nil, err
	}
	for _, c := range closures {
		s.closures[c.Facility] = append(s.closures[c.Facility], c)
	}
	return s, nil
}

// Find returns the facilities whose name in any language, reading, address or
// town holds the words, or all when there are none; bookable keeps those with
// rooms to book here.
func (s *Snapshot) Find(words string, bookable bool) []Facility {
	words = jp.Fold(words)
	var out []Facility
	for _, f := range s.Facilities {
		if bookable && !f.Bookable {
			continue
		}
		if words == "" || f.says(words) {
			out = append(out, f)
		}
	}
	return out
}

func (f Facility) says(words string) bool {
	all := f.Kana + "\n" + f.Address + "\n" + f.Town
	for _, s := range f.Name {
		all += "\n" + s
	}
	all = jp.Fold(all)
	for w := range strings.FieldsSeq(words) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}
