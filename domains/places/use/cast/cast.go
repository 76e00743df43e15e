// Package cast fills the day of use of the demo city: who has come today, what
// is out, what was reported, who has points.
package cast

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/domains/places/use"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/receipt"
)

// ways are where the rooms of the station lie, in the order of their numbers.
var ways = []string{"1F ←", "1F ←", "1F →", "1F →", "2F ↑", "2F ↑", "2F ↑", "2F ↑", "3F ↑", "3F ↑"}

//go:embed words.json
var wordsJSON []byte

// words are what people of the demo city write.
type words struct {
	Equipment []string `json:"equipment"` // what the station lends beside its keys
	Key       string   `json:"key"`       // what follows the name of a room on the tag of its key
	Purpose   string   `json:"purpose"`
	Note      string   `json:"note"`
	Broken    string   `json:"broken"`
}

// filler writes one city's day.
type filler struct {
	d       *module.Demo
	use     *use.Use
	svc     *reservation.Service
	station db.ID
	office  db.ID
	rooms   []facility.Room // of the station, by number
	keys    map[db.ID]use.Thing
	photo   *files.Staged
	words   words
}

// Fill writes the day of the demo city. Without its station there is none.
func Fill(ctx context.Context, d *module.Demo, u *use.Use, svc *reservation.Service, store *files.Store) (err error) {
	defer fault.Wrap(&err, "use/cast.Fill()")
	f := filler{d: d, use: u, svc: svc, station: d.Refs["facility:station"], keys: map[db.ID]use.Thing{}}
	if f.station == 0 {
		return nil
	}
	if err := json.Unmarshal(wordsJSON, &f.words); err != nil {
		return err
	}
	if store != nil {
		if f.photo, err = store.Stage(ctx, "lamp.png", bytes.NewReader(lamp())); err != nil {
			return err
		}
	}
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		for _, step := range []func(*db.Tx) error{f.places, f.things, f.now, f.today, f.past} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// places says how the station runs its days.
func (f *filler) places(tx *db.Tx) error {
	at, err := facility.Get(tx, f.station)
	if err != nil {
		return err
	}
	f.office = at.Office
	var ids []db.ID
	for n := range ways {
		if id := f.d.Refs[fmt.Sprintf("room:station-%d", n+1)]; id != 0 {
			ids = append(ids, id)
		}
	}
	rooms, err := facility.GetRooms(tx, ids)
	if err != nil {
		return err
	}
	f.rooms = nil
	for n, id := range ids {
		f.rooms = append(f.rooms, rooms[id])
		if err := use.SaveWay(tx, id, ways[n]); err != nil {
			return err
		}
	}
	return use.SavePlace(tx, use.Place{Facility: f.station, Arrivals: true, Reports: true, Late: 15})
}

// things are the key of each room, and some equipment.
func (f *filler) things(tx *db.Tx) error {
	for n, r := range f.rooms {
		name, _ := r.Name.Pick(i18n.Ja)
		t, err := use.AddThing(tx, use.Thing{Facility: f.station, Room: r.ID, Kind: use.Key, Name: name + f.words.Key, Code: f.code(n)})
		if err != nil {
			return err
		}
		f.keys[r.ID] = t
	}
	for n, name := range f.words.Equipment {
		if _, err := use.AddThing(tx, use.Thing{Facility: f.station, Kind: use.Equipment, Name: name, Code: f.code(100 + n)}); err != nil {
			return err
		}
	}
	return nil
}

// code is a tag of the demo city: the same every time.
func (f *filler) code(n int) string { return fmt.Sprintf("demo%012d", n) }

// now gives the club of the story a room at this hour, so that there is somebody to check in
// whenever the demo is looked at.
func (f *filler) now(tx *db.Tx) error {
	group, person := f.d.Refs["group:aozora"], f.d.Refs["person:aozora"]
	minute := int(f.d.Now.Sub(f.d.Today.At(0)).Minutes())
	if group == 0 || person == 0 {
		return nil
	}
	if minute < 10*60 || minute > 20*60 {
		minute = 10 * 60 // the city sleeps
	}
	for i := len(f.rooms) - 1; i >= 0; i-- {
		r := f.rooms[i]
		from, to := minute/15*15-15, min(minute/15*15+120, r.Closes)
		for _, b := range r.Bands {
			if b.From <= minute && minute < b.To {
				from, to = b.From, b.To
			}
		}
		if !r.Fits(from, to) {
			continue
		}
		ok, err := f.svc.Enter(tx, reservation.Reservation{
			Receipt: receipt.Of([6]byte{0xaa, 1, 2, 3, 4, byte(i)}), Room: r.ID, Span: quarter.On(f.d.Today, from, to), State: reservation.Confirmed,
			Group: group, Person: person, Purpose: f.words.Purpose, Headcount: min(12, r.Capacity), MadeBy: person,
			MadeAt: f.d.Now.AddDate(0, 0, -9), ChangedAt: f.d.Now.AddDate(0, 0, -9),
		})
		if err != nil || ok {
			return err
		}
	}
	return nil
}

// today lets most of those come who should be here, one of them with a key.
func (f *filler) today(tx *db.Tx) error {
	list, err := f.use.Today(tx, f.office, f.station)
	if err != nil {
		return err
	}
	out := false
	clerk := f.d.Refs["person:clerk"]
	for _, e := range list {
		begun := !f.d.Now.Before(e.Span.Start)
		if !begun || e.State == reservation.NoShow || e.Reservation.Group == f.d.Refs["group:aozora"] || f.d.Rand.IntN(5) == 0 {
			continue
		}
		rec := use.Record{
			Reservation: e.Reservation.ID, Arrived: e.Span.Start.Add(-time.Duration(f.d.Rand.IntN(12)) * time.Minute), ArrivedBy: clerk,
			Headcount: max(1, e.Reservation.Headcount-f.d.Rand.Int64N(3)),
		}
		over := !f.d.Now.Before(e.Span.End)
		if over {
			rec.Ended, rec.EndedBy = e.Span.End.Add(-5*time.Minute), clerk
		}
		if err := use.EnterRecord(tx, rec); err != nil {
			return err
		}
		key, has := f.keys[e.Reservation.Room]
		if !has || over || out {
			continue
		}
		out = true
		if err := use.EnterLoan(tx, use.Loan{Thing: key.ID, Facility: f.station, Reservation: e.Reservation.ID, Due: e.Span.End, Out: rec.Arrived, OutBy: clerk}); err != nil {
			return err
		}
	}
	return nil
}

// past has a report with something broken, and what it cost a group not to come.
func (f *filler) past(tx *db.Tx) error {
	all, err := reservation.List(tx, reservation.Filter{Office: f.office, From: f.d.Today.AddDays(-28), Until: f.d.Today.AddDays(-1), Limit: 2000})
	if err != nil {
		return err
	}
	var report, missed, dropped reservation.Reservation
	for _, r := range all {
		room, err := f.svc.Room(tx, r.Room)
		if err != nil {
			return err
		}
		if room.Facility != f.station || r.Group == 0 {
			continue
		}
		if r.State == reservation.Used {
			report = r // the latest
		}
		known := r.Group == f.d.Refs["group:aozora"] || r.Group == f.d.Refs["group:turk"]
		switch {
		case r.State == reservation.NoShow && (missed.ID == 0 || known):
			missed = r
		case r.State == reservation.Cancelled && known:
			dropped = r // by a group of the story
		}
	}
	for _, p := range []struct {
		of   reservation.Reservation
		kind use.Offence
		n    int
	}{{missed, use.NoShow, 3}, {dropped, use.Late, 1}} {
		if p.of.ID == 0 {
			continue
		}
		if err := use.EnterPoints(tx, p.of, p.kind, p.n); err != nil {
			return err
		}
	}
	if report.ID == 0 {
		return nil
	}
	day := jp.DateOf(report.Span.Start)
	from, to := int(report.Span.Start.Sub(day.At(0)).Minutes()), int(report.Span.End.Sub(day.At(0)).Minutes())
	return f.use.EnterReport(tx, use.Report{
		Reservation: report.ID, Started: from, Ended: min(to, 24*60), Checks: use.Checks[:3], Note: f.words.Note,
		Heads: map[string]int64{"18-39": 3, "40-64": 4, "65+": max(1, report.Headcount-7)},
	}, use.Broken{What: f.words.Broken, Photo: f.photo})
}

// lamp draws a lamp that flickers.
func lamp() []byte {
	const w, h = 640, 400
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 196, 186, 255}
			if y > 150 && y < 190 && x > 80 && x < 560 {
				c = color.RGBA{250, 250, 240, 255}
				if x > 400 {
					c = color.RGBA{uint8(120 + x%40), uint8(115 + x%40), 110, 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}
