package group_test

import (
	"slices"
	"strings"
	"testing"

	"kakehashi/domains/groups/group"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/web"
)

func TestRules_SayEverythingThatIsMissing(t *testing.T) {
	r := group.Rules{MinMembers: 5, ResidentPercent: 50, Papers: true}
	if err := r.Check(group.Shown{Members: 5, Residents: 3, Representative: true, Papers: true, About: true}); err != nil {
		t.Errorf("enough was refused: %v", err)
	}
	for name, s := range map[string]group.Shown{
		"members":  {Members: 4, Residents: 4, Representative: true, Papers: true, About: true},
		"officers": {Members: 5, Residents: 5, Papers: true, About: true},
		"papers":   {Members: 5, Residents: 5, Representative: true, About: true},
		"profile":  {Members: 5, Residents: 5, Representative: true, Papers: true},
	} {
		if got := fields(r.Check(s)); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := fields(r.Check(group.Shown{Members: 6, Residents: 2, Representative: true, Papers: true, About: true})); !slices.Equal(got, []string{"members"}) {
		t.Errorf("too few residents: %v", got)
	}
}

func TestRegistration_FromApplicationToPosts(t *testing.T) {
	each(t, func(h *house) {
		g := h.begun(4)
		if err := h.try(linh, func(tx *db.Tx) error { _, err := h.s.Send(tx, g.ID, linh, 0); return err }); !slices.Equal(fields(err), []string{"members"}) {
			h.t.Fatalf("four members were taken: %v", err)
		}
		h.must(linh, func(tx *db.Tx) error {
			_, err := group.AddMember(tx, group.Member{Group: g.ID, Name: "会員９", Tie: "works"})
			return err
		})
		var r group.Registration
		h.must(linh, func(tx *db.Tx) (err error) { r, err = h.s.Send(tx, g.ID, linh, 0); return err })
		if r.Receipt == "" || r.Office != h.office || r.Members != 5 || r.Residents != 5 || r.Due.IsZero() {
			h.t.Errorf("sent %+v", r)
		}
		if err := h.try(linh, func(tx *db.Tx) error { _, err := h.s.Send(tx, g.ID, linh, 0); return err }); !fault.Is(err, fault.Conflict) {
			h.t.Errorf("sent twice: %v", err)
		}
		h.inbox(1)
		// Changes are asked for, with a reason; without one they cannot be.
		if err := h.try(clerk, func(tx *db.Tx) error {
			_, err := h.s.Decide(tx, r.ID, group.Verdict{State: group.Changes})
			return err
		}); !slices.Equal(fields(err), []string{"note"}) {
			h.t.Errorf("no reason: %v", err)
		}
		h.must(clerk, func(tx *db.Tx) error {
			_, err := h.s.Decide(tx, r.ID, group.Verdict{State: group.Changes, Reasons: []string{"rules", "no such"}})
			return err
		})
		h.inbox(0)
		h.must(linh, func(tx *db.Tx) (err error) {
			again, err := h.s.Send(tx, g.ID, linh, 0)
			if again.Receipt != r.Receipt {
				h.t.Errorf("the receipt changed from %s to %s", r.Receipt, again.Receipt)
			}
			return err
		})
		h.inbox(1)
		if posts := h.people.on(linh, jp.DateOf(h.d.Now())); len(posts) > 0 {
			h.t.Errorf("posts before the decision: %v", posts)
		}
		h.must(clerk, func(tx *db.Tx) error {
			_, err := h.s.Decide(tx, r.ID, group.Verdict{State: group.Approved})
			return err
		})
		h.inbox(0)
		if err := h.try(clerk, func(tx *db.Tx) error {
			_, err := h.s.Decide(tx, r.ID, group.Verdict{State: group.Refused, Note: "x"})
			return err
		}); !fault.Is(err, fault.Conflict) {
			h.t.Errorf("decided twice: %v", err)
		}
		want := web.Post{Role: web.RoleRepresentative, Scope: web.Scope{Kind: "group", ID: g.ID}}
		if posts := h.people.on(linh, jp.DateOf(h.d.Now())); !slices.Contains(posts, want) {
			h.t.Errorf("posts %v", posts)
		}
		var kinds []string
		for _, m := range h.people.sent {
			kinds = append(kinds, m.Kind)
		}
		if !slices.Equal(kinds, []string{group.MailReceived, group.MailDecided, group.MailReceived, group.MailDecided}) {
			h.t.Errorf("mails %v", kinds)
		}
		h.must(0, func(tx *db.Tx) error {
			got, err := group.Get(tx, g.ID)
			if got.Standing(group.Today(tx)) != group.Registered || got.Until != group.Today(tx).AddMonths(24).AddDays(-1) || !got.Public(group.Today(tx)) {
				h.t.Errorf("registered %+v", got)
			}
			if s := got.Standing(got.Until.AddDays(1)); s != group.Lapsed {
				h.t.Errorf("after its last day it is %s", s)
			}
			return err
		})
	})
}

func TestRenewal_GoesOnFromTheLastDay(t *testing.T) {
	each(t, func(h *house) {
		g := h.registered()
		soon := jp.DateOf(h.d.Now()).AddDays(29)
		h.must(0, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE groups SET registered_until = $2 WHERE id = $1`, g.ID, soon)
			return err
		})
		h.people.sent = nil
		for range 2 {
			h.must(0, func(tx *db.Tx) error { _, err := h.s.Remind(tx); return err })
		}
		if len(h.people.sent) != 1 || h.people.sent[0].Kind != group.MailRenew || h.people.sent[0].To != linh {
			h.t.Errorf("reminders %+v", h.people.sent)
		}
		h.must(linh, func(tx *db.Tx) error {
			r, err := h.s.Send(tx, g.ID, linh, 0)
			if err != nil {
				return err
			}
			if r.Kind != group.Renewal {
				h.t.Errorf("kind %s", r.Kind)
			}
			if r, err = h.s.Decide(tx, r.ID, group.Verdict{State: group.Approved}); err == nil && r.Until != soon.AddDays(1).AddMonths(24).AddDays(-1) {
				h.t.Errorf("renewed until %v", r.Until)
			}
			return err
		})
	})
}

func TestHandOver_LosesNothing(t *testing.T) {
	each(t, func(h *house) {
		g := h.registered()
		today := jp.DateOf(h.d.Now())
		since := today.AddDays(10)
		var list []group.Member
		h.must(linh, func(tx *db.Tx) (err error) { list, err = group.Members(tx, g.ID); return err })
		if list[0].Person != linh || list[0].Role != group.Representative {
			h.t.Fatalf("first is %+v", list[0])
		}
		order := group.Handover{
			Group: g.ID, Version: g.Version, Since: since, Until: since.AddMonths(12),
			Roles: map[db.ID]group.Role{list[0].ID: group.Plain, list[1].ID: group.Treasurer},
			New:   []group.Newcomer{{Name: "佐々木", Kana: "ササキ", Contact: "佐々木@example.jp", Role: group.Representative}},
		}
		none := order
		none.New = nil
		if err := h.try(linh, func(tx *db.Tx) error { _, err := h.s.HandOver(tx, none); return err }); !slices.Equal(fields(err), []string{"roles"}) {
			h.t.Errorf("nobody leads: %v", err)
		}
		h.must(linh, func(tx *db.Tx) error { _, err := h.s.HandOver(tx, order); return err })
		if err := h.try(linh, func(tx *db.Tx) error { _, err := h.s.HandOver(tx, order); return err }); !fault.Is(err, fault.Conflict) {
			h.t.Errorf("the same form twice: %v", err)
		}
		lead := web.Post{Role: web.RoleRepresentative, Scope: web.Scope{Kind: "group", ID: g.ID}}
		for _, c := range []struct {
			who  db.ID
			on   jp.Date
			want bool
		}{{linh, today, true}, {linh, since.AddDays(-1), true}, {linh, since, false}, {sasaki, since.AddDays(-1), false}, {sasaki, since, true}} {
			if got := slices.Contains(h.people.on(c.who, c.on), lead); got != c.want {
				h.t.Errorf("%v leads on %v: %v", c.who, c.on, got)
			}
		}
		h.must(0, func(tx *db.Tx) error {
			terms, err := group.Terms(tx, g.ID)
			heads := map[bool]int{}
			for i := range terms {
				if terms[i].Role == group.Representative {
					heads[terms[i].On(since)]++
				}
			}
			if len(terms) != 3 || heads[true] != 1 || heads[false] != 1 {
				h.t.Errorf("terms %+v", terms)
			}
			n, _, err2 := group.Count(tx, g.ID)
			if n != 6 {
				h.t.Errorf("%d members", n)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

func TestCaretaker_IsWhoLedLast(t *testing.T) {
	each(t, func(h *house) {
		g := h.registered()
		today := jp.DateOf(h.d.Now())
		for _, c := range []struct {
			days int // since the term ended
			want db.ID
		}{{-1, 0}, {0, 0}, {1, linh}, {group.CaretakerDays, linh}, {group.CaretakerDays + 1, 0}} {
			h.must(0, func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE terms SET since = $2, until = $3 WHERE group_id = $1`, g.ID, today.AddDays(-400), today.AddDays(-c.days)); err != nil {
					return err
				}
				got, err := group.Caretaker(tx, g.ID)
				if got != c.want {
					h.t.Errorf("%d days after: %v, want %v", c.days, got, c.want)
				}
				return err
			})
		}
	})
}

