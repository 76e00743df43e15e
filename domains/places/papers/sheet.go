package papers

import (
	"errors"
	"strconv"

	"kakehashi/platform/pdf"
)

// Fact is a labelled line of a sheet. Data is what people typed or names, which
// is never given readings.
type Fact struct {
	Label, Value string
	Data         bool
}

// Sheet is one document in one language: what its PDF and its page are both
// made of. Every text stands as it is read.
type Sheet struct {
	File       string // name without ending
	Title      string
	Right      []string // number, date
	To         string
	From       []string
	Seal       string // 印: a place for it stays free; "" is none
	Again      string // that it was issued again
	Lead       string
	Amount     string // the sum that the document is about; "" is none
	AmountName string
	Words      string // the sum in words
	Facts      []Fact
	LinesName  string
	LinesHead  [2]string // what, yen
	Lines      [][2]string
	ListName   string
	List       []string
	QR         string
	Beside     []string // the words beside the QR code
	Note       string
}

// put sets the sheet as a part of the file.
func (s Sheet) put(d *pdf.Doc) {
	d.Right(s.Right...)
	d.Title(s.Title)
	d.To(s.To, "")
	d.From(s.Seal, s.From...)
	if s.Again != "" {
		d.Text(s.Again)
	}
	if s.Lead != "" {
		d.Text(s.Lead)
	}
	if s.Amount != "" {
		d.Amount(s.AmountName, s.Amount, s.Words)
	}
	facts := make([]pdf.Fact, len(s.Facts))
	for i, f := range s.Facts {
		facts[i] = pdf.Fact{Label: f.Label, Value: f.Value}
	}
	d.Facts(facts...)
	if len(s.Lines) > 0 {
		d.Heading(s.LinesName)
		rows := make([][]string, len(s.Lines))
		for i, l := range s.Lines {
			rows[i] = l[:]
		}
		d.Table([]pdf.Column{{Label: s.LinesHead[0], Share: 4.5}, {Label: s.LinesHead[1], Share: 2, Right: true}}, rows, true)
	}
	if len(s.List) > 0 {
		d.Heading(s.ListName)
		d.List(s.List...)
	}
	if s.QR != "" {
		d.QR(s.QR, s.Beside...)
	}
	if s.Note != "" {
		d.Note(s.Note)
	}
	d.Footer(func(page, pages int) string {
		if pages == 1 {
			return ""
		}
		return s.Right[0] + "\u3000" + strconv.Itoa(page) + " / " + strconv.Itoa(pages)
	})
}

// PDF returns the sheet as PDF, or pdf.MissingGlyph.
func (s Sheet) PDF(author string) ([]byte, error) {
	d := pdf.New(pdf.Setup{Title: s.Title, Author: author})
	s.put(d)
	return d.Bytes()
}

// printable returns the first character that the PDF's font has no glyph for;
// ok is true when there is none.
func (s Sheet) printable() (missing rune, ok bool, err error) {
	d := pdf.New(pdf.Setup{})
	s.put(d)
	var glyph pdf.MissingGlyph
	switch err := d.Check(); {
	case errors.As(err, &glyph):
		return glyph.Char, false, nil
	case err != nil:
		return 0, false, err
	}
	return 0, true, nil
}
