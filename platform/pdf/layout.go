package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"kakehashi/engines/kinsoku"
)

// mm is a millimetre in points.
const mm = 72 / 25.4

// style is how text is set.
type style struct {
	face  face
	size  float64 // points
	gray  uint8   // 0 is black
	track float64 // points between characters
	lead  float64 // distance of lines in parts of the size; 0: 1.6
}

func (s style) height() float64 {
	if s.lead == 0 {
		return s.size * 1.6
	}
	return s.size * s.lead
}

// The styles of a document.
var (
	body    = style{size: 10.5}
	small   = style{size: 8.5, gray: 0x40}
	heading = style{size: 12, face: bold}
	title   = style{size: 20, face: bold, track: 5, lead: 1.4}
	name    = style{size: 14, lead: 1.4}
	sum     = style{size: 22, face: bold, lead: 1.4}
	table   = style{size: 9.5, lead: 1.5}
	tableB  = style{size: 9.5, lead: 1.5, face: bold}
)

// op is one thing that is drawn; x and y are its upper left corner, in points
// from that of the page, and of a text the start of its base line.
type op struct {
	kind       opKind
	x, y, w, h float64
	pen        float64 // width of a line
	gray       uint8
	dashed     bool
	style      style
	text       string
}

type opKind int

const (
	opText  opKind = iota
	opLine         // from x, y by w, h
	opFrame        // the edge of a box
	opFill         // a box
)

// layout sets blocks on pages. Nothing is written yet: the first error ends it.
type layout struct {
	fonts  *fonts
	paper  Paper
	margin float64
	y      float64 // where the next block begins
	// taken is how far to the right whom the document is for reaches, in the strip
	// that ends at takenAt.
	taken, takenAt float64
	pages          [][]op
	glyphs         [len(families)]map[rune]glyph // known, by the face of the text
	err            error
}

func newLayout(f *fonts, p Paper) *layout {
	l := &layout{fonts: f, paper: p, margin: 20 * mm}
	if p.Width < A4.Width {
		l.margin = 13 * mm
	}
	for i := range l.glyphs {
		l.glyphs[i] = map[rune]glyph{}
	}
	return l
}

func (l *layout) left() float64   { return l.margin }
func (l *layout) right() float64  { return l.paper.Width*mm - l.margin }
func (l *layout) inner() float64  { return l.right() - l.left() }
func (l *layout) top() float64    { return 16 * mm }
func (l *layout) bottom() float64 { return l.paper.Height*mm - 16*mm }

// page begins a new one.
func (l *layout) page() {
	l.pages = append(l.pages, nil)
	l.y = l.top()
}

// need makes sure that so much fits below; what is higher than a page begins at
// the top of one.
func (l *layout) need(height float64) {
	if l.y+height > l.bottom() && l.y > l.top() {
		l.page()
	}
}

func (l *layout) draw(o op) {
	at := len(l.pages) - 1
	l.pages[at] = append(l.pages[at], o)
}

// glyph returns how a character is set, and notes the first that cannot be.
func (l *layout) glyph(c face, r rune) glyph {
	g, known := l.glyphs[c][r]
	if !known {
		var ok bool
		if g, ok = l.fonts.find(c, r); !ok && l.err == nil {
			l.err = MissingGlyph{Char: r}
		}
		l.glyphs[c][r] = g
	}
	return g
}

func (l *layout) widthOf(s style, r rune) float64 { return l.glyph(s.face, r).width*s.size + s.track }

func (l *layout) width(s style, text string) (w float64) {
	for _, r := range text {
		w += l.widthOf(s, r)
	}
	if w > 0 {
		w -= s.track
	}
	return w
}

// lines breaks text to the width.
func (l *layout) lines(s style, text string, width float64) []string {
	before := l.err
	out := kinsoku.Wrap(clean(text), width, func(r rune) float64 { return l.widthOf(s, r) })
	if missing, ok := l.err.(MissingGlyph); ok && before == nil {
		missing.Text = text
		l.err = missing
	}
	return out
}

