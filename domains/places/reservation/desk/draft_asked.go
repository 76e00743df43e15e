package desk

import (
	"strconv"
	"strings"

	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
)

// extraPrefix begins the names of the fields that ask for extras.
const extraPrefix = "extra_"

// askedFields are the fields of the questions that a fee depends on, but for
// those of extras.
var askedFields = []string{"use", "admission", "commercial", "loud", "asked"}

// Asker says what an applicant is asked about a wish, because something depends
// on it.
type Asker func(tx *db.Tx, r reservation.Reservation) (fee.Questions, error)

// Ask lets a asker decide about the questions of booking. It is called before
// the desk serves.
func (d *Desk) Ask(a Asker) { d.asker = a }

// asks returns the questions about the draft; none before its day is known.
func (d *Desk) asks(tx *db.Tx, r reservation.Reservation) (fee.Questions, error) {
	if d.asker == nil || r.Day().Year < 2 {
		return fee.Questions{}, nil
	}
	return d.asker(tx, r)
}

// readAsked reads the answers that a form carries.
func (d *draft) readAsked(number func(string) int, get func(string) string) {
	d.Loud = get("loud") != ""
	d.Asked = rules.Asked{Use: rules.Use(get("use")), Admission: int64(max(0, number("admission"))), Commercial: get("commercial") != ""}
	for name := range d.form {
		key, ok := strings.CutPrefix(name, extraPrefix)
		pieces := number(name)
		if get(name) == "on" {
			pieces = 1
		}
		if ok && pieces > 0 {
			if d.Asked.Extras == nil {
				d.Asked.Extras = map[string]int{}
			}
			d.Asked.Extras[key] = pieces
		}
	}
}

// answered is what stands with the answers of the form, where it asked.
func (d draft) answered(r reservation.Reservation) reservation.Reservation {
	if d.has("asked") {
		r.Asked, r.Loud = d.Asked, d.Loud
	}
	return r
}

// recall begins a form with what was answered before.
func (d *draft) recall(r reservation.Reservation) {
	d.Group, d.Asked, d.Loud = r.Group, r.Asked, r.Loud
}

// admission is the answer as the field shows it.
func (d draft) admission() string {
	if d.Asked.Admission == 0 && !d.has("admission") {
		return ""
	}
	return strconv.FormatInt(d.Asked.Admission, 10)
}
