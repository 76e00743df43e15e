// Package browser drives the real program with a real Chromium: it starts a
// demo city, signs people in with one click, looks at pages as they do, and
// asks axe-core what stands in a reader's way.
package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// root is the folder of the repository.
func root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Demo is a running `kakehashi demo`.
type Demo struct {
	URL  string
	cmd  *exec.Cmd
	done chan struct{}
}

// StartDemo builds the program into dir, fills a demo city there and serves it
// on a free port of the loopback interface.
func StartDemo(dir string) (*Demo, error) {
	bin := filepath.Join(dir, "kakehashi")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = root()
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	d := &Demo{URL: "http://" + strings.Replace(addr, "127.0.0.1", "localhost", 1), done: make(chan struct{})}
	d.cmd = exec.Command(bin, "demo", "--addr", addr, "--data", filepath.Join(dir, "data"))
	stderr, err := d.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	var said []string
	go func() {
		defer close(d.done)
		open := false
		for sc := bufio.NewScanner(stderr); sc.Scan(); {
			switch {
			case open:
			case strings.HasPrefix(sc.Text(), "http://"):
				open = true
				close(ready)
			default:
				said = append(said, sc.Text())
			}
		}
		d.cmd.Wait()
	}()
	select {
	case <-ready:
	case <-d.done:
		return nil, fmt.Errorf("the demo ended:\n%s", strings.Join(said, "\n"))
	case <-time.After(2 * time.Minute):
		d.cmd.Process.Kill()
		return nil, errors.New("the demo did not start")
	}
	return d, d.waitHealthy()
}

// waitHealthy asks /healthz until it answers; the address is announced just
// before the socket opens.
func (d *Demo) waitHealthy() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		resp, err := http.Get(d.URL + "/healthz")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("healthz: %v", err)
		}
		runtime.Gosched()
	}
}

// Stop ends the demo as an operator would, and waits for it.
func (d *Demo) Stop() {
	d.cmd.Process.Signal(os.Interrupt)
	<-d.done
}

func freeAddr() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// Browser is one Chromium.
type Browser struct {
	ctx    context.Context
	cancel func()
}

// StartBrowser starts Chromium without a window.
func StartBrowser() (*Browser, error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("font-render-hinting", "none"),
	)
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		cancelAlloc()
		return nil, fmt.Errorf("chromium: %w", err)
	}
	return &Browser{ctx: ctx, cancel: func() { cancel(); cancelAlloc() }}, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.cancel() }

// Widths of the two screens that every page is looked at on, CSS pixels.
const (
	Phone = 390
	Desk  = 1280
)

// patience is how long a page may take to do what was asked of it.
const patience = 2 * time.Minute

// Visitor is one person at one screen: a tab with cookies of its own.
type Visitor struct {
	ctx     context.Context
	cancel  func()
	demo    *Demo
	trouble *trouble
}

// Visit opens a fresh tab, without cookies, of the width and with the browser's
// language set as Accept-Language has it.
func (b *Browser) Visit(d *Demo, width int64, acceptLanguage string) (*Visitor, error) {
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	v := &Visitor{ctx: ctx, cancel: cancel, demo: d, trouble: new(trouble)}
	// The tab lives as long as the context of the first action.
	if err := chromedp.Do(ctx); err != nil {
		v.Close()
		return nil, err
	}
	if err := v.Resize(width); err != nil {
		v.Close()
		return nil, err
	}
	if err := chromedp.Listen(ctx, v.trouble.hear); err != nil {
		v.Close()
		return nil, err
	}
	if _, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": acceptLanguage},
	}); err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// Resize makes the screen as wide as that, in CSS pixels; a narrow one is a
// phone's. A page at 200 % on a screen of 640 is a page at 320.
func (v *Visitor) Resize(width int64) error {
	if width < 800 {
		return v.Do(chromedp.EmulateViewport(width, 844, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait))
	}
	return v.Do(chromedp.EmulateViewport(width, 900))
}

// WithoutScript turns the scripts of pages off.
func (v *Visitor) WithoutScript() error {
	_, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	return err
}

// PlugIn gives the tab an authenticator for passkeys.
func (v *Visitor) PlugIn(o webauthn.VirtualAuthenticatorOptions) error {
	if err := Send(v, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		return err
	}
	return Send(v, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &o})
}

// Send sends the browser a command about the tab, whose answer does not matter.
func Send[P, R any](v *Visitor, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(v.ctx, command, params)
	return err
}

// Close closes the tab.
func (v *Visitor) Close() { v.cancel() }

// Do runs actions of chromedp on the open page.
func (v *Visitor) Do(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// Go opens a path of the demo and returns the status of the reply.
func (v *Visitor) Go(path string) (status int, err error) {
	return v.Follow(chromedp.Navigate(v.demo.URL + path))
}

// Follow runs actions that lead to another page, waits for it, and returns the
// status of the reply.
func (v *Visitor) Follow(actions ...chromedp.Action[chromedp.Void]) (status int, err error) {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		return 0, err
	}
	return int(resp.Status), nil
}

// Press clicks the first element that matches and waits for the page it leads
// to.
func (v *Visitor) Press(selector string) (status int, err error) {
	return press(v, chromedp.CSS(selector))
}

