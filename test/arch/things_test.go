package arch

import (
	"fmt"
	"strings"

	"kakehashi/platform/db"
	"kakehashi/platform/web"
)

// thing is one path of a route, with real values in its wildcards.
type thing struct {
	path    string
	name    string   // whose it is, or what it is
	values  []string // of the wildcards, in order
	missing bool     // made up: the path leads to nothing
	shown   bool     // that it exists is public: 403, not 404
}

// lesson teaches the values of the wildcards of all routes below a path.
type lesson struct {
	below string // "/places/{id}"; the longest that fits wins
	name  string
	// sql selects a row with a value for each wildcard; $1 is the person of of.
	sql string
	of  string
	// fixed are the values themselves, where no table has them.
	fixed   []string
	suffix  string // of the last value: ".ics"
	missing bool
	shown   bool
}

// lessons are all that this test knows of what stands in the city. A route
// with a wildcard that none of them covers fails.
var lessons = []lesson{
	{below: "/continue", name: "nothing kept", fixed: []string{}, missing: true},
	{below: "/language/{lang}", fixed: []string{"en"}},
	{below: "/assets/{hash}/{name...}", fixed: []string{"0", "nothing.css"}, missing: true},
	{below: "/sign-in/oidc/{issuer}", name: "unknown", fixed: []string{"nobody"}, missing: true},
	{below: "/me/family/consent/{secret}", name: "unknown", fixed: []string{"nothing"}, missing: true},
	{below: "/places/{id}", sql: `SELECT id FROM facilities WHERE bookable = 1 ORDER BY id LIMIT 1`},
	{below: "/places/availability/{id}", sql: `SELECT id FROM facilities WHERE bookable = 1 ORDER BY id LIMIT 1`},
	{below: "/places/rooms/{id}", sql: aRoom},
	{below: "/places/photos/{id}", sql: aPhoto},
	{below: "/calendar/rooms/{file}", sql: aRoom, suffix: ".ics"},
	{below: "/calendar/places/{file}", sql: `SELECT id FROM facilities ORDER BY id LIMIT 1`, suffix: ".ics"},
	{below: "/calendar/{file}", name: "made up", fixed: []string{"nothing.ics"}, missing: true},
	{below: "/api/v1/rooms/{id}", sql: aRoom},
	{below: "/reservations/{id}", name: "linh's", of: "linh", sql: `SELECT id FROM reservations WHERE person_id = $1 AND group_id = 0 ORDER BY id DESC LIMIT 1`},
	{below: "/reservations/{id}", name: "a stranger's", sql: aStrangers},
	{below: "/reservations/{id}/public", name: "a private one", sql: aStrangers, missing: true},
	{below: "/reservations/{id}/series", name: "linh's, of no series", of: "linh", sql: `SELECT id FROM reservations WHERE person_id = $1 AND group_id = 0 ORDER BY id DESC LIMIT 1`, missing: true},
	{below: "/reservations/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/reservations/{id}/receipt/{entry}", name: "linh's, of no payment", of: "linh", sql: `SELECT id, 1 FROM reservations WHERE person_id = $1 AND group_id = 0 ORDER BY id DESC LIMIT 1`, missing: true},
	{below: "/permits/{code}", sql: `SELECT code FROM permits ORDER BY id LIMIT 1`},
	{below: "/permits/{code}", name: "made up", fixed: []string{"0000000000000000"}, missing: true},
	{below: "/office/reservations/{id}", sql: `SELECT id FROM reservations WHERE office_id <> 0 ORDER BY id LIMIT 1`},
	{below: "/office/money/charges/{id}", name: "the clerk's office's", of: "clerk", sql: `SELECT id FROM charges WHERE ` + clerksOffice + ` ORDER BY id LIMIT 1`},
	{below: "/office/money/charges/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/office/reservations/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/api/v1/reservations/{id}", name: "linh's", of: "linh", sql: `SELECT id FROM reservations WHERE person_id = $1 AND group_id = 0 ORDER BY id DESC LIMIT 1`},
	{below: "/api/v1/reservations/{id}", name: "a stranger's", sql: aStrangers},
	{below: "/waiting/{id}", name: "aozora's", of: "aozora", sql: `SELECT id FROM waits WHERE person_id = $1 ORDER BY id LIMIT 1`},
	{below: "/waiting/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/office/rules/{id}", name: "the city's", sql: `SELECT id FROM rules WHERE facility_id = 0 ORDER BY id DESC LIMIT 1`},
	{below: "/office/rules/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/office/blocks/{id}", sql: `SELECT id FROM blocks ORDER BY id LIMIT 1`},
	{below: "/office/blocks/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/today/{id}", sql: `SELECT facility_id FROM use_places ORDER BY facility_id LIMIT 1`},
	{below: "/use/{code}", name: "made up", fixed: []string{"nothing"}, missing: true},
	{below: "/use/at/{place}", sql: aRoom},
	{below: "/use/tag/{code}", name: "made up", fixed: []string{"nothing"}, missing: true},
	{below: "/use/photos/{photo}", sql: `SELECT f.id FROM files AS f JOIN use_faults AS u ON u.id = f.owner ORDER BY f.id LIMIT 1`},
	{below: "/office/use/things/{id}", sql: `SELECT id FROM things ORDER BY id LIMIT 1`},
	{below: "/office/use/points/{id}", sql: `SELECT id FROM points ORDER BY id LIMIT 1`},
	{below: "/office/use/faults/{id}", sql: `SELECT id FROM use_faults ORDER BY id LIMIT 1`},
	{below: "/office/use/faults/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/draws/{id}", sql: `SELECT id FROM draws WHERE commitment <> '' ORDER BY id LIMIT 1`},
	{below: "/draws/{id}/entries/{entry}", name: "aozora's", of: "aozora", sql: `SELECT draw_id, id FROM draw_entries WHERE group_id IN (` + aozorasGroup + `) ORDER BY id LIMIT 1`},
	{below: "/draws/{id}/entries/{entry}", name: "a stranger's", sql: `SELECT draw_id, id FROM draw_entries WHERE person_id NOT IN (SELECT person_id FROM demo_people)
		AND group_id NOT IN (SELECT scope_id FROM posts WHERE person_id IN (SELECT person_id FROM demo_people)) ORDER BY id LIMIT 1`},
	{below: "/draws/{id}/entries/{entry}", name: "made up", fixed: []string{"0000000000001", "0000000000002"}, missing: true},
	{below: "/office/draws/{id}", sql: `SELECT id FROM draws WHERE office_id <> 0 ORDER BY id LIMIT 1`},
	{below: "/office/draws/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/fields/{field}", fixed: []string{"place"}},
	{below: "/programmes/{slug}", fixed: []string{"station"}},
	{below: "/api/v1/programmes/{slug}", fixed: []string{"station"}},
	{below: "/office/programmes/{id}", name: "the clerk's office's", of: "clerk", shown: true, sql: `SELECT id FROM programmes WHERE ` + clerksOffice + ` ORDER BY sort LIMIT 1`},
	{below: "/office/programmes/{id}", name: "another office's", of: "clerk", shown: true, sql: `SELECT id FROM programmes WHERE office_id <> 0 AND NOT ` + clerksOffice + ` ORDER BY sort LIMIT 1`},
	{below: "/office/programmes/{id}/activities/{activity}", name: "the clerk's office's", of: "clerk", shown: true,
		sql: `SELECT programme_id, id FROM activities WHERE programme_id IN (SELECT id FROM programmes WHERE ` + clerksOffice + `) ORDER BY id LIMIT 1`},
	{below: "/groups/{id}", name: "aozora's", of: "aozora", sql: aozorasGroup},
	{below: "/groups/{id}", name: "a stranger's", sql: `SELECT id FROM groups AS g WHERE state = 'registered' AND listed = 1
		AND id IN (SELECT scope_id FROM posts WHERE role = 'representative' AND ended_at = 0)
		AND id NOT IN (SELECT scope_id FROM posts WHERE person_id IN (SELECT person_id FROM demo_people)) ORDER BY id LIMIT 1`},
	{below: "/groups/{id}/members/{member}", name: "aozora's", of: "aozora", sql: `SELECT group_id, id FROM memberships WHERE left_on = '' AND group_id IN (` + aozorasGroup + `) ORDER BY id DESC LIMIT 1`},
	{below: "/groups/{id}/import/{list}", name: "no such list", of: "aozora", sql: `SELECT scope_id, 1 FROM posts WHERE person_id = $1 AND role = 'representative' AND scope_kind = 'group' AND ended_at = 0`, missing: true},
	{below: "/groups/{id}/papers/{file}", name: "aozora's", of: "aozora", sql: `SELECT owner, id FROM files WHERE owner IN (` + aozorasGroup + `) ORDER BY id DESC LIMIT 1`},
	{below: "/office/groups/{id}", name: "an applicant's", sql: `SELECT group_id FROM registrations WHERE state = 'sent' ORDER BY id LIMIT 1`},
	{below: "/api/v1/groups/{id}", of: "aozora", sql: aozorasGroup},
	{below: "/office/export/{format}", fixed: []string{"xlsx"}},
	{below: "/office/print/{id}", of: "clerk", sql: `SELECT id FROM print_queue WHERE printed = 0 AND (office = 0 OR ` + strings.ReplaceAll(clerksOffice, "office_id", "office") + `) ORDER BY id LIMIT 1`},
	{below: "/operator/city/{part}", fixed: []string{"name"}},
	{below: "/mailbox/{id}", of: "linh", sql: linhsMail},
	{below: "/mailbox/{id}/file/{n}", of: "linh", sql: `SELECT id, 0 FROM mailbox WHERE person = $1 AND attachments LIKE '%ics%' ORDER BY id LIMIT 1`},
	{below: "/office/people/{id}", name: "linh", of: "linh", sql: `SELECT id FROM persons WHERE id = $1`},
	{below: "/office/people/{id}", name: "made up", fixed: []string{"0000000000001"}, missing: true},
	{below: "/office/places/{id}", sql: `SELECT id FROM facilities WHERE bookable = 1 ORDER BY id LIMIT 1`},
	{below: "/office/places/{id}/rooms/{room}", sql: `SELECT facility_id, id FROM rooms ORDER BY id LIMIT 1`},
	{below: "/office/places/{id}/closures/{closure}", sql: `SELECT facility_id, id FROM closures ORDER BY id LIMIT 1`},
	{below: "/office/places/{id}/photos/{photo}", sql: `SELECT r.facility_id, f.id FROM files AS f JOIN rooms AS r ON r.id = f.owner ORDER BY f.id LIMIT 1`},
}

