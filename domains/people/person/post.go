package person

import (
	"slices"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// MaxReason is the longest reason kept with a post, in bytes.
const MaxReason = 600

// Post says that a person holds a role for a scope. Both days are included;
// a zero Until is a post without an end.
type Post struct {
	ID        db.ID
	Person    db.ID
	Role      web.Role
	Scope     web.Scope
	Since     jp.Date
	Until     jp.Date
	Reason    string // why it was given: an appointment's number, an election
	GivenBy   db.ID
	GivenAt   time.Time
	EndedBy   db.ID
	EndedAt   time.Time // zero unless ended before its time
	EndReason string
}

// On reports whether the post is held on the day. One that was ended counts
// no more on the day it was ended.
func (p *Post) On(day jp.Date) bool {
	return !day.Before(p.Since) &&
		(p.Until.IsZero() || !day.After(p.Until)) &&
		(p.EndedAt.IsZero() || day.Before(jp.DateOf(p.EndedAt)))
}

// overlaps reports whether both posts would be held on some same day.
func (p *Post) overlaps(q *Post) bool {
	if !p.EndedAt.IsZero() || !q.EndedAt.IsZero() {
		return false
	}
	return (p.Until.IsZero() || !p.Until.Before(q.Since)) && (q.Until.IsZero() || !q.Until.Before(p.Since))
}

// scopeKinds says for what kind of scope each role is held.
var scopeKinds = map[web.Role]string{
	web.RoleClerk: "office", web.RoleOfficer: "group", web.RoleRepresentative: "group",
	web.RoleMinsei: "district", web.RoleBridge: "city", web.RoleCommittee: "city", web.RoleOperator: "city",
}

// Roles lists every role in the order in which they are offered.
var Roles = []web.Role{
	web.RoleClerk, web.RoleMinsei, web.RoleBridge, web.RoleCommittee,
	web.RoleRepresentative, web.RoleOfficer, web.RoleOperator,
}

// ScopeKind returns the kind of scope that the role is held for; "" for no role.
func ScopeKind(r web.Role) string { return scopeKinds[r] }

// MayGive reports whether the posts let their holder give and end the role for
// the scope. The operator appoints clerks and operators and stands in for
// everybody; a clerk appoints 民生委員, bridges and the committee, and puts a
// group's officers right; a representative names the officers of their group.
func MayGive(posts []web.Post, role web.Role, scope web.Scope) bool {
	for _, p := range posts {
		switch p.Role {
		case web.RoleOperator:
			return true
		case web.RoleClerk:
			if role != web.RoleClerk && role != web.RoleOperator {
				return true
			}
		case web.RoleRepresentative:
			if role == web.RoleOfficer && scope == p.Scope {
				return true
			}
		}
	}
	return false
}

// GivableRoles returns the roles that the posts let their holder give from the
// office's pages.
func GivableRoles(posts []web.Post) []web.Role {
	return slices.DeleteFunc(slices.Clone(Roles), func(r web.Role) bool {
		return !MayGive(posts, r, web.Scope{})
	})
}

const postColumns = `id, person_id, role, scope_kind, scope_id, since, until, reason, given_by, given_at, ended_by, ended_at, end_reason`

type postRow struct {
	Post
	given, ended int64
}

func (r *postRow) scan() []any {
	return []any{&r.ID, &r.Person, &r.Role, &r.Scope.Kind, &r.Scope.ID, &r.Since, &r.Until, &r.Reason, &r.GivenBy, &r.given, &r.EndedBy, &r.ended, &r.EndReason}
}

func posts(rows []postRow, err error) ([]Post, error) {
	out := make([]Post, len(rows))
	for i, r := range rows {
		out[i] = r.Post
		out[i].GivenAt, out[i].EndedAt = db.Time(r.given), db.Time(r.ended)
	}
	return out, err
}

// Posts returns every post the person ever held or will hold, the newest
// first.
func (s *Store) Posts(tx *db.Tx, person db.ID) (_ []Post, err error) {
	defer fault.Wrap(&err, "person.Posts(%v)", person)
	return posts(db.All(tx, (*postRow).scan, `SELECT `+postColumns+` FROM posts WHERE person_id = $1 ORDER BY since DESC, id DESC`, person))
}

// PostsNow returns the posts the person holds today, as access is decided by.
func (s *Store) PostsNow(tx *db.Tx, person db.ID) ([]web.Post, error) {
	all, err := s.Posts(tx, person)
	var out []web.Post
	for i := range all {
		if all[i].On(Today(tx)) {
			out = append(out, web.Post{Role: all[i].Role, Scope: all[i].Scope})
		}
	}
	return out, err
}

// Holders returns the posts of the role for the scope that are held today, in
// the order in which they were given.
func (s *Store) Holders(tx *db.Tx, role web.Role, scope web.Scope) (_ []Post, err error) {
	defer fault.Wrap(&err, "person.Holders(%s, %v)", role, scope)
	all, err := posts(db.All(tx, (*postRow).scan,
		`SELECT `+postColumns+` FROM posts WHERE scope_kind = $1 AND scope_id = $2 AND role = $3 AND ended_at = 0 ORDER BY id`,
		scope.Kind, scope.ID, string(role)))
	return slices.DeleteFunc(all, func(p Post) bool { return !p.On(Today(tx)) }), err
}

// PostHistory returns every post ever held for the scope, the newest first.
func (s *Store) PostHistory(tx *db.Tx, scope web.Scope) (_ []Post, err error) {
	defer fault.Wrap(&err, "person.PostHistory(%v)", scope)
	return posts(db.All(tx, (*postRow).scan,
		`SELECT `+postColumns+` FROM posts WHERE scope_kind = $1 AND scope_id = $2 ORDER BY since DESC, id DESC`, scope.Kind, scope.ID))
}

// Give lets the person hold the role for the scope from Since to Until and
// returns the post. The caller has made sure that the actor may (MayGive, or
// a rule of its own such as a handover). It is Invalid at until or scope, and
// Conflict when the person holds the same role for the scope in that time.
func (s *Store) Give(tx *db.Tx, p Post) (_ Post, err error) {
	defer fault.Wrap(&err, "person.Give(%s for %v to %v)", p.Role, p.Scope, p.Person)
	who, err := s.Get(tx, p.Person)
	if err != nil {
		return p, err
	}
	if !who.Closed.IsZero() {
		return p, fault.New(fault.Conflict, "people.closed")
	}
	if p.Since.IsZero() {
		p.Since = Today(tx)
	}
	var c fault.Check
	kind := ScopeKind(p.Role)
	c.Field(kind != "", "role", "people.post.role.unknown")
	c.Field(kind == "" || p.Scope.Kind == kind && (kind == "city") == (p.Scope.ID == 0), "scope", "people.post.scope.missing")
	c.Field(p.Until.IsZero() || !p.Until.Before(p.Since), "until", "people.post.until.early")
	c.Field(len(p.Reason) <= MaxReason, "reason", "people.reason.long")
	if err := c.Err(); err != nil {
		return p, err
	}
	all, err := s.Posts(tx, p.Person)
	if err != nil {
		return p, err
	}
	for i := range all {
		if all[i].Role == p.Role && all[i].Scope == p.Scope && all[i].overlaps(&p) {
			return p, fault.New(fault.Conflict, "people.post.already")
		}
	}
	p.ID, p.GivenBy, p.GivenAt = db.NewID(), tx.Actor.Person, tx.Now
	if _, err := tx.Exec(`INSERT INTO posts (id, person_id, role, scope_kind, scope_id, since, until, reason,
			given_by, given_at, ended_by, ended_at, end_reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, '')`,
		p.ID, p.Person, string(p.Role), p.Scope.Kind, p.Scope.ID, p.Since, p.Until, p.Reason, p.GivenBy, p.GivenAt); err != nil {
		return p, err
	}
	tx.Touch(Topic(p.Person))
	return p, audit.Record(tx, audit.Entry{Action: "people.post.give", Subject: "post", ID: p.ID, Person: p.Person, Detail: map[string]string{
		"role": string(p.Role), "scope": p.Scope.Kind + ":" + p.Scope.ID.String(), "since": p.Since.String(), "until": p.Until.String(),
	}})
}

// Post returns one post; NotFound when there is none.
func (s *Store) Post(tx *db.Tx, id db.ID) (_ Post, err error) {
	defer fault.Wrap(&err, "person.Post(%v)", id)
	all, err := posts(db.All(tx, (*postRow).scan, `SELECT `+postColumns+` FROM posts WHERE id = $1`, id))
	if err != nil {
		return Post{}, err
	}
	if len(all) == 0 {
		return Post{}, fault.New(fault.NotFound, "web.error.not_found")
	}
	return all[0], nil
}

// End ends a post now, before its time. The row stays, with who ended it and
// why. Ending twice changes nothing. The last operator cannot be ended: nobody
// could appoint another.
func (s *Store) End(tx *db.Tx, id db.ID, reason string) (err error) {
	defer fault.Wrap(&err, "person.End(%v)", id)
	p, err := s.Post(tx, id)
	if err != nil {
		return err
	}
	if !p.EndedAt.IsZero() {
		return nil
	}
	var c fault.Check
	c.Field(len(reason) <= MaxReason, "reason", "people.reason.long")
	if err := c.Err(); err != nil {
		return err
	}
	if p.Role == web.RoleOperator && p.On(Today(tx)) {
		others, err := s.Holders(tx, web.RoleOperator, p.Scope)
		if err != nil {
			return err
		}
		if len(others) <= 1 {
			return fault.New(fault.Conflict, "people.post.last_operator")
		}
	}
	if _, err := tx.Exec(`UPDATE posts SET ended_by = $2, ended_at = $3, end_reason = $4 WHERE id = $1 AND ended_at = 0`,
		id, tx.Actor.Person, tx.Now, reason); err != nil {
		return err
	}
	tx.Touch(Topic(p.Person))
	return audit.Record(tx, audit.Entry{Action: "people.post.end", Subject: "post", ID: id, Person: p.Person, Detail: map[string]string{
		"role": string(p.Role), "scope": p.Scope.Kind + ":" + p.Scope.ID.String(),
	}})
}
