package groups

import (
	"slices"

	"kakehashi/domains/groups/group"
	"kakehashi/domains/groups/town"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// The methods below speak in types of the platform alone, so that a neighbour
// can declare the few it needs.

// Group is what a neighbour may know of a group.
type Group struct {
	ID       db.ID
	Kind     string
	Name     i18n.Text
	Town     string
	Until    jp.Date // last day of its registration; zero when it has no end
	Standing string  // registered, lapsed, closed, or how far an application has come
}

// Group returns one group, or NotFound.
func (g *Groups) Group(tx *db.Tx, id db.ID) (Group, error) {
	one, err := group.Get(tx, id)
	return Group{ID: id, Kind: string(one.Kind), Name: one.Name, Town: one.Town, Until: one.Until, Standing: string(one.Standing(group.Today(tx)))}, err
}

// GroupName returns the name of a group or office; an empty Text when there is
// none.
func (g *Groups) GroupName(tx *db.Tx, id db.ID) (i18n.Text, error) {
	one, err := group.Get(tx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return one.Name, err
}

// GroupNames returns the names of many groups or offices, in one turn; those
// that do not exist are left out.
func (g *Groups) GroupNames(tx *db.Tx, ids []db.ID) (map[db.ID]i18n.Text, error) {
	return group.Names(tx, ids)
}

// GroupMayBook says whether the group's registration lets it book for the day,
// or returns the fault that tells why not.
func (g *Groups) GroupMayBook(tx *db.Tx, id db.ID, on jp.Date) error {
	one, err := group.Get(tx, id)
	if err != nil {
		return err
	}
	today := group.Today(tx)
	switch {
	case one.Standing(today) == group.Lapsed:
		return fault.New(fault.Denied, "groups.error.lapsed", "until", one.Until)
	case one.Standing(today) != group.Registered:
		return fault.New(fault.Denied, "groups.error.unregistered")
	case one.Standing(on) == group.Lapsed:
		return fault.New(fault.Denied, "groups.error.lapses", "until", one.Until)
	}
	return nil
}

// MayBookFor lists the registered groups for which the person may book: whoever
// holds an office of the group by post.
func (g *Groups) MayBookFor(tx *db.Tx, person db.ID) (out []db.ID, err error) {
	ids, err := g.service.Leads(tx, person)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		one, err := group.Get(tx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if one.Standing(group.Today(tx)) == group.Registered {
			out = append(out, id)
		}
	}
	return out, nil
}

// ScopeName names a group, office or district; an empty Text for other scopes
// and when there is none.
func (g *Groups) ScopeName(tx *db.Tx, s web.Scope) (i18n.Text, error) {
	switch s.Kind {
	case "group", "office":
		return g.GroupName(tx, s.ID)
	case "district":
		all, err := group.Districts(tx)
		for _, d := range all {
			if d.ID == s.ID {
				return d.Name, err
			}
		}
		return nil, err
	}
	return nil, nil
}

// Scopes lists every group, office or district that a post may be given for, in
// the order in which a form offers them.
func (g *Groups) Scopes(tx *db.Tx, kind string) (out []web.Scope, err error) {
	switch kind {
	case "office":
		err = group.Each(tx, group.Filter{Kind: group.Office, State: group.Registered}, func(o group.Group) error {
			out = append(out, web.Scope{Kind: kind, ID: o.ID})
			return nil
		})
	case "group":
		err = group.Each(tx, group.Filter{State: group.Registered}, func(o group.Group) error {
			out = append(out, web.Scope{Kind: kind, ID: o.ID})
			return nil
		})
	case "district":
		var all []group.District
		all, err = group.Districts(tx)
		for _, d := range all {
			out = append(out, web.Scope{Kind: kind, ID: d.ID})
		}
	}
	return out, err
}

// GroupsOf lists the groups that the person belongs to: as a member today, or
// by an office held.
func (g *Groups) GroupsOf(tx *db.Tx, who db.ID) ([]web.Scope, error) {
	ids, err := g.service.Leads(tx, who)
	if err != nil {
		return nil, err
	}
	in, err := group.OfPerson(tx, who)
	if err != nil {
		return nil, err
	}
	for _, m := range in {
		if m.Left.IsZero() && !slices.Contains(ids, m.Group) {
			ids = append(ids, m.Group)
		}
	}
	out := make([]web.Scope, len(ids))
	for i, id := range ids {
		out[i] = web.Scope{Kind: "group", ID: id}
	}
	return out, nil
}

// Towns lists the towns of the city in the order of a menu.
func (g *Groups) Towns(*db.Tx) ([]town.Town, error) { return town.Kawaguchi(), nil }

// DistrictOf returns the district of a town; 0 when it lies in none.
func (g *Groups) DistrictOf(tx *db.Tx, name string) (db.ID, error) {
	return group.DistrictOf(tx, name)
}