const (
	aozorasGroup = `SELECT scope_id FROM posts WHERE person_id = $1 AND role = 'representative' AND scope_kind = 'group' AND ended_at = 0`
	linhsMail    = `SELECT id FROM mailbox WHERE person = $1 AND attachments LIKE '%ics%' ORDER BY id LIMIT 1`
	aStrangers   = `SELECT id FROM reservations WHERE group_id = 0 AND person_id NOT IN (SELECT person_id FROM demo_people)
		AND made_by = person_id ORDER BY id DESC LIMIT 1`
	clerksOffice = `office_id IN (SELECT scope_id FROM posts WHERE person_id = $1 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)`
	aRoom        = `SELECT id FROM rooms WHERE closed_at = 0 ORDER BY id LIMIT 1`
	aPhoto       = `SELECT f.id FROM files AS f JOIN rooms AS r ON r.id = f.owner ORDER BY f.id LIMIT 1`
)

// concerns says, without asking the program, whom each declared concern lets in.
var concerns = map[string]func(w *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error){
	"reservation.mine": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM reservations WHERE id = $1 AND (person_id = $2 OR made_by = $2
			OR office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)
			OR group_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND scope_kind = 'group' AND ended_at = 0))`, th.id(0), v.Person)
	},
	"waiting.mine": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM waits WHERE id = $1 AND (person_id = $2 OR made_by = $2
			OR group_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND scope_kind = 'group' AND ended_at = 0))`, th.id(0), v.Person)
	},
	"rules.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM rules WHERE id = $2 AND facility_id = 0
			AND EXISTS (SELECT 1 FROM posts WHERE person_id = $1 AND role = 'clerk' AND ended_at = 0)`, v.Person, th.id(0))
	},
	"blocks.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM blocks WHERE id = $2 AND `+clerksOffice, v.Person, th.id(0))
	},
	"use.code": nobody,
	"use.tag":  nobody,
	"use.mine": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) { return usesIt(tx, v, th.id(0)) },
	"use.photo": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		var of db.ID
		err := tx.Row(`SELECT u.reservation_id FROM use_faults AS u JOIN files AS f ON f.owner = u.id WHERE f.id = $1`, th.id(0)).Scan(&of)
		if err != nil {
			return false, err
		}
		return usesIt(tx, v, of)
	},
	"use.thing": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM things AS t JOIN facilities AS f ON f.id = t.facility_id WHERE t.id = $2 AND f.`+clerksOffice, v.Person, th.id(0))
	},
	"use.point": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM points WHERE id = $2 AND `+clerksOffice, v.Person, th.id(0))
	},
	"use.fault": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM use_faults WHERE id = $2 AND `+clerksOffice, v.Person, th.id(0))
	},
	"draw.entry": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM draw_entries AS e JOIN draws AS d ON d.id = e.draw_id WHERE e.id = $1 AND (e.person_id = $2
			OR d.office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)
			OR e.group_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND scope_kind = 'group' AND ended_at = 0))`, th.id(1), v.Person)
	},
	"draw.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM draws WHERE id = $1
			AND office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)`, th.id(0), v.Person)
	},
	"programme.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		if v.Holds(web.RoleOperator) {
			return true, nil
		}
		return found(tx, `SELECT COUNT(*) FROM programmes WHERE id = $2 AND `+clerksOffice, v.Person, th.id(0))
	},
	"group.keeps": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, ofGroup+`AND role IN ('representative', 'officer')`, v.Person, th.id(0))
	},
	"group.leads": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, ofGroup+`AND role = 'representative'`, v.Person, th.id(0))
	},
	"money.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM charges WHERE id = $1
			AND office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)`, th.id(0), v.Person)
	},
	"reservation.office": func(_ *walker, tx *db.Tx, v web.Viewer, th thing) (bool, error) {
		return found(tx, `SELECT COUNT(*) FROM reservations WHERE id = $1
			AND office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)`, th.id(0), v.Person)
	},
}

