package ui

import (
	"context"
	"net/http"
	"net/url"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// reader is what components know of the reader; the shell puts it into the
// context, so that a component also works where no request is: in a mail, on a
// printed permit, in a test.
type reader struct {
	viewer  web.Viewer
	aids    web.Aids
	here    string     // the page's own path with its query
	typed   url.Values // what was just sent, nil for a GET
	flashes []string
}

type readerKey struct{}

// readerOf returns the context's reader, the zero reader outside a shell.
func readerOf(ctx context.Context) reader {
	f, _ := ctx.Value(readerKey{}).(reader)
	return f
}

func withReader(ctx context.Context, f reader) context.Context {
	return context.WithValue(ctx, readerKey{}, f)
}

// WithFurigana returns a context in which components print readings over kanji,
// for what is made outside a request: a permit on paper, a mail.
func WithFurigana(ctx context.Context, on bool) context.Context {
	f := readerOf(ctx)
	f.aids.Furigana = on
	return withReader(ctx, f)
}

// requestReader takes the reader from the request that is being answered.
func requestReader(ctx context.Context) reader {
	c := web.From(ctx)
	if c == nil {
		return reader{}
	}
	f := reader{viewer: c.Viewer, aids: c.Aids, here: c.Here(), flashes: c.Flashes()}
	if r := c.Request(); r != nil && r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.typed = c.Form()
	}
	return f
}

// speaksJapanese reports whether the page is in a kind of Japanese, where
// readings over kanji mean something.
func speaksJapanese(ctx context.Context) bool {
	l := i18n.From(ctx).Lang()
	return l == i18n.Ja || l == i18n.JaEasy
}
