package scenario

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kakehashi/app"
	"kakehashi/domains/places/draws"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

const (
	orchestra = "桜町市民オーケストラ" // no more than two want the hall on one Wednesday
	greens    = "緑と水の会"
	concert   = "定期演奏会"
	watching  = "自然観察の発表会"
	flickers  = "舞台の照明がちらつく"
	numbers   = "0472" // the value that did not exist when the list was frozen
)

// TestStory_TheHallIsDrawn is the life of a booking that begins in a draw, told
// in Japanese and in Chinese.
func TestStory_TheHallIsDrawn(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.Ja, i18n.ZhHans} {
		t.Run(string(lang), func(t *testing.T) {
			t.Parallel()
			inTheCity(t, func(t *testing.T, c *city) {
				s := &drawStory{t: t, c: c, lang: lang}
				s.clerk, s.colleague = c.partOf("clerk"), c.partOf("colleague")
				s.groupsEnter()
				s.listIsFrozen()
				s.drawIsMade()
				s.loserDrawsAgain()
				s.anotherAccepts()
				s.nextInLineIsAsked()
				s.feeIsPaid()
				s.whoStaysAwayIsTold()
				s.dayComes()
				s.useIsReported()
			})
		})
	}
}

// drawStory is who takes part, and what they know so far.
type drawStory struct {
	t                *testing.T
	c                *city
	lang             i18n.Lang
	clerk, colleague *reader
	players, nature  *reader // of the two groups
	winner, loser    *reader // they again, once it is drawn
	losersGroup      string
	draw             string // address of the draw
	month            jp.Date
	hash             string // of the list, as published
	booking, receipt string // what came of it
}

// say is a text of the program in the readers' language.
func (s *drawStory) say(key string, args ...any) string { return s.c.says(s.lang, key, args...) }

// groupsEnter: on the page of draws the hall's is open. Two groups want the same
// Wednesday: morning and afternoon as a set, else the morning.
func (s *drawStory) groupsEnter() {
	s.players = s.c.headOf(orchestra, s.lang)
	s.nature = s.c.headOf(greens, s.lang)
	s.enters(s.players, concert, "90")
	s.enters(s.nature, watching, "60")
}

func (s *drawStory) enters(r *reader, purpose, people string) {
	s.t.Helper()
	r.opens("/").pressesToward(`^/draws$`, "").isInOwnLanguage()
	r.pressesToward(`^/draws/[0-9a-z]{13}$`, "").sees(s.say("draws.state.open")).isInOwnLanguage()
	s.draw = r.path()
	s.c.reads(func(tx *db.Tx) error {
		id, err := db.ParseID(strings.TrimPrefix(s.draw, "/draws/"))
		if err != nil {
			return err
		}
		d, err := draws.Get(tx, id)
		s.month = d.Month
		return err
	})
	day := s.month
	for day.Weekday() != time.Wednesday {
		day = day.AddDays(1)
	}
	r.pressesToward(`/enter$`, "").isInOwnLanguage()
	r.pressesToward(`day=`+day.String(), "").isInOwnLanguage()
	r.pressesToward(`w=[^&]*\.540\.990$`, "").isInOwnLanguage() // the set
	r.pressesToward(`day=`+day.String(), "").pressesToward(`w=[^&]*\.540\.750$`, "")
	r.presses(s.say("draws.enter.enough")).sees(s.say("draws.rank", "rank", 2)).isInOwnLanguage()
	r.sends(s.draw+"/entries", "purpose", purpose, "people", people).isInOwnLanguage()
	r.receipt()
}

// listIsFrozen: after the last day the list is published with its hash, before
// anybody can know the value that decides.
func (s *drawStory) listIsFrozen() {
	s.c.movesTo(s.drawnOn().At(12*60 + 1))
	s.c.waits("the entry list", func() bool {
		s.nature.opens(s.draw)
		s.hash = hashOn(s.nature)
		return s.hash != ""
	}, "draws")
	s.nature.sees(s.say("draws.state.frozen"), s.say("draws.list.text")).isInOwnLanguage()
	list := s.nature.downloads(s.draw + "/entries.txt")
	if strings.Contains(list, "オーケストラ") || strings.Count(list, "\nentry ") < 2 {
		s.t.Errorf("the list says who is who, or nothing:\n%.600s", list)
	}
	// The clerks cannot type a value yet.
	s.clerk.opens("/office/draws").pressesToward(`^/office`+s.draw, "")
	if bytes.Contains(s.clerk.page.Body, []byte(s.draw+"/value")) {
		s.t.Error("a value can be typed before it exists")
	}
}

