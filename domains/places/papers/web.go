package papers

import (
	"errors"
	"io"

	"github.com/a-h/templ"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/pdf"
	"kakehashi/platform/web"
)

// open reads the reservation in the path with all that its papers need.
func (x *Papers) open(c *web.Context, loc *i18n.Localizer) (p paper, err error) {
	id, err := c.PathID("id")
	if err != nil {
		return p, err
	}
	err = x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, id)
		if err != nil {
			return err
		}
		p, err = x.read(tx, loc, r)
		return err
	})
	return p, err
}

// issued is open with the permit that the reservation may have; a gap says why
// it may not.
func (x *Papers) issued(c *web.Context, loc *i18n.Localizer) (paper, Gap, error) {
	p, err := x.open(c, loc)
	if err != nil {
		return p, NoGap, err
	}
	if g := gap(p.Reservation, p.Charge.Owed, p.Permit.ID != 0, c.Now()); g != NoGap || p.Permit.Says == says(p.Reservation) {
		return p, g, nil
	}
	g := NoGap
	err = x.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		r, err := reservation.Get(tx, p.ID)
		if err != nil {
			return err
		}
		charge, err := x.charge(tx, loc, r)
		if err != nil {
			return err
		}
		p.Reservation, p.Charge = r, charge
		if g = gap(r, charge.Owed, p.Permit.ID != 0, tx.Now); g != NoGap {
			return nil
		}
		p.Permit, err = Issue(tx, x.deps.Keys, r)
		return err
	})
	return p, g, err
}

func (x *Papers) permit(c *web.Context) error {
	p, g, err := x.issued(c, c.Loc)
	if err != nil {
		return err
	}
	if g != NoGap {
		m := web.Meta{Title: c.Loc.T("papers.permit.title"), Field: "place", Back: reservation.Path(p.ID)}
		return c.Page(m, gapView(p, g))
	}
	return x.page(c, p, p.permitSheet(c.Loc, x.deps.BaseURL), "permit.pdf")
}

func (x *Papers) permitPDF(c *web.Context) error {
	p, g, err := x.issued(c, x.ja())
	if err != nil {
		return err
	}
	if g != NoGap {
		return c.Redirect(path(p.ID, "permit"))
	}
	return x.file(c, p, p.permitSheet(x.ja(), x.deps.BaseURL), "permit")
}

func (x *Papers) invoice(c *web.Context) error {
	p, err := x.open(c, c.Loc)
	if err != nil {
		return err
	}
	if p.Charge.Owed <= 0 || !p.State.Live() {
		m := web.Meta{Title: c.Loc.T("papers.invoice.title"), Field: "place", Back: reservation.Path(p.ID)}
		return c.Page(m, nothingOwedView(p))
	}
	return x.page(c, p, p.invoiceSheet(c.Loc, x.deps.BaseURL), "invoice.pdf")
}

func (x *Papers) invoicePDF(c *web.Context) error {
	p, err := x.open(c, x.ja())
	if err != nil {
		return err
	}
	if p.Charge.Owed <= 0 || !p.State.Live() {
		return c.Redirect(path(p.ID, "invoice"))
	}
	return x.file(c, p, p.invoiceSheet(x.ja(), x.deps.BaseURL), "invoice")
}

// paid is open with the payment in the path, whose receipt is handed out.
func (x *Papers) paid(c *web.Context, loc *i18n.Localizer) (p paper, s Sheet, err error) {
	if p, err = x.open(c, loc); err != nil {
		return p, s, err
	}
	entry, err := c.PathID("entry")
	if err != nil {
		return p, s, err
	}
	for _, paid := range p.Charge.Paid {
		if paid.ID != entry {
			continue
		}
		err = x.deps.DB.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
			first, again, err := hand(tx, entry, p.Reservation.Person)
			s = p.receiptSheet(loc, x.deps.BaseURL, paid, jp.DateOf(first), again)
			return err
		})
		return p, s, err
	}
	return p, s, fault.New(fault.NotFound, "papers.error.receipt")
}

func (x *Papers) receipt(c *web.Context) error {
	p, s, err := x.paid(c, c.Loc)
	if err != nil {
		return err
	}
	return x.page(c, p, s, "receipt/"+c.Path("entry")+"/pdf")
}

func (x *Papers) receiptPDF(c *web.Context) error {
	p, s, err := x.paid(c, x.ja())
	if err != nil {
		return err
	}
	return x.file(c, p, s, "receipt/"+c.Path("entry"))
}

// page shows a sheet in the reader's language, to be printed.
func (x *Papers) page(c *web.Context, p paper, s Sheet, pdfPath string) error {
	m := web.Meta{Title: s.Title, Field: "place", Back: reservation.Path(p.ID), Print: true}
	return c.Page(m, sheetView(s, path(p.ID, pdfPath), c.Flashes()))
}

// file hands over a sheet as PDF. Where the font lacks a character, the reader
// is led to the page, which their own fonts print.
func (x *Papers) file(c *web.Context, p paper, s Sheet, page string) error {
	b, err := s.PDF(x.ja().Text(p.City))
	var missing pdf.MissingGlyph
	if errors.As(err, &missing) {
		c.Flash("papers.pdf.missing", "char", string(missing.Char))
		return c.Redirect(path(p.ID, page))
	}
	if err != nil {
		return err
	}
	return download(c, s.File, b)
}

func download(c *web.Context, name string, b []byte) error {
	return c.Download(name+".pdf", "application/pdf", func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// known reports whether the code in the path is that of a permit.
func (x *Papers) known(c *web.Context) (ok bool, err error) {
	err = x.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		_, err := ByCode(tx, codeIn(c.Path("code")))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// checkData is what the page of a code tells: no person.
type checkData struct {
	paper
	Standing Standing
	Asked    Permit // of the code
	CheckIn  string // "" unless the reader is a clerk who may note the arrival
}

// check tells the caretaker what the permit in hand is worth.
func (x *Papers) check(c *web.Context) error {
	var k checkData
	err := x.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if k.Asked, err = ByCode(tx, codeIn(c.Path("code"))); err != nil {
			return err
		}
		r, err := reservation.Get(tx, k.Asked.Reservation)
		if err != nil {
			return err
		}
		if k.paper, err = x.read(tx, c.Loc, r); err != nil {
			return err
		}
		k.Standing = standing(k.Asked, k.Permit, r)
		if x.near.CheckIn != nil && desk.ClerkOf(c.Viewer, r.Office) {
			k.CheckIn = x.near.CheckIn(r.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("papers.check.title"), Field: "place"}, templ.Component(checkView(k)))
}
