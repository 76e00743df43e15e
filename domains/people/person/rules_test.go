package person

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

var today = jp.NewDate(2026, 11, 23)

func TestSettle_KeepsNamesWhole(t *testing.T) {
	for _, tc := range []struct{ typed, kept string }{
		{"佐々木　花子", "佐々木　花子"},
		{"  佐々木   花子 ", "佐々木 花子"},
		{"Nguyễn Thị Thùy Linh", "Nguyễn Thị Thùy Linh"},
		{"गीता\tश्रेष्ठ", "गीता श्रेष्ठ"},
		{"王\u202e小明", "王小明"},
		{"O'Brien-Smith, Jr.", "O'Brien-Smith, Jr."},
	} {
		p := Person{Name: tc.typed, Langs: []i18n.Lang{i18n.Ja}}
		if err := p.Settle(today); err != nil {
			t.Errorf("Settle(%q): %v", tc.typed, err)
		}
		if p.Name != tc.kept {
			t.Errorf("name %q is kept as %q, want %q", tc.typed, p.Name, tc.kept)
		}
	}
}

func TestSettle_SaysEverythingThatIsWrong(t *testing.T) {
	p := Person{
		Kana: "Yamada", Roman: "山田", Alias: strings.Repeat("長", MaxName+1), Town: strings.Repeat("町", MaxTown+1),
		Private: Private{Mail: "nobody", Birth: jp.NewDate(2027, 1, 1), Address: strings.Repeat("a", MaxAddress+1)},
	}
	err := p.Settle(today)
	want := map[string]bool{"name": true, "kana": true, "roman": true, "alias": true, "town": true, "mail": true, "birth": true, "address": true, "langs": true}
	for _, f := range fieldsOf(err) {
		if !want[f] {
			t.Errorf("field %s should not be wrong", f)
		}
		delete(want, f)
	}
	if len(want) > 0 {
		t.Errorf("not told about %v", want)
	}
}

func fieldsOf(err error) (out []string) {
	var f *fault.Error
	if errors.As(err, &f) {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	return out
}

func TestSettle_KanaBecomesKatakana(t *testing.T) {
	for typed, want := range map[string]string{
		"ささき はなこ": "ササキ ハナコ", "サトウ": "サトウ", "グエン・ティ・リン": "グエン・ティ・リン", "めあり-": "メアリー",
	} {
		p := Person{Name: "x", Kana: typed, Langs: []i18n.Lang{i18n.Ja}}
		if err := p.Settle(today); err != nil || p.Kana != want {
			t.Errorf("kana %q is kept as %q (%v), want %q", typed, p.Kana, err, want)
		}
	}
}

func TestSettle_Twice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Person{
			Name: rapid.StringN(1, 60, 200).Draw(t, "name"), Alias: rapid.StringN(0, 40, 100).Draw(t, "alias"),
			Langs: rapid.SliceOfN(rapid.SampledFrom(i18n.Langs), 1, 12).Draw(t, "langs"),
		}
		if p.Settle(today) != nil {
			return
		}
		q := p
		if err := q.Settle(today); err != nil || q.Name != p.Name || q.Alias != p.Alias || joinLangs(q.Langs) != joinLangs(p.Langs) {
			t.Fatalf("settling %+v again gave %+v (%v)", p, q, err)
		}
		if !utf8.ValidString(p.Name) || strings.ContainsAny(p.Name, "\n\r\x00") {
			t.Fatalf("name %q is kept", p.Name)
		}
	})
}

