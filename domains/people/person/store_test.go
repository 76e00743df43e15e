package person_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"kakehashi/domains/people"
	"kakehashi/domains/people/person"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/seal"
	"kakehashi/platform/web"
)

// each runs fn on both engines with a store and a function that writes as an
// actor and fails the test on an error.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, []db.Migrations{audit.Migrations(), people.Migrations()}, func(t *testing.T, d *db.DB) {
		fn(t, &world{t: t, d: d, s: person.NewStore(keys)})
	})
}

type world struct {
	t *testing.T
	d *db.DB
	s *person.Store
}

func (w *world) try(actor db.ID, fn func(tx *db.Tx) error) error {
	return w.d.Write(w.t.Context(), db.Actor{Person: actor, Via: "web"}, fn)
}

func (w *world) must(actor db.ID, fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.try(actor, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(p person.Person) person.Person {
	w.t.Helper()
	if p.Langs == nil {
		p.Langs = []i18n.Lang{i18n.Ja}
	}
	w.must(0, func(tx *db.Tx) (err error) {
		p, err = w.s.Create(tx, p)
		return err
	})
	return p
}

func (w *world) actions(who db.ID) (out []string) {
	w.t.Helper()
	err := w.d.Read(w.t.Context(), func(tx *db.Tx) error {
		lines, err := audit.New(audit.Config{DB: w.d}).ByPerson(tx, who, audit.Page{Limit: 100})
		for _, l := range lines {
			out = append(out, l.Action)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func TestCreate_SealsAndFindsAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(person.Person{
			Name: "Nguyễn Thị Linh", Kana: "グエン ティ リン", Langs: []i18n.Lang{i18n.Vi, i18n.En}, Account: true, Town: "芝園町",
			Aids:    person.Aids{Furigana: true, Size: person.SizeLarge},
			Private: person.Private{Mail: "Linh@example.jp", Phone: "048-258-1110", Birth: jp.NewDate(1994, 5, 6), Address: "芝園町3-9-101"},
		})
		var mail []byte
		var got person.Person
		w.must(p.ID, func(tx *db.Tx) (err error) {
			if err := tx.Row(`SELECT mail FROM persons WHERE id = $1`, p.ID).Scan(&mail); err != nil {
				return err
			}
			got, err = w.s.Read(tx, p.ID, "test")
			return err
		})
		if len(mail) == 0 || string(mail) == p.Mail {
			t.Errorf("mail stands in the database as %q", mail)
		}
		if got.Private != p.Private || got.Name != p.Name || got.Aids != p.Aids || got.Lang() != i18n.Vi || got.Town != "芝園町" {
			t.Errorf("read %+v, want %+v", got, p)
		}
		for _, q := range []string{"linh@EXAMPLE.jp", "０４８２５８１１１０", "nguyen", "linh", "ぐえん"} {
			w.must(0, func(tx *db.Tx) error {
				f, err := w.s.Search(tx, q, "")
				if err == nil && (len(f.Persons) != 1 || f.Persons[0].ID != p.ID) {
					t.Errorf("%q finds %d persons", q, len(f.Persons))
				}
				return err
			})
		}
		for _, q := range []string{"", "x@example.jp", "zzz", "%", "048-258-1111"} {
			w.must(0, func(tx *db.Tx) error {
				f, err := w.s.Search(tx, q, "")
				if len(f.Persons) != 0 {
					t.Errorf("%q finds somebody", q)
				}
				return err
			})
		}
	})
}

func TestRead_LeavesATraceForOthersOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, clerk := w.add(person.Person{Name: "山本"}), w.add(person.Person{Name: "田中"})
		read := func(tx *db.Tx) error { _, err := w.s.Read(tx, p.ID, "office"); return err }
		w.must(p.ID, read)
		if got := w.actions(p.ID); len(got) != 1 {
			t.Errorf("reading oneself left %v", got)
		}
		w.must(clerk.ID, read)
		if got := w.actions(p.ID); len(got) != 2 || got[0] != "people.person.read" {
			t.Errorf("the clerk's reading left %v", got)
		}
	})
}

