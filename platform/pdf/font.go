package pdf

import (
	"embed"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/signintech/gopdf"
)

//go:embed fonts/*.zst
var packed embed.FS

// face is one cut of the font.
type face int

const (
	regular face = iota
	bold
)

var families = [...]string{regular: "BIZUDPGothic-Regular", bold: "BIZUDPGothic-Bold"}

// ascent is how far the font's characters rise above the line on which they
// stand, in parts of the size.
const ascent = 0.88

// fonts are both faces, unpacked. They are only read once they are made.
type fonts struct {
	faces     [len(families)]*gopdf.SubsetFontObj // to ask for glyphs and widths
	container gopdf.FontContainer                 // to copy into documents
}

// load unpacks the fonts when the first document is made (some 0.1 s), and
// keeps them: 9 MB.
var load = sync.OnceValues(func() (_ *fonts, err error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	f := &fonts{}
	for i, family := range families {
		small, err := packed.ReadFile("fonts/" + family + ".ttf.zst")
		if err != nil {
			return nil, err
		}
		ttf, err := d.DecodeAll(small, nil)
		if err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", family, err)
		}
		f.faces[i] = &gopdf.SubsetFontObj{}
		if err := errors.Join(f.faces[i].SetTTFData(ttf), f.container.AddTTFFontData(family, ttf)); err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", family, err)
		}
	}
	return f, nil
})

// MissingGlyph is the error of a document with a character that the font
// cannot print.
type MissingGlyph struct {
	Char rune
	Text string // it stands in
}

// Error names the character.
func (e MissingGlyph) Error() string {
	return fmt.Sprintf("pdf: no glyph for %U %q in %q", e.Char, e.Char, e.Text)
}

// width returns the character's advance in thousandths of the size, as the file
// says it too; ok is false when the font has no glyph for it.
func (f *fonts) width(c face, r rune) (thousandths uint, ok bool) {
	if r < ' ' {
		return 0, false
	}
	glyph, err := f.faces[c].CharCodeToGlyphIndex(r)
	if err != nil || glyph == 0 {
		return 0, false
	}
	return f.faces[c].GlyphIndexToPdfWidth(glyph), true
}

// Printable returns nil when the font has a glyph for every character of the
// texts, else a MissingGlyph: for callers who would rather ask beforehand.
func Printable(texts ...string) error {
	f, err := load()
	if err != nil {
		return err
	}
	for _, text := range texts {
		for _, r := range clean(text) {
			if _, ok := f.width(regular, r); !ok && r != '\n' {
				return MissingGlyph{Char: r, Text: text}
			}
		}
	}
	return nil
}
