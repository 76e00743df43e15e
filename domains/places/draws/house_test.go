package draws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
)

// office answers for the facility of these tests.
const office db.ID = 42

// tables are those that draws stand on.
var tables = []db.Migrations{
	audit.Migrations(), inbox.Migrations(), deliver.Migrations(),
	{Name: "places", FS: os.DirFS("../migrations")},
}

// watch is a clock that a test moves.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func (w *watch) set(t time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.now = t }

// house is a facility whose hall is drawn for February: the whole, and its east
// and west.
type house struct {
	db        *db.DB
	clock     *watch
	x         *draws.Draws
	svc       *reservation.Service
	near      draws.Neighbours
	deps      module.Deps
	fac       db.ID
	whole     db.ID
	east      db.ID
	west      db.ID
	suspended db.ID
}

// line is the rule of these tests: entries from the 1st to the 10th three months
// ahead, drawn on the 11th; two entries and one win a group.
var line = rules.DrawLine{
	Classes: []string{"hall"}, Before: 3, From: 1, Until: 10, On: 11, Entries: 2, Wins: 1, Wishes: 3, Sets: true, Confirm: 7,
	Source: draw.Typed, What: "第999回ロト6 本数字", Wait: 6, Overlap: 50,
}

var (
	february = jp.NewDate(2027, 2, 1)
	bands    = []facility.Band{{From: 540, To: 750}, {From: 780, To: 990}, {From: 1020, To: 1260}}
)

