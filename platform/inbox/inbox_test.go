package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/inbox"
)

var tables = []db.Migrations{audit.Migrations(), inbox.Migrations()}

const (
	office  db.ID = 3 // 協働推進課
	other   db.ID = 4
	clerkID db.ID = 11
	kind          = "places.reservation"
)

var clerk = db.Actor{Person: clerkID, Via: "web"}

// write runs fn in one write and fails the test when it fails.
func write(t testing.TB, d *db.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), clerk, fn); err != nil {
		t.Fatal(err)
	}
}

// waiting is an item for the office; subject tells it from the others.
func waiting(subject db.ID, due jp.Date) inbox.Item {
	return inbox.Item{
		Office: office, Kind: kind, Subject: subject, Key: "places.inbox.title",
		Args: map[string]string{"room": "第1会議室", "who": fmt.Sprint("Nguyễn ", int64(subject))},
		Due:  due, Link: "/places/reservations/x",
	}
}

func open(t testing.TB, d *db.DB, items ...inbox.Item) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		for _, it := range items {
			if err := inbox.Open(tx, it); err != nil {
				return err
			}
		}
		return nil
	})
}

func list(t testing.TB, d *db.DB, f inbox.Filter) (l inbox.Listing) {
	t.Helper()
	if err := d.Read(context.Background(), func(tx *db.Tx) (err error) { l, err = inbox.List(tx, f); return err }); err != nil {
		t.Fatal(err)
	}
	return l
}

func subjects(items []inbox.Item) (ids []int) {
	for _, it := range items {
		ids = append(ids, int(it.Subject))
	}
	return ids
}

func counts(t testing.TB, d *db.DB) (n inbox.Numbers) {
	t.Helper()
	if err := d.Read(context.Background(), func(tx *db.Tx) (err error) { n, err = inbox.Counts(tx, office, clerkID); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

// actions counts the entries of an action in the log.
func actions(t testing.TB, d *db.DB, action string) (n int) {
	t.Helper()
	if err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.Row(`SELECT COUNT(*) FROM audit_pending WHERE action = $1`, action).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func today(d *db.DB) jp.Date { return jp.DateOf(d.Now()) }

func TestOpen_OnceForASubjectWhileOpen(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		due := today(d).AddDays(3)
		before := d.Version(inbox.Topic)
		open(t, d, waiting(1, due))
		if d.Version(inbox.Topic) == before {
			t.Error("nobody who watches the inbox heard of it")
		}
		again := waiting(1, due.AddDays(9))
		again.Office = other
		open(t, d, again)
		other := waiting(1, due)
		other.Kind = "groups.registration"
		open(t, d, other)

		l := list(t, d, inbox.Filter{Offices: []db.ID{office}, Kind: kind})
		if len(l.Items) != 1 || l.Next != "" {
			t.Fatalf("%+v", l)
		}
		got := l.Items[0]
		want := waiting(1, due)
		want.ID, want.OpenedAt = got.ID, got.OpenedAt
		if !reflect.DeepEqual(got, want) || got.OpenedAt.IsZero() || got.ID == 0 {
			t.Errorf("got %+v\nnot %+v", got, want)
		}
		if key, args := got.Title(); key != "places.inbox.title" || !reflect.DeepEqual(args, []any{"room", "第1会議室", "who", "Nguyễn 1"}) {
			t.Errorf("Title = %s %v", key, args)
		}
		if n := actions(t, d, "inbox.open"); n != 2 {
			t.Errorf("%d openings in the log", n)
		}

		// Closed, the same subject may wait anew.
		write(t, d, func(tx *db.Tx) error { return inbox.CloseAs(tx, kind, 1, "places.outcome.approved") })
		write(t, d, func(tx *db.Tx) error { return inbox.Close(tx, kind, 1) })
		open(t, d, waiting(1, due))
		all := list(t, d, inbox.Filter{Offices: []db.ID{office}, Kind: kind, State: inbox.StateAll}).Items
		closed := list(t, d, inbox.Filter{Offices: []db.ID{office}, Kind: kind, State: inbox.StateClosed}).Items
		if len(all) != 2 || len(closed) != 1 || closed[0].ID != got.ID || closed[0].Outcome != "places.outcome.approved" || closed[0].ClosedAt.IsZero() {
			t.Errorf("all %+v\nclosed %+v", all, closed)
		}
		if n := actions(t, d, "inbox.close"); n != 1 {
			t.Errorf("%d closings in the log", n)
		}
	})
}

func TestOpen_ManyAtOnce(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return inbox.Open(tx, waiting(1, jp.Date{})) }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := counts(t, d); n.All != 1 {
			t.Fatalf("%+v", n)
		}
	})
}

