package use

import (
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// The functions of this file write what happened as it happened: a page of a
// paper list, or the demo city. No rule of time is asked, nobody is told, and no
// audit entry is written.

// EnterRecord writes the day of a reservation over what was known of it.
func EnterRecord(tx *db.Tx, r Record) (err error) {
	defer fault.Wrap(&err, "use.EnterRecord(%v)", r.Reservation)
	_, err = tx.Exec(`INSERT INTO uses (`+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (reservation_id) DO UPDATE SET arrived_at = excluded.arrived_at, arrived_by = excluded.arrived_by,
			headcount = excluded.headcount, ended_at = excluded.ended_at, ended_by = excluded.ended_by`,
		r.Reservation, r.Arrived, r.ArrivedBy, r.Headcount, r.Ended, r.EndedBy, r.Asked, r.Reminded)
	tx.Touch(Topic)
	return err
}

// EnterLoan writes that a reservation has or had a thing.
func EnterLoan(tx *db.Tx, l Loan) (err error) {
	defer fault.Wrap(&err, "use.EnterLoan(%v)", l.Thing)
	_, err = tx.Exec(`INSERT INTO loans (id, thing_id, facility_id, reservation_id, due_at, out_at, out_by, back_at, back_by, told_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`, db.NewID(), l.Thing, l.Facility, l.Reservation, l.Due, l.Out, l.OutBy, l.Back, l.BackBy)
	tx.Touch(Topic)
	return err
}

// EnterPoints writes points of a reservation; a second time changes nothing.
func EnterPoints(tx *db.Tx, r reservation.Reservation, kind Offence, points int) (err error) {
	defer fault.Wrap(&err, "use.EnterPoints(%v)", r.ID)
	_, err = writePoint(tx, Point{
		ID: db.NewID(), Holder: holder(r), Person: r.Person, Reservation: r.ID, Office: r.Office, Kind: kind, Points: points, Day: r.Day(),
	})
	return err
}

// EnterReport writes a report with what it found broken.
func (x *Use) EnterReport(tx *db.Tx, rep Report, broken ...Broken) (err error) {
	defer fault.Wrap(&err, "use.EnterReport(%v)", rep.Reservation)
	r, err := reservation.Get(tx, rep.Reservation)
	if err != nil {
		return err
	}
	if err := rep.check(); err != nil {
		return err
	}
	if err := writeReport(tx, rep); err != nil {
		return err
	}
	for _, b := range broken {
		if err := x.raise(tx, r, b); err != nil {
			return err
		}
	}
	tx.Touch(Topic)
	if r.State != reservation.Used {
		return nil
	}
	return x.count(tx, r, rep)
}
