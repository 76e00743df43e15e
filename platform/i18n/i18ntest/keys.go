package i18ntest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"kakehashi/platform/i18n"
)

// Keys fails where a source in the folders asks for a message of src that is
// not there or does not give it all its values, and where a message of src is
// asked for nowhere in them.
func Keys(t testing.TB, src i18n.Source, dirs ...string) {
	t.Helper()
	Scan(t, dirs...).Check(t, src)
}

// Check fails as Keys does, for several sources. Keys of other sources are left
// alone.
func (u *Uses) Check(t testing.TB, sources ...i18n.Source) {
	t.Helper()
	for _, src := range sources {
		for _, p := range u.problems(src) {
			t.Error(p)
		}
	}
}

// Strangers fails where a source asks for a message of none of the sources: a
// mistyped module's name. For test/arch, which knows them all.
func (u *Uses) Strangers(t testing.TB, sources ...i18n.Source) {
	t.Helper()
	for _, p := range u.strangers(sources) {
		t.Error(p)
	}
}

func (u *Uses) strangers(sources []i18n.Source) []string {
	var out []string
	for _, a := range append(slices.Clone(u.asked), u.prefixes...) {
		name, _, _ := strings.Cut(a.key, ".")
		if a.only && !slices.ContainsFunc(sources, func(s i18n.Source) bool { return s.Name == name }) {
			out = append(out, fmt.Sprintf("%s: %q: no module is called %s", a.at, a.key, name))
		}
	}
	return out
}

func (u *Uses) problems(src i18n.Source) []string {
	read, err := src.Read(i18n.Ja)
	if err != nil {
		return []string{err.Error()}
	}
	counts, err := counting(src)
	if err != nil {
		return []string{err.Error()}
	}
	messages := make(map[string]i18n.Message, len(read))
	unused := make(map[string]bool, len(read))
	for _, m := range read {
		messages[m.Key] = m
		unused[m.Key] = !u.mentions[m.Key]
	}
	var out []string
	own := src.Name + "."
	for _, a := range u.asked {
		if !strings.HasPrefix(a.key, own) {
			continue
		}
		m, ok := messages[a.key]
		if !ok {
			out = append(out, fmt.Sprintf("%s: no message %q%s", a.at, a.key, nearest(a.key, messages)))
			continue
		}
		unused[a.key] = false
		if a.sure {
			out = append(out, notGiven(a, m, counts[a.key])...)
		}
	}
	for _, p := range u.prefixes {
		if !strings.HasPrefix(p.key, own) {
			continue
		}
		matched := false
		for key := range messages {
			if strings.HasPrefix(key, p.key) {
				matched, unused[key] = true, false
			}
		}
		if !matched && p.only {
			out = append(out, fmt.Sprintf("%s: no message begins with %q", p.at, p.key))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(unused)) {
		base := follows(key)
		if _, ours := messages[base]; unused[key] && !u.mentions[base] && (!ours || unused[base]) {
			out = append(out, fmt.Sprintf("%s: nothing asks for %q: delete it, or say //i18n:uses %s where it is put together", src.Name, key, key))
		}
	}
	return out
}

// follows returns the string whose use brings the key's use with it, or "":
// platform/web says K.kept and K.todo beneath the fault K, and the lists of
// audit and inbox name what is called module.x by module.audit.x and
// module.inbox.x.
func follows(key string) string {
	for _, end := range []string{".kept", ".todo"} {
		if base, ok := strings.CutSuffix(key, end); ok {
			return base
		}
	}
	for _, list := range []string{"audit", "inbox"} {
		module, rest, _ := strings.Cut(key, ".")
		if rest, ok := strings.CutPrefix(rest, list+"."); ok {
			return module + "." + rest
		}
	}
	return ""
}

// counting returns the keys that have plurals in English.
func counting(src i18n.Source) (map[string]bool, error) {
	read, err := src.Read(i18n.En)
	if err != nil {
		return nil, err
	}
	plural := make(map[string]bool)
	for _, m := range read {
		plural[m.Key] = len(m.Forms) > 1
	}
	return plural, nil
}

// notGiven returns what the message needs and the call does not give.
func notGiven(a use, m i18n.Message, plural bool) []string {
	var need []string
	for _, text := range m.Forms {
		names, err := i18n.Placeholders(text)
		if err != nil {
			return nil // Complete says so
		}
		need = append(need, names...)
	}
	if plural {
		need = append(need, "count")
	}
	slices.Sort(need)
	var out []string
	for _, name := range slices.Compact(need) {
		if !slices.Contains(a.names, name) {
			out = append(out, fmt.Sprintf("%s: %q needs a value for %q, and is given %q", a.at, a.key, name, a.names))
		}
	}
	return out
}

// nearest suggests the key that was probably meant.
func nearest(key string, messages map[string]i18n.Message) string {
	best, most := "", len(key)/2
	for _, other := range slices.Sorted(maps.Keys(messages)) {
		if n := alike(key, other); n > most {
			best, most = other, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// alike counts the bytes that two keys share at their ends, less the difference
// in length.
func alike(a, b string) int {
	shortest := min(len(a), len(b))
	head := 0
	for head < shortest && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < shortest-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head + tail - max(len(a), len(b)) + shortest
}
