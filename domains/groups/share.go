package groups

import (
	"kakehashi/domains/groups/group"
	"kakehashi/platform/db"
)

// Share is what rules of lending ask about a group.
type Share struct {
	Kind     string
	Members  int  // today; 0 when it keeps no list here
	Percent  int  // of them who live, work or study in the city, rounded down
	Resident bool // they are enough for its kind to be registered; without a list its registration has asked
}

// Share returns it for one group, or NotFound.
func (g *Groups) Share(tx *db.Tx, id db.ID) (Share, error) {
	one, err := group.Get(tx, id)
	if err != nil {
		return Share{}, err
	}
	out := Share{Kind: string(one.Kind), Resident: true}
	members, residents, err := group.Count(tx, id)
	if err != nil || members == 0 {
		return out, err
	}
	out.Members, out.Percent = int(members), int(residents*100/members)
	rules, err := group.RulesFor(tx, one.Kind)
	if err != nil {
		return Share{}, err
	}
	out.Resident = residents*100 >= members*rules.ResidentPercent
	return out, nil
}

// Topic is touched by every change of a group or its members.
const Topic = group.Topic

// Kinds are the kinds of groups that book rooms, in the order of a menu; the
// message groups.kind.K names each.
func Kinds() []string {
	var out []string
	for _, k := range group.Kinds {
		if k != group.Office {
			out = append(out, string(k))
		}
	}
	return out
}