// nobody is whom a code concerns that nobody can make up.
func nobody(*walker, *db.Tx, web.Viewer, thing) (bool, error) { return false, nil }

// usesIt reports whether a reservation is the viewer's, their group's or their
// office's.
func usesIt(tx *db.Tx, v web.Viewer, of db.ID) (bool, error) {
	return found(tx, `SELECT COUNT(*) FROM reservations WHERE id = $1 AND (person_id = $2
		OR office_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND role = 'clerk' AND scope_kind = 'office' AND ended_at = 0)
		OR group_id IN (SELECT scope_id FROM posts WHERE person_id = $2 AND scope_kind = 'group' AND ended_at = 0))`, of, v.Person)
}

const ofGroup = `SELECT COUNT(*) FROM posts WHERE person_id = $1 AND scope_kind = 'group' AND scope_id = $2 AND ended_at = 0 `

func found(tx *db.Tx, q string, args ...any) (bool, error) {
	var n int
	err := tx.Row(q, args...).Scan(&n)
	return n > 0, err
}

// id returns the nth value as an identifier; 0 when it is none.
func (th thing) id(n int) db.ID {
	id, err := db.ParseID(th.values[n])
	if err != nil {
		return 0
	}
	return id
}

// things returns the paths on which the route is tried.
func (w *walker) things(r web.RouteInfo) ([]thing, error) {
	wildcards := strings.Count(r.Path, "{")
	if strings.HasSuffix(r.Path, "{$}") {
		wildcards--
	}
	best := ""
	for _, l := range lessons {
		fits := below(r.Path, l.below) && wildcards > 0 || r.Path == l.below
		if fits && strings.Count(l.below, "{") == wildcards && len(l.below) > len(best) {
			best = l.below
		}
	}
	if best == "" && wildcards == 0 {
		return []thing{{path: strings.TrimSuffix(r.Path, "{$}")}}, nil
	}
	if best == "" {
		return nil, fmt.Errorf("nobody has taught this test what %s leads to: add a lesson", r.Path)
	}
	var out []thing
	for _, l := range lessons {
		if l.below != best {
			continue
		}
		values, err := w.learn(l, wildcards)
		if err != nil {
			return nil, err
		}
		out = append(out, thing{path: fill(r.Path, values), name: l.name, values: values, missing: l.missing, shown: l.shown})
	}
	return out, nil
}

