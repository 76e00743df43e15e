package importing

import (
	"context"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/geo"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

// Batch is how many rows one transaction takes.
const Batch = 500

const maxName = 200 // characters

// row is a row of the file, ready to be laid over what is known.
type row struct {
	line int
	file facility.Facility
	has  func(column string) bool
}

// Import takes the rows of the sheet into the city, Batch rows a transaction.
// When a transaction fails, the ones before it stay.
func Import(ctx context.Context, d *db.DB, actor db.Actor, sheet *table.Sheet) (sum table.Summary, err error) {
	defer fault.Wrap(&err, "importing.Import()")
	rows, err := sheet.Match(columns())
	if err != nil {
		return sum, err
	}
	taken, sum := readAll(rows)
	for len(taken) > 0 {
		some := taken[:min(Batch, len(taken))]
		taken = taken[len(some):]
		var done table.Summary
		err := d.Write(ctx, actor, func(tx *db.Tx) error {
			done = table.Summary{} // the function may run again
			return saveAll(tx, some, &done)
		})
		if err != nil {
			return sum, err
		}
		sum.Imported += done.Imported
		sum.Updated += done.Updated
		sum.Unchanged += done.Unchanged
	}
	return sum, nil
}

// readAll reads every row that can be used; the summary has the refusals.
func readAll(rows *table.Rows) ([]row, table.Summary) {
	var out []row
	seen := map[string]int{} // identity → line
	for rows.Next() {
		f := readRow(rows)
		if rows.Refused() {
			continue
		}
		id := f.Identity()
		if line, twice := seen[id]; twice {
			rows.Refuse(colName, table.Twice, "line", line)
			continue
		}
		seen[id] = rows.Line()
		out = append(out, row{rows.Line(), f, rows.Has})
	}
	return out, rows.Summary()
}

// readRow reads one row; what cannot be used is refused there.
func readRow(rows *table.Rows) facility.Facility {
	f := facility.Facility{Opens: -1, Closes: -1, Name: i18n.Text{}, Description: i18n.Text{}, Access: map[string]string{}, Extra: rows.Extra()}
	f.Name[i18n.Ja] = words(rows.Get(colName))
	if f.Name[i18n.Ja] == "" {
		rows.Refuse(colName, table.Missing)
	} else if len([]rune(f.Name[i18n.Ja])) > maxName {
		rows.Refuse(colName, table.TooLong, "limit", maxName)
	}
	if en := words(rows.Get(colEnglish)); en != "" {
		f.Name[i18n.En] = en
	}
	f.Kana = words(rows.Get(colKana))
	f.Code, f.Number = code(rows.Get(colCode)), norm.NFKC.String(rows.Get(colID))
	f.Address = words(rows.Get(colAddress))
	if f.Address == "" {
		f.Address = words(rows.Get(colPrefecture) + rows.Get(colCity) + rows.Get(colTown) + rows.Get(colBlock))
	}
	if f.Address == "" {
		rows.Refuse(colAddress, table.Missing)
	}
	f.Town = words(rows.Get(colTown))
	if f.Town == "" {
		f.Town = TownOf(f.Address, words(rows.Get(colPrefecture)), words(rows.Get(colCity)))
	}
	f.Building = words(rows.Get(colBuilding))
	readPosition(rows, &f)
	if cell := rows.Get(colPhone); cell != "" {
		p, err := jp.Phone(cell)
		if err != nil {
			rows.Refuse(colPhone, table.NotPhone)
		}
		f.Phone, f.PhoneNote = p.Number, p.Note
	}
	if cell := rows.Get(colPostal); cell != "" {
		p, err := jp.PostalCode(cell)
		if err != nil {
			rows.Refuse(colPostal, table.NotPostal)
		}
		f.PostalCode = p
	}
	f.Opens, f.Closes = clock(rows, colOpens), clock(rows, colCloses)
	if f.Opens >= 0 && f.Closes >= 0 && f.Closes < f.Opens {
		rows.Refuse(colCloses, table.EndFirst)
	}
	if (f.Opens < 0) != (f.Closes < 0) { // half a pair of hours is a note
		half := jp.FormatClock(max(f.Opens, 0)) + "〜"
		if f.Opens < 0 {
			half = "〜" + jp.FormatClock(f.Closes)
		}
		f.Opens, f.Closes = -1, -1
		f.HoursNote = half
	}
	f.Mail, f.URL = norm.NFKC.String(rows.Get(colMail)), rows.Get(colURL)
	f.Days = words(rows.Get(colDays))
	f.HoursNote = strings.TrimSpace(strings.Join([]string{f.HoursNote, words(rows.Get(colHoursNote))}, " "))
	if text := jp.Kana(rows.Get(colDescription)); text != "" {
		f.Description[i18n.Ja] = text
	}
	for _, c := range standard {
		cell := rows.Get(c.name)
		switch {
		case cell == "" || c.field:
		case c.access != "":
			f.Access[c.access] = words(cell)
		default:
			f.Extra[c.name] = cell
		}
	}
	return f
}

// words tidies one line of text: half-width kana made whole, blanks as one.
func words(s string) string { return strings.Join(strings.Fields(jp.Kana(s)), " ") }

// codeDigits is the length of a local government's code with its check digit.
const codeDigits = 6

// code restores the zeros that a spreadsheet dropped before a code (北海道 is
// 010006) and leaves what is none.
func code(s string) string {
	s = norm.NFKC.String(s)
	if n, err := strconv.Atoi(s); err != nil || n <= 0 || len(s) > codeDigits {
		return s
	}
	return strings.Repeat("0", codeDigits-len(s)) + s
}

// readPosition reads latitude and longitude: both or none, and in Japan.
func readPosition(rows *table.Rows, f *facility.Facility) {
	lat, lng := norm.NFKC.String(rows.Get(colLat)), norm.NFKC.String(rows.Get(colLng))
	if lat == "" && lng == "" {
		return
	}
	var errLat, errLng error
	f.Lat, errLat = strconv.ParseFloat(lat, 64)
	f.Lng, errLng = strconv.ParseFloat(lng, 64)
	switch {
	case errLat != nil:
		rows.Refuse(colLat, table.NotPlace)
	case errLng != nil:
		rows.Refuse(colLng, table.NotPlace)
	case !geo.InJapan(f.Lat, f.Lng):
		rows.Refuse(colLat, table.NotPlace)
	}
}

// clock reads a time of day in minutes, -1 for none.
func clock(rows *table.Rows, column string) int {
	cell := rows.Get(column)
	if cell == "" {
		return -1
	}
	minutes, err := jp.Clock(cell)
	if err != nil {
		rows.Refuse(column, table.NotTime)
		return -1
	}
	return minutes
}

// saveAll writes rows within one transaction and counts what became of them.
func saveAll(tx *db.Tx, rows []row, sum *table.Summary) error {
	for _, r := range rows {
		known, err := find(tx, r.file)
		switch {
		case fault.Is(err, fault.NotFound):
			if _, err := facility.Save(tx, r.file); err != nil {
				return err
			}
			sum.Imported++
			continue
		case err != nil:
			return err
		}
		next := overlay(known, r)
		if next.Same(known) {
			sum.Unchanged++
			continue
		}
		if _, err := facility.Save(tx, next); err != nil {
			return err
		}
		sum.Updated++
	}
	return nil
}

// find looks for the facility by its identity, and by name and address where
// the file or what is known of the city has no ids.
func find(tx *db.Tx, f facility.Facility) (facility.Facility, error) {
	known, err := facility.ByIdentity(tx, f.Identity())
	if fault.Is(err, fault.NotFound) {
		return facility.ByName(tx, f.NameKey(), f.Number)
	}
	return known, err
}

// overlay lays the row over what is known: the columns that the file has win,
// and everything else stays, the texts of other languages among it.
func overlay(known facility.Facility, r row) facility.Facility {
	next := known
	next.Name, next.Description = maps.Clone(known.Name), maps.Clone(known.Description)
	next.Access, next.Extra = maps.Clone(known.Access), maps.Clone(known.Extra)
	text := func(column string, to *string, from string) {
		if r.has(column) {
			*to = from
		}
	}
	next.Name = with(next.Name, i18n.Ja, r.file.Name[i18n.Ja])
	if en := r.file.Name[i18n.En]; en != "" {
		next.Name = with(next.Name, i18n.En, en)
	}
	if r.has(colDescription) {
		next.Description = with(next.Description, i18n.Ja, r.file.Description[i18n.Ja])
	}
	if r.file.Number != "" { // an empty cell takes no id away
		next.Code, next.Number = r.file.Code, r.file.Number
	}
	text(colKana, &next.Kana, r.file.Kana)
	text(colBuilding, &next.Building, r.file.Building)
	text(colPhone, &next.Phone, r.file.Phone)
	text(colPhone, &next.PhoneNote, r.file.PhoneNote)
	text(colMail, &next.Mail, r.file.Mail)
	text(colPostal, &next.PostalCode, r.file.PostalCode)
	text(colDays, &next.Days, r.file.Days)
	text(colHoursNote, &next.HoursNote, r.file.HoursNote)
	text(colURL, &next.URL, r.file.URL)
	next.Address, next.Town = r.file.Address, r.file.Town
	if r.has(colLat) && r.has(colLng) {
		next.Lat, next.Lng = r.file.Lat, r.file.Lng
	}
	if r.has(colOpens) && r.has(colCloses) {
		next.Opens, next.Closes = r.file.Opens, r.file.Closes
	}
	for _, c := range standard {
		switch {
		case c.field || !r.has(c.name):
		case c.access != "":
			next.Access = with(next.Access, c.access, r.file.Access[c.access])
		default:
			next.Extra = with(next.Extra, c.name, r.file.Extra[c.name])
		}
	}
	for name, cell := range r.file.Extra {
		next.Extra = with(next.Extra, name, cell)
	}
	return next
}

// with sets a value in a map, and takes the key away for an empty one.
func with[M ~map[K]string, K comparable](m M, key K, value string) M {
	if value == "" {
		delete(m, key)
		return m
	}
	if m == nil {
		m = make(M)
	}
	m[key] = value
	return m
}

var townEnd = regexp.MustCompile(`^(?:.+?丁目|[^0-9０-９\-－−]+)`)

// TownOf returns the town (町丁字) that an address begins with, once the
// prefecture and city before it are taken away.
func TownOf(address, prefecture, city string) string {
	rest := strings.TrimPrefix(address, prefecture)
	rest = strings.TrimPrefix(strings.TrimSpace(rest), city)
	return strings.TrimSpace(townEnd.FindString(strings.TrimSpace(rest)))
}
