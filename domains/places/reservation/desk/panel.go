package desk

import (
	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/web"
)

// Panel is what another part of places shows on a page about a reservation:
// what is to be paid, the permit, the way to accept an offer. It returns nil
// where it has nothing to say. r has no ID yet on the last page of booking.
type Panel func(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error)

// Page is where panels stand.
type Page string

// The pages that have panels.
const (
	CheckPage  Page = "check"  // the last page of booking, before it is sent
	TakenPage  Page = "taken"  // a wished time that somebody else has
	TopPage    Page = "top"    // a reservation, for those it concerns, above all else: what they have to answer or know
	MinePage   Page = "mine"   // a reservation, for those it concerns
	OfficePage Page = "office" // a reservation, for the clerk
)

// Show adds a panel to a page, below those added before. It is called before
// the desk serves.
func (d *Desk) Show(on Page, p Panel) { d.shown[on] = append(d.shown[on], p) }

// panels asks all panels of a page.
func (d *Desk) panels(c *web.Context, tx *db.Tx, on Page, r reservation.Reservation) ([]templ.Component, error) {
	var out []templ.Component
	for _, p := range d.shown[on] {
		part, err := p(c, tx, r)
		if err != nil {
			return nil, err
		}
		if part != nil {
			out = append(out, part)
		}
	}
	return out, nil
}
