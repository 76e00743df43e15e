package places

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/pages"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/search"
	"kakehashi/engines/jp"
	"kakehashi/platform/api"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// FacilityOut is a facility as the API gives it.
type FacilityOut struct {
	ID          string            `json:"id"`
	Name        map[string]string `json:"name" doc:"by language"`
	Kana        string            `json:"kana,omitempty"`
	Description map[string]string `json:"description,omitempty" doc:"by language"`
	PostalCode  string            `json:"postalCode,omitempty"`
	Address     string            `json:"address"`
	Building    string            `json:"building,omitempty"`
	Town        string            `json:"town,omitempty"`
	Lat         float64           `json:"lat,omitempty" doc:"degrees, WGS 84; left out when unknown"`
	Lng         float64           `json:"lng,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Opens       string            `json:"opens,omitempty" doc:"H:MM in Tokyo"`
	Closes      string            `json:"closes,omitempty"`
	Access      []string          `json:"access" doc:"what the facility has: wheelchair, toilet, lift …"`
	Bookable    bool              `json:"bookable" doc:"has rooms that are booked here"`
}

// RoomOut is a room as the API gives it.
type RoomOut struct {
	ID        string            `json:"id"`
	Facility  string            `json:"facility"`
	Name      map[string]string `json:"name" doc:"by language"`
	Capacity  int64             `json:"capacity" doc:"people"`
	Area      int64             `json:"area,omitempty" doc:"square metres"`
	StepFree  bool              `json:"stepFree"`
	Loud      bool              `json:"loud" doc:"music and dance are allowed"`
	Equipment []string          `json:"equipment"`
	Bands     []TimesOut        `json:"bands" doc:"stretches that the room is let in; empty: any quarter hours between opens and closes"`
	Opens     string            `json:"opens" doc:"H:MM in Tokyo"`
	Closes    string            `json:"closes"`
	Approval  bool              `json:"approval" doc:"a clerk decides each reservation"`
	FeeYen    int64             `json:"feeYen" doc:"a band, or an hour of free time"`
	Class     string            `json:"class,omitempty" doc:"what rules call rooms of a kind by"`
	Parts     []string          `json:"parts,omitempty" doc:"rooms that this one is let in parts as; the whole and a part are never let at one time"`
}

// TimesOut is a stretch of a day.
type TimesOut struct {
	From string `json:"from" doc:"H:MM in Tokyo"`
	To   string `json:"to"`
}

// DayOut says what is free of a room on one day.
type DayOut struct {
	Day    string     `json:"day" format:"date"`
	Closed bool       `json:"closed" doc:"not let at all on that day"`
	Free   []TimesOut `json:"free" doc:"stretches that can be booked now"`
}

// OfferOut is a room with the times found for a search.
type OfferOut struct {
	Room   RoomOut    `json:"room"`
	Times  []TimesOut `json:"times"`
	Metres int64      `json:"metres,omitempty" doc:"from the town asked for"`
}

type listIn struct {
	Q     string `query:"q" maxLength:"100" doc:"words of the name, reading, address or town"`
	All   bool   `query:"all" doc:"also those without rooms to book here"`
	After string `query:"after" doc:"id of the last one of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type facilitiesOut struct {
	Body struct {
		Facilities []FacilityOut `json:"facilities"`
		Next       string        `json:"next,omitempty" doc:"give it as after to go on"`
	}
}

