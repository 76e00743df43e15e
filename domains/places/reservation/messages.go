package reservation

import (
	"embed"
	"io/fs"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of reservations in every language.
func Messages() i18n.Source {
	sub, err := fs.Sub(messages, "messages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return i18n.Source{Name: "reservation", FS: sub}
}
