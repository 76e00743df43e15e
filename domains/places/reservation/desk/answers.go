package desk

import (
	"net/url"

	"github.com/a-h/templ"

	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
	"kakehashi/platform/web"
)

// Questions are what booking would ask about the wish, because something depends
// on it; loud says whether it would ask for music.
func (d *Desk) Questions(tx *db.Tx, r reservation.Reservation) (q fee.Questions, loud bool, err error) {
	room, err := d.svc.Room(tx, r.Room)
	if err != nil {
		return q, false, err
	}
	q, err = d.asks(tx, r)
	return q, bookData{Room: room}.asksLoud(), err
}

// AskedFields are the fields that ask the questions in a form of another part of
// places, where room is one that asks for all of them.
func AskedFields(q fee.Questions, room reservation.RoomInfo, asked rules.Asked, loud bool) templ.Component {
	return askedFieldsOf(bookData{Room: room, Asks: q, Draft: draft{Asked: asked, Loud: loud}})
}

// AskedIn reads the answers that a form with AskedFields carries; ok is false
// when it asked nothing.
func AskedIn(form url.Values) (asked rules.Asked, loud, ok bool) {
	d := readDraft(form)
	return d.Asked, d.Loud, d.has("asked")
}

// Checked are the panels that the last page of booking would show of the wish:
// what it costs, line by line.
func (d *Desk) Checked(c *web.Context, tx *db.Tx, r reservation.Reservation) ([]templ.Component, error) {
	return d.panels(c, tx, CheckPage, r)
}
