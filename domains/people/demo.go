package people

import (
	"context"
	"slices"

	"kakehashi/domains/people/cast"
	"kakehashi/domains/people/person"
	"kakehashi/domains/people/signin"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// castPosts are the posts that people give the cast: those for the city, for
// the office of collaboration, and for a district. What a group's own officers
// hold comes with the group.
var castPosts = []struct {
	part string
	role web.Role
	kind string
	ref  string // of the scope in module.Demo.Refs; "" = the city itself
}{
	{"bridge", web.RoleBridge, "city", ""},
	{"committee", web.RoleCommittee, "city", ""},
	{"operator", web.RoleOperator, "city", ""},
	{"clerk", web.RoleClerk, "office", "office:kyodo"},
	{"colleague", web.RoleClerk, "office", "office:kyodo"}, // what takes two clerks can be tried
	{"minsei", web.RoleMinsei, "district", "district:chuo"},
}

// demo fills the people of the demo city: Refs "person:<part>" for the cast,
// Lists "persons" for everybody, "adults" for those with an account and no part.
// A scope that no earlier step reserved gets its id here.
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
			if slices.Contains(signin.Cast, part.Name) {
				if err := signin.SetCast(tx, part.Name, made.ID); err != nil {
					return err
				}
			}
		}
		if err := p.demoPosts(tx, d); err != nil {
			return err
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

func (p *People) demoPosts(tx *db.Tx, d *module.Demo) error {
	for _, c := range castPosts {
		scope := web.Scope{Kind: c.kind}
		if c.ref != "" {
			if d.Refs[c.ref] == 0 {
				d.Refs[c.ref] = db.NewID()
			}
			scope.ID = d.Refs[c.ref]
		}
		post := person.Post{Person: d.Ref("person:" + c.part), Role: c.role, Scope: scope, Since: d.Today.AddMonths(-7), Reason: "demo"}
		if c.role != web.RoleOperator && c.role != web.RoleClerk {
			post.Until = d.Today.AddMonths(17)
		}
		if _, err := p.Give(tx, post); err != nil {
			return err
		}
	}
	return nil
}
