package reservation

import (
	"net/url"
	"strconv"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

// Link returns the address where a room is booked, with the day and the times
// (minutes after midnight) already chosen; a zero day or to leaves the choice
// open.
func Link(room db.ID, day jp.Date, from, to int) string {
	q := url.Values{"room": {room.String()}}
	if !day.IsZero() {
		q.Set("day", day.String())
	}
	if to > 0 {
		q.Set("from", strconv.Itoa(from))
		q.Set("to", strconv.Itoa(to))
	}
	return "/reservations/new?" + q.Encode()
}

// Path returns the address of a reservation's page for those it concerns.
func Path(id db.ID) string { return "/reservations/" + id.String() }

// PublicPath returns the address where anybody reads of a reservation that is
// open to all.
func PublicPath(id db.ID) string { return Path(id) + "/public" }

// RoomCalendar returns the address of a room's free and busy times.
func RoomCalendar(room db.ID) string { return "/calendar/rooms/" + room.String() + ".ics" }

// joined puts the name of a facility before that of its room, in every
// language that has one of them.
func joined(place, room i18n.Text) i18n.Text {
	out := make(i18n.Text, len(place))
	for _, t := range []i18n.Text{place, room} {
		for l := range t {
			p, _ := place.Pick(l)
			r, _ := room.Pick(l)
			out[l] = p + " " + r
		}
	}
	return out
}

// MessageKinds are the kinds of message that this package sends; package desk
// renders them.
var MessageKinds = []string{
	"places.reserved", "places.requested", "places.changed", "places.cancelled", "places.refused",
	"places.series", "places.series_requested", "places.many", "places.many_requested",
	"places.offered", "places.lapsed", "places.displaced",
}
