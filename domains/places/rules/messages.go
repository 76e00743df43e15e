package rules

import (
	"embed"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of rules in every language. What Book.Wish makes of
// a rule is told by reservations:
//
//i18n:uses rules.error.*
//i18n:uses rules.refuse.*
func Messages() i18n.Source { return i18n.Source{Name: "rules", FS: messages} }
