package e2e

import (
	"slices"
	"testing"

	"kakehashi/platform/i18n"
	"kakehashi/test/browser"
)

// The languages that every page is looked at in: two scripts and the longest
// words.
var looked = []i18n.Lang{i18n.Ja, i18n.Vi, i18n.Ne}

// zoomed is the width of a page at 200 % on a screen of 640, CSS pixels.
const zoomed = 320

// TestPages looks at every page in three languages on a phone and at a desk:
// no rule of WCAG is broken, nothing is wider than the screen even at 200 %,
// the page is in the language that it says, and the browser has no complaint.
//
// It changes the languages of the demo's people, so it waits for the story,
// which is not parallel.
func TestPages(t *testing.T) {
	t.Parallel()
	readers := map[string][]browser.Page{}
	for _, p := range browser.Pages() {
		readers[p.As] = append(readers[p.As], p)
	}
	for as, pages := range readers {
		name := as
		if name == "" {
			name = "anybody"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := visits(t, browser.Phone, "ja").as(as)
			for _, lang := range looked {
				p.goes("/language/" + string(lang) + "?back=/about")
				for _, page := range pages {
					t.Run(page.Name+"."+string(lang), func(t *testing.T) {
						(&person{p.Visitor, t}).looksAt(page, lang)
					})
				}
			}
		})
	}
}

func (p *person) looksAt(page browser.Page, lang i18n.Lang) {
	p.t.Helper()
	p.must(p.Resize(browser.Phone))
	p.Troubles()
	status, err := page.Open(p.Visitor)
	p.must(err)
	if want := page.Status(); status != want {
		p.t.Fatalf("%s answers %d, want %d", page.Path, status, want)
	}
	said, err := p.Lang()
	p.must(err)
	if said != lang.HTML() {
		p.t.Errorf("the page says that it is in %q, not %q", said, lang.HTML())
	}
	p.isOpenToAll("on a phone")
	p.must(p.Resize(zoomed))
	p.fitsTheScreen("at 200 %")
	p.must(p.Resize(browser.Desk))
	p.isOpenToAll("at a desk")
	for _, line := range p.Troubles() {
		p.t.Errorf("the browser says: %s", line)
	}
}

// isOpenToAll fails where the page breaks a rule of WCAG or is too wide.
func (p *person) isOpenToAll(where string) {
	p.t.Helper()
	p.fitsTheScreen(where)
	broken, err := p.Axe()
	p.must(err)
	for _, v := range broken {
		p.t.Errorf("%s: %v", where, v)
	}
}

func (p *person) fitsTheScreen(where string) {
	p.t.Helper()
	wide, err := p.Overflows()
	p.must(err)
	if !wide {
		return
	}
	culprits, err := browser.Eval[[]string](p.Visitor, `[...document.querySelectorAll("body *")]
		.filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
		.slice(0, 3).map(e => e.outerHTML.slice(0, 160))`)
	p.must(err)
	p.t.Errorf("%s the page is wider than the screen: %q", where, culprits)
}

// TestPages_KnowEveryReader guards against a list that has lost a role.
func TestPages_KnowEveryReader(t *testing.T) {
	const least = 30
	pages := browser.Pages()
	if len(pages) < least {
		t.Errorf("only %d pages are looked at", len(pages))
	}
	for _, as := range []string{"", "linh", "clerk", "operator"} {
		if !slices.ContainsFunc(pages, func(p browser.Page) bool { return p.As == as }) {
			t.Errorf("no page is looked at as %q", as)
		}
	}
}
