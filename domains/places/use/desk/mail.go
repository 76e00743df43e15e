package desk

import (
	"context"
	"encoding/json"
	"strings"

	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
)

// Mails are the kinds of message about days of use.
func (d *Desk) Mails() []deliver.Kind {
	return []deliver.Kind{
		{Name: use.MailPoints, Render: d.pointsMail},
		{Name: use.MailReport, Render: d.reportMail},
	}
}

// about is the room and time of a message.
func about(loc *i18n.Localizer, n reservation.Notice) string {
	return loc.Range(db.Time(n.Start), db.Time(n.End)) + "\n" + loc.Text(n.Place) + " " + loc.Text(n.Room)
}

// pointsMail says what was given, what follows and until when, and how to
// object.
func (d *Desk) pointsMail(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
	var n use.PointsNotice
	if err := json.Unmarshal(data, &n); err != nil {
		return deliver.Content{}, err
	}
	subject := "use.mail.points.subject"
	sum := loc.T("use.points.now", "sum", n.Sum)
	if n.Limit > 0 {
		sum = loc.T("use.mail.points.given", "points", n.Points, "sum", n.Sum, "limit", n.Limit)
	}
	parts := []string{loc.T(pointKey(n.Kind)), about(loc, n.Notice), sum}
	if !n.Until.IsZero() {
		subject = "use.mail.points.stopped"
		parts = append(parts, loc.T("use.suspended.until", "until", n.Until), loc.T("use.suspended.held"))
	} else if !n.Ends.IsZero() {
		parts = append(parts, loc.T("use.mail.points.ends", "day", n.Ends))
	}
	parts = append(parts, loc.T("use.object", "phone", n.Phone, "receipt", n.Receipt), d.deps.BaseURL+"/me/points")
	return deliver.Content{Subject: loc.T(subject), Text: strings.Join(parts, "\n\n") + "\n"}, nil
}

// reportMail asks for the report; on paper it brings the form.
func (d *Desk) reportMail(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
	var n use.ReportNotice
	if err := json.Unmarshal(data, &n); err != nil {
		return deliver.Content{}, err
	}
	lead, subject := "use.mail.report.lead", "use.mail.report.subject"
	if n.Again {
		lead, subject = "use.mail.report.again", "use.mail.report.again.subject"
	}
	link := d.deps.BaseURL + reservation.Path(n.ID) + "/report"
	return deliver.Content{
		Subject: loc.T(subject, "room", loc.Text(n.Room)),
		Text:    strings.Join([]string{loc.T(lead), about(loc, n.Notice), loc.T("use.mail.report.until", "day", n.Until), link}, "\n\n") + "\n",
		Paper:   paperReport(n, link),
	}, nil
}
