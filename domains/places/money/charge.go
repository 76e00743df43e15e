package money

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/fee"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// State is how far a charge has come.
type State string

// The states of a charge.
const (
	Due       State = "due"
	Paid      State = "paid"
	Waived    State = "waived"    // by a clerk, with a reason
	Cancelled State = "cancelled" // with the thing it was for
)

// OfReservation is the kind of a charge for a reservation.
const OfReservation = "reservation"

// Charge is what somebody owes for one thing.
type Charge struct {
	ID        db.ID
	Version   int64
	Kind      string // OfReservation
	Source    db.ID  // the reservation
	Reference string // eight digits, the last checks the others
	Office    db.ID
	Group     db.ID // 0: the person alone
	Person    db.ID
	Receipt   string  // of the reservation
	Day       jp.Date // of use
	Working   fee.Working
	Total     int64 // yen owed now; after a cancellation what is kept
	Paid      int64 // yen, the sum of the entries
	State     State
	Due       jp.Date // until when it is paid
	Lapses    bool    // unpaid after Due, the reservation is cancelled
	Reminded  bool
	Reason    string  // of a waiver
	Entries   []Entry // in their order; filled by Get and ChargeOf
}

// Owed is what is still to be paid, in yen.
func (c Charge) Owed() int64 {
	if c.State != Due {
		return 0
	}
	return max(0, c.Total-c.Paid)
}

// Back is what is to be given back, in yen.
func (c Charge) Back() int64 { return max(0, c.Paid-c.Total) }

// Settled returns the charge with the state that its figures mean.
func (c Charge) settled() Charge {
	switch {
	case c.State == Waived, c.State == Cancelled:
	case c.Total > c.Paid:
		c.State = Due
	default:
		c.State = Paid
	}
	return c
}

const chargeColumns = `id, version, kind, source_id, reference, office_id, group_id, person_id, receipt, day, working,
	total, paid, state, due_day, lapses, reminded, reason`

type chargeRow struct {
	Charge
	working string
}

func (r *chargeRow) dest() []any {
	return []any{&r.ID, &r.Version, &r.Kind, &r.Source, &r.Reference, &r.Office, &r.Group, &r.Person, &r.Receipt, &r.Day, &r.working,
		&r.Total, &r.Paid, &r.State, &r.Due, &r.Lapses, &r.Reminded, &r.Reason}
}

func (r *chargeRow) charge() Charge {
	_ = json.Unmarshal([]byte(r.working), &r.Working) // written by frozen
	return r.Charge
}

// frozen is a working as it is kept.
func frozen(w fee.Working) string {
	b, err := json.Marshal(w)
	if err != nil {
		return "{}" // texts and numbers always have a JSON form
	}
	return string(b)
}

// ChargeOf returns the charge for a thing with its entries, for papers and
// pages, or NotFound where it costs nothing.
func ChargeOf(tx *db.Tx, kind string, id db.ID) (_ Charge, err error) {
	defer fault.Wrap(&err, "money.ChargeOf(%q, %v)", kind, id)
	c, err := chargeOf(tx, kind, id)
	if err == nil {
		c.Entries, err = entriesOf(tx, c.ID)
	}
	return c, err
}

func chargeOf(tx *db.Tx, kind string, id db.ID) (Charge, error) {
	r, err := db.One(tx, (*chargeRow).dest, `SELECT `+chargeColumns+` FROM charges WHERE kind = $1 AND source_id = $2`, kind, id)
	return r.charge(), err
}

// Get returns the charge with its entries, or NotFound.
func Get(tx *db.Tx, id db.ID) (_ Charge, err error) {
	defer fault.Wrap(&err, "money.Get(%v)", id)
	c, err := get(tx, id)
	if err == nil {
		c.Entries, err = entriesOf(tx, id)
	}
	return c, err
}

func get(tx *db.Tx, id db.ID) (Charge, error) {
	r, err := db.One(tx, (*chargeRow).dest, `SELECT `+chargeColumns+` FROM charges WHERE id = $1`, id)
	return r.charge(), err
}

