package table

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/fault"
)

func read(t *testing.T, text string) *Sheet {
	t.Helper()
	s, err := Read("test.csv", strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatalf("reading %q: %v", text, err)
	}
	return s
}

func key(err error) string {
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Invalid {
		return ""
	}
	return e.Key
}

func TestRead_CSVAsItComes(t *testing.T) {
	for in, want := range map[string][][]string{
		"a,b\r\n1,2\r\n":                    {{"a", "b"}, {"1", "2"}},
		"a,b\n1,2":                          {{"a", "b"}, {"1", "2"}},
		"a,b\r1,2\r":                        {{"a", "b"}, {"1", "2"}},
		"\xEF\xBB\xBFa,b\n1,2\n":            {{"a", "b"}, {"1", "2"}},
		"a\tb\n1,5\t2\n":                    {{"a", "b"}, {"1,5", "2"}},
		"a,b\n\"x,\"\"y\"\"\r\nz\",2\n":     {{"a", "b"}, {"x,\"y\"\r\nz", "2"}},
		"a,b\n5\" disk,\"q\" tail\n":        {{"a", "b"}, {"5\" disk", "q tail"}},
		"\n,,\na,b,,\n , \n1\n1,2,3,,\n":    {{"a", "b"}, {"1", ""}, {"1", "2", "3"}},
		"a,b\n'=1+1,'''@x\n'quoted','70s\n": {{"a", "b"}, {"=1+1", "''@x"}, {"'quoted'", "'70s"}},
	} {
		s := read(t, in)
		if got := append([][]string{s.Header}, s.Rows...); !reflect.DeepEqual(got, want) {
			t.Errorf("%q read as %q, want %q", in, got, want)
		}
	}
}

func TestRead_RefusesWhatItCannotUnderstand(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "table.empty"}, {"\n\n,,\n", "table.empty"}, {"a,b\n\"open,2\n3,4\n", "table.quote_open"}, {"a\x00b", "table.encoding"},
		{"\x81", "table.encoding"}, {"PK\x03\x04 not really", "table.unreadable"}, {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "table.old_excel"},
		{strings.Repeat("a,", 12) + "z", "table.too_many_columns"}, {"a\n1\n2\n3\n4\n", "table.too_many_rows"},
		{"a\n" + strings.Repeat("x", 21) + "\n", "table.cell_too_long"}, {strings.Repeat("a,b\n", 30), "table.too_large"},
	} {
		s, err := Read("x", strings.NewReader(c.in), Limits{Rows: 3, Columns: 10, CellBytes: 20, TotalBytes: 100})
		if key(err) != c.want {
			t.Errorf("%q: %v, %v, want %s", c.in, s, err, c.want)
		}
	}
	if _, err := Read("x", io.MultiReader(strings.NewReader("a"), failing{}), Limits{}); !errors.Is(err, errDisk) {
		t.Errorf("a reader's error became %v", err)
	}
}

var errDisk = errors.New("the disk is gone")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errDisk }

func TestRead_ALineOfCommasCostsNothing(t *testing.T) {
	s := read(t, "a,b\n1"+strings.Repeat(",", 1_000_000)+"\n")
	if len(s.Rows[0]) != 2 {
		t.Errorf("%d cells", len(s.Rows[0]))
	}
}

