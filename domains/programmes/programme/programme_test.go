package programme_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"kakehashi/domains/programmes"
	"kakehashi/domains/programmes/demo"
	"kakehashi/domains/programmes/programme"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

var (
	tables = []db.Migrations{audit.Migrations(), programmes.Migrations()}
	clerk  = db.Actor{Person: 7, Via: "web"}
)

// cityTable is the table of the sixteen programmes as a city prints it.
func cityTable(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "programmes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func read(t testing.TB, text string) *table.Sheet {
	t.Helper()
	sheet, err := table.Read("programmes.csv", strings.NewReader(text), table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

func take(t testing.TB, d *db.DB, text string) table.Summary {
	t.Helper()
	sum, err := programme.Import(t.Context(), d, clerk, read(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestImport_TwiceChangesNothing(t *testing.T) {
	text := cityTable(t)
	cp932, lost := jp.EncodeCP932(text)
	if len(lost) > 0 {
		t.Fatalf("the table has %q, which CP932 has not", lost)
	}
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		if got := take(t, d, text).String(); got != "imported 16, updated 0, unchanged 0, refused 0" {
			t.Errorf("first: %s", got)
		}
		if got := take(t, d, string(cp932)).String(); got != "imported 0, updated 0, unchanged 16, refused 0" {
			t.Errorf("again, in CP932: %s", got)
		}
		changed := strings.Replace(text, "福祉総務課,民生委員", "地域福祉課,民生委員", 1)
		if got := take(t, d, changed).String(); got != "imported 0, updated 1, unchanged 15, refused 0" {
			t.Errorf("with another office in one row: %s", got)
		}
		all, err := programme.NewDirectory(d).Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for field, want := range map[string]int{"place": 1, "take": 6, "watch": 4, "help": 2, "ask": 3} {
			if got := len(all.In(field)); got != want {
				t.Errorf("%s has %d programmes, want %d", field, got, want)
			}
		}
	})
}

func TestImport_RefusesRowByRow(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		sum := take(t, d, "分野,担当課,事業名,事業内容,協働の相手,電話\n"+
			"見守り,福祉総務課,あいさつ運動,朝のあいさつ,市民,０４８（２５８）１１１０\n"+
			"見まちがい,福祉総務課,ほか,,,\n"+
			"見守り,福祉総務課,,,,\n"+
			"見守り,福祉総務課,あいさつ 運動,もう一度,市民,\n"+
			"見守り,福祉総務課,電話の会,,,ゼロ\n")
		if got := sum.String(); got != "imported 1, updated 0, unchanged 0, refused 4" {
			t.Errorf("%s: %+v", got, sum.Refusals)
		}
		var got []string
		for _, r := range sum.Refusals {
			got = append(got, r.Column+" "+r.Key)
		}
		want := []string{"field " + table.NotListed, "programme " + table.Missing, "programme " + table.Twice, "phone " + table.NotPhone}
		if !slices.Equal(got, want) {
			t.Errorf("refused %v, want %v", got, want)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			all, err := programme.All(tx)
			if len(all) != 1 || all[0].Phone != "048-258-1110" || all[0].Slug == "" {
				t.Errorf("in came %+v", all)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// What the demo city has is what the city's own table has: importing it over
// the demo changes nothing.
func TestImport_TheDemoCityIsTheTable(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		cast, err := demo.Programmes()
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), clerk, func(tx *db.Tx) error {
			for i := range cast {
				p := cast[i].Programme
				if err := programme.Add(tx, &p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := take(t, d, cityTable(t)).String(); got != "imported 0, updated 0, unchanged 16, refused 0" {
			t.Error(got)
		}
	})
}

func TestExport_IsWhatImportReads(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		take(t, d, cityTable(t))
		all, err := programme.NewDirectory(d).Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range table.Formats {
			var b strings.Builder
			if err := table.Write(&b, f, programme.Header(), all.Lines()); err != nil {
				t.Fatal(err)
			}
			sheet, err := table.Read("out"+f.Ext(), strings.NewReader(b.String()), table.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			sum, err := programme.Import(t.Context(), d, clerk, sheet)
			if err != nil || sum.Unchanged != 16 {
				t.Errorf("%v: %v, %v", f, sum, err)
			}
		}
	})
}

func TestSave_TheSecondEditorSeesBoth(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		p := programme.Programme{Field: "ask", Texts: programme.Texts{Name: i18n.Text{i18n.Ja: "協働推進員制度"}}}
		save := func(p *programme.Programme) (changed bool, err error) {
			err = d.Write(t.Context(), clerk, func(tx *db.Tx) error { changed, err = programme.Save(tx, p); return err })
			return changed, err
		}
		if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return programme.Add(tx, &p) }); err != nil {
			t.Fatal(err)
		}
		mine, theirs := p, p
		theirs.Phone = "０４８‐２５８‐１１１０"
		if changed, err := save(&theirs); err != nil || !changed {
			t.Fatalf("the first editor: %v %v", changed, err)
		}
		mine.Phone = "048-258-1111"
		_, err := save(&mine)
		var stale *programme.Stale
		if !fault.Is(err, fault.Conflict) || !errors.As(err, &stale) || stale.Theirs.Phone != "048-258-1110" {
			t.Fatalf("the second editor: %v, want Conflict with what stands there", err)
		}
		if changed, err := save(&stale.Theirs); err != nil || changed {
			t.Errorf("saving what stands there: changed %v, %v", changed, err)
		}
		mine.Version, mine.Mail = stale.Theirs.Version, "no mail"
		if _, err := save(&mine); !fault.Is(err, fault.Invalid) {
			t.Errorf("a mail address that is none: %v, want Invalid", err)
		}
	})
}

func TestMatches_FoldsWhatIsTyped(t *testing.T) {
	cast, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query string
		lang  i18n.Lang
		want  string // slug of a programme that must be found
	}{
		{"ﾎﾞﾗﾝﾃｨｱ見本市", i18n.Ja, "fair"},
		{"ぼらんてぃあ　ひろば", i18n.JaEasy, ""},
		{"ぼらんてぃあ 広場", i18n.Ja, "plaza"},
		{"TÌNH NGUYỆN", i18n.Vi, "fair"},
		{"afet ekip", i18n.Tr, "jishubo"},
		{"志工", i18n.ZhHant, "fair"},
		{"csw", i18n.JaEasy, "csw"},
		{"", i18n.Ne, "station"},
	} {
		var got []string
		for i := range cast {
			if cast[i].Matches(c.query, c.lang) {
				got = append(got, cast[i].Slug)
			}
		}
		if c.want == "" && len(got) > 0 || c.want != "" && !slices.Contains(got, c.want) {
			t.Errorf("%q in %s finds %v, want %q", c.query, c.lang, got, c.want)
		}
	}
}