func TestUpdate_SecondEditorSeesBothTexts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(person.Person{Name: "山本"})
		mine, theirs := p, p
		theirs.Town, mine.Town = "本町", "栄町"
		w.must(0, func(tx *db.Tx) error { _, err := w.s.Update(tx, theirs); return err })
		err := w.try(0, func(tx *db.Tx) error { _, err := w.s.Update(tx, mine); return err })
		var stale *person.Stale
		if !errors.As(err, &stale) || !fault.Is(err, fault.Conflict) || stale.Mine.Town != "栄町" || stale.Theirs.Town != "本町" {
			t.Fatalf("second editor got %v", err)
		}
		// What did not change leaves no trace, whatever the version.
		w.must(0, func(tx *db.Tx) error { _, err := w.s.Update(tx, theirs); return err })
		if got := w.actions(p.ID); len(got) != 2 {
			t.Errorf("log has %v, want one create and one change", got)
		}
	})
}

func TestAccountMail_SignsInOnePersonOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		with := func(name string, account bool) person.Person {
			return person.Person{Name: name, Account: account, Langs: []i18n.Lang{i18n.Ja}, Private: person.Private{Mail: "family@example.jp"}}
		}
		first := w.add(with("母", true))
		w.add(with("父", false))
		err := w.try(0, func(tx *db.Tx) error { _, err := w.s.Create(tx, with("子", true)); return err })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a second account with the address: %v", err)
		}
		w.must(0, func(tx *db.Tx) error {
			id, found, err := w.s.ByMail(tx, "FAMILY@example.jp")
			if !found || id != first.ID {
				t.Errorf("ByMail = %v, %v", id, found)
			}
			return err
		})
	})
}

func TestSearch_PagesNeitherRepeatNorSkip(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		want := map[db.ID]bool{}
		for i := range 75 {
			want[w.add(person.Person{Name: fmt.Sprintf("田中 田%c", rune('一'+i)), Kana: "タナカ タ"}).ID] = true
		}
		cursor, pages := "", 0
		for {
			var f person.Found
			w.must(0, func(tx *db.Tx) (err error) { f, err = w.s.Search(tx, "田", cursor); return err })
			for _, p := range f.Persons {
				if !want[p.ID] {
					t.Fatalf("page %d repeats %v", pages, p.Name)
				}
				delete(want, p.ID)
			}
			pages++
			if cursor = f.Next; cursor == "" {
				break
			}
		}
		if len(want) != 0 || pages != 3 {
			t.Errorf("%d persons missing after %d pages", len(want), pages)
		}
	})
}

func TestClose_ForgetsWhatMayBeForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.add(person.Person{Name: "山本 太郎", Account: true, Private: person.Private{Mail: "y@example.jp", Phone: "090-1234-5678"}})
		w.must(p.ID, func(tx *db.Tx) error { return w.s.Close(tx, p.ID, "asked") })
		w.must(0, func(tx *db.Tx) error {
			got, err := w.s.Reveal(tx, p.ID)
			if err != nil {
				return err
			}
			if got.Name != "" || got.Private != (person.Private{}) || got.Closed.IsZero() {
				t.Errorf("after closing there is still %+v", got)
			}
			if f, err := w.s.Search(tx, "山本", ""); err != nil || len(f.Persons) != 0 {
				t.Errorf("closed persons are found: %v %v", f, err)
			}
			_, err = w.s.Identify(context.Background(), tx, p.ID)
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("a closed person is still identified: %v", err)
			}
			return nil
		})
		if err := w.try(0, func(tx *db.Tx) error { p.Town = "x"; _, err := w.s.Update(tx, p); return err }); !fault.Is(err, fault.Conflict) {
			t.Errorf("changing a closed person: %v", err)
		}
	})
}

