package importing

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

// realFile is a city's list of public facilities as it was published (市川市,
// CC BY 4.0), 342 rows of which three name a facility of an earlier row.
const realFile = "../../../../shared/data/opendata/122033_101_public_facility.csv"

func migrations() []db.Migrations {
	return []db.Migrations{audit.Migrations(), {Name: "places", FS: os.DirFS("../migrations")}}
}

func read(t *testing.T, text string) *table.Sheet {
	t.Helper()
	s, err := table.Read("test.csv", strings.NewReader(text), table.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func take(t *testing.T, d *db.DB, s *table.Sheet) table.Summary {
	t.Helper()
	sum, err := Import(t.Context(), d, db.System, s)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func all(t *testing.T, d *db.DB) (list []facility.Facility) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) { list, err = facility.All(tx, 0, 10_000); return err })
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func want(t *testing.T, sum table.Summary, line string) {
	t.Helper()
	if sum.String() != line {
		t.Fatalf("%s, want %s\n%+v", sum, line, sum.Refusals)
	}
}

// A city's real file goes in, a second time changes nothing, and what is
// written out in the same layout changes nothing either.
func TestImport_RealFileTwiceAndBack(t *testing.T) {
	b, err := os.ReadFile(filepath.FromSlash(realFile))
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		open := func(b []byte) *table.Sheet {
			s, err := table.Read("facilities.csv", bytes.NewReader(b), table.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		first := take(t, d, open(b))
		want(t, first, "imported 339, updated 0, unchanged 0, refused 3")
		for _, r := range first.Refusals {
			if r.Key != table.Twice || r.Column != colName || r.Line == 0 {
				t.Errorf("refused for %+v, want only rows that stand twice", r)
			}
		}
		want(t, take(t, d, open(b)), "imported 0, updated 0, unchanged 339, refused 3")
		for _, f := range []table.Format{table.UTF8CSV, table.CP932CSV, table.XLSX} {
			var out bytes.Buffer
			if err := Export(&out, f, all(t, d)); err != nil {
				t.Fatal(err)
			}
			want(t, take(t, d, open(out.Bytes())), "imported 0, updated 0, unchanged 339, refused 0")
		}
		for _, f := range all(t, d) {
			if f.Town == "" || f.Code != "122033" || !f.Located() {
				t.Errorf("%v lacks town, code or position: %+v", f.Name, f)
			}
		}
	})
}

// The file as an office would send it: half-width kana, full-width digits, notes in phone
// numbers, lost zeros, unknown columns behind, and rows that cannot be used.
const dirty = `全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,所在地_連結表記,所在地_都道府県,所在地_市区町村,建物名等（方書）,緯度,経度,電話番号,郵便番号,開始時間,終了時間,多目的トイレ,盲導犬・介助犬・聴導犬同伴,画像ライセンス,元データID
１１００２,0001,川口市,ﾁｭｳｵｳ公民館,ﾁｭｳｵｳｺｳﾐﾝｶﾝ,埼玉県川口市本町１丁目２－３,埼玉県,川口市,３階,３５.７９５７,139.7256,０４８－２５１－００００（代表）,3320012,９時,21：30,有,可,,7781
11002,2,川口市,芝公民館,,埼玉県川口市芝5丁目1-1,埼玉県,川口市,,35.83,139.69,48-265-0000,〒332-0012,,,,,,
11002,3,川口市,,,埼玉県川口市芝5丁目1-2,埼玉県,川口市,,,,,,,,,,,
11002,4,川口市,戸塚公民館,,埼玉県川口市戸塚2丁目1-1,埼玉県,川口市,,139.7,35.8,内線12,,25:00,,,,,
11002,2,川口市,芝公民館分館,,埼玉県川口市芝5丁目1-3,埼玉県,川口市,,,,,,,,,,,
`

func TestImport_TakesDirtAndRefusesByColumn(t *testing.T) {
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		sum := take(t, d, read(t, dirty))
		want(t, sum, "imported 2, updated 0, unchanged 0, refused 3")
		var reasons []string
		for _, r := range sum.Refusals {
			reasons = append(reasons, strings.Join([]string{jp.FormatClock(r.Line), r.Column, r.Key}, " "))
		}
		wanted := []string{
			"0:04 名称 table.missing",
			"0:05 緯度 table.not_place", "0:05 電話番号 table.not_phone", "0:05 開始時間 table.not_time",
			"0:06 名称 table.twice",
		}
		if !slices.Equal(reasons, wanted) {
			t.Errorf("refused for\n%s\nwant\n%s", strings.Join(reasons, "\n"), strings.Join(wanted, "\n"))
		}
		list := all(t, d)
		f := list[0]
		if f.Name[i18n.Ja] != "チュウオウ公民館" || f.Kana != "チュウオウコウミンカン" || f.Code != "011002" || f.Number != "0001" ||
			f.Phone != "048-251-0000" || f.PhoneNote == "" || f.PostalCode != "332-0012" || f.Opens != 9*60 || f.Closes != 21*60+30 ||
			!f.Has("toilet") || !f.Has("dogs") || f.Has("lift") || f.Extra["元データID"] != "7781" || f.Town != "本町１丁目" || f.Lat != 35.7957 {
			t.Errorf("read as %+v", f)
		}
		if list[1].Phone != "048-265-0000" {
			t.Errorf("a lost zero: %q", list[1].Phone)
		}
		want(t, take(t, d, read(t, dirty)), "imported 0, updated 0, unchanged 2, refused 3")
		moved := strings.Replace(dirty, "芝5丁目1-1", "芝5丁目9-9", 1)
		want(t, take(t, d, read(t, moved)), "imported 0, updated 1, unchanged 1, refused 3")
	})
}