func TestAssignAndMove(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		open(t, d, waiting(1, jp.Date{}), waiting(2, jp.Date{}))
		items := list(t, d, inbox.Filter{Offices: []db.ID{office}}).Items
		write(t, d, func(tx *db.Tx) error { return inbox.Assign(tx, items[0].ID, clerkID) })
		mine := list(t, d, inbox.Filter{Offices: []db.ID{office}, Assignee: clerkID}).Items
		free := list(t, d, inbox.Filter{Offices: []db.ID{office}, Unassigned: true}).Items
		if !slices.Equal(subjects(mine), []int{1}) || !slices.Equal(subjects(free), []int{2}) {
			t.Fatalf("mine %v, free %v", subjects(mine), subjects(free))
		}
		write(t, d, func(tx *db.Tx) error { return inbox.Move(tx, items[0].ID, other) })
		moved := list(t, d, inbox.Filter{Offices: []db.ID{other}}).Items
		if len(moved) != 1 || moved[0].Assignee != 0 {
			t.Fatalf("%+v", moved)
		}
		if both := list(t, d, inbox.Filter{Offices: []db.ID{office, other}}).Items; len(both) != 2 {
			t.Errorf("two offices: %v", subjects(both))
		}
		if none := list(t, d, inbox.Filter{}).Items; len(none) != 0 {
			t.Errorf("no office: %v", subjects(none))
		}
		write(t, d, func(tx *db.Tx) error { return inbox.Assign(tx, items[1].ID, 0) })
		write(t, d, func(tx *db.Tx) error { return inbox.Close(tx, kind, 2) })
		for name, do := range map[string]func(*db.Tx, db.ID, db.ID) error{"Assign": inbox.Assign, "Move": inbox.Move} {
			if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return do(tx, items[1].ID, clerkID) }); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s of a closed item: %v", name, err)
			}
			if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return do(tx, 999, clerkID) }); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of no item: %v", name, err)
			}
		}
		if actions(t, d, "inbox.assign") != 2 || actions(t, d, "inbox.move") != 1 {
			t.Error("the log does not tell of it")
		}
	})
}

