package office

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// postLine is one post as the office lists it.
type postLine struct {
	person.Post
	Label   string
	GivenBy string
	Now     bool // held today
	Later   bool // begins another day
	MayEnd  bool // the reader may end it
}

// postLines lists a person's posts, the newest first, for a reader who holds
// the posts in held.
func (o *Office) postLines(tx *db.Tx, loc *i18n.Localizer, held []web.Post, who db.ID) (out []postLine, err error) {
	all, err := o.store.Posts(tx, who)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		l := postLine{Post: p, Now: p.On(person.Today(tx)), Later: person.Today(tx).Before(p.Since)}
		if l.Label, err = person.PostLabel(tx, o.names(), loc, p.Role, p.Scope); err != nil {
			return nil, err
		}
		if p.GivenBy != 0 {
			giver, err := o.store.Get(tx, p.GivenBy)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			l.GivenBy = giver.Shown()
		}
		l.MayEnd = p.EndedAt.IsZero() && (p.Until.IsZero() || !p.Until.Before(person.Today(tx))) && person.MayGive(held, p.Role, p.Scope)
		out = append(out, l)
	}
	return out, nil
}

func (o *Office) showPosts(c *web.Context) error { return o.posts(c, nil) }

// posts shows what a person holds and held, and the form for one role more.
func (o *Office) posts(c *web.Context, failed error) error {
	d := postsData{Roles: person.GivableRoles(c.Viewer.Posts), Role: web.Role(c.Form().Get("role"))}
	if !slices.Contains(d.Roles, d.Role) {
		d.Role = ""
	}
	err := o.read(c, func(tx *db.Tx) (err error) {
		if d.Person, err = o.open(c, tx); err != nil {
			return err
		}
		if d.Posts, err = o.postLines(tx, c.Loc, c.Viewer.Posts, d.Person.ID); err != nil {
			return err
		}
		d.Since = person.Today(tx)
		d.Until = term(d.Role, d.Since)
		if d.Role != "" {
			d.Scopes, err = o.scopes(tx, c.Loc, person.ScopeKind(d.Role))
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, desk(c, "people.posts.title", at(d.Person.ID, "")), func(p web.Problem) templ.Component {
		d.Problem = p
		return postsView(d)
	})
}

// term proposes the last day of a post given today: three years for 民生委員
// (民生委員法, article 10), two for the committee, one for a group's officers,
// and no end for those whose office ends otherwise.
func term(r web.Role, from jp.Date) jp.Date {
	switch r {
	case web.RoleMinsei:
		return from.AddMonths(36).AddDays(-1)
	case web.RoleCommittee:
		return from.AddMonths(24).AddDays(-1)
	case web.RoleOfficer, web.RoleRepresentative, web.RoleBridge:
		return from.AddMonths(12).AddDays(-1)
	}
	return jp.Date{}
}

// scopes offers everything of the kind; nothing to choose for the city itself.
func (o *Office) scopes(tx *db.Tx, loc *i18n.Localizer, kind string) (out []ui.Option, err error) {
	if kind == "city" {
		return nil, nil
	}
	all, err := o.names().Scopes(tx, kind)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		name, err := o.names().ScopeName(tx, s)
		if err != nil {
			return nil, err
		}
		out = append(out, ui.Option{Value: s.ID.String(), Label: loc.Text(name)})
	}
	return out, nil
}

func (o *Office) give(c *web.Context) error {
	f := c.Form()
	var id db.ID
	post := person.Post{Role: web.Role(f.Get("role")), Reason: strings.TrimSpace(f.Get("reason"))}
	post.Scope.Kind = person.ScopeKind(post.Role)
	if s, err := db.ParseID(f.Get("scope")); err == nil && post.Scope.Kind != "city" {
		post.Scope.ID = s
	}
	var check fault.Check
	var err error
	post.Since, err = jp.ParseAnyDate(f.Get("since"))
	check.Field(err == nil, "since", "people.post.since.form")
	if v := strings.TrimSpace(f.Get("until")); v != "" {
		post.Until, err = jp.ParseAnyDate(v)
		check.Field(err == nil, "until", "people.post.since.form")
	}
	check.Field(post.Reason != "", "reason", "people.reason.missing")
	if err = check.Err(); err == nil {
		err = o.write(c, func(tx *db.Tx) error {
			p, err := o.open(c, tx)
			if err != nil {
				return err
			}
			id, post.Person = p.ID, p.ID
			if err := o.mayGive(c, tx, post); err != nil {
				return err
			}
			_, err = o.store.Give(tx, post)
			return err
		})
	}
	if err != nil {
		return o.posts(c, err)
	}
	c.Flash("people.post.given")
	return c.Redirect(at(id, "/posts"))
}

// mayGive asks the posts that the reader holds in the transaction itself, not
// those of a moment ago. Nobody appoints themselves.
func (o *Office) mayGive(c *web.Context, tx *db.Tx, post person.Post) error {
	held, err := o.store.PostsNow(tx, c.Viewer.Person)
	if err != nil {
		return err
	}
	if !person.MayGive(held, post.Role, post.Scope) || post.Person == c.Viewer.Person {
		return fault.New(fault.Denied, "people.post.denied")
	}
	return nil
}

// endReason names the field of the reason for ending a post: the page has one
// for each, and each needs a name of its own.
func endReason(post db.ID) string { return "reason-" + post.String() }

func (o *Office) end(c *web.Context) error {
	post, err := formID(c, "id")
	if err != nil {
		return err
	}
	var id db.ID
	reason := strings.TrimSpace(c.Form().Get(endReason(post)))
	err = o.write(c, func(tx *db.Tx) error {
		who, err := o.open(c, tx)
		if err != nil {
			return err
		}
		id = who.ID
		p, err := o.store.Post(tx, post)
		if err != nil {
			return err
		}
		if p.Person != who.ID {
			return fault.New(fault.NotFound, "web.error.not_found")
		}
		held, err := o.store.PostsNow(tx, c.Viewer.Person)
		if err != nil {
			return err
		}
		if !person.MayGive(held, p.Role, p.Scope) {
			return fault.New(fault.Denied, "people.post.denied")
		}
		return o.store.End(tx, post, reason)
	})
	if err != nil {
		return o.posts(c, err)
	}
	c.Flash("people.post.ended")
	return c.Redirect(at(id, "/posts"))
}
