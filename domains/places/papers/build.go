package papers

import (
	"cmp"
	"strings"

	"kakehashi/domains/places/reservation"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// paper is what every document of a reservation is made of.
type paper struct {
	reservation.Reservation
	Charge Charge
	Permit Permit // the newest; zero when there is none
	Room   reservation.RoomInfo
	Group  i18n.Text
	Person string
	City   i18n.Text
	Office i18n.Text
	Today  jp.Date
}

// read gathers it, with the charge in the words of loc.
func (x *Papers) read(tx *db.Tx, loc *i18n.Localizer, r reservation.Reservation) (p paper, err error) {
	defer fault.Wrap(&err, "papers.read(%v)", r.ID)
	p.Reservation, p.Today = r, jp.DateOf(tx.Now)
	if p.Charge, err = x.charge(tx, loc, r); err != nil {
		return p, err
	}
	if p.Permit, err = latest(tx, r.ID); err != nil {
		return p, err
	}
	if p.Room, err = x.svc.Room(tx, r.Room); err != nil {
		return p, err
	}
	if p.Group, err = x.groupName(tx, r.Group); err != nil {
		return p, err
	}
	if p.Office, err = x.groupName(tx, r.Office); err != nil {
		return p, err
	}
	if x.near.City != nil {
		if p.City, err = x.near.City(tx); err != nil {
			return p, err
		}
	}
	if x.near.PersonName != nil && r.Person != 0 {
		p.Person, err = x.near.PersonName(tx, r.Person)
		if fault.Is(err, fault.NotFound) { // erased
			err = nil
		}
	}
	return p, err
}

func (x *Papers) groupName(tx *db.Tx, id db.ID) (i18n.Text, error) {
	if id == 0 || x.near.GroupName == nil {
		return nil, nil
	}
	return x.near.GroupName(tx, id)
}

// ja is the language of the PDFs.
func (x *Papers) ja() *i18n.Localizer { return x.deps.Catalog.For(i18n.Ja) }

// when says day and time with the year, as a document needs it.
func when(loc *i18n.Localizer, r reservation.Reservation) string {
	from := int(r.Span.Start.Sub(r.Day().At(0)).Minutes())
	return loc.T("papers.when", "day", loc.DateLong(r.Day()), "times", loc.Times(from, from+r.Span.Minutes()))
}

// holderName is whom the paper is for: the group, or the person alone.
func (p paper) holderName(loc *i18n.Localizer) string { return cmp.Or(loc.Text(p.Group), p.Person) }

func (p paper) place(loc *i18n.Localizer) string {
	return loc.Text(p.Room.Place()) + " " + loc.Text(p.Room.Name)
}

// sheet is what all documents have in common.
func (p paper) sheet(loc *i18n.Localizer) Sheet {
	s := Sheet{Seal: loc.T("papers.seal")}
	switch {
	case p.Reservation.Group != 0:
		s.To = loc.T("papers.to.group", "name", p.holderName(loc))
	default:
		s.To = loc.T("papers.to.person", "name", p.holderName(loc))
	}
	for _, line := range []string{loc.Text(p.City), loc.Text(p.Office)} {
		if line != "" {
			s.From = append(s.From, line)
		}
	}
	if phone := p.Room.Phone(); phone != "" {
		s.From = append(s.From, loc.T("papers.phone", "phone", phone))
	}
	return s
}

// lines are those of the charge with their sum.
func (s *Sheet) lines(loc *i18n.Localizer, c Charge) {
	if len(c.Lines) == 0 {
		return
	}
	s.LinesName = loc.T("papers.fee")
	s.LinesHead = [2]string{loc.T("papers.fee.what"), loc.T("papers.fee.yen")}
	for _, l := range c.Lines {
		s.Lines = append(s.Lines, [2]string{l.Text, loc.Yen(l.Yen)})
	}
	s.Lines = append(s.Lines, [2]string{loc.T("papers.fee.total"), loc.Yen(c.Total)})
}

// permitSheet is the permit.
func (p paper) permitSheet(loc *i18n.Localizer, base string) Sheet {
	s := p.sheet(loc)
	s.File, s.Title = "permit-"+p.Permit.Number(), loc.T("papers.permit.title")
	s.Right = []string{
		loc.T("papers.permit.number", "number", p.Permit.Number()),
		loc.T("papers.issued", "day", loc.DateLong(jp.DateOf(p.Permit.IssuedAt))),
	}
	if p.Permit.Version > 1 {
		s.Again = loc.T("papers.permit.again", "version", p.Permit.Version)
	}
	s.Lead = loc.T("papers.permit.lead")
	s.Facts = []Fact{
		{Label: loc.T("papers.field.place"), Value: p.place(loc)},
		{Label: loc.T("papers.field.when"), Value: when(loc, p.Reservation)},
		{Label: loc.T("papers.field.purpose"), Value: p.Purpose, Data: true},
		{Label: loc.T("papers.field.people"), Value: loc.T("papers.people", "count", p.Headcount)},
	}
	if p.Reservation.Group != 0 && p.Person != "" {
		s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.person"), Value: p.Person, Data: true})
	}
	s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.receipt"), Value: p.Receipt, Data: true})
	fee := loc.T("papers.fee.free")
	switch yen := loc.Yen(p.Charge.Total); {
	case p.Charge.Total > 0 && p.Charge.Waived:
		fee = loc.T("papers.fee.waived", "yen", yen)
	case p.Charge.Total > 0:
		fee = loc.T("papers.fee.paid", "yen", yen)
	}
	if s.lines(loc, p.Charge); len(s.Lines) > 0 {
		s.Lines[len(s.Lines)-1][1] = fee
	} else {
		s.Facts = append(s.Facts, Fact{Label: loc.T("papers.fee"), Value: fee})
	}
	s.ListName = loc.T("papers.permit.conditions")
	for _, key := range []string{"papers.permit.condition.time", "papers.permit.condition.purpose", "papers.permit.condition.care", "papers.permit.condition.change"} {
		s.List = append(s.List, loc.T(key))
	}
	s.QR = base + "/permits/" + p.Permit.Code
	s.Beside = []string{loc.T("papers.permit.qr"), loc.T("papers.permit.code", "code", spelt(p.Permit.Code))}
	return s
}

// invoiceSheet asks for what is owed.
func (p paper) invoiceSheet(loc *i18n.Localizer, base string) Sheet {
	s := p.sheet(loc)
	s.File, s.Title = "invoice-"+p.Charge.Reference, loc.T("papers.invoice.title")
	s.Right = []string{loc.T("papers.invoice.number", "number", p.Charge.Reference), loc.T("papers.issued", "day", loc.DateLong(p.Today))}
	s.Lead, s.AmountName, s.Amount = loc.T("papers.invoice.lead"), loc.T("papers.invoice.amount"), loc.Yen(p.Charge.Owed)
	s.Facts = []Fact{
		{Label: loc.T("papers.field.for"), Value: p.place(loc)},
		{Label: loc.T("papers.field.when"), Value: when(loc, p.Reservation)},
	}
	if !p.Charge.Due.IsZero() {
		s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.due"), Value: loc.DateLong(p.Charge.Due)})
	}
	if bank := strings.TrimSpace(p.Charge.Bank); bank != "" {
		s.Facts = append(s.Facts,
			Fact{Label: loc.T("papers.field.bank"), Value: bank, Data: true},
			Fact{Label: loc.T("papers.field.reference"), Value: loc.T("papers.invoice.reference", "number", p.Charge.Reference)})
	}
	s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.receipt"), Value: p.Receipt, Data: true})
	s.lines(loc, p.Charge)
	s.QR, s.Beside = base+reservation.Path(p.ID), []string{loc.T("papers.invoice.qr")}
	s.Note = loc.T("papers.invoice.note")
	return s
}

// receiptSheet says that money came in.
func (p paper) receiptSheet(loc *i18n.Localizer, base string, paid Payment, first jp.Date, again bool) Sheet {
	s := p.sheet(loc)
	s.File, s.Title = "receipt-"+cmp.Or(paid.Number, paid.ID.String()), loc.T("papers.receipt.title")
	s.Right = []string{loc.T("papers.receipt.number", "number", paid.Number), loc.T("papers.issued", "day", loc.DateLong(first))}
	if again {
		s.Right[1] = loc.T("papers.issued", "day", loc.DateLong(p.Today))
		s.Again = loc.T("papers.receipt.again", "day", loc.DateLong(first))
	}
	s.Lead, s.AmountName, s.Amount = loc.T("papers.receipt.lead"), loc.T("papers.receipt.amount"), loc.Yen(paid.Yen)
	if loc.Lang() == i18n.Ja {
		s.Words = loc.T("papers.receipt.words", "words", jp.Daiji(paid.Yen))
	}
	s.Facts = []Fact{
		{Label: loc.T("papers.field.proviso"), Value: loc.T("papers.receipt.proviso", "room", loc.Text(p.Room.Name), "day", loc.DateLong(p.Day()))},
		{Label: loc.T("papers.field.paid"), Value: loc.DateLong(paid.On)},
	}
	if paid.Method != "" {
		s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.method"), Value: paid.Method})
	}
	s.Facts = append(s.Facts, Fact{Label: loc.T("papers.field.receipt"), Value: p.Receipt, Data: true})
	s.lines(loc, p.Charge)
	s.QR, s.Beside = base+reservation.Path(p.ID), []string{loc.T("papers.receipt.qr")}
	return s
}
