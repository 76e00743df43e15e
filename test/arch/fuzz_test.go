package arch

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	parserFunc = regexp.MustCompile(`(?m)^func (?:\([^)]*\) )?((?:[Pp]arse|[Dd]ecode)[A-Z]\w*|parse|decode)\(([^)]*)\)`)
	fuzzFunc   = regexp.MustCompile(`(?m)^func Fuzz[A-Z]\w*\(`)
	// foreignInput are the parameters that bring what somebody else wrote.
	foreignInput = regexp.MustCompile(`\b(?:string|\[\]byte|io\.Reader|url\.Values|http\.Header)\b`)
)

// notFuzzed are packages whose parsers read nothing that a stranger wrote, or
// hand it to a fuzzed one, with the reason.
var notFuzzed = map[string]string{
	"domains/groups/desk": "chooses between two words",
	"domains/places":      "hands identifiers to db.ParseID",
	"platform/web":        "lets net/http read forms",
}

// TestParsers_AreFuzzed: whoever reads what others wrote shows that nothing
// breaks it. An exception that nothing needs any more fails, too.
func TestParsers_AreFuzzed(t *testing.T) {
	parsers, fuzzed := map[string]string{}, map[string]bool{}
	sources(t, 100, func(path, text string) {
		dir := filepath.ToSlash(filepath.Dir(path))
		switch {
		case strings.HasPrefix(path, "test/") || strings.Contains(path, "i18ntest/"):
		case strings.HasSuffix(path, "_test.go"):
			fuzzed[dir] = fuzzed[dir] || fuzzFunc.MatchString(text)
		default:
			for _, m := range parserFunc.FindAllStringSubmatch(text, -1) {
				if foreignInput.MatchString(m[2]) || m[1] == "parseForm" {
					parsers[dir] = m[1]
				}
			}
		}
	}, ".go")
	const least = 15
	if len(parsers) < least {
		t.Fatalf("only %d packages have a parser: the test reads the wrong tree", len(parsers))
	}
	for dir, name := range parsers {
		if !fuzzed[dir] && notFuzzed[dir] == "" {
			t.Errorf("%s has the parser %s and no fuzz target", dir, name)
		}
	}
	for dir := range notFuzzed {
		if parsers[dir] == "" || fuzzed[dir] {
			t.Errorf("notFuzzed excuses %s, which needs no excuse", dir)
		}
	}
}
