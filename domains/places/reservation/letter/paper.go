package letter

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/ui"
)

// onPaper prints with readings over kanji: whoever gets paper cannot switch
// them on.
func onPaper(body templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return body.Render(ui.WithFurigana(ctx, true), w)
	})
}

// Definitions turns what is known of a reservation into what a page lists.
func Definitions(ctx context.Context, facts []Fact) []ui.Definition {
	out := make([]ui.Definition, len(facts))
	for i, f := range facts {
		out[i] = ui.Definition{Term: i18n.T(ctx, f.Key), Is: ui.Say(f.Value)}
		if f.Key == "reservation.field.address" && i18n.From(ctx).Lang().HTML() != i18n.Ja.HTML() {
			out[i].Is = ui.In(i18n.Ja, f.Value)
		}
	}
	return out
}
