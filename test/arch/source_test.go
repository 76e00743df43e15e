package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// sources calls fn with every file of the program's own below the root whose
// name ends in one of the suffixes, and fails when there are fewer than least:
// a guard against testing nothing.
func sources(t *testing.T, least int, fn func(path, text string), suffixes ...string) {
	t.Helper()
	const root = "../.."
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if name := d.Name(); name == ".git" || name == "node_modules" || name == "testdata" || rel == "data" || rel == "shots" {
				return filepath.SkipDir
			}
			return nil
		}
		for _, s := range suffixes {
			if strings.HasSuffix(rel, s) {
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				seen++
				fn(rel, string(b))
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < least {
		t.Fatalf("only %d files end in %v, want at least %d: the test reads the wrong tree", seen, suffixes, least)
	}
}

var externalURL = regexp.MustCompile(`(?:https?:)?//[a-zA-Z0-9][a-zA-Z0-9.-]*\.[a-z]{2,}`)

// harmlessURL matches names that look like addresses and are never fetched.
var harmlessURL = regexp.MustCompile(`^https?://(?:www\.)?(?:w3\.org|example\.(?:jp|com|org|net))`)

// TestPages_FetchNothingFromOutside: it runs on a closed office network.
func TestPages_FetchNothingFromOutside(t *testing.T) {
	sources(t, 10, func(path, text string) {
		for i, line := range strings.Split(text, "\n") {
			if strings.HasSuffix(path, ".js") && strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			for _, u := range externalURL.FindAllString(stripComments(path, line), -1) {
				if !harmlessURL.MatchString(u) {
					t.Errorf("%s:%d: %s points outside", path, i+1, u)
				}
			}
		}
	}, ".templ", ".css", ".js", ".svg")
}

func stripComments(path, line string) string {
	if strings.HasSuffix(path, ".css") {
		return regexp.MustCompile(`/\*.*?(\*/|$)`).ReplaceAllString(line, "")
	}
	if strings.HasSuffix(path, ".templ") && strings.HasPrefix(strings.TrimSpace(line), "//") {
		return ""
	}
	return line
}

// Japanese, Chinese, Korean, Devanagari and accented Latin letters in a
// template are text that belongs into messages/.
func foreign(s string) (rune, bool) {
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Devanagari) {
			return r, true
		}
	}
	return 0, false
}

var (
	markupText = regexp.MustCompile(`>([^<>{}@]*)<`)
	attrText   = regexp.MustCompile(`\b(?:title|alt|placeholder|aria-label)="([^"]*)"`)
	letters    = regexp.MustCompile(`\p{L}{2,}`)
)

// TestTemplates_HoldNoText: every word a person reads is a message.
func TestTemplates_HoldNoText(t *testing.T) {
	sources(t, 10, func(path, text string) {
		for i, line := range strings.Split(text, "\n") {
			code := strings.TrimSpace(line)
			if strings.HasPrefix(code, "//") {
				continue
			}
			if r, found := foreign(line); found {
				t.Errorf("%s:%d: %q stands in a template; it belongs into messages/", path, i+1, r)
			}
			if !strings.HasPrefix(code, "<") {
				continue
			}
			for _, m := range append(markupText.FindAllStringSubmatch(code, -1), attrText.FindAllStringSubmatch(code, -1)...) {
				if letters.MatchString(m[1]) {
					t.Errorf("%s:%d: text %q stands in a template; it belongs into messages/", path, i+1, strings.TrimSpace(m[1]))
				}
			}
			if strings.Contains(code, ` style="`) || strings.Contains(code, ` onclick=`) {
				t.Errorf("%s:%d: inline style or script, which the content security policy refuses", path, i+1)
			}
		}
	}, ".templ")
}

// dataFile reports whether a Go file holds words of the domain as data rather
// than text for readers: parsers of Japanese, sample data, headers of files.
func dataFile(path string) bool {
	for _, part := range []string{"engines/", "demo", "cast/", "import", "export", "platform/i18n/", "platform/table/", "_templ.go", "_test.go", "test/"} {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// TestGo_HoldsNoText: the same for string literals in Go.
func TestGo_HoldsNoText(t *testing.T) {
	sources(t, 50, func(path, text string) {
		if dataFile(path) {
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, text, 0)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
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
				t.Errorf("%s: %q is text in code; it belongs into messages/", fset.Position(lit.Pos()), s)
			}
			return true
		})
	}, ".go")
}

// TestFiles_StayShort: a file past 600 lines is asking for a wall.
func TestFiles_StayShort(t *testing.T) {
	const most = 600
	sources(t, 50, func(path, text string) {
		if strings.HasSuffix(path, "_templ.go") {
			return
		}
		if n := strings.Count(text, "\n"); n > most {
			t.Errorf("%s has %d lines, more than %d", path, n, most)
		}
	}, ".go", ".templ")
}
