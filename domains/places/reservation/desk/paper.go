package desk

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"kakehashi/ui"
)

// onPaper prints with readings over kanji: whoever gets paper cannot switch
// them on.
func onPaper(body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return body.Render(ui.WithFurigana(ctx, true), w)
	})
}

// definitions turns what is known of a reservation into what a page lists.
func definitions(ctx context.Context, facts []fact) []ui.Definition {
	out := make([]ui.Definition, len(facts))
	for i, f := range facts {
		out[i] = ui.Definition{Term: tr(ctx, f.Key), Is: ui.Say(f.Value)}
	}
	return out
}
