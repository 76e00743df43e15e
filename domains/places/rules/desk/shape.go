package desk

import (
	"kakehashi/domains/places/rules"
)

// ask is how a field is asked for.
type ask int

const (
	askNumber  ask = iota
	askCheck       // yes or no
	askClock       // minutes after midnight
	askSpan        // the same, empty for 0
	askKinds       // kinds of groups
	askHolders     // kinds of groups, and a person alone
	askClasses     // of rooms
	askUses
	askMonths
	askPick // one of choices
	askSome // some of choices
	askText
	askWord // a short key
	askName // i18n.Text
	askRoom
	askLines
)

// field is one field of a form: its name in JSON is the last part of its name
// in the form, and of the message rules.field.NAME that labels it.
type field struct {
	name    string
	ask     ask
	unit    string   // message rules.unit.UNIT behind a number
	label   string   // message rules.field.LABEL; "" = name
	hint    bool     // the label's message has a second one, NAME.hint
	choices string   // message rules.CHOICES.VALUE names each choice
	of      []string // the choices' values
	lines   []field
}

func (f field) labelKey() string {
	if f.label != "" {
		return "rules.field." + f.label
	}
	return "rules.field." + f.name
}

func number(name, unit string) field { return field{name: name, ask: askNumber, unit: unit} }

func list(name string, lines ...field) field { return field{name: name, ask: askLines, lines: lines} }

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

var (
	kinds   = field{name: "kinds", ask: askKinds}
	holders = field{name: "kinds", ask: askHolders, label: "holders"}
	classes = field{name: "classes", ask: askClasses}
	uses    = field{name: "uses", ask: askUses}
	months  = field{name: "months", ask: askMonths}
	percent = number("percent", "percent")
	yen     = number("yen", "yen")
)

// shapes are the fields of each kind's body, in the order in which they are
// asked for.
//
//i18n:uses rules.field.*
//i18n:uses rules.unit.*
var shapes = map[rules.Kind][]field{
	rules.KindAccess: {
		kinds, {name: "alone", ask: askCheck}, {name: "outside", ask: askCheck},
		{name: "members", ask: askNumber, unit: "people", hint: true},
		{name: "percent", ask: askNumber, unit: "percent", label: "residents", hint: true},
		number("per_day", "times"), {name: "per_month", ask: askNumber, unit: "times", hint: true},
	},
	rules.KindOpening: {list("lines",
		classes, holders, uses, months, number("before", "months"),
		field{name: "day", ask: askNumber, unit: "day", label: "opens_day", hint: true},
		field{name: "minute", ask: askClock},
		number("lead", "minutes"),
	)},
	rules.KindDraw: {list("lines",
		classes, number("before", "months"),
		field{name: "from", ask: askNumber, unit: "day", label: "entries_from"}, field{name: "until", ask: askNumber, unit: "day", label: "entries_until"},
		field{name: "on", ask: askNumber, unit: "day", label: "drawn_on"},
		field{name: "entries", ask: askNumber, unit: "times", hint: true}, field{name: "wins", ask: askNumber, unit: "times", hint: true},
		number("wishes", "times"), field{name: "sets", ask: askCheck},
		field{name: "mode", ask: askPick, hint: true, choices: "mode", of: texts(rules.Modes)}, number("confirm", "days"),
		field{name: "source", ask: askPick, choices: "source", of: texts(rules.Sources)},
		field{name: "what", ask: askText, hint: true}, field{name: "wait", ask: askNumber, unit: "hours", hint: true},
		field{name: "overlap", ask: askNumber, unit: "percent", hint: true},
		list("tiers", kinds, field{name: "resident", ask: askCheck}),
	)},
	rules.KindFees: {
		list("base",
			field{name: "room", ask: askRoom}, classes,
			field{name: "from", ask: askSpan, hint: true}, field{name: "to", ask: askSpan},
			field{name: "days", ask: askPick, choices: "days", of: rules.DaysOf}, yen,
		),
		list("surcharges",
			field{name: "when", ask: askPick, choices: "when", of: rules.Whens},
			field{name: "over", ask: askNumber, unit: "yen", hint: true}, percent,
		),
		list("extras",
			field{name: "name", ask: askName}, field{name: "key", ask: askWord, hint: true}, classes, months,
			field{name: "always", ask: askCheck}, field{name: "per", ask: askPick, choices: "per", of: rules.Pers}, yen,
			field{name: "most", ask: askNumber, hint: true},
		),
		{name: "round", ask: askNumber, unit: "yen", hint: true},
	},
	rules.KindReductions: {list("lines",
		field{name: "name", ask: askName}, kinds, uses, percent, field{name: "extras", ask: askCheck, label: "extras_too"},
	)},
	rules.KindPayment: {
		number("within", "days"), number("before", "days_before"), {name: "lapse", ask: askCheck},
		{name: "methods", ask: askSome, choices: "method", of: rules.Methods}, {name: "bank", ask: askText, hint: true},
	},
	rules.KindRefunds: {list("tiers", number("days", "days_before"), percent)},
	rules.KindPenalties: {
		number("no_show", "points"), number("late", "points"), number("late_days", "days_before"), number("unconfirmed", "points"),
		{name: "limit", ask: askNumber, unit: "points", hint: true}, {name: "window", ask: askNumber, unit: "months"}, {name: "months", ask: askNumber, unit: "months", label: "pause"},
		{name: "release", ask: askNumber, hint: true},
	},
	rules.KindReopening: {
		{name: "hold", ask: askNumber, unit: "hours", hint: true},
		{name: "rest_from", ask: askNumber, unit: "hours", hint: true}, number("rest_to", "hours"),
		{name: "day_from", ask: askSpan}, {name: "day_to", ask: askSpan},
		{name: "ahead", ask: askNumber, unit: "hours", hint: true},
	},
}
