package i18ntest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"kakehashi/platform/i18n"
)

// good is a source without a mistake: one plain message, one with values, one
// that counts.
func good() map[i18n.Lang]string {
	const plain, rooms = "\"demo.title\" = %q\n\"demo.hello\" = %q\n", "\"demo.rooms\" = { one = %q, other = %q }\n"
	one := func(title, hello, rooms string) string {
		return fmt.Sprintf(plain+"\"demo.rooms\" = %q\n", title, hello, rooms)
	}
	two := func(title, hello, room, more string) string {
		return fmt.Sprintf(plain+rooms, title, hello, room, more)
	}
	return map[i18n.Lang]string{
		i18n.Ja:     one("部屋を借りる", "{{.name}}さん、こんにちは。", "{{.count}}部屋"),
		i18n.JaEasy: one("部屋を 借りる", "{{.name}}さん、こんにちは。", "部屋は {{.count}}つ"),
		i18n.En:     two("Book a room", "Hello {{.name}}", "one room", "{{.count}} rooms"),
		i18n.ZhHans: one("预约房间", "您好，{{.name}}", "{{.count}}间"),
		i18n.ZhHant: one("預約房間", "您好，{{.name}}", "{{.count}}間"),
		i18n.Ko:     one("방 빌리기", "{{.name}}님, 안녕하세요", "방 {{.count}}개"),
		i18n.Vi:     one("Đặt phòng", "Xin chào {{.name}}", "{{.count}} phòng"),
		i18n.Fil:    two("Magpareserba ng silid", "Kumusta, {{.name}}", "{{.count}} silid", "{{.count}} silid"),
		i18n.Tr:     two("Oda ayırtın", "Merhaba {{.name}}", "{{.count}} oda", "{{.count}} oda"),
		i18n.Ne:     two("कोठा बुक गर्नुहोस्", "नमस्ते {{.name}}", "{{.count}} कोठा", "{{.count}} कोठा"),
	}
}

