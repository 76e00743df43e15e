package ui

import (
	"cmp"
	"context"

	"kakehashi/platform/i18n"
)

// Band is a part of the day that is booked as one (時間帯).
type Band struct {
	Value    string // as it is sent
	Name     string // 午前, in the reader's language; "" = only the times
	From, To int    // minutes after midnight
	State    State  // Full and Shut cannot be chosen
	Note     string // a price, a reason; "" = none
}

// State says whether something can be had.
type State uint8

// The states, each with a sign and a word: ○ free, △ partly free, × full,
// － closed, … not to be had yet.
const (
	Free State = iota
	Part
	Full
	Shut
	Early
)

var (
	stateNames = [...]string{"free", "part", "full", "shut", "early"}
	stateSigns = [...]string{"○", "△", "×", "－", "…"}
)

// Key returns the message key of the state's word.
func (s State) Key() string { return "ui.slot." + stateNames[s] }

// Sign returns the state's sign, the same in every language.
func (s State) Sign() string { return stateSigns[s] }

func (s State) class() string {
	if s == Early {
		s = Shut // looks as what cannot be chosen, and says why
	}
	return "slot slot-" + stateNames[s]
}

func bandOptions(ctx context.Context, bands []Band) []Option {
	loc := i18n.From(ctx)
	options := make([]Option, len(bands))
	for i, b := range bands {
		label := loc.Times(b.From, b.To)
		if b.Name != "" {
			label = b.Name + "  " + label
		}
		hint := b.State.Sign() + " " + loc.T(b.State.Key())
		if b.Note != "" {
			hint += "  " + b.Note
		}
		options[i] = Option{Value: b.Value, Label: label, Hint: hint, Off: b.State >= Full}
	}
	return options
}

func or(s, instead string) string { return cmp.Or(s, instead) }

func orInt(n, instead int) int { return cmp.Or(n, instead) }
