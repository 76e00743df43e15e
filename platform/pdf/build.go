package pdf

import (
	"strconv"
	"time"
)

// Paper is a size of paper in millimetres, upright.
type Paper struct{ Width, Height float64 }

// The sizes that offices use.
var (
	A4 = Paper{Width: 210, Height: 297}
	A5 = Paper{Width: 148, Height: 210}
)

// Setup says what holds for a whole file.
type Setup struct {
	Title  string    // as the viewer's window shows it
	Author string    // who issues it
	Lang   string    // BCP 47; "" is "ja"
	Made   time.Time // when it was made; zero leaves it out
	Paper  Paper     // zero is A4
}

// Doc is a document under construction. Its methods set one block under the
// other; nothing is written before Write.
type Doc struct {
	setup Setup
	parts []part
}

// part is a document of its own within a file.
type part struct {
	footer func(page, pages int) string
	blocks []func(*layout)
}

// New returns an empty document.
func New(s Setup) *Doc {
	if s.Paper == (Paper{}) {
		s.Paper = A4
	}
	if s.Lang == "" {
		s.Lang = "ja"
	}
	return &Doc{setup: s, parts: []part{{}}}
}

func (d *Doc) add(b func(*layout)) {
	p := &d.parts[len(d.parts)-1]
	p.blocks = append(p.blocks, b)
}

// Part begins a document of its own within the file, on a new page, with its
// own numbers of pages. A part without blocks is left out.
func (d *Doc) Part() { d.parts = append(d.parts, part{}) }

// Footer says what stands at the foot of the part's pages: "" is nothing.
func (d *Doc) Footer(f func(page, pages int) string) { d.parts[len(d.parts)-1].footer = f }

// Page begins a new page.
func (d *Doc) Page() { d.add((*layout).page) }

// Space leaves so many millimetres free.
func (d *Doc) Space(height float64) { d.add(func(l *layout) { l.y += height * mm }) }

// Title sets what the document is, large and centred.
func (d *Doc) Title(text string) {
	d.add(func(l *layout) {
		l.y += 4 * mm
		l.text(title, centre, text)
		l.y += 5 * mm
	})
}

// Heading sets the head of what follows, with which it stays together.
func (d *Doc) Heading(text string) {
	d.add(func(l *layout) {
		l.y += 4 * mm
		l.need(4 * heading.height())
		l.text(heading, start, text)
		l.y += 1 * mm
	})
}

// Text sets a paragraph.
func (d *Doc) Text(text string) {
	d.add(func(l *layout) {
		l.text(body, start, text)
		l.y += 2 * mm
	})
}

// Note sets a paragraph that need not be read first.
func (d *Doc) Note(text string) {
	d.add(func(l *layout) {
		l.text(small, start, text)
		l.y += 1 * mm
	})
}

// Right sets lines at the right edge: number and date.
func (d *Doc) Right(lines ...string) {
	d.add(func(l *layout) {
		for _, line := range lines {
			l.text(body, end, line)
		}
		l.y += 1 * mm
	})
}

// To sets whom the document is for, underlined, with the honorific after it.
func (d *Doc) To(who, honorific string) {
	d.add(func(l *layout) {
		if honorific != "" {
			who += "\u3000" + honorific
		}
		for _, line := range l.lines(name, who, l.inner()) {
			l.need(name.height())
			l.line(name, l.left(), l.y, line)
			l.y += name.height()
			under := max(l.width(name, line)+4*mm, l.inner()*0.45)
			l.draw(op{kind: opLine, x: l.left(), y: l.y, w: under, pen: edge, gray: edgeGray})
			l.y += 1 * mm
			l.taken = max(l.taken, l.left()+under)
		}
		l.y += 3 * mm
		l.takenAt = l.y
	})
}

// From sets who issues the document at the right edge, beginning beside To where
// there is room. With a seal, a word such as 印, a box of 22 mm stays free for it.
func (d *Doc) From(seal string, lines ...string) {
	d.add(func(l *layout) {
		box := 0.0
		if seal != "" {
			box = 22 * mm
		}
		var set []string
		wide := 0.0
		for _, line := range lines {
			set = append(set, l.lines(body, line, l.inner()*0.7-box)...)
		}
		for _, line := range set {
			wide = max(wide, l.width(body, line))
		}
		text := float64(len(set)) * body.height()
		height := max(text, box)
		x := l.right() - wide - box
		if box > 0 {
			x -= 4 * mm
		}
		if l.y == l.takenAt && x > l.taken+4*mm {
			l.y -= 9 * mm
		}
		l.need(height)
		y := l.y + (height-text)/2
		if box > 0 {
			l.draw(op{kind: opFrame, x: l.right() - box, y: l.y + (height-box)/2, w: box, h: box, pen: edge, gray: 0xA0, dashed: true})
			l.line(small, l.right()-box/2-l.width(small, seal)/2, l.y+height/2-small.height()/2, seal)
		}
		for _, line := range set {
			l.line(body, x, y, line)
			y += body.height()
		}
		l.y += height + 3*mm
	})
}

