package table

import (
	"embed"
	"fmt"

	"kakehashi/platform/i18n"
)

//go:embed messages/*.toml
var messages embed.FS

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "table", FS: messages} }

// Reasons for refusing a row, as message keys. The message needs the named values.
const (
	Missing   = "table.missing"    // the cell is empty and must not be
	NotDate   = "table.not_date"   //
	NotTime   = "table.not_time"   //
	NotNumber = "table.not_number" // no whole number
	NotPhone  = "table.not_phone"  //
	NotPostal = "table.not_postal" //
	NotMail   = "table.not_mail"   //
	NotPlace  = "table.not_place"  // no latitude or longitude in Japan
	NotYesNo  = "table.not_yes_no" //
	TooLong   = "table.too_long"   // limit: characters
	TooSmall  = "table.too_small"  // limit: the smallest that is taken
	TooGreat  = "table.too_great"  // limit: the greatest that is taken
	NotListed = "table.not_listed" // value: what was typed and is none of the choices
	NotFound  = "table.not_found"  // value: what was typed and is not registered
	Twice     = "table.twice"      // line: where the same thing stands already
	EndFirst  = "table.end_first"  // the end lies before the beginning
)

// Refusal says why a row was not taken.
type Refusal struct {
	Line   int    // the row's number as a spreadsheet shows it
	Column string // by its own name, whatever the file calls it
	Key    string // message key of the reason
	Args   []any  // alternating names and values for the message
}

// Text returns the refusal as the reader sees it: line, column and reason.
func (r Refusal) Text(loc *i18n.Localizer) string {
	return loc.T("table.refusal", "line", r.Line, "column", r.Column, "reason", loc.T(r.Key, r.Args...))
}

// Summary counts what an import did with the rows of a file.
type Summary struct {
	Imported  int // new
	Updated   int // known before, and changed
	Unchanged int // known before, and the same: importing twice changes nothing
	Refused   int // rows, each perhaps for several reasons
	Refusals  []Refusal
}

// Text returns the counts as the reader sees them.
func (s Summary) Text(loc *i18n.Localizer) string {
	return loc.T("table.summary", "imported", s.Imported, "updated", s.Updated, "unchanged", s.Unchanged, "refused", s.Refused)
}

// String returns "imported N, updated N, unchanged N, refused N", for logs and
// the command line.
func (s Summary) String() string {
	return fmt.Sprintf("imported %d, updated %d, unchanged %d, refused %d", s.Imported, s.Updated, s.Unchanged, s.Refused)
}
