package desk

import (
	"context"
	"strconv"

	"kakehashi/domains/places/rules"
	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// ask is one field as it is asked for in the form.
func (f formData) input(ctx context.Context, prefix string, of field) ui.Input {
	in := ui.Input{Name: prefix + of.name, Label: i18n.T(ctx, of.labelKey())}
	if of.hint {
		in.Hint = i18n.T(ctx, of.labelKey()+".hint")
	}
	if of.unit != "" {
		in.Suffix = i18n.T(ctx, "rules.unit."+of.unit)
	}
	switch of.ask {
	case askNumber:
		in.Mode, in.Short, in.Length = "numeric", true, 9
	case askWord:
		in.Short, in.Length = true, 40
	case askText:
		in.Length = 400
	case askKinds:
		in.Hint = i18n.T(ctx, "rules.none_all")
		in.Options, in.Row = f.kindOptions(), true
	case askHolders:
		in.Hint = i18n.T(ctx, "rules.none_all")
		in.Options, in.Row = append(f.kindOptions(), ui.Option{Value: alone, Label: i18n.T(ctx, "rules.alone")}), true
	case askClasses:
		in.Hint = i18n.T(ctx, "rules.none_all")
		in.Options, in.Row = options(ctx, "rules.class.", rules.Classes), true
	case askUses:
		in.Options, in.Row = options(ctx, "rules.use.", rules.Uses), true
	case askMonths:
		for m := 1; m <= 12; m++ {
			in.Options = append(in.Options, ui.Option{Value: strconv.Itoa(m), Label: i18n.T(ctx, "rules.words.month", "n", m)})
		}
		in.Row = true
	case askPick, askSome:
		in.Options, in.Row = options(ctx, "rules."+of.choices+".", of.of), true
	case askRoom:
		in.Options = f.roomOptions()
	}
	return in
}

// options are choices named by messages. The empty choice is named "all".
//
//i18n:uses rules.source.*
//i18n:uses rules.mode.*
func options[T ~string](ctx context.Context, prefix string, values []T) []ui.Option {
	out := make([]ui.Option, len(values))
	for i, v := range values {
		name := string(v)
		if name == "" {
			name = "all"
		}
		out[i] = ui.Option{Value: string(v), Label: i18n.T(ctx, prefix+name)}
	}
	return out
}

func (e env) kindOptions() []ui.Option {
	out := make([]ui.Option, len(e.kinds))
	for i, k := range e.kinds {
		out[i] = ui.Option{Value: k, Label: e.groupKind(k)}
	}
	return out
}

// roomOptions are the rooms of the facilities that are let here.
func (e env) roomOptions() []ui.Option {
	var out []ui.Option
	for _, f := range e.snap.Facilities {
		for _, r := range e.snap.Rooms(f.ID) {
			out = append(out, ui.Option{Value: r.ID.String(), Label: e.loc.Text(f.Name) + " " + e.loc.Text(r.Name)})
		}
	}
	return out
}

// facilityOptions are the city and the facilities that are let here.
func (e env) facilityOptions() []ui.Option {
	var out []ui.Option
	for _, f := range e.snap.Facilities {
		if len(e.snap.Rooms(f.ID)) > 0 {
			out = append(out, ui.Option{Value: f.ID.String(), Label: e.loc.Text(f.Name)})
		}
	}
	return out
}

// replayed reports whether a rule of the kind can be tried on past bookings.
func replayed(k rules.Kind) bool { return k != rules.KindPayment && k != rules.KindReopening }
