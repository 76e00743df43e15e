package dump

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestValue_TextAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Just[any](nil),
			rapid.Int64().AsAny(),
			rapid.Float64().AsAny(),
			rapid.String().AsAny(),
			rapid.SliceOf(rapid.Byte()).AsAny(),
		).Draw(t, "value")
		text, err := appendValue(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.ContainsAny(text, "\n\r") || !json.Valid(text) {
			t.Fatalf("%q is not JSON on one line", text)
		}
		got, err := parseValue(text)
		if s, ok := value.(string); ok && !utf8.ValidString(s) {
			value = []byte(s)
		}
		if err != nil || !reflect.DeepEqual(got, value) {
			t.Fatalf("%#v became %#v, %v", value, got, err)
		}
	})
}

func TestTables_ParentsFirstAlsoInCycles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d", "e"}
		parents := map[string][]string{}
		for _, n := range names {
			parents[n] = rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, n)
		}
		got := sorted(names, parents)
		if len(got) != len(names) {
			t.Fatalf("%v of %v", got, names)
		}
		at := map[string]int{}
		for i, n := range got {
			at[n] = i
		}
		if len(at) != len(names) {
			t.Fatalf("%v names a table twice", got)
		}
		for _, n := range names {
			for _, p := range parents[n] {
				if at[p] > at[n] && !leads(parents, p, n, map[string]bool{}) {
					t.Fatalf("%v: %s comes before its parent %s", got, n, p)
				}
			}
		}
	})
}

// leads reports whether to is an ancestor of from.
func leads(parents map[string][]string, from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, p := range parents[from] {
		if leads(parents, p, to, seen) {
			return true
		}
	}
	return false
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"null", "1", "-1.5e300", `"会議室"`, `{"b":"AAE="}`, `{"b":1}`, "true", "", "[", "9223372036854775808", "{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := parseValue(raw)
		if err != nil {
			return
		}
		text, err := appendValue(nil, v)
		if err != nil {
			t.Fatalf("%q is %#v, which has no text: %v", raw, v, err)
		}
		again, err := parseValue(text)
		if err != nil || fmt.Sprintf("%#v", again) != fmt.Sprintf("%#v", v) {
			t.Fatalf("%q is %#v, and again %#v, %v", raw, v, again, err)
		}
	})
}
