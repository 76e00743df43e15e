package group

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kakehashi/domains/groups/town"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/byid"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Topic is touched by every change of any group.
const Topic = "groups"

// Limits of what is kept about a group, in characters.
const (
	MaxName  = 80
	MaxText  = 1200
	MaxRules = 20000
	MaxLine  = 200
)

// Group is one group.
type Group struct {
	ID      db.ID
	Version int64
	Kind    Kind
	State   State
	Name    i18n.Text
	Kana    string      // フリガナ of the Japanese name; what lists are sorted by
	About   i18n.Text   // what it does
	Meets   i18n.Text   // when and where it meets
	Wants   i18n.Text   // whom it looks for; empty when nobody
	Langs   []i18n.Lang // spoken in the group
	Town    string      // where it is active, as package town writes it; "" = the whole city
	Site    string      // https address, or ""
	Contact string      // how the public reaches it, as the group wrote it
	Rules   string      // its bylaws, as text
	Listed  bool        // shown to everybody while registered
	From    jp.Date     // first day of the registration that holds
	Until   jp.Date     // last day; zero when it needs no renewal, or never was registered
	Created time.Time
	Changed time.Time
}

// Standing is the state of the group on a day: a registered group whose last
// day has passed has lapsed.
func (g *Group) Standing(on jp.Date) State {
	if g.State == Registered && !g.Until.IsZero() && g.Until.Before(on) {
		return Lapsed
	}
	return g.State
}

// Public reports whether everybody may read the group's profile on the day.
func (g *Group) Public(on jp.Date) bool { return g.Listed && g.Standing(on) == Registered }

// settle brings what was typed into the form in which it is kept and says
// everything that cannot be kept, field by field.
func (g *Group) settle() error {
	g.Kana, g.Town = jp.Katakana(strings.TrimSpace(g.Kana)), strings.TrimSpace(g.Town)
	g.Site, g.Contact, g.Rules = strings.TrimSpace(g.Site), strings.TrimSpace(g.Contact), strings.TrimSpace(g.Rules)
	for _, t := range []i18n.Text{g.Name, g.About, g.Meets, g.Wants} {
		for l, s := range t {
			if s = strings.TrimSpace(s); s == "" {
				delete(t, l)
			} else {
				t[l] = s
			}
		}
	}
	var c fault.Check
	_, known := ParseKind(string(g.Kind))
	c.Field(known, "kind", "groups.error.kind")
	name, _ := g.Name.Pick(i18n.Ja)
	c.Field(name != "", "name", "groups.error.name")
	c.Field(fits(g.Name, MaxName), "name", "groups.error.long", "max", MaxName)
	c.Field(utf8.RuneCountInString(g.Kana) <= MaxName, "kana", "groups.error.long", "max", MaxName)
	c.Field(fits(g.About, MaxText), "about", "groups.error.long", "max", MaxText)
	c.Field(fits(g.Meets, MaxText), "meets", "groups.error.long", "max", MaxText)
	c.Field(fits(g.Wants, MaxText), "wants", "groups.error.long", "max", MaxText)
	c.Field(utf8.RuneCountInString(g.Contact) <= MaxLine, "contact", "groups.error.long", "max", MaxLine)
	c.Field(utf8.RuneCountInString(g.Rules) <= MaxRules, "rules", "groups.error.long", "max", MaxRules)
	c.Field(g.Site == "" || isSite(g.Site), "site", "groups.error.site", "start", "https://")
	if g.Town != "" {
		t, ok := town.Find(g.Town)
		c.Field(ok, "town", "groups.error.town")
		if ok {
			g.Town = t.Name
		}
	}
	g.Langs = slices.DeleteFunc(g.Langs, func(l i18n.Lang) bool { return !slices.Contains(i18n.Langs, l) })
	return c.Err()
}

func fits(t i18n.Text, most int) bool {
	for _, s := range t {
		if utf8.RuneCountInString(s) > most {
			return false
		}
	}
	return true
}

// isSite reports whether the address may stand as a link on a public page.
func isSite(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= MaxLine
}

// sortKey is the key by which lists are ordered: the folded name in hexadecimal.
func sortKey(name string) string {
	b := []byte(jp.Fold(name))
	return hex.EncodeToString(b[:min(len(b), 60)])
}

func (g *Group) sortKey() string {
	if g.Kana != "" {
		return sortKey(g.Kana)
	}
	name, _ := g.Name.Pick(i18n.Ja)
	return sortKey(name)
}

// fold is what a search looks in: everything public, in every language.
func (g *Group) fold() string {
	parts := []string{g.Kana, g.Town}
	for _, t := range []i18n.Text{g.Name, g.About, g.Meets, g.Wants} {
		for _, l := range i18n.Langs {
			if s := t[l]; s != "" {
				parts = append(parts, s)
			}
		}
	}
	return jp.Fold(strings.Join(parts, "\n"))
}

func packLangs(langs []i18n.Lang) string {
	var b strings.Builder
	for _, l := range langs {
		b.WriteString("," + string(l))
	}
	if b.Len() > 0 {
		b.WriteByte(',')
	}
	return b.String()
}

func unpackLangs(s string) (out []i18n.Lang) {
	for l := range strings.SplitSeq(strings.Trim(s, ","), ",") {
		if l != "" {
			out = append(out, i18n.Lang(l))
		}
	}
	return out
}

const groupColumns = `id, version, kind, state, name, kana, about, meets, wants, langs, town, site, contact, rules, listed,
	registered_from, registered_until, created, changed`

