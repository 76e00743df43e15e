package jp

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"
)

func TestDecodeText(t *testing.T) {
	for _, c := range []struct {
		in   string
		text string
		enc  Encoding
	}{
		{"", "", UTF8},
		{"plain", "plain", UTF8},
		{"川口市", "川口市", UTF8},
		{"\xEF\xBB\xBF川口市", "川口市", UTF8BOM},
		{"\x90\xEC\x8C\xFB\x8E\x73", "川口市", CP932},
		{"\x87\x40\xFB\xFC\xB1", "①髙ｱ", CP932},                        // NEC's and IBM's additions, half-width kana
		{"\x8F\x5A\x81\xA6\xF0\x40\xF9\xFC", "住※\uE000\uE757", CP932}, // characters of the office's own
		{"\xFF\xFE\xDD\x5D\xE3\x53", "川口", UTF16},
	} {
		if text, enc, err := DecodeText([]byte(c.in)); err != nil || text != c.text || enc != c.enc {
			t.Errorf("DecodeText(%q) = %q, %s, %v, want %q, %s", c.in, text, enc, err, c.text, c.enc)
		}
	}
	for _, s := range []string{"\x90", "\xFF\xFF", "PK\x03\x04\x00", "\xEF\xBB\xBF\xFF", "\x81\x20\xFD"} {
		if text, enc, err := DecodeText([]byte(s)); err == nil {
			t.Errorf("DecodeText(%q) = %q, %s, want an error", s, text, enc)
		}
	}
}

func TestEncodeCP932(t *testing.T) {
	b, missing := EncodeCP932("川口〜市−髙①ｱか\u3099")
	text, _, err := DecodeText(b)
	if err != nil || text != "川口～市－髙①ｱが" || missing != nil {
		t.Errorf("%q, missing %q, %v", text, missing, err)
	}
	if b, _ := EncodeCP932("ⅰ髙∵￢Ⅰ"); string(b) != "\xFA\x40\xFB\xFC\x81\xE6\x81\xCA\x87\x54" {
		t.Errorf("doubled characters have other bytes than on Windows: % X", b)
	}
	b, missing = EncodeCP932("한국어 नेपाली ¥100 吉𠮷😀😀")
	text, _, err = DecodeText(b)
	if err != nil || !slices.Equal(missing, []rune("한국어नेपाली¥𠮷😀")) || text != "〓〓〓 〓〓〓〓〓〓 〓100 吉〓〓〓" {
		t.Errorf("%q, missing %q, %v", text, string(missing), err)
	}
}

func FuzzDecodeText(f *testing.F) {
	for _, s := range []string{"川口", "\x90\xEC", "\x87\x40", "\xFF\xFEa\x00", "\xEF\xBB\xBF", "\x81\x60\x81\x5C", "\x80", "\xF0\x40", "\xED\x40"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text, enc, err := DecodeText(b)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q gave text that is not UTF-8: %q", b, text)
		}
		if again, e, err := DecodeText([]byte(text)); enc != UTF16 && !bytes.HasPrefix([]byte(text), []byte(bom)) && (err != nil || again != text || e != UTF8) {
			t.Fatalf("%q gave %q, which gives %q, %s, %v", b, text, again, e, err)
		}
		encoded, missing := EncodeCP932(text)
		if enc == CP932 && len(missing) > 0 {
			t.Errorf("%q came from CP932 but %q cannot go back", text, missing)
		}
		if utf8.Valid(encoded) {
			return // ASCII, or the rare CP932 that looks like UTF-8
		}
		back, _, err := DecodeText(encoded)
		if err != nil {
			t.Fatalf("%q was encoded as %q, which is refused: %v", text, encoded, err)
		}
		if rest, _ := EncodeCP932(back); !bytes.Equal(rest, encoded) {
			t.Errorf("%q settles neither as %q nor as %q", text, encoded, rest)
		}
	})
}
