package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
)

// pagesResult is the line that `bench pages` prints.
type pagesResult struct {
	Bench     string  `json:"bench"`
	Clients   int     `json:"clients"`
	LimitRate float64 `json:"limit_per_second"` // bare net/http handler, a body of the same size
	Front     float64 `json:"front_per_second"` // anonymous, from memory
	Ratio     float64 `json:"ratio"`
	P99       float64 `json:"p99_ms"`
	Bytes     int     `json:"front_bytes"`
	CPU       float64 `json:"availability_cpu_ms"` // signed in, 10 rooms, 200 reservations
	Size      int     `json:"availability_bytes"`
}

func pagesSetup(fs *flag.FlagSet) func(context.Context, Env) error {
	clients := fs.Int("clients", 16, "clients that read at once")
	over := fs.Duration("for", 5*time.Second, "how long each of the two measurements takes")
	pages := fs.Int("pages", 2000, "availability pages to render")
	return func(ctx context.Context, env Env) error {
		c, done, err := env.Open(ctx)
		if err != nil {
			return err
		}
		defer done()
		if err := c.Fill(ctx); err != nil {
			return err
		}
		res := pagesResult{Bench: "pages", Clients: *clients}
		front, err := fetch(c.Server, "/", "")
		if err != nil {
			return err
		}
		res.Bytes = len(front)
		request := []byte("GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Language: vi\r\n\r\n")
		limit, ours, err := takeTurns(*over,
			func(d time.Duration) (tally, error) { return measurePage(ctx, bare(front), *clients, d, request) },
			func(d time.Duration) (tally, error) { return measurePage(ctx, c.Server, *clients, d, request) })
		if err != nil {
			return err
		}
		res.LimitRate, res.Front = round(limit.rate()), round(ours.rate())
		res.Ratio, res.P99 = round(res.Front/res.LimitRate), ours.percentile(99)
		if err := availability(ctx, c, *pages, &res); err != nil {
			return err
		}
		return print(env.Out, res)
	}
}

// fetch returns a page as an anonymous reader, or the holder of the cookie,
// gets it.
func fetch(h http.Handler, path, cookie string) ([]byte, error) {
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
	r.Header.Set("Accept-Language", "vi")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("GET %s answered %d", path, w.Code)
	}
	return io.ReadAll(w.Body)
}

// measurePage lets clients read one page over HTTP.
func measurePage(ctx context.Context, h http.Handler, clients int, over time.Duration, request []byte) (tally, error) {
	addr, stop, err := listen(h)
	if err != nil {
		return tally{}, err
	}
	defer stop()
	var wrong atomic.Int64
	t, err := driveHTTP(ctx, addr, clients, over, func(int, int) []byte { return request }, func(status int) {
		if status != http.StatusOK {
			wrong.Store(int64(status))
		}
	})
	if err == nil && wrong.Load() != 0 {
		err = fmt.Errorf("the page answered %d", wrong.Load())
	}
	return t, err
}

// availability measures the processor time of one availability page: 10 rooms
// with 200 reservations, for somebody signed in, so nothing comes from memory.
func availability(ctx context.Context, c *City, pages int, res *pagesResult) error {
	path, err := busyDay(ctx, c, 10, 200)
	if err != nil {
		return err
	}
	cookie, err := signIn(c.Server, "linh")
	if err != nil {
		return err
	}
	const warm = 50
	var before time.Duration
	for n := range warm + pages {
		if n == warm {
			if before, err = cpuTime(); err != nil {
				return err
			}
		}
		body, err := fetch(c.Server, path, cookie)
		if err != nil {
			return err
		}
		res.Size = len(body)
	}
	after, err := cpuTime()
	if err != nil {
		return err
	}
	if pages < 1 {
		return errors.New("--pages must be at least 1")
	}
	res.CPU = round(float64((after - before).Microseconds()) / 1000 / float64(pages))
	return nil
}

// busyDay makes a facility whose rooms hold so many reservations tomorrow, and
// returns the path of the page that shows what is free on that day.
func busyDay(ctx context.Context, c *City, rooms, reservations int) (path string, err error) {
	var hall db.ID
	var ids []db.ID
	err = c.Deps.DB.Write(ctx, db.Actor{Via: "system"}, func(tx *db.Tx) error {
		hall, ids, err = openRooms(tx, rooms)
		return err
	})
	if err != nil {
		return "", err
	}
	day := firstDay(c.Deps.DB.Now())
	for n := range reservations {
		hour := n / rooms % slotsPerDay
		person := db.NewID()
		if _, err := c.House.Places.Reservations.Book(ctx, db.Actor{Person: person, Via: "web"}, reservation.Reservation{
			Room: ids[n%rooms], Span: quarter.On(day, hour*60, hour*60+60), Person: person, Headcount: 10, Purpose: "定例会",
		}); err != nil {
			return "", err
		}
	}
	return "/places/availability/" + hall.String() + "?on=" + day.String(), nil
}

// signIn signs a person of the demo city in and returns the cookie.
func signIn(h http.Handler, as string) (cookie string, err error) {
	r := httptest.NewRequest(http.MethodPost, "http://localhost/demo-sign-in", strings.NewReader("as="+as))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		cookie += c.Name + "=" + c.Value + "; "
	}
	if cookie == "" {
		err = fmt.Errorf("sign-in answered %d without a cookie", w.Code)
	}
	return cookie, err
}

// cpuTime returns the processor time that this process has used so far, of all
// threads, the garbage collector's included.
func cpuTime() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
