package desk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/a-h/templ"

	"kakehashi/domains/places/fee"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/rules"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// panel is what a reservation's page shows of its money.
type panel struct {
	Working fee.Working
	Charge  money.Charge // ID 0: none yet
	Rule    rules.Payment
	Room    reservation.RoomInfo
	Online  bool
	Clerk   bool
	// IfCancelled is what would be given back of what was paid, were it cancelled
	// today, in yen; Known says that it was paid and still can be cancelled.
	IfCancelled int64
	Known       bool
}

// takes reports whether the fee can be paid by the method.
func (p panel) takes(method string) bool {
	return slices.Contains(p.Rule.Methods, method) || method == money.Counter && len(p.Rule.Methods) == 0
}

// checkPanel shows what a wish will cost, line by line, before it is sent.
func (d *Desk) checkPanel(c *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	w, err := d.m.Reckon(tx, r)
	if err != nil {
		return nil, err
	}
	return wishPanel(panel{Working: w}), nil
}

// panelOf reads what a page about a reservation shows.
func (d *Desk) panelOf(tx *db.Tx, r reservation.Reservation) (p panel, ok bool, err error) {
	if p.Room, err = d.svc.Room(tx, r.Room); err != nil {
		return p, false, err
	}
	if p.Rule, err = d.m.PaymentOf(tx, p.Room.Room); err != nil {
		return p, false, err
	}
	p.Online = d.m.Online() && slices.Contains(p.Rule.Methods, money.Online)
	p.Charge, err = money.ChargeOf(tx, money.OfReservation, r.ID)
	if fault.Is(err, fault.NotFound) {
		if r.State != reservation.Requested && r.State != reservation.Offered && r.State != reservation.Confirmed {
			return p, false, nil
		}
		p.Working, err = d.m.Reckon(tx, r)
		return p, r.Kind == "" || r.Kind == reservation.ForUse, err
	}
	if err != nil {
		return p, false, err
	}
	p.Working = p.Charge.Working
	if p.Known = p.Charge.State == money.Paid && p.Charge.Back() == 0 && p.Charge.Paid > 0 && r.Open(tx.Now); p.Known {
		p.IfCancelled, err = d.m.IfCancelled(tx, r, p.Charge.Paid)
	}
	return p, true, err
}

func (d *Desk) minePanel(_ *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	p, ok, err := d.panelOf(tx, r)
	if err != nil || !ok {
		return nil, err
	}
	return minePanel(p), nil
}

func (d *Desk) officePanel(_ *web.Context, tx *db.Tx, r reservation.Reservation) (templ.Component, error) {
	p, ok, err := d.panelOf(tx, r)
	if err != nil || !ok {
		return nil, err
	}
	p.Clerk = true
	return minePanel(p), nil
}

// lines are a working as a table shows it.
type line struct {
	Text string
	Yen  int64
}

func lines(ctx context.Context, w fee.Working) []line {
	out := make([]line, len(w.Lines))
	for i, l := range w.Lines {
		out[i] = line{money.LineText(i18n.From(ctx), l), l.Yen}
	}
	return out
}

// mails are the messages that money sends.
//
//i18n:uses money.mail.*
func (d *Desk) mails() []deliver.Kind {
	return []deliver.Kind{{Name: money.ReminderKind, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
		var r money.Reminder
		if err := json.Unmarshal(data, &r); err != nil {
			return deliver.Content{}, err
		}
		text := loc.T("money.mail.reminder.text", "day", r.Day, "yen", loc.Yen(r.Yen), "due", r.Due) + "\n" +
			loc.T("money.mail.reference", "reference", money.Pretty(r.Reference), "receipt", r.Receipt) + "\n"
		if r.Lapses {
			text += "\n" + loc.T("money.lapses") + "\n"
		}
		text += "\n" + loc.T("money.mail.more") + "\n" + d.deps.BaseURL + reservation.Path(r.Source) + "\n"
		return deliver.Content{Subject: loc.T("money.mail.reminder.subject", "yen", loc.Yen(r.Yen), "due", r.Due), Text: text}, nil
	}}}
}
