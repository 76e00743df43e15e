package desk

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/inbox"
)

// TestView_StandsWholeInTheAddress: what a clerk asked to see can be sent to a
// colleague as an address.
func TestView_StandsWholeInTheAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.Just(db.ID(0)), rapid.Map(rapid.Int64Range(1, 1<<62), func(n int64) db.ID { return db.ID(n) }))
		v := View{
			Office: id.Draw(t, "office"), Item: id.Draw(t, "item"),
			Due:   rapid.SampledFrom([]string{"", DueToday, DueLate, DueWeek}).Draw(t, "due"),
			Who:   rapid.SampledFrom([]string{"", WhoMine, WhoNobody}).Draw(t, "who"),
			State: rapid.SampledFrom([]inbox.State{inbox.StateOpen, inbox.StateClosed, inbox.StateAll}).Draw(t, "state"),
			Text:  rapid.String().Draw(t, "text"), At: rapid.String().Draw(t, "at"),
			Kind: rapid.StringMatching(`[a-z]{4,8}(\.[a-z]+)?`).Draw(t, "kind"),
		}
		path := v.Path("/office")
		if !strings.HasPrefix(path, "/office") {
			t.Fatalf("%q leads elsewhere", path)
		}
		u, err := url.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := ParseView(u.Query()); got != v {
			t.Fatalf("%+v came back as %+v", v, got)
		}
	})
}

func TestParseView_LeavesOutWhatItDoesNotKnow(t *testing.T) {
	q := url.Values{"due": {"never"}, "who": {"somebody"}, "state": {"open"}, "office": {"-"}, "item": {"x y"}, "kind": {anyChoice}}
	if got := ParseView(q); got != (View{}) {
		t.Errorf("got %+v, want everything that is open", got)
	}
}

func TestView_Filter(t *testing.T) {
	const me = db.ID(7)
	own := []db.ID{1, 2}
	day := jp.NewDate(2026, time.November, 28)
	for _, c := range []struct {
		name string
		view View
		ok   func(inbox.Filter) bool
	}{
		{"all of the clerk's offices", View{}, func(f inbox.Filter) bool { return len(f.Offices) == 2 && f.DueBefore.IsZero() }},
		{"one of them", View{Office: 2}, func(f inbox.Filter) bool { return len(f.Offices) == 1 && f.Offices[0] == 2 }},
		{"never another's", View{Office: 3}, func(f inbox.Filter) bool { return len(f.Offices) == 2 && f.Offices[0] == 1 }},
		{"today and before", View{Due: DueToday}, func(f inbox.Filter) bool { return f.DueBefore == day.AddDays(1) }},
		{"a week", View{Due: DueWeek}, func(f inbox.Filter) bool { return f.DueBefore == day.AddDays(8) }},
		{"overdue", View{Due: DueLate}, func(f inbox.Filter) bool { return f.Overdue }},
		{"mine", View{Who: WhoMine}, func(f inbox.Filter) bool { return f.Assignee == me && !f.Unassigned }},
		{"nobody's", View{Who: WhoNobody}, func(f inbox.Filter) bool { return f.Assignee == 0 && f.Unassigned }},
	} {
		if f := c.view.Filter(own, me, day); !c.ok(f) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
