package ui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"sync"
	"testing/fstest"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "ui", FS: messages} }

//go:embed assets
var assets embed.FS

// sheets are the parts of the style sheet by the noun they dress, in the order
// of the cascade: paper comes last because it takes things away.
var sheets = []string{"tokens", "page", "shell", "form", "card", "table", "chart", "calendar", "board", "print"}

// joined holds what is served: one style sheet, one script, one icon.
var joined = sync.OnceValue(func() fstest.MapFS {
	var css bytes.Buffer
	for _, name := range sheets {
		css.Write(must("assets/css/" + name + ".css"))
	}
	return fstest.MapFS{
		StyleName:  {Data: css.Bytes()},
		ScriptName: {Data: must("assets/" + ScriptName)},
		IconName:   {Data: must("assets/" + IconName)},
	}
})

// The names of the assets, for AssetURL.
const (
	StyleName  = "kakehashi.css"
	ScriptName = "kakehashi.js"
	IconName   = "icon.svg"
)

// must reads an embedded file; that it is there is a matter of compiling.
func must(name string) []byte {
	b, err := assets.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

// Assets are the files that pages need, for web.Config.Assets.
var Assets fs.FS = served{}

// served opens the joined files, which are joined when first asked for.
type served struct{}

func (served) Open(name string) (fs.File, error) { return joined().Open(name) }

// AssetURL returns the address of an asset with the hash of its content in it,
// so that a browser may keep it for ever: /assets/<hash>/kakehashi.css. It is the
// address that web.Server.AssetURL gives for Assets.
func AssetURL(name string) string { return hashes()[name] }

var hashes = sync.OnceValue(func() map[string]string {
	urls := make(map[string]string)
	for name, file := range joined() {
		sum := sha256.Sum256(file.Data)
		urls[name] = "/assets/" + hex.EncodeToString(sum[:6]) + "/" + name
	}
	return urls
})
