package basket

import (
	"embed"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of the basket in every language.
func Messages() i18n.Source { return i18n.Source{Name: "basket", FS: messages} }