func TestParseMail(t *testing.T) {
	for typed, want := range map[string]string{
		"linh@example.jp":   "linh@example.jp",
		" Linh@Example.JP ": "Linh@example.jp",
		"ｌｉｎｈ＠ｅｘａｍｐｌｅ．ｊｐ":       "linh@example.jp",
		"a.b+c@mail.example.jp": "a.b+c@mail.example.jp",
	} {
		if got, err := ParseMail(typed); err != nil || got != want {
			t.Errorf("ParseMail(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{
		"", "linh", "linh@", "@example.jp", "linh@localhost", "a b@example.jp", `"a b"@example.jp`, "Linh <linh@example.jp>",
		"linh@example.jp\nBcc: all@example.jp", "a@b@example.jp", "linh@[127.0.0.1]", "linh@.jp", "linh@example.", "名@例え.jp",
		strings.Repeat("a", 250) + "@x.jp",
	} {
		if got, err := ParseMail(typed); err == nil {
			t.Errorf("ParseMail(%q) = %q, want a refusal", typed, got)
		}
	}
}

func FuzzParseMail(f *testing.F) {
	f.Add("linh@example.jp")
	f.Add("Ｌｉｎｈ＠example.jp")
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMail(s)
		if err != nil {
			return
		}
		if again, err := ParseMail(m); err != nil || again != m {
			t.Fatalf("ParseMail(%q) = %q, which parses to %q, %v", s, m, again, err)
		}
		if strings.ContainsAny(m, "\r\n ,;<>\"") || strings.Count(m, "@") != 1 {
			t.Fatalf("ParseMail(%q) let %q through", s, m)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("佐々木 花子")
	f.Add("Nguyễn Thị Linh")
	f.Fuzz(func(t *testing.T, s string) {
		key := fold(s)
		if len(key) > 2*MaxFold || len(key)%2 != 0 {
			t.Fatalf("fold(%q) has %d characters", s, len(key))
		}
		p := Person{Name: s}
		for _, k := range p.folds() {
			if k == "" {
				t.Fatalf("folds(%q) has an empty key, which would find everybody", s)
			}
		}
	})
}

func FuzzParseCursor(f *testing.F) {
	f.Add("0000000000001.616263")
	f.Fuzz(func(t *testing.T, s string) {
		key, id, err := parseCursor(s)
		if err == nil && s != "" && formatCursor(key, id) != strings.ToLower(s) && len(s) > 13 {
			if again, id2, err := parseCursor(formatCursor(key, id)); err != nil || again != key || id2 != id {
				t.Fatalf("cursor %q does not come back", s)
			}
		}
	})
}

func TestFold_FindsWhatPeopleType(t *testing.T) {
	for _, tc := range []struct{ name, typed string }{
		{"Nguyễn Thị Linh", "nguyen"}, {"Nguyễn Thị Linh", "thi linh"}, {"Đặng Văn An", "dang"},
		{"Ayşe Yılmaz", "yilmaz"}, {"佐々木　花子", "花子"}, {"佐々木　花子", "佐々木花"}, {"ササキ ハナコ", "ささき"},
		{"गीता श्रेष्ठ", "श्रे"}, {"グエン・ティ・リン", "りん"}, {"김 지우", "지우"},
	} {
		p := Person{Name: tc.name}
		found := false
		for _, k := range p.folds() {
			found = found || strings.HasPrefix(k, fold(tc.typed))
		}
		if !found {
			t.Errorf("%q is not found by %q", tc.name, tc.typed)
		}
	}
	if strings.HasPrefix(fold("ガク"), fold("カ")) {
		t.Error("a voiced kana must not be found by the plain one")
	}
}

func TestAdultOn_IsTheFirstDayWithoutGuardian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := jp.NewDate(1990, 1, 1).AddDays(rapid.IntRange(0, 14000).Draw(t, "days"))
		p := Private{Birth: born}
		if d := p.AdultOn(); p.Minor(d) || !p.Minor(d.AddDays(-1)) {
			t.Fatalf("born %v: adult on %v, minor that day %v, the day before %v", born, d, p.Minor(d), p.Minor(d.AddDays(-1)))
		}
	})
	unknown := Private{}
	if unknown.Minor(today) || !unknown.AdultOn().IsZero() {
		t.Error("who has no birth date on record counts as an adult")
	}
}

