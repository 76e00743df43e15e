package ui

import (
	"context"
	"net/http"
	"net/url"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// frame is what components know of the reader; the shell puts it into the
// context, so that a component also works where no request is: in a mail, on a
// printed permit, in a test.
type frame struct {
	viewer  web.Viewer
	aids    web.Aids
	here    string     // the page's own path with its query
	typed   url.Values // what was just sent, nil for a GET
	flashes []string
}

type frameKey struct{}

// frameOf returns the context's frame, the zero frame outside a shell.
func frameOf(ctx context.Context) frame {
	f, _ := ctx.Value(frameKey{}).(frame)
	return f
}

func withFrame(ctx context.Context, f frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// WithFurigana returns a context in which components print readings over kanji,
// for what is made outside a request: a permit on paper, a mail.
func WithFurigana(ctx context.Context, on bool) context.Context {
	f := frameOf(ctx)
	f.aids.Furigana = on
	return withFrame(ctx, f)
}

// requestFrame reads the frame from the request that is being answered.
func requestFrame(ctx context.Context) frame {
	c := web.From(ctx)
	if c == nil {
		return frame{}
	}
	f := frame{viewer: c.Viewer, aids: c.Aids, here: c.Here(), flashes: c.Flashes()}
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
