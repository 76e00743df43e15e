package group

import (
	"slices"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// MaxTermYears is the longest term of an office.
const MaxTermYears = 6

// Leaves, in place of a role, says that a member leaves the group.
const Leaves Role = "leaves"

// Newcomer is somebody whom a handover brings in, or a member found by name.
type Newcomer struct {
	Name, Kana string
	Contact    string // mail address or phone number of the account; "" = none
	Role       Role
}

// Handover is the yearly change of officers, as one form says it.
type Handover struct {
	Group   db.ID
	Version int64 // of the group, as the form was shown
	Since   jp.Date
	Until   jp.Date
	Roles   map[db.ID]Role // of members: Plain for who is none (any more), Leaves for who goes; who is not named stays
	New     []Newcomer
}

// Change is one line of a preview.
type Change struct {
	Member db.ID // 0 for a newcomer
	Name   string
	Person db.ID
	Before Role
	After  Role // Leaves for who goes
	New    bool // not in the list yet
	kana   string
}

// Same reports whether nothing changes but the term.
func (c *Change) Same() bool { return c.Before == c.After && !c.New }

// Plan says what the handover would change, in the order of the offices, and
// everything that stands against it.
func (s *Service) Plan(tx *db.Tx, h Handover) (_ []Change, err error) {
	defer fault.Wrap(&err, "group.Plan(%v)", h.Group)
	var c fault.Check
	c.Field(!h.Since.IsZero(), "since", "groups.error.date")
	c.Field(!h.Until.IsZero(), "until", "groups.error.date")
	if !h.Since.IsZero() && !h.Until.IsZero() {
		c.Field(h.Since.Before(h.Until), "until", "groups.error.until")
		c.Field(!h.Until.After(h.Since.AddMonths(12*MaxTermYears)), "until", "groups.error.term_long", "years", MaxTermYears)
		c.Field(!h.Until.Before(Today(tx)), "until", "groups.error.until_past")
	}
	list, err := Members(tx, h.Group)
	if err != nil {
		return nil, err
	}
	var plan []Change
	byKey := map[string]int{}
	for _, m := range list {
		after, named := h.Roles[m.ID]
		if !named {
			after = m.Role
		}
		byKey[squeeze(m.Name)] = len(plan)
		plan = append(plan, Change{Member: m.ID, Name: m.Name, Person: m.Person, Before: m.Role, After: after})
	}
	for i, n := range h.New {
		if squeeze(n.Name) == "" {
			continue
		}
		var who db.ID
		if n.Contact != "" {
			found := false
			if who, found, err = s.people.FindPerson(tx, n.Contact); err != nil {
				return nil, err
			}
			c.Field(found, newField("contact", i), "groups.error.contact")
		}
		at, known := byKey[squeeze(n.Name)]
		if !known {
			at = len(plan)
			byKey[squeeze(n.Name)] = at
			plan = append(plan, Change{Name: n.Name, New: true, kana: n.Kana})
		}
		plan[at].After = n.Role
		if who != 0 {
			plan[at].Person = who
		}
	}
	heads := 0
	for _, p := range plan {
		if p.After == Representative {
			heads++
		}
	}
	c.Field(heads == 1, "roles", "groups.error.one_representative")
	if err := c.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(plan, func(a, b Change) int { return rank(a.After) - rank(b.After) })
	return slices.DeleteFunc(plan, func(c Change) bool { return c.Same() && c.After == Plain }), nil
}

func rank(r Role) int {
	if i := slices.Index(Roles, r); i >= 0 {
		return i
	}
	if r == Leaves {
		return len(Roles) + 1
	}
	return len(Roles)
}

// newField names a field of the i-th row for newcomers.
func newField(name string, i int) string { return name + "_" + string(rune('0'+i)) }

// NewField is the name of a field of the i-th row for newcomers, i below 10.
func NewField(name string, i int) string { return newField(name, i) }

// HandOver does what Plan says, all or nothing: terms end and begin, posts with
// them, members come and go. It is Conflict when the group changed since the
// form was shown. Of a group that is not registered yet only the terms begin;
// posts follow with the registration.
func (s *Service) HandOver(tx *db.Tx, h Handover) (_ []Change, err error) {
	defer fault.Wrap(&err, "group.HandOver(%v)", h.Group)
	plan, err := s.Plan(tx, h)
	if err != nil {
		return nil, err
	}
	n, err := tx.Exec(`UPDATE groups SET version = version + 1, changed = $3 WHERE id = $1 AND version = $2`, h.Group, h.Version, tx.Now)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, Stale()
	}
	g, err := Get(tx, h.Group)
	if err != nil {
		return nil, err
	}
	terms, err := Terms(tx, h.Group)
	if err != nil {
		return nil, err
	}
	for i := range plan {
		if err := s.apply(tx, &g, &h, &plan[i], terms); err != nil {
			return nil, err
		}
	}
	tx.Touch(Topic)
	return plan, audit.Record(tx, audit.Entry{Action: "groups.handover", Subject: "group", ID: h.Group, Detail: map[string]string{
		"since": h.Since.String(), "until": h.Until.String(),
	}})
}

// apply does one line of the plan.
func (s *Service) apply(tx *db.Tx, g *Group, h *Handover, c *Change, terms []Term) error {
	old := c.Person
	switch {
	case c.New:
		m, err := AddMember(tx, Member{Group: g.ID, Person: c.Person, Name: c.Name, Kana: c.kana})
		if err != nil {
			return err
		}
		c.Member = m.ID
	case c.Person != 0:
		m, err := GetMember(tx, g.ID, c.Member)
		if err != nil {
			return err
		}
		if old = m.Person; old != c.Person {
			m.Person = c.Person
			if err := ChangeMember(tx, m); err != nil {
				return err
			}
		}
	}
	if err := s.endTerms(tx, g, h, c, old, terms); err != nil {
		return err
	}
	switch c.After {
	case Leaves:
		m, err := GetMember(tx, g.ID, c.Member)
		if err != nil {
			return err
		}
		return leave(tx, &m)
	case Plain:
		return nil
	}
	if err := insertTerm(tx, Term{Group: g.ID, Member: c.Member, Role: c.After, Since: h.Since, Until: h.Until}); err != nil {
		return err
	}
	if c.Person == 0 || g.State != Registered {
		return nil
	}
	_, err := s.people.GivePost(tx, c.Person, c.After.Post(), scope(g.ID), h.Since, h.Until, "")
	return err
}

// endTerms ends what the member holds or will hold with the day before the new
// term. Who goes on until then keeps the post until then.
func (s *Service) endTerms(tx *db.Tx, g *Group, h *Handover, c *Change, person db.ID, terms []Term) error {
	today := Today(tx)
	for i := range terms {
		t := &terms[i]
		if t.Member != c.Member || !t.open(today) {
			continue
		}
		if t.Until.IsZero() || !t.Until.Before(h.Since) {
			if err := endTerm(tx, t.ID, latest(h.Since, t.Since)); err != nil {
				return err
			}
		}
		if person == 0 {
			continue
		}
		if _, err := s.people.EndPost(tx, person, t.Role.Post(), scope(g.ID), ""); err != nil {
			return err
		}
		last := h.Since.AddDays(-1)
		if !t.Until.IsZero() && t.Until.Before(last) {
			last = t.Until
		}
		if g.State == Registered && c.After != Leaves && !last.Before(today) && t.On(today) {
			if _, err := s.people.GivePost(tx, person, t.Role.Post(), scope(g.ID), today, last, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func latest(a, b jp.Date) jp.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func scope(id db.ID) web.Scope { return web.Scope{Kind: "group", ID: id} }
