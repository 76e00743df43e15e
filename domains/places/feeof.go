package places

import (
	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
)

// fee is what a wish costs by the rules of its day, in yen.
func (x ruled) fee(tx *db.Tx, r reservation.Reservation) (int64, error) {
	book, err := x.rules.Book(tx)
	if err != nil {
		return 0, err
	}
	room, err := facility.GetRoom(tx, r.Room)
	if err != nil {
		return 0, err
	}
	who, err := x.holder(tx, r.Group, r.Person)
	if err != nil {
		return 0, err
	}
	at := placeOf(&room)
	return fee.Work(fee.Input{
		Rules: book.Fees(at, r.Day()), Reductions: book.Reductions(at, r.Day()), Who: who, Asked: r.Asked,
		Room: fee.Room{ID: room.ID, Class: room.Class, Fee: room.FeeYen, Bands: room.Bands, Opens: room.Opens, Closes: room.Closes},
		Days: fee.DaysOf(r.Span),
	}).Total, nil
}
