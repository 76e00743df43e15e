package domains

import (
	"kakehashi/domains/groups"
	"kakehashi/domains/groups/group"
	"kakehashi/domains/people"
	"kakehashi/domains/places/counter"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// holdersNamed finds whom a clerk at the counter means by what stands on paper:
// registered groups whose name or reading has the words, answered for by who
// represents them, then persons. A group that nobody represents here cannot be
// booked for, since nobody would be told.
func holdersNamed(p *people.People) func(tx *db.Tx, loc *i18n.Localizer, words string, limit int) ([]counter.Holder, error) {
	return func(tx *db.Tx, loc *i18n.Localizer, words string, limit int) ([]counter.Holder, error) {
		var out []counter.Holder
		list, err := group.List(tx, group.Filter{Text: words, State: group.Registered, Limit: limit})
		if err != nil {
			return nil, err
		}
		for _, g := range list.Groups {
			heads, err := p.HoldersOf(tx, web.RoleRepresentative, web.Scope{Kind: "group", ID: g.ID})
			if err != nil {
				return nil, err
			}
			if len(heads) > 0 {
				out = append(out, counter.Holder{Group: g.ID, Person: heads[0], Name: loc.Text(g.Name), Note: loc.T(groups.KindKey(string(g.Kind)))})
			}
		}
		found, err := p.Search(tx, words, "")
		if err != nil {
			return nil, err
		}
		for _, one := range found.Persons[:min(limit, len(found.Persons))] {
			out = append(out, counter.Holder{Person: one.ID, Name: one.Name, Note: one.Town})
		}
		return out, nil
	}
}
