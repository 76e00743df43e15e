package group_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"kakehashi/domains/groups/group"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/web"
)

// held is a post as the fake people keep it.
type held struct {
	person       db.ID
	post         web.Post
	since, until jp.Date
	ended        bool
}

// crowd stands for the people: it keeps posts in memory and refuses, as the
// real ones do, a second post of a role and scope in the same time.
type crowd struct {
	names map[db.ID]string
	posts []held
	sent  []deliver.Message
}

func (c *crowd) GivePost(_ *db.Tx, who db.ID, role web.Role, scope web.Scope, since, until jp.Date, _ string) (db.ID, error) {
	p := web.Post{Role: role, Scope: scope}
	for _, h := range c.posts {
		if !h.ended && h.person == who && h.post == p && !h.until.Before(since) && !until.Before(h.since) {
			return 0, fmt.Errorf("%v holds %v from %v to %v already", who, p, h.since, h.until)
		}
	}
	c.posts = append(c.posts, held{who, p, since, until, false})
	return db.NewID(), nil
}

func (c *crowd) EndPost(_ *db.Tx, who db.ID, role web.Role, scope web.Scope, _ string) (n int, err error) {
	for i := range c.posts {
		if h := &c.posts[i]; !h.ended && h.person == who && h.post == (web.Post{Role: role, Scope: scope}) {
			h.ended = true
			n++
		}
	}
	return n, nil
}

func (c *crowd) PostsNow(tx *db.Tx, who db.ID) (out []web.Post, err error) {
	return c.on(who, jp.DateOf(tx.Now)), nil
}

// on returns what somebody holds on a day.
func (c *crowd) on(who db.ID, day jp.Date) (out []web.Post) {
	for _, h := range c.posts {
		if !h.ended && h.person == who && !day.Before(h.since) && !day.After(h.until) {
			out = append(out, h.post)
		}
	}
	return out
}

func (c *crowd) HoldersOf(*db.Tx, web.Role, web.Scope) ([]db.ID, error) { return nil, nil }
func (c *crowd) PersonName(_ *db.Tx, who db.ID) (string, error)         { return c.names[who], nil }
func (c *crowd) PersonTown(*db.Tx, db.ID) (string, error)               { return "芝園町", nil }
func (c *crowd) PersonLang(*db.Tx, db.ID) (i18n.Lang, error)            { return i18n.Ja, nil }
func (c *crowd) FindPerson(_ *db.Tx, contact string) (db.ID, bool, error) {
	for id, name := range c.names {
		if name+"@example.jp" == contact {
			return id, true, nil
		}
	}
	return 0, false, nil
}
func (c *crowd) Send(_ *db.Tx, m deliver.Message) error { c.sent = append(c.sent, m); return nil }

// Persons that the fake people know.
const (
	linh   db.ID = 1001
	sasaki db.ID = 1002
	clerk  db.ID = 1003
)

type house struct {
	t      *testing.T
	d      *db.DB
	people *crowd
	s      *group.Service
	office db.ID
}

func each(t *testing.T, fn func(h *house)) {
	tables := []db.Migrations{audit.Migrations(), inbox.Migrations(), {Name: "groups", FS: os.DirFS("../migrations")}}
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		c := &crowd{names: map[db.ID]string{linh: "Linh", sasaki: "佐々木", clerk: "田中"}}
		h := &house{t: t, d: d, people: c, s: group.NewService(c, c)}
		h.must(0, func(tx *db.Tx) error {
			o, err := group.Add(tx, group.Group{Kind: group.Office, Name: i18n.Text{i18n.Ja: "協働推進課"}, Listed: true})
			h.office = o.ID
			return err
		})
		fn(h)
	})
}

func (h *house) try(actor db.ID, fn func(tx *db.Tx) error) error {
	return h.d.Write(h.t.Context(), db.Actor{Person: actor, Via: "web"}, fn)
}

func (h *house) must(actor db.ID, fn func(tx *db.Tx) error) {
	h.t.Helper()
	if err := h.try(actor, fn); err != nil {
		h.t.Fatal(err)
	}
}

// begun returns a group that Linh applies for, complete but not sent.
func (h *house) begun(members int) (g group.Group) {
	h.t.Helper()
	h.must(linh, func(tx *db.Tx) (err error) {
		g, err = h.s.Begin(tx, linh, group.Group{
			Kind: group.Civic, Name: i18n.Text{i18n.Ja: "ベトナム友の会"}, Kana: "べとなむ", About: i18n.Text{i18n.Ja: "料理"}, Rules: "規約",
			Langs: []i18n.Lang{i18n.Vi, i18n.Ja}, Town: "芝園町",
		})
		if err != nil {
			return err
		}
		for i := 1; i < members; i++ {
			if _, err := group.AddMember(tx, group.Member{Group: g.ID, Name: fmt.Sprint("会員", i), Tie: "lives"}); err != nil {
				return err
			}
		}
		return nil
	})
	return g
}

// registered returns a group of five that Linh speaks for.
func (h *house) registered() (g group.Group) {
	h.t.Helper()
	g = h.begun(5)
	h.must(linh, func(tx *db.Tx) error {
		r, err := h.s.Send(tx, g.ID, linh, 0)
		if err != nil {
			return err
		}
		_, err = h.s.Decide(tx, r.ID, group.Verdict{State: group.Approved})
		return err
	})
	h.must(0, func(tx *db.Tx) (err error) {
		g, err = group.Get(tx, g.ID)
		return err
	})
	return g
}

func asFault(err error, to **fault.Error) bool { return errors.As(err, to) }
