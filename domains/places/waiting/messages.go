package waiting

import (
	"embed"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of waiting lists in every language.
func Messages() i18n.Source { return i18n.Source{Name: "waiting", FS: messages} }
