// Package arch holds the house to its plan: who may import whom, that every
// route declares its access, that every text exists in ten languages, and that
// nothing points outside.
package arch

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

const modulePath = "kakehashi"

// pkg is what `go list -json` tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string
}

// listPackages returns every package of the program with its direct imports,
// tests left out.
func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &said)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
	return pkgs
}

// room returns the room of the house that a package stands in, and for a
// module its folder: "domains/places", "engines", "platform", "ui", "app".
func room(path string) string {
	rest, ours := strings.CutPrefix(path, modulePath+"/")
	if !ours {
		if path == modulePath {
			return "main"
		}
		return ""
	}
	parts := strings.Split(rest, "/")
	if parts[0] == "domains" && len(parts) > 1 {
		return "domains/" + parts[1]
	}
	return parts[0]
}

// allowed says whether a package in the room from may import one in the room
// to: main → app → domains → ui → platform → engines, modules never each other.
func allowed(from, to string) bool {
	if from == to {
		return true
	}
	isModule := strings.HasPrefix(from, "domains/")
	switch {
	case from == "test":
		return true
	case to == "engines":
		return true
	case from == "engines":
		return false
	case to == "platform":
		return from != "main"
	case from == "platform":
		return false
	case to == "ui":
		return isModule || from == "app" || from == "domains"
	case from == "ui":
		return false
	case strings.HasPrefix(to, "domains"):
		return from == "app" && to == "domains" || from == "domains" || from == "app" && strings.HasPrefix(to, "domains/")
	case to == "app":
		return from == "main"
	}
	return false
}

func TestImports_FollowTheHouse(t *testing.T) {
	seen := 0
	for _, p := range listPackages(t) {
		from := room(p.ImportPath)
		for _, path := range p.Imports {
			to := room(path)
			if to == "" {
				continue
			}
			seen++
			if !allowed(from, to) {
				t.Errorf("%s imports %s: no arrow goes from %s to %s", p.ImportPath, path, from, to)
			}
			if from == "engines" && p.ImportPath != path && !strings.HasPrefix(path, p.ImportPath+"/") {
				t.Errorf("%s imports %s: an engine stands alone", p.ImportPath, path)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d imports of ours seen: the test reads the wrong tree", seen)
	}
}

func TestAllowed_RefusesWhatTheHouseForbids(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     bool
	}{
		{"domains/places", "domains/people", false},
		{"domains/places", "platform", true},
		{"domains/places", "ui", true},
		{"domains", "domains/places", true},
		{"platform", "domains/places", false},
		{"platform", "ui", false},
		{"engines", "platform", false},
		{"app", "domains", true},
		{"main", "app", true},
		{"main", "platform", false},
		{"ui", "domains/people", false},
	} {
		if got := allowed(c.from, c.to); got != c.want {
			t.Errorf("allowed(%s → %s) = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