// Fact is a line of a table of facts.
type Fact struct{ Label, Value string }

// Facts sets a table of what is known: labels at the left, values beside them.
func (d *Doc) Facts(facts ...Fact) {
	d.add(func(l *layout) {
		label := 0.0
		for _, f := range facts {
			label = max(label, l.width(tableB, clean(f.Label)))
		}
		label = min(max(label+2*cellSide+1, l.inner()*0.18), l.inner()*0.4)
		for _, f := range facts {
			l.row(nil,
				cell{width: label, style: tableB, tint: true, text: f.Label},
				cell{width: l.inner() - label, style: body, text: f.Value})
		}
		l.y += 3 * mm
	})
}

// Column is a column of a table.
type Column struct {
	Label string
	Share float64 // of the width, in proportion to the other columns
	Right bool    // numbers and yen stand at the right
}

// Table sets rows under the labels of the columns. The last row is set apart
// when it is a total.
func (d *Doc) Table(columns []Column, rows [][]string, total bool) {
	d.add(func(l *layout) {
		all := 0.0
		for _, c := range columns {
			all += c.Share
		}
		cells := func(s style, tint bool, text func(i int) string) []cell {
			out := make([]cell, len(columns))
			for i, c := range columns {
				out[i] = cell{width: l.inner() * c.Share / all, style: s, tint: tint, text: text(i)}
				if c.Right {
					out[i].align = end
				}
			}
			return out
		}
		head := func() { l.row(nil, cells(tableB, true, func(i int) string { return columns[i].Label })...) }
		l.need(4 * table.height())
		head()
		for n, row := range rows {
			s := table
			if total && n == len(rows)-1 {
				s = tableB
			}
			l.row(head, cells(s, false, func(i int) string {
				if i < len(row) {
					return row[i]
				}
				return ""
			})...)
		}
		l.y += 3 * mm
	})
}

// Amount sets a sum so that nobody overlooks it, with a line of words beneath
// where there is one.
func (d *Doc) Amount(label, amount, words string) {
	d.add(func(l *layout) {
		l.need(sum.height() + small.height() + 6*mm)
		box, x := l.inner()*0.7, l.left()+l.inner()*0.15
		top := l.y
		l.y += 2 * mm
		l.line(body, x+4*mm, l.y+(sum.height()-body.height())/2, label)
		room := box - 8*mm - l.width(body, label) - 4*mm
		for _, line := range l.lines(sum, amount, room) {
			l.line(sum, x+box-4*mm-l.width(sum, line), l.y, line)
			l.y += sum.height()
		}
		if words != "" {
			for _, line := range l.lines(small, words, box-8*mm) {
				l.line(small, l.aligned(small, end, x+4*mm, box-8*mm, line), l.y, line)
				l.y += small.height()
			}
		}
		l.y += 2 * mm
		l.draw(op{kind: opFrame, x: x, y: top, w: box, h: l.y - top, pen: 1.2, gray: 0x20})
		l.y += 5 * mm
	})
}

// List sets numbered paragraphs.
func (d *Doc) List(items ...string) {
	d.add(func(l *layout) {
		indent := l.width(table, strconv.Itoa(len(items))+". ") + 2
		for i, item := range items {
			for n, line := range l.lines(table, item, l.inner()-indent) {
				l.need(table.height())
				if n == 0 {
					l.line(table, l.left(), l.y, strconv.Itoa(i+1)+".")
				}
				l.line(table, l.left()+indent, l.y, line)
				l.y += table.height()
			}
			l.y += 0.6 * mm
		}
		l.y += 2 * mm
	})
}

// QR sets a QR code of 26 mm with the words beside it that say where it leads.
func (d *Doc) QR(text string, words ...string) {
	d.add(func(l *layout) {
		const side = 26 * mm
		l.need(side)
		if err := l.qr(text, l.left(), l.y, side); err != nil && l.err == nil {
			l.err = err
		}
		x, y := l.left()+side+4*mm, l.y+2*mm
		for _, w := range words {
			for _, line := range l.lines(small, w, l.right()-x) {
				l.line(small, x, y, line)
				y += small.height()
			}
			y += 1 * mm
		}
		l.y = max(l.y+side, y) + 2*mm
	})
}
