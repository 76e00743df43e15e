package app

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/domains"
)

func TestParse(t *testing.T) {
	all := commands()
	for _, c := range []struct {
		args, name, rest string
		help             bool
	}{
		{"serve", "serve", "", false},
		{"serve --data x", "serve", "--data x", false},
		{"--data x serve --addr y", "serve", "--data x --addr y", false},
		{"--data=x serve", "serve", "--data=x", false},
		{"import facilities f.csv", "import facilities", "f.csv", false},
		{"--data x import facilities f.csv", "import facilities", "--data x f.csv", false},
		{"import", "", "", false},
		{"import --data x facilities", "", "", false},
		{"", "", "", false},
		{"fly", "", "", false},
		{"--colour red serve", "", "", false},
		{"--data", "", "", false},
		{"help", "", "", true},
		{"--help", "", "", true},
		{"-h", "", "", true},
		{"help serve", "serve", "", true},
		{"--version", "version", "", false},
	} {
		got := parse(all, strings.Fields(c.args))
		if got.name != c.name || strings.Join(got.rest, " ") != c.rest || got.help != c.help {
			t.Errorf("parse(%q) = %+v", c.args, got)
		}
	}
}

func TestParseMixed(t *testing.T) {
	for _, c := range []struct{ args, data, operands string }{
		{"a b", "", "a b"},
		{"--data x a b", "x", "a b"},
		{"a --data x b", "x", "a b"},
		{"a b --data x", "x", "a b"},
		{"a -- --data x", "", "a --data x"},
		{"-- a --data x", "", "a --data x"},
		{"--data x -- -a", "x", "-a"},
		{"- --data x", "x", "-"},
		{"--data -- a", "--", "a"},
	} {
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		data := fs.String("data", "", "")
		got, err := parseMixed(fs, strings.Fields(c.args))
		if err != nil || strings.Join(got, " ") != c.operands || *data != c.data {
			t.Errorf("parseMixed(%q) = %q, data %q, %v", c.args, got, *data, err)
		}
	}
}

func TestOperands(t *testing.T) {
	for _, c := range []struct {
		usage       string
		least, most int
	}{
		{"", 0, 0},
		{"FILE", 1, 1},
		{"[FILE]", 0, 1},
		{"--person MAIL|ID [--label TEXT] [--scopes read,write] [--days N]", 0, 0},
		{"--group ID FILE [OUT]", 1, 2},
		{"[--dry-run] FILE", 1, 1},
		{"[--name LANG=TEXT]… [--code NUMBER]", 0, 0},
		{"FILE [FILE...]", 1, math.MaxInt},
	} {
		if least, most := operands(c.usage); least != c.least || most != c.most {
			t.Errorf("operands(%q) = %d, %d; want %d, %d", c.usage, least, most, c.least, c.most)
		}
	}
	for _, mc := range domains.Commands() {
		if mc.Usage != "" && strings.Contains(mc.Usage, "FILE") != func() bool { _, most := operands(mc.Usage); return most > 0 }() {
			t.Errorf("%s: the operands of usage %q are not understood", mc.Name, mc.Usage)
		}
	}
}

func TestConfig_BaseURL(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "http://localhost:8080"},
		{"--addr 127.0.0.1:81", "http://localhost:81"},
		{"--addr 192.0.2.1:81", "http://192.0.2.1:81"},
		{"--base-url https://example.jp/", "https://example.jp"},
		{"--base-url https://example.jp:8443", "https://example.jp:8443"},
		{"--base-url example.jp", ""},
		{"--base-url https://", ""},
		{"--base-url https://example.jp/path", ""},
		{"--base-url https://user@example.jp", ""},
		{"--base-url ftp://example.jp", ""},
	} {
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		cfg := flags(fs, func(string) string { return "" })
		if err := fs.Parse(strings.Fields(c.args)); err != nil {
			t.Fatal(err)
		}
		err := cfg.settle(fs)
		if (err != nil) != (c.want == "") || err == nil && cfg.BaseURL != c.want {
			t.Errorf("%q: base URL %q, %v; want %q", c.args, cfg.BaseURL, err, c.want)
		}
	}
}

