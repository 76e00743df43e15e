package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kakehashi/test/browser"
)

const (
	station   = "Trạm Đối tác Người dân Kawaguchi" // かわくち市民パートナーステーション
	hall      = "Hội trường"
	linhsMail = "linh@example.jp"
	newYear   = "Tập múa mừng năm mới"
	spring    = "Bahar şenliği provası"
	takahashi = "高橋 正吉"
)

// TestStory_ARoomForEverybody is the story of test/scenario, pressed through on
// a phone: a room in Vietnamese, in Turkish, and on paper.
func TestStory_ARoomForEverybody(t *testing.T) {
	linh := visits(t, browser.Phone, "vi")
	linh.goes("/")
	if n, err := linh.Count(`main a.door[href^="/fields/"]`); err != nil || n != 5 {
		t.Errorf("she sees %d fields (%v)", n, err)
	}
	linh.presses(`main a[href="/programmes"]`)
	if n, err := linh.Count(`main a[href^="/programmes/"]:not([href*="open-data"])`); err != nil || n != 16 {
		t.Errorf("she sees %d programmes (%v)", n, err)
	}
	linh.goes("/").presses(`a.door[data-field="place"]`).presses(`main a[href^="/places"]`)
	linh.goes("/places").pressesText("Chiều thứ Bảy này").pressesText(station)
	linh.pressesLink("from=780", hall)
	if !strings.HasPrefix(linh.at(), "/sign-in") {
		t.Fatalf("she is at %s, and nobody asked who she is", linh.at())
	}
	linh.fills(`input[name="mail"]`, linhsMail).presses(`form[action="/sign-in"] button`)
	linh.fills(`input[name="code"]`, linh.code(linhsMail)).presses(`form[action="/sign-in/code"] button`)
	hallAt := linh.at()

	// Somebody who reads Turkish wants the hall at the same time, and fills in the
	// same form.
	second := visits(t, browser.Phone, "tr").as("aozora")
	second.goes("/language/tr?back=/").goes(hallAt)
	second.saysWhoAndWhat("kendi adıma", "60", spring)

	// Linh is quicker.
	linh.saysWhoAndWhat("Hội Bạn bè Việt Nam", "45", newYear)
	linh.presses(`main form[action="/reservations"] button`)
	said := linh.reads()
	receipt := regexp.MustCompile(`[0-9A-Z]{3}-[0-9A-Z]{3}`).FindString(said)
	if receipt == "" || !strings.Contains(said, hall) {
		t.Fatalf("her booking says:\n%s", said)
	}

	// The clerk finds it, and lets her have the hall.
	clerk := visits(t, browser.Desk, "ja").as("clerk")
	clerk.goes("/office?q="+receipt).pressesLink("/office?", receipt).pressesLink("/office/reservations/", "")
	if said := clerk.reads(); !strings.Contains(said, newYear) || !strings.Contains(said, "かわぐちベトナム友の会") {
		t.Errorf("the clerk reads:\n%s", said)
	}
	clerk.presses(`form[action$="/approve"] button`)
	if mail := linh.mail(linhsMail, "Đã đặt"); !strings.Contains(mail, hall) || !strings.Contains(mail, ".ics") {
		t.Errorf("the confirmation says:\n%s", mail)
	}

	// The second is told so in Turkish, and takes the nearest free time.
	status, err := second.Press(`main form[action="/reservations"] button`)
	second.must(err)
	if said := second.reads(); status != 409 || !strings.Contains(said, "Bu saati az önce başkası ayırdı.") {
		t.Errorf("%d: the second group reads:\n%s", status, said)
	}
	second.isOpenToAll("where somebody was quicker")
	second.presses(`main button[name="slot"]`)
	if said := second.reads(); !strings.Contains(said, spring) || !strings.Contains(said, "60") {
		t.Errorf("what was typed is lost:\n%s", said)
	}
	second.presses(`main form[action="/reservations"] button`)

	// A man without a phone is booked by the clerk, and his letter waits.
	clerk.goes("/office/people").fills(`main input[name="q"]`, "タカハシ ショウキチ").presses(`main form[role="search"] button`)
	clerk.pressesLink("/office/people/", "").presses(`form[action="/office/act-for"] button`)
	clerk.goes("/places/search?on=saturday&part=morning&people=8").pressesLink("from=540", "")
	clerk.saysWhoAndWhat(takahashi, "8", "将棋の会")
	clerk.presses(`main form[action="/reservations"] button`)
	clerk.presses(`form[action="/behalf/stop"] button`)
	clerk.until("a letter to "+takahashi, func() bool {
		clerk.goes("/office/print")
		return strings.Contains(clerk.reads(), "予約しました")
	})
	clerk.pressesLink("/office/print/", "予約しました")
	if n, err := clerk.Count("rt"); err != nil || n == 0 {
		t.Errorf("his letter has no readings (%v)", err)
	}
}

// pressesLink presses the first link of the page's main part whose address has
// the one text and which says the other.
func (p *person) pressesLink(address, text string) *person {
	p.t.Helper()
	status, err := p.PressLink(address, text)
	p.must(err)
	p.wants(status)
	return p
}

// saysWhoAndWhat goes through the steps of booking, from who to the check.
func (p *person) saysWhoAndWhat(who, people, purpose string) {
	p.t.Helper()
	const next = `main form[action="/reservations/new"] button[type="submit"]`
	if n, err := p.Count(`input[type="radio"][name="for"]`); err != nil || n > 0 {
		p.must(err)
		p.must(p.Choose("for", who))
	}
	p.fills(`input[name="people"]`, people).presses(next)
	p.fills(`input[name="purpose"]`, purpose).presses(next)
	if said := p.reads(); !strings.Contains(said, purpose) || !strings.Contains(said, people) {
		p.t.Fatalf("the check says:\n%s", said)
	}
}

// code waits for the mail with the six digits and returns them.
func (p *person) code(address string) string {
	p.t.Helper()
	digits := regexp.MustCompile(`\d{3} \d{3}`)
	found := digits.FindString(p.mail(address, ""))
	if found == "" {
		p.t.Fatal("the mail has no digits")
	}
	return found
}

// mail waits for a mail to the address whose subject says the text, in a tab of
// its own, and returns what it says.
func (p *person) mail(address, subject string) (text string) {
	p.t.Helper()
	box := visits(p.t, browser.Phone, "ja")
	box.until("a mail to "+address, func() bool {
		box.goes("/mailbox?to=" + address)
		n, err := browser.Eval[int](box.Visitor, fmt.Sprintf(`[...document.querySelectorAll('main a[href^="/mailbox/"]')].filter(a => a.textContent.includes(%q)).length`, subject))
		box.must(err)
		return n > 0
	})
	return box.pressesLink("/mailbox/", subject).reads()
}

// until tries again and again, each time with a page of its own.
func (p *person) until(what string, done func() bool) {
	p.t.Helper()
	const patience = 30 * time.Second
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s does not come", what)
		}
	}
}