func TestMatch_NamesThatDrift(t *testing.T) {
	columns := Columns{{Name: "名称", Required: true}, {Name: "建物名等(方書)"}, {Name: "バリアフリートイレ", Aliases: []string{"多目的トイレ"}},
		{Name: "盲導犬・介助犬、聴導犬同伴"}, {Name: "画像_ライセンス"}, {Name: "URL"}, {Name: "電話番号"}}
	s := read(t, "公共施設一覧,令和8年\n\n名 称,建物名等（方書）,多目的トイレ,盲導犬・介助犬・聴導犬同伴,画像ライセンス,ｕｒｌ,元データID,,元データID\n"+
		"公民館　,3階,有,可,CC BY,https://example.jp,17,x,18,beyond\n")
	rows, err := s.Match(columns)
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next() || rows.Line() != 4 {
		t.Fatalf("line %d", rows.Line())
	}
	for column, want := range map[string]string{"名称": "公民館", "建物名等(方書)": "3階", "バリアフリートイレ": "有", "盲導犬・介助犬、聴導犬同伴": "可",
		"画像_ライセンス": "CC BY", "URL": "https://example.jp", "電話番号": ""} {
		if got := rows.Get(column); got != want {
			t.Errorf("%s is %q, want %q", column, got, want)
		}
	}
	if rows.Has("電話番号") || !rows.Has("URL") {
		t.Error("Has does not tell a missing column from an empty cell")
	}
	if want := map[string]string{"元データID": "17", "#8": "x", "元データID#9": "18", "#10": "beyond"}; !reflect.DeepEqual(rows.Extra(), want) {
		t.Errorf("extra %v, want %v", rows.Extra(), want)
	}
	if rows.Next() {
		t.Error("there is another row")
	}
}

