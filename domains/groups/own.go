package groups

import (
	"context"
	"fmt"

	"kakehashi/domains/groups/group"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// personal is what groups hold about a person. Erasing cuts the tie and leaves
// the name, which is the group's own record of its members.
func (g *Groups) personal() module.Personal {
	return module.Personal{
		Title: "groups.personal.title",
		Export: func(tx *db.Tx, loc *i18n.Localizer, person db.ID) (out []module.Record, err error) {
			defer fault.Wrap(&err, "groups.export(%v)", person)
			in, err := group.OfPerson(tx, person)
			if err != nil {
				return nil, err
			}
			for _, m := range in {
				one, err := group.Get(tx, m.Group)
				if err != nil {
					return nil, err
				}
				r := module.Record{Title: loc.Text(one.Name)}
				add := func(key, value string) {
					if value != "" {
						r.Values = append(r.Values, module.Value{Label: loc.T(key), Value: value})
					}
				}
				add("groups.field.person", m.Name)
				add("groups.field.number", m.Number)
				add("groups.field.town", m.Town)
				add("groups.field.note", m.Note)
				add("groups.field.joined", loc.DateLong(m.Joined))
				add("groups.field.left", loc.DateLong(m.Left))
				terms, err := group.Terms(tx, m.Group)
				if err != nil {
					return nil, err
				}
				for _, t := range terms {
					if t.Member == m.ID {
						add("groups.role."+string(t.Role), loc.Days(t.Since, t.Last()))
					}
				}
				out = append(out, r)
			}
			return out, nil
		},
		Erase: func(tx *db.Tx, person db.ID) (kept []string, err error) {
			defer fault.Wrap(&err, "groups.erase(%v)", person)
			n, err := tx.Exec(`UPDATE memberships SET person_id = 0, town = '', note = '' WHERE person_id = $1`, person)
			if err != nil || n == 0 {
				return nil, err
			}
			tx.Touch(group.Topic)
			return []string{"groups.personal.kept"}, nil
		},
	}
}

// checks are what doctor asks of groups.
func (g *Groups) checks() []module.Check {
	return []module.Check{{
		Name: "groups.officers", Help: "every registered group has exactly one representative today",
		Run: func(ctx context.Context, d module.Deps) (problems []string, err error) {
			err = d.DB.Read(ctx, func(tx *db.Tx) error {
				return group.Each(tx, group.Filter{State: group.Registered}, func(one group.Group) error {
					terms, err := group.Terms(tx, one.ID)
					if err != nil {
						return err
					}
					heads := 0
					for i := range terms {
						if terms[i].Role == group.Representative && terms[i].On(group.Today(tx)) {
							heads++
						}
					}
					if heads != 1 {
						problems = append(problems, fmt.Sprintf("group %v has %d representatives today; do the handover at /groups/%v/handover", one.ID, heads, one.ID))
					}
					return nil
				})
			})
			return problems, err
		},
	}, {
		Name: "groups.posts", Help: "every officer who is a person holds the post that goes with the office",
		Run: func(ctx context.Context, d module.Deps) (problems []string, err error) {
			err = d.DB.Read(ctx, func(tx *db.Tx) error {
				return group.Each(tx, group.Filter{State: group.Registered}, func(one group.Group) error {
					missing, err := g.missingPosts(tx, one.ID)
					problems = append(problems, missing...)
					return err
				})
			})
			return problems, err
		},
	}}
}

func (g *Groups) missingPosts(tx *db.Tx, id db.ID) (problems []string, err error) {
	terms, err := group.Terms(tx, id)
	if err != nil {
		return nil, err
	}
	for i := range terms {
		t := &terms[i]
		if t.Person == 0 || !t.On(group.Today(tx)) {
			continue
		}
		posts, err := g.near.People.PostsNow(tx, t.Person)
		if err != nil {
			return nil, err
		}
		held := false
		for _, p := range posts {
			held = held || p == web.Post{Role: t.Role.Post(), Scope: web.Scope{Kind: "group", ID: id}}
		}
		if !held {
			problems = append(problems, fmt.Sprintf("group %v: member %v is %s and holds no post", id, t.Member, t.Role))
		}
	}
	return problems, nil
}