func TestSave_SecondEditorIsTold(t *testing.T) {
	each(t, func(h *house) {
		g := h.registered()
		g.Name = i18n.Text{i18n.Ja: "かわぐちベトナム友の会"}
		h.must(linh, func(tx *db.Tx) error { _, err := group.Save(tx, g); return err })
		if err := h.try(linh, func(tx *db.Tx) error { _, err := group.Save(tx, g); return err }); !fault.Is(err, fault.Conflict) {
			h.t.Errorf("saved over: %v", err)
		}
	})
}

func TestList_FindsAndPages(t *testing.T) {
	each(t, func(h *house) {
		names := []string{"あおば会", "いちょう会", "うめの会", "えのき会", "おおぞら会"}
		h.must(0, func(tx *db.Tx) error {
			for i, n := range names {
				g := group.Group{Kind: group.Civic, Name: i18n.Text{i18n.Ja: n, i18n.En: "Group 100%"}, Kana: n, Langs: []i18n.Lang{i18n.Ja}, Listed: i != 4, Town: "芝園町"}
				if i == 1 {
					g.Kind, g.Langs, g.Town = group.NPO, []i18n.Lang{i18n.ZhHans}, ""
				}
				if i == 2 {
					g.From, g.Until = group.Today(tx).AddDays(-20), group.Today(tx).AddDays(-1)
				}
				if _, err := group.Add(tx, g); err != nil {
					return err
				}
			}
			id, err := group.AddDistrict(tx, group.District{Name: i18n.Text{i18n.Ja: "芝地区"}}, 1, []string{"芝園町"})
			if err != nil {
				return err
			}
			for _, c := range []struct {
				name string
				f    group.Filter
				want string
			}{
				{"all, without offices", group.Filter{}, "あおば会 いちょう会 うめの会 えのき会 おおぞら会"},
				{"public", group.Filter{Public: true}, "あおば会 いちょう会 えのき会"},
				{"lapsed", group.Filter{State: group.Lapsed}, "うめの会"},
				{"kind", group.Filter{Kind: group.NPO}, "いちょう会"},
				{"town", group.Filter{Town: "芝園町", Public: true}, "あおば会 えのき会"},
				{"district", group.Filter{District: id, Public: true}, "あおば会 えのき会"},
				{"language, not a part of one", group.Filter{Lang: "zh"}, ""},
				{"language", group.Filter{Lang: i18n.ZhHans}, "いちょう会"},
				{"katakana", group.Filter{Text: "アオバ"}, "あおば会"},
				{"a sign that LIKE knows", group.Filter{Text: "0%_"}, ""},
				{"another language", group.Filter{Text: "ＧＲＯＵＰ 100%", Kind: group.NPO}, "いちょう会"},
				{"offices", group.Filter{Kind: group.Office}, "協働推進課"},
			} {
				var got []string
				c.f.Limit = 2
				for pages := 0; ; pages++ {
					l, err := group.List(tx, c.f)
					if err != nil {
						return err
					}
					for _, g := range l.Groups {
						got = append(got, g.Name[i18n.Ja])
					}
					if c.f.After = l.Next; l.Next == "" || pages > 5 {
						break
					}
				}
				if strings.Join(got, " ") != c.want {
					h.t.Errorf("%s: %v", c.name, got)
				}
			}
			return nil
		})
	})
}

// inbox fails unless so many items wait for the office.
func (h *house) inbox(want int) {
	h.t.Helper()
	h.must(0, func(tx *db.Tx) error {
		l, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{h.office}})
		if len(l.Items) != want {
			h.t.Errorf("%d items wait, want %d", len(l.Items), want)
		}
		return err
	})
}

func fields(err error) (names []string) {
	var f *fault.Error
	if asFault(err, &f) {
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}
