package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/test/browser"
)

// told are the words that the story of the draw presses, in one language.
type told struct {
	lang              string
	offered, accepted string // states of a reservation
	extra             string // a line of the fee
}

var tellings = []told{
	{"ja", "返事待ち（取り置き）", "予約済み", "暖房"},
	{"zh-Hans", "为您保留，等待回复", "已预订", "暖气"},
}

// TestStory_TheHallIsDrawn presses through the life of a booking that begins in
// a draw, on phones, once in Japanese and once in Chinese. It moves the clock,
// so each telling has a city of its own.
func TestStory_TheHallIsDrawn(t *testing.T) {
	t.Parallel()
	for _, w := range tellings {
		t.Run(w.lang, func(t *testing.T) {
			own, err := browser.StartDemo(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(own.Stop)
			s := &hallStory{told: w, t: t, demo: own, today: jp.DateOf(time.Now())}
			s.clerk, s.clock = s.reader(browser.Desk, "clerk"), s.reader(browser.Phone, "")
			s.tell()
		})
	}
}

// hallStory is one telling.
type hallStory struct {
	told
	t            *testing.T
	demo         *browser.Demo
	today        jp.Date
	clerk, clock *person
	draw         string
}

// reader opens a tab for one of the cast; the clerks read Japanese.
func (s *hallStory) reader(width int64, as string) *person {
	s.t.Helper()
	v, err := chrome.Visit(s.demo, width, s.lang)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(v.Close)
	p := (&person{v, s.t}).as(as)
	if width == browser.Phone {
		p.goes("/language/" + s.lang + "?back=/")
	}
	return p
}

// moves moves the clock to eight in the morning of a day, and so many hours on.
// By then everybody has been signed out.
func (s *hallStory) moves(day jp.Date, hours int) {
	s.t.Helper()
	c := s.clock.goes("/demo-clock")
	c.fills(`input[name="to"]`, day.String()).presses(`form[action="/demo-clock"]:has(input[name="to"]) button`)
	for range hours {
		c.presses(`button[name="minutes"][value="60"]`)
	}
}

func (s *hallStory) tell() {
	drawn := s.today.AddDays(7)
	month := jp.NewDate(s.today.Year, s.today.Month, 1).AddMonths(4)
	day := month
	for day.Weekday() != time.Wednesday {
		day = day.AddDays(1)
	}
	one, two := s.reader(browser.Phone, "aozora"), s.reader(browser.Phone, "linh")
	s.enters(one, day, "40", true)
	s.enters(two, day, "45", false)

	// The list is frozen, with its hash, before anybody knows the value.
	s.moves(drawn, 5)
	one.until("the hash of the list", func() bool {
		return fingerprint.MatchString(one.goes(s.draw).reads())
	})
	one.isOpenToAll("a draw that is frozen")
	hash := fingerprint.FindString(one.reads())

	// Two clerks type the value.
	s.moves(drawn.AddDays(1), 0)
	for _, name := range []string{"clerk", "colleague"} {
		s.clerk.as(name).goes("/office/draws").presses(`main a[href="/office` + s.draw + `"]`)
		s.clerk.isOpenToAll("a draw at the office")
		s.clerk.fills(`input[name="value"]`, "0472").presses(`form[action$="/value"] button`)
	}
	one.as("aozora").goes(s.draw)
	two.as("linh").goes(s.draw)
	if now := fingerprint.FindString(one.reads()); now != hash {
		s.t.Errorf("published was %s, drawn was %s", hash, now)
	}
	one.isOpenToAll("the result of a draw")
	loser, as := s.loserOf(one, two)
	if body := s.proof(loser); !strings.HasPrefix(body, "kakehashi-draw 1") || !strings.Contains(body, "\nproof ") {
		s.t.Errorf("the proof says %.200s", body)
	}

	// The winner lets it lapse, and the next in line is asked.
	s.moves(drawn.AddDays(9), 0)
	loser.as(as)
	s.offerComes(loser, fmt.Sprintf("%d月%d日", day.Month, day.Day))
	loser.isOpenToAll("an offer")
	if said := loser.reads(); !strings.Contains(said, s.extra) {
		s.t.Errorf("the fee is not told before they say yes:\n%s", said)
	}
	loser.presses(`main form[action$="/accept"] button`)
	booking := loser.at()
	s.paysAndGetsPermit(loser, booking)

	// The day comes.
	s.moves(day, 0)
	loser.as(as).goes(booking).isOpenToAll("a booking on its day")
	s.comesIn(loser, booking)
	s.moves(day.AddDays(1), 0)
	loser.as(as).goes(booking).presses(`main a[href$="/report"]`).isOpenToAll("a use report")
	loser.fills(`input[name="heads.40-64"]`, "30").fills(`textarea[name="what"]`, "照明がちらつく").presses(`main form[action$="/report"] button`)
	s.clerk.as("clerk").goes("/office/reservations/" + strings.TrimPrefix(booking, "/reservations/")).isOpenToAll("a use as the clerk sees it")
	if said := s.clerk.reads(); !strings.Contains(said, "照明がちらつく") {
		s.t.Errorf("the clerk does not read what is broken:\n%s", said)
	}
}

var fingerprint = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// enters withdraws what the group has entered so far, and wishes for the whole
// day, else its morning.
func (s *hallStory) enters(p *person, day jp.Date, people string, look bool) {
	s.t.Helper()
	looks := func(where string) {
		if look {
			p.isOpenToAll(where)
		}
	}
	p.goes("/").presses(`footer a[href="/draws"]`)
	looks("the list of draws")
	p.presses(`main a[href^="/draws/"]`)
	looks("a draw")
	s.draw = p.at()
	for {
		n, err := p.Count(`main a[href*="/entries/"]`)
		p.must(err)
		if n == 0 {
			break
		}
		p.presses(`main a[href*="/entries/"]`)
		looks("an entry")
		p.presses(`main form[action$="/withdraw"] button[type="submit"]:last-of-type`)
		p.goes(s.draw)
		if after, err := p.Count(`main a[href*="/entries/"]`); err != nil || after >= n {
			break
		}
	}
	p.presses(`main a[href*="/enter"]`)
	when := `main a[href*="day=` + day.String() + `"]`
	looks("the month to wish from")
	p.presses(when)
	looks("the times to wish from")
	p.presses(`main a[href$=".540.990"]`).presses(when).presses(`main a[href$=".540.750"]`)
	p.presses(`main .acts a[href*="step=form"]`)
	looks("an entry to send")
	p.fills(`input[name="purpose"]`, "発表会").fills(`input[name="people"]`, people).presses(`main form[action$="/entries"] button`)
}

// loserOf tells the two apart by who has something to answer.
func (s *hallStory) loserOf(one, two *person) (*person, string) {
	s.t.Helper()
	won := func(p *person) bool {
		n, err := p.presses(`main a[href*="/entries/"]`).Count(`main a[href^="/reservations/"]`)
		p.must(err)
		p.isOpenToAll("what became of an entry")
		return n > 0
	}
	a, b := won(one), won(two)
	if a == b {
		s.t.Fatalf("of two who want one day %v and %v won", a, b)
	}
	if a {
		return two, "linh"
	}
	return one, "aozora"
}

// proof is what the file says that everybody can draw again from.
func (s *hallStory) proof(p *person) string {
	s.t.Helper()
	text, err := p.goes(s.draw).presses(`main a[href$="/proof.txt"]`).Text("body")
	p.must(err)
	return text
}

func (s *hallStory) offerComes(p *person, day string) {
	s.t.Helper()
	p.until("the offer to the next in line", func() bool {
		said := p.goes("/me/reservations").reads()
		return strings.Contains(said, day) && strings.Contains(said, s.offered)
	})
	p.pressesLink("/reservations/", day)
}

func (s *hallStory) paysAndGetsPermit(p *person, booking string) {
	s.t.Helper()
	said := p.goes(booking).reads()
	if !strings.Contains(said, s.accepted) {
		s.t.Errorf("the booking says:\n%s", said)
	}
	receipt := regexp.MustCompile(`(?m)^[0-9A-Z]{3}-[0-9A-Z]{3}$`).FindString(said)
	if receipt == "" {
		s.t.Fatalf("the booking has no number:\n%s", said)
	}
	s.clerk.as("clerk").goes("/office/money").isOpenToAll("the list of charges")
	s.clerk.fills(`main input[name="q"]`, receipt).presses(`main form[role="search"] button`)
	s.clerk.isOpenToAll("a charge")
	s.clerk.fills(`input[name="tendered"]`, "10000").presses(`main form:has(input[name="tendered"]) button`)
	s.clerk.isOpenToAll("the change")
	s.clerk.presses(`main form[action$="/pay"] button`).isOpenToAll("a charge that is paid")
	p.goes(booking).presses(`main a[href$="/permit"]`).isOpenToAll("a permit")
	if n, err := p.Count(`main svg[aria-label*="/permits/"]`); err != nil || n == 0 {
		s.t.Errorf("the permit has no code (%v)", err)
	}
}

// comesIn scans the phone at the door, and the tag of the key.
func (s *hallStory) comesIn(p *person, booking string) {
	s.t.Helper()
	label, err := browser.Eval[string](p.Visitor, `document.querySelector('main svg[aria-label*="/use/"]').getAttribute("aria-label")`)
	p.must(err)
	s.clerk.as("clerk").goes(regexp.MustCompile(`/use/[0-9A-Za-z._-]+`).FindString(label)).isOpenToAll("checking in")
	s.clerk.presses(`main form[action^="/use/"] button`)
	s.clerk.goes("/office/use").isOpenToAll("the day's list")
	s.clerk.presses(`main a[href*="/office/use/things"]`).isOpenToAll("keys and things")
	tag, err := browser.Eval[string](s.clerk.Visitor, `[...document.querySelectorAll("main tr")].find(r => r.textContent.includes("ホール")).querySelector('a[href^="/use/tag/"]').getAttribute("href")`)
	s.clerk.must(err)
	s.clerk.goes(tag).isOpenToAll("the tag of a key")
	s.clerk.presses(`main form[action^="/use/tag/"] button`)
	s.clerk.goes("/office/use").presses(`main a[href^="/today/"]`).fitsTheScreen("the display at the entrance")
}

// TestBooking_PagesOfALifeAreOpenToAll looks at the pages around a booking that
// need no clock.
func TestBooking_PagesOfALifeAreOpenToAll(t *testing.T) {
	t.Parallel()
	for _, w := range tellings {
		t.Run(w.lang, func(t *testing.T) {
			p := visits(t, browser.Phone, w.lang).as("minsei")
			p.goes("/language/" + w.lang + "?back=/")
			p.goes("/places/search?on=sunday&part=afternoon&people=6").presses(`main a[href^="/places/availability/"]`)
			p.presses(`main a[href^="/reservations/new"]`)
			p.saysWhoAndWhat("", "6", "読書会")
			p.isOpenToAll("the check with its fee")
			p.goes("/waiting").isOpenToAll("the waiting list")
			p.goes("/places/rules").isOpenToAll("the rules")
			p.goes("/basket").isOpenToAll("the basket")
		})
	}
}