// ByReference returns the charge with the reference, or NotFound.
func ByReference(tx *db.Tx, reference string) (_ Charge, err error) {
	defer fault.Wrap(&err, "money.ByReference(%q)", reference)
	r, err := db.One(tx, (*chargeRow).dest, `SELECT `+chargeColumns+` FROM charges WHERE reference = $1`, reference)
	return r.charge(), err
}

// insert writes a new charge under a reference that nobody has; its own, where it
// has one.
func insert(tx *db.Tx, c *Charge) error {
	for {
		if c.Reference == "" {
			c.Reference = referenceBy(rand.IntN)
		}
		n, err := tx.Exec(`INSERT INTO charges (`+chargeColumns+`, made_at, changed_at)
			VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)
			ON CONFLICT (reference) DO NOTHING`,
			c.ID, c.Kind, c.Source, c.Reference, c.Office, c.Group, c.Person, c.Receipt, c.Day, frozen(c.Working),
			c.Total, c.Paid, c.State, c.Due, c.Lapses, c.Reminded, c.Reason, db.Micros(tx.Now))
		if err != nil || n == 1 {
			c.Version = 1
			return err
		}
		c.Reference = ""
	}
}

// update writes a changed charge over the version that was read, or returns
// Conflict when somebody else changed it meanwhile.
func update(tx *db.Tx, c *Charge) error {
	*c = c.settled()
	n, err := tx.Exec(`UPDATE charges SET version = version + 1, group_id = $3, receipt = $4, day = $5, working = $6, total = $7, paid = $8,
			state = $9, due_day = $10, lapses = $11, reminded = $12, reason = $13, changed_at = $14
		WHERE id = $1 AND version = $2`,
		c.ID, c.Version, c.Group, c.Receipt, c.Day, frozen(c.Working), c.Total, c.Paid,
		c.State, c.Due, c.Lapses, c.Reminded, c.Reason, db.Micros(tx.Now))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "money.error.changed")
	}
	c.Version++
	tx.Touch(Topic)
	return err
}

// record writes what happened to a charge into the audit log.
func record(tx *db.Tx, action string, c Charge) error {
	return audit.Record(tx, audit.Entry{Action: "money." + action, Subject: "charge", ID: c.ID, Person: c.Person})
}

const referenceDigits = 8

// referenceBy draws a reference: seven digits and one that checks them, which
// a transfer form takes in front of the payer's name.
func referenceBy(draw func(n int) int) string {
	var digits [referenceDigits]byte
	for i := range digits[:referenceDigits-1] {
		digits[i] = byte('0' + draw(10))
	}
	digits[0] = byte('1' + draw(9)) // a spreadsheet takes a zero in front away
	digits[referenceDigits-1] = '0' + luhn(string(digits[:referenceDigits-1]))
	return string(digits[:])
}

// luhn is the check digit of ISO/IEC 7812-1 annex B, which finds any one wrong
// digit and nearly all that changed places.
func luhn(digits string) byte {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte((10 - sum%10) % 10)
}

// ParseReference reads a reference as people type it: any width, with blanks or
// strokes. It reports false where the check digit does not fit.
func ParseReference(s string) (string, bool) {
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" -ー‐−　", r):
		default:
			return "", false
		}
	}
	d := b.String()
	if len(d) != referenceDigits || d[referenceDigits-1]-'0' != luhn(d[:referenceDigits-1]) {
		return "", false
	}
	return d, true
}

// references are eight digits by themselves, in two halves perhaps.
var references = regexp.MustCompile(`(?:^|[^0-9])([0-9]{4}[-ー‐−]?[0-9]{4})(?:[^0-9]|$)`)

// ReferencesIn finds all references in what a bank passes on of a transfer.
func ReferencesIn(words string) []string {
	var out []string
	for _, found := range references.FindAllStringSubmatch(norm.NFKC.String(words), -1) {
		if ref, ok := ParseReference(found[1]); ok {
			out = append(out, ref)
		}
	}
	return out
}

// Pretty sets a reference in two halves, as it is read over the phone.
func Pretty(reference string) string {
	if len(reference) != referenceDigits {
		return reference
	}
	return reference[:4] + "-" + reference[4:]
}
