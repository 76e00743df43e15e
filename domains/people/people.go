package people

import (
	"context"
	"embed"
	"io/fs"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of this module, for tests of other modules
// whose rows point at persons.
func Migrations() db.Migrations {
	return db.Migrations{Name: "people", FS: sub(migrations, "migrations")}
}

// Messages returns the texts of this module in every language.
func Messages() i18n.Source { return i18n.Source{Name: "people", FS: sub(messages, "messages")} }

func sub(f embed.FS, dir string) fs.FS {
	out, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return out
}

// People is the module's own handle: what app and the neighbours ask of it.
type People struct {
	*person.Store
	deps module.Deps
}

// SaveLang keeps a signed-in person's choice of language, as web.Config asks.
func (p *People) SaveLang(ctx context.Context, actor db.Actor, who db.ID, lang i18n.Lang) error {
	return p.deps.DB.Write(ctx, actor, func(tx *db.Tx) error { return p.Store.SaveLang(tx, who, lang) })
}
