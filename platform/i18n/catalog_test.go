package i18n_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

// source returns a source named demo whose file is the same in every language,
// except where other names another text.
func source(same string, other map[i18n.Lang]string) i18n.Source {
	files := fstest.MapFS{}
	for _, l := range i18n.Langs {
		text, ok := other[l]
		if !ok {
			text = same
		}
		files["messages/"+string(l)+".toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return i18n.Source{Name: "demo", FS: files}
}

const demo = `
"demo.plain" = "Free rooms"
"demo.hello" = "Hello {{.name}}, {{ .name }}!"
"demo.all" = "{{.a}} | {{.b}} | {{.c}} | {{.d}} | {{.e}} | {{.f}}"
"demo.field" = "Name"
"demo.since" = "since {{.year}}: {{.count}}"
"demo.inline" = { one = "{{.count}} room", other = "{{.count}} rooms" }

["demo.rooms"]
description = "at the head of the list"
one = "one room"
other = "{{.count}} rooms"
`

func TestT_PutsValuesIn(t *testing.T) {
	l := i18n.NewCatalog(source(demo, nil)).For(i18n.En)
	day := jp.NewDate(2026, time.November, 28)
	for _, c := range []struct {
		want string
		key  string
		args []any
	}{
		{"Free rooms", "demo.plain", nil},
		{"Free rooms", "demo.plain", []any{"count", 3}},
		{"Hello An, An!", "demo.hello", []any{"name", "An"}},
		{"Hello An, An!", "demo.hello", []any{"other", 1, "name", "An"}},
		{"Hello ⟦name⟧, ⟦name⟧!", "demo.hello", nil},
		{"Hello ⟦name⟧, ⟦name⟧!", "demo.hello", []any{"name"}},
		{"Hello Name, Name!", "demo.hello", []any{"name", i18n.Key("demo.field")}},
		{"⟦demo.gone⟧", "demo.gone", nil},
		{"1 room", "demo.inline", []any{"count", 1}},
		{"0 rooms", "demo.inline", []any{"count", 0}},
		{"1,200 rooms", "demo.inline", []any{"count", int64(1200)}},
		{"1 room", "demo.inline", []any{"count", "1"}},
		{"1 room", "demo.inline", []any{"count", 1.0}},
		{"1.5 rooms", "demo.inline", []any{"count", 1.5}},
		{"one room", "demo.rooms", []any{"count", uint32(1)}},
		{"since 2026: 2,026", "demo.since", []any{"year", 2026, "count", 2026}},
		{"Sat 28 Nov | Sat 28 Nov, 9:00 am | x and y | Phòng | 1,234.5 | gone", "demo.all", []any{
			"a", day, "b", day.At(9 * 60), "c", []string{"x", "y"},
			"d", i18n.Text{i18n.Vi: "Phòng"}, "e", 1234.5, "f", errors.New("gone")}},
		{"Türkçe | true | 1 | 2 | 3 | 5s", "demo.all", []any{
			"a", i18n.Tr, "b", true, "c", uint(1), "d", uint64(2), "e", int32(3), "f", 5 * time.Second}},
	} {
		if got := l.T(c.key, c.args...); got != c.want {
			t.Errorf("T(%q, %v) = %q, want %q", c.key, c.args, got, c.want)
		}
	}
}

func TestT_WithoutALanguageInTheContext(t *testing.T) {
	ctx := context.Background()
	if l := i18n.From(ctx); l == nil || l.Lang() != i18n.Ja {
		t.Errorf("From of an empty context = %v, want Japanese", l)
	}
	l := i18n.NewCatalog(source(demo, nil)).For(i18n.Tr)
	ctx = i18n.With(ctx, l)
	if i18n.From(ctx) != l || i18n.T(ctx, "demo.hello", "name", "Ayşe") != "Hello Ayşe, Ayşe!" {
		t.Error("the context lost its localizer")
	}
	if i18n.From(i18n.With(ctx, nil)) == nil {
		t.Error("a nil localizer got through")
	}
}

func TestCatalog_ReadsALanguageOnceForMany(t *testing.T) {
	opened := &countingFS{FS: source(demo, nil).FS}
	c := i18n.NewCatalog(i18n.Source{Name: "demo", FS: opened})
	if opened.n != 0 {
		t.Fatal("a catalog that nobody reads opened files")
	}
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if got := c.For(i18n.Vi).T("demo.plain"); got != "Free rooms" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
	if opened.n != 1 {
		t.Errorf("read %d times, want once", opened.n)
	}
	if l := c.For("xx"); l.Lang() != i18n.Ja {
		t.Errorf("a language that is not ours became %v, want ja", l.Lang())
	}
	if !c.For(i18n.En).Has("demo.plain") || c.For(i18n.En).Has("demo.gone") {
		t.Error("Has is wrong")
	}
}

// countingFS counts the files that were opened; sync.Once orders the accesses.
type countingFS struct {
	fs.FS
	n int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	f, err := c.FS.Open(name)
	if err == nil {
		c.n++
	}
	return f, err
}

func TestCatalog_CheckNamesWhatIsWrong(t *testing.T) {
	for want, text := range map[string]string{
		"placeholder {{if .a}}":         `"demo.a" = "{{if .a}}x{{end}}"`,
		"placeholder {{name":            `"demo.a" = "{{name}}"`,
		"placeholder {{.name":           `"demo.a" = "{{.name"`,
		"placeholder {{.2x":             `"demo.a" = "{{.2x}}"`,
		`key "places.a" does not begin`: `"places.a" = "x"`,
		"already been defined":          "\"demo.a\" = \"x\"\n\"demo.a\" = \"y\"",
		"plural tables go to the end":   "[\"demo.a\"]\none = \"x\"\nother = \"y\"\n\"demo.b\" = \"z\"",
		"must be quoted":                "[demo.a]\none = \"x\"\nother = \"y\"",
	} {
		err := i18n.NewCatalog(source(demo, map[i18n.Lang]string{i18n.Ko: text})).Check()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "demo/ko.toml") {
			t.Errorf("%s\nCheck() = %v\nwant demo/ko.toml: … %s", text, err, want)
		}
	}
	missing := i18n.Source{Name: "demo", FS: fstest.MapFS{}}
	if err := i18n.NewCatalog(missing).Check(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without files Check() = %v", err)
	}
	twice := i18n.NewCatalog(source(demo, nil), source(demo, nil))
	if err := twice.Check(); err == nil || !strings.Contains(err.Error(), "is there twice") {
		t.Errorf("with one source twice Check() = %v", err)
	}
	if got := twice.For(i18n.Fil).T("demo.plain"); got != "Free rooms" {
		t.Errorf("what could be read is lost: %q", got)
	}
}

func TestText_Pick(t *testing.T) {
	all := i18n.Text{}
	for _, l := range i18n.Langs {
		all[l] = string(l)
	}
	without := func(langs ...i18n.Lang) i18n.Text {
		some := i18n.Text{}
		for l, s := range all {
			some[l] = s
		}
		for _, l := range langs {
			some[l] = "  " // blank, as an emptied field of a form is
		}
		return some
	}
	for _, c := range []struct {
		text i18n.Text
		want i18n.Lang
		in   i18n.Lang
	}{
		{all, i18n.Ne, i18n.Ne},
		{without(i18n.Vi), i18n.Vi, i18n.En},
		{without(i18n.Vi, i18n.En), i18n.Vi, i18n.JaEasy},
		{without(i18n.Vi, i18n.En, i18n.JaEasy), i18n.Vi, i18n.Ja},
		{without(i18n.Ko), i18n.Ko, i18n.En},
		{without(i18n.ZhHant), i18n.ZhHant, i18n.ZhHans},
		{without(i18n.ZhHant, i18n.ZhHans), i18n.ZhHant, i18n.Ja},
		{without(i18n.ZhHans), i18n.ZhHans, i18n.ZhHant},
		{without(i18n.En), i18n.En, i18n.JaEasy},
		{without(i18n.Ja), i18n.Ja, i18n.JaEasy},
		{without(i18n.JaEasy), i18n.JaEasy, i18n.Ja},
		{i18n.Text{i18n.Tr: "tr"}, i18n.Ja, i18n.Tr},
	} {
		if s, in := c.text.Pick(c.want); in != c.in || s != string(c.in) {
			t.Errorf("%v picked for %s = %q in %s, want %s", c.text, c.want, s, in, c.in)
		}
	}
	if s, in := (i18n.Text)(nil).Pick(i18n.Vi); s != "" || in != i18n.Vi {
		t.Errorf("no text picked = %q in %s", s, in)
	}
}

func TestText_StoredAndReadBack(t *testing.T) {
	in := i18n.Text{i18n.Vi: "Phòng họp", i18n.Ja: "会議室"}
	v, err := in.Value()
	if want := `{"ja":"会議室","vi":"Phòng họp"}`; err != nil || v != want {
		t.Fatalf("Value() = %v, %v, want %s", v, err, want)
	}
	for _, src := range []any{v, []byte(v.(string))} {
		var out i18n.Text
		if err := out.Scan(src); err != nil || fmt.Sprint(out) != fmt.Sprint(in) {
			t.Errorf("Scan(%T) = %v, %v, want %v", src, out, err, in)
		}
	}
	if v, _ := (i18n.Text)(nil).Value(); v != "{}" {
		t.Errorf("no text is stored as %v", v)
	}
	for _, src := range []any{nil, "", "{}"} {
		out := i18n.Text{i18n.Ja: "old"}
		if err := out.Scan(src); err != nil || len(out) != 0 {
			t.Errorf("Scan(%v) = %v, %v", src, out, err)
		}
	}
	var out i18n.Text
	if err := out.Scan(`{"eo":"ĉambro"}`); err != nil || out["eo"] != "ĉambro" {
		t.Errorf("a stored language that is not ours is lost: %v, %v", out, err)
	}
	for _, src := range []any{7, "[", `{"ja":1}`} {
		if out.Scan(src) == nil {
			t.Errorf("Scan(%v) took it", src)
		}
	}
	if err := json.Unmarshal([]byte(`{"eo":"ĉambro"}`), &out); err == nil {
		t.Error("a language that is not ours came in from outside")
	}
}

func BenchmarkT_Plain(b *testing.B) {
	l := i18n.NewCatalog(source(demo, nil)).For(i18n.En)
	b.ReportAllocs()
	for b.Loop() {
		l.T("demo.plain")
	}
}

func BenchmarkT_Plural(b *testing.B) {
	l := i18n.NewCatalog(source(demo, nil)).For(i18n.Fil)
	b.ReportAllocs()
	for b.Loop() {
		l.T("demo.inline", "count", 1200)
	}
}

func BenchmarkT_Placeholders(b *testing.B) {
	l := i18n.NewCatalog(source(demo, nil)).For(i18n.En)
	b.ReportAllocs()
	for b.Loop() {
		l.T("demo.hello", "name", "Nguyễn Thị An")
	}
}

func BenchmarkRange(b *testing.B) {
	l := i18n.NewCatalog().For(i18n.En)
	day := jp.NewDate(2026, time.November, 28)
	from, to := day.At(13*60), day.At(16*60+30)
	b.ReportAllocs()
	for b.Loop() {
		l.Range(from, to)
	}
}

// BenchmarkCatalog_Parse reads a language of a thousand messages.
func BenchmarkCatalog_Parse(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "\"demo.message.%d\" = \"会議室{{.room}}を{{.date}}に予約しました。受付番号は{{.receipt}}です。\"\n", i)
	}
	src := source(text.String(), nil)
	b.ReportAllocs()
	for b.Loop() {
		i18n.NewCatalog(src).For(i18n.Ja)
	}
}

func BenchmarkMatch(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		i18n.Match("vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7")
	}
}
