package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"kakehashi/test/browser"
)

// TestWithoutScript books a room with the scripts of pages turned off; one for
// twenty, since TestKeyboard takes the smallest of that day beside it.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Phone, "en")
	p.must(p.WithoutScript())
	p.as("minsei")
	p.goes("/").presses(`a.door[data-field="place"]`)
	p.goes("/places/search?on=sunday&part=morning&people=20").pressesLink("/reservations/new?", "")
	p.saysWhoAndWhat("(", "20", "Reading circle")
	p.presses(`main form[action="/reservations"] button`)
	if !strings.HasSuffix(p.at(), "/done") {
		t.Errorf("the booking ended at %s", p.at())
	}
}

// TestKeyboard signs in and books a room without a mouse or a finger: Tab to
// what is meant, Space to choose, Enter to go.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	const address = "keyboard@example.jp"
	p := visits(t, browser.Desk, "en")
	p.goes("/")
	p.must(p.Type(kb.Tab))
	if href, err := browser.Eval[string](p.Visitor, `document.activeElement.getAttribute("href")`); err != nil || href != "#main" {
		t.Errorf("the first Tab leads to %q, not past the head (%v)", href, err)
	}
	p.goes("/sign-in?next=/places/search%3Fon%3Dsunday%26part%3Dafternoon%26people%3D5")
	p.tabsTo(`input[name="mail"]`)
	p.must(p.Type(address))
	p.enters()
	p.tabsTo(`input[name="code"]`)
	p.must(p.Type(strings.ReplaceAll(p.code(address), " ", "")))
	p.enters()
	p.tabsTo(`input[name="name"]`)
	p.must(p.Type("Kay Board"))
	p.enters()
	p.tabsTo(`main a[href^="/reservations/new"]`)
	p.enters()
	p.tabsTo(`input[name="people"]`)
	p.must(p.Type("5"))
	p.enters()
	p.tabsTo(`input[name="purpose"]`)
	p.must(p.Type("Chess"))
	p.enters()
	p.tabsTo(`main form[action="/reservations"] button`)
	p.enters()
	if !strings.HasSuffix(p.at(), "/done") {
		t.Errorf("the booking ended at %s", p.at())
	}
}

// tabsTo presses Tab until the focus is on the first element that matches, and
// fails when it never comes there or cannot be seen on the way.
func (p *person) tabsTo(selector string) {
	p.t.Helper()
	const most = 120
	for range most {
		there, err := browser.Eval[bool](p.Visitor, `document.activeElement === document.querySelector(`+quoted(selector)+`)`)
		p.must(err)
		if there {
			seen, err := browser.Eval[bool](p.Visitor, `(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== "none" || s.boxShadow !== "none" })()`)
			p.must(err)
			if !seen {
				p.t.Errorf("at %s nobody sees that %s has the focus", p.at(), selector)
			}
			return
		}
		p.must(p.Type(kb.Tab))
	}
	p.t.Fatalf("at %s Tab never comes to %s", p.at(), selector)
}

func quoted(s string) string { return "`" + s + "`" }

// enters presses Enter, which leads to a page.
func (p *person) enters() {
	p.t.Helper()
	status, err := p.Follow(chromedp.KeyEvent(kb.Enter))
	p.must(err)
	p.wants(status)
}

// TestLanguage_KeepsThePage changes the language where the reader is.
func TestLanguage_KeepsThePage(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Phone, "ja")
	p.goes("/places/search?on=saturday&part=afternoon&people=12")
	before := p.at()
	p.must(p.Do(chromedp.Click(chromedp.CSS(`details.menu:has(.langs) > summary`))))
	p.presses(`.langs a[hreflang="ko"]`)
	if lang, err := p.Lang(); err != nil || lang != "ko" || p.at() != before {
		t.Errorf("the reader is at %s in %q (%v), was at %s", p.at(), lang, err, before)
	}
	p.goes("/groups")
	if lang, err := p.Lang(); err != nil || lang != "ko" {
		t.Errorf("the next page is in %q (%v)", lang, err)
	}
}

