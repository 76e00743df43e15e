package facility

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"kakehashi/engines/geo"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Facility is a building or ground with an address.
type Facility struct {
	ID          db.ID
	Version     int64
	Code        string // 全国地方公共団体コード, six digits; "" when unknown
	Number      string // the id that the local government's open data gives
	Name        i18n.Text
	Kana        string
	Description i18n.Text
	Address     string
	Building    string
	Town        string
	PostalCode  string
	Lat, Lng    float64 // degrees WGS 84; both 0 when unknown
	Phone       string
	PhoneNote   string
	Mail        string
	URL         string
	Days        string // days of use as the office wrote them
	Opens       int    // minutes after midnight; -1 when unknown
	Closes      int
	HoursNote   string
	Access      map[string]string // Accesses to what the office answered
	Extra       map[string]string // columns of an import that we do not know
	Office      db.ID             // the office that answers for it; 0 when none
	Programme   db.ID             // what lending it belongs to; 0 when none
	Bookable    bool              // has rooms that residents book here
	Closed      bool              // no longer in use
	ChangedAt   time.Time
}

// Accesses are what is said of getting into a facility and around in it, in
// the order of the columns of the 自治体標準オープンデータセット.
var Accesses = []string{
	"wheelchair", "wheelchair_loan", "cane_loan", "toilet", "lift", "tactile", "braille", "dogs", "captions",
	"writing", "parking", "ostomate", "nursing", "diapers", "food", "stroller_loan", "stroller",
}

// Has reports whether the office answered yes to one of Accesses, in any of
// the ways that offices do.
func (f Facility) Has(access string) bool {
	return importedYes[strings.ToLower(norm.NFKC.String(f.Access[access]))]
}

// Located reports whether the facility's position is known.
func (f Facility) Located() bool { return f.Lat != 0 || f.Lng != 0 }

// Identity is what an import finds the facility again by: the code and id of
// its open data, or its folded name and address.
func (f Facility) Identity() string {
	if f.Code != "" && f.Number != "" {
		return "id:" + f.Code + "/" + f.Number
	}
	return f.NameKey()
}

// NameKey is the folded name and address, by which a facility is known where a
// list gives no ids.
func (f Facility) NameKey() string {
	tight := func(s string) string { return strings.ReplaceAll(jp.Fold(s), " ", "") }
	return "name:" + tight(f.Name[i18n.Ja]) + "/" + tight(f.Address)
}

// SortKey orders facilities as a Japanese reader looks them up.
func (f Facility) SortKey() string {
	if f.Kana != "" {
		return jp.Fold(f.Kana)
	}
	return jp.Fold(f.Name[i18n.Ja])
}

// Check returns what is wrong with the facility, as fields of the office's form.
func (f Facility) Check() error {
	var c fault.Check
	c.Field(strings.TrimSpace(f.Name[i18n.Ja]) != "", "name", "places.facility.error.name")
	c.Field(strings.TrimSpace(f.Address) != "", "address", "places.facility.error.address")
	c.Field(!f.Located() || geo.InJapan(f.Lat, f.Lng), "lat", "places.facility.error.position")
	c.Field(f.Opens < 0 == (f.Closes < 0) && f.Opens <= f.Closes && f.Closes <= DayEnd, "closes", "places.facility.error.hours")
	return c.Err()
}