// TestConfig_Explain: no value that may hold a password is shown, whatever its
// source.
func TestConfig_Explain(t *testing.T) {
	const secret = "geheim"
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	cfg := flags(fs, func(name string) string {
		return map[string]string{
			"KAKEHASHI_DATABASE": "postgres://user:" + secret + "@db/city",
			"KAKEHASHI_SMTP":     "smtp://user:" + secret + "@mail:25",
			"KAKEHASHI_OIDC":     "line https://access.line.me 123 " + secret,
		}[name]
	})
	if err := cfg.settle(fs); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cfg.explain(&out)
	if strings.Contains(out.String(), secret) {
		t.Errorf("doctor shows a secret:\n%s", &out)
	}
	for _, s := range settings {
		if !strings.Contains(out.String(), s.env) {
			t.Errorf("doctor does not explain %s", s.name)
		}
	}
}

func TestUnknown(t *testing.T) {
	got := unknown([]string{"HOME=/root", "KAKEHASHI_DATA=x", "KAKEHASHI_DATEN=x", "KAKEHASHI_=x"})
	if want := []string{"KAKEHASHI_DATEN", "KAKEHASHI_"}; !slices.Equal(got, want) {
		t.Errorf("unknown = %q, want %q", got, want)
	}
}

// TestSums: however a dump is cut into writes, its tables come to the same, and
// a change of any row shows.
func TestSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var dump bytes.Buffer
		dump.WriteString("{\"kakehashi\":1,\"modules\":{}}\n")
		want := map[string]int{}
		var rows []string
		for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,8}`), 0, 5, rapid.ID).Draw(t, "tables") {
			dump.WriteString(`{"table":"` + name + "\",\"columns\":[\"id\"]}\n")
			n := rapid.IntRange(0, 5).Draw(t, "rows")
			for range n {
				row := `["` + rapid.StringMatching(`[a-z{}]{0,30}`).Draw(t, "row") + "\"]\n"
				rows = append(rows, row)
				dump.WriteString(row)
			}
			want[name] = n
		}
		dump.WriteString("{\"end\":true,\"rows\":0}\n")
		whole := newSums()
		if _, err := whole.Write(dump.Bytes()); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for name, s := range whole.tables() {
			got[name] = s.rows
		}
		if !maps.Equal(got, want) {
			t.Fatalf("rows %v, want %v", got, want)
		}
		pieces := newSums()
		for rest := dump.Bytes(); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if _, err := pieces.Write(bytes.Clone(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if d := different(whole.tables(), pieces.tables()); len(d) > 0 {
			t.Fatalf("cut into pieces %v differ", d)
		}
		if len(rows) == 0 {
			return
		}
		row := rapid.SampledFrom(rows).Draw(t, "changed")
		other := newSums()
		changed := strings.Replace(dump.String(), row, strings.Replace(row, `"]`, `!"]`, 1), 1)
		if _, err := io.WriteString(other, changed); err != nil {
			t.Fatal(err)
		}
		if len(different(whole.tables(), other.tables())) == 0 {
			t.Fatal("a changed row does not show")
		}
	})
}

func TestDifferent(t *testing.T) {
	a := map[string]sum{"x": {1, sha256.Sum256(nil)}, "y": {}, "gone": {}}
	b := map[string]sum{"x": {2, sha256.Sum256(nil)}, "y": {}, "new": {}}
	if got, want := different(a, b), []string{"gone", "new", "x"}; !slices.Equal(got, want) {
		t.Errorf("different = %v, want %v", got, want)
	}
}

// TestWriteWhole: a file appears whole or not at all, and never over another.
func TestWriteWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "backup")
	if _, err := writeWhole(name, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return io.ErrShortWrite
	}); err == nil {
		t.Error("a failure is success")
	}
	if _, err := writeWhole(name, func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }); err != nil {
		t.Fatal(err)
	}
	if _, err := writeWhole(name, func(w io.Writer) error { _, err := io.WriteString(w, "other"); return err }); err == nil {
		t.Error("it writes over a file")
	}
	b, err := os.ReadFile(name)
	if err != nil || string(b) != "whole" {
		t.Errorf("it holds %q, %v", b, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
