package people_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
)

// TestPasskey_InARealBrowser makes a passkey and signs in with it the way a
// reader does: by pressing the buttons, with the page's own script, in a
// Chromium that has an authenticator plugged in.
func TestPasskey_InARealBrowser(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	at := "http://localhost:" + port // what browsers take for a safe place
	s := serve(t, db.SQLite, setup{baseURL: at})
	web := &http.Server{Handler: s.Server, ReadHeaderTimeout: time.Minute}
	go web.Serve(ln)
	t.Cleanup(func() { web.Close() })
	p := s.add(person.Person{Name: "佐々木", Private: person.Private{Mail: "a@example.jp"}})
	cookie, err := s.Server.NewSession(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}

	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	defer cancelAlloc()
	tab, cancelTab := chromedp.NewContext(alloc)
	defer cancelTab()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(chromedp.Do(ctx, chromedp.Navigate(at+"/sign-in")))
	_, err = chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{})
	must(err)
	_, err = chromedp.Call(ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
		Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		},
	})
	must(err)
	_, err = chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: at})
	must(err)

	button := chromedp.CSS("[data-passkey] button")
	must(chromedp.Do(ctx, chromedp.Navigate(at+"/me/settings/passkeys"), chromedp.Click(button), chromedp.WaitVisible(chromedp.CSS("form[action='/me/settings/passkeys/remove']"))))

	_, err = chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
	must(err)
	must(chromedp.Do(ctx, chromedp.Navigate(at+"/sign-in/passkey?next=/me/data"), chromedp.Click(button), chromedp.WaitVisible(chromedp.CSS("a[href='/me/data/export']"))))
	if !has(s.actions(p.ID), "people.signin") {
		t.Errorf("log has %v", s.actions(p.ID))
	}
}
