package bench

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx" of bare connections

	"kakehashi/domains/people/mydata"
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// bookingResult is the line that `bench booking` prints.
type bookingResult struct {
	Bench     string  `json:"bench"`
	Engine    string  `json:"engine"`
	Over      string  `json:"over"` // "service" or "http"
	Clients   int     `json:"clients"`
	Slots     int     `json:"slots"`
	Limit     string  `json:"limit"` // what the limit is
	LimitRate float64 `json:"limit_per_second"`
	Rate      float64 `json:"decisions_per_second"`
	Ratio     float64 `json:"ratio"`
	Accepted  int64   `json:"accepted"`
	Refused   int64   `json:"refused"`
	Overlaps  int64   `json:"overlaps"` // pairs of live reservations that share a moment; must be 0
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	LimitP99  float64 `json:"limit_p99_ms"` // of the limit, under the same load
	Deadlocks int64   `json:"deadlocks"`    // seen by PostgreSQL; must be 0
}

// rush is the shape of a booking benchmark.
type rush struct {
	clients, slots int
	over           time.Duration
	http, parts    bool
	database       string // URL, for bare connections
}

func bookingSetup(fs *flag.FlagSet) func(context.Context, Env) error {
	var r rush
	fs.IntVar(&r.clients, "clients", 64, "clients that book at once")
	fs.IntVar(&r.slots, "slots", 2000, "slots they rush for; many more than they can book measures bookings that succeed")
	fs.DurationVar(&r.over, "for", 5*time.Second, "how long each of the two measurements takes")
	fs.BoolVar(&r.http, "http", false, "book through the server's API over HTTP")
	fs.BoolVar(&r.parts, "parts", false, "book halls, whole and in halves, and plain rooms by turns")
	return func(ctx context.Context, env Env) error {
		if r.clients < 1 || r.slots < 1 {
			return errors.New("--clients and --slots must be at least 1")
		}
		r.database = env.Database
		if r.parts {
			return r.runParts(ctx, env)
		}
		return r.run(ctx, env)
	}
}

// people is how many persons book: enough that the limit of a day stops none
// of the slots from being let.
const people = 20_000

// slotsPerDay is how many slots a room has a day: one an hour.
const slotsPerDay = 24

func (r rush) run(ctx context.Context, env Env) error {
	c, done, err := env.Open(ctx)
	if err != nil {
		return err
	}
	defer done()
	rooms, err := r.rooms(ctx, c)
	if err != nil {
		return err
	}
	res := bookingResult{Bench: "booking", Engine: string(c.Deps.DB.Engine()), Over: "service", Clients: r.clients, Slots: r.slots}
	var t tally
	if r.http {
		res.Over, res.Limit = "http", "bare net/http handler, same requests"
		t, err = r.overHTTP(ctx, c, rooms, &res)
	} else {
		t, err = r.overService(ctx, c, rooms, &res)
	}
	if err != nil {
		return err
	}
	res.Rate, res.P50, res.P99 = round(t.rate()), t.percentile(50), t.percentile(99)
	res.Ratio = round(res.Rate / res.LimitRate)
	if res.Overlaps, err = overlaps(ctx, c.Deps.DB); err != nil {
		return err
	}
	if res.Deadlocks, err = deadlocks(ctx, c.Deps.DB); err != nil {
		return err
	}
	return print(env.Out, res)
}

// firstDay of the slots: tomorrow, so that all are still to come.
func firstDay(now time.Time) jp.Date { return jp.DateOf(now).AddDays(1) }

// days the slots are laid over: within the horizon of booking.
const days = 90

// rooms makes as many rooms as the slots need.
func (r rush) rooms(ctx context.Context, c *City) (rooms []db.ID, err error) {
	n := (r.slots + days*slotsPerDay - 1) / (days * slotsPerDay)
	err = c.Deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) error {
		_, rooms, err = openRooms(tx, n)
		return err
	})
	return rooms, err
}

// openRooms makes a facility with n rooms that are open day and night.
func openRooms(tx *db.Tx, n int) (hall db.ID, rooms []db.ID, err error) {
	hall, err = facility.Save(tx, facility.Facility{Name: i18n.Text{i18n.Ja: "会館"}, Address: "埼玉県川口市川口1丁目1-1", Bookable: true, Opens: 0, Closes: 24 * 60})
	if err != nil {
		return 0, nil, err
	}
	for i := range n {
		room, err := facility.SaveRoom(tx, facility.Room{
			Facility: hall, Slug: fmt.Sprint("room-", i), Name: i18n.Text{i18n.Ja: fmt.Sprint("会議室", i+1)},
			Capacity: 20, Opens: 0, Closes: 24 * 60,
		})
		if err != nil {
			return 0, nil, err
		}
		rooms = append(rooms, room)
	}
	return hall, rooms, nil
}

