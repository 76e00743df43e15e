package person

import (
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// MaxProxy is the longest that a member can let an officer act for them
// without saying so again, in months: officers change once a year.
const MaxProxy = 12

// Proxy is a member's wish that an officer of their group act for them until a
// day, which is included.
type Proxy struct {
	ID         db.ID
	Member     db.ID
	Officer    db.ID
	Scope      web.Scope // the group in which Officer holds a post
	Until      jp.Date
	Given      string // "self" when the member said so here, "paper" when a clerk has it in writing
	RecordedBy db.ID
	Created    time.Time
	EndedAt    time.Time
}

// On reports whether the wish holds on the day.
func (p *Proxy) On(day jp.Date) bool { return p.EndedAt.IsZero() && !day.After(p.Until) }

type proxyRow struct {
	Proxy
	created, ended int64
}

func (r *proxyRow) scan() []any {
	return []any{&r.ID, &r.Member, &r.Officer, &r.Scope.Kind, &r.Scope.ID, &r.Until, &r.Given, &r.RecordedBy, &r.created, &r.ended}
}

func (s *Store) proxies(tx *db.Tx, where string, args ...any) ([]Proxy, error) {
	rows, err := db.All(tx, (*proxyRow).scan,
		`SELECT id, member_id, officer_id, scope_kind, scope_id, until, given, recorded_by, created, ended_at
		FROM proxies WHERE `+where+` ORDER BY id DESC`, args...)
	out := make([]Proxy, len(rows))
	for i, r := range rows {
		out[i] = r.Proxy
		out[i].Created, out[i].EndedAt = db.Time(r.created), db.Time(r.ended)
	}
	return out, err
}

// ProxiesOf returns every wish the member ever stated, the newest first.
func (s *Store) ProxiesOf(tx *db.Tx, member db.ID) ([]Proxy, error) {
	return s.proxies(tx, `member_id = $1`, member)
}

// ProxiesFor returns the wishes in force today that let the officer act.
func (s *Store) ProxiesFor(tx *db.Tx, officer db.ID) (out []Proxy, err error) {
	defer fault.Wrap(&err, "person.ProxiesFor(%v)", officer)
	all, err := s.proxies(tx, `officer_id = $1 AND ended_at = 0`, officer)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	held, err := s.PostsNow(tx, officer)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.On(Today(tx)) && managesGroup(held, p.Scope) {
			out = append(out, p)
		}
	}
	return out, nil
}

// managesGroup reports whether one of the posts is an officer's or the
// representative's for the scope.
func managesGroup(held []web.Post, scope web.Scope) bool {
	v := web.Viewer{Posts: held}
	return v.HoldsFor(web.RoleOfficer, scope) || v.HoldsFor(web.RoleRepresentative, scope)
}

// Entrust keeps the member's wish. The officer must hold a post for the scope
// today, and Until must lie within MaxProxy months; the later of two wishes
// for one officer and scope takes the place of the earlier.
func (s *Store) Entrust(tx *db.Tx, p Proxy) (_ Proxy, err error) {
	defer fault.Wrap(&err, "person.Entrust(member %v, officer %v)", p.Member, p.Officer)
	held, err := s.PostsNow(tx, p.Officer)
	if err != nil {
		return p, err
	}
	today := Today(tx)
	var c fault.Check
	c.Field(p.Member != p.Officer && managesGroup(held, p.Scope), "officer", "people.proxy.officer")
	c.Field(!p.Until.Before(today) && !p.Until.After(today.AddMonths(MaxProxy)), "until", "people.proxy.until")
	if err := c.Err(); err != nil {
		return p, err
	}
	if _, err := tx.Exec(`UPDATE proxies SET ended_at = $1, ended_by = $2
		WHERE member_id = $3 AND officer_id = $4 AND scope_kind = $5 AND scope_id = $6 AND ended_at = 0`,
		tx.Now, tx.Actor.Person, p.Member, p.Officer, p.Scope.Kind, p.Scope.ID); err != nil {
		return p, err
	}
	if p.Given != "paper" {
		p.Given = "self"
	}
	p.ID, p.RecordedBy, p.Created = db.NewID(), tx.Actor.Person, tx.Now
	if _, err := tx.Exec(`INSERT INTO proxies (id, member_id, officer_id, scope_kind, scope_id, until, given, recorded_by, created, ended_at, ended_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)`,
		p.ID, p.Member, p.Officer, p.Scope.Kind, p.Scope.ID, p.Until, p.Given, p.RecordedBy, p.Created); err != nil {
		return p, err
	}
	return p, s.noteProxy(tx, "people.proxy.give", &p)
}

// Withdraw ends a wish of the member; NotFound when it is not theirs.
func (s *Store) Withdraw(tx *db.Tx, member, id db.ID) (err error) {
	defer fault.Wrap(&err, "person.Withdraw(%v)", id)
	all, err := s.proxies(tx, `id = $1 AND member_id = $2 AND ended_at = 0`, id, member)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "web.error.not_found")
	}
	if _, err := tx.Exec(`UPDATE proxies SET ended_at = $2, ended_by = $3 WHERE id = $1`, id, tx.Now, tx.Actor.Person); err != nil {
		return err
	}
	return s.noteProxy(tx, "people.proxy.end", &all[0])
}

func (s *Store) noteProxy(tx *db.Tx, action string, p *Proxy) error {
	tx.Touch(Topic(p.Member), Topic(p.Officer))
	return audit.Record(tx, audit.Entry{Action: action, Subject: "proxy", ID: p.ID, Person: p.Member, Detail: map[string]string{
		"officer": p.Officer.String(), "until": p.Until.String(), "given": p.Given,
	}})
}
