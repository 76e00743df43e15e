package table

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\r\n1,2\r\n", "a\tb\n\"x\"\"y\",\n", "'=1,\"", "\xEF\xBB\xBF名称\n川口", "\x90\xEC,\x8C\xFB\n\x8E\x73", "\r\r\n,", "a\n\"\r\n\"x\n", "\x11"} {
		f.Add([]byte(s))
	}
	limit := Limits{Rows: 50, Columns: 20, CellBytes: 200, TotalBytes: 1 << 16}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Read("x.csv", bytes.NewReader(b), limit)
		if err != nil {
			if key(err) == "" {
				t.Fatalf("%q: %v is no fault", b, err)
			}
			return
		}
		var buf bytes.Buffer
		if err := Write(&buf, UTF8CSV, s.Header, slices.Values(s.Rows)); err != nil {
			t.Fatal(err)
		}
		again, err := Read("x.csv", &buf, Limits{})
		if err != nil {
			t.Fatalf("%q was read as %q, which is refused: %v", b, s.Rows, err)
		}
		if !reflect.DeepEqual(again.Header, s.Header) || !reflect.DeepEqual(again.Rows, s.Rows) {
			t.Fatalf("%q was read as %q %q, then as %q %q", b, s.Header, s.Rows, again.Header, again.Rows)
		}
	})
}

// FuzzReadWorkbook puts any text in the place of a workbook's sheet and of its
// first cell format: a zip file's checksums keep most other damage out.
func FuzzReadWorkbook(f *testing.F) {
	var buf bytes.Buffer
	if err := Write(&buf, XLSX, []string{"名称", "日"}, slices.Values([][]string{{"川口", "2026-11-28"}, {"=1", "-5"}})); err != nil {
		f.Fatal(err)
	}
	const sheetPart, stylePart = "xl/worksheets/sheet1.xml", "xl/styles.xml"
	parts := map[string]string{}
	archive, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			f.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			f.Fatal(err)
		}
		parts[file.Name] = string(b)
	}
	if !strings.Contains(parts[stylePart], dateCode) {
		f.Fatal("the workbook has no format of ours to replace")
	}
	f.Add(parts[sheetPart], "ge.m.d")
	f.Add(`<worksheet><sheetData><row r="2"><c r="C2" t="s"><v>9</v></c><c t="d"><v>20210601T090000</v></c></row><row r="1"/></sheetData></worksheet>`, "[h]:mm")
	f.Add(`<worksheet><sheetData><row r="1048576"><c r="XFD1" s="1"><v>1e300</v></c></row></sheetData></worksheet>`, "0000")
	f.Add(`<worksheet><sheetData><row r="-1"><c r="A0" s="99" t="inlineStr"><is><t>x</t></is></c></row>`, `"`)
	f.Fuzz(func(t *testing.T, sheet, code string) {
		if len(code) > 30 || len(sheet) > 1<<15 || strings.ContainsAny(code, "<&\"") {
			return
		}
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		for name, part := range parts {
			switch name {
			case sheetPart:
				part = sheet
			case stylePart:
				part = strings.ReplaceAll(part, dateCode, code)
			}
			out, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(out, part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := Read("x.xlsx", &file, Limits{Rows: 50, Columns: 20, CellBytes: 200, TotalBytes: 1 << 17})
		if err != nil && key(err) == "" {
			t.Fatalf("%v is no fault", err)
		}
		if err == nil && (len(s.Rows) > 50 || len(s.Header) > 20) {
			t.Fatalf("%d rows of %d columns", len(s.Rows), len(s.Header))
		}
	})
}
