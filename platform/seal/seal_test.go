package seal

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"kakehashi/platform/db"
)

var phone = Column{Table: "persons", Column: "phone"}

func fresh(t testing.TB) *Keys {
	t.Helper()
	k, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpen_OnlyWhereItWasSealed(t *testing.T) {
	k := fresh(t)
	sealed, err := phone.Seal(k, 7, "048-258-1110")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("258-1110")) {
		t.Fatal("the sealed value shows the plain one")
	}
	if got, err := phone.Open(k, 7, sealed); err != nil || got != "048-258-1110" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	other := fresh(t)
	for name, open := range map[string]func() (string, error){
		"other row":    func() (string, error) { return phone.Open(k, 8, sealed) },
		"other column": func() (string, error) { return Column{"persons", "fax"}.Open(k, 7, sealed) },
		"other table":  func() (string, error) { return Column{"groups", "phone"}.Open(k, 7, sealed) },
		"other city":   func() (string, error) { return phone.Open(other, 7, sealed) },
		"cut short":    func() (string, error) { return phone.Open(k, 7, sealed[:len(sealed)-1]) },
		"a stub":       func() (string, error) { return phone.Open(k, 7, sealed[:3]) },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opened as %q", name, got)
		} else if strings.Contains(err.Error(), "258-1110") {
			t.Errorf("%s: the error tells the value: %v", name, err)
		}
	}
}

func TestSeal_EmptyStaysEmpty(t *testing.T) {
	k := fresh(t)
	sealed, err := phone.Seal(k, 7, "")
	if err != nil || sealed != nil {
		t.Fatalf("Seal(\"\") = %x, %v", sealed, err)
	}
	if got, err := phone.Open(k, 7, nil); err != nil || got != "" {
		t.Fatalf("Open(nil) = %q, %v", got, err)
	}
}

func TestSeal_AnyTextComesBackAndAnyFlippedBitIsSeen(t *testing.T) {
	k := fresh(t)
	rapid.Check(t, func(t *rapid.T) {
		row := db.ID(rapid.Int64Min(1).Draw(t, "row"))
		plain := rapid.StringN(1, -1, 300).Draw(t, "plain")
		sealed, err := phone.Seal(k, row, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := phone.Open(k, row, sealed); err != nil || got != plain {
			t.Fatalf("Open = %q, %v; sealed %q", got, err, plain)
		}
		again, _ := phone.Seal(k, row, plain)
		if bytes.Equal(again, sealed) {
			t.Fatal("two sealings of one value are equal")
		}
		i := rapid.IntRange(0, len(sealed)*8-1).Draw(t, "bit")
		sealed[i/8] ^= 1 << (i % 8)
		if got, err := phone.Open(k, row, sealed); err == nil {
			t.Fatalf("bit %d flipped, and it opened as %q", i, got)
		}
	})
}

func TestKeyFile_CreateLoadRotate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	k, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v", st.Mode())
	}
	before, _ := os.ReadFile(path)
	if _, err := Create(path); err == nil {
		t.Fatal("Create wrote over a key file")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Fatal("the failed Create changed the file")
	}

	sealed, _ := phone.Seal(k, 7, "old")
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := phone.Open(loaded, 7, sealed); err != nil || got != "old" {
		t.Fatalf("after Load: %q, %v", got, err)
	}
	if _, changed, err := phone.Rewrap(loaded, 7, sealed); changed || err != nil {
		t.Fatalf("Rewrap with the same key: changed %v, %v", changed, err)
	}

	if _, err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	rotated, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := phone.Open(rotated, 7, sealed); err != nil || got != "old" {
		t.Fatalf("the old key's value after Rotate: %q, %v", got, err)
	}
	moved, changed, err := phone.Rewrap(rotated, 7, sealed)
	if err != nil || !changed {
		t.Fatalf("Rewrap: changed %v, %v", changed, err)
	}
	if got, err := phone.Open(rotated, 7, moved); err != nil || got != "old" {
		t.Fatalf("rewrapped: %q, %v", got, err)
	}
	if _, err := phone.Open(loaded, 7, moved); err == nil {
		t.Fatal("the file before the rotation opens what the new key sealed")
	}
	if _, _, err := phone.Rewrap(rotated, 8, sealed); err == nil {
		t.Fatal("Rewrap moved a value of another row")
	}
	if !bytes.Equal(rotated.Index("phone", "x"), k.Index("phone", "x")) || rotated.Audit().VerifierKey() != k.Audit().VerifierKey() {
		t.Fatal("rotating the sealing key changed another key")
	}
}

