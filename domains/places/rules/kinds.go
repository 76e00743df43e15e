package rules

import (
	"kakehashi/engines/draw"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Kind is what a rule is about.
type Kind string

// The kinds, each with the type of its Body.
const (
	KindAccess     Kind = "access"     // Access
	KindOpening    Kind = "opening"    // Opening
	KindDraw       Kind = "draw"       // Draw
	KindFees       Kind = "fees"       // Fees
	KindReductions Kind = "reductions" // Reductions
	KindPayment    Kind = "payment"    // Payment
	KindRefunds    Kind = "refunds"    // Refunds
	KindPenalties  Kind = "penalties"  // Penalties
	KindReopening  Kind = "reopening"  // Reopening
)

// Kinds are all kinds in the order of a menu.
var Kinds = []Kind{
	KindAccess, KindOpening, KindDraw, KindFees, KindReductions, KindPayment, KindRefunds, KindPenalties, KindReopening,
}

// Place is what rules are asked for: a room as rules see it. Parts of rules that
// name classes hold for rooms of one of them; no class named means any.
type Place struct {
	Facility db.ID
	Room     db.ID
	Class    string // "hall", "meeting", "studio": facility.Room.Class
}

// Who is whoever books, as rules see them.
type Who struct {
	Holder   db.ID  // the group, or the person alone
	Kind     string // of the group: "civic", "npo"; "" for a person alone
	Resident bool   // a person of the city, or a group whose share of members is enough to register
	Members  int    // of a group; 0 when it keeps no list
	Percent  int    // of members who live, work or learn in the city
}

// Use is what a room is used for, as far as fees, reductions and reports care.
type Use string

// Uses are the uses in the order of a menu.
var Uses = []Use{"meeting", "study", "culture", "music", "sports", "child", "welfare", "event", "sale", "other"}

// Access says who may book.
type Access struct {
	Kinds    []string `json:"kinds,omitempty"`     // kinds of groups that may; none: all
	Alone    bool     `json:"alone"`               // a person without a group may
	Outside  bool     `json:"outside"`             // those from outside the city may
	Members  int      `json:"members,omitempty"`   // a group has at least so many; 0 no limit
	Percent  int      `json:"percent,omitempty"`   // of whom so many of 100 live, work or learn here
	PerDay   int      `json:"per_day"`             // live reservations a holder may have on one day; at least 1
	PerMonth int      `json:"per_month,omitempty"` // and in one calendar month; 0 no limit
}

// Opening says from when until when a room is booked first come, first served.
// The first line that fits room, holder and month of use counts; where none
// fits, nobody books.
type Opening struct {
	Lines []OpeningLine `json:"lines"`
}

// OpeningLine is one line of Opening.
type OpeningLine struct {
	Classes []string `json:"classes,omitempty"`
	Kinds   []string `json:"kinds,omitempty"`  // of groups, "" for a person alone; none: all
	Uses    []Use    `json:"uses,omitempty"`   // none: all
	Months  []int    `json:"months,omitempty"` // of use, 1 to 12; none: all
	Before  int      `json:"before"`           // opens so many calendar months before the use,
	Day     int      `json:"day,omitempty"`    // on this day of that month; 0: the same day as that of the use
	Minute  int      `json:"minute,omitempty"` // minutes after midnight
	Lead    int      `json:"lead"`             // closes so many minutes before the use begins
}

// Draw says how rooms are drawn for a month. The first line that fits the room
// counts; a room that none fits is not drawn.
type Draw struct {
	Lines []DrawLine `json:"lines"`
}

// DrawLine is one line of Draw. Days are days of the calendar month that is
// Before months before the month of use.
type DrawLine struct {
	Classes []string  `json:"classes,omitempty"`
	Before  int       `json:"before"`         // months
	From    int       `json:"from"`           // entries are taken from this day
	Until   int       `json:"until"`          // to this one, included
	On      int       `json:"on"`             // the list is frozen and drawn on this day
	Entries int       `json:"entries"`        // a group; 0 no limit
	Wins    int       `json:"wins"`           // a group; 0 no limit
	Wishes  int       `json:"wishes"`         // ranked wishes of an entry, at least 1
	Sets    bool      `json:"sets"`           // bands of one day may be wished for together
	Mode    draw.Mode `json:"mode,omitempty"` // how rooms are given; draw.Ranks takes no Sets
	Confirm int       `json:"confirm"`        // days in which winners confirm
	Tiers   []Tier    `json:"tiers,omitempty"`
	Source  draw.Kind `json:"source"`            // of the seed
	What    string    `json:"what,omitempty"`    // names the source's value in words: "第999回ロト6 本数字"
	Wait    int       `json:"wait"`              // hours from freezing until the value comes into being
	Overlap int       `json:"overlap,omitempty"` // two groups that share so many of 100 members of the smaller are shown to the clerk; 0 never
}

// Tier lets some take their turns before others; the first that fits counts,
// and who fits none comes last.
type Tier struct {
	Kinds    []string `json:"kinds,omitempty"` // none: all
	Resident bool     `json:"resident"`        // only those of the city
}

// Fees are what use costs. Of Base the first line that fits counts; all
// surcharges and extras that fit are added.
type Fees struct {
	Base       []Base      `json:"base"`
	Surcharges []Surcharge `json:"surcharges,omitempty"`
	Extras     []Extra     `json:"extras,omitempty"`
	Round      int64       `json:"round,omitempty"` // surcharges and reductions are rounded down to so many yen; 0: 10
}

// Base is the fee of a band, or of an hour.
type Base struct {
	Room    db.ID    `json:"room,omitempty"` // 0: any
	Classes []string `json:"classes,omitempty"`
	From    int      `json:"from,omitempty"` // minutes after midnight: the band from From to To;
	To      int      `json:"to,omitempty"`   // both 0: any time, by the hour begun
	Days    string   `json:"days,omitempty"` // "" all, "weekday", or "weekend" (with holidays)
	Yen     int64    `json:"yen"`            // a band, or an hour begun
}

// Surcharge is added to the base, in percent of it.
type Surcharge struct {
	// When is admission, commercial, admission_commercial (both, in place of
	// the two), after_hours (the part outside of the room's hours), outside
	// (holder not of the city) or weekend.
	When    string `json:"when"`
	Over    int64  `json:"over,omitempty"` // admission: of more than so many yen; the highest that fits counts
	Percent int    `json:"percent"`
}

// Extra is heating, cooling or a piece of equipment.
type Extra struct {
	Key     string    `json:"key"`
	Name    i18n.Text `json:"name"`
	Classes []string  `json:"classes,omitempty"`
	Months  []int     `json:"months,omitempty"` // of use: heating from November to March; none: all
	Always  bool      `json:"always"`           // charged without being asked for
	Per     string    `json:"per"`              // use, band or hour
	Yen     int64     `json:"yen"`
	Most    int       `json:"most,omitempty"` // how many can be asked for; 0: 1
}

// Reductions lessen a fee; the one that saves most counts.
type Reductions struct {
	Lines []Reduction `json:"lines"`
}

// Reduction is one line of Reductions.
type Reduction struct {
	Name    i18n.Text `json:"name"` // why, as the reader is told
	Kinds   []string  `json:"kinds,omitempty"`
	Uses    []Use     `json:"uses,omitempty"`
	Percent int       `json:"percent"` // 1 to 100
	Extras  bool      `json:"extras"`  // extras are reduced too
}

// Payment says how and until when a fee is paid.
type Payment struct {
	Within  int      `json:"within"`         // days after the reservation is confirmed,
	Before  int      `json:"before"`         // but at the latest so many days before the use
	Lapse   bool     `json:"lapse"`          // unpaid by then, the reservation is cancelled
	Methods []string `json:"methods"`        // counter, bank, online
	Bank    string   `json:"bank,omitempty"` // where to transfer to, as it is printed
}

// Refunds say how much of a paid fee is given back; the tier with the most Days
// that still fits counts, and nothing when none does.
type Refunds struct {
	Tiers []Refund `json:"tiers"`
}

// Refund is one tier of Refunds.
type Refund struct {
	Days    int `json:"days"`    // cancelled at least so many days before the use
	Percent int `json:"percent"` // given back
}

// Penalties are points for what hurts others.
type Penalties struct {
	NoShow      int `json:"no_show"` // points
	Late        int `json:"late"`    // points for cancelling less than LateDays days before the use
	LateDays    int `json:"late_days"`
	Unconfirmed int `json:"unconfirmed"`       // points for a win that is let lapse
	Limit       int `json:"limit"`             // at so many points; 0 never
	Window      int `json:"window"`            // counted over so many months
	Months      int `json:"months"`            // nobody books or enters draws for so many months
	Release     int `json:"release,omitempty"` // so many minutes after the start without an arrival it is a no-show, where arrivals are noted; 0 never
}

// Reopening says what becomes of time that is given back.
type Reopening struct {
	Hold     int `json:"hold"`            // hours for which the next in line is held a place
	RestFrom int `json:"rest_from"`       // without one, it is let again at a random moment: at the earliest after so many hours,
	RestTo   int `json:"rest_to"`         // at the latest after so many; both 0: at once
	DayFrom  int `json:"day_from"`        // at times of the day from this minute
	DayTo    int `json:"day_to"`          // to this one
	Ahead    int `json:"ahead,omitempty"` // at the latest so many hours before the use, so that it can still be planned; 0: 24
}

// Asked is what an applicant says about a use that its fee and its reports
// depend on.
type Asked struct {
	Use        Use            `json:"use,omitempty"`
	Admission  int64          `json:"admission,omitempty"`  // yen, the dearest ticket; 0: free
	Commercial bool           `json:"commercial,omitempty"` // sells or advertises
	Extras     map[string]int `json:"extras,omitempty"`     // Extra.Key to how many
}

// AheadOrUsual is Ahead, or 24 where the rule says nothing.
func (r Reopening) AheadOrUsual() int {
	if r.Ahead == 0 {
		return 24
	}
	return r.Ahead
}
