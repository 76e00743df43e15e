package desk

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
)

// perPage is how many points a page of the office shows.
const perPage = 50

// pointLine is one point with what a reader knows it by.
type pointLine struct {
	use.Point
	named
	Who  string
	Ends jp.Date // the day on which it no longer counts; zero: always does
}

// holderPoints are the points of one holder.
type holderPoints struct {
	Name  string // of the group; "" for the reader alone
	Sum   int
	Limit int
	Until jp.Date // of a suspension
	Lines []pointLine
	Phone string // whom to call to object
}

func (d *Desk) points(c *web.Context) error {
	var all []holderPoints
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		all = nil
		holders, err := d.use.Holders(tx, self(c.Viewer))
		if err != nil {
			return err
		}
		for _, h := range holders {
			one, err := d.holderPoints(tx, c, h)
			if err != nil {
				return err
			}
			if len(one.Lines) > 0 {
				all = append(all, one)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("use.points.title"), Field: "place", Back: "/me/reservations"}, pointsView(all))
}

func (d *Desk) holderPoints(tx *db.Tx, c *web.Context, h use.Holding) (o holderPoints, err error) {
	o.Name = c.Loc.Text(h.Name)
	points, err := use.PointsOf(tx, h.ID)
	if err != nil || len(points) == 0 {
		return o, err
	}
	if o.Until, err = use.SuspendedUntil(tx, h.ID); err != nil {
		return o, err
	}
	today := jp.DateOf(tx.Now)
	for _, p := range points {
		l, err := d.pointLine(tx, c, p)
		if err != nil {
			return o, err
		}
		room, err := d.svc.Room(tx, l.named.Reservation.Room)
		if err != nil {
			return o, err
		}
		rule, err := d.use.Penalties(tx, l.named.Reservation)
		if err != nil {
			return o, err
		}
		if l.Ends = p.Ends(rule.Window); p.Counts(rule.Window, today) {
			o.Sum += p.Points
		}
		o.Limit, o.Phone = rule.Limit, room.Phone()
		o.Lines = append(o.Lines, l)
	}
	return o, nil
}

// newest keeps the newest page of the lines.
func newest(lines []pointLine) []pointLine {
	slices.SortFunc(lines, func(a, b pointLine) int { return cmp.Compare(b.Point.ID, a.Point.ID) })
	return lines[:perPage]
}

func (d *Desk) pointLine(tx *db.Tx, c *web.Context, p use.Point) (l pointLine, err error) {
	l.Point = p
	r, err := reservation.Get(tx, p.Reservation)
	if err != nil {
		return l, err
	}
	if l.named, err = d.named(tx, r); err != nil {
		return l, err
	}
	l.Who, err = d.use.Holder(tx, r, c.Loc)
	return l, err
}

// officePoints lists what the viewer's offices gave, the latest first.
func (d *Desk) officePoints(c *web.Context) error {
	before, _ := db.ParseID(c.Query("before"))
	var lines []pointLine
	next := ""
	err := d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		lines, next = nil, ""
		for _, s := range c.Viewer.Scopes(web.RoleClerk) {
			if s.Kind != "office" {
				continue
			}
			some, err := use.OfficePoints(tx, s.ID, before, perPage)
			if err != nil {
				return err
			}
			for _, p := range some {
				l, err := d.pointLine(tx, c, p)
				if err != nil {
					return err
				}
				lines = append(lines, l)
			}
		}
		if len(lines) >= perPage {
			lines = newest(lines)
			next = "/office/use/points?before=" + lines[len(lines)-1].Point.ID.String()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "use.points.office", "/office/use"), officePointsView(lines, next))
}

func (d *Desk) point(c *web.Context) error { return d.askPoint(c, nil) }

func (d *Desk) askPoint(c *web.Context, failed error) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	var l pointLine
	err = d.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		p, err := use.GetPoint(tx, id)
		if err != nil {
			return err
		}
		l, err = d.pointLine(tx, c, p)
		return err
	})
	if err != nil {
		return err
	}
	return d.page(c, failed, web.Meta{Title: c.Loc.T("use.points.office"), Back: "/office/use/points"}, func(p web.Problem) templ.Component {
		return pointView(l, p)
	})
}

func (d *Desk) lift(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	if err := d.use.Lift(c.Context(), c.Actor(), id, c.Form().Get("reason")); err != nil {
		return d.askPoint(c, err)
	}
	c.Flash("use.lifted.done")
	return c.Redirect("/office/use/points/" + id.String())
}

// exportPoints lists what a person was given alone, for "my data".
func exportPoints(tx *db.Tx, loc *i18n.Localizer, person db.ID) ([]module.Record, error) {
	all, err := use.PointsOf(tx, person)
	out := make([]module.Record, len(all))
	for i, p := range all {
		out[i] = module.Record{Title: loc.T(pointKey(p.Kind)), Values: []module.Value{
			{Label: loc.T("use.field.day"), Value: loc.DateLong(p.Day)},
			{Label: loc.T("use.field.points"), Value: loc.Number(int64(p.Points))},
		}}
		if !p.Lifted.IsZero() {
			out[i].Values = append(out[i].Values, module.Value{Label: loc.T("use.point.lifted"), Value: p.Reason})
		}
	}
	return out, err
}

// erasePoints forgets them.
func erasePoints(tx *db.Tx, person db.ID) ([]string, error) { return nil, use.Forget(tx, person) }
