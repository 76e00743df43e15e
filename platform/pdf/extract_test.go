package pdf_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/platform/pdf"
)

var (
	streams = regexp.MustCompile(`(?s)stream\n(.*?)\n?endstream`)
	ranges  = regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]+)>`)
	shown   = regexp.MustCompile(`/F(\d) [^\n]*\n(?:[^\n]* rg\n)?\[<([0-9A-F]*)>\] TJ`)
)

// extract returns the text that a file shows, line by line as it was drawn, read
// from the file itself: glyphs by way of each font's table to Unicode.
func extract(t interface{ Fatalf(string, ...any) }, file []byte) string {
	var fonts []map[string]string
	var out strings.Builder
	for _, m := range streams.FindAllSubmatch(file, -1) {
		if bytes.Contains(m[1], []byte("beginbfrange")) {
			font := map[string]string{}
			for _, r := range ranges.FindAllSubmatch(m[1], -1) {
				n, err := strconv.ParseInt(string(r[2]), 16, 32)
				if err != nil {
					t.Fatalf("to Unicode: %v", err)
				}
				font[string(r[1])] = string(rune(n))
			}
			fonts = append(fonts, font)
		}
	}
	for _, m := range streams.FindAllSubmatch(file, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		page, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(page, []byte(" TJ\n")) {
			continue
		}
		for _, s := range shown.FindAllSubmatch(page, -1) {
			font := fonts[s[1][0]-'1']
			for hex := s[2]; len(hex) >= 4; hex = hex[4:] {
				out.WriteString(font[string(hex[:4])])
			}
			out.WriteByte('\n')
		}
	}
	return out.String()
}

func TestWrite_Text(t *testing.T) {
	file, err := permit().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got := extract(t, file)
	for _, want := range []string{"施設使用許可書", "あおぞら読み聞かせの会　様", "1,350円", "めの準備をします。", "1 / 2", "2 / 2", "この許可書は、使用の当日にお持ちください。"} {
		if !strings.Contains(got, want) {
			t.Errorf("the file does not say %q; it says:\n%s", want, got)
		}
	}
}

// TestWrite_EveryCharacter: whatever is handed in comes out of the file again,
// over however many pages.
func TestWrite_EveryCharacter(t *testing.T) {
	alphabet := []rune("あ漢字「」（、。ーっゃ1,2円第条 abc-\n　…¥%髙﨑éễşЖ")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 400).Draw(t, "text"))
		value := strings.Repeat(text, rapid.IntRange(1, 20).Draw(t, "times"))
		d := pdf.New(pdf.Setup{Paper: pdf.A5})
		d.Text(text)
		d.Facts(pdf.Fact{Label: "目的", Value: value})
		file, err := d.Bytes()
		if err != nil {
			t.Fatalf("%v", err)
		}
		bare := strings.NewReplacer("\n", "").Replace
		if got, want := bare(extract(t, file)), bare(text+"目的"+value); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
