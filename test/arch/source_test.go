package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

var (
	externalURL = regexp.MustCompile(`(?:https?:)?//[a-zA-Z0-9][a-zA-Z0-9.-]*\.[a-z]{2,}`)
	// harmlessURL matches names that look like addresses and are never fetched:
	// namespaces, and hosts that belong to nobody (RFC 2606, JPRS).
	harmlessURL  = regexp.MustCompile(`^https?://(?:www\.w3\.org|(?:[a-z]+\.)?example\.(?:jp|com|org|net))$`)
	cssComment   = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineComment  = regexp.MustCompile(`(?m)^\s*//.*$`)
	blankLines   = regexp.MustCompile(`[^\n]+`)
	inlineScript = regexp.MustCompile(`^on[a-z]+$`)
)

// TestPages_FetchNothingFromOutside: it runs on a closed office network.
func TestPages_FetchNothingFromOutside(t *testing.T) {
	blank := func(s string) string { return blankLines.ReplaceAllString(s, "") }
	sources(t, 20, func(path, text string) {
		text = cssComment.ReplaceAllStringFunc(text, blank)
		text = lineComment.ReplaceAllStringFunc(text, blank)
		for i, line := range strings.Split(text, "\n") {
			for _, u := range externalURL.FindAllString(line, -1) {
				if !harmlessURL.MatchString(u) {
					t.Errorf("%s:%d: %s points outside", path, i+1, u)
				}
			}
		}
	}, ".templ", ".css", ".js", ".svg", ".toml", ".webmanifest")
}

// foreign returns a letter that only a text for readers has: Japanese, Chinese,
// Korean, Devanagari.
func foreign(s string) (rune, bool) {
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Devanagari) {
			return r, true
		}
	}
	return 0, false
}

var (
	// letters are two together: units and signs of one letter are no text.
	letters = regexp.MustCompile(`\p{L}{2,}`)
	// spoken are the attributes that people read or hear.
	spoken = map[string]bool{"title": true, "alt": true, "placeholder": true, "aria-label": true, "aria-description": true, "content": false, "label": true}
)

// standsAlone are documents that leave the server without its style sheet: a
// mail, and a sheet that is saved or printed elsewhere.
var standsAlone = map[string]bool{"platform/deliver/layout.templ": true, "platform/deliver/paper/sheet.templ": true}

// TestTemplates_HoldNoText: every word a person reads is a message, and nothing
// is inline that the content security policy refuses.
func TestTemplates_HoldNoText(t *testing.T) {
	texts, attributes := 0, 0
	sources(t, 15, func(path, text string) {
		f, err := templ.ParseString(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		v := visitor.New()
		v.Text = func(n *templ.Text) error {
			texts++
			if letters.MatchString(n.Value) {
				t.Errorf("%s:%d: text %q stands in a template; it belongs into messages/", path, n.Range.From.Line+1, strings.TrimSpace(n.Value))
			}
			return nil
		}
		v.ConstantAttribute = func(n *templ.ConstantAttribute) error {
			attributes++
			name := n.Key.String()
			if spoken[name] && letters.MatchString(n.Value) {
				t.Errorf("%s: %s=%q stands in a template; it belongs into messages/", path, name, n.Value)
			}
			inline(t, path, name)
			return nil
		}
		v.ExpressionAttribute = func(n *templ.ExpressionAttribute) error {
			inline(t, path, n.Key.String())
			if s, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value)); err == nil && spoken[n.Key.String()] && letters.MatchString(s) {
				t.Errorf("%s: %s={%q} stands in a template; it belongs into messages/", path, n.Key, s)
			}
			return nil
		}
		v.StringExpression = func(n *templ.StringExpression) error {
			if s, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value)); err == nil && letters.MatchString(s) {
				t.Errorf("%s: { %q } stands in a template; it belongs into messages/", path, s)
			}
			return nil
		}
		v.ScriptElement = func(n *templ.ScriptElement) error {
			if len(n.Contents) > 0 {
				t.Errorf("%s: a script stands in a template", path)
			}
			return nil
		}
		v.RawElement = func(n *templ.RawElement) error {
			if n.Name == "style" && !standsAlone[path] {
				t.Errorf("%s: a style sheet stands in a template", path)
			}
			return nil
		}
		if err := f.Visit(v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for i, line := range strings.Split(lineComment.ReplaceAllString(text, ""), "\n") {
			if r, found := foreign(line); found {
				t.Errorf("%s:%d: %q stands in a template; it belongs into messages/", path, i+1, r)
			}
		}
	}, ".templ")
	if texts == 0 || attributes < 100 {
		t.Fatalf("saw %d texts and %d attributes: the test reads no templates", texts, attributes)
	}
}

