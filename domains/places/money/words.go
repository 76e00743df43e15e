package money

import (
	"kakehashi/domains/places/fee"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

// LineText says a line of a working in the reader's language, with its
// arithmetic but without the sum, which stands beside it.
//
//i18n:uses money.line.*
func LineText(loc *i18n.Localizer, l fee.Line) string {
	day, _ := jp.ParseDate(l.Day) // "" but in a base
	return loc.T("money.line."+l.Key,
		"day", day, "times", loc.Times(l.From, l.To), "number", l.Count, "units", l.Times, "each", loc.Yen(l.Each),
		"name", loc.Text(l.Name), "percent", l.Percent, "of", loc.Yen(l.Of))
}

// StateKey is the message of a state.
//
//i18n:uses money.state.*
func StateKey(s State) string { return "money.state." + string(s) }

// MethodKey is the message of a method.
//
//i18n:uses money.method.*
func MethodKey(method string) string { return "money.method." + method }

// EntryKey is the message of a kind of entry.
//
//i18n:uses money.entry.*
func EntryKey(kind string) string { return "money.entry." + kind }