// hashOn is the hash that a page tells, which may break at the end of a line; ""
// for none.
func hashOn(r *reader) string {
	return strings.ReplaceAll(sha256Hash.FindString(r.page.Text()), " ", "")
}

var sha256Hash = regexp.MustCompile(`\b([0-9a-f]{8} ?){8}\b`)

// drawnOn is the day of the draw.
func (s *drawStory) drawnOn() jp.Date { return s.theDraw().drawn }

type dates struct{ drawn, confirm jp.Date }

func (s *drawStory) theDraw() (out dates) {
	s.c.reads(func(tx *db.Tx) error {
		id, err := db.ParseID(strings.TrimPrefix(s.draw, "/draws/"))
		if err != nil {
			return err
		}
		d, err := draws.Get(tx, id)
		out.drawn = jp.DateOf(d.Freezes)
		if !d.Confirm.IsZero() {
			out.confirm = jp.DateOf(d.Confirm)
		}
		return err
	})
	return out
}

// drawIsMade: two clerks read the value in the paper and type it. One is
// mistaken at first, and nothing is drawn until they agree.
func (s *drawStory) drawIsMade() {
	s.c.movesTo(s.drawnOn().At(19*60 + 1))
	types := func(r *reader, value string) {
		r.opens("/office"+s.draw).sends("/office"+s.draw+"/value", "value", value).isInOwnLanguage()
	}
	types(s.clerk, numbers)
	s.clerk.sees(s.c.says(i18n.Ja, "draws.value.own", "value", numbers))
	types(s.colleague, "0427")
	s.colleague.sees(s.c.says(i18n.Ja, "draws.value.mismatch"))
	types(s.colleague, numbers)
	s.c.waits("the result", func() bool {
		s.nature.opens(s.draw)
		return strings.Contains(s.nature.page.Text(), s.say("draws.state.confirming"))
	}, "draws")
	s.players.opens(s.draw).isInOwnLanguage()
	if now := hashOn(s.players); now != s.hash {
		s.t.Errorf("the list was published with %s, and drawn from %s", s.hash, now)
	}
	won := func(r *reader) bool {
		r.pressesToward(`/entries/[0-9a-z]{13}$`, "").isInOwnLanguage()
		return len(r.linksTo(`^/reservations/`)) > 0
	}
	first, second := won(s.players), won(s.nature)
	switch {
	case first == second:
		s.t.Fatalf("of two who want the same time %v and %v won", first, second)
	case first:
		s.winner, s.loser, s.losersGroup = s.players, s.nature, greens
	default:
		s.winner, s.loser, s.losersGroup = s.nature, s.players, orchestra
	}
	s.loser.sees(s.say("draws.outcome.taken"), s.say("draws.outcome.taken.long")).isInOwnLanguage()
}

