package pdf

import (
	"embed"
	"errors"
	"fmt"
	"sync"
	"unicode"

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
	latin // stands in for letters that the others lack: ễ, ş
)

var families = [...]string{regular: "BIZUDPGothic-Regular", bold: "BIZUDPGothic-Bold", latin: "NotoSans-Regular"}

// unshaped are the scripts that the face latin stands in for: those whose
// letters can be set one after the other as they come.
var unshaped = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic}

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

// glyph is how a character is set.
type glyph struct {
	face  face
	width float64 // in parts of the size, as the file says it too
}

// find returns how a character of a text in the face is set; ok is false when
// nothing has a glyph for it.
func (f *fonts) find(c face, r rune) (g glyph, ok bool) {
	if r < ' ' {
		return g, false
	}
	for _, c := range []face{c, latin} {
		if c == latin && !unicode.In(r, unshaped...) {
			break
		}
		if index, err := f.faces[c].CharCodeToGlyphIndex(r); err == nil && index != 0 {
			return glyph{c, float64(f.faces[c].GlyphIndexToPdfWidth(index)) / 1000}, true
		}
	}
	return g, false
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
			if _, ok := f.find(regular, r); !ok && r != '\n' {
				return MissingGlyph{Char: r, Text: text}
			}
		}
	}
	return nil
}