func TestRotate_ManyAtOnceLoseNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if _, err := Create(path); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sealed := map[string][]byte{}
	for range 8 {
		wg.Go(func() {
			k, err := Rotate(path)
			if err != nil {
				return // somebody else was rotating: nothing was added
			}
			b, _ := phone.Seal(k, 7, "kept")
			mu.Lock()
			sealed[string(b)] = b
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(sealed) == 0 {
		t.Fatal("no rotation came through")
	}
	k, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range sealed {
		if _, err := phone.Open(k, 7, b); err != nil {
			t.Errorf("a rotation reported success, and its key is gone: %v", err)
		}
	}
}

func TestLoad_RefusesWhatIsNotSafe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if _, err := Create(path); err != nil {
		t.Fatal(err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o604: false, 0o660: false, 0o644: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); (err == nil) != ok {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(rootCause(err)) {
		t.Errorf("a missing file: %v", err)
	}
}

// rootCause unwraps to the innermost error.
func rootCause(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		if _, path := err.(*os.PathError); path {
			return err
		}
		err = u.Unwrap()
	}
}

func TestIndex(t *testing.T) {
	k, other := fresh(t), fresh(t)
	a := k.Index("phone", "0482581110")
	if len(a) != 16 || !bytes.Equal(a, k.Index("phone", "0482581110")) {
		t.Fatalf("Index = %x", a)
	}
	for name, b := range map[string][]byte{
		"other value":      k.Index("phone", "0482581111"),
		"other purpose":    k.Index("fax", "0482581110"),
		"border moved":     k.Index("phone0", "482581110"),
		"other city's key": other.Index("phone", "0482581110"),
	} {
		if bytes.Equal(a, b) {
			t.Errorf("%s: the same index", name)
		}
	}
}

func TestSignNote_OpensWithThePublicHalf(t *testing.T) {
	k := fresh(t)
	msg, err := k.Audit().SignNote("kakehashi-audit\n1\nAAAA\n")
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(k.Audit().VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(msg, note.VerifierList(v)); err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(bytes.Replace(msg, []byte("\n1\n"), []byte("\n2\n"), 1), note.VerifierList(v)); err == nil {
		t.Fatal("a changed note opens")
	}
}

func FuzzParse(f *testing.F) {
	path := filepath.Join(f.TempDir(), "keys")
	if _, err := Create(path); err != nil {
		f.Fatal(err)
	}
	whole, _ := os.ReadFile(path)
	f.Add(whole)
	f.Add([]byte(`{"format":"kakehashi keys 1"}`))
	f.Add([]byte("#"))
	noSealing, _ := json.Marshal(contents{Format: fileFormat, Index: strings.Repeat("A", 43) + "="})
	f.Add(noSealing)
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parse(b)
		if err != nil {
			return
		}
		sealed, err := phone.Seal(k, 7, "x")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := phone.Open(k, 7, sealed); err != nil || got != "x" {
			t.Fatalf("a key file that loads does not seal: %q, %v", got, err)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	path := filepath.Join(b.TempDir(), "keys")
	if _, err := Create(path); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Load(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k := fresh(b)
	for b.Loop() {
		if _, err := phone.Seal(k, 7, "埼玉県川口市青木2丁目1番1号"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k := fresh(b)
	sealed, _ := phone.Seal(k, 7, "埼玉県川口市青木2丁目1番1号")
	for b.Loop() {
		if _, err := phone.Open(k, 7, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
