package blocks

import (
	"embed"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of blocks in every language.
func Messages() i18n.Source { return i18n.Source{Name: "blocks", FS: messages} }