// slot returns the nth slot: its room and hour.
func (r rush) slot(rooms []db.ID, first jp.Date, n int) (db.ID, quarter.Span) {
	hour := n % slotsPerDay
	day := n / slotsPerDay % days
	room := rooms[n/(slotsPerDay*days)]
	return room, quarter.On(first.AddDays(day), hour*60, hour*60+60)
}

// overService measures single rows committed and bookings through the service.
func (r rush) overService(ctx context.Context, c *City, rooms []db.ID, res *bookingResult) (tally, error) {
	persons, err := residents(ctx, c, people)
	if err != nil {
		return tally{}, err
	}
	first := firstDay(c.Deps.DB.Now())
	commit, done, err := r.commits(ctx, c.Deps.DB, func() []any {
		room, span := r.slot(rooms, first, rand.IntN(r.slots))
		id := db.NewID()
		return []any{int64(id), strconv.FormatUint(rand.Uint64(), 36), int64(room), jp.DateOf(span.Start).String(),
			db.Micros(span.Start), db.Micros(span.End), int64(persons[rand.IntN(people)])}
	}, res)
	if err != nil {
		return tally{}, err
	}
	defer done()
	var accepted, refused atomic.Int64
	svc := c.House.Places.Reservations
	book := func(ctx context.Context, _, _ int) error {
		room, span := r.slot(rooms, first, rand.IntN(r.slots))
		person := persons[rand.IntN(people)]
		_, err := svc.Book(context.WithoutCancel(ctx), db.Actor{Person: person, Via: "web"}, reservation.Reservation{
			Room: room, Span: span, Person: person, Headcount: 10, Purpose: "定例会",
		})
		switch {
		case err == nil:
			accepted.Add(1)
		case fault.Is(err, fault.Conflict):
			refused.Add(1)
		default:
			return err
		}
		return nil
	}
	limit, t, err := takeTurns(r.over,
		func(d time.Duration) (tally, error) { return drive(ctx, r.clients, d, commit) },
		func(d time.Duration) (tally, error) { return drive(ctx, r.clients, d, book) })
	res.LimitRate, res.LimitP99 = round(limit.rate()), limit.percentile(99)
	res.Accepted, res.Refused = accepted.Load(), refused.Load()
	if err != nil {
		return t, err
	}
	return t, c.Deps.DB.Write(ctx, db.System, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM reservations WHERE reason = 'limit'`)
		return err
	})
}

// residents makes as many persons of the city.
func residents(ctx context.Context, c *City, n int) ([]db.ID, error) {
	const batch = 500
	out := make([]db.ID, 0, n)
	for len(out) < n {
		had := len(out)
		err := c.Deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) error {
			out = out[:had] // the function may run again
			for range min(batch, n-had) {
				person, err := c.House.People.AddPerson(tx, fmt.Sprint("利用者", len(out)), "リヨウシャ", "", "", "", i18n.Ja)
				if err != nil {
					return err
				}
				out = append(out, person)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// commits returns the operation that is the limit: a row of the same table, as
// a booking writes it, one a transaction, and nothing else. SQLite groups the
// waiting ones; PostgreSQL gets the bare statement on one connection a client.
func (r rush) commits(ctx context.Context, d *db.DB, row func() []any, res *bookingResult) (op func(ctx context.Context, client, n int) error, done func(), err error) {
	const insert = `INSERT INTO reservations (id, version, receipt, room_id, day, starts_at, ends_at, state, group_id, person_id,
			programme_id, office_id, purpose, headcount, public_title, series_id, made_by, made_at, changed_at, reason)
		VALUES ($1, 1, $2, $3, $4, $5, $6, 'cancelled', 0, $7, 0, 0, '定例会', 10, '{}', 0, $7, 0, 0, 'limit')`
	if d.Engine() == db.SQLite {
		res.Limit = "grouped commits of one row of the same table"
		return func(ctx context.Context, _, _ int) error {
			values := row()
			return d.Write(context.WithoutCancel(ctx), db.System, func(tx *db.Tx) error {
				_, err := tx.Exec(insert, values...)
				return err
			})
		}, func() {}, nil
	}
	res.Limit = "the same insert from bare connections"
	pool, err := sql.Open("pgx", r.database)
	if err != nil {
		return nil, nil, err
	}
	stmts := make([]*sql.Stmt, r.clients)
	for i := range stmts {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, nil, errors.Join(err, pool.Close())
		}
		if stmts[i], err = conn.PrepareContext(ctx, insert); err != nil {
			return nil, nil, errors.Join(err, pool.Close())
		}
	}
	return func(ctx context.Context, client, _ int) error {
		_, err := stmts[client].ExecContext(context.WithoutCancel(ctx), row()...)
		return err
	}, func() { pool.Close() }, nil
}

// overHTTP measures a bare handler and the API, with the same load generator
// and the same requests.
func (r rush) overHTTP(ctx context.Context, c *City, rooms []db.ID, res *bookingResult) (tally, error) {
	first := firstDay(c.Deps.DB.Now())
	tokens, err := tokens(ctx, c, r.clients)
	if err != nil {
		return tally{}, err
	}
	request := func(client, _ int) []byte {
		room, span := r.slot(rooms, first, rand.IntN(r.slots))
		body := fmt.Sprintf(`{"room":%q,"start":%q,"end":%q,"people":10,"purpose":"定例会"}`,
			room, span.Start.Format(time.RFC3339), span.End.Format(time.RFC3339))
		return fmt.Appendf(nil, "POST /api/v1/reservations HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			tokens[client], len(body), body)
	}
	plain, stopPlain, err := listen(bareEcho())
	if err != nil {
		return tally{}, err
	}
	defer stopPlain()
	ours, stop, err := listen(c.Server)
	if err != nil {
		return tally{}, err
	}
	defer stop()
	var accepted, refused, other atomic.Int64
	limit, t, err := takeTurns(r.over,
		func(d time.Duration) (tally, error) {
			return driveHTTP(ctx, plain, r.clients, d, request, func(int) {})
		},
		func(d time.Duration) (tally, error) {
			return driveHTTP(ctx, ours, r.clients, d, request, func(status int) {
				switch status {
				case http.StatusCreated, http.StatusOK:
					accepted.Add(1)
				case http.StatusConflict:
					refused.Add(1)
				default:
					other.Store(int64(status))
				}
			})
		})
	if err == nil && other.Load() != 0 {
		err = fmt.Errorf("the API answered %d", other.Load())
	}
	res.LimitRate, res.LimitP99 = round(limit.rate()), limit.percentile(99)
	res.Accepted, res.Refused = accepted.Load(), refused.Load()
	return t, err
}

// tokens makes as many persons, each with a token that may book.
func tokens(ctx context.Context, c *City, n int) (out []string, err error) {
	err = c.Deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) error {
		out = out[:0]
		for i := range n {
			person, err := c.House.People.AddPerson(tx, fmt.Sprint("利用者", i), "リヨウシャ", "", fmt.Sprintf("bench%d@example.jp", i), "", i18n.Ja)
			if err != nil {
				return err
			}
			token, err := mydata.CreateToken(tx, person, "bench", []string{"read", "write"}, 1)
			if err != nil {
				return err
			}
			out = append(out, token)
		}
		return nil
	})
	return out, err
}

// overlaps counts pairs of live reservations that share a moment of a room, or of
// a part where one is of the whole, by comparing instants and not the bits that the service decides by.
func overlaps(ctx context.Context, d *db.DB) (n int64, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM (
			SELECT v.starts_at, LAG(v.ends_at) OVER (PARTITION BY COALESCE(p.part_id, v.room_id) ORDER BY v.starts_at, v.id) AS before
			FROM reservations v LEFT JOIN room_parts p ON p.room_id = v.room_id
			WHERE v.state NOT IN ('refused', 'cancelled', 'lapsed', 'no_show')) AS r
			WHERE before > starts_at`).Scan(&n)
	})
	return n, err
}

// deadlocks returns how many PostgreSQL has seen in this database.
func deadlocks(ctx context.Context, d *db.DB) (n int64, err error) {
	if d.Engine() == db.SQLite {
		return 0, nil
	}
	err = d.SQL().QueryRowContext(ctx, `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`).Scan(&n)
	return n, err
}
