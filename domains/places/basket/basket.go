package basket

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/a-h/templ"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/reservation/desk"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// keep is for how long a browser keeps a basket, cookie is its name there.
const (
	keep   = 7 * 24 * time.Hour
	cookie = "basket"
)

// Basket books several rooms and times at one go.
type Basket struct {
	deps module.Deps
	svc  *reservation.Service
	near Neighbours
}

// Neighbours are what this package needs of others.
type Neighbours struct {
	// Reservation is what reservations themselves need: who may book.
	Reservation reservation.Neighbours
	// Fee is what a wish would cost, in yen; nil: nothing is said of it.
	Fee func(tx *db.Tx, r reservation.Reservation) (int64, error)
}

// New returns the part; it does no I/O.
func New(deps module.Deps, svc *reservation.Service, near Neighbours) *Basket {
	return &Basket{deps: deps, svc: svc, near: near}
}

// Join hands over routes and messages.
func (b *Basket) Join(m *module.Module, _ *desk.Desk) {
	open, in := web.Public(), web.SignedIn()
	m.Routes = append(m.Routes,
		web.Route{Pattern: "GET /basket", Access: open, Handle: b.show},
		web.Route{Pattern: "GET /basket/add", Access: open, Handle: b.choose},
		web.Route{Pattern: "POST /basket", Access: open, Handle: b.add},
		web.Route{Pattern: "POST /basket/drop", Access: open, Handle: b.drop},
		web.Route{Pattern: "GET /basket/book", Access: in, Handle: b.ask},
		web.Route{Pattern: "POST /basket/book", Access: in, Handle: b.book},
	)
	m.Messages = append(m.Messages, Messages())
}

// item is a slot with what is shown of it.
type item struct {
	Slot
	Info reservation.RoomInfo
	Gone bool // somebody has it, or it cannot be had
	Near []reservation.Vacancy
	Fee  int64 // yen
}

// items reads what the basket says; rooms that are no more are left out.
func (b *Basket) items(tx *db.Tx, slots []Slot) ([]item, error) {
	var out []item
	for _, s := range slots {
		info, err := b.svc.Room(tx, s.Room)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		taken, shut, err := b.svc.Gone(tx, info, s.Day)
		if err != nil {
			return nil, err
		}
		want := quarter.Between(s.From, s.To)
		out = append(out, item{Slot: s, Info: info, Gone: taken.Meets(want) || shut.Meets(want) || !s.Span().Start.After(tx.Now)})
	}
	return out, nil
}

func meta(c *web.Context, key, back string) web.Meta {
	return web.Meta{Title: c.Loc.T(key), Field: "place", Back: back}
}

func (b *Basket) show(c *web.Context) error {
	var all []item
	err := b.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		all, err = b.items(tx, parse(c.Recall(cookie)))
		return err
	})
	if err != nil {
		return err
	}
	return c.Page(meta(c, "basket.title", "/places"), listView(all))
}

// chooseData is what the page shows on which times of a room are chosen.
type chooseData struct {
	Info    reservation.RoomInfo
	Day     jp.Date
	Gone    quarter.Bits
	Today   jp.Date
	Problem web.Problem
}

func (b *Basket) choose(c *web.Context) error { return b.chooseAgain(c, nil) }

func (b *Basket) chooseAgain(c *web.Context, failed error) error {
	room, err := db.ParseID(c.Form().Get("room"))
	if err != nil {
		return c.Redirect("/basket")
	}
	var d chooseData
	err = b.deps.DB.Read(c.Context(), func(tx *db.Tx) (err error) {
		if d.Info, err = b.svc.Room(tx, room); err != nil {
			return err
		}
		d.Today = jp.DateOf(tx.Now)
		if d.Day, _ = jp.ParseAnyDate(c.Form().Get("day")); d.Day.Before(d.Today) {
			d.Day = d.Today
		}
		taken, shut, err := b.svc.Gone(tx, d.Info, d.Day)
		d.Gone = taken.Or(shut)
		return err
	})
	if err != nil {
		return err
	}
	return c.Retry(failed, meta(c, "basket.choose.title", "/places/rooms/"+room.String()), func(p web.Problem) templ.Component {
		d.Problem = p
		return chooseView(d)
	})
}

// add puts the chosen times into the basket.
func (b *Basket) add(c *web.Context) error {
	form := c.Form()
	texts := slices.Clone(form["slot"])
	if form.Get("to") != "" {
		texts = append(texts, form.Get("room")+"_"+form.Get("day")+"_"+form.Get("from")+"_"+form.Get("to"))
	}
	all, some := parse(c.Recall(cookie)), false
	var check fault.Check
	for _, text := range texts {
		s, ok := ParseSlot(text)
		if !ok {
			continue
		}
		some = true
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	check.Field(some, "slot", "basket.error.time")
	check.Field(len(all) <= Most, "slot", "basket.error.full", "most", Most)
	if err := check.Err(); err != nil {
		return b.chooseAgain(c, err)
	}
	slices.SortFunc(all, bySlot)
	if err := c.Remember(cookie, format(all), keep); err != nil {
		return err
	}
	return c.Redirect("/basket")
}

func bySlot(x, y Slot) int {
	return cmp.Or(x.Day.Compare(y.Day), cmp.Compare(x.From, y.From), cmp.Compare(x.Room, y.Room))
}

func (b *Basket) drop(c *web.Context) error {
	gone, _ := ParseSlot(c.Form().Get("slot"))
	all := slices.DeleteFunc(parse(c.Recall(cookie)), func(s Slot) bool { return s == gone })
	if err := c.Remember(cookie, format(all), keep); err != nil {
		return err
	}
	return c.Redirect("/basket")
}

// Room is what a room's page says of a day that has something free.
func (b *Basket) Room(_ *web.Context, tx *db.Tx, room facility.Room, day jp.Date) (templ.Component, error) {
	info, err := b.svc.Room(tx, room.ID)
	if err != nil {
		return nil, err
	}
	taken, shut, err := b.svc.Gone(tx, info, day)
	if err != nil || taken.Or(shut).Holds(room.Hours()) || !day.At(room.Closes).After(tx.Now) {
		return nil, err
	}
	return roomView(room.ID, day), nil
}

func tr(ctx context.Context, key string, args ...any) string { return i18n.T(ctx, key, args...) }

// free offers the bands of the day, one by one, that can be had.
func (d chooseData) free(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, band := range d.Info.Bands {
		if !d.Gone.Meets(band.Bits()) {
			s := Slot{Room: d.Info.ID, Day: d.Day, From: band.From, To: band.To}
			out = append(out, ui.Option{Value: s.String(), Label: i18n.From(ctx).Times(band.From, band.To)})
		}
	}
	return out
}
