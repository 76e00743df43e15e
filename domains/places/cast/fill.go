package cast

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/files"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// fill replaces {} in every language; word may have no entry for some.
func fill(t i18n.Text, word func(i18n.Lang) string) i18n.Text {
	out := make(i18n.Text, len(t))
	for lang, s := range t {
		out[lang] = strings.TrimSpace(strings.ReplaceAll(s, "{}", word(lang)))
	}
	return out
}

// place is a facility of the demo city. hangul and roman are its town's name.
type place struct {
	kind, town, name, kana, roman, hangul string
	block                                 string
	lat, lng                              float64
	phone                                 string
	rooms                                 []room
}

// room is one of a place's rooms.
type room struct {
	kind      string
	number    int // 0: none
	capacity  int64
	area      int64
	fee       int64
	stairs    bool // not step-free
	loud      bool
	approval  bool
	free      bool // let by free times
	equipment []string
}

var meeting = []string{"tables", "whiteboard", "wifi"}

var stationRooms = []room{
	{kind: "meeting", number: 1, capacity: 20, area: 38, fee: 300, equipment: []string{"projector", "screen", "tables", "whiteboard", "wifi"}},
	{kind: "meeting", number: 2, capacity: 20, area: 38, fee: 300, equipment: meeting},
	{kind: "meeting", number: 3, capacity: 12, area: 24, fee: 200, equipment: meeting},
	{kind: "meeting", number: 4, capacity: 30, area: 56, fee: 500, equipment: []string{"hearing_loop", "mic", "projector", "screen", "tables", "wifi"}},
	{kind: "meeting", number: 5, capacity: 8, area: 16, fee: 100, equipment: []string{"tables", "whiteboard"}},
	{kind: "activity", capacity: 40, area: 80, fee: 600, loud: true, equipment: []string{"mirror", "sink", "wifi"}},
	{kind: "hall", capacity: 180, area: 260, fee: 3000, loud: true, approval: true, equipment: []string{"hearing_loop", "mic", "piano", "projector", "screen", "stage"}},
	{kind: "tatami", capacity: 24, area: 48, fee: 400, stairs: true, equipment: []string{"sink", "tables", "tatami"}},
	{kind: "print", capacity: 6, area: 20, free: true, equipment: []string{"printer", "tables"}},
	{kind: "parlour", capacity: 16, area: 40, free: true, equipment: []string{"tables", "wifi"}},
}

// The station's hall can be let in halves: these come behind all other rooms.
var stationHalves = []room{
	{kind: "hall_a", capacity: 90, area: 130, fee: 1500, loud: true, equipment: []string{"hearing_loop", "mic", "projector", "screen"}},
	{kind: "hall_b", capacity: 90, area: 130, fee: 1500, loud: true, equipment: []string{"mic", "piano"}},
}

// classes are the classes of rooms by their kinds.
var classes = map[string]string{
	"meeting": "meeting", "print": "meeting", "parlour": "meeting", "class": "meeting", "activity": "studio", "music": "studio",
	"hall": "hall", "hall_a": "hall", "hall_b": "hall", "tatami": "tatami", "kitchen": "kitchen", "gym": "gym",
}

func hallRooms(n int) []room {
	rooms := []room{
		{kind: "class", capacity: int64(24 + 6*(n%3)), area: 50, fee: 200, stairs: n%3 == 1, equipment: meeting},
		{kind: "tatami", capacity: int64(18 + 4*(n%2)), area: 40, fee: 200, stairs: n%2 == 0, equipment: []string{"tables", "tatami"}},
		{kind: "hall", capacity: int64(80 + 20*(n%4)), area: 140, fee: 800, loud: true, equipment: []string{"mic", "piano", "screen", "stage"}},
	}
	if n%2 == 0 {
		rooms = append(rooms, room{kind: "kitchen", capacity: 24, area: 60, fee: 400, equipment: []string{"kitchen", "sink", "tables"}})
	}
	if n%3 == 0 {
		rooms = append(rooms, room{kind: "music", capacity: 16, area: 36, fee: 300, loud: true, stairs: true, equipment: []string{"piano"}})
	}
	return rooms
}

