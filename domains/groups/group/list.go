package group

import (
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// PageSize is how many groups one page of a list shows.
const PageSize = 40

// Filter selects groups. Zero fields select nothing out.
type Filter struct {
	Text     string // part of anything public, folded
	Kind     Kind   // "" is every kind but offices
	Town     string
	District db.ID
	Lang     i18n.Lang // spoken in the group
	State    State     // as Standing says; "" is every state
	Public   bool      // only what everybody may read
	After    string    // Next of the page before
	Limit    int       // 0 means PageSize
}

// Listing is one page of groups in order of their names; Next is "" at the end.
type Listing struct {
	Groups []Group
	Next   string
}

// List returns a page of the groups that the filter selects.
func List(tx *db.Tx, f Filter) (_ Listing, err error) {
	defer fault.Wrap(&err, "group.List")
	key, id, err := parseCursor(f.After)
	if err != nil {
		return Listing{}, err
	}
	if f.Limit == 0 {
		f.Limit = PageSize
	}
	state, today := f.State, Today(tx)
	if f.Public {
		state = Registered
	}
	stored := state
	if state == Lapsed {
		stored = Registered
	}
	spoken := ""
	if f.Lang != "" {
		spoken = db.Like("," + string(f.Lang) + ",")
	}
	rows, err := db.All(tx, (*groupRow).dest, `SELECT `+groupColumns+` FROM groups
		WHERE (CAST($1 AS TEXT) = '' AND kind <> 'office' OR kind = $1)
		AND (CAST($2 AS TEXT) = '' OR town = $2)
		AND (CAST($3 AS BIGINT) = 0 OR town IN (SELECT town FROM district_towns WHERE district_id = CAST($3 AS BIGINT)))
		AND (CAST($4 AS TEXT) = '' OR langs LIKE $4 ESCAPE '\')
		AND (CAST($5 AS TEXT) = '' OR fold LIKE $5 ESCAPE '\')
		AND (CAST($6 AS TEXT) = '' OR state = $6)
		AND (CAST($7 AS BIGINT) = 0 OR listed = 1)
		AND (CAST($8 AS TEXT) <> 'registered' OR registered_until = '' OR registered_until >= $9)
		AND (CAST($8 AS TEXT) <> 'lapsed' OR registered_until <> '' AND registered_until < $9)
		AND (CAST($10 AS TEXT) = '' OR sort_key > $10 OR sort_key = $10 AND id > CAST($11 AS BIGINT))
		ORDER BY sort_key, id LIMIT $12`,
		string(f.Kind), f.Town, f.District, spoken, db.Like(jp.Fold(f.Text)), string(stored), f.Public, string(state), today, key, id, f.Limit+1)
	if err != nil {
		return Listing{}, err
	}
	var l Listing
	if len(rows) > f.Limit {
		rows = rows[:f.Limit]
		last := rows[len(rows)-1].group()
		l.Next = last.sortKey() + "." + last.ID.String()
	}
	for i := range rows {
		l.Groups = append(l.Groups, rows[i].group())
	}
	return l, nil
}

func parseCursor(s string) (key string, id db.ID, err error) {
	if s == "" {
		return "", 0, nil
	}
	key, rest, _ := strings.Cut(s, ".")
	id, err = db.ParseID(rest)
	if err != nil {
		return "", 0, fault.New(fault.Invalid, "groups.error.cursor").Because(err)
	}
	return key, id, nil
}

// Each calls fn with every group that the filter selects, in batches that hold
// no cursor open: for exports.
func Each(tx *db.Tx, f Filter, fn func(Group) error) error {
	f.Limit = 500
	for {
		l, err := List(tx, f)
		if err != nil {
			return err
		}
		for _, g := range l.Groups {
			if err := fn(g); err != nil {
				return err
			}
		}
		if l.Next == "" {
			return nil
		}
		f.After = l.Next
	}
}

// District is a set of towns.
type District struct {
	ID   db.ID
	Name i18n.Text
}

// Districts returns the districts in their order.
func Districts(tx *db.Tx) (_ []District, err error) {
	defer fault.Wrap(&err, "group.Districts")
	return db.All(tx, func(d *District) []any { return []any{&d.ID, &d.Name} }, `SELECT id, name FROM districts ORDER BY sort, id`)
}

// DistrictOf returns the district of a town; 0 when it lies in none.
func DistrictOf(tx *db.Tx, town string) (id db.ID, err error) {
	defer fault.Wrap(&err, "group.DistrictOf(%s)", town)
	got, err := db.All(tx, func(d *db.ID) []any { return []any{d} }, `SELECT district_id FROM district_towns WHERE town = $1`, town)
	if err != nil || len(got) == 0 {
		return 0, err
	}
	return got[0], nil
}

// AddDistrict keeps a district with its towns; a town that lay in another
// moves.
func AddDistrict(tx *db.Tx, d District, sort int, towns []string) (id db.ID, err error) {
	defer fault.Wrap(&err, "group.AddDistrict")
	if d.ID == 0 {
		d.ID = db.NewID()
	}
	if _, err := tx.Exec(`INSERT INTO districts (id, name, sort) VALUES ($1, $2, $3)`, d.ID, d.Name, sort); err != nil {
		return 0, err
	}
	for _, t := range towns {
		if _, err := tx.Exec(`INSERT INTO district_towns (town, district_id) VALUES ($1, $2)
			ON CONFLICT (town) DO UPDATE SET district_id = excluded.district_id`, t, d.ID); err != nil {
			return 0, err
		}
	}
	tx.Touch(Topic)
	return d.ID, nil
}