// press clicks like a person: when nothing has happened after a while, once
// more. On a busy machine the page may move between the look and the click.
func press(v *Visitor, what chromedp.CSS) (status int, err error) {
	const glance = 8 * time.Second
	ctx, cancel := context.WithTimeout(v.ctx, glance)
	resp, err := chromedp.RunResponse(ctx, chromedp.Click(what))
	cancel()
	if errors.Is(err, context.DeadlineExceeded) {
		return v.Follow(chromedp.Click(what))
	}
	if err != nil {
		return 0, err
	}
	return int(resp.Status), nil
}

// find marks the first element of the page that the XPath finds, and returns
// the selector of the mark.
func (v *Visitor) find(xpath string) (chromedp.CSS, error) {
	quoted, err := json.Marshal(xpath)
	if err != nil {
		return "", err
	}
	found, err := run(v, chromedp.Evaluate[bool](`(x => {
		document.querySelectorAll("[data-found]").forEach(e => e.removeAttribute("data-found"));
		const e = document.evaluate(x, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
		e?.setAttribute("data-found", "");
		return !!e;
	})(`+string(quoted)+`)`))
	if err == nil && !found {
		err = fmt.Errorf("the page has no %s", xpath)
	}
	return "[data-found]", err
}

// Choose clicks the choice of the field whose label says the text.
func (v *Visitor) Choose(field, text string) error {
	label, err := v.find(fmt.Sprintf(`//label[.//input[@name=%q]][contains(normalize-space(.), %q)]`, field, text))
	if err != nil {
		return err
	}
	for range 3 {
		if err := v.Do(chromedp.Click(label)); err != nil {
			return err
		}
		chosen, err := run(v, chromedp.Evaluate[bool](`document.querySelector("[data-found] input").checked`))
		if err != nil || chosen {
			return err
		}
	}
	return fmt.Errorf("a click on %q does not choose it", text)
}

// PressText clicks the first link or button of the page's main part that says
// the text, and waits for the page it leads to.
func (v *Visitor) PressText(text string) (status int, err error) {
	what, err := v.find(fmt.Sprintf(`//main//*[self::a or self::button][contains(normalize-space(.), %q)]`, text))
	if err != nil {
		return 0, err
	}
	return press(v, what)
}

// PressLink clicks the first link of the page's main part whose address has
// the one text and which says the other, and waits for the page it leads to.
func (v *Visitor) PressLink(address, text string) (status int, err error) {
	what, err := v.find(fmt.Sprintf(`//main//a[contains(@href, %q)][contains(normalize-space(.), %q)]`, address, text))
	if err != nil {
		return 0, err
	}
	return press(v, what)
}

// Type presses keys, one after the other, wherever the focus is: kb.Tab.
func (v *Visitor) Type(keys string) error { return v.Do(chromedp.KeyEvent(keys)) }

// Eval returns what the expression is on the open page.
func Eval[T any](v *Visitor, expression string) (T, error) {
	return run(v, chromedp.Evaluate[T](expression))
}

// Fill types into the first field that matches, over what stands there.
func (v *Visitor) Fill(selector, text string) error {
	return v.Do(chromedp.SetValue(chromedp.CSS(selector), text))
}

// Path returns the path and query of the page that is open.
func (v *Visitor) Path() (string, error) {
	u, err := run(v, chromedp.Location())
	return strings.TrimPrefix(u, v.demo.URL), err
}

// Text returns what can be read in the first element that matches.
func (v *Visitor) Text(selector string) (string, error) {
	return run(v, chromedp.Text(chromedp.CSS(selector)))
}

// Count returns how many elements match.
func (v *Visitor) Count(selector string) (int, error) {
	return run(v, chromedp.Evaluate[int](fmt.Sprintf(`document.querySelectorAll(%q).length`, selector)))
}

// Lang returns the language that the page says it is in.
func (v *Visitor) Lang() (string, error) {
	return run(v, chromedp.Evaluate[string](`document.documentElement.lang`))
}

func run[T any](v *Visitor, a chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, a)
}

// SignInAs signs a person of the demo city in with one click; "" does nothing.
func (v *Visitor) SignInAs(person string) error {
	if person == "" {
		return nil
	}
	if _, err := v.Go("/demo-sign-in"); err != nil {
		return err
	}
	_, err := v.Press(`button[name="as"][value="` + person + `"]`)
	return err
}

// Shot returns a picture of the whole page as PNG.
func (v *Visitor) Shot() ([]byte, error) { return run(v, chromedp.FullScreenshot(100)) }

// Violation is one rule of WCAG that a page breaks.
type Violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// String says the rule and the first element that breaks it.
func (v Violation) String() string {
	s := v.ID + ": " + v.Help
	if len(v.Nodes) > 0 {
		s += fmt.Sprintf(" (%d elements, first %.200s)", len(v.Nodes), v.Nodes[0].HTML)
	}
	return s
}

// Axe returns the rules that the open page breaks. The script is put in by the
// debugger, which the page's content security policy does not bind.
func (v *Visitor) Axe() ([]Violation, error) {
	src, err := os.ReadFile(filepath.Join(root(), "test", "e2e", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return nil, fmt.Errorf("axe-core is not installed (make tools): %w", err)
	}
	if err := v.Do(chromedp.Evaluate[chromedp.Void](string(src))); err != nil {
		return nil, err
	}
	raw, err := run(v, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => ({html: n.html}))}))))`,
		chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	var out []Violation
	return out, json.Unmarshal([]byte(raw), &out)
}

// Overflows reports whether the page is wider than the screen.
func (v *Visitor) Overflows() (bool, error) {
	return run(v, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > document.documentElement.clientWidth`))
}
