package desk

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// reservationJSON is a reservation as the API shows it to those it concerns.
type reservationJSON struct {
	ID      db.ID      `json:"id"`
	Version int64      `json:"version" doc:"grows with each change"`
	Receipt string     `json:"receipt" doc:"a short number that a person can read over the phone"`
	Room    db.ID      `json:"room"`
	Start   time.Time  `json:"start"`
	End     time.Time  `json:"end"`
	State   string     `json:"state" enum:"requested,confirmed,offered,refused,cancelled,lapsed,used,no_show"`
	Until   *time.Time `json:"until,omitempty" doc:"offered: until when it is held for you"`
	Loud    bool       `json:"loud,omitempty" doc:"music or dance"`
	Group   *db.ID     `json:"group,omitempty" doc:"absent when it is for the person alone"`
	People  int64      `json:"people"`
	Purpose string     `json:"purpose"`
	Title   i18n.Text  `json:"title,omitempty" doc:"what anybody may come to, by language; absent when it is not open to all"`
	Series  *db.ID     `json:"series,omitempty"`
}

func toJSON(r reservation.Reservation) reservationJSON {
	return reservationJSON{
		ID: r.ID, Version: r.Version, Receipt: r.Receipt, Room: r.Room, Start: r.Span.Start, End: r.Span.End,
		State: string(r.State), Group: optional(r.Group), People: r.Headcount, Purpose: r.Purpose, Title: r.PublicTitle, Series: optional(r.Series),
		Until: until(r), Loud: r.Loud,
	}
}

func until(r reservation.Reservation) *time.Time {
	if r.State != reservation.Offered || r.Due.IsZero() {
		return nil
	}
	return &r.Due
}

func optional(id db.ID) *db.ID {
	if id == 0 {
		return nil
	}
	return &id
}

// wishJSON is what is needed to book a room.
type wishJSON struct {
	Room    db.ID     `json:"room"`
	Start   time.Time `json:"start" doc:"on a quarter hour"`
	End     time.Time `json:"end" doc:"on a quarter hour; may lie behind midnight where the room is open then"`
	People  int64     `json:"people" minimum:"1"`
	Purpose string    `json:"purpose"`
	Group   db.ID     `json:"group,omitempty" required:"false" doc:"one of yours; absent for yourself"`
	Title   i18n.Text `json:"title,omitempty" required:"false" doc:"set it when anybody may come: a title by language"`
	Loud    bool      `json:"loud,omitempty" required:"false" doc:"music or dance: needs the neighbouring rooms that it disturbs to be free"`
}

type bookInput struct{ Body wishJSON }

type oneOutput struct{ Body reservationJSON }

type idInput struct {
	ID api.ID `path:"id"`
}

// API registers the JSON twins of the desk's pages.
func (d *Desk) API(a *api.API) {
	const tag = "reservations"
	path := reservationPath
	mine := web.Concerned("reservation.mine", d.concerned)
	api.Register(a, web.SignedIn(), huma.Operation{
		OperationID: "book-room", Method: http.MethodPost, Path: path, Tags: []string{tag}, DefaultStatus: http.StatusCreated,
		Summary: "Book a room", Description: "409 when somebody was first: nothing is booked, and /rooms/{id}/availability says what is free.",
	}, d.apiBook)
	api.Register(a, web.SignedIn(), huma.Operation{
		OperationID: "list-my-reservations", Method: http.MethodGet, Path: path, Tags: []string{tag}, Summary: "List what you and your groups have to come",
	}, d.apiMine)
	api.Register(a, mine, huma.Operation{
		OperationID: "get-reservation", Method: http.MethodGet, Path: path + "/{id}", Tags: []string{tag}, Summary: "Get a reservation that concerns you",
	}, d.apiGet)
	api.Register(a, mine, huma.Operation{
		OperationID: "cancel-reservation", Method: http.MethodDelete, Path: path + "/{id}", Tags: []string{tag}, Summary: "Cancel a reservation that concerns you",
	}, d.apiCancel)
}

// reservationPath is where the reservations of the API live.
const reservationPath = "/reservations"

func (d *Desk) apiBook(ctx context.Context, in *bookInput) (*oneOutput, error) {
	c := web.From(ctx)
	person := self(c.Viewer)
	w := in.Body
	r, err := d.svc.Book(ctx, c.Actor(), reservation.Reservation{
		Room: w.Room, Span: quarter.Span{Start: w.Start, End: w.End}, Person: person, Group: w.Group,
		Headcount: w.People, Purpose: w.Purpose, PublicTitle: w.Title, Loud: w.Loud,
	}, func(tx *db.Tx) error { return d.mayBook(tx, person, w.Group) })
	if err != nil {
		return nil, err
	}
	return &oneOutput{Body: toJSON(r)}, nil
}

func (d *Desk) apiMine(ctx context.Context, _ *struct{}) (*api.Page[reservationJSON], error) {
	c := web.From(ctx)
	items := []reservationJSON{}
	err := d.deps.DB.Read(ctx, func(tx *db.Tx) error {
		groups, err := d.groupsOf(tx, self(c.Viewer))
		if err != nil {
			return err
		}
		rs, err := reservation.Coming(tx, self(c.Viewer), groups, mostComing)
		for _, r := range rs {
			items = append(items, toJSON(r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.NewPage(ctx, items, ""), nil
}

func (d *Desk) apiGet(ctx context.Context, in *idInput) (*oneOutput, error) {
	var out oneOutput
	err := d.deps.DB.Read(ctx, func(tx *db.Tx) error {
		r, err := reservation.Get(tx, in.ID.ID)
		out.Body = toJSON(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}

func (d *Desk) apiCancel(ctx context.Context, in *idInput) (*oneOutput, error) {
	r, err := d.svc.Cancel(ctx, web.From(ctx).Actor(), in.ID.ID, 0, "")
	if err != nil {
		return nil, err
	}
	return &oneOutput{Body: toJSON(r)}, nil
}