// The layout of before says the same with other names and fewer columns; what
// it does not have stays.
func TestImport_OldLayoutKeepsWhatItLacks(t *testing.T) {
	const old = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_英語,POIコード,住所,方書,緯度,経度,連絡先電話番号,利用可能日時特記事項,備考\n" +
		"112038,0001,埼玉県,川口市,中央公民館,チュウオウコウミンカン,Central Community Hall,,埼玉県川口市本町1丁目2-3,,35.7957,139.7256,048-251-0000,月曜休み,\n"
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		want(t, take(t, d, read(t, old)), "imported 1, updated 0, unchanged 0, refused 0")
		f := all(t, d)[0]
		if f.Code != "112038" || f.Number != "0001" || f.Town != "本町1丁目" || f.Name[i18n.En] != "Central Community Hall" || f.HoursNote != "月曜休み" {
			t.Errorf("read as %+v", f)
		}
		f.Name[i18n.Vi], f.Access, f.Mail = "Nhà văn hóa Trung tâm", map[string]string{"toilet": "有"}, "chuo@example.jp"
		err := d.Write(t.Context(), db.System, func(tx *db.Tx) error { _, err := facility.Save(tx, f); return err })
		if err != nil {
			t.Fatal(err)
		}
		want(t, take(t, d, read(t, old)), "imported 0, updated 0, unchanged 1, refused 0")
		want(t, take(t, d, read(t, strings.Replace(old, "月曜休み", "火曜休み", 1))), "imported 0, updated 1, unchanged 0, refused 0")
		if g := all(t, d)[0]; g.Name[i18n.Vi] == "" || !g.Has("toilet") || g.Mail == "" || g.HoursNote != "火曜休み" {
			t.Errorf("an import took away what its file does not have: %+v", g)
		}
	})
}

// A list with ids finds what came without, and the other way round; ids are
// not taken away, and another id is another facility.
func TestImport_WithIDsAndWithout(t *testing.T) {
	const without = "名称,住所,電話番号\n芝公民館,川口市芝5-1,048-265-0001\n"
	const with = "全国地方公共団体コード,ID,名称,住所,電話番号\n112038,7,芝公民館,川口市芝5-1,048-265-0001\n"
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		want(t, take(t, d, read(t, without)), "imported 1, updated 0, unchanged 0, refused 0")
		want(t, take(t, d, read(t, with)), "imported 0, updated 1, unchanged 0, refused 0")
		want(t, take(t, d, read(t, with)), "imported 0, updated 0, unchanged 1, refused 0")
		want(t, take(t, d, read(t, without)), "imported 0, updated 0, unchanged 1, refused 0")
		want(t, take(t, d, read(t, strings.Replace(with, ",7,", ",8,", 1))), "imported 1, updated 0, unchanged 0, refused 0")
		if list := all(t, d); len(list) != 2 || list[0].Number != "7" || list[1].Number != "8" {
			t.Errorf("%d facilities: %+v", len(list), list)
		}
	})
}

// More rows than one transaction takes go in all the same.
func TestImport_ManyBatches(t *testing.T) {
	var b strings.Builder
	b.WriteString("名称,住所\n")
	const n = 2*Batch + 7
	for i := range n {
		b.WriteString("会館" + jp.FormatClock(i) + ",本町" + jp.FormatClock(i) + "\n")
	}
	dbtest.Each(t, migrations(), func(t *testing.T, d *db.DB) {
		want(t, take(t, d, read(t, b.String())), "imported 1007, updated 0, unchanged 0, refused 0")
		if got := len(all(t, d)); got != n {
			t.Errorf("%d facilities, want %d", got, n)
		}
	})
}

func TestTownOf(t *testing.T) {
	for _, c := range [][4]string{
		{"埼玉県川口市本町1丁目2-3", "埼玉県", "川口市", "本町1丁目"},
		{"川口市大字安行領家10", "埼玉県", "川口市", "大字安行領家"},
		{"本町四丁目", "", "", "本町四丁目"},
		{"", "", "", ""},
	} {
		if got := TownOf(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("TownOf(%q) = %q, want %q", c[0], got, c[3])
		}
	}
}

// FuzzImport: no file makes the reading of rows panic, and every row is either
// taken or refused.
func FuzzImport(f *testing.F) {
	f.Add(dirty)
	f.Add("名称,住所\nあ,い\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := table.Read("fuzz.csv", strings.NewReader(text), table.Limits{})
		if err != nil {
			return
		}
		rows, err := s.Match(columns())
		if err != nil {
			return
		}
		taken, sum := readAll(rows)
		if len(taken)+sum.Refused > len(s.Rows) {
			t.Fatalf("%d taken and %d refused of %d rows", len(taken), sum.Refused, len(s.Rows))
		}
		for _, r := range taken {
			if err := r.file.Check(); err != nil {
				t.Fatalf("line %d is taken and cannot be saved: %v", r.line, err)
			}
		}
	})
}
