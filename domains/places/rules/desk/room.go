package desk

import (
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/web"
)

// opening says from when one of those the reader books for can book.
type opening struct {
	Who   string
	At    time.Time
	Drawn bool
	Why   string // why they may not at all
}

// Room is what the page of a room says of when its booking opens on the day, for
// whom the reader books for; nil when it is open for all of them.
func (d *Desk) Room(c *web.Context, tx *db.Tx, room facility.Room, day jp.Date) (templ.Component, error) {
	book, err := d.rules.Book(tx)
	if err != nil || day.Before(jp.DateOf(tx.Now)) {
		return nil, err
	}
	at := d.near.PlaceOf(&room)
	if !c.Viewer.SignedIn() {
		first, _, ok := book.First(at, day)
		if !ok || !first.After(tx.Now) {
			return nil, nil
		}
		_, drawn := book.Draw(at, day).For(at)
		return openingView([]opening{{Who: c.Loc.T("rules.note.anyone"), At: first, Drawn: drawn}}), nil
	}
	person := c.Viewer.Person
	if c.Viewer.OnBehalfOf != 0 {
		person = c.Viewer.OnBehalfOf
	}
	holders := []db.ID{0}
	if d.near.GroupsOf != nil {
		groups, err := d.near.GroupsOf(tx, person)
		if err != nil {
			return nil, err
		}
		holders = append(groups, 0)
	}
	var out []opening
	for _, group := range holders {
		who, err := d.who(tx, group, person)
		if err != nil {
			return nil, err
		}
		o := opening{Who: c.Loc.T("rules.alone")}
		if group != 0 && d.near.GroupName != nil {
			name, err := d.near.GroupName(tx, group)
			if err != nil {
				return nil, err
			}
			o.Who = c.Loc.Text(name)
		}
		bounds, err := book.Wish(at, who, "", day)
		switch {
		case fault.Is(err, fault.Denied):
			o.Why = c.Problem(err).Title
		case err != nil:
			return nil, err
		case !bounds.Opens.After(tx.Now):
			continue
		default:
			o.At, o.Drawn = bounds.Opens, bounds.Drawn
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return openingView(out), nil
}