type roomsIn struct {
	Facility string `query:"facility" doc:"id of a facility; all rooms without it"`
	After    string `query:"after" doc:"id of the last one of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type roomsOut struct {
	Body struct {
		Rooms []RoomOut `json:"rooms"`
		Next  string    `json:"next,omitempty"`
	}
}

type availabilityIn struct {
	ID   string `path:"id"`
	From string `query:"from" format:"date" doc:"the first day; today without it"`
	To   string `query:"to" format:"date" doc:"the last day, at most 62 after the first; the first without it"`
}

type availabilityOut struct {
	Body struct {
		Room RoomOut  `json:"room"`
		Days []DayOut `json:"days"`
	}
}

type searchIn struct {
	On        string   `query:"on" required:"true" doc:"a date, or today, tomorrow, saturday …"`
	Part      string   `query:"part" enum:"morning,afternoon,evening" doc:"part of the day"`
	From      string   `query:"from" doc:"H:MM; with to, instead of part"`
	To        string   `query:"to"`
	People    int64    `query:"people" minimum:"0" maximum:"100000"`
	StepFree  bool     `query:"step_free"`
	Loud      bool     `query:"loud"`
	Equipment []string `query:"equipment,explode" maxItems:"20"`
	Facility  string   `query:"facility"`
	Near      string   `query:"near" doc:"name of a town"`
}

type searchOut struct {
	Body struct {
		Day         string          `json:"day" format:"date"`
		Offers      []OfferOut      `json:"offers" doc:"nearest facility first, then the smallest room that fits"`
		Relaxations []RelaxationOut `json:"relaxations,omitempty" doc:"where nothing was found: one thing to give up, and how many rooms that brings"`
	}
}

// RelaxationOut is one thing to give up.
type RelaxationOut struct {
	Kind   string `json:"kind" enum:"people,step_free,loud,equipment,part,day"`
	People int64  `json:"people,omitempty"`
	Part   string `json:"part,omitempty"`
	Day    string `json:"day,omitempty"`
	Rooms  int    `json:"rooms"`
}

// mostDays is how many days one request may ask for.
const mostDays = 62

// api registers the operations that everybody may call.
func (p *Places) api(a *api.API) {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"places"}}
	}
	api.Register(a, web.Public(), op("list-facilities", "/facilities", "Facilities in use, in the order of their ids"), p.listFacilities)
	api.Register(a, web.Public(), op("list-rooms", "/rooms", "Rooms that are let"), p.listRooms)
	api.Register(a, web.Public(), op("room-availability", "/rooms/{id}/availability", "What is free of a room, by day"), p.roomAvailability)
	api.Register(a, web.Public(), op("search-availability", "/availability", "Rooms that are free at a time"), p.searchAvailability)
}

func (p *Places) listFacilities(ctx context.Context, in *listIn) (*facilitiesOut, error) {
	snap, err := p.Rooms.Get(ctx)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(snap.Find(in.Q, !in.All))
	slices.SortFunc(list, func(a, b facility.Facility) int { return cmp.Compare(a.ID, b.ID) })
	out := new(facilitiesOut)
	out.Body.Facilities = []FacilityOut{}
	after := parseID(in.After)
	for _, f := range list {
		if f.ID <= after {
			continue
		}
		if len(out.Body.Facilities) == in.Limit {
			out.Body.Next = out.Body.Facilities[in.Limit-1].ID
			break
		}
		out.Body.Facilities = append(out.Body.Facilities, facilityOut(f))
	}
	return out, nil
}

func (p *Places) listRooms(ctx context.Context, in *roomsIn) (*roomsOut, error) {
	snap, err := p.Rooms.Get(ctx)
	if err != nil {
		return nil, err
	}
	only, after := parseID(in.Facility), parseID(in.After)
	var rooms []facility.Room
	for _, f := range snap.Facilities {
		if only == 0 && in.Facility == "" || f.ID == only {
			rooms = append(rooms, snap.Rooms(f.ID)...)
		}
	}
	slices.SortFunc(rooms, func(a, b facility.Room) int { return cmp.Compare(a.ID, b.ID) })
	out := new(roomsOut)
	out.Body.Rooms = []RoomOut{}
	for _, r := range rooms {
		if r.ID <= after {
			continue
		}
		if len(out.Body.Rooms) == in.Limit {
			out.Body.Next = out.Body.Rooms[in.Limit-1].ID
			break
		}
		out.Body.Rooms = append(out.Body.Rooms, roomOut(r))
	}
	return out, nil
}

func (p *Places) roomAvailability(ctx context.Context, in *availabilityIn) (*availabilityOut, error) {
	now := p.deps.DB.Now()
	from, to := jp.DateOf(now), jp.Date{}
	if in.From != "" {
		d, err := jp.ParseDate(in.From)
		if err != nil {
			return nil, invalid("from", "places.api.date")
		}
		from = d
	}
	if to = from; in.To != "" {
		d, err := jp.ParseDate(in.To)
		if err != nil || d.Before(from) || d.Sub(from) > mostDays {
			return nil, invalid("to", "places.api.date")
		}
		to = d
	}
	snap, err := p.Rooms.Get(ctx)
	if err != nil {
		return nil, err
	}
	r, ok := snap.Room(parseID(in.ID))
	if !ok {
		return nil, fault.New(fault.NotFound, "web.error.not_found")
	}
	var taken search.Taken
	if err := p.deps.DB.Read(ctx, func(tx *db.Tx) error { taken, err = search.TakenOf(tx, r, from, to); return err }); err != nil {
		return nil, err
	}
	out := new(availabilityOut)
	out.Body.Room = roomOut(r)
	for d := from; !d.After(to); d = d.AddDays(1) {
		gone := p.Search.Gone(snap, taken, &r, d, now)
		shut := facility.Shut(snap.Closures(r.Facility), &r, d)
		day := DayOut{Day: d.String(), Closed: r.Hours().Without(shut) == quarter.Bits{}, Free: []TimesOut{}}
		for _, t := range (search.Wish{Day: d}).Fit(&r, gone) {
			day.Free = append(day.Free, timesOut(t))
		}
		out.Body.Days = append(out.Body.Days, day)
	}
	return out, nil
}

func (p *Places) searchAvailability(ctx context.Context, in *searchIn) (*searchOut, error) {
	now := p.deps.DB.Now()
	c := web.From(ctx)
	w := pages.ParseWish(c.Form(), now)
	if town, ok, err := p.pages.Town(ctx, in.Near); err != nil {
		return nil, err
	} else if ok {
		w.Lat, w.Lng = town.Lat, town.Lng
	}
	res, err := p.Search.Find(ctx, w, now)
	if err != nil {
		return nil, err
	}
	out := new(searchOut)
	out.Body.Day, out.Body.Offers = w.Day.String(), []OfferOut{}
	for _, f := range res.Found {
		for _, o := range f.Offers {
			offer := OfferOut{Room: roomOut(o.Room), Metres: int64(max(f.Metres, 0))}
			for _, t := range o.Times {
				offer.Times = append(offer.Times, timesOut(t))
			}
			out.Body.Offers = append(out.Body.Offers, offer)
		}
	}
	for _, r := range res.Relaxations {
		out.Body.Relaxations = append(out.Body.Relaxations, RelaxationOut{
			Kind: r.Kind, People: r.People, Part: string(r.Part), Day: r.Day.String(), Rooms: r.Rooms,
		})
	}
	return out, nil
}

func invalid(field, key string) error {
	var c fault.Check
	c.Field(false, field, key, "count", mostDays)
	return c.Err()
}

func parseID(s string) db.ID {
	id, err := db.ParseID(s)
	if err != nil {
		return 0
	}
	return id
}

func texts(t i18n.Text) map[string]string {
	out := make(map[string]string, len(t))
	for l, s := range t {
		out[string(l)] = s
	}
	return out
}

func facilityOut(f facility.Facility) FacilityOut {
	out := FacilityOut{
		ID: f.ID.String(), Name: texts(f.Name), Kana: f.Kana, Description: texts(f.Description), PostalCode: f.PostalCode,
		Address: f.Address, Building: f.Building, Town: f.Town, Lat: f.Lat, Lng: f.Lng, Phone: f.Phone, Access: []string{}, Bookable: f.Bookable,
	}
	if f.Opens >= 0 {
		out.Opens, out.Closes = jp.FormatClock(f.Opens), jp.FormatClock(f.Closes)
	}
	for _, a := range facility.Accesses {
		if f.Has(a) {
			out.Access = append(out.Access, a)
		}
	}
	return out
}

func roomOut(r facility.Room) RoomOut {
	out := RoomOut{
		ID: r.ID.String(), Facility: r.Facility.String(), Name: texts(r.Name), Capacity: r.Capacity, Area: r.Area, StepFree: r.StepFree,
		Loud: r.Loud, Equipment: slices.Clone(r.Equipment), Bands: []TimesOut{}, Opens: jp.FormatClock(r.Opens), Closes: jp.FormatClock(r.Closes),
		Approval: r.Approval, FeeYen: r.FeeYen, Class: r.Class,
	}
	for _, part := range r.Parts {
		out.Parts = append(out.Parts, part.String())
	}
	if out.Equipment == nil {
		out.Equipment = []string{}
	}
	for _, b := range r.Bands {
		out.Bands = append(out.Bands, timesOut(search.Times(b)))
	}
	return out
}

func timesOut(t search.Times) TimesOut {
	return TimesOut{From: jp.FormatClock(t.From), To: jp.FormatClock(t.To)}
}
