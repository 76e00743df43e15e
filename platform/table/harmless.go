package table

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// starters begin a formula in Excel, LibreOffice or Google's sheets, or are
// turned into one that does: full-width signs by Japanese input methods, the
// minus sign by CP932, which holds only the full-width one.
const starters = "=+-@\t\r\n＝＋－＠−"

// minusRe is a negative number: a sheet reads it as nothing else.
var minusRe = regexp.MustCompile(`^-\d{1,15}(\.\d{1,15})?$`)

// harmless puts an apostrophe before a cell that a spreadsheet could run, and
// before one that whole would otherwise strip.
func harmless(cell string) string {
	if startsFormula(strings.TrimLeft(cell, "'")) && !minusRe.MatchString(cell) {
		return "'" + cell
	}
	return cell
}

// whole undoes harmless.
func whole(cell string) string {
	if strings.HasPrefix(cell, "'") && startsFormula(strings.TrimLeft(cell, "'")) {
		return cell[1:]
	}
	return cell
}

func startsFormula(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && strings.ContainsRune(starters, r)
}
