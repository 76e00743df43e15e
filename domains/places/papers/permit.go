package papers

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/seal"
)

// Permit is a permit as it was issued.
type Permit struct {
	ID          db.ID
	Reservation db.ID
	Version     int64 // above 1 it was issued again
	Year        int64 // fiscal
	Serial      int64
	Code        string
	Says        string // a digest of what it said
	IssuedAt    time.Time
	IssuedBy    db.ID
}

// Number is the number of the permit, as people write it: 2026-00012.
func (p Permit) Number() string { return fmt.Sprintf("%d-%05d", p.Year, p.Serial) }

// Gap is what stands between a reservation and its permit; "" is nothing.
type Gap string

// The gaps. Those of a state are the state's own name.
const (
	NoGap    Gap = ""
	Unpaid   Gap = "unpaid"
	Internal Gap = "internal" // the office's own use needs no permit
	Past     Gap = "past"     // used without one
)

// gap says what stands between the reservation and its permit.
func gap(r reservation.Reservation, owed int64, had bool, now time.Time) Gap {
	switch {
	case r.Kind != reservation.ForUse && r.Kind != "":
		return Internal
	case r.State != reservation.Confirmed && r.State != reservation.Used:
		return Gap(r.State)
	case owed > 0:
		return Unpaid
	case !had && !r.Span.End.After(now):
		return Past
	}
	return NoGap
}

// says is the digest of what a permit says of its reservation: while it is the
// same, so is the permit.
func says(r reservation.Reservation) string {
	b, err := json.Marshal([]any{r.Room, db.Micros(r.Span.Start), db.Micros(r.Span.End), r.Group, r.Person, r.Purpose, r.Headcount, r.Asked})
	if err != nil {
		panic(err) // identifiers, texts and numbers always have a JSON form
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:12])
}

// Standing is what a permit's code is worth.
type Standing string

// The standings.
const (
	Valid     Standing = "valid"
	Changed   Standing = "changed"   // the reservation stands, but not as this permit says
	Cancelled Standing = "cancelled" // or never used
)

// standing says what a permit is worth; last is the newest of its reservation.
func standing(p, last Permit, r reservation.Reservation) Standing {
	switch {
	case r.State != reservation.Confirmed && r.State != reservation.Used:
		return Cancelled
	case p.Version != last.Version || p.Says != says(r):
		return Changed
	}
	return Valid
}

// codes are lower-case letters and digits that are not mistaken for each other.
var codes = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// codeOf returns the code of a permit: 80 bits that only the city's key makes.
func codeOf(k *seal.Keys, id db.ID) string {
	return codes.EncodeToString(k.Index("papers.permit", id.String())[:10])
}

// codeIn reads a code as people type it, with blanks and strokes.
func codeIn(s string) string {
	return strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(s))
}

// spelt is a code in fours, to be read out.
func spelt(code string) string {
	var out []string
	for ; len(code) > 4; code = code[4:] {
		out = append(out, code[:4])
	}
	return strings.Join(append(out, code), "-")
}

const permitColumns = `id, reservation_id, version, year, serial, code, says, issued_at, issued_by`

type permitRow struct {
	Permit
	at int64
}

func (r *permitRow) dest() []any {
	return []any{&r.ID, &r.Reservation, &r.Version, &r.Year, &r.Serial, &r.Code, &r.Says, &r.at, &r.IssuedBy}
}

func one(tx *db.Tx, q string, args ...any) (Permit, error) {
	r, err := db.One(tx, (*permitRow).dest, q, args...)
	r.IssuedAt = db.Time(r.at)
	return r.Permit, err
}

// Latest returns the newest permit of the reservation; NotFound when there is
// none.
func Latest(tx *db.Tx, reservation db.ID) (_ Permit, err error) {
	defer fault.Wrap(&err, "papers.Latest(%v)", reservation)
	return one(tx, `SELECT `+permitColumns+` FROM permits WHERE reservation_id = $1 ORDER BY version DESC LIMIT 1`, reservation)
}

