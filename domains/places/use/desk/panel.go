package desk

import (
	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/web"
)

// panelData is what a reservation's page says of its day.
type panelData struct {
	ID      db.ID
	QR      string // address behind the code; "" not now
	Day     use.Record
	Loans   []use.Loan
	Report  *use.Report
	Ask     bool // the report can be filed or corrected now
	Faults  []faultData
	Points  int // that stand against the holder for this one
	PointID db.ID
}

// minePanel is for those who come: the code to show, and afterwards the report.
func (d *Desk) minePanel(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	o, err := d.panel(tx, r)
	if err != nil || r.Kind != reservation.ForUse {
		return nil, err
	}
	if r.State == reservation.Confirmed && tx.Now.Before(r.Span.End) && o.Day.Arrived.IsZero() {
		o.QR = d.deps.BaseURL + "/use/" + d.use.Code(r.ID)
	}
	if o.QR == "" && !o.Ask && o.Report == nil && o.Day.Arrived.IsZero() && o.Points == 0 {
		return nil, nil
	}
	return minePanel(o), nil
}

// officePanel is for the clerk: who came, what is out, what was reported.
func (d *Desk) officePanel(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	o, err := d.panel(tx, r)
	if err != nil || r.Kind != reservation.ForUse {
		return nil, err
	}
	if o.Day.Arrived.IsZero() && o.Report == nil && o.Points == 0 && len(o.Loans) == 0 {
		return nil, nil
	}
	if o.Faults, err = d.faults(tx, r); err != nil {
		return nil, err
	}
	return officePanel(o), nil
}

func (d *Desk) panel(tx *db.Tx, r reservation.Reservation) (o panelData, err error) {
	o.ID, o.Ask = r.ID, use.Reportable(r, tx.Now)
	days, err := use.Records(tx, []db.ID{r.ID})
	if err != nil {
		return o, err
	}
	o.Day = days[r.ID]
	rep, err := use.GetReport(tx, r.ID)
	if err == nil {
		o.Report = &rep
	} else if !fault.Is(err, fault.NotFound) {
		return o, err
	}
	if o.Loans, err = use.LoansOf(tx, r.ID); err != nil {
		return o, err
	}
	points, err := use.PointsFor(tx, r.ID)
	for _, p := range points {
		if p.Lifted.IsZero() {
			o.Points += p.Points
			o.PointID = p.ID
		}
	}
	return o, err
}

// thumbs are the photos as the page shows them.
func thumbs(all []files.File) []string {
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = "/use/photos/" + f.ID.String()
	}
	return out
}