// inline reports a style or script that stands in an attribute.
func inline(t *testing.T, path, attribute string) {
	t.Helper()
	if attribute == "style" || inlineScript.MatchString(attribute) {
		t.Errorf("%s: %s is inline, which the content security policy refuses", path, attribute)
	}
}

// wordsAsData are the sources whose Japanese is data rather than text for
// readers, by path or folder, with the reason.
var wordsAsData = map[string]string{
	"engines/":                             "parsers and tables of Japanese",
	"platform/i18n/":                       "names of languages, dates and numbers are what it makes",
	"app/bench/":                           "bookings that a benchmark makes up",
	"domains/places/cast/":                 "facilities of the demo city",
	"domains/places/importing/":            "headers of open data",
	"domains/places/facility/import_words": "words of open data",
	"domains/places/money/statement":       "headers of banks' statements",
	"domains/places/counter/read":          "how dates and times are typed from paper",
	"domains/places/rules/cast/":           "rules of the demo city",
	"domains/groups/town/":                 "how addresses are written",
	"domains/groups/roster/import":         "headers of lists from groups",
	"domains/groups/roster/export":         "headers of lists from groups",
}

// asData returns the entry of wordsAsData that the path falls under.
func asData(path string) (string, bool) {
	for prefix := range wordsAsData {
		if strings.HasPrefix(path, prefix) {
			return prefix, true
		}
	}
	return "", false
}

// TestGo_HoldsNoText: the same for string literals in Go. An exception that
// nothing needs any more fails, too.
func TestGo_HoldsNoText(t *testing.T) {
	used := map[string]bool{}
	sources(t, 100, func(path, text string) {
		if !handWritten(path) || strings.HasPrefix(path, "test/") {
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, text, 0)
		if err != nil {
			t.Error(err)
			return
		}
		prefix, data := asData(path)
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				return true
			}
			if _, found := foreign(s); found {
				if used[prefix] = true; !data {
					t.Errorf("%s: %q is text in code; it belongs into messages/", fset.Position(lit.Pos()), s)
				}
			}
			return true
		})
	}, ".go")
	for prefix, why := range wordsAsData {
		if !used[prefix] && why != "" {
			t.Errorf("wordsAsData excuses %s, which holds no such words", prefix)
		}
	}
}

// TestGo_IsFinished: nothing is put off, skipped or slept through.
func TestGo_IsFinished(t *testing.T) {
	unfinished := regexp.MustCompile(`\b(?:TO` + `DO|FIX` + `ME|X` + `XX)\b`)
	// SkipNow is not among them: rapid calls it a draw that does not count.
	waits := regexp.MustCompile(`\btime\.Sle` + `ep\(|\b[tb]\.Ski` + `pf?\(`)
	sources(t, 100, func(path, text string) {
		for i, line := range strings.Split(text, "\n") {
			if unfinished.MatchString(line) {
				t.Errorf("%s:%d: %s", path, i+1, strings.TrimSpace(line))
			}
			if strings.HasSuffix(path, "_test.go") && waits.MatchString(line) {
				t.Errorf("%s:%d: a test sleeps or skips: %s", path, i+1, strings.TrimSpace(line))
			}
		}
	}, ".go", ".templ", ".js", ".css")
}