func TestList_FiltersAndCounts(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		day := today(d)
		items := []inbox.Item{
			waiting(1, day.AddDays(-2)), waiting(2, day), waiting(3, day.AddDays(1)),
			waiting(4, jp.Date{}), waiting(5, day), waiting(6, day.AddDays(-1)),
		}
		items[2].Kind = "groups.registration"
		items[3].Args = map[string]string{"who": "ﾔﾏﾀﾞ　100%_会"}
		items[4].Assignee = clerkID
		items[5].Office = other
		open(t, d, items...)
		for name, c := range map[string]struct {
			f    inbox.Filter
			want []int
		}{
			"all, by due date": {inbox.Filter{}, []int{1, 2, 5, 3, 4}},
			"overdue":          {inbox.Filter{Overdue: true}, []int{1}},
			"due before":       {inbox.Filter{DueBefore: day.AddDays(1)}, []int{1, 2, 5}},
			"of a kind":        {inbox.Filter{Kind: "groups.registration"}, []int{3}},
			"text":             {inbox.Filter{Text: "nguyễn 2"}, []int{2}},
			"text, folded":     {inbox.Filter{Text: "ヤマダ"}, []int{4}},
			"text, kana":       {inbox.Filter{Text: "やまだ"}, []int{4}},
			"text, a wildcard": {inbox.Filter{Text: "100%_"}, []int{4}},
			"text, no match":   {inbox.Filter{Text: "1_0%"}, nil},
			"a quote":          {inbox.Filter{Text: `'; DROP TABLE inbox_items; --\`}, nil},
			"mine":             {inbox.Filter{Assignee: clerkID}, []int{5}},
			"together":         {inbox.Filter{Kind: kind, Unassigned: true, DueBefore: day.AddDays(1)}, []int{1, 2}},
			"closed":           {inbox.Filter{State: inbox.StateClosed}, nil},
		} {
			c.f.Offices = []db.ID{office}
			if got := subjects(list(t, d, c.f).Items); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, not %v", name, got, c.want)
			}
		}
		if got, want := counts(t, d), (inbox.Numbers{All: 5, Mine: 1, Unassigned: 4, Today: 2, Overdue: 1}); got != want {
			t.Errorf("counts %+v, not %+v", got, want)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			_, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{office}, Cursor: "yesterday"})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a cursor nobody gave: %v", err)
		}
	})
}

// TestList_PagesNeitherSkipNorRepeat walks the pages of any list of items while
// others are closed and opened, and compares with one large page.
func TestList_PagesNeitherSkipNorRepeat(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		next := db.ID(1)
		day := today(d)
		place := db.ID(1000)
		rapid.Check(t, func(r *rapid.T) {
			place++
			for range rapid.IntRange(0, 30).Draw(r, "opened") {
				due := jp.Date{}
				if n := rapid.IntRange(-3, 4).Draw(r, "due"); n < 4 {
					due = day.AddDays(n)
				}
				it := waiting(next, due)
				it.Office = place
				open(t, d, it)
				if rapid.IntRange(0, 4).Draw(r, "closed at once") == 0 {
					write(t, d, func(tx *db.Tx) error { return inbox.Close(tx, kind, it.Subject) })
				}
				next++
			}
			f := inbox.Filter{Offices: []db.ID{place}, State: rapid.SampledFrom([]inbox.State{inbox.StateOpen, inbox.StateClosed, inbox.StateAll}).Draw(r, "state"), Limit: 500}
			want := subjects(list(t, d, f).Items)
			f.Limit = rapid.IntRange(1, 7).Draw(r, "limit")
			var got []int
			for {
				l := list(t, d, f)
				if len(l.Items) > f.Limit {
					r.Fatalf("%d items on a page of %d", len(l.Items), f.Limit)
				}
				got = append(got, subjects(l.Items)...)
				if l.Next == "" {
					break
				}
				// What was seen may go; the rest stays in place.
				if rapid.Bool().Draw(r, "close one") {
					write(t, d, func(tx *db.Tx) error { return inbox.Close(tx, kind, l.Items[0].Subject) })
				}
				f.Cursor = l.Next
			}
			if !slices.Equal(got, want) {
				r.Fatalf("pages %v\nnot   %v", got, want)
			}
		})
	})
}

func TestRun_EachItemOnItsOwn(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		open(t, d, waiting(1, jp.Date{}), waiting(2, jp.Date{}), waiting(3, jp.Date{}), waiting(4, jp.Date{}), waiting(5, jp.Date{}))
		strange := waiting(6, jp.Date{})
		strange.Kind = "groups.registration"
		away := waiting(7, jp.Date{})
		away.Office = other
		open(t, d, strange, away)
		ids := map[db.ID]db.ID{}
		for _, it := range list(t, d, inbox.Filter{Offices: []db.ID{office, other}}).Items {
			ids[it.Subject] = it.ID
		}
		write(t, d, func(tx *db.Tx) error { return inbox.Close(tx, kind, 5) })

		var done []db.ID
		approve := inbox.Action{Kind: kind, Name: "approve", LabelKey: "places.approve", Reason: true,
			Do: func(ctx context.Context, actor db.Actor, subject db.ID, reason string) error {
				return d.Write(ctx, actor, func(tx *db.Tx) error {
					if err := inbox.CloseAs(tx, kind, subject, "places.outcome.approved"); err != nil {
						return err
					}
					switch subject {
					case 2:
						return fault.New(fault.Conflict, "places.taken")
					case 3:
						panic("a mistake")
					}
					if actor != clerk || reason != "空きあり" {
						t.Errorf("%+v %q", actor, reason)
					}
					done = append(done, subject)
					return nil
				})
			}}
		acts, err := inbox.NewActions(approve)
		if err != nil {
			t.Fatal(err)
		}
		picked := []db.ID{ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7], 999, ids[1]}
		run := func(ctx context.Context, reason string) []inbox.Result {
			t.Helper()
			results, err := acts.Run(ctx, d, clerk, []db.ID{office}, "approve", picked, reason)
			if err != nil {
				t.Fatal(err)
			}
			if len(results) != len(picked) {
				t.Fatalf("%d results", len(results))
			}
			return results
		}
		for _, r := range run(t.Context(), "") {
			if r.Err == nil {
				t.Error("done without a reason")
			}
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, err := acts.Run(stopped, d, clerk, []db.ID{office}, "approve", picked, "空きあり"); err == nil {
			t.Error("ran after the clerk had left")
		}
		results := run(t.Context(), "空きあり")
		want := []string{"", "conflict places.taken", "panic", "", "conflict inbox.error.closed", "invalid inbox.error.action", "not_found inbox.error.missing", "not_found inbox.error.missing", ""}
		for i, r := range results {
			if r.Item != picked[i] {
				t.Errorf("result %d is of item %v", i, r.Item)
			}
			if (r.Err == nil) != (want[i] == "") || r.Err != nil && !strings.Contains(r.Err.Error(), want[i]) {
				t.Errorf("item %d: %v, not %q", i, r.Err, want[i])
			}
		}
		if !slices.Equal(done, []db.ID{1, 4}) {
			t.Errorf("done: %v", done)
		}
		if got := subjects(list(t, d, inbox.Filter{Offices: []db.ID{office}, Kind: kind}).Items); !slices.Equal(got, []int{2, 3}) {
			t.Errorf("still waiting: %v", got)
		}
		many := make([]db.ID, inbox.MaxBulk+1)
		if _, err := acts.Run(t.Context(), d, clerk, []db.ID{office}, "approve", many, "x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("too many: %v", err)
		}
	})
}

func TestRun_StopsBetweenItems(t *testing.T) {
	d := dbtest.Open(t, db.SQLite, tables)
	open(t, d, waiting(1, jp.Date{}), waiting(2, jp.Date{}))
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	acts, err := inbox.NewActions(inbox.Action{Kind: kind, Name: "close", LabelKey: "places.close",
		Do: func(ctx context.Context, actor db.Actor, subject db.ID, _ string) error {
			defer leave()
			return d.Write(ctx, actor, func(tx *db.Tx) error { return inbox.Close(tx, kind, subject) })
		}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []db.ID
	for _, it := range list(t, d, inbox.Filter{Offices: []db.ID{office}}).Items {
		ids = append(ids, it.ID)
	}
	results, err := acts.Run(ctx, d, clerk, []db.ID{office}, "close", ids, "")
	if err != nil || results[0].Err != nil || !fault.Is(results[1].Err, fault.Unavailable) {
		t.Fatalf("%+v, %v", results, err)
	}
}

func TestNewActions_RefusesMistakes(t *testing.T) {
	do := func(context.Context, db.Actor, db.ID, string) error { return errors.ErrUnsupported }
	good := inbox.Action{Kind: kind, Name: "approve", LabelKey: "places.approve", Do: do}
	second := inbox.Action{Kind: kind, Name: "reject", LabelKey: "places.reject", Do: do}
	elsewhere := inbox.Action{Kind: "groups.registration", Name: "approve", LabelKey: "groups.approve", Do: do}
	a, err := inbox.NewActions(good, elsewhere, second)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.For(kind); len(got) != 2 || got[0].Name != "approve" || got[1].Name != "reject" {
		t.Errorf("%+v", got)
	}
	if got := a.Kinds(); !slices.Equal(got, []string{kind, "groups.registration"}) {
		t.Errorf("kinds %v", got)
	}
	if got := a.For("nothing"); got != nil {
		t.Errorf("%+v", got)
	}
	for name, list := range map[string][]inbox.Action{
		"twice":      {good, good},
		"no kind":    {{Name: "x", LabelKey: "x", Do: do}},
		"no name":    {{Kind: kind, LabelKey: "x", Do: do}},
		"no label":   {{Kind: kind, Name: "x", Do: do}},
		"nothing to": {{Kind: kind, Name: "x", LabelKey: "x"}},
	} {
		if _, err := inbox.NewActions(list...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got := inbox.KindKey(kind); got != "places.inbox.reservation" {
		t.Errorf("KindKey = %s", got)
	}
}
