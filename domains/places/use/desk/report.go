package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// reportData is the form of a report.
type reportData struct {
	named
	Report  use.Report
	Filed   bool
	Open    bool
	Until   jp.Date
	Faults  []faultData
	Problem web.Problem
}

// faultData is a fault with its photos.
type faultData struct {
	use.Fault
	named
	Who     string
	Photos  []files.File
	Problem web.Problem
}

func (d *Desk) report(c *web.Context) error { return d.askReport(c, nil) }

func (d *Desk) askReport(c *web.Context, failed error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var o reportData
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		o, err = d.reportOf(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	m := web.Meta{Title: c.Loc.T("use.report.title"), Field: "place", Back: reservation.Path(id)}
	return d.page(c, failed, m, func(p web.Problem) templ.Component {
		o.Problem = p
		return reportView(o)
	})
}

// reportOf reads what the form starts with: what was filed, or what was planned.
func (d *Desk) reportOf(tx *db.Tx, id db.ID) (o reportData, err error) {
	r, err := reservation.Get(tx, id)
	if err != nil {
		return o, err
	}
	if o.named, err = d.named(tx, r); err != nil {
		return o, err
	}
	o.Open, o.Until = use.Reportable(r, tx.Now), jp.DateOf(r.Span.End.Add(-time.Second)).AddDays(1)
	o.Report, err = use.GetReport(tx, id)
	if fault.Is(err, fault.NotFound) {
		day := r.Day()
		o.Report = use.Report{
			Reservation: id, Started: int(r.Span.Start.Sub(day.At(0)).Minutes()), Ended: min(int(r.Span.End.Sub(day.At(0)).Minutes()), 24*60),
		}
		err = nil
	} else {
		o.Filed = err == nil
	}
	if err != nil {
		return o, err
	}
	o.Faults, err = d.faults(tx, r)
	return o, err
}

func (d *Desk) faults(tx *db.Tx, r reservation.Reservation) ([]faultData, error) {
	all, err := use.Faults(tx, r.ID)
	if err != nil {
		return nil, err
	}
	out := make([]faultData, len(all))
	for i, f := range all {
		out[i] = faultData{Fault: f}
		if out[i].Photos, err = d.deps.Files.ByOwner(tx, f.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// file takes the form. A photo is drawn anew before anything is written.
func (d *Desk) file(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	f := c.Form()
	rep := use.Report{Reservation: id, Heads: map[string]int64{}, Note: f.Get("note")}
	rep.Version, _ = strconv.ParseInt(f.Get("version"), 10, 64)
	rep.Started, rep.Ended = int(number(c, "started")), int(number(c, "ended"))
	for _, band := range use.Bands {
		rep.Heads[band] = number(c, "heads."+band)
	}
	if l, ok := i18n.ParseLang(f.Get("lang")); ok {
		rep.Lang = l
	}
	for _, k := range f["checks"] {
		if slices.Contains(use.Checks, k) {
			rep.Checks = append(rep.Checks, k)
		}
	}
	broken, err := d.broken(c)
	if err == nil {
		err = d.use.File(c.Context(), c.Actor(), rep, broken)
	}
	if err != nil {
		return d.askReport(c, err)
	}
	c.Flash("use.report.done")
	return c.Redirect(reservation.Path(id))
}

// broken reads what is broken, nil for nothing, and keeps the photo's bytes.
func (d *Desk) broken(c *web.Context) (*use.Broken, error) {
	what := strings.TrimSpace(c.Form().Get("what"))
	upload, err := c.File("photo")
	if err != nil || upload.Size == 0 {
		if what == "" {
			return nil, nil
		}
		return &use.Broken{What: what}, nil
	}
	defer upload.Close()
	st, err := d.deps.Files.Stage(c.Context(), upload.Name, upload)
	if err != nil {
		return nil, err
	}
	var check fault.Check
	check.Field(st.File().Picture(), "photo", "use.error.photo")
	return &use.Broken{What: what, Photo: st}, check.Err()
}

func (d *Desk) photo(c *web.Context) error {
	id, err := c.PathID("photo")
	if err != nil {
		return err
	}
	var f files.File
	if err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) { f, err = d.deps.Files.Get(tx, id); return err }); err != nil {
		return err
	}
	return d.deps.Files.Serve(c.Writer(), c.Request(), f, files.Reader)
}

func (d *Desk) fault(c *web.Context) error { return d.askFault(c, nil) }

func (d *Desk) askFault(c *web.Context, failed error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var o faultData
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if o.Fault, err = use.GetFault(tx, id); err != nil {
			return err
		}
		r, err := reservation.Get(tx, o.Fault.Reservation)
		if err != nil {
			return err
		}
		if o.named, err = d.named(tx, r); err != nil {
			return err
		}
		if o.Who, err = d.use.Holder(tx, r, c.Loc); err != nil {
			return err
		}
		o.Photos, err = d.deps.Files.ByOwner(tx, id)
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, web.Meta{Title: c.Loc.T("use.fault.title"), Back: "/office"}, func(p web.Problem) templ.Component {
		o.Problem = p
		return faultView(o)
	})
}

func (d *Desk) settle(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := d.use.Settle(c.Context(), c.Actor(), id, c.Form().Get("reason")); err != nil {
		return d.askFault(c, err)
	}
	c.Flash("use.saved")
	return c.Redirect("/office/use/faults/" + id.String())
}