func TestMatch_ExactNameBeforeFoldedBeforeAlias(t *testing.T) {
	rows, err := read(t, "住所,所在地,名称（カナ）,名称_カナ\nalias,own,folded,exact\n").Match(Columns{
		{Name: "名称_カナ"}, {Name: "所在地", Aliases: []string{"住所"}}})
	if err != nil || !rows.Next() || rows.Get("名称_カナ") != "exact" || rows.Get("所在地") != "own" {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestMatch_SaysWhatIsMissing(t *testing.T) {
	s := read(t, "名称,電話\na,b\n")
	_, err := s.Match(Columns{{Name: "名称", Required: true}, {Name: "緯度", Required: true}, {Name: "経度", Required: true}})
	var e *fault.Error
	if key(err) != "table.columns_missing" || !errors.As(err, &e) || e.Args[1] != "緯度, 経度" {
		t.Errorf("%v", err)
	}
	if _, err := s.Match(Columns{{Name: "x"}}); key(err) != "table.columns_none" {
		t.Errorf("%v", err)
	}
}

func TestRows_RefuseAndCount(t *testing.T) {
	rows, err := read(t, "名称,開始日,定員\nA,令和8年4月1日,\"１,２００\"\n,2026/13/1,many\nC,45016,12.0\n").Match(
		Columns{{Name: "名称"}, {Name: "開始日"}, {Name: "定員"}})
	if err != nil {
		t.Fatal(err)
	}
	var summary Summary
	var seen []string
	for rows.Next() {
		if rows.Get("名称") == "" {
			rows.Refuse("名称", Missing)
		}
		since, seats := rows.Date("開始日"), rows.Int("定員")
		if rows.Refused() {
			continue
		}
		summary.Imported++
		seen = append(seen, since.String())
		if want := map[int]int64{2: 1200, 4: 12}[rows.Line()]; seats != want {
			t.Errorf("line %d has %d seats", rows.Line(), seats)
		}
	}
	summary.Refused, summary.Refusals = rows.Summary().Refused, rows.Refusals()
	if got := summary.String(); got != "imported 2, updated 0, unchanged 0, refused 1" || !slices.Equal(seen, []string{"2026-04-01", "2023-03-31"}) {
		t.Errorf("%s; %v", got, seen)
	}
	want := []Refusal{{3, "名称", Missing, nil}, {3, "開始日", NotDate, nil}, {3, "定員", NotNumber, nil}}
	if !reflect.DeepEqual(summary.Refusals, want) {
		t.Errorf("%v", summary.Refusals)
	}
	defer func() {
		if recover() == nil {
			t.Error("an undeclared column was read in silence")
		}
	}()
	rows.Get("定員数")
}

func TestRead_ExcelDatesTimesAndCodes(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("second"); err != nil {
		t.Fatal(err)
	}
	style := func(code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	builtin := func(id int) int {
		s, err := f.NewStyle(&excelize.Style{NumFmt: id})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cells := []struct {
		value any
		style int
		want  string
	}{
		{44348, builtin(14), "2021-06-01"},
		{44348, builtin(31), "2021-06-01"},
		{44348, style(`[$-411]ggge"年"m"月"d"日"`), "2021-06-01"},
		{44348, style(`m"月"d"日"(aaa)`), "2021-06-01"},
		{44348, style(`ge.m.d;@`), "2021-06-01"},
		{44348.375, style(`yyyy/m/d h:mm`), "2021-06-01 9:00"},
		{0.375, builtin(20), "9:00"},
		{0.8125, style(`h"時"mm"分"`), "19:30"},
		{1, builtin(46), "24:00:00"},
		{1.5, style(`[h]:mm`), "36:00"},
		{11002, style(`000000`), "011002"},
		{3320015, style(`000\-0000`), "332-0015"},
		{1234567.5, style(`"¥"#,##0;[Red]\-"¥"#,##0`), "1234567.5"},
		{0.25, builtin(9), "0.25"},
		{35.71397675, 0, "35.71397675"},
		{12345678901234, style(`0.00E+00`), "12345678901234"},
		{"=1+1", 0, "=1+1"},
		{"048-258-1110", style("@"), "048-258-1110"},
		{"令和8年", builtin(14), "令和8年"},
		{true, 0, "TRUE"},
		{"  spaced\nlines ", 0, "  spaced\nlines "},
	}
	for i, c := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, 2)
		if err != nil {
			t.Fatal(err)
		}
		head, _ := excelize.CoordinatesToCellName(i+1, 1)
		if err := errors.Join(f.SetCellValue("second", head, "h"), f.SetCellValue("second", at, c.value), f.SetCellStyle("second", at, at, c.style)); err != nil {
			t.Fatal(err)
		}
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	s, err := Read("dates.xlsx", &buf, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Encoding != EncodingXLSX || len(s.Rows) != 1 {
		t.Fatalf("%s, %d rows", s.Encoding, len(s.Rows))
	}
	for i, c := range cells {
		if s.Rows[0][i] != c.want {
			t.Errorf("%v in format %d read as %q, want %q", c.value, c.style, s.Rows[0][i], c.want)
		}
	}
}

func TestRead_ExcelWithinLimits(t *testing.T) {
	var buf bytes.Buffer
	rows := func(yield func([]string) bool) {
		for range 3000 {
			if !yield([]string{strings.Repeat("同じ", 50), "2"}) {
				return
			}
		}
	}
	if err := Write(&buf, XLSX, []string{"a", "b"}, rows); err != nil {
		t.Fatal(err)
	}
	for want, limit := range map[string]Limits{
		"table.too_many_rows":    {Rows: 2999},
		"table.too_many_columns": {Columns: 1},
		"table.cell_too_long":    {CellBytes: 299},
		"table.too_large":        {TotalBytes: int64(buf.Len())}, // unzips to far more than four times that
	} {
		if _, err := Read("big.xlsx", bytes.NewReader(buf.Bytes()), limit); key(err) != want {
			t.Errorf("with %+v: %v, want %s", limit, err, want)
		}
	}
	if _, err := Read("big.xlsx", bytes.NewReader(buf.Bytes()), Limits{}); err != nil {
		t.Error(err)
	}
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+81": "'+81", "@SUM": "'@SUM", "-1+2": "'-1+2", "\tx": "'\tx", "\rx": "'\rx", "＝x": "'＝x", "−5": "'−5",
		"-5": "-5", "-0.5": "-0.5", "'=x": "''=x", "''=x": "'''=x", "'x": "'x", "'": "'", "": "", "a=b": "a=b", "-": "'-", "5-3": "5-3",
	} {
		if got := harmless(in); got != want || whole(got) != in {
			t.Errorf("harmless(%q) = %q, want %q; whole again %q", in, got, want, whole(got))
		}
	}
}

// cells draws what people and attackers type, often enough to matter.
func cells() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune("=+-@'＝－\"\t,\r\n 　aｱ漢髙①🙂12.0"))),
		rapid.StringMatching(`-?[0-9]{1,18}(\.[0-9]{1,10})?`),
		rapid.StringMatching(`(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]`),
		rapid.SampledFrom([]string{"_x000D_", "_x005F_", "1e5", "TRUE", "-0", "1900-02-28", "1899-12-31", "#N/A", "&amp;<>", "0123", "\u200b"}),
		rapid.String().Filter(func(s string) bool { return printable(s) == s }),
	)
}