type groupRow struct {
	Group
	langs            string
	created, changed int64
}

func (r *groupRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Kind, &r.State, &r.Name, &r.Kana, &r.About, &r.Meets, &r.Wants, &r.langs, &r.Town,
		&r.Site, &r.Contact, &r.Rules, &r.Listed, &r.From, &r.Until, &r.created, &r.changed}
}

func (r *groupRow) group() Group {
	r.Langs, r.Created, r.Changed = unpackLangs(r.langs), db.Time(r.created), db.Time(r.changed)
	return r.Group
}

// Today is the city's date in the transaction.
func Today(tx *db.Tx) jp.Date { return jp.DateOf(tx.Now) }

// Get returns the group, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Group, err error) {
	defer fault.Wrap(&err, "group.Get(%v)", id)
	row, err := db.One(tx, (*groupRow).dest, `SELECT `+groupColumns+` FROM groups WHERE id = $1`, id)
	return row.group(), err
}

// Names returns the names of many groups, in one turn; those that do not exist
// are left out.
func Names(tx *db.Tx, ids []db.ID) (_ map[db.ID]i18n.Text, err error) {
	defer fault.Wrap(&err, "group.Names(%d)", len(ids))
	rows, err := byid.Rows(tx, func(g *Group) []any { return []any{&g.ID, &g.Name} }, `SELECT id, name FROM groups WHERE id IN ({{ids}})`, ids)
	out := make(map[db.ID]i18n.Text, len(rows))
	for i := range rows {
		out[rows[i].ID] = rows[i].Name
	}
	return out, err
}

// insert writes a new group under its ID, or a fresh one.
func insert(tx *db.Tx, g *Group) error {
	if err := g.settle(); err != nil {
		return err
	}
	if g.ID == 0 {
		g.ID = db.NewID()
	}
	g.Version, g.Created, g.Changed = 1, tx.Now, tx.Now
	_, err := tx.Exec(`INSERT INTO groups (`+groupColumns+`, reminded, sort_key, fold)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21)`,
		g.ID, g.Version, string(g.Kind), string(g.State), g.Name, g.Kana, g.About, g.Meets, g.Wants, packLangs(g.Langs), g.Town,
		g.Site, g.Contact, g.Rules, g.Listed, g.From, g.Until, g.Created, g.Changed, g.sortKey(), g.fold())
	if err != nil {
		return err
	}
	tx.Touch(Topic)
	return audit.Record(tx, audit.Entry{Action: "groups.create", Subject: "group", ID: g.ID, Detail: map[string]string{"kind": string(g.Kind)}})
}

// Add keeps a group that is registered at once: an office, or one whose papers
// a clerk has before them. Until follows from the rules unless it is set.
func Add(tx *db.Tx, g Group) (_ Group, err error) {
	defer fault.Wrap(&err, "group.Add(%s)", g.Kind)
	g.State = Registered
	if g.From.IsZero() {
		g.From = Today(tx)
	}
	if g.Until.IsZero() && g.Kind != Office {
		rules, err := RulesFor(tx, g.Kind)
		if err != nil {
			return g, err
		}
		g.Until = g.From.AddMonths(int(rules.ValidMonths)).AddDays(-1)
	}
	return g, insert(tx, &g)
}

// Save keeps the group's own words and facts (not its state) where g.Version
// stands, and returns it with the next version; Conflict when somebody changed
// it meanwhile.
func Save(tx *db.Tx, g Group) (_ Group, err error) {
	defer fault.Wrap(&err, "group.Save(%v)", g.ID)
	if err := g.settle(); err != nil {
		return g, err
	}
	n, err := tx.Exec(`UPDATE groups SET version = version + 1, kind = $3, name = $4, kana = $5, about = $6, meets = $7, wants = $8,
		langs = $9, town = $10, site = $11, contact = $12, rules = $13, listed = $14, changed = $15, sort_key = $16, fold = $17
		WHERE id = $1 AND version = $2`,
		g.ID, g.Version, string(g.Kind), g.Name, g.Kana, g.About, g.Meets, g.Wants, packLangs(g.Langs), g.Town, g.Site,
		g.Contact, g.Rules, g.Listed, tx.Now, g.sortKey(), g.fold())
	if err != nil {
		return g, err
	}
	if n == 0 {
		return g, Stale()
	}
	g.Version++
	tx.Touch(Topic)
	return g, audit.Record(tx, audit.Entry{Action: "groups.change", Subject: "group", ID: g.ID})
}

// Stale is the Conflict of a writer who saw an older version.
func Stale() error { return fault.New(fault.Conflict, "groups.error.stale") }

// setState moves the group on.
func setState(tx *db.Tx, id db.ID, s State) error {
	_, err := tx.Exec(`UPDATE groups SET state = $2, changed = $3 WHERE id = $1`, id, string(s), tx.Now)
	tx.Touch(Topic)
	return err
}

// Hold takes the group's row in hand for the rest of the transaction, so that
// two who decide or send at once stand in line.
func Hold(tx *db.Tx, id db.ID) (err error) {
	defer fault.Wrap(&err, "group.Hold(%v)", id)
	n, err := tx.Exec(`UPDATE groups SET changed = changed WHERE id = $1`, id)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "groups.error.not_public")
	}
	return err
}

// Close ends a registered group; its data stays.
func Close(tx *db.Tx, id db.ID, reason string) (err error) {
	defer fault.Wrap(&err, "group.Close(%v)", id)
	if err := setState(tx, id, Closed); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: "groups.close", Subject: "group", ID: id, Detail: map[string]string{"reason": reason}})
}
