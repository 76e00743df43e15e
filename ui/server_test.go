package ui

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
	"kakehashi/platform/web/webtest"
)

// site serves the gallery as app does.
func site(t *testing.T, demo bool) *webtest.Site {
	t.Helper()
	return webtest.Start(t, webtest.Setup{
		DB:     dbtest.Open(t, db.SQLite, []db.Migrations{web.Migrations()}),
		Routes: map[string][]web.Route{"ui": Routes()}, Messages: []i18n.Source{Messages()},
		Config: func(c *web.Config) {
			frame := kawaguchi()
			frame.City = func(context.Context) City { return City{} }
			c.Shell, c.ErrorPage, c.DraftPage, c.Assets, c.Demo = NewShell(frame), ErrorPage, DraftPage, Assets, demo
		},
	})
}

func TestServer_GalleryIsForTheDemoOnly(t *testing.T) {
	site(t, false).Client(t).Get("/_components").Want(http.StatusNotFound)
	site(t, true).Client(t).Get("/_components").Want(http.StatusOK).Has("部品のすべて")
	site(t, true).Client(t).Get("/_components/paper").Want(http.StatusOK)
}

// The addresses in our pages are the ones that web serves for ever.
func TestServer_AssetsAreKept(t *testing.T) {
	client := site(t, true).Client(t)
	for _, name := range []string{StyleName, ScriptName, IconName} {
		p := client.Get(AssetURL(name)).Want(http.StatusOK)
		if got := p.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s is kept by %q", AssetURL(name), got)
		}
	}
}

func TestServer_LanguageAndAidsKeepThePage(t *testing.T) {
	client := site(t, true).Client(t)
	p := client.Get("/_components?day=2026-11-28").Want(http.StatusOK)
	var turkish string
	for _, link := range p.Links() {
		if strings.Contains(link, "/language/tr") {
			turkish = link
		}
	}
	p = client.Get(turkish).Want(http.StatusSeeOther)
	if p.Location() != "/_components?day=2026-11-28" {
		t.Errorf("the language leads to %q", p.Location())
	}
	p = client.Follow(p).Want(http.StatusOK).Has("Bütün parçalar")
	p = client.Submit(p.Form("/aids"), "contrast", "on", "size", "2")
	if p.Location() != "/_components?day=2026-11-28" {
		t.Errorf("the aids lead to %q", p.Location())
	}
	html := every(client.Follow(p).Doc(), "html")[0]
	if attr(html, "data-contrast") != "high" || attr(html, "data-size") != "3" || attr(html, "lang") != "tr" {
		t.Errorf("the aids are %v", html.Attr)
	}
}

// A page that is not there is told in three parts, in the frame.
func TestServer_ErrorsStandInTheFrame(t *testing.T) {
	site(t, true).Client(t).Get("/nothing").Want(http.StatusNotFound).Has("残っているもの", "これからできること", "最初のページへ", "ログイン")
}