func TestPosts_GiveAccessForTheirTerm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, op := w.add(person.Person{Name: "民生 委員"}), w.add(person.Person{Name: "運用 者"})
		district := web.Scope{Kind: "district", ID: 7}
		var today jp.Date
		held := func() (v web.Viewer) {
			w.must(0, func(tx *db.Tx) (err error) {
				today = person.Today(tx)
				v, err = w.s.Identify(t.Context(), tx, p.ID)
				return err
			})
			return v
		}
		held()
		give := func(post person.Post) error {
			return w.try(op.ID, func(tx *db.Tx) error { _, err := w.s.Give(tx, post); return err })
		}
		if err := give(person.Post{Person: p.ID, Role: web.RoleMinsei, Scope: district, Since: today.AddDays(-400), Until: today.AddDays(-1)}); err != nil {
			t.Fatal(err)
		}
		if held().Holds(web.RoleMinsei) {
			t.Error("a term that is over still gives access")
		}
		if err := give(person.Post{Person: p.ID, Role: web.RoleMinsei, Scope: district, Since: today, Until: today}); err != nil {
			t.Fatal(err)
		}
		if !held().HoldsFor(web.RoleMinsei, district) {
			t.Error("the last day of a term gives no access")
		}
		if err := give(person.Post{Person: p.ID, Role: web.RoleMinsei, Scope: district, Since: today.AddDays(-5), Until: today.AddDays(5)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same post twice: %v", err)
		}
		for _, bad := range []person.Post{
			{Person: p.ID, Role: "king", Scope: district},
			{Person: p.ID, Role: web.RoleMinsei, Scope: web.Scope{Kind: "city"}},
			{Person: p.ID, Role: web.RoleClerk, Scope: web.Scope{Kind: "office"}},
			{Person: p.ID, Role: web.RoleOperator, Scope: web.Scope{Kind: "city", ID: 3}},
			{Person: p.ID, Role: web.RoleMinsei, Scope: district, Since: today, Until: today.AddDays(-1)},
		} {
			if err := give(bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("Give(%+v) = %v, want Invalid", bad, err)
			}
		}
		var all []person.Post
		w.must(0, func(tx *db.Tx) (err error) { all, err = w.s.Posts(tx, p.ID); return err })
		if len(all) != 2 || all[0].GivenBy != op.ID {
			t.Fatalf("history %+v", all)
		}
		w.must(op.ID, func(tx *db.Tx) error { return w.s.End(tx, all[0].ID, "moved away") })
		if held().Holds(web.RoleMinsei) {
			t.Error("an ended post still gives access")
		}
		w.must(0, func(tx *db.Tx) (err error) { all, err = w.s.PostHistory(tx, district); return err })
		if len(all) != 2 || all[0].EndedBy != op.ID || all[0].EndReason != "moved away" {
			t.Errorf("history after the end: %+v", all)
		}
	})
}

func TestEnd_KeepsOneOperator(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		city := web.Scope{Kind: "city"}
		a, b := w.add(person.Person{Name: "A"}), w.add(person.Person{Name: "B"})
		var first, second person.Post
		w.must(0, func(tx *db.Tx) (err error) {
			first, err = w.s.Give(tx, person.Post{Person: a.ID, Role: web.RoleOperator, Scope: city})
			return err
		})
		end := func(id db.ID) error { return w.try(a.ID, func(tx *db.Tx) error { return w.s.End(tx, id, "") }) }
		if err := end(first.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("ending the only operator: %v", err)
		}
		w.must(0, func(tx *db.Tx) (err error) {
			second, err = w.s.Give(tx, person.Post{Person: b.ID, Role: web.RoleOperator, Scope: city})
			return err
		})
		if err := end(first.ID); err != nil {
			t.Error(err)
		}
		if err := end(second.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("ending the last operator: %v", err)
		}
	})
}

