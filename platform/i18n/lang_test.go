package i18n_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"kakehashi/platform/i18n"
)

func TestMatch(t *testing.T) {
	for header, want := range map[string]i18n.Lang{
		"":                                    i18n.Ja,
		"*":                                   i18n.Ja,
		"ja":                                  i18n.Ja,
		"ja-JP,ja;q=0.9,en-US;q=0.8":          i18n.Ja,
		"ja-easy":                             i18n.JaEasy,
		"en, ja-easy;q=0.5":                   i18n.En,
		"JA-Easy, en;q=0.5":                   i18n.JaEasy,
		"ja-x-easy":                           i18n.JaEasy,
		"en-GB,en;q=0.9":                      i18n.En,
		"en-PH,tl;q=0.9":                      i18n.En,
		"vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7": i18n.Vi,
		"zh":                                  i18n.ZhHans,
		"zh-CN,zh;q=0.9":                      i18n.ZhHans,
		"zh-SG":                               i18n.ZhHans,
		"zh-TW":                               i18n.ZhHant,
		"zh-HK":                               i18n.ZhHant,
		"zh-MO":                               i18n.ZhHant,
		"zh-Hant-CN":                          i18n.ZhHant,
		"zh-Hans-TW":                          i18n.ZhHans,
		"zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7": i18n.ZhHant,
		"ko-KR":                               i18n.Ko,
		"tl":                                  i18n.Fil,
		"tl-PH":                               i18n.Fil,
		"fil-PH":                              i18n.Fil,
		"tr-TR,tr;q=0.9":                      i18n.Tr,
		"ne-NP":                               i18n.Ne,
		"ne_NP":                               i18n.Ne,
		"en;q=0.5, tr;q=0.8":                  i18n.Tr,
		"tr;q=0, ko;q=0.1":                    i18n.Ko,
		"pt-BR,pt;q=0.9,en;q=0.8":             i18n.En,
		"pt-BR":                               i18n.Ja,
		"xx-nonsense-long-subtag, vi":         i18n.Vi,
		"!!!":                                 i18n.Ja,
		strings.Repeat("de-DE,", 100) + "ne":  i18n.Ja,
		"ne," + strings.Repeat("de-DE,", 100): i18n.Ne,
		strings.Repeat("x", 10_000):           i18n.Ja,
	} {
		for range 2 { // the second is remembered
			if got := i18n.Match(header); got != want {
				t.Errorf("Match(%.60q) = %s, want %s", header, got, want)
			}
		}
	}
}

func TestMatch_RemembersWithoutGrowing(t *testing.T) {
	for i := range 2000 {
		if got := i18n.Match(fmt.Sprintf("ko;q=0.%d", i)); got != i18n.Ko && i != 0 {
			t.Fatalf("Match number %d = %s", i, got)
		}
	}
}

func TestLang_IsWhatItSays(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range i18n.Langs {
		if l.Name() == "" || l.HTML() == "" || l.Dir() != "ltr" || seen[l.Name()] {
			t.Errorf("%s: name %q, lang %q, dir %q", l, l.Name(), l.HTML(), l.Dir())
		}
		seen[l.Name()] = true
		if got, ok := i18n.ParseLang(strings.ToUpper(string(l))); !ok || got != l {
			t.Errorf("ParseLang(%s) = %s, %v", strings.ToUpper(string(l)), got, ok)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d languages, want 10", len(seen))
	}
	if i18n.JaEasy.HTML() != "ja" {
		t.Error("plain Japanese must be read aloud as Japanese")
	}
	for _, s := range []string{"", "ja_easy", "zh", "english", "ja "} {
		if l, ok := i18n.ParseLang(s); ok {
			t.Errorf("ParseLang(%q) = %s", s, l)
		}
	}
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{"", "ja", "zh-TW,zh;q=0.9", "tl;q=0.3,*;q=0.1", "en;q=9", "-,;q=", "ja-x-easy"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		first := i18n.Match(header)
		if !slices.Contains(i18n.Langs, first) {
			t.Fatalf("Match(%q) = %q, which is none of ours", header, first)
		}
		if second := i18n.Match(header); second != first {
			t.Fatalf("Match(%q) = %s, and then %s", header, first, second)
		}
	})
}

func FuzzParseLang(f *testing.F) {
	for _, seed := range []string{"", "ja", "JA-EASY", "zh-hant", "tl", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, ok := i18n.ParseLang(s)
		if ok != slices.Contains(i18n.Langs, l) {
			t.Fatalf("ParseLang(%q) = %q, %v", s, l, ok)
		}
		if ok && !strings.EqualFold(string(l), s) {
			t.Fatalf("ParseLang(%q) = %q", s, l)
		}
		var u i18n.Lang
		if err := u.UnmarshalText([]byte(s)); (err == nil) != ok || u != l {
			t.Fatalf("UnmarshalText(%q) = %q, %v; ParseLang = %q", s, u, err, l)
		}
	})
}