func TestWrite_ReadsBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom(Formats).Draw(t, "format")
		width := rapid.IntRange(1, 4).Draw(t, "width")
		row := rapid.SliceOfN(cells(), width, width)
		notBlank := func(row []string) bool { return strings.TrimSpace(row[len(row)-1]) != "" }
		header := row.Filter(notBlank).Draw(t, "header")
		rows := rapid.SliceOfN(row.Filter(notBlank), 0, 4).Draw(t, "rows")
		var buf bytes.Buffer
		if err := Write(&buf, format, header, slices.Values(rows)); err != nil {
			t.Fatal(err)
		}
		s, err := Read("x", bytes.NewReader(buf.Bytes()), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		want := append([][]string{header}, rows...)
		if format == CP932CSV {
			for _, row := range want {
				for i, cell := range row {
					if b, missing := jp.EncodeCP932(cell); len(missing) > 0 {
						t.SkipNow()
					} else if text, _, err := jp.DecodeText(b); err == nil && utf8.ValidString(text) {
						row[i] = text // Windows' twins of some signs
					}
				}
			}
		}
		if got := append([][]string{s.Header}, s.Rows...); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v: wrote %q, read %q", format, want, got)
		}
	})
}

func TestWrite_NoCellRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := cells().Draw(t, "cell")
		var buf bytes.Buffer
		if err := Write(&buf, UTF8CSV, []string{"h"}, slices.Values([][]string{{cell}})); err != nil {
			t.Fatal(err)
		}
		raw, _, _ := record(strings.TrimPrefix(buf.String(), byteOrderMark+"h\r\n"), ',', 10)
		if len(raw) > 0 && startsFormula(raw[0]) && !minusRe.MatchString(raw[0]) {
			t.Fatalf("%q was written as %q", cell, raw[0])
		}
	})
}

func TestWrite_ExcelKeepsNumbersAndDates(t *testing.T) {
	var buf bytes.Buffer
	row := []string{"1200", "-5", "35.8", "0123", "2026-11-28", "=1+1", "4000020112038"}
	if err := Write(&buf, XLSX, []string{"a", "b", "c", "d", "e", "f", "g"}, slices.Values([][]string{row})); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	kinds := map[bool]string{true: "number", false: "text"}
	for i, want := range []string{"number", "number", "number", "text", "number", "text", "text"} {
		at, _ := excelize.CoordinatesToCellName(i+1, 2)
		kind, err := f.GetCellType("Sheet1", at)
		if err != nil || kinds[kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber] != want {
			t.Errorf("%q was written as %v, %v, want a %s", row[i], kind, err, want)
		}
	}
	if formula, err := f.GetCellFormula("Sheet1", "F2"); formula != "" || err != nil {
		t.Errorf("formula %q, %v", formula, err)
	}
	if shown, err := f.GetCellValue("Sheet1", "E2"); shown != "2026-11-28" || err != nil {
		t.Errorf("the date shows as %q, %v", shown, err)
	}
}

func TestWrite_RefusesWhatExcelCannotHold(t *testing.T) {
	err := Write(io.Discard, XLSX, []string{"a"}, slices.Values([][]string{{strings.Repeat("🙂", 16_384)}}))
	if key(err) != "table.cell_too_long" {
		t.Errorf("%v", err)
	}
}

