package groups

import (
	"kakehashi/domains/groups/group"
	"kakehashi/platform/db"
)

// twins are the places in the list of groups of two that share most members, as
// happens when a circle registers a second time to have two chances in a draw.
const twin, other = 20, 21

// mostTwins is how many members the second one takes over.
const mostTwins = 9

// overlap lets one group of the demo city share most of another's members.
func (c *demoCity) overlap(ids []db.ID) error {
	if len(ids) <= other {
		return nil
	}
	members, err := group.Members(c.tx, ids[twin])
	if err != nil {
		return err
	}
	for _, m := range members[:min(len(members), mostTwins)] {
		if _, err := group.AddMember(c.tx, group.Member{Group: ids[other], Name: m.Name, Kana: m.Kana, Town: m.Town, Tie: m.Tie, Joined: m.Joined}); err != nil {
			return err
		}
	}
	return nil
}
