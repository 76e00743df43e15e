package jp

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openData holds a city's published files as they are: CP932, and typed by hand.
const openData = "../../../shared/data/opendata"

func TestParsers_OnACitysOwnFiles(t *testing.T) {
	read := map[string]int{}
	columns := map[string]func(string) error{
		"電話番号":    func(s string) error { _, err := Phone(s); return err },
		"郵便番号":    func(s string) error { _, err := PostalCode(s); return err },
		"開始時間":    func(s string) error { _, err := Clock(s); return err },
		"終了時間":    func(s string) error { _, err := Clock(s); return err },
		"調査年月日":   func(s string) error { _, err := ParseAnyDate(s); return err },
		"名称_カナ":   func(s string) error { Romaji(s); return nil },
		"名称":      func(s string) error { Fold(s); return nil },
		"地方公共団体名": func(s string) error { Fold(s); return nil },
	}
	files, err := filepath.Glob(openData + "/*.csv")
	if err != nil || len(files) < 3 {
		t.Fatalf("only %d files in %s: %v", len(files), openData, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text, enc, err := DecodeText(b)
		if err != nil || enc != CP932 {
			t.Fatalf("%s is %s, %v", file, enc, err)
		}
		if back, missing := EncodeCP932(text); string(back) != string(b) || missing != nil {
			t.Errorf("%s does not encode as it was; missing %q", file, missing)
		}
		records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for line, record := range records[1:] {
			for i, cell := range record {
				name := records[0][i]
				if check := columns[name]; check != nil && cell != "" {
					read[name]++
					if err := check(cell); err != nil {
						t.Errorf("%s record %d, %s %q: %v", filepath.Base(file), line+2, name, cell, err)
					}
				}
			}
		}
	}
	for name := range columns {
		if read[name] == 0 {
			t.Errorf("no cell of %s was read", name)
		}
	}
	if read["電話番号"] < 300 || read["調査年月日"] != 237 {
		t.Errorf("read only %v", read)
	}
}

// Every character of the code page must survive the way out and in again.
func TestCP932_EveryCharacter(t *testing.T) {
	known := 0
	for lead := 0x81; lead <= 0xFC; lead++ {
		for trail := 0x40; trail <= 0xFC; trail++ {
			text, enc, err := DecodeText([]byte{0x90, 0xEC, 0x8C, 0xFB, byte(lead), byte(trail)})
			if err != nil || enc != CP932 || len([]rune(text)) != 3 {
				continue
			}
			known++
			b, missing := EncodeCP932(text)
			back, _, err := DecodeText(b)
			if err != nil || missing != nil || back != text {
				t.Errorf("%02X%02X is %q, which encodes to % X and reads %q (missing %q, %v)", lead, trail, text, b, back, missing, err)
			}
		}
	}
	if known < 9600 {
		t.Errorf("only %d characters are known", known)
	}
}
