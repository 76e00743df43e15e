package draws

import (
	"embed"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of draws in every language.
func Messages() i18n.Source { return i18n.Source{Name: "draws", FS: messages} }
