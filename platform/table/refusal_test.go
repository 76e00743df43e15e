package table

import (
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

func TestMessages_EveryLanguageSaysTheSame(t *testing.T) {
	want := map[string][]string{}
	for _, lang := range []string{"ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "fil", "tr", "ne"} {
		b, err := Messages.ReadFile("messages/" + lang + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		var messages map[string]string
		if err := toml.Unmarshal(b, &messages); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		if lang == "ja" {
			for key, text := range messages {
				want[key] = placeholders(text)
			}
		}
		for key, text := range messages {
			if text == "" || !slices.Equal(placeholders(text), want[key]) {
				t.Errorf("%s %s has %v, ja has %v", lang, key, placeholders(text), want[key])
			}
		}
		if len(messages) != len(want) {
			t.Errorf("%s has %d messages, ja %d", lang, len(messages), len(want))
		}
	}
	for _, reason := range []string{Missing, NotDate, NotTime, NotNumber, NotPhone, NotPostal, NotMail, NotPlace, NotYesNo, TooLong,
		TooSmall, TooGreat, NotListed, NotFound, Twice, EndFirst, "table.format." + UTF8CSV.String(), "table.format." + CP932CSV.String(), "table.format." + XLSX.String()} {
		if _, ok := want[reason]; !ok {
			t.Errorf("%s has no message", reason)
		}
	}
}

func placeholders(text string) []string {
	var names []string
	for _, part := range strings.Split(text, "{{.")[1:] {
		name, _, _ := strings.Cut(part, "}}")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
