package arch

import (
	"bytes"
	"context"
	stdsql "database/sql"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kakehashi/app"
	"kakehashi/app/bench"
	"kakehashi/domains/people/signin"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/web"
)

var update = flag.Bool("update", false, "write testdata/access.txt anew")

// matrix is the golden file of who gets in where. A change of access is a
// change of it, and so is seen by whoever reviews.
const matrix = "testdata/access.txt"

// anonymous is the reader whom nobody knows; the others are the cast of the
// demo's one-click sign-in.
const anonymous = "anonymous"

// What a reply says of who asked.
const (
	in      = "in"      // they got in, whatever the form then said
	hidden  = "404"     // nothing is there, for them
	denied  = "403"     // something is there, and not for them
	signIn  = "sign-in" // they are asked who they are
	unlucky = "broken"  // the server failed
)

// walker is the demo city, and a session for each role.
type walker struct {
	t       testing.TB
	city    *bench.City
	url     string
	client  *http.Client
	roles   []string
	persons map[string]db.ID
	viewers map[string]web.Viewer
}

func newWalker(t *testing.T) *walker {
	t.Helper()
	city, done, err := app.OpenTrial(t.Context(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	if err := city.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(city.Server)
	t.Cleanup(server.Close)
	w := &walker{
		t: t, city: city, url: server.URL, roles: append([]string{anonymous}, signin.Cast...),
		persons: map[string]db.ID{}, viewers: map[string]web.Viewer{},
		client: &http.Client{
			Timeout:       20 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	w.read(func(tx *db.Tx) error {
		for _, name := range signin.Cast {
			var id db.ID
			if err := tx.Row(`SELECT person_id FROM demo_people WHERE name = $1`, name).Scan(&id); err != nil {
				return fmt.Errorf("%s is not in the demo city: %w", name, err)
			}
			w.persons[name] = id
			if w.viewers[name], err = city.House.Identify(t.Context(), tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	w.book("linh", w.persons["linh"])
	w.book("a stranger", w.stranger())
	w.hands("aozora")
	w.awaits("linh's mail", linhsMail, "mailbox", w.persons["linh"])
	w.awaits("a letter", `SELECT id FROM print_queue WHERE printed = 0 LIMIT 1`, "print")
	return w
}

// hands puts a paper into the folder of the group that the person represents.
func (w *walker) hands(role string) {
	w.t.Helper()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		w.t.Fatal(err)
	}
	staged, err := w.city.Deps.Files.Stage(w.t.Context(), "rules.png", &picture)
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.city.Deps.DB.Write(w.t.Context(), db.Actor{Person: w.persons[role], Via: "web"}, func(tx *db.Tx) error {
		var group db.ID
		if err := tx.Row(aozorasGroup, w.persons[role]).Scan(&group); err != nil {
			return err
		}
		_, err := w.city.Deps.Files.Add(tx, group, staged, nil)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// awaits waits until the query finds a row; the topic is touched when it may.
func (w *walker) awaits(what, sql, topic string, args ...any) {
	w.t.Helper()
	changed, stop := w.city.Deps.DB.Watch(topic)
	defer stop()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	for {
		var id db.ID
		err := w.city.Deps.DB.Read(ctx, func(tx *db.Tx) error { return tx.Row(sql, args...).Scan(&id) })
		if err == nil {
			return
		}
		if !errors.Is(err, stdsql.ErrNoRows) {
			w.t.Fatal(err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			w.t.Fatalf("%s does not come", what)
		}
	}
}

// stranger is a grown-up of the city whom the one-click sign-in does not know.
func (w *walker) stranger() (id db.ID) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		return tx.Row(`SELECT id FROM persons WHERE account = 1 AND id NOT IN (SELECT person_id FROM demo_people) ORDER BY id LIMIT 1`).Scan(&id)
	})
	return id
}

// book books a room for the person alone, on the first evening that is free.
func (w *walker) book(name string, person db.ID) {
	w.t.Helper()
	var room db.ID
	w.read(func(tx *db.Tx) error {
		return tx.Row(`SELECT id FROM rooms WHERE approval = 0 AND closed_at = 0 AND bands = '[]' ORDER BY id LIMIT 1`).Scan(&room)
	})
	const horizon = 40
	var err error
	for ahead := range horizon {
		day := jp.DateOf(w.city.Deps.DB.Now()).AddDays(3 + ahead)
		_, err = w.city.House.Places.Reservations.Book(w.t.Context(), db.Actor{Person: person, Via: "web"}, reservation.Reservation{
			Room: room, Span: quarter.On(day, 18*60, 19*60), Person: person, Headcount: 2, Purpose: "test",
		})
		if err == nil {
			return
		}
	}
	w.t.Fatalf("%s finds no free evening: %v", name, err)
}

func (w *walker) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.city.Deps.DB.Read(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// session starts a session of the role; nil for nobody.
func (w *walker) session(role string) *http.Cookie {
	w.t.Helper()
	if role == anonymous {
		return nil
	}
	c, err := w.city.Server.NewSession(w.t.Context(), w.persons[role])
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// ask sends an empty request to the route and returns what the reply says of
// the role. Live updates never end, so only the head of a reply is awaited.
func (w *walker) ask(r web.RouteInfo, path string, session *http.Cookie) (outcome, detail string) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	var body io.Reader
	if r.Method != http.MethodGet {
		body = strings.NewReader("")
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, w.url+path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Language", "en")
	switch {
	case r.JSON && body != nil:
		req.Header.Set("Content-Type", "application/json")
	case body != nil:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != nil {
		session.Secure = false
		req.AddCookie(session)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", r.Method, path, err)
	}
	defer resp.Body.Close()
	to := resp.Header.Get("Location")
	detail = strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", to))
	switch {
	case resp.StatusCode == http.StatusUnauthorized, asksToSignIn(r, resp.StatusCode, to):
		return signIn, detail
	case resp.StatusCode == http.StatusForbidden:
		return denied, detail
	case resp.StatusCode == http.StatusNotFound:
		return hidden, detail
	case resp.StatusCode >= 500 && resp.StatusCode != http.StatusServiceUnavailable:
		return unlucky, detail
	}
	return in, detail
}

// asksToSignIn reports whether a redirect is the door's. The pages of signing
// in lead to their own beginning as a matter of course.
func asksToSignIn(r web.RouteInfo, status int, to string) bool {
	u, err := url.Parse(to)
	return status == http.StatusSeeOther && err == nil && u.Path == "/sign-in" && u.Query().Has("next") &&
		!strings.HasPrefix(r.Path, "/sign-in") && r.Path != "/welcome"
}

// expect returns the outcomes that the declared access allows for the role: a
// set, since a route may say 404 to an empty form, which names nothing.
func (w *walker) expect(r web.RouteInfo, th thing, role string) ([]string, error) {
	alternatives, err := parseAccess(r.Access.String())
	if err != nil {
		return nil, err
	}
	var refusals []string
	for _, a := range alternatives {
		ok, refusal, err := w.admits(a, th, role)
		if err != nil {
			return nil, err
		}
		if ok {
			if r.Method != http.MethodGet || th.missing {
				return []string{in, hidden}, nil
			}
			return []string{in}, nil
		}
		refusals = append(refusals, refusal)
	}
	// The reader is told the least that any alternative tells.
	for _, refusal := range []string{signIn, hidden, denied} {
		if slices.Contains(refusals, refusal) {
			if refusal == hidden && th.shown {
				refusal = denied
			}
			return []string{refusal}, nil
		}
	}
	return nil, fmt.Errorf("nobody gets in by %s", r.Access)
}

// admits says whether one alternative lets the role in, and if not, how it says so.
func (w *walker) admits(a alternative, th thing, role string) (ok bool, refusal string, err error) {
	switch a.kind {
	case "public", "demo":
		return true, "", nil
	case "link":
		return !th.missing, hidden, nil
	}
	if role == anonymous {
		return false, signIn, nil
	}
	v := w.viewers[role]
	switch a.kind {
	case "signed-in":
		return true, "", nil
	case "holding":
		return slices.ContainsFunc(a.args, func(name string) bool { return v.Holds(web.Role(name)) }), denied, nil
	case "concerned":
		ask, known := concerns[a.args[0]]
		if !known {
			return false, "", fmt.Errorf("nobody has taught this test whom %q concerns", a.args[0])
		}
		w.read(func(tx *db.Tx) error {
			ok, err = ask(w, tx, v, th)
			return err
		})
		return ok, hidden, nil
	}
	return false, "", fmt.Errorf("unknown access %q", a.kind)
}

// alternative is one way in: "holding(clerk, operator)".
type alternative struct {
	kind string
	args []string
}

// parseAccess reads what Access.String writes.
func parseAccess(s string) ([]alternative, error) {
	if inner, ok := strings.CutPrefix(s, "any("); ok {
		var out []alternative
		depth, from := 0, 0
		inner = strings.TrimSuffix(inner, ")") + ","
		for i, r := range inner {
			switch {
			case r == '(':
				depth++
			case r == ')':
				depth--
			case r == ',' && depth == 0:
				some, err := parseAccess(strings.TrimSpace(inner[from:i]))
				if err != nil {
					return nil, err
				}
				out, from = append(out, some...), i+1
			}
		}
		return out, nil
	}
	kind, args, _ := strings.Cut(strings.TrimSuffix(s, ")"), "(")
	if kind == "" || kind == "none" {
		return nil, fmt.Errorf("access %q is none", s)
	}
	a := alternative{kind: kind}
	for arg := range strings.SplitSeq(args, ", ") {
		a.args = append(a.args, arg)
	}
	return []alternative{a}, nil
}

// TestAccess_EveryRouteForEveryRole walks all routes as all roles, on their
// own and on other people's things, with empty forms, and compares what
// happens with what each route declares.
func TestAccess_EveryRouteForEveryRole(t *testing.T) {
	w := newWalker(t)
	routes := w.city.Server.Routes()
	const least = 180
	if len(routes) < least {
		t.Fatalf("only %d routes: the city is not put together", len(routes))
	}
	reading := map[string]*http.Cookie{}
	for _, role := range w.roles {
		reading[role] = w.session(role)
	}
	// Readers first, so that nothing is changed under them; what erases last.
	slices.SortStableFunc(routes, func(a, b web.RouteInfo) int { return harm(a) - harm(b) })
	lines := make([]string, 0, 2*len(routes))
	for _, r := range routes {
		things, err := w.things(r)
		if err != nil {
			t.Errorf("%s: %v", r.Pattern, err)
			continue
		}
		for _, th := range things {
			lines = append(lines, w.line(r, th, reading))
		}
	}
	w.read(func(tx *db.Tx) error {
		for _, role := range signin.Cast {
			if _, err := w.city.House.Identify(t.Context(), tx, w.persons[role]); err != nil {
				t.Errorf("an empty form took %s away: %v", role, err)
			}
		}
		return nil
	})
	slices.Sort(lines)
	compare(t, matrix, strings.Join(lines, "\n")+"\n")
}

// harm orders routes by what they may do to those after them.
func harm(r web.RouteInfo) int {
	switch {
	case r.Method == http.MethodGet:
		return 0
	case strings.Contains(r.Path, "erase"):
		return 2
	}
	return 1
}

// line asks the route as every role and returns the line of the matrix.
func (w *walker) line(r web.RouteInfo, th thing, reading map[string]*http.Cookie) string {
	w.t.Helper()
	outcomes := make([]string, len(w.roles))
	var mu sync.Mutex
	var wrong []string
	visit := func(i int, role string) {
		session := reading[role]
		if r.Method != http.MethodGet {
			session = w.session(role) // a form may end the session or act for another
		}
		got, detail := w.ask(r, th.path, session)
		outcomes[i] = got
		want, err := w.expect(r, th, role)
		switch {
		case err != nil:
			w.t.Errorf("%s: %v", r.Pattern, err)
		case !slices.Contains(want, got):
			mu.Lock()
			defer mu.Unlock()
			wrong = append(wrong, fmt.Sprintf("%s meets %s (%s), not %s", role, got, detail, strings.Join(want, " or ")))
		}
	}
	if r.Method == http.MethodGet {
		var all sync.WaitGroup
		for i, role := range w.roles {
			all.Go(func() { visit(i, role) })
		}
		all.Wait()
	} else {
		for i, role := range w.roles {
			visit(i, role)
		}
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		w.t.Errorf("%s %s [%s] is %s:\n\t%s", r.Method, th.path, th.name, r.Access, strings.Join(wrong, "\n\t"))
	}
	name := ""
	if th.name != "" {
		name = " [" + th.name + "]"
	}
	return fmt.Sprintf("%s %s%s %s: %s", r.Path, r.Method, name, r.Access, w.gathered(outcomes))
}

// gathered writes who met what, one outcome after the other: "sign-in
// anonymous; in linh clerk".
func (w *walker) gathered(outcomes []string) string {
	var kinds []string
	who := map[string]string{}
	for i, o := range outcomes {
		if who[o] == "" {
			kinds = append(kinds, o)
		}
		who[o] += " " + w.roles[i]
	}
	if len(kinds) == 1 {
		return kinds[0] + " everybody"
	}
	// Most of them last, as "the others".
	slices.SortStableFunc(kinds, func(a, b string) int { return strings.Count(who[a], " ") - strings.Count(who[b], " ") })
	for i, o := range kinds {
		if i == len(kinds)-1 {
			who[o] = " the others"
		}
		kinds[i] = o + who[o]
	}
	return strings.Join(kinds, "; ")
}

// compare fails where the text is not what the golden file holds.
func compare(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(want, []byte(got)) {
		return
	}
	before, after := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for _, l := range before {
		if !slices.Contains(after, l) {
			t.Errorf("was: %s", l)
		}
	}
	for _, l := range after {
		if !slices.Contains(before, l) {
			t.Errorf("is:  %s", l)
		}
	}
	t.Errorf("who gets in has changed; if that is meant: go test ./test/arch -run Access -update")
}
