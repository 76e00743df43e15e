package life

import (
	"flag"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"kakehashi/domains/places"
	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/domains/places/use"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
	"kakehashi/platform/seal"
)

// TestMain keeps a plain run short; flags ask for more.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.checks": "12", "rapid.steps": "200", "rapid.shrinktime": "20s", "rapid.nofailfile": "true"} {
		if !given[name] {
			if err := flag.Set(name, value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

// watch is a clock that a test moves.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func (w *watch) Now() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }

func (w *watch) set(t time.Time) { w.mu.Lock(); defer w.mu.Unlock(); w.now = t }

const (
	office = db.ID(42)
	clerk  = db.ID(901) // also keys in what comes on paper
	second = db.ID(902)
	hour   = 60
)

// start is when each life begins.
var start = jp.NewDate(2027, 4, 20)

// room is a room as the model knows it.
type room struct {
	id       db.ID
	class    string
	bases    []int // rooms that it is made of, itself or its parts
	disturbs []int // bases that hear it when it is loud
	loud     bool
	approval bool
	bands    []facility.Band
	opens    int
	closes   int
	fee      int64
}

var bands = []facility.Band{{From: 9 * hour, To: 12 * hour}, {From: 13 * hour, To: 17 * hour}, {From: 18 * hour, To: 21 * hour}}

// The rooms: a hall in two halves, a studio that disturbs the west half and its
// neighbour, and plain ones; the last is open day and night.
const (
	hall = iota
	east
	west
	studio
	neighbour
	free
	decided
	night
)

func floorplan() []room {
	return []room{
		hall:      {class: "hall", bases: []int{east, west}, bands: bands, fee: 6000},
		east:      {class: "hall", bases: []int{east}, bands: bands, fee: 3000},
		west:      {class: "hall", bases: []int{west}, bands: bands, fee: 3000},
		studio:    {class: "studio", bases: []int{studio}, disturbs: []int{west, neighbour}, loud: true, opens: 9 * hour, closes: 22 * hour, fee: 1000},
		neighbour: {class: "meeting", bases: []int{neighbour}, opens: 9 * hour, closes: 22 * hour, fee: 2000},
		free:      {class: "tatami", bases: []int{free}, bands: bands},
		decided:   {class: "meeting", bases: []int{decided}, bands: bands, approval: true, fee: 4000},
		night:     {bases: []int{night}, opens: 0, closes: 24 * hour, fee: 1000},
	}
}

// who are those who book: groups with the person who answers for them, and
// persons alone.
type who struct {
	group, person db.ID
	kind          string
	resident      bool
}

func (w who) holder() db.ID {
	if w.group != 0 {
		return w.group
	}
	return w.person
}

var holders = []who{
	{2001, 1001, "civic", true}, {2002, 1002, "civic", true}, {2003, 1003, "civic", true},
	{2004, 1004, "company", true}, {2005, 1005, "npo", false}, {2006, 1006, "company", false},
	{0, 1101, "", true}, {0, 1102, "", true}, {0, 1103, "", false},
}

// What the rules of this city say, as numbers that the model has too.
const (
	perDay, perMonth  = 3, 4
	lead              = 30 // minutes
	hold              = 48 // hours
	release           = 30 // minutes
	noShow, late, let = 3, 1, 1
	lateDays, limit   = 3, 5
	suspended         = 3 // months
	payWithin         = 14
	payBefore         = 3
	projector         = int64(500)
	newFee            = int64(3000) // of meeting rooms, an hour
)

// turned is the day on which the second rules come into force.
var turned = jp.NewDate(2027, 6, 1)

func bodies() map[jp.Date][]rules.Body {
	civic := []rules.Reduction{{Name: text("市民団体"), Kinds: []string{"civic"}, Percent: 50}}
	extras := []rules.Extra{{Key: "projector", Name: text("プロジェクター"), Per: "use", Yen: projector, Most: 2}}
	outside := []rules.Surcharge{{When: "outside", Percent: 50}}
	return map[jp.Date][]rules.Body{
		jp.NewDate(2020, 4, 1): {
			rules.Access{Alone: true, Outside: true, PerDay: perDay, PerMonth: perMonth},
			rules.Opening{Lines: []rules.OpeningLine{{Before: 3, Lead: lead}}},
			rules.Draw{Lines: []rules.DrawLine{{
				Classes: []string{"hall"}, Before: 1, From: 1, Until: 5, On: 6, Entries: 2, Wins: 1, Wishes: 3, Sets: true, Confirm: 4,
				Tiers: []rules.Tier{{Resident: true}}, Source: draw.Typed, What: "ナンバーズ4", Wait: 6,
			}}},
			rules.Fees{Surcharges: outside, Extras: extras},
			rules.Reductions{Lines: civic},
			rules.Payment{Within: payWithin, Before: payBefore, Lapse: true, Methods: []string{"counter"}},
			rules.Refunds{Tiers: []rules.Refund{{Days: 30, Percent: 100}, {Days: 7, Percent: 50}}},
			rules.Penalties{NoShow: noShow, Late: late, LateDays: lateDays, Unconfirmed: let, Limit: limit, Window: 12, Months: suspended, Release: release},
			rules.Reopening{Hold: hold, RestFrom: 4, RestTo: 72, DayFrom: 9 * hour, DayTo: 20 * hour},
		},
		turned: {
			rules.Fees{Base: []rules.Base{{Classes: []string{"meeting"}, Yen: newFee}}, Surcharges: outside, Extras: extras},
			rules.Refunds{Tiers: []rules.Refund{{Days: 14, Percent: 100}, {Days: 3, Percent: 50}}},
		},
	}
}

func text(s string) i18n.Text { return i18n.Text{i18n.Ja: s} }

// city is the places of a city over an engine.
type city struct {
	db     *db.DB
	clock  *watch
	svc    *reservation.Service
	parts  places.Handles
	rooms  []room
	checks []module.Check
	deps   module.Deps
}

// each runs fn over a city on both engines.
func each(t *testing.T, fn func(t *testing.T, c *city)) {
	for _, e := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			fn(t, found(t, e))
		})
	}
}

