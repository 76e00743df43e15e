package i18n

import (
	"fmt"
	"testing"

	"github.com/BurntSushi/toml"
	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/feature/plural"
)

// TestPluralForm_IsGoI18ns holds our plural classes equal to go-i18n's, whose
// file format we read; pluralForm says why not in Vietnamese.
func TestPluralForm_IsGoI18ns(t *testing.T) {
	names := map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one",
		plural.Two: "two", plural.Few: "few", plural.Many: "many"}
	counts := []int64{-1, 10_000, 10_001, 99_999, 1_000_000, 1_000_001, 2_000_000, 2_000_004, 1_000_000_003, 1 << 40}
	for n := range int64(1300) {
		counts = append(counts, n)
	}
	for _, lang := range Langs {
		if lang == Vi {
			continue
		}
		bundle := goi18n.NewBundle(lang.Tag())
		bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
		// a message whose plural forms say their own names
		bundle.MustAddMessages(lang.Tag(), &goi18n.Message{ID: "form", Zero: "zero", One: "one", Two: "two",
			Few: "few", Many: "many", Other: "other"})
		theirs := goi18n.NewLocalizer(bundle, lang.Tag().String())
		for _, n := range counts {
			want := theirs.MustLocalize(&goi18n.LocalizeConfig{MessageID: "form", PluralCount: n})
			if got := names[pluralForm(lang.Tag(), n)]; got != want {
				t.Fatalf("%s: %d is %q, go-i18n says %q", lang, n, got, want)
			}
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"", "x", "{{.a}}", "a{{ .b }}c{{.d}}", "{{", "}}", "{{.}}", "{{{.a}}}", "{{.a}}}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tmpl, err := compile(s)
		if err != nil {
			return
		}
		// Putting each placeholder back in gives an equal template.
		var pairs []string
		for _, p := range tmpl {
			if p.name != "" {
				pairs = append(pairs, p.name, "{{."+p.name+"}}")
			}
		}
		again, err := compile(tmpl.fill(pairs...))
		if err != nil || len(again) != len(tmpl) {
			t.Fatalf("compile(%q) = %v; said again: %v, %v", s, tmpl, again, err)
		}
	})
}

func TestPlurals(t *testing.T) {
	want := map[Lang]string{En: "[one other]", Fil: "[one other]", Tr: "[one other]", Ne: "[one other]"}
	for _, l := range Langs {
		w := want[l]
		if w == "" {
			w = "[other]"
		}
		if got := fmt.Sprint(l.Plurals()); got != w {
			t.Errorf("%s has %s, want %s", l, got, w)
		}
	}
}
