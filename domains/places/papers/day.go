package papers

import (
	"strconv"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/pdf"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// mostADay is how many reservations of a day are printed at once: some twenty
// rooms, every band of them.
const mostADay = 100

// dayLine is one reservation of the day.
type dayLine struct {
	paper
	Gap Gap
}

// dayData is a day of an office.
type dayData struct {
	On     jp.Date
	Office db.ID
	Lines  []dayLine
	More   bool // there are more than are shown
}

// Ready counts those that have a permit, or can have one.
func (d dayData) Ready() (n int) {
	for _, l := range d.Lines {
		if l.Gap == NoGap {
			n++
		}
	}
	return n
}

// readDay reads what the address asks for: one of the clerk's offices, a day.
func (x *Papers) readDay(c *web.Context, loc *i18n.Localizer) (d dayData, err error) {
	d.On, _ = jp.ParseAnyDate(c.Query("on"))
	if d.On.IsZero() {
		d.On = jp.DateOf(c.Now())
	}
	want, _ := db.ParseID(c.Query("office"))
	for _, s := range c.Viewer.Scopes(web.RoleClerk) {
		if s.Kind == "office" && (d.Office == 0 || s.ID == want) {
			d.Office = s.ID
		}
	}
	err = x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		rs, err := reservation.List(tx, reservation.Filter{Office: d.Office, From: d.On, Until: d.On, State: reservation.Confirmed, Limit: mostADay + 1})
		if err != nil {
			return err
		}
		d.More = len(rs) > mostADay
		for _, r := range rs[:min(len(rs), mostADay)] {
			p, err := x.read(tx, loc, r)
			if err != nil {
				return err
			}
			if g := gap(r, p.Charge.Owed, p.Permit.ID != 0, tx.Now); g != Internal {
				d.Lines = append(d.Lines, dayLine{p, g})
			}
		}
		return nil
	})
	return d, err
}

func (x *Papers) day(c *web.Context) error {
	d, err := x.readDay(c, c.Loc)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("papers.day.title"), Wide: true, Back: "/office/reservations"}, dayView(d))
}

// dayPDF is a list of the day, then every permit that can be had, each beginning
// on a page of its own. What the font cannot write stands in the list only,
// under its receipt.
func (x *Papers) dayPDF(c *web.Context) error {
	loc := x.ja()
	d, err := x.readDay(c, loc)
	if err != nil {
		return err
	}
	if d.Ready() == 0 {
		return c.Redirect("/office/papers?on=" + d.On.String())
	}
	err = x.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		for i := range d.Lines {
			l := &d.Lines[i]
			if l.Gap != NoGap {
				continue
			}
			if l.Permit, err = Issue(tx, x.deps.Keys, l.Reservation); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	doc, err := x.book(loc, d)
	if err != nil {
		return err
	}
	b, err := doc.Bytes()
	if err != nil {
		return err
	}
	return download(c, "permits-"+d.On.String(), b)
}

// book puts the list and the permits into one file.
func (x *Papers) book(loc *i18n.Localizer, d dayData) (*pdf.Doc, error) {
	doc := pdf.New(pdf.Setup{Title: loc.T("papers.day.title"), Author: loc.Text(d.Lines[0].City)})
	var rows [][]string
	var sheets []Sheet
	for _, l := range d.Lines {
		row := []string{l.clock(loc), loc.Text(l.Room.Name), l.holderName(loc), l.Receipt, l.Permit.Number()}
		if l.Gap != NoGap {
			row[4] = l.state(loc).Label
		} else {
			s := l.permitSheet(loc, x.deps.BaseURL)
			_, ok, err := s.printable()
			if err != nil {
				return nil, err
			}
			if ok {
				sheets = append(sheets, s)
			} else {
				row[4] = loc.T("papers.day.by_hand")
			}
		}
		if pdf.Printable(row...) != nil {
			row[2] = loc.T("papers.day.unwritable")
		}
		rows = append(rows, row)
	}
	doc.Title(loc.T("papers.day.title"))
	doc.Right(loc.DateLong(d.On))
	doc.Table([]pdf.Column{
		{Label: loc.T("papers.day.time"), Share: 2.9}, {Label: loc.T("papers.day.room"), Share: 2.4}, {Label: loc.T("papers.day.who"), Share: 3.6},
		{Label: loc.T("papers.field.receipt"), Share: 1.8}, {Label: loc.T("papers.day.permit"), Share: 2.4},
	}, rows, false)
	if d.More {
		doc.Note(loc.T("papers.day.more", "most", mostADay))
	}
	doc.Footer(func(page, pages int) string { return strconv.Itoa(page) + " / " + strconv.Itoa(pages) })
	for _, s := range sheets {
		doc.Part()
		s.put(doc)
	}
	return doc, nil
}

// clock is from when until when.
func (l dayLine) clock(loc *i18n.Localizer) string {
	from := int(l.Span.Start.Sub(l.Day().At(0)).Minutes())
	return loc.Times(from, from+l.Span.Minutes())
}

// gapKey is the message that says what is missing.
//
//i18n:uses papers.gap.*
func gapKey(g Gap) string { return "papers.gap." + string(g) }

// state says in one word how far the permit of a line is.
func (l dayLine) state(loc *i18n.Localizer) ui.TagOf {
	switch {
	case l.Gap == Unpaid:
		return ui.TagOf{Label: loc.T("papers.day.unpaid"), Tone: ui.Care}
	case l.Gap != NoGap:
		return ui.TagOf{Label: loc.T(gapKey(l.Gap)), Tone: ui.Care}
	case l.Permit.Says == says(l.Reservation):
		return ui.TagOf{Label: l.Permit.Number(), Tone: ui.Good}
	}
	return ui.TagOf{Label: loc.T("papers.day.ready"), Tone: ui.Info}
}