// loserDrawsAgain: the treasurer of the group that lost takes the proof home and
// draws again, without the city.
func (s *drawStory) loserDrawsAgain() {
	s.loser.pressesToward(`^`+s.draw+`$`, s.say("draws.entry.draw")).sees(s.say("draws.verify.command"))
	proof := s.loser.downloads(s.loser.linksTo(`/proof\.txt$`)[0])
	at := filepath.Join(s.t.TempDir(), "proof.txt")
	verify := func(text string) (code int, said string) {
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
		var out bytes.Buffer
		code = app.Main([]string{"draw", "verify", at, "--commit", s.hash}, strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	if code, said := verify(proof); code != 0 || !strings.HasPrefix(said, "OK:") {
		s.t.Errorf("draw verify: %d\n%s", code, said)
	}
	// The city cannot have moved anybody up: one byte of a turn is enough.
	line := strings.Index(proof, "\nlost ") + 1
	number := 1 + strings.Count(proof[:line], "\n")
	b := []byte(proof)
	b[line+len("lost g-")] ^= 1
	code, said := verify(string(b))
	if code == 0 || !strings.Contains(said, fmt.Sprintf("line %d", number)) {
		s.t.Errorf("with line %d changed: %d\n%s", number, code, said)
	}
}

// anotherAccepts: a group that won something else says yes within its days.
func (s *drawStory) anotherAccepts() {
	person, booking := s.somebodyElsesWin()
	r := s.c.signedIn(person, s.lang)
	r.opens("/me/reservations").pressesToward(booking, "").sees(s.say("waiting.offer.draw")).isInOwnLanguage()
	r.sends(booking + "/accept").sees(s.say("reservation.state.confirmed")).isInOwnLanguage()
}

// somebodyElsesWin is what a group of neither reader won, and who entered it.
func (s *drawStory) somebodyElsesWin() (person db.ID, booking string) {
	s.c.reads(func(tx *db.Tx) error {
		id, err := db.ParseID(strings.TrimPrefix(s.draw, "/draws/"))
		if err != nil {
			return err
		}
		all, err := draws.Entries(tx, id, draws.Entry{}, 1000)
		for _, e := range all {
			if e.Reservation != 0 && e.Purpose != concert && e.Purpose != watching {
				person, booking = e.Person, "/reservations/"+e.Reservation.String()
			}
		}
		return err
	})
	if person == 0 {
		s.t.Fatal("nobody else won anything")
	}
	return person, booking
}

// nextInLineIsAsked: the winner lets the days pass. The time goes to the group
// that lost, and is held for them: whoever comes at once finds it taken.
func (s *drawStory) nextInLineIsAsked() {
	s.offered(s.winner)
	s.winner.sees(s.say("waiting.offer.draw")).isInOwnLanguage()
	lapses := s.winner.path()
	box := s.c.mailboxOf(s.c.mailOfTheHeadOf(s.losersGroup))
	s.c.movesTo(s.theDraw().confirm.At(8 * 60))
	if letter := box.nextWith("/reservations/"); letter.Lang != s.lang {
		s.t.Errorf("the offer comes in %s:\n%s", letter.Lang, letter.Text)
	}
	s.winner.opens(lapses).sees(s.say("reservation.state.lapsed")).isInOwnLanguage()
	s.offered(s.loser)
	s.booking = s.loser.path()
	if s.booking == lapses {
		s.t.Fatal("the offer is that of the winner")
	}
	// What it will cost stands there line by line, before they say yes.
	s.loser.sees(s.say("money.fee"), s.say("money.total"), s.extra(), s.reduction()).isInOwnLanguage()
	s.loser.sends(s.booking + "/accept").sees(s.say("reservation.state.confirmed")).isInOwnLanguage()
	s.receipt = s.loser.receipt()
}

// offered finds what is held for the reader on the day that was drawn for, among
// all that the group has.
func (s *drawStory) offered(r *reader) {
	s.t.Helper()
	r.opens("/me/reservations").isInOwnLanguage()
	mine := r.linksTo(`^/reservations/[0-9a-z]{13}$`)
	for _, at := range mine {
		r.opens(at)
		said := r.page.Text()
		if strings.Contains(said, s.say("reservation.state.offered")) && (strings.Contains(said, concert) || strings.Contains(said, watching)) && strings.Contains(said, fmt.Sprintf("%d月", s.month.Month)) {
			return
		}
	}
	s.t.Fatalf("of %d bookings none is held for an answer", len(mine))
}

// extra and reduction are lines of the fee that the rules name.
func (s *drawStory) extra() string {
	return map[i18n.Lang]string{i18n.Ja: "暖房", i18n.ZhHans: "暖气"}[s.lang]
}

func (s *drawStory) reduction() string {
	return map[i18n.Lang]string{i18n.Ja: "登録した市民団体", i18n.ZhHans: "已登记的市民团体"}[s.lang]
}

// feeIsPaid: the clerk takes the money at the counter, and the permit is there.
func (s *drawStory) feeIsPaid() {
	s.loser.opens(s.booking + "/permit").sees(s.say("papers.permit.not_yet")).isInOwnLanguage()
	s.clerk.opens("/office").pressesToward(`^/office/money$`, "").sends("/office/money", "q", s.receipt)
	s.clerk.isInOwnLanguage() // the number leads straight to the charge
	charge := s.clerk.path()
	s.clerk.sends(charge, "tendered", "100000").sees(s.c.says(i18n.Ja, "money.change"))
	s.clerk.sends(charge + "/pay").sees(s.c.says(i18n.Ja, "money.entries")).isInOwnLanguage()

	s.loser.opens(s.booking).pressesToward(`/permit$`, "").isInOwnLanguage()
	number := permitNumber.FindString(s.loser.page.Text())
	if number == "" || s.loser.scanned("/permits/") == "" {
		s.t.Errorf("the permit has no number or no code:\n%s", s.loser.page.Text())
	}
	file := s.loser.page
	s.loser.pressesToward(`/permit\.pdf$`, "")
	if pdf := s.loser.page; !bytes.HasPrefix(pdf.Body, []byte("%PDF")) || !strings.Contains(pdf.Header.Get("Content-Disposition"), number) {
		s.t.Errorf("the permit %s as PDF is %q: %.40q", number, pdf.Header.Get("Content-Disposition"), pdf.Body)
	}
	s.loser.page = file
	// Whoever holds the paper can be sure of it, without an account.
	caretaker := s.c.somebodyWhoReads(s.lang)
	caretaker.opens(s.loser.scanned("/permits/")).sees(number).isInOwnLanguage()
	if strings.Contains(caretaker.page.Text(), concert) && s.losersGroup == orchestra {
		s.t.Log("the check of a permit names its purpose")
	}
}

var permitNumber = regexp.MustCompile(`\b20\d\d-\d{5}\b`)

// dayComes: the clerk scans the phone, then the tag of the key.
func (s *drawStory) dayComes() {
	day := s.month
	for day.Weekday() != time.Wednesday {
		day = day.AddDays(1)
	}
	s.c.movesTo(day.At(8*60 + 30))
	code := s.loser.opens(s.booking).isInOwnLanguage().scanned("/use/")
	s.clerk.opens(code).sends(code, "heads", "58").sees(s.c.says(i18n.Ja, "use.arrived"), "58").isInOwnLanguage()
	s.clerk.opens("/office/use").presses(s.c.says(i18n.Ja, "use.things.title")).isInOwnLanguage()
	s.clerk.opens(s.tagOf(theHall)).isInOwnLanguage()
	tag := s.clerk.path()
	s.clerk.sends(tag).sees(s.c.says(i18n.Ja, "use.back")).isInOwnLanguage()
	s.loser.opens(s.booking).sees(s.say("use.arrived")).isInOwnLanguage()
	s.c.movesTo(day.At(16*60 + 40))
	s.clerk.opens(tag).sends(tag).sees(s.c.says(i18n.Ja, "use.back.done"))
}

// tagOf is the address behind the tag of a room's key, from the list of keys.
func (s *drawStory) tagOf(room string) string {
	s.t.Helper()
	text := string(s.clerk.page.Body)
	at := strings.Index(text, room+"の鍵")
	if at < 0 {
		s.t.Fatalf("%s has no key:\n%s", room, s.clerk.page.Text())
	}
	return cmp.Or(tagAddress.FindString(text[at:]), "/")
}

var tagAddress = regexp.MustCompile(`/use/tag/[0-9a-z]+`)

// useIsReported: from the phone, with what is broken and a photo of it. The
// clerk sees it.
func (s *drawStory) useIsReported() {
	s.loser.opens(s.booking).pressesToward(`/report$`, "").isInOwnLanguage()
	s.loser.sendsPhoto(s.booking+"/report", "photo", "heads.40-64", "30", "heads.65+", "28", "what", flickers)
	s.loser.sees(s.say("use.report.done")).isInOwnLanguage()
	s.clerk.opens("/office").sends("/office", "q", "照明").sees(flickers)
	s.clerk.opens("/office/reservations/" + strings.TrimPrefix(s.booking, "/reservations/")).sees(flickers).isInOwnLanguage()
	photo := regexp.MustCompile(`/use/photos/[0-9a-z]{13}`).FindString(string(s.clerk.page.Body))
	if photo == "" {
		s.t.Fatal("the clerk sees no photo")
	}
	if p := s.clerk.tab.Get(photo).Want(200); !strings.HasPrefix(p.Header.Get("Content-Type"), "image/") {
		s.t.Errorf("the photo is %s", p.Header.Get("Content-Type"))
	}
}

// whoStaysAwayIsTold: the group that let its win lapse takes two rooms in one
// go, and comes to neither. At the limit it reads what follows, and until when.
func (s *drawStory) whoStaysAwayIsTold() {
	away, group := s.winner, orchestra
	if s.losersGroup == orchestra {
		group = greens
	}
	box := s.c.mailboxOf(s.c.mailOfTheHeadOf(group))
	day := jp.DateOf(s.c.now()).AddDays(1)
	for _, b := range s.basket(away, day) {
		s.c.movesTo(b.begins.Add(20 * time.Minute))
		s.clerk.opens("/office" + b.path).sends("/office" + b.path + "/no-show").isInOwnLanguage()
	}
	box.nextWith(s.say("use.mail.points.stopped"))
	until := day.AddMonths(3)
	away.opens("/me/points").sees(s.say("use.suspended.until", "until", until), s.say("use.suspended.held"), s.say("use.offence.no_show"), s.say("use.offence.unconfirmed"))
	away.isInOwnLanguage()
	away.opens("/draws").isInOwnLanguage()
	// The group is out of the choice, or is told why not.
	away.opens(fmt.Sprintf("/places/search?on=%s&part=afternoon&people=8", day.AddDays(2))).pressesToward(`^/reservations/new\?`, "")
	away.sends("/reservations/new", "people", "8", "for", "group")
	if said := away.page.Text(); !strings.Contains(said, s.say("use.suspended.until", "until", until)) && strings.Contains(said, group) && away.page.Status < 400 {
		s.t.Errorf("a suspended group can go on booking:\n%s", said)
	}
}

// together is the purpose of two bookings that are made in one go.
const together = "合同練習"

type booking struct {
	path   string
	begins time.Time
}

// basket puts two times of tomorrow in one room together and books them in one
// go.
func (s *drawStory) basket(r *reader, day jp.Date) (made []booking) {
	s.t.Helper()
	r.opens("/places").pressesToward(`^/places/[0-9a-z]{13}$`, s.station())
	facility := r.page
	var slots []string
	for _, room := range r.linksTo(`^/places/rooms/[0-9a-z]{13}`) {
		r.opens(room).pressesToward(`^/places/rooms/.*on=`+day.String(), "")
		r.pressesToward(`^/basket/add`, "").isInOwnLanguage()
		if slots = r.values("slot"); len(slots) >= 2 {
			break
		}
		r.page = facility
	}
	if len(slots) < 2 {
		s.t.Fatalf("no room has two free times on %v", day)
	}
	add := r.page
	for _, slot := range slots[:2] {
		r.page = add
		r.sends("/basket", "slot", slot).isInOwnLanguage()
		part := strings.Split(slot, "_")
		minutes, err := strconv.Atoi(part[2])
		if err != nil {
			s.t.Fatal(err)
		}
		made = append(made, booking{begins: day.At(minutes)})
	}
	r.pressesToward(`^/basket/book$`, "").isInOwnLanguage()
	r.sends("/basket/book", "people", "5", "purpose", together).isInOwnLanguage()
	r.opens("/me/reservations")
	n := 0
	for _, at := range r.linksTo(`^/reservations/[0-9a-z]{13}$`) {
		if r.opens(at); n < len(made) && strings.Contains(r.page.Text(), together) {
			made[n].path = at
			n++
		}
	}
	if n < len(made) {
		s.t.Fatalf("of two bookings there are %d", n)
	}
	return made
}

// station is the name of the house.
func (s *drawStory) station() string {
	return map[i18n.Lang]string{i18n.Ja: "かわくち市民パートナーステーション", i18n.ZhHans: "川口市民伙伴站"}[s.lang]
}
