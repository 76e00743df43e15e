package ui

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ChartKind is how numbers are drawn.
type ChartKind uint8

// The kinds of chart.
const (
	Bars    ChartKind = iota // one bar a label and series: to compare
	Stacked                  // one bar a label, series on one another: parts of a whole
	Lines                    // one line a series over the labels: time
)

// ChartOf describes a Chart. Values are not negative.
type ChartOf struct {
	Title  string
	Kind   ChartKind
	Labels []string // categories, or points in time, in reading order
	Corner string   // what the labels are, for the table: "month"
	Series []Series
	Unit   string // 人, 時間; behind numbers in the drawing and the table's head
	ID     string // unique on the page, where it has several charts; "" = one
}

// Series is one row of numbers, one a label.
type Series struct {
	Name   string
	Values []int64
}

// The drawing's size in units of its viewBox, chosen so that its text is about
// as large as the page's on a phone.
const (
	chartWidth = 400.0
	rowHeight  = 50.0 // a label above its bar
	barHeight  = 18.0
	lineHeight = 180.0
	linePad    = 28.0
)

// at returns the series' value at i, 0 where there is none.
func (s Series) at(i int) int64 {
	if i < len(s.Values) {
		return max(s.Values[i], 0)
	}
	return 0
}

// total returns the sum of all series at label i.
func (c ChartOf) total(i int) int64 {
	var sum int64
	for _, s := range c.Series {
		sum += s.at(i)
	}
	return sum
}

// most returns the largest number that is drawn, at least 1.
func (c ChartOf) most() int64 {
	most := int64(1)
	for i := range c.Labels {
		if c.Kind == Stacked {
			most = max(most, c.total(i))
			continue
		}
		for _, s := range c.Series {
			most = max(most, s.at(i))
		}
	}
	return most
}

// bar is a rectangle of the drawing.
type bar struct {
	x, y, width, height string
	hue                 string
}

// mark is a text of the drawing.
type mark struct {
	x, y string
	text string
	end  bool // ends at x instead of beginning there
	mid  bool // is centred on x
}

func hue(i int) string { return "hue-" + strconv.Itoa(i%6+1) }

// rowsHeight returns the height of a drawing of bars.
func (c ChartOf) rowsHeight() float64 {
	return float64(len(c.Labels))*c.oneRow() + 4
}

func (c ChartOf) oneRow() float64 {
	if c.Kind == Bars && len(c.Series) > 1 {
		return rowHeight + float64(len(c.Series)-1)*(barHeight+2)
	}
	return rowHeight
}

// drawBars returns the bars, from the left, and the numbers that end them; text
// turns a number into words.
func (c ChartOf) drawBars(number func(int64) string) (bars []bar, labels, values []mark) {
	room := chartWidth - 12 - textWidth(number(c.most())) // the rest is for the number behind the bar
	scale := room / float64(c.most())
	for i, label := range c.Labels {
		top := float64(i) * c.oneRow()
		labels = append(labels, mark{x: "0", y: decimal(top + 18), text: label})
		if c.Kind == Stacked {
			x := 0.0
			for j, s := range c.Series {
				width := float64(s.at(i)) * scale
				if s.at(i) > 0 {
					bars = append(bars, bar{decimal(x), decimal(top + 25), decimal(width), decimal(barHeight), hue(j)})
				}
				x += width
			}
			values = append(values, mark{x: decimal(x + 6), y: decimal(top + 39), text: number(c.total(i))})
			continue
		}
		for j, s := range c.Series {
			y := top + 25 + float64(j)*(barHeight+2)
			width := math.Max(float64(s.at(i))*scale, 1)
			bars = append(bars, bar{decimal(0), decimal(y), decimal(width), decimal(barHeight), hue(j)})
			values = append(values, mark{x: decimal(width + 6), y: decimal(y + 14), text: number(s.at(i))})
		}
	}
	return bars, labels, values
}

