package papers

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
	"kakehashi/platform/pdf"
)

// PermitKind is the message that a payment came in, with the permit.
const PermitKind = "papers.permit"

const (
	tellEvery = time.Minute
	tellBatch = 50
	settled   = time.Minute // after so long no entry slips in before those seen
)

// notice is what the message is made from.
type notice struct {
	Reservation db.ID `json:"reservation"`
}

type tellArgs struct{}

// Kind names the work.
func (tellArgs) Kind() string { return "papers.tell" }

// Jobs registers the look at what was paid.
func (x *Papers) Jobs(r *jobs.Registry) {
	jobs.Work(r, func(ctx context.Context, _ tellArgs) error { return x.Tell(ctx) })
	r.Every("papers.tell", tellEvery, tellArgs{})
}

// Tell issues the permits of reservations whose last debt was paid since it
// looked before, and sends each to its holder. What was paid before its first
// run is left alone, and so is who has their permit already.
func (x *Papers) Tell(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "papers.Tell()")
	if x.near.Ledger.After == nil {
		return nil
	}
	for {
		var n int
		err := x.deps.DB.Write(ctx, db.Actor{Via: "job"}, func(tx *db.Tx) (err error) {
			n, err = x.tell(tx)
			return err
		})
		if err != nil || n < tellBatch {
			return err
		}
	}
}

// tell follows one batch of the ledger and returns how long it was.
func (x *Papers) tell(tx *db.Tx) (int, error) {
	const row = 1 // the only one
	// Two nodes that look at once take turns here.
	if _, err := tx.Exec(`UPDATE permit_turns SET entry_id = entry_id WHERE id = $1`, row); err != nil {
		return 0, err
	}
	seen, err := db.All(tx, func(id *db.ID) []any { return []any{id} }, `SELECT entry_id FROM permit_turns WHERE id = $1`, row)
	if err != nil {
		return 0, err
	}
	if len(seen) == 0 {
		at, err := x.near.Ledger.Newest(tx)
		if err == nil {
			_, err = tx.Exec(`INSERT INTO permit_turns (id, entry_id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, row, at)
		}
		return 0, err
	}
	came, err := x.near.Ledger.After(tx, seen[0], tx.Now.Add(-settled), tellBatch)
	if err != nil || len(came) == 0 {
		return 0, err
	}
	for _, c := range came {
		if c.Reservation != 0 {
			if err := x.send(tx, c.Reservation); err != nil {
				return 0, err
			}
		}
	}
	_, err = tx.Exec(`UPDATE permit_turns SET entry_id = $2 WHERE id = $1`, row, came[len(came)-1].Entry)
	return len(came), err
}

// send issues the permit of a reservation that has none, where nothing is
// missing, and sends it.
func (x *Papers) send(tx *db.Tx, id db.ID) error {
	r, err := reservation.Get(tx, id)
	if err != nil {
		return err
	}
	last, err := latest(tx, id)
	if err != nil || last.ID != 0 || r.Person == 0 {
		return err
	}
	charge, err := x.charge(tx, x.ja(), r)
	if err != nil || gap(r, charge.Owed, false, tx.Now) != NoGap {
		return err
	}
	if _, err := Issue(tx, x.deps.Keys, r); err != nil {
		return err
	}
	return x.deps.Deliver.Send(tx, deliver.Message{To: r.Person, Kind: PermitKind, Data: notice{Reservation: id}, Office: r.Office})
}

// Mails are the messages that papers send.
func (x *Papers) Mails() []deliver.Kind {
	return []deliver.Kind{{Name: PermitKind, Render: x.render}}
}

// render writes the message with the permit as PDF, and on paper the permit
// itself.
func (x *Papers) render(ctx context.Context, loc *i18n.Localizer, data json.RawMessage) (out deliver.Content, err error) {
	defer fault.Wrap(&err, "papers.render()")
	var n notice
	if err := json.Unmarshal(data, &n); err != nil {
		return out, err
	}
	var p, japanese paper
	err = x.deps.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := reservation.Get(tx, n.Reservation)
		if err != nil {
			return err
		}
		if p, err = x.read(tx, loc, r); err != nil {
			return err
		}
		japanese, err = x.read(tx, x.ja(), r)
		return err
	})
	if err != nil {
		return out, err
	}
	s := p.permitSheet(loc, x.deps.BaseURL)
	out.Subject = loc.T("papers.mail.permit.subject", "room", loc.Text(p.Room.Name), "when", loc.Range(p.Span.Start, p.Span.End))
	out.Text = strings.Join([]string{
		loc.T("papers.mail.permit.lead"),
		s.Right[0] + "\n" + p.place(loc) + "\n" + when(loc, p.Reservation),
		loc.T("papers.mail.permit.link") + "\n" + x.deps.BaseURL + path(p.ID, "permit"),
	}, "\n\n")
	out.Paper = sheetBody(s)
	file := japanese.permitSheet(x.ja(), x.deps.BaseURL)
	b, err := file.PDF(x.ja().Text(p.City))
	var missing pdf.MissingGlyph
	switch {
	case errors.As(err, &missing): // the link leads to the page
	case err != nil:
		return out, err
	default:
		out.Attachments = []deliver.Attachment{{Name: file.File + ".pdf", Mime: "application/pdf", Data: b}}
	}
	return out, nil
}
