package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// cell prints a column's cell of a row.
func (c Column[R]) cell(row R) templ.Component {
	if c.Cell != nil {
		if cell := c.Cell(row); cell != nil {
			return cell
		}
		return templ.NopComponent
	}
	return Verbatim(c.Text(row))
}

func (c Column[R]) class() string {
	var classes []string
	if c.Number {
		classes = append(classes, "num")
	}
	if c.Act {
		classes = append(classes, "cell-act")
	}
	if c.Class != "" {
		classes = append(classes, c.Class)
	}
	return strings.Join(classes, " ")
}