// Positions are those of the towns (Geolonia 住所データ, CC BY 4.0); addresses
// within them and numbers are invented.
var places = []place{
	{kind: "hall", town: "本町二丁目", name: "本町", kana: "ホンチョウコウミンカン", roman: "Honcho", hangul: "혼초", block: "5-90", lat: 35.799551, lng: 139.72664, phone: "048-222-0102"},
	{kind: "hall", town: "青木三丁目", name: "青木", kana: "アオキコウミンカン", roman: "Aoki", hangul: "아오키", block: "8-91", lat: 35.812167, lng: 139.726058, phone: "048-251-0103"},
	{kind: "hall", town: "芝四丁目", name: "芝", kana: "シバコウミンカン", roman: "Shiba", hangul: "시바", block: "2-92", lat: 35.833802, lng: 139.69293, phone: "048-265-0104"},
	{kind: "hall", town: "芝西一丁目", name: "芝西", kana: "シバニシコウミンカン", roman: "Shiba-nishi", hangul: "시바니시", block: "11-93", lat: 35.836165, lng: 139.685234, phone: "048-265-0105"},
	{kind: "hall", town: "前川二丁目", name: "前川", kana: "マエカワコウミンカン", roman: "Maekawa", hangul: "마에카와", block: "14-94", lat: 35.838125, lng: 139.715327, phone: "048-266-0106"},
	{kind: "hall", town: "大字安行領家", name: "安行", kana: "アンギョウコウミンカン", roman: "Angyo", hangul: "안교", block: "895", lat: 35.845389, lng: 139.76152, phone: "048-295-0107"},
	{kind: "hall", town: "戸塚三丁目", name: "戸塚", kana: "トヅカコウミンカン", roman: "Tozuka", hangul: "도즈카", block: "6-96", lat: 35.869191, lng: 139.748336, phone: "048-296-0108"},
	{kind: "hall", town: "鳩ヶ谷本町二丁目", name: "鳩ヶ谷", kana: "ハトガヤコウミンカン", roman: "Hatogaya", hangul: "하토가야", block: "3-97", lat: 35.834851, lng: 139.741433, phone: "048-281-0109"},
	{kind: "hall", town: "東本郷一丁目", name: "新郷", kana: "シンゴウコウミンカン", roman: "Shingo", hangul: "신고", block: "9-98", lat: 35.822043, lng: 139.757953, phone: "048-283-0110"},
	{kind: "hall", town: "元郷三丁目", name: "南平", kana: "ナンペイコウミンカン", roman: "Nanpei", hangul: "난페이", block: "17-99", lat: 35.792827, lng: 139.735733, phone: "048-223-0111"},
	{kind: "plaza", town: "西川口三丁目", name: "西川口", kana: "ニシカワグチフレアイプラザ", roman: "Nishi-Kawaguchi", hangul: "니시카와구치", block: "21-90", lat: 35.811881, lng: 139.704479, phone: "048-257-0112"},
	{kind: "center", town: "飯塚二丁目", name: "飯塚", kana: "イイヅカコミュニティセンター", roman: "Iizuka", hangul: "이이즈카", block: "13-91", lat: 35.799689, lng: 139.712385, phone: "048-258-0113"},
	{kind: "center", town: "朝日三丁目", name: "朝日", kana: "アサヒコミュニティセンター", roman: "Asahi", hangul: "아사히", block: "4-92", lat: 35.810493, lng: 139.737231, phone: "048-224-0114"},
	{kind: "sports", town: "上青木三丁目", name: "上青木", kana: "カミアオキスポーツカイカン", roman: "Kami-Aoki", hangul: "가미아오키", block: "15-93", lat: 35.826596, lng: 139.719874, phone: "048-268-0115",
		rooms: []room{
			{kind: "gym", capacity: 120, area: 420, fee: 1200, loud: true, equipment: []string{"sports"}},
			{kind: "activity", capacity: 30, area: 70, fee: 400, loud: true, equipment: []string{"mirror"}},
			{kind: "meeting", number: 1, capacity: 16, area: 30, fee: 200, equipment: meeting},
		}},
}

