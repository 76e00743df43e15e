package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kakehashi/platform/i18n"
	"kakehashi/platform/i18n/i18ntest"
)

var messageKey = regexp.MustCompile(`(?m)^\[?"?([a-z_]+)\.`)

// messageFolders returns every folder of messages there is, by the name that
// its keys begin with. One folder may hold one name only.
func messageFolders(t *testing.T) []i18n.Source {
	t.Helper()
	var out []i18n.Source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if notOurs(rel, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if dir := filepath.Dir(path); d.Name() == "ja.toml" && inMessages(dir) {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if m := messageKey.FindSubmatch(b); m != nil {
				out = append(out, i18n.Source{Name: string(m[1]), FS: os.DirFS(dir)})
			} else if !strings.HasSuffix(dir, "platform/i18n/messages") { // its keys have no prefix of a module
				t.Errorf("%s has no messages", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// inMessages reports whether the folder is one of messages, or one source of
// several within it.
func inMessages(dir string) bool {
	return filepath.Base(dir) == "messages" || filepath.Base(filepath.Dir(dir)) == "messages"
}

// TestMessages_AreCompleteInTenLanguages compares the ten files of every source
// with each other, and every source with what the whole program asks for.
func TestMessages_AreCompleteInTenLanguages(t *testing.T) {
	const least = 11 // web, ui, table, audit, deliver, files, inbox and the modules
	found := messageFolders(t)
	if len(found) < least {
		t.Fatalf("only %d folders of messages: the test reads the wrong tree", len(found))
	}
	for _, src := range found {
		t.Run(src.Name, func(t *testing.T) {
			t.Parallel()
			i18ntest.Complete(t, src.Name, src.FS)
		})
	}
	t.Run("uses", func(t *testing.T) {
		t.Parallel()
		uses := i18ntest.Scan(t, root+"/app", root+"/domains", root+"/platform", root+"/ui")
		uses.Check(t, found...)
		uses.Strangers(t, append(found, i18n.Source{Name: "i18n"})...)
	})
}