// found founds the city.
func found(t *testing.T, e db.Engine) *city {
	t.Helper()
	c := &city{clock: &watch{now: start.At(0)}, rooms: floorplan()}
	d, err := db.Open(t.Context(), db.Config{URL: dbtest.URL(t, e), Log: slog.New(slog.DiscardHandler), Clock: c.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), []db.Migrations{audit.Migrations(), inbox.Migrations(), deliver.Migrations(), places.Migrations()}); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	c.db = d
	c.deps = module.Deps{
		DB: d, Keys: keys, Deliver: deliver.New(deliver.Config{DB: d}), BaseURL: "https://city.example", Log: slog.New(slog.DiscardHandler),
		Catalog: i18n.NewCatalog(places.Messages(), money.Messages()),
	}
	p := places.New(c.deps, neighbours())
	m := p.Module()
	c.deps.Deliver.Register(m.Mails...)
	c.svc, c.parts, c.checks = p.Reservations, p.Handles(), m.Checks
	if err := d.Write(t.Context(), db.System, c.build); err != nil {
		t.Fatal(err)
	}
	return c
}

func neighbours() places.Neighbours {
	groupsOf := func(_ *db.Tx, person db.ID) (out []db.ID, err error) {
		for _, h := range holders {
			if h.person == person && h.group != 0 {
				out = append(out, h.group)
			}
		}
		return out, nil
	}
	return places.Neighbours{
		Who: func(_ *db.Tx, group, person db.ID) (rules.Who, error) {
			for _, h := range holders {
				if h.group == group && (group != 0 || h.person == person) {
					return rules.Who{Holder: max(group, person), Kind: h.kind, Resident: h.resident}, nil
				}
			}
			return rules.Who{Holder: person, Resident: true}, nil
		},
		Reservation: reservation.Neighbours{GroupsOf: groupsOf},
		Money:       money.Neighbours{Mine: groupsOf},
		Use:         use.Neighbours{GroupsOf: groupsOf},
		Draws:       draws.Neighbours{},
	}
}

// build puts up the rooms and decides the rules.
func (c *city) build(tx *db.Tx) error {
	f, err := facility.Save(tx, facility.Facility{Name: text("市民会館"), Address: "川口市本町1-1", Bookable: true, Office: office, Opens: -1, Closes: -1})
	if err != nil {
		return err
	}
	for _, i := range []int{east, west, hall, neighbour, studio, free, decided, night} {
		r := &c.rooms[i]
		if len(r.bands) > 0 {
			r.opens, r.closes = r.bands[0].From, r.bands[len(r.bands)-1].To
		}
		f := facility.Room{
			Facility: f, Slug: string(rune('a' + i)), Name: text(string(rune('A' + i))), Capacity: 50, Class: r.class, Bands: r.bands,
			Opens: r.opens, Closes: r.closes, Approval: r.approval, FeeYen: r.fee, Loud: r.loud, Sort: int64(i),
		}
		if i == hall {
			f.Parts = []db.ID{c.rooms[east].id, c.rooms[west].id}
		}
		for _, d := range r.disturbs {
			f.Disturbs = append(f.Disturbs, c.rooms[d].id)
		}
		if r.id, err = facility.SaveRoom(tx, f); err != nil {
			return err
		}
	}
	for from, some := range bodies() {
		for _, b := range some {
			if _, err := rules.Enter(tx, rules.Rule{Kind: b.Kind(), From: from, Body: b}); err != nil {
				return err
			}
		}
	}
	return use.SavePlace(tx, use.Place{Facility: f, Arrivals: true, Reports: true, Late: 15})
}

// forget empties what lives have left, so that each begins in an empty city.
func (c *city) forget(tx *db.Tx) error {
	for _, table := range []string{
		"entries", "charges", "tills", "cash_days", "wait_turns", "waits", "returns", "displaced", "block_times", "blocks",
		"draw_papers", "draw_entries", "draw_pledges", "draw_values", "draw_overlaps", "draws", "cell_days", "holder_days", "holder_months",
		"points", "suspensions", "uses", "reservations", "series", "deliveries", "inbox_items", "audit_pending",
	} {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	tx.Touch(reservation.Topic, "use.suspensions")
	return nil
}

// number returns the model's number of a room.
func (c *city) number(id db.ID) int {
	return slices.IndexFunc(c.rooms, func(r room) bool { return r.id == id })
}