// below reports whether the path is, or stands below, the other.
func below(path, other string) bool {
	return path == other || strings.HasPrefix(path, other+"/")
}

// learn finds the values that a lesson speaks of.
func (w *walker) learn(l lesson, n int) ([]string, error) {
	if l.fixed != nil {
		return l.fixed, nil
	}
	values := make([]any, n)
	into := make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	var args []any
	if l.of != "" {
		args = append(args, w.persons[l.of])
	}
	err := w.city.Deps.DB.Read(w.t.Context(), func(tx *db.Tx) error { return tx.Row(l.sql, args...).Scan(into...) })
	if err != nil {
		return nil, fmt.Errorf("the demo city has nothing for %s [%s]: %w", l.below, l.name, err)
	}
	out := make([]string, n)
	for i, v := range values {
		switch v := v.(type) {
		case int64:
			if out[i] = db.ID(v).String(); v == 0 { // a number, not an identifier
				out[i] = "0"
			}
		default:
			out[i] = fmt.Sprint(v)
		}
	}
	out[n-1] += l.suffix
	return out, nil
}

// fill puts the values into the wildcards of the pattern.
func fill(pattern string, values []string) string {
	var b strings.Builder
	for _, v := range values {
		before, rest, _ := strings.Cut(pattern, "{")
		_, after, _ := strings.Cut(rest, "}")
		b.WriteString(before + v)
		pattern = after
	}
	return strings.TrimSuffix(b.String()+pattern, "{$}")
}
