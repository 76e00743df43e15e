package person

import (
	"context"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// Basis is what lets somebody act for another.
type Basis string

// The bases of acting for another.
const (
	BasisClerk    Basis = "clerk"    // a clerk, for whoever asks at the desk or by phone
	BasisGuardian Basis = "guardian" // a guardian, for their child
	BasisProxy    Basis = "proxy"    // an officer, for a member who asked
)

// MayAct returns what lets the actor, who holds the posts, act for the person
// today; Denied when nothing does.
func (s *Store) MayAct(tx *db.Tx, actor db.ID, held []web.Post, person db.ID) (_ Basis, err error) {
	defer fault.Wrap(&err, "person.MayAct(%v for %v)", actor, person)
	denied := fault.New(fault.Denied, "people.act.denied")
	if actor == person || actor == 0 {
		return "", denied
	}
	p, err := s.Reveal(tx, person)
	if err != nil {
		return "", err
	}
	if !p.Closed.IsZero() {
		return "", fault.New(fault.Conflict, "people.closed")
	}
	gs, err := s.guardianships(tx, `child_id = $1 AND guardian_id = $2 AND ended_at = 0`, person, actor)
	if err != nil {
		return "", err
	}
	for i := range gs {
		if gs[i].On(Today(tx), &p.Private) {
			return BasisGuardian, nil
		}
	}
	wishes, err := s.proxies(tx, `member_id = $1 AND officer_id = $2 AND ended_at = 0`, person, actor)
	if err != nil {
		return "", err
	}
	for i := range wishes {
		if wishes[i].On(Today(tx)) && managesGroup(held, wishes[i].Scope) {
			return BasisProxy, nil
		}
	}
	if (web.Viewer{Posts: held}).Holds(web.RoleClerk) {
		return BasisClerk, nil
	}
	return "", denied
}

// BeginActing checks that the actor of the transaction may act for the person,
// leaves the audit entry "people.act.begin" and returns the person.
func (s *Store) BeginActing(tx *db.Tx, person db.ID) (_ Person, err error) {
	held, err := s.PostsNow(tx, tx.Actor.Person)
	if err != nil {
		return Person{}, err
	}
	basis, err := s.MayAct(tx, tx.Actor.Person, held, person)
	if err != nil {
		return Person{}, err
	}
	p, err := s.Get(tx, person)
	if err != nil {
		return Person{}, err
	}
	return p, audit.Record(tx, audit.Entry{Action: "people.act.begin", Subject: "person", ID: person, Person: person,
		Detail: map[string]string{"basis": string(basis)}})
}

// EndActing leaves the audit entry "people.act.end".
func (s *Store) EndActing(tx *db.Tx, person db.ID) error {
	return audit.Record(tx, audit.Entry{Action: "people.act.end", Subject: "person", ID: person, Person: person})
}

// StillActs reports whether the actor may go on acting for the person; for
// sessions that began to act earlier.
func (s *Store) StillActs(tx *db.Tx, actor, person db.ID) (bool, error) {
	held, err := s.PostsNow(tx, actor)
	if err != nil {
		return false, err
	}
	_, err = s.MayAct(tx, actor, held, person)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Identify loads a person as a viewer with the posts held today; NotFound for
// who was closed, so that their sessions end.
func (s *Store) Identify(_ context.Context, tx *db.Tx, person db.ID) (_ web.Viewer, err error) {
	defer fault.Wrap(&err, "person.Identify(%v)", person)
	p, err := s.Get(tx, person)
	if err != nil {
		return web.Viewer{}, err
	}
	if !p.Closed.IsZero() {
		return web.Viewer{}, fault.New(fault.NotFound, "people.closed")
	}
	held, err := s.PostsNow(tx, person)
	if err != nil {
		return web.Viewer{}, err
	}
	return web.Viewer{Person: p.ID, Name: p.Shown(), Lang: p.Lang(), Posts: held}, nil
}

// Recipient says how to reach a person. A minor without an address of their
// own is reached through a guardian, in the guardian's language; whoever has
// no address at all takes paper.
func (s *Store) Recipient(tx *db.Tx, person db.ID) (_ deliver.Recipient, err error) {
	defer fault.Wrap(&err, "person.Recipient(%v)", person)
	p, err := s.Reveal(tx, person)
	if err != nil {
		return deliver.Recipient{}, err
	}
	if !p.Closed.IsZero() {
		return deliver.Recipient{}, fault.New(fault.NotFound, "people.closed")
	}
	r := deliver.Recipient{Name: p.Name, Lang: p.Lang(), Email: p.Mail, Paper: p.Aids.Paper, Furigana: p.Aids.Furigana}
	if r.Email != "" || r.Paper {
		return r, nil
	}
	gs, err := s.Guardians(tx, person)
	if err != nil {
		return deliver.Recipient{}, err
	}
	for _, g := range gs {
		adult, err := s.Reveal(tx, g.Guardian)
		if err != nil {
			return deliver.Recipient{}, err
		}
		if adult.Mail != "" {
			r.Email, r.Lang = adult.Mail, adult.Lang()
			return r, nil
		}
	}
	r.Paper = true
	return r, nil
}

// SaveLang puts the language first in the person's order, as choosing it on
// any page does.
func (s *Store) SaveLang(tx *db.Tx, person db.ID, lang i18n.Lang) (err error) {
	defer fault.Wrap(&err, "person.SaveLang(%v, %s)", person, lang)
	p, err := s.Reveal(tx, person)
	if err != nil {
		return err
	}
	p.Langs = append([]i18n.Lang{lang}, p.Langs...)
	_, err = s.Update(tx, p)
	return err
}

// EndTies ends every guardianship and wish in which the person stands on
// either side.
func (s *Store) EndTies(tx *db.Tx, who db.ID) (err error) {
	defer fault.Wrap(&err, "person.EndTies(%v)", who)
	gs, err := s.guardianships(tx, `(child_id = $1 OR guardian_id = $1) AND ended_at = 0`, who)
	if err != nil {
		return err
	}
	for _, g := range gs {
		if err := s.Release(tx, g.ID); err != nil {
			return err
		}
	}
	wishes, err := s.proxies(tx, `(member_id = $1 OR officer_id = $1) AND ended_at = 0`, who)
	if err != nil {
		return err
	}
	for _, p := range wishes {
		if err := s.Withdraw(tx, p.Member, p.ID); err != nil {
			return err
		}
	}
	return nil
}