// localCode is 川口市 in the 全国地方公共団体コード.
const localCode = "112038"

// Fill makes the facilities and rooms of the demo city. It leaves facility:station,
// room:station-1 to room:station-10, room:hall-a and room:hall-b (the halves of
// station-7), and the lists "facilities" and "rooms".
func Fill(ctx context.Context, d *module.Demo, store *files.Store) error {
	drawn, err := pictures(ctx, store)
	if err != nil {
		return err
	}
	return d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		d.Lists["facilities"], d.Lists["rooms"] = nil, nil // the function may run again
		s := place{town: "川口一丁目", kana: "カワグチシミンパートナーステーション", block: "1-1", lat: 35.798166, lng: 139.718846, phone: "048-227-0101", rooms: stationRooms}
		if err := s.save(tx, d, store, drawn, 0, true); err != nil {
			return err
		}
		for n, p := range places {
			if len(p.rooms) == 0 {
				p.rooms = hallRooms(n)
			}
			if err := p.save(tx, d, store, drawn, n+1, false); err != nil {
				return err
			}
		}
		return stand(tx, d)
	})
}

// stand adds the halves of the station's hall, and says which of the station's
// rooms disturb which: the halves each other, the activity room the meeting room
// beside it.
func stand(tx *db.Tx, d *module.Demo) error {
	station := d.Refs["facility:station"]
	var halves []db.ID
	for i, r := range stationHalves {
		half := r.room(station, len(stationRooms)+i)
		if i > 0 {
			half.Disturbs = halves[:1]
		}
		id, err := facility.SaveRoom(tx, half)
		if err != nil {
			return err
		}
		halves = append(halves, id)
		d.Lists["rooms"] = append(d.Lists["rooms"], id)
		d.Refs[[]string{"room:hall-a", "room:hall-b"}[i]] = id
	}
	for _, change := range []struct {
		room db.ID
		of   func(*facility.Room)
	}{
		{halves[0], func(r *facility.Room) { r.Disturbs = halves[1:] }},
		{d.Refs["room:station-7"], func(r *facility.Room) { r.Parts = halves }},
		{d.Refs["room:station-6"], func(r *facility.Room) { r.Disturbs = []db.ID{d.Refs["room:station-5"]} }},
	} {
		r, err := facility.GetRoom(tx, change.room)
		if err != nil {
			return err
		}
		change.of(&r)
		if _, err := facility.SaveRoom(tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (p place) save(tx *db.Tx, d *module.Demo, store *files.Store, drawn map[string]*files.Staged, n int, station bool) error {
	f := facility.Facility{
		Code: localCode, Number: fmt.Sprintf("%010d", n+1), Kana: p.kana, Town: p.town, Address: "埼玉県川口市" + p.town + p.block,
		PostalCode: "332-0015", Lat: p.lat, Lng: p.lng, Phone: p.phone, Opens: 9 * 60, Closes: 21 * 60, Bookable: true,
		Office: d.Refs["office:kyodo"], Extra: map[string]string{"地方公共団体名": "川口市", "所在地_都道府県": "埼玉県", "所在地_市区町村": "川口市"},
		Access: map[string]string{"wheelchair": facility.Yes, "toilet": facility.Yes, "diapers": facility.Yes},
	}
	if station {
		f.Programme = d.Refs["programme:station"]
		f.Name, f.Description, f.Building = stationName, stationText, "駅前ビル4階"
		for _, a := range []string{"lift", "tactile", "dogs", "writing", "nursing", "ostomate", "stroller"} {
			f.Access[a] = facility.Yes
		}
	} else {
		f.Name = fill(kinds[p.kind], p.townName)
		f.Access["parking"] = []string{facility.Yes, facility.No}[n%2]
		f.Access["lift"] = []string{facility.Yes, facility.No, facility.Yes}[n%3]
	}
	id, err := facility.Save(tx, f)
	if err != nil {
		return err
	}
	d.Lists["facilities"] = append(d.Lists["facilities"], id)
	if station {
		d.Refs["facility:station"] = id
	}
	for i, r := range p.rooms {
		room, err := facility.SaveRoom(tx, r.room(id, i))
		if err != nil {
			return err
		}
		d.Lists["rooms"] = append(d.Lists["rooms"], room)
		if station {
			d.Refs[fmt.Sprintf("room:station-%d", i+1)] = room
			if err := picture(tx, store, drawn, room, r); err != nil {
				return err
			}
		}
	}
	return closures(tx, d, id, station)
}

// townName is the town's name as each language writes it.
func (p place) townName(l i18n.Lang) string {
	switch l {
	case i18n.Ja, i18n.JaEasy, i18n.ZhHans, i18n.ZhHant:
		return p.name
	case i18n.Ko:
		return p.hangul
	}
	return p.roman
}

// name is the room's name with its number, where it has one.
func (r room) name() i18n.Text {
	return fill(roomNames[r.kind], func(i18n.Lang) string {
		if r.number == 0 {
			return ""
		}
		return fmt.Sprint(r.number)
	})
}

func (r room) room(of db.ID, i int) facility.Room {
	out := facility.Room{
		Facility: of, Slug: fmt.Sprintf("%s-%d", r.kind, i+1), Name: r.name(), Capacity: r.capacity, Area: r.area,
		StepFree: !r.stairs, Equipment: r.equipment, FeeYen: r.fee, Loud: r.loud, Approval: r.approval, Sort: int64(i + 1),
		Opens: 9 * 60, Closes: 21 * 60, Class: classes[r.kind],
	}
	if !r.free {
		out.Bands = []facility.Band{{From: 9 * 60, To: 12*60 + 30}, {From: 13 * 60, To: 16*60 + 30}, {From: 17 * 60, To: 21 * 60}}
	}
	if r.approval {
		out.Note = hallNote
	}
	return out
}

// closures: the station rests on every second Monday, the others on Mondays and
// on the evenings of Sundays and holidays; all rest over the new year.
func closures(tx *db.Tx, d *module.Demo, id db.ID, station bool) error {
	list := []facility.Closure{
		{Rule: facility.Yearly, Weekday: -1, Day: jp.NewDate(d.Today.Year, time.December, 29), Until: jp.NewDate(d.Today.Year, time.January, 3), To: facility.DayEnd, Reason: yearEnd},
	}
	if station {
		list = append(list, facility.Closure{Rule: facility.Weekly, Weekday: 1, Nth: 2, To: facility.DayEnd, Reason: inspection})
	} else {
		list = append(list,
			facility.Closure{Rule: facility.Weekly, Weekday: 1, To: facility.DayEnd, Reason: closingDay},
			facility.Closure{Rule: facility.Weekly, Weekday: 0, From: 17 * 60, To: facility.DayEnd},
			facility.Closure{Rule: facility.Sunday, Weekday: -1, To: facility.DayEnd},
		)
	}
	for _, c := range list {
		c.Facility = id
		if _, err := facility.AddClosure(tx, c); err != nil {
			return err
		}
	}
	return nil
}

// pictures draws the kinds of room that the station has, once each and before
// any transaction.
func pictures(ctx context.Context, store *files.Store) (map[string]*files.Staged, error) {
	out := map[string]*files.Staged{}
	for _, r := range stationRooms {
		if store == nil || out[r.kind] != nil {
			continue
		}
		var b bytes.Buffer
		if err := drawRoom(&b, r); err != nil {
			return nil, err
		}
		staged, err := store.Stage(ctx, r.kind+".png", &b)
		if err != nil {
			return nil, err
		}
		out[r.kind] = staged
	}
	return out, nil
}

// picture keeps the drawing for the room with the words that stand for it.
func picture(tx *db.Tx, store *files.Store, drawn map[string]*files.Staged, id db.ID, r room) error {
	staged := drawn[r.kind]
	if staged == nil {
		return nil
	}
	_, err := store.Add(tx, id, staged, fill(pictureWords, func(l i18n.Lang) string {
		name, _ := r.name().Pick(l)
		return name
	}))
	return err
}

var pictureWords = in("{}の絵", "{}の絵", "Drawing: {}", "{}的示意图", "{}的示意圖", "{} 그림", "Hình vẽ: {}", "Guhit: {}", "Çizim: {}", "{}को चित्र")