// withUnit puts a unit behind a number, with a space where the script has them.
func withUnit(number, unit string) string {
	const firstEastAsian = 0x2E80 // CJK radicals; kana, Han and Hangul follow
	switch r, _ := utf8.DecodeRuneInString(unit); {
	case unit == "":
		return number
	case r >= firstEastAsian:
		return number + unit
	}
	return number + " " + unit
}

// textWidth estimates the width of bold text of 15 units: wide letters are as
// wide as they are high. Too much costs a few units of bar, nothing else.
func textWidth(s string) float64 {
	width := 0.0
	for _, r := range s {
		if r >= 0x1100 {
			width += 15.5
		} else {
			width += 9.5
		}
	}
	return width
}

// line is one series of a drawing of lines.
type line struct {
	path string
	dots []mark
	hue  string
}

// drawLines returns a line a series, the grid's heights with their numbers, and
// as many labels as fit.
func (c ChartOf) drawLines(number func(int64) string) (lines []line, grid, labels []mark) {
	top := niceTop(c.most())
	left := 12 + textWidth(number(top))
	y := func(v int64) float64 { return lineHeight - linePad - (lineHeight-2*linePad)*float64(v)/float64(top) }
	x := func(i int) float64 {
		if len(c.Labels) < 2 {
			return (left + chartWidth) / 2
		}
		return left + 8 + (chartWidth-left-16)*float64(i)/float64(len(c.Labels)-1)
	}
	for _, v := range []int64{0, top / 2, top} {
		grid = append(grid, mark{x: decimal(left - 6), y: decimal(y(v)), text: number(v), end: true})
	}
	for j, s := range c.Series {
		l := line{hue: hue(j)}
		var path strings.Builder
		for i := range c.Labels {
			path.WriteString(map[bool]string{true: "M", false: "L"}[i == 0])
			path.WriteString(decimal(x(i)) + " " + decimal(y(s.at(i))))
			l.dots = append(l.dots, mark{x: decimal(x(i)), y: decimal(y(s.at(i)))})
		}
		l.path = path.String()
		lines = append(lines, l)
	}
	every := max(1, (len(c.Labels)+5)/6)
	for i, label := range c.Labels {
		if i%every == 0 {
			labels = append(labels, mark{x: decimal(x(i)), y: decimal(lineHeight - 8), text: label, mid: true})
		}
	}
	return lines, grid, labels
}

// niceTop returns the end of an axis: the next even number of 1, 2, 4, 6 or 10
// times a power of ten.
func niceTop(most int64) int64 {
	for step := int64(1); ; step *= 10 {
		for _, n := range []int64{2, 4, 6, 10} {
			if n*step >= most {
				return n * step
			}
		}
	}
}

func (c ChartOf) id(part string) string { return "chart-" + c.ID + part }

// chartRow is a label of the chart with its index, as a row of the table.
type chartRow struct {
	label string
	index int
}

// table returns the numbers behind the drawing.
func (c ChartOf) table(number func(int64) string, total string) TableOf[chartRow] {
	t := TableOf[chartRow]{Caption: c.Title, HideCaption: true, Keep: true}
	t.Columns = []Column[chartRow]{{Label: c.Corner, Head: true, Text: func(r chartRow) string { return r.label }}}
	t.Foot = []string{total}
	for _, s := range c.Series {
		name := s.Name
		if c.Unit != "" {
			name = strings.TrimSpace(name + " (" + c.Unit + ")")
		}
		t.Columns = append(t.Columns, Column[chartRow]{Label: name, Number: true, Text: func(r chartRow) string { return number(s.at(r.index)) }})
		var sum int64
		for i := range c.Labels {
			sum += s.at(i)
		}
		t.Foot = append(t.Foot, number(sum))
	}
	if c.Unit == "%" { // shares of different things add up to nothing
		t.Foot = nil
	}
	for i, label := range c.Labels {
		t.Rows = append(t.Rows, chartRow{label, i})
	}
	return t
}
