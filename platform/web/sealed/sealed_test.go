package sealed

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestText_OpensForItsPurposeInItsTimeOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 16, 64).Draw(t, "key")
		value := rapid.String().Draw(t, "value")
		until := time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "until"))
		text, err := Text(key, "a", value, until)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Value(key, "a", text, until); err != nil || got != value {
			t.Errorf("Value = %q, %v", got, err)
		}
		for name, open := range map[string]func() (string, error){
			"later":           func() (string, error) { return Value(key, "a", text, until.Add(time.Microsecond)) },
			"another purpose": func() (string, error) { return Value(key, "b", text, until) },
			"another key":     func() (string, error) { return Value(append(key, 1), "a", text, until) },
			"cut":             func() (string, error) { return Value(key, "a", text[:len(text)-4], until) },
		} {
			if got, err := open(); !errors.Is(err, ErrClosed) || got != "" {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
	})
}

func FuzzValue(f *testing.F) {
	f.Add("")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := Value([]byte("0123456789abcdef"), "a", text, time.Time{}); err == nil {
			t.Errorf("Value(%q) = %q", text, v)
		}
	})
}
