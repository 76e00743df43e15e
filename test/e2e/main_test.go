// Package e2e drives the real program with a real Chromium, as residents and
// clerks do: by pressing what is on the page. One demo city and one browser
// serve the whole package.
package e2e

import (
	"fmt"
	"os"
	"testing"

	"kakehashi/test/browser"
)

var (
	demo   *browser.Demo
	chrome *browser.Browser
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "kakehashi-e2e-")
	if err != nil {
		return fails(err)
	}
	defer os.RemoveAll(dir)
	if demo, err = browser.StartDemo(dir); err != nil {
		return fails(err)
	}
	defer demo.Stop()
	if chrome, err = browser.StartBrowser(); err != nil {
		return fails(err)
	}
	defer chrome.Close()
	return m.Run()
}

func fails(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}

// person is a visitor in a test, whose every step must succeed.
type person struct {
	*browser.Visitor
	t *testing.T
}

// visits opens a tab of its own for somebody who reads the language on a screen
// so wide.
func visits(t *testing.T, width int64, lang string) *person {
	t.Helper()
	v, err := chrome.Visit(demo, width, lang)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return &person{v, t}
}

// must fails the test when a step did.
func (p *person) must(err error) {
	p.t.Helper()
	if err != nil {
		at, _ := p.Path()
		p.t.Fatalf("at %s: %v", at, err)
	}
}

// as signs in as one of the demo's cast.
func (p *person) as(name string) *person {
	p.t.Helper()
	p.must(p.SignInAs(name))
	return p
}

// goes opens a path, which must be well.
func (p *person) goes(path string) *person {
	p.t.Helper()
	status, err := p.Go(path)
	p.must(err)
	p.wants(status)
	return p
}

func (p *person) wants(status int) {
	p.t.Helper()
	if status != 200 {
		at, _ := p.Path()
		said, _ := p.Text("main")
		p.t.Fatalf("%s answers %d:\n%.1500s", at, status, said)
	}
}

// presses presses the first element that matches, which leads to a page.
func (p *person) presses(selector string) *person {
	p.t.Helper()
	status, err := p.Press(selector)
	p.must(err)
	p.wants(status)
	return p
}

// pressesText presses what says the text.
func (p *person) pressesText(text string) *person {
	p.t.Helper()
	status, err := p.PressText(text)
	p.must(err)
	p.wants(status)
	return p
}

// fills types into a field.
func (p *person) fills(selector, text string) *person {
	p.t.Helper()
	p.must(p.Fill(selector, text))
	return p
}

// reads returns what the page's main part says.
func (p *person) reads() string {
	p.t.Helper()
	text, err := p.Text("main")
	p.must(err)
	return text
}

// at returns the path of the open page.
func (p *person) at() string {
	p.t.Helper()
	at, err := p.Path()
	p.must(err)
	return at
}