// TestWrite_NeverTouchesWhatWasRead: texts are shared with a directory, so an
// edit works on its own copy.
func TestWrite_NeverTouchesWhatWasRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kept := i18n.Text{i18n.Ja: "見守り"}
		texts := programme.Texts{Name: kept}
		lang := rapid.SampledFrom(i18n.Langs).Draw(t, "lang")
		s := rapid.String().Draw(t, "text")
		programme.Parts[0].Write(&texts, lang, s)
		if len(kept) != 1 || kept[i18n.Ja] != "見守り" {
			t.Fatalf("what was read is now %v", kept)
		}
		if got, want := texts.Name[lang], strings.TrimSpace(s); got != want {
			t.Fatalf("written %q, want %q", got, want)
		}
	})
}

func FuzzImport(f *testing.F) {
	f.Add("field,office,programme,description,partners\n見守り,福祉総務課,あいさつ運動,朝,市民\n")
	f.Add("分野,担当,事業,内容,相手方,slug\nwatch,x,y,z,w,y\nwatch,x,y2,z,w,y\n")
	d := dbtest.Open(f, db.SQLite, tables)
	f.Fuzz(func(t *testing.T, text string) {
		sheet, err := table.Read("a.csv", strings.NewReader(text), table.Limits{})
		if err != nil {
			return
		}
		sum, err := programme.Import(t.Context(), d, clerk, sheet)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := programme.Import(t.Context(), d, clerk, sheet)
		if err != nil || again.Imported+again.Updated > 0 && utf8.ValidString(text) {
			t.Fatalf("%q: first %v, again %v, %v", text, sum, again, err)
		}
	})
}
