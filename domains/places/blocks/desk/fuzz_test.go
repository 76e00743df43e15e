package desk

import "testing"

// FuzzParseSlot: whatever a form says, it is a free time that reads back as it
// is written, or none.
func FuzzParseSlot(f *testing.F) {
	f.Add("0saqg3p17zm6d_2027-01-01_540_720")
	f.Add("___")
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := parseSlot(text)
		if !ok {
			return
		}
		if back, ok := parseSlot(slot(v)); !ok || back.Room != v.Room || !back.Span.Start.Equal(v.Span.Start) || !back.Span.End.Equal(v.Span.End) {
			t.Fatalf("%q reads back as %+v", text, back)
		}
	})
}
