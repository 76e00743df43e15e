package office

import (
	"slices"
	"strconv"

	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// input is the form field of a part.
func (d textsData) input(loc *i18n.Localizer, part programme.Part) ui.Input {
	return ui.Input{
		Name: part.Name, Label: partLabel(loc, part), Hint: d.hint(loc, part), Lang: d.Lang,
		Value: part.Of(&d.Programme.Texts)[d.Lang], Length: part.Max, Rows: 3, Required: part.Name == "name" && d.Lang == i18n.Ja,
	}
}

// theirParts are the texts that stand there now.
func (d textsData) theirParts(loc *i18n.Localizer) (out []ui.Definition) {
	for _, part := range programme.Parts {
		if s := part.Of(&d.Theirs.Texts)[d.Lang]; s != "" {
			out = append(out, ui.Definition{Term: partLabel(loc, part), Is: ui.In(d.Lang, s)})
		}
	}
	return out
}

// count is a number in a field; nothing for 0, so that one need not clear it.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func ageOptions(loc *i18n.Localizer) (out []ui.Option) {
	for _, a := range append(slices.Clone(record.Ages), record.Unknown) {
		out = append(out, ui.Option{Value: a, Label: AgeWord(loc, a)})
	}
	return out
}
