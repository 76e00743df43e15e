package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/signintech/gopdf"
)

// Write sets the document and writes it as PDF 1.7. A MissingGlyph and other
// errors of the content come before the first byte.
func (d *Doc) Write(w io.Writer) error {
	b, err := d.Bytes()
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Bytes is Write into memory.
func (d *Doc) Bytes() ([]byte, error) {
	f, err := load()
	if err != nil {
		return nil, err
	}
	pages, err := d.set(f)
	if err != nil {
		return nil, err
	}
	var g gopdf.GoPdf
	g.Start(gopdf.Config{Unit: gopdf.UnitPT, PageSize: gopdf.Rect{W: d.setup.Paper.Width * mm, H: d.setup.Paper.Height * mm}})
	for _, family := range families {
		if err := g.AddTTFFontFromFontContainer(family, &f.container); err != nil {
			return nil, err
		}
	}
	for _, page := range pages {
		g.AddPage()
		for _, o := range page {
			if err := o.put(&g); err != nil {
				return nil, err
			}
		}
	}
	b, err := g.GetBytesPdfReturnErr()
	if err != nil {
		return nil, err
	}
	return d.setup.describe(b)
}

// Check sets the document without making a file, and returns what Write would
// refuse it for.
func (d *Doc) Check() error {
	f, err := load()
	if err != nil {
		return err
	}
	_, err = d.set(f)
	return err
}

// set lays out all parts.
func (d *Doc) set(f *fonts) (pages [][]op, err error) {
	for _, p := range d.parts {
		if len(p.blocks) == 0 {
			continue
		}
		l := newLayout(f, d.setup.Paper)
		l.page()
		for _, b := range p.blocks {
			b(l)
		}
		if p.footer != nil {
			l.footers(p.footer)
		}
		if l.err != nil {
			return nil, l.err
		}
		pages = append(pages, l.pages...)
	}
	if len(pages) == 0 {
		return nil, errors.New("pdf: a document without blocks")
	}
	return pages, nil
}

// footers sets what stands at the foot of each page.
func (l *layout) footers(f func(page, pages int) string) {
	all := l.pages
	for i := range all {
		l.pages = all[:i+1]
		for _, line := range l.lines(small, f(i+1, len(all)), l.inner()) {
			l.line(small, l.aligned(small, centre, l.left(), l.inner(), line), l.bottom()+4*mm, line)
			break
		}
	}
	l.pages = all
}

// put draws one thing.
func (o op) put(g *gopdf.GoPdf) error {
	switch o.kind {
	case opText:
		if err := g.SetFont(families[o.style.face], "", o.style.size); err != nil {
			return err
		}
		if err := g.SetCharSpacing(o.style.track); err != nil {
			return err
		}
		g.SetTextColor(o.style.gray, o.style.gray, o.style.gray)
		g.SetXY(o.x, o.y)
		return g.Text(o.text)
	case opFill:
		g.SetFillColor(o.gray, o.gray, o.gray)
		g.RectFromUpperLeftWithStyle(o.x, o.y, o.w, o.h, "F")
		return nil
	}
	g.SetLineWidth(o.pen)
	g.SetStrokeColor(o.gray, o.gray, o.gray)
	g.SetLineType("")
	if o.dashed {
		g.SetCustomLineType([]float64{2, 2}, 0)
	}
	if o.kind == opLine {
		g.Line(o.x, o.y, o.x+o.w, o.y+o.h)
		return nil
	}
	g.RectFromUpperLeftWithStyle(o.x, o.y, o.w, o.h, "D")
	return nil
}

// describe adds what gopdf has no place for, as an incremental update (ISO
// 32000-1, 7.5.6): the catalog with the language, that a window is to show the
// title, the information dictionary as an object of its own, and the file's
// identifier, which is made of its content.
func (s Setup) describe(b []byte) ([]byte, error) {
	before, err := number(b, "\nstartxref\n")
	if err != nil {
		return nil, err
	}
	size, err := number(b, "\n/Size ")
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(b)
	out := bytes.NewBuffer(b)
	catalog := out.Len()
	fmt.Fprintf(out, "1 0 obj\n<</Type/Catalog/Pages 2 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>>>\nendobj\n", letters(s.Lang))
	info := out.Len()
	fmt.Fprintf(out, "%d 0 obj\n<</Title %s/Author %s/Producer(Kakehashi)%s>>\nendobj\n", size, words(s.Title), words(s.Author), date(s.Made))
	xref := out.Len()
	fmt.Fprintf(out, "xref\n1 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n", catalog, size, info)
	key := hex.EncodeToString(id[:16])
	fmt.Fprintf(out, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R/Prev %d/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", size+1, size, before, key, key, xref)
	return out.Bytes(), nil
}

// number reads the number after the last place of a mark.
func number(b []byte, mark string) (int, error) {
	at := bytes.LastIndex(b, []byte(mark))
	if at < 0 {
		return 0, fmt.Errorf("pdf: no %q in the file", mark)
	}
	rest := b[at+len(mark):]
	return strconv.Atoi(string(rest[:bytes.IndexByte(rest, '\n')]))
}

// letters keeps of a language tag what can stand in a PDF string as it is.
func letters(tag string) string {
	return string(bytes.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, []byte(tag)))
}

// words is text as a PDF string: UTF-16 with its byte order mark.
func words(text string) string {
	out := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		out = fmt.Appendf(out, "%04X", u)
	}
	return string(append(out, '>'))
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("/CreationDate(D:20060102150405Z)")
}