// TestAids_Change turns readings, text size and contrast on where the reader is.
func TestAids_Change(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Phone, "ja")
	p.goes("/places")
	size := func() float64 {
		px, err := browser.Eval[float64](p.Visitor, `parseFloat(getComputedStyle(document.querySelector("main p")).fontSize)`)
		p.must(err)
		return px
	}
	colours := func() string {
		s, err := browser.Eval[string](p.Visitor, `getComputedStyle(document.body).color + getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector("main a")).color`)
		p.must(err)
		return s
	}
	plain, usual := size(), colours()
	aid := func(button string) {
		p.must(p.Do(chromedp.Click(chromedp.CSS(`details.menu:has(.aids) > summary`))))
		p.presses(`.aids button[` + button + `]`)
		if p.at() != "/places" {
			t.Fatalf("the aid leads to %s", p.at())
		}
	}
	aid(`name="size"][value="2"`)
	if big := size(); big <= plain {
		t.Errorf("very large text is %v px, usual is %v", big, plain)
	}
	p.fitsTheScreen("with very large text")
	aid(`name="furigana"][value="on"`)
	if n, err := p.Count("main rt"); err != nil || n == 0 {
		t.Errorf("no readings (%v)", err)
	}
	aid(`name="contrast"][value="on"`)
	if colours() == usual {
		t.Error("high contrast has the usual colours")
	}
	p.isOpenToAll("with every aid")
}

// TestInbox_Keys moves and chooses in the clerk's inbox with j, k and x.
func TestInbox_Keys(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Desk, "ja").as("clerk")
	p.goes("/office?kind=reservation.request")
	ticked := func() string {
		s, err := browser.Eval[string](p.Visitor, `[...document.querySelectorAll('main tbody input[type="checkbox"]')].map(b => b.checked ? "x" : ".").join("")`)
		p.must(err)
		return s
	}
	if len(ticked()) < 2 {
		t.Fatalf("the inbox has %d lines", len(ticked()))
	}
	p.must(p.Type("jx"))
	if got := ticked(); !strings.HasPrefix(got, "x.") {
		t.Errorf("j x: %s", got)
	}
	p.must(p.Type("jx"))
	if got := ticked(); !strings.HasPrefix(got, "xx") {
		t.Errorf("j x j x: %s", got)
	}
	p.must(p.Type("kx"))
	if got := ticked(); !strings.HasPrefix(got, ".x") {
		t.Errorf("j x j x k x: %s", got)
	}
}

// TestDialog opens in place of its page, keeps the focus, and gives it back.
func TestDialog(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Phone, "en")
	p.goes("/_components")
	p.must(p.Do(chromedp.Click(chromedp.CSS(`[data-dialog="cancel"]`)), chromedp.WaitVisible(chromedp.CSS(`dialog#cancel`))))
	p.isOpenToAll("with a dialog")
	inside, err := browser.Eval[bool](p.Visitor, `document.querySelector("dialog#cancel").contains(document.activeElement)`)
	p.must(err)
	if !inside {
		t.Error("the focus stays behind the dialog")
	}
	p.must(p.Do(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(chromedp.CSS(`dialog#cancel`))))
	back, err := browser.Eval[bool](p.Visitor, `document.activeElement.matches('[data-dialog="cancel"]')`)
	p.must(err)
	if !back {
		t.Error("the focus does not come back")
	}
}

// TestPasskey makes a passkey with the device's own key store and signs in with
// it.
func TestPasskey(t *testing.T) {
	t.Parallel()
	p := visits(t, browser.Phone, "en").as("bridge")
	p.must(p.PlugIn(webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}))
	p.goes("/me/settings/passkeys")
	button := chromedp.CSS(`[data-passkey] button`)
	p.must(p.Do(chromedp.Click(button), chromedp.WaitVisible(chromedp.CSS(`form[action="/me/settings/passkeys/remove"]`))))
	p.must(browser.Send(p.Visitor, network.ClearBrowserCookies, cdp.Empty{}))
	p.goes("/sign-in/passkey?next=/me/data")
	p.must(p.Do(chromedp.Click(button), chromedp.WaitVisible(chromedp.CSS(`a[href="/me/data/export"]`))))
}