func TestPostOn(t *testing.T) {
	d := func(day int) jp.Date { return jp.NewDate(2026, 11, day) }
	for _, tc := range []struct {
		name string
		post Post
		want string // days 1 to 5 on which it is held
	}{
		{"a term", Post{Since: d(2), Until: d(4)}, ".xxx."},
		{"one day", Post{Since: d(3), Until: d(3)}, "..x.."},
		{"open", Post{Since: d(4)}, "...xx"},
		{"ended in the middle", Post{Since: d(1), Until: d(5), EndedAt: d(3).At(600)}, "xx..."},
		{"ended before it began", Post{Since: d(4), EndedAt: d(2).At(0)}, "....."},
	} {
		got := ""
		for day := 1; day <= 5; day++ {
			if tc.post.On(d(day)) {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != tc.want {
			t.Errorf("%s: held on %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestPostOn_OverlapsIsSharedDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Post {
			p := Post{Since: today.AddDays(rapid.IntRange(0, 20).Draw(t, name))}
			if rapid.Bool().Draw(t, name+" ends") {
				p.Until = p.Since.AddDays(rapid.IntRange(0, 10).Draw(t, name+" days"))
			}
			return p
		}
		a, b := draw("a"), draw("b")
		shared := false
		for i := range 60 {
			day := today.AddDays(i)
			shared = shared || a.On(day) && b.On(day)
		}
		if a.overlaps(&b) != shared || b.overlaps(&a) != shared {
			t.Fatalf("overlaps(%+v, %+v) = %v, shared day %v", a, b, a.overlaps(&b), shared)
		}
	})
}

func TestMayGive(t *testing.T) {
	office, group, other := web.Scope{Kind: "office", ID: 1}, web.Scope{Kind: "group", ID: 2}, web.Scope{Kind: "group", ID: 3}
	district, city := web.Scope{Kind: "district", ID: 4}, web.Scope{Kind: "city"}
	operator := []web.Post{{Role: web.RoleOperator, Scope: city}}
	clerk := []web.Post{{Role: web.RoleClerk, Scope: office}}
	speaker := []web.Post{{Role: web.RoleRepresentative, Scope: group}}
	for _, tc := range []struct {
		who   string
		held  []web.Post
		role  web.Role
		scope web.Scope
		want  bool
	}{
		{"operator", operator, web.RoleClerk, office, true},
		{"operator", operator, web.RoleOperator, city, true},
		{"clerk", clerk, web.RoleMinsei, district, true},
		{"clerk", clerk, web.RoleCommittee, city, true},
		{"clerk", clerk, web.RoleOfficer, group, true},
		{"clerk", clerk, web.RoleClerk, office, false},
		{"clerk", clerk, web.RoleOperator, city, false},
		{"representative", speaker, web.RoleOfficer, group, true},
		{"representative", speaker, web.RoleOfficer, other, false},
		{"representative", speaker, web.RoleRepresentative, group, false},
		{"representative", speaker, web.RoleMinsei, district, false},
		{"officer", []web.Post{{Role: web.RoleOfficer, Scope: group}}, web.RoleOfficer, group, false},
		{"minsei", []web.Post{{Role: web.RoleMinsei, Scope: district}}, web.RoleMinsei, district, false},
		{"resident", nil, web.RoleBridge, city, false},
	} {
		if got := MayGive(tc.held, tc.role, tc.scope); got != tc.want {
			t.Errorf("%s gives %s for %v: %v, want %v", tc.who, tc.role, tc.scope, got, tc.want)
		}
	}
	for _, r := range Roles {
		if ScopeKind(r) == "" {
			t.Errorf("role %s has no kind of scope", r)
		}
	}
}

func TestGuardianshipOn_EndsByItself(t *testing.T) {
	child := Private{Birth: jp.NewDate(2008, 11, 24)}
	g := Guardianship{Guardian: 1, Consented: time.Unix(1, 0)}
	if !g.On(today, &child) {
		t.Error("the day before the 18th birthday the guardian still counts")
	}
	if g.On(today.AddDays(1), &child) {
		t.Error("from the 18th birthday on nobody acts for an adult")
	}
	asked := Guardianship{}
	if asked.On(today, &child) {
		t.Error("a guardian who has not consented counts for nothing")
	}
	if g.On(today, &Private{}) {
		t.Error("nobody is guardian of a person whose age is unknown")
	}
}
