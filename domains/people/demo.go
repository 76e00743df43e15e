package people

import (
	"context"

	"kakehashi/domains/people/cast"
	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// cityPosts are the posts that people themselves give the cast; those for an
// office, group or district come with those.
var cityPosts = map[string]web.Role{"bridge": web.RoleBridge, "committee": web.RoleCommittee, "operator": web.RoleOperator}

// demo fills the people of the demo city: Refs "person:<part>" for the cast,
// Lists "persons" for everybody, "adults" for those with an account and no part.
func (p *People) demo(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "people.demo")
	parts, err := cast.Parts(d.Today)
	if err != nil {
		return err
	}
	households := cast.Households(d.Rand, d.Today, cast.Size-len(parts))
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		var persons, adults []db.ID // set at the end: the function may run twice
		for _, part := range parts {
			made, err := p.Create(tx, part.Person)
			if err != nil {
				return err
			}
			persons = append(persons, made.ID)
			d.Refs["person:"+part.Name] = made.ID
			if err := p.demoPart(tx, part.Name, made.ID); err != nil {
				return err
			}
		}
		for _, h := range households {
			adult, err := p.Create(tx, h.Adult)
			if err != nil {
				return err
			}
			persons = append(persons, adult.ID)
			if adult.Account {
				adults = append(adults, adult.ID)
			}
			if h.Child != nil {
				child, err := p.AddChild(tx, adult.ID, *h.Child, "parent")
				if err != nil {
					return err
				}
				persons = append(persons, child.ID)
			}
		}
		d.Lists["persons"], d.Lists["adults"] = persons, adults
		return nil
	})
}

func (p *People) demoPart(tx *db.Tx, name string, id db.ID) error {
	for _, known := range signin.Cast {
		if known == name {
			if err := signin.SetCast(tx, name, id); err != nil {
				return err
			}
		}
	}
	role, ok := cityPosts[name]
	if !ok {
		return nil
	}
	today := person.Today(tx)
	post := person.Post{Person: id, Role: role, Scope: web.Scope{Kind: "city"}, Since: today.AddMonths(-7), Reason: "demo"}
	if role != web.RoleOperator {
		post.Until = today.AddMonths(17)
	}
	_, err := p.Give(tx, post)
	return err
}