func TestGuardian_AskedConsentsActsAndEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		year := time.Now().Year()
		child := w.add(person.Person{Name: "ゆい", Account: true, Private: person.Private{Birth: jp.NewDate(year-12, 4, 1)}})
		mother := w.add(person.Person{Name: "母", Langs: []i18n.Lang{i18n.Ne}, Account: true, Private: person.Private{Mail: "mother@example.jp"}})
		teen := w.add(person.Person{Name: "兄", Private: person.Private{Birth: jp.NewDate(year-16, 4, 1)}})
		var secret string
		w.must(child.ID, func(tx *db.Tx) (err error) { secret, err = w.s.AskGuardian(tx, child.ID); return err })

		consents := func() (ok bool) {
			w.must(0, func(tx *db.Tx) (err error) { ok, err = w.s.GuardianConsents(tx, child.ID); return err })
			return ok
		}
		if consents() {
			t.Error("a minor is let in before anybody consented")
		}
		consent := func(by db.ID, secret string) error {
			return w.try(by, func(tx *db.Tx) error { return w.s.Consent(tx, secret, by, "parent") })
		}
		for name, err := range map[string]error{"the child itself": consent(child.ID, secret), "another minor": consent(teen.ID, secret)} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("consent of %s: %v", name, err)
			}
		}
		if err := consent(mother.ID, "0123"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a guessed link: %v", err)
		}
		if err := consent(mother.ID, secret); err != nil {
			t.Fatal(err)
		}
		if err := consent(mother.ID, secret); !fault.Is(err, fault.NotFound) {
			t.Errorf("the link works twice: %v", err)
		}
		if !consents() {
			t.Error("the mother's consent does not count")
		}
		w.must(mother.ID, func(tx *db.Tx) error {
			if basis, err := w.s.MayAct(tx, mother.ID, nil, child.ID); basis != person.BasisGuardian {
				t.Errorf("the mother acts by %q, %v", basis, err)
			}
			if r, err := w.s.Recipient(tx, child.ID); err != nil || r.Email != "mother@example.jp" || r.Lang != i18n.Ne {
				t.Errorf("the child's letters go to %+v, %v", r, err)
			}
			_, children, err := w.s.Children(tx, mother.ID)
			if len(children) != 1 {
				t.Errorf("the mother sees %d children", len(children))
			}
			return err
		})
		// The 18th birthday passes: nothing is changed, nothing counts any more.
		w.must(0, func(tx *db.Tx) error {
			p, err := w.s.Reveal(tx, child.ID)
			if err != nil {
				return err
			}
			p.Birth = jp.NewDate(year-18, 1, 1)
			_, err = w.s.Update(tx, p)
			return err
		})
		w.must(mother.ID, func(tx *db.Tx) error {
			if _, err := w.s.MayAct(tx, mother.ID, nil, child.ID); !fault.Is(err, fault.Denied) {
				t.Errorf("the mother still acts for an adult: %v", err)
			}
			if ok, err := w.s.StillActs(tx, mother.ID, child.ID); ok || err != nil {
				t.Errorf("StillActs = %v, %v", ok, err)
			}
			_, children, err := w.s.Children(tx, mother.ID)
			if len(children) != 0 {
				t.Error("the mother still sees the adult")
			}
			return err
		})
	})
}

func TestProxy_HoldsWhileOfficerAndTerm(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		member, officer, stranger := w.add(person.Person{Name: "会員"}), w.add(person.Person{Name: "役員"}), w.add(person.Person{Name: "他人"})
		group := web.Scope{Kind: "group", ID: 5}
		var today jp.Date
		var post person.Post
		w.must(0, func(tx *db.Tx) (err error) {
			today = person.Today(tx)
			post, err = w.s.Give(tx, person.Post{Person: officer.ID, Role: web.RoleOfficer, Scope: group})
			return err
		})
		entrust := func(p person.Proxy) error {
			return w.try(member.ID, func(tx *db.Tx) error { _, err := w.s.Entrust(tx, p); return err })
		}
		for _, bad := range []person.Proxy{
			{Member: member.ID, Officer: stranger.ID, Scope: group, Until: today},
			{Member: officer.ID, Officer: officer.ID, Scope: group, Until: today},
			{Member: member.ID, Officer: officer.ID, Scope: group, Until: today.AddDays(-1)},
			{Member: member.ID, Officer: officer.ID, Scope: group, Until: today.AddMonths(13)},
			{Member: member.ID, Officer: officer.ID, Scope: web.Scope{Kind: "group", ID: 6}, Until: today},
		} {
			if err := entrust(bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("Entrust(%+v) = %v, want Invalid", bad, err)
			}
		}
		if err := entrust(person.Proxy{Member: member.ID, Officer: officer.ID, Scope: group, Until: today.AddMonths(6)}); err != nil {
			t.Fatal(err)
		}
		if err := entrust(person.Proxy{Member: member.ID, Officer: officer.ID, Scope: group, Until: today}); err != nil {
			t.Fatal(err)
		}
		begin := func(who db.ID) error {
			return w.try(who, func(tx *db.Tx) error { _, err := w.s.BeginActing(tx, member.ID); return err })
		}
		if err := begin(officer.ID); err != nil {
			t.Errorf("the officer may not act: %v", err)
		}
		if err := begin(stranger.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a stranger acts: %v", err)
		}
		w.must(0, func(tx *db.Tx) error {
			for_, err := w.s.ProxiesFor(tx, officer.ID)
			if len(for_) != 1 || for_[0].Until != today {
				t.Errorf("the officer is shown %+v", for_)
			}
			return err
		})
		w.must(0, func(tx *db.Tx) error { return w.s.End(tx, post.ID, "") })
		if err := begin(officer.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a former officer acts: %v", err)
		}
		if got := w.actions(member.ID); got[0] != "people.act.begin" {
			t.Errorf("the member can see %v", got)
		}
	})
}
