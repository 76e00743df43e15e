package basket

import (
	"testing"

	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

func slots() *rapid.Generator[Slot] {
	return rapid.Custom(func(t *rapid.T) Slot {
		from := rapid.IntRange(0, 90).Draw(t, "from") * 15
		return Slot{
			Room: db.ID(rapid.Int64Range(1, 1<<40).Draw(t, "room")), Day: jp.NewDate(2027, 1, 1).AddDays(rapid.IntRange(0, 300).Draw(t, "day")),
			From: from, To: from + 15*rapid.IntRange(1, 5).Draw(t, "length"),
		}
	})
}

func TestBasket_ReadsBackWhatItKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfNDistinct(slots(), 0, Most, func(s Slot) Slot { return s }).Draw(t, "slots")
		text := format(all)
		if len(text) > 2500 {
			t.Fatalf("%d bytes are more than a browser keeps for us", len(text))
		}
		back := parse(text)
		if len(back) != len(all) {
			t.Fatalf("%d of %d came back", len(back), len(all))
		}
		for i := range all {
			if back[i] != all[i] {
				t.Fatalf("%v came back as %v", all[i], back[i])
			}
		}
	})
}

func TestBasket_AnythingElseIsLeftOut(t *testing.T) {
	for _, text := range []string{"", "~", "x_2027-01-01_540_600", "1_2027-01-01_600_540", "1_someday_540_600", "1_2027-01-01_540"} {
		if got := parse(text); len(got) != 0 {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) { parse(rapid.String().Draw(t, "text")) })
}

func TestSwapped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfNDistinct(slots(), 1, Most, func(s Slot) Slot { return s }).Draw(t, "slots")
		choices := map[string]string{}
		drops := 0
		for _, s := range all {
			if rapid.Bool().Draw(t, "drop") {
				choices["swap."+s.String()] = "drop"
				drops++
			}
		}
		if got := swapped(all, func(name string) string { return choices[name] }); len(got) != len(all)-drops {
			t.Fatalf("%d slots are left of %d, without %d", len(got), len(all), drops)
		}
	})
}
