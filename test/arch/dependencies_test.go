package arch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// TestDependencies_AreExplained: each direct dependency has a line that says
// why it and not another, and each line has its dependency.
func TestDependencies_AreExplained(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", b, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "adr", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string // first cells of the table
	for line := range strings.Lines(string(doc)) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			lines = append(lines, cells[1])
		}
	}
	direct := map[string]bool{}
	for _, r := range mod.Require {
		direct[r.Mod.Path] = !r.Indirect
		if !r.Indirect && !explained(lines, r.Mod.Path) {
			t.Errorf("docs/adr/dependencies.md does not say why %s", r.Mod.Path)
		}
	}
	for _, cell := range lines {
		for word := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ' ' || r == ',' || r == '(' || r == ')' }) {
			if host, _, ok := strings.Cut(word, "/"); ok && strings.Contains(host, ".") {
				if _, known := direct[word]; !known {
					t.Errorf("docs/adr/dependencies.md explains %s, which go.mod does not have", word)
				}
			}
		}
	}
}

// explained reports whether a cell names the module, or one that it belongs to:
// "river and its drivers".
func explained(cells []string, module string) bool {
	for _, cell := range cells {
		for word := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ' ' || r == ',' }) {
			if word == module || strings.Contains(cell, "and its") && strings.HasPrefix(module, word+"/") {
				return true
			}
		}
	}
	return false
}