// open makes the house on the day before entries open.
func open(t *testing.T, e db.Engine, alter func(*rules.DrawLine)) *house {
	t.Helper()
	h := &house{clock: &watch{now: jp.NewDate(2026, 10, 31).At(600)}}
	d, err := db.Open(t.Context(), db.Config{URL: dbtest.URL(t, e), Log: slog.New(slog.DiscardHandler), Clock: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), tables); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	h.db, h.deps = d, module.Deps{DB: d, Keys: keys, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example"}
	for _, name := range reservation.MessageKinds {
		h.deps.Deliver.Register(deliver.Kind{Name: name, Render: func(context.Context, *i18n.Localizer, json.RawMessage) (deliver.Content, error) {
			return deliver.Content{Subject: name, Text: name}, nil
		}})
	}
	h.svc = reservation.New(h.deps, reservation.Neighbours{})
	h.near = draws.Neighbours{
		Suspended: func(_ *db.Tx, holder db.ID, _ jp.Date) error {
			if holder == h.suspended {
				return fault.New(fault.Denied, "use.error.suspended")
			}
			return nil
		},
		Overlap: func(_ *db.Tx, groups []db.ID, percent int) ([]draws.Overlap, error) {
			if len(groups) < 2 {
				return nil, nil
			}
			return []draws.Overlap{{A: groups[0], B: groups[1], Shared: 9, Percent: 75}}, nil
		},
		Shared: func(*db.Tx, db.ID, db.ID) ([]string, error) { return []string{"山田 花子"}, nil },
	}
	h.x = h.draws(nil)
	h.deps.Deliver.Register(h.x.Mails()...)
	h.svc.Bequeath(func(tx *db.Tx, gone reservation.Reservation) (reservation.Bequest, error) {
		b, ok, err := h.x.Next(tx, gone)
		if ok {
			b.Until = tx.Now.Add(48 * time.Hour)
		}
		return b, err
	})
	h.build(t)
	l := line
	if alter != nil {
		alter(&l)
	}
	err = d.Write(t.Context(), db.System, func(tx *db.Tx) error {
		text, err := json.Marshal(rules.Draw{Lines: []rules.DrawLine{l}})
		if err != nil {
			return err
		}
		body, err := rules.Decode(rules.KindDraw, text)
		if err != nil {
			return err
		}
		_, err = rules.Enter(tx, rules.Rule{Kind: rules.KindDraw, From: jp.NewDate(2026, 4, 1), Body: body, State: rules.InForce})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// draws is the part with something changed of its neighbours.
func (h *house) draws(alter func(*draws.Neighbours)) *draws.Draws {
	near := h.near
	if alter != nil {
		alter(&near)
	}
	return draws.New(h.deps, h.svc, rules.NewDirectory(h.db), near)
}

func (h *house) build(t *testing.T) {
	t.Helper()
	err := h.db.Write(t.Context(), db.System, func(tx *db.Tx) (err error) {
		h.fac, err = facility.Save(tx, facility.Facility{
			Name: i18n.Text{i18n.Ja: "市民会館"}, Address: "川口市本町1-1", Bookable: true, Office: office, Opens: -1, Closes: -1,
		})
		if err != nil {
			return err
		}
		room := func(slug string, parts ...db.ID) (db.ID, error) {
			return facility.SaveRoom(tx, facility.Room{
				Facility: h.fac, Slug: slug, Name: i18n.Text{i18n.Ja: slug}, Capacity: 200, Opens: 540, Closes: 1260, Bands: bands, Class: "hall", Parts: parts,
			})
		}
		if h.east, err = room("east"); err != nil {
			return err
		}
		if h.west, err = room("west"); err != nil {
			return err
		}
		h.whole, err = room("hall", h.east, h.west)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// at moves the clock to a minute of a November day and lets the job take its turn.
func (h *house) at(t testing.TB, day, minute int) {
	t.Helper()
	h.clock.set(jp.NewDate(2026, 11, day).At(minute))
	if err := h.x.Plan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.x.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// draw returns the one draw for February.
func (h *house) draw(t testing.TB) (d draws.Draw) {
	t.Helper()
	h.read(t, func(tx *db.Tx) error {
		all, err := draws.OfOffice(tx, office, 0)
		for _, one := range all {
			if one.Month == february {
				d = one
			}
		}
		return err
	})
	if d.ID == 0 {
		t.Fatal("there is no draw for February")
	}
	return d
}

func (h *house) read(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := h.db.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// wish is a band (0 to 2) of a February day, or several in a row.
func wish(room db.ID, day, first, last int) draws.Wish {
	return draws.Wish{Room: room, Day: jp.NewDate(2027, 2, day), From: bands[first].From, To: bands[last].To}
}

// enter enters for the nth group; its person has the same number.
func (h *house) enter(t testing.TB, group int, wishes ...draws.Wish) (draws.Entry, error) {
	t.Helper()
	return h.x.Enter(t.Context(), db.Actor{Person: db.ID(5000 + group), Via: "web"}, draws.Entry{
		Draw: h.draw(t).ID, Group: db.ID(1000 + group), Person: db.ID(5000 + group), Purpose: "合唱の練習", People: 30, Wishes: wishes,
		Pledge: fmt.Sprint("ことば", group),
	})
}

func (h *house) must(t testing.TB, group int, wishes ...draws.Wish) draws.Entry {
	t.Helper()
	e, err := h.enter(t, group, wishes...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func clerk(n int) db.Actor { return db.Actor{Person: db.ID(9000 + n), Via: "web"} }

// entries are all entries of the draw.
func (h *house) entries(t testing.TB) (out []draws.Entry) {
	t.Helper()
	id := h.draw(t).ID
	h.read(t, func(tx *db.Tx) (err error) { out, err = draws.Entries(tx, id, draws.Entry{}, 1000); return err })
	return out
}

// held are the reservations that came from the draw, by state.
func (h *house) held(t testing.TB) (out map[reservation.State][]reservation.Reservation) {
	t.Helper()
	out = map[reservation.State][]reservation.Reservation{}
	h.read(t, func(tx *db.Tx) error {
		ids, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT id FROM reservations WHERE source = 'draw' AND source_id <> 0 ORDER BY id`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := reservation.Get(tx, id)
			if err != nil {
				return err
			}
			out[r.State] = append(out[r.State], r)
		}
		return nil
	})
	return out
}

// sound fails when two live reservations overlap or a group has more than most.
func (h *house) sound(t testing.TB, most int) {
	t.Helper()
	wins := map[db.ID]int{}
	var live []reservation.Reservation
	for state, rs := range h.held(t) {
		if !state.Live() {
			continue
		}
		for _, r := range rs {
			wins[r.Group]++
			for _, o := range live {
				if (o.Room == r.Room || o.Room == h.whole || r.Room == h.whole) && o.Span.Overlaps(r.Span) {
					t.Errorf("%v and %v overlap", o, r)
				}
			}
			live = append(live, r)
		}
	}
	for group, n := range wins {
		if n > most {
			t.Errorf("group %v has %d wins", group, n)
		}
	}
}

// count returns the one number of a query.
func (h *house) count(t testing.TB, q string, args ...any) (n int) {
	t.Helper()
	h.read(t, func(tx *db.Tx) error { return tx.Row(q, args...).Scan(&n) })
	return n
}

// outcomes counts entries by what became of them.
func outcomes(es []draws.Entry) map[draw.Outcome]int {
	out := map[draw.Outcome]int{}
	for _, e := range es {
		out[e.Outcome]++
	}
	return out
}

// key is the message key of a fault, or of what is wrong with its first field.
func key(err error) string {
	var f *fault.Error
	switch {
	case !errors.As(err, &f):
		return fmt.Sprint(err)
	case len(f.Fields) > 0:
		return f.Fields[0].Key
	}
	return f.Key
}

// each runs a test on both engines.
func each(t *testing.T, alter func(*rules.DrawLine), fn func(t *testing.T, h *house)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) { fn(t, open(t, e, alter)) })
	}
}
