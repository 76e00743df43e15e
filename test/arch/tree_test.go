package arch

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// notOurs reports whether a folder holds nothing that was written here.
func notOurs(rel, name string) bool {
	return name == ".git" || name == "node_modules" || name == "testdata" || rel == "data" || rel == "shots"
}

// sources calls fn with every file of the program's own whose name ends in one
// of the suffixes, and fails when there are fewer than least: a guard against
// testing nothing.
func sources(t *testing.T, least int, fn func(path, text string), suffixes ...string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if notOurs(rel, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		for _, s := range suffixes {
			if !strings.HasSuffix(rel, s) {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			seen++
			fn(filepath.ToSlash(rel), string(b))
			break
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

// handWritten reports whether a person wrote the file for the program to run.
func handWritten(path string) bool {
	return !strings.HasSuffix(path, "_templ.go") && !strings.HasSuffix(path, "_test.go")
}

// TestFiles_StayShort: a file past 600 lines is asking for a wall.
func TestFiles_StayShort(t *testing.T) {
	const most = 600
	sources(t, 100, func(path, text string) {
		if n := strings.Count(text, "\n"); n > most && !strings.HasSuffix(path, "_templ.go") {
			t.Errorf("%s has %d lines, more than %d", path, n, most)
		}
	}, ".go", ".templ")
}

// roomier are packages that may be longer than others, with what keeps them
// from growing further.
var roomier = map[string]int{
	"ui": 4200, // one vocabulary, one import for every page: half of it templates
	// One service through which everything that takes or gives back a room's time
	// goes, in one transaction each; what reads, counts, shows or prints stands
	// outside (tally, cells, desk, calendar).
	"domains/places/reservation": 3000,
	// One draw from its plan to its last heir, step by step, each one transaction;
	// what runs it again, fetches values, shows or casts stands outside. Its letters
	// and its planning are the next to move out.
	"domains/places/draws": 2800,
}

// TestPackages_FitInAHead: a folder past 2,500 lines is split by noun.
func TestPackages_FitInAHead(t *testing.T) {
	const usual = 2500
	lines := map[string]int{}
	sources(t, 100, func(path, text string) {
		if handWritten(path) {
			lines[filepath.Dir(path)] += strings.Count(text, "\n")
		}
	}, ".go", ".templ")
	for dir, n := range lines {
		if most := cmp.Or(roomier[dir], usual); n > most {
			t.Errorf("%s has %d lines, more than %d", dir, n, most)
		}
	}
}

// TestRooms_AreNotEmpty: what stands in the plan of the house stands here too,
// and no folder is kept for later.
func TestRooms_AreNotEmpty(t *testing.T) {
	for _, room := range []string{
		"app", "domains/people", "domains/groups", "domains/programmes", "domains/places", "domains/offices", "engines/jp",
		"platform/module", "platform/db", "platform/web", "platform/api", "platform/i18n", "platform/jobs", "platform/deliver",
		"platform/audit", "platform/seal", "platform/files", "platform/inbox", "platform/table", "platform/fault",
		"ui", "docs/adr", "docs/guide", "docs/manual", "test/scenario", "test/life", "test/e2e", "test/arch",
	} {
		if files(t, filepath.Join(root, room)) == 0 {
			t.Errorf("%s is an empty room", room)
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if notOurs(rel, d.Name()) {
			return filepath.SkipDir
		}
		entries, err := os.ReadDir(path)
		if err == nil && len(entries) == 0 {
			t.Errorf("%s is empty", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// files counts the files in a folder and below it.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// TestPackages_SayWhatTheyAre: every package begins with its words and promises.
func TestPackages_SayWhatTheyAre(t *testing.T) {
	said := map[string]bool{}
	sources(t, 100, func(path, text string) {
		if !handWritten(path) {
			return
		}
		dir := filepath.Dir(path)
		said[dir] = said[dir] || strings.Contains("\n"+text, "\n// Package ") || strings.HasPrefix(text, "// Package ") || strings.Contains(text, "\npackage main\n")
	}, ".go")
	for dir, ok := range said {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}