func asSource(files map[i18n.Lang]string) i18n.Source {
	m := fstest.MapFS{}
	for lang, text := range files {
		m[string(lang)+".toml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return i18n.Source{Name: "demo", FS: m}
}

func TestComplete_SaysNothingOfWhatIsRight(t *testing.T) {
	Complete(t, "demo", asSource(good()).FS)
	Complete(t, "i18n", i18n.Messages().FS)
	Keys(t, i18n.Messages(), "..")
}

func TestComplete_FindsEachMistake(t *testing.T) {
	replace := func(lang i18n.Lang, old, new string) func(map[i18n.Lang]string) {
		return func(files map[i18n.Lang]string) {
			if !strings.Contains(files[lang], old) {
				t.Fatalf("%s has no %q", lang, old)
			}
			files[lang] = strings.Replace(files[lang], old, new, 1)
		}
	}
	// everywhere puts one more message into each language, and other into one.
	everywhere := func(same string, lang i18n.Lang, other string) func(map[i18n.Lang]string) {
		return func(files map[i18n.Lang]string) {
			for l := range files {
				text := same
				if l == lang {
					text = other
				}
				files[l] += fmt.Sprintf("\"demo.more\" = %q\n", text)
			}
		}
	}
	for want, spoil := range map[string]func(map[i18n.Lang]string){
		`messages of demo`:                                                                       func(f map[i18n.Lang]string) { delete(f, i18n.Ne) },
		`demo/tr.toml: toml`:                                                                     replace(i18n.Tr, `"demo.title" =`, `"demo.title"`),
		`demo/vi.toml: 1 missing: demo.title`:                                                    replace(i18n.Vi, "\"demo.title\" = \"Đặt phòng\"\n", ""),
		`demo/ko.toml: 1 not in ja.toml: demo.titel`:                                             replace(i18n.Ko, "demo.title", "demo.titel"),
		`demo/ko.toml: titel: does not begin with "demo."`:                                       replace(i18n.Ko, "demo.title", "titel"),
		`demo/ko.toml: demo.hello: has no {{.name}}, and ja has`:                                 replace(i18n.Ko, "{{.name}}", "{{.who}}"),
		`demo/ne.toml: demo.hello: has {{.who}}, and ja has not`:                                 replace(i18n.Ne, "{{.name}}", "{{.who}} {{.name}}"),
		`demo/fil.toml: demo.title: is empty`:                                                    replace(i18n.Fil, "Magpareserba ng silid", ""),
		`demo/en.toml: demo.title: begins or ends with a space`:                                  replace(i18n.En, "Book a room", "Book a room "),
		`demo/en.toml: demo.hello: has {name}`:                                                   replace(i18n.En, "Hello ", "Hello {name} "),
		`demo/en.toml: demo.hello: has %s`:                                                       replace(i18n.En, "Hello ", "Hello %s "),
		`demo/en.toml: demo.title: has <b>`:                                                      replace(i18n.En, "a room", "<b>a room</b>"),
		`demo/en.toml: demo.title: has an address`:                                               replace(i18n.En, "a room", "https://example.org"),
		`demo/tr.toml: demo.rooms: counts something, and has no plural form "one"`:               replace(i18n.Tr, `{ one = "{{.count}} oda", other = "{{.count}} oda" }`, `"{{.count}} oda"`),
		`demo/en.toml: demo.rooms: counts something, and has no plural form "one"`:               replace(i18n.En, `{ one = "one room", other = "{{.count}} rooms" }`, `"{{.count}} rooms"`),
		`demo/vi.toml: demo.rooms: has a plural form "one", and the language knows only [other]`: replace(i18n.Vi, `"{{.count}} phòng"`, `{ one = "1 phòng", other = "{{.count}} phòng" }`),
		`demo/fil.toml: demo.more: is still English`:                                             everywhere("部屋", i18n.En, "Please choose another room"),
		`demo/tr.toml: demo.more: is still English`:                                              everywhere("Please choose another room", i18n.Ja, "別の部屋を選んでください"),
		`demo/ne.toml: demo.more: is still English`:                                              everywhere("कोठा", i18n.Ne, "Choose another free room"),
		`demo/ko.toml: demo.more: is still Japanese`:                                             everywhere("방", i18n.Ko, "部屋を選んで予約してください"),
		`demo/vi.toml: demo.more: is still Japanese`:                                             everywhere("予約した", i18n.En, "Booked"),
		`demo/zh-Hans.toml: demo.more: has traditional characters`:                               everywhere("予定", i18n.ZhHans, "請選擇"),
		`demo/zh-Hant.toml: demo.more: has simplified characters`:                                everywhere("予定", i18n.ZhHant, "请选择"),
		`demo/ja-easy.toml: demo.more: has a sentence of 41 characters`:                          everywhere("予定", i18n.JaEasy, "借ります。"+strings.Repeat("あ", 41)+"。"),
		`demo/ja-easy.toml: demo.more: says 又は`:                                                  everywhere("予定", i18n.JaEasy, "電話又はメール"),
	} {
		files := good()
		if strings.Contains(want, "fil.toml: demo.more") || strings.Contains(want, "vi.toml: demo.more") {
			// left as it was in en, or in ja
			text := map[bool]string{true: "Please choose another room", false: "予約した"}[strings.Contains(want, "fil")]
			spoil = everywhere(text, i18n.Ko, "방")
		}
		spoil(files)
		found := problems(asSource(files))
		if !strings.Contains(strings.Join(found, "\n"), want) {
			t.Errorf("want %s\ngot  %s", want, strings.Join(found, "\n     "))
		}
	}
}

func TestComplete_LetsProperNamesBe(t *testing.T) {
	files := good()
	for lang := range files {
		files[lang] += "\"demo.name\" = \"Kakehashi LINE QR\"\n\"demo.place\" = \"かわくち市民パートナーステーション\"\n" +
			"\"demo.quote\" = \"LINE（おともだちになってください）\"\n"
	}
	if found := problems(asSource(files)); len(found) > 0 {
		t.Errorf("a proper name is no mistake:\n%s", strings.Join(found, "\n"))
	}
}

const program = `package demo

//i18n:uses demo.kind.*

func page() {
	i18n.T(ctx, "demo.title")
	l.T("demo.hello", "name", who)
	l.T("demo.rooms", "count", 3)
	fault.New(fault.Conflict, "demo.taken")
	check.Field(ok, "mail", "demo.mail.invalid", "max", 3)
	c.Flash("demo.saved")
	rows.Refuse("名称", "demo.refused")
	button{LabelKey: "demo.label"}
	l.T("demo.state." + state)
	l.T(fmt.Sprintf("demo.band.%d", n))
	l.T(key, "count", 3)
	heading("h1", "demo.heading")
	p.say("demo.said", "who", who)
	other.heading("h1", "demo.place")
	names := []string{"demo.listed"}
	audit.Record(tx, audit.Entry{Action: "demo.room.book", ID: id})
	s.note(tx, "demo.room.free")
	other := "people.name"
}

func heading(tag string, titleKey string)      {}
func (p page) say(key string, args ...any)     {}
`

const programKeys = `
"demo.title" = "t"
"demo.hello" = "{{.name}}"
"demo.rooms" = { one = "1", other = "2" }
"demo.taken" = "t"
"demo.mail.invalid" = "{{.max}}"
"demo.saved" = "t"
"demo.refused" = "t"
"demo.label" = "t"
"demo.state.open" = "t"
"demo.band.1" = "t"
"demo.listed" = "t"
"demo.audit.room.book" = "t"
"demo.audit.room.free" = "t"
"demo.taken.kept" = "t"
"demo.taken.todo" = "t"
"demo.heading" = "{{.n}}"
"demo.said" = "{{.who}}"
"demo.place" = "t"
"demo.kind.npo" = "t"
`

// wrong returns what is wrong with a program that has these files.
func wrong(t *testing.T, files map[string]string, messages string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	u, err := scan([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	src := asSource(map[i18n.Lang]string{i18n.Ja: messages, i18n.En: messages})
	found := append(u.faults, u.problems(src)...)
	return append(found, u.strangers([]i18n.Source{src})...)
}

func TestKeys_SaysNothingOfWhatIsRight(t *testing.T) {
	files := map[string]string{
		"page.go": program, "page_test.go": "broken", "testdata/x.go": "broken", ".git/x.go": "broken", "notes.txt": `T("demo.x")`,
	}
	if found := wrong(t, files, programKeys); len(found) > 0 {
		t.Errorf("got\n%s", strings.Join(found, "\n"))
	}
}

func TestKeys_FindsEachMistake(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"demo.title"`, `"demo.titel"`, `page.go:6: no message "demo.titel" (did you mean "demo.title"?)`},
		{`"demo.title"`, `"demo.titel"`, `demo: nothing asks for "demo.title"`},
		{`"demo.taken"`, `"demo.gone"`, `page.go:9: no message "demo.gone"`},
		{`"demo.mail.invalid"`, `"demo.mail.wrong"`, `page.go:10: no message "demo.mail.wrong"`},
		{`Flash("demo.saved")`, `Flash("demo.zzz")`, `no message "demo.zzz"`},
		{`"demo.refused"`, `"demo.zzz"`, `no message "demo.zzz"`},
		{`LabelKey: "demo.label"`, `LabelKey: "demo.zzz"`, `no message "demo.zzz"`},
		{`"demo.listed"`, `"demo.zzz"`, `nothing asks for "demo.listed"`},
		{`"demo.state." + state`, `"demo.stat." + state`, `page.go:14: no message begins with "demo.stat."`},
		{`demo.kind.*`, `demo.kinds.*`, `page.go:3: no message begins with "demo.kinds."`},
		{`, "name", who`, ``, `page.go:7: "demo.hello" needs a value for "name", and is given []`},
		{`, "name", who`, `, "nam", who`, `needs a value for "name", and is given ["nam"]`},
		{`, "count", 3)
	fault`, `)
	fault`, `page.go:8: "demo.rooms" needs a value for "count"`},
		{`, "max", 3`, ``, `"demo.mail.invalid" needs a value for "max"`},
		{`"demo.title"`, `"places.title"`, `page.go:6: "places.title": no module is called places`},
		{`"demo.heading"`, `"demo.zzz"`, `page.go:17: no message "demo.zzz"`},
		{`"demo.said"`, `"demo.zzz"`, `page.go:18: no message "demo.zzz"`},
		{`, "who", who`, ``, `page.go:18: "demo.said" needs a value for "who"`},
		{`Action: "demo.room.book"`, `Action: "demo.room.burn"`, `page.go:21: no message "demo.audit.room.burn"`},
		{`"demo.room.free"`, `"demo.room.fire"`, `nothing asks for "demo.audit.room.free"`},
		{`"demo.taken"`, `"demo.gone"`, `nothing asks for "demo.taken.todo"`},
		{`package demo`, `package`, `page.go:`},
	} {
		changed := strings.Replace(program, c.old, c.new, 1)
		if changed == program {
			t.Fatalf("no %q in the program", c.old)
		}
		found := strings.Join(wrong(t, map[string]string{"page.go": changed}, programKeys), "\n")
		if !strings.Contains(found, c.want) {
			t.Errorf("%s → %s\nwant %s\ngot  %s", c.old, c.new, c.want, found)
		}
	}
}

func TestKeys_ValuesPassedOnAreNotGuessed(t *testing.T) {
	changed := strings.Replace(program, `"name", who`, `args...`, 1)
	if found := wrong(t, map[string]string{"page.go": changed}, programKeys); len(found) > 0 {
		t.Errorf("got\n%s", strings.Join(found, "\n"))
	}
}

func TestKeys_ReadsTemplatesThroughTheirGo(t *testing.T) {
	const generated = `package demo
func page() {
	_, err = templ.JoinStringErrs(i18n.T(ctx, "demo.titel"))
	if err != nil {
		return templ.Error{Err: err, FileName: "demo/page.templ", Line: 42, Col: 7}
	}
}
`
	found := strings.Join(wrong(t, map[string]string{
		"page.templ": "//i18n:uses demo.title", "page_templ.go": generated, "form.templ": "",
	}, `"demo.title" = "t"`), "\n")
	for _, want := range []string{
		`page.templ:42: no message "demo.titel" (did you mean "demo.title"?)`,
		"form.templ has no generated Go beside it",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("want %s\ngot  %s", want, found)
		}
	}
	if strings.Contains(found, "nothing asks") {
		t.Errorf("the template's directive was not read: %s", found)
	}
}