func TestUnencodable(t *testing.T) {
	if got := string(Unencodable([]string{"名称"}, slices.Values([][]string{{"한국", "吉"}, {"한🙂"}}))); got != "한국🙂" {
		t.Errorf("%q", got)
	}
}

func TestFormat_NamesReadBack(t *testing.T) {
	for _, f := range Formats {
		if got, ok := ParseFormat(f.String()); !ok || got != f || f.Ext() == "" || f.MIME() == "" {
			t.Errorf("%v reads back as %v, %v", f, got, ok)
		}
	}
	if _, ok := ParseFormat("pdf"); ok {
		t.Error("pdf is a format")
	}
}

const openData = "../../../shared/data/opendata"

func TestRead_ACitysOwnFiles(t *testing.T) {
	common := Columns{{Name: "全国地方公共団体コード", Required: true}, {Name: "名称", Aliases: []string{"地域名"}, Required: true},
		{Name: "建物名等（方書）"}, {Name: "電話番号"}, {Name: "調査年月日"}, {Name: "総人口"}, {Name: "多目的トイレ", Aliases: []string{"バリアフリートイレ"}}}
	for file, want := range map[string]struct{ rows, columns, extra int }{
		"122033_101_public_facility.csv":  {342, 56, 51},
		"122033_103_evacuation_space.csv": {121, 39, 35},
		"122033_104_population.csv":       {237, 46, 42},
	} {
		f, err := os.Open(filepath.Join(openData, file))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Read(file, f, Limits{})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if s.Encoding != string(jp.CP932) || len(s.Rows) != want.rows || len(s.Header) != want.columns {
			t.Errorf("%s: %s, %d rows of %d columns", file, s.Encoding, len(s.Rows), len(s.Header))
		}
		rows, err := s.Match(common)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows.header.extra) != want.extra {
			t.Errorf("%s: %d columns unknown, want %d", file, len(rows.header.extra), want.extra)
		}
		for rows.Next() {
			rows.Date("調査年月日")
			rows.Int("総人口")
			if rows.Get("全国地方公共団体コード") != "122033" {
				t.Errorf("%s line %d: code %q", file, rows.Line(), rows.Get("全国地方公共団体コード"))
			}
		}
		if got := rows.Summary(); got.Refused > 0 {
			t.Errorf("%s: %v %v", file, got, got.Refusals)
		}
		if rows.at != want.rows || s.lines[len(s.lines)-1] != want.rows+1 {
			t.Errorf("%s: walked %d rows, the last on line %d", file, rows.at, s.lines[len(s.lines)-1])
		}
		for _, format := range Formats {
			var buf bytes.Buffer
			if err := Write(&buf, format, s.Header, slices.Values(s.Rows)); err != nil {
				t.Fatal(err)
			}
			again, err := Read(file, &buf, Limits{})
			if err != nil || !reflect.DeepEqual(again.Rows, s.Rows) || !reflect.DeepEqual(again.Header, s.Header) {
				t.Errorf("%s does not survive %v: %v", file, format, err)
			}
		}
	}
}

// Two columns of one published file must never fold to the same name.
func TestFoldHeader_KeepsColumnsApart(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(openData, "HEADERS.md"))
	if err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, line := range strings.Split(string(b), "\n") {
		if !strings.HasPrefix(line, "`") || strings.Count(line, ",") < 8 {
			continue
		}
		lists++
		seen := map[string]string{}
		for _, name := range strings.Split(strings.Trim(line, "`"), ",") {
			if other, ok := seen[foldHeader(name)]; ok {
				t.Errorf("%s and %s fold to %q", name, other, foldHeader(name))
			}
			seen[foldHeader(name)] = name
		}
	}
	if lists < 15 {
		t.Errorf("only %d headers were read", lists)
	}
}
