package files

import (
	"embed"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the table of files.
func Migrations() db.Migrations { return db.Migrations{Name: "files", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "files", FS: messages} }

// File is one uploaded file.
type File struct {
	ID        db.ID
	Owner     db.ID  // the thing it belongs to: a room, a group
	Name      string // as it was called when uploaded, without any folder; its ending fits Mime
	Mime      string // image/jpeg, image/png or application/pdf
	Size      int64  // bytes as kept
	Width     int    // pixels as kept; 0 when not a picture
	Height    int
	Hash      string // SHA-256 of the kept bytes, hexadecimal
	Thumb     string // the same of the thumbnail; "" when not a picture
	ThumbMime string
	Alt       i18n.Text // the words that stand for a picture
	CreatedAt time.Time
}

// Picture reports whether the file is a picture, with a thumbnail.
func (f File) Picture() bool { return f.Thumb != "" }

// endings are the endings of kept names.
var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}

// maxName is the longest kept name, in characters, without its ending.
const maxName = 100

// cleanName makes a name that every system can store: no folder, no control or
// forbidden characters, one form of Unicode, and an ending that tells the truth.
func cleanName(name, mime string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if ext := path.Ext(name); len(ext) <= 6 {
		name = strings.TrimSuffix(name, ext)
	}
	name = strings.TrimSuffix(name, endings[mime])
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"/\|?*`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if utf8.RuneCountInString(name) > maxName {
		name = strings.TrimRight(string([]rune(name)[:maxName]), ". ")
	}
	if name == "" {
		name = "file"
	}
	return name + endings[mime]
}
