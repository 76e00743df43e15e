package ui

import (
	"context"
	"html"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
)

// Say prints text in the page's language. With furigana on, kanji whose reading
// is known carry it. Every component prints its labels through Say.
func Say(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return say(ctx, w, text, speaksJapanese(ctx))
	})
}

// T prints a message: @ui.T("places.book.title"). It is Say of i18n.T.
func T(key string, args ...any) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return say(ctx, w, i18n.T(ctx, key, args...), speaksJapanese(ctx))
	})
}

// Text prints data in the language that suits the reader best. Where that is
// not the page's own, the text says so to fonts and screen readers by lang.
func Text(t i18n.Text) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		want := i18n.From(ctx).Lang()
		s, in := t.Pick(want)
		japanese := in == i18n.Ja || in == i18n.JaEasy
		if in.HTML() == want.HTML() {
			return say(ctx, w, s, japanese)
		}
		if _, err := io.WriteString(w, `<span lang="`+in.HTML()+`" dir="`+in.Dir()+`">`); err != nil {
			return err
		}
		if err := say(ctx, w, s, japanese); err != nil {
			return err
		}
		_, err := io.WriteString(w, `</span>`)
		return err
	})
}

// In prints text that is in a language of its own, such as a language's name
// or a name as its bearer writes it.
func In(l i18n.Lang, text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<span lang="`+l.HTML()+`">`+html.EscapeString(text)+`</span>`)
		return err
	})
}

// Paragraphs prints text in which an empty line ends a paragraph and a line
// end stays one.
func Paragraphs(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		for p := range strings.SplitSeq(text, "\n\n") {
			if strings.TrimSpace(p) == "" {
				continue
			}
			if _, err := io.WriteString(w, "<p>"); err != nil {
				return err
			}
			for i, line := range strings.Split(strings.Trim(p, "\n"), "\n") {
				if i > 0 {
					if _, err := io.WriteString(w, "<br>"); err != nil {
						return err
					}
				}
				if err := say(ctx, w, line, speaksJapanese(ctx)); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(w, "</p>"); err != nil {
				return err
			}
		}
		return nil
	})
}

func say(ctx context.Context, w io.Writer, text string, japanese bool) error {
	if !japanese || !readerOf(ctx).aids.Furigana {
		_, err := io.WriteString(w, html.EscapeString(text))
		return err
	}
	// One box around it all: in a flex row each ruby would stand apart.
	if _, err := io.WriteString(w, "<span>"); err != nil {
		return err
	}
	if err := Ruby(i18n.Ruby(text)).Render(ctx, w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "</span>")
	return err
}

// Ruby prints spans with their readings over them, whatever the reader's aids
// say. Browsers that cannot draw ruby show 漢字（かんじ）.
func Ruby(spans []i18n.Span) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, s := range spans {
			if s.Reading == "" {
				b.WriteString(html.EscapeString(s.Text))
				continue
			}
			b.WriteString("<ruby>")
			b.WriteString(html.EscapeString(s.Text))
			b.WriteString("<rp>（</rp><rt>")
			b.WriteString(html.EscapeString(s.Reading))
			b.WriteString("</rt><rp>）</rp></ruby>")
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// Date prints a date with its weekday, readable by machines as well; the zero
// date prints nothing.
func Date(d jp.Date) templ.Component {
	return dated(d.String(), func(l *i18n.Localizer) string { return l.Date(d) })
}

// DateLong prints a date with its year and, in Japanese, its era.
func DateLong(d jp.Date) templ.Component {
	return dated(d.String(), func(l *i18n.Localizer) string { return l.DateLong(d) })
}

// When prints a span of time with its date and weekday.
func When(from, to time.Time) templ.Component {
	return dated(stamp(from), func(l *i18n.Localizer) string { return l.Range(from, to) })
}

// Moment prints an instant: date, weekday and time of day.
func Moment(t time.Time) templ.Component {
	return dated(stamp(t), func(l *i18n.Localizer) string { return l.DateTime(t) })
}

// Ago prints how long ago an instant was, seen from now.
func Ago(t, now time.Time) templ.Component {
	return dated(stamp(t), func(l *i18n.Localizer) string { return l.Ago(t, now) })
}

// Yen prints an amount of money.
func Yen(amount int64) templ.Component {
	return numeral(func(l *i18n.Localizer) string { return l.Yen(amount) })
}

// Number prints a number in the reader's grouping.
func Number(n int64) templ.Component {
	return numeral(func(l *i18n.Localizer) string { return l.Number(n) })
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(jp.Tokyo).Format("2006-01-02T15:04:05-07:00")
}

// dated wraps the readable form of an instant in a time element.
func dated(machine string, readable func(*i18n.Localizer) string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if machine == "" {
			return nil
		}
		if _, err := io.WriteString(w, `<time datetime="`+html.EscapeString(machine)+`">`); err != nil {
			return err
		}
		if err := say(ctx, w, readable(i18n.From(ctx)), speaksJapanese(ctx)); err != nil {
			return err
		}
		_, err := io.WriteString(w, "</time>")
		return err
	})
}

func numeral(readable func(*i18n.Localizer) string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<span class="num">`+html.EscapeString(readable(i18n.From(ctx)))+`</span>`)
		return err
	})
}

// Verbatim prints text as it is, without readings: a name, a number, a code.
func Verbatim(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, html.EscapeString(text))
		return err
	})
}

// Join prints components after one another with a space between.
func Join(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i, p := range parts {
			if i > 0 {
				if _, err := io.WriteString(w, " "); err != nil {
					return err
				}
			}
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}