// line draws one line of text in a strip of the style's height that begins at y,
// in as many pieces as it needs faces.
func (l *layout) line(s style, x, y float64, text string) {
	y += (s.height()-s.size)/2 + ascent*s.size
	runes := []rune(text)
	for from := 0; from < len(runes); {
		piece, wide := s, 0.0
		piece.face = l.glyph(s.face, runes[from]).face
		to := from
		for to < len(runes) && l.glyph(s.face, runes[to]).face == piece.face {
			wide += l.widthOf(s, runes[to])
			to++
		}
		l.draw(op{kind: opText, x: x, y: y, style: piece, text: string(runes[from:to])})
		x, from = x+wide, to
	}
}

// align is where the lines of a text stand between left and right.
type align int

const (
	start align = iota
	centre
	end
)

// text sets text below the last block, line by line.
func (l *layout) text(s style, a align, text string) {
	for _, line := range l.lines(s, text, l.inner()) {
		l.need(s.height())
		l.line(s, l.aligned(s, a, l.left(), l.inner(), line), l.y, line)
		l.y += s.height()
	}
}

func (l *layout) aligned(s style, a align, x, width float64, line string) float64 {
	switch a {
	case centre:
		return x + (width-l.width(s, line))/2
	case end:
		return x + width - l.width(s, strings.TrimRightFunc(line, kinsoku.Blank))
	}
	return x
}

// cell is one cell of a row.
type cell struct {
	width float64
	style style
	align align
	tint  bool
	text  string
}

const (
	cellPad  = 1.6 * mm // above and below
	cellSide = 2.2 * mm
	edge     = 0.6
	edgeGray = 0x70
	tint     = 0xF1
)

// row sets cells beside one another, framed. A row that does not fit begins on
// the next page, where again is called first; one that is higher than a page
// goes on on the next.
func (l *layout) row(again func(), cells ...cell) {
	broken := make([][]string, len(cells))
	most, high := 1, 0.0
	for i, c := range cells {
		broken[i] = l.lines(c.style, c.text, c.width-2*cellSide)
		most, high = max(most, len(broken[i])), max(high, c.style.height())
	}
	fresh := func() {
		l.page()
		if again != nil {
			again()
		}
	}
	if whole := float64(most)*high + 2*cellPad; l.y+whole > l.bottom() && l.y > l.top() {
		fresh()
	}
	for from := 0; from < most; {
		fits := int((l.bottom() - l.y - 2*cellPad) / high)
		if fits < 1 && l.y > l.top() {
			fresh()
			fits = int((l.bottom() - l.y - 2*cellPad) / high)
		}
		to := min(most, from+max(1, fits))
		height, x := float64(to-from)*high+2*cellPad, l.left()
		for i, c := range cells {
			if c.tint {
				l.draw(op{kind: opFill, x: x, y: l.y, w: c.width, h: height, gray: tint})
			}
			l.draw(op{kind: opFrame, x: x, y: l.y, w: c.width, h: height, pen: edge, gray: edgeGray})
			for n, line := range broken[i][min(from, len(broken[i])):min(to, len(broken[i]))] {
				l.line(c.style, l.aligned(c.style, c.align, x+cellSide, c.width-2*cellSide, line), l.y+cellPad+float64(n)*high+(high-c.style.height())/2, line)
			}
			x += c.width
		}
		l.y += height
		if from = to; from < most {
			fresh()
		}
	}
}

// clean makes the characters of a text those that are set: line ends are "\n",
// tabs are blanks, and a mark that follows its letter is one character with it
// where there is one (か and ゛ are が). Nothing else is normalised: a name's
// variant of a character stays.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(strings.ToValidUTF8(text, "\ufffd"))
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Mn, r) }) {
		return text
	}
	var out []rune
	for _, r := range text {
		if n := len(out); n > 0 && unicode.Is(unicode.Mn, r) {
			if one := []rune(norm.NFC.String(string([]rune{out[n-1], r}))); len(one) == 1 {
				out[n-1] = one[0]
				continue
			}
		}
		out = append(out, r)
	}
	return string(out)
}