// ByCode returns the permit with the code; NotFound when there is none.
func ByCode(tx *db.Tx, code string) (_ Permit, err error) {
	defer fault.Wrap(&err, "papers.ByCode()")
	return one(tx, `SELECT `+permitColumns+` FROM permits WHERE code = $1`, code)
}

// latest is Latest with the zero Permit where there is none.
func latest(tx *db.Tx, r db.ID) (Permit, error) {
	p, err := Latest(tx, r)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return p, err
}

// Issue returns the permit that says what the reservation is: the newest one, or
// a new version. Whether it may have one is for the caller to know. Who issues
// at the same time waits for the year's row, and finds the other's permit.
func Issue(tx *db.Tx, k *seal.Keys, r reservation.Reservation) (p Permit, err error) {
	defer fault.Wrap(&err, "papers.Issue(%v)", r.ID)
	if p, err = latest(tx, r.ID); err != nil || p.Says == says(r) {
		return p, err
	}
	year := int64(jp.FiscalYear(jp.DateOf(tx.Now)))
	if _, err := tx.Exec(`INSERT INTO permit_years (year, last) VALUES ($1, 0) ON CONFLICT (year) DO UPDATE SET last = permit_years.last`, year); err != nil {
		return p, err
	}
	last, err := latest(tx, r.ID)
	if err != nil || last.Says == says(r) {
		return last, err
	}
	p = Permit{ID: db.NewID(), Reservation: r.ID, Version: last.Version + 1, Year: last.Year, Serial: last.Serial, Says: says(r), IssuedAt: tx.Now, IssuedBy: tx.Actor.Person}
	if p.Version == 1 {
		p.Year = year
		if err := tx.Row(`UPDATE permit_years SET last = last + 1 WHERE year = $1 RETURNING last`, year).Scan(&p.Serial); err != nil {
			return p, err
		}
	}
	p.Code = codeOf(k, p.ID)
	if _, err := tx.Exec(`INSERT INTO permits (`+permitColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		p.ID, p.Reservation, p.Version, p.Year, p.Serial, p.Code, p.Says, p.IssuedAt, p.IssuedBy); err != nil {
		return p, err
	}
	return p, audit.Record(tx, audit.Entry{
		Action: "papers.permit.issue", Subject: "reservation", ID: r.ID, Person: r.Person,
		Detail: map[string]string{"number": p.Number(), "version": fmt.Sprint(p.Version)},
	})
}

// firstGrace is how long a receipt that is asked for again is still the first:
// a download that broke off, the page and then its PDF.
const firstGrace = time.Hour

// hand notes that the receipt for a payment is handed out. It returns when it
// was first, and whether this one is a second.
func hand(tx *db.Tx, entry, person db.ID) (first time.Time, again bool, err error) {
	defer fault.Wrap(&err, "papers.hand(%v)", entry)
	n, err := tx.Exec(`INSERT INTO receipts_handed (entry_id, handed_at, handed_by) VALUES ($1, $2, $3) ON CONFLICT (entry_id) DO NOTHING`,
		entry, tx.Now, tx.Actor.Person)
	if err != nil {
		return first, false, err
	}
	if n > 0 {
		return tx.Now, false, audit.Record(tx, audit.Entry{Action: "papers.receipt.hand", Subject: "payment", ID: entry, Person: person})
	}
	var at int64
	if err := tx.Row(`SELECT handed_at FROM receipts_handed WHERE entry_id = $1`, entry).Scan(&at); err != nil {
		return first, false, err
	}
	first = db.Time(at)
	if tx.Now.Sub(first) <= firstGrace {
		return first, false, nil
	}
	return first, true, audit.Record(tx, audit.Entry{Action: "papers.receipt.again", Subject: "payment", ID: entry, Person: person})
}
