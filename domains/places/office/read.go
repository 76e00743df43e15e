package office

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

func escape(s string) string { return url.QueryEscape(s) }

// fieldOf names the field of one language of a text: the Japanese one bears
// the text's own name.
func fieldOf(name string, lang i18n.Lang) string {
	if lang == i18n.Ja {
		return name
	}
	return name + "." + string(lang)
}

// readText reads a text in the languages that were filled in.
func readText(form url.Values, name string) i18n.Text {
	out := i18n.Text{}
	for _, lang := range i18n.Langs {
		if s := strings.TrimSpace(form.Get(fieldOf(name, lang))); s != "" {
			out[lang] = s
		}
	}
	return out
}

// reading reads a form's numbers and times and notes what is wrong.
type reading struct {
	form  url.Values
	check fault.Check
}

// number reads a whole number that is not negative; empty is 0.
func (r *reading) number(name string) int64 {
	s := strings.ReplaceAll(norm.NFKC.String(strings.TrimSpace(r.form.Get(name))), ",", "")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	r.check.Field(err == nil && n >= 0, name, "places.room.error.number")
	return n
}

// clock reads minutes after midnight as a TimeField sends them; empty is none.
func (r *reading) clock(name string, none int) int {
	s := r.form.Get(name)
	if s == "" {
		return none
	}
	n, err := strconv.Atoi(s)
	r.check.Field(err == nil && n >= 0 && n <= facility.DayEnd, name, table.NotTime)
	return n
}

// degrees reads a coordinate; empty is 0.
func (r *reading) degrees(name string) float64 {
	s := norm.NFKC.String(strings.TrimSpace(r.form.Get(name)))
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(s, 64)
	r.check.Field(err == nil, name, "places.facility.error.position")
	return n
}

// readFacility lays a form over what the facility was. The version is the one
// the form was made from.
func readFacility(form url.Values, was facility.Facility) (facility.Facility, error) {
	r := &reading{form: form}
	f := was
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	f.Version = version(form, was.Version)
	f.Name, f.Description = readText(form, "name"), readText(form, "description")
	f.Kana, f.Address, f.Building, f.Town = jp.Katakana(jp.Kana(text("kana"))), text("address"), text("building"), text("town")
	f.Mail, f.Days, f.HoursNote = text("mail"), text("days"), text("hours_note")
	f.Lat, f.Lng = r.degrees("lat"), r.degrees("lng")
	f.PostalCode, f.Phone, f.PhoneNote = "", "", text("phone_note")
	if s := text("postal_code"); s != "" {
		code, err := jp.PostalCode(s)
		r.check.Field(err == nil, "postal_code", table.NotPostal)
		f.PostalCode = code
	}
	if s := text("phone"); s != "" {
		p, err := jp.Phone(s)
		r.check.Field(err == nil, "phone", table.NotPhone)
		f.Phone = p.Number
		if p.Note != "" {
			f.PhoneNote = p.Note
		}
	}
	f.Opens, f.Closes = r.clock("opens", -1), r.clock("closes", -1)
	if id, err := db.ParseID(form.Get("programme")); err == nil || form.Has("programme") {
		f.Programme = id // 0 when none was chosen
	}
	f.Access = maps.Clone(was.Access)
	if f.Access == nil {
		f.Access = map[string]string{}
	}
	for _, a := range facility.Accesses {
		switch ticked := slices.Contains(form["access"], a); {
		case ticked && !was.Has(a):
			f.Access[a] = facility.Yes
		case !ticked && was.Has(a):
			f.Access[a] = facility.No
		}
	}
	f.Bookable, f.Closed = form.Get("bookable") != "", form.Get("closed") != ""
	if err := r.check.Err(); err != nil {
		return was, err
	}
	return f, f.Check()
}

// version is the one that a form was made from.
func version(form url.Values, now int64) int64 {
	n, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return now
	}
	return n
}

// readRoom lays a form over what the room was.
func readRoom(form url.Values, was facility.Room) (facility.Room, error) {
	r := &reading{form: form}
	room := was
	room.Version = version(form, was.Version)
	room.Name, room.Note = readText(form, "name"), readText(form, "note")
	room.Capacity, room.Area, room.FeeYen, room.Sort = r.number("capacity"), r.number("area"), r.number("fee"), r.number("sort")
	room.StepFree, room.Approval = form.Get("step_free") != "", form.Get("approval") != ""
	room.Loud, room.Closed = form.Get("loud") != "", form.Get("closed") != ""
	room.Equipment = slices.Clone(form["equipment"])
	for own := range strings.FieldsFuncSeq(form.Get("equipment_own"), func(c rune) bool { return strings.ContainsRune("\n,、", c) }) {
		if own = strings.TrimSpace(own); own != "" {
			room.Equipment = append(room.Equipment, own)
		}
	}
	room.Opens, room.Closes = r.clock("opens", 0), r.clock("closes", facility.DayEnd)
	bands, ok := parseBands(form.Get("bands"))
	r.check.Field(ok, "bands", "places.room.error.bands")
	room.Bands = bands
	if len(bands) > 0 {
		room.Opens, room.Closes = bands[0].From, bands[len(bands)-1].To
	}
	if form.Has("layout") { // a form without these leaves them
		room.Class, room.Parts, room.Disturbs = form.Get("class"), ids(form["parts"]), ids(form["disturbs"])
	}
	if err := r.check.Err(); err != nil {
		return was, err
	}
	return room, room.Check()
}

// ids reads the ticked boxes of a list of rooms; what is no id is left out.
func ids(values []string) []db.ID {
	var out []db.ID
	for _, v := range values {
		if id, err := db.ParseID(v); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// parseBands reads bands as people type them, one a line or with commas
// between: 9:00-12:30, 13時〜16時半. Nothing is free times.
func parseBands(s string) ([]facility.Band, bool) {
	var out []facility.Band
	for line := range strings.FieldsFuncSeq(norm.NFKC.String(s), func(c rune) bool { return strings.ContainsRune("\n,、;", c) }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := strings.IndexAny(line, "-~〜～–—")
		if at < 0 {
			return nil, false
		}
		from, err := jp.Clock(line[:at])
		to, errTo := jp.Clock(strings.TrimLeft(line[at:], "-~〜～–— "))
		if err != nil || errTo != nil {
			return nil, false
		}
		out = append(out, facility.Band{From: from, To: to})
	}
	slices.SortFunc(out, func(a, b facility.Band) int { return a.From - b.From })
	return out, true
}

// bandLines writes bands as parseBands reads them.
func bandLines(bands []facility.Band) string {
	lines := make([]string, len(bands))
	for i, b := range bands {
		lines[i] = jp.FormatClock(b.From) + "-" + jp.FormatClock(b.To)
	}
	return strings.Join(lines, "\n")
}

// readClosure reads a new closure of the facility.
func readClosure(form url.Values, of db.ID) (facility.Closure, error) {
	r := &reading{form: form}
	c := facility.Closure{Facility: of, Rule: facility.Rule(form.Get("rule")), Weekday: -1, Reason: readText(form, "reason")}
	if id, err := db.ParseID(form.Get("room")); err == nil {
		c.Room = id
	}
	if c.Rule == facility.Weekly {
		c.Weekday = int(r.number("weekday"))
		if form.Get("weekday") == "" {
			c.Weekday = -1
		}
		c.Nth = int(r.number("nth"))
	}
	if c.Rule == facility.Dates || c.Rule == facility.Yearly {
		c.Day, c.Until = r.date("day"), r.date("until")
		if c.Until.IsZero() {
			c.Until = c.Day
		}
	}
	c.From, c.To = r.clock("from", 0), r.clock("to", facility.DayEnd)
	if err := r.check.Err(); err != nil {
		return c, err
	}
	return c, c.Check()
}

// date reads a date as a DateField sends it, or as people type it.
func (r *reading) date(name string) jp.Date {
	s := strings.TrimSpace(r.form.Get(name))
	if s == "" {
		return jp.Date{}
	}
	d, err := jp.ParseAnyDate(s)
	r.check.Field(err == nil, name, table.NotDate)
	return d
}
