package ui

import (
	"net/url"
	"strings"
	"testing"

	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

const evil = `"><script>alert(1)</script>`

func TestComponents_Escape(t *testing.T) {
	ctx := in(i18n.Ja)
	field := Input{Name: "n", Label: evil, Hint: evil, Error: evil, Value: evil, Suffix: evil, Options: []Option{{Value: evil, Label: evil, Hint: evil}}}
	for name, page := range map[string]string{
		"Say":        render(t, ctx, Say(evil)),
		"Say+ruby":   render(t, WithFurigana(ctx, true), Say(evil)),
		"Text":       render(t, in(i18n.En), Text(i18n.Text{i18n.Vi: evil})),
		"In":         render(t, ctx, In(i18n.Vi, evil)),
		"Paragraphs": render(t, ctx, Paragraphs(evil+"\n\n"+evil)),
		"Verbatim":   render(t, ctx, Verbatim(evil)),
		"Ruby":       render(t, ctx, Ruby([]i18n.Span{{Text: evil, Reading: evil}})),
		"Button":     render(t, ctx, Button(Act{Label: evil, Name: evil, Value: evil})),
		"LinkButton": render(t, ctx, LinkButton(Act{Label: evil, Href: "/x" + evil})),
		"TextField":  render(t, ctx, TextField(field)),
		"AreaField":  render(t, ctx, AreaField(field)),
		"Select":     render(t, ctx, SelectField(field)),
		"Radio":      render(t, ctx, RadioField(field)),
		"Card":       render(t, ctx, Card(CardOf{Title: Say(evil), Href: "/" + evil})),
		"Chart":      render(t, ctx, Chart(ChartOf{Title: evil, Labels: []string{evil}, Corner: evil, Unit: evil, Series: []Series{{evil, []int64{1}}}})),
		"QR":         render(t, ctx, QR(evil, evil)),
		"Person":     render(t, ctx, Person(PersonOf{Name: evil, Role: evil})),
		"Phone":      render(t, ctx, Phone(evil)),
		"Banner":     render(t, ctx, Banner(Bad, evil)),
		"Error":      render(t, ctx, ErrorPage(web.Meta{}, web.Problem{Title: evil, Kept: evil, Todo: evil, Number: evil})),
		"Form":       render(t, ctx, Form(FormOf{Action: "/" + evil, Problem: web.Problem{Status: 422, Title: evil, Fields: map[string]string{"x": evil}}})),
	} {
		if strings.Contains(page, "<script") {
			t.Errorf("%s lets a script through: %s", name, page)
		}
	}
}

func TestLinks_NoScriptAddresses(t *testing.T) {
	ctx := in(i18n.Ja)
	bad := "javascript:alert(1)"
	page := render(t, ctx, LinkButton(Act{Label: "x", Href: bad})) + render(t, ctx, Card(CardOf{Title: Say("x"), Href: bad})) +
		render(t, ctx, Button(Act{Label: "x", To: bad})) + render(t, ctx, Pager(bad, bad)) + render(t, ctx, Form(FormOf{Action: bad}))
	if strings.Contains(page, "javascript:") {
		t.Errorf("a script address gets through: %s", page)
	}
}

func TestForm_SummaryLinksToFieldsInTheirOrder(t *testing.T) {
	p := web.Problem{Kind: fault.Invalid, Status: 422, Title: "Not yet", Kept: "All kept", Todo: "Look here",
		Fields: map[string]string{"zeta": "Z is wrong", "alpha": "A is wrong", "kind": "Choose one", "ghost": "No such field"}}
	form := with(Form(FormOf{Action: "/x", Problem: p, Typed: url.Values{"zeta": {"26"}, "agree": {"on"}, "need": {"a", "c"}}}),
		TextField(Input{Name: "zeta", Label: "Z", Value: "5"}),
		RadioField(Input{Name: "kind", Label: "K", Value: "one", Options: []Option{{Value: "one", Label: "One"}}}),
		AreaField(Input{Name: "alpha", Label: "A", Hint: "Some hint", Value: "as it was"}),
		CheckField(Input{Name: "need", Label: "N", Values: []string{"b"}, Options: []Option{{Value: "a", Label: "a"}, {Value: "b", Label: "b"}, {Value: "c", Label: "c"}}}),
		AgreeField(Input{Name: "agree", Label: "G"}),
		TextField(Input{Name: "fixed", Label: "F", Value: "kept", Off: true}),
	)
	doc := parse(t, render(t, in(i18n.En), form))
	var summary, links []string
	for _, n := range every(doc) {
		if attr(n, "class") == "summary" {
			if !has(n, "autofocus") || attr(n, "tabindex") != "-1" {
				t.Error("the summary does not take the focus")
			}
			summary = append(summary, text(n))
			for _, a := range every(n, "a") {
				links = append(links, attr(a, "href")+" "+text(a))
			}
		}
	}
	if len(summary) != 1 {
		t.Fatalf("%d summaries", len(summary))
	}
	for _, part := range []string{p.Title, p.Kept, p.Todo, "No such field"} {
		if !strings.Contains(summary[0], part) {
			t.Errorf("the summary lacks %q: %s", part, summary[0])
		}
	}
	want := "#f-zeta Z is wrong|#f-kind-0 Choose one|#f-alpha A is wrong"
	if got := strings.Join(links, "|"); got != want {
		t.Errorf("links are %s, want %s", got, want)
	}
	values := make(map[string]string)
	for _, n := range every(doc, "input", "textarea") {
		key := attr(n, "name")
		switch {
		case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
			if has(n, "checked") {
				values[key] += attr(n, "value")
			}
		case n.Data == "textarea":
			values[key] = text(n)
		default:
			values[key] = attr(n, "value")
		}
		if key == "alpha" {
			if attr(n, "aria-invalid") != "true" || attr(n, "aria-describedby") != "f-alpha-hint f-alpha-error" {
				t.Errorf("alpha is described by %q", attr(n, "aria-describedby"))
			}
		}
	}
	for name, want := range map[string]string{"zeta": "26", "kind": "", "alpha": "as it was", "need": "ac", "agree": "on", "fixed": "kept"} {
		if values[name] != want {
			t.Errorf("%s holds %q after the try, want %q", name, values[name], want)
		}
	}
}

func TestForm_FirstTimeIsQuiet(t *testing.T) {
	page := render(t, in(i18n.En), with(Form(FormOf{Action: "/x"}), TextField(Input{Name: "a", Label: "A", Value: "v"})))
	for _, no := range []string{"summary", "has-error", "novalidate", "aria-invalid"} {
		if strings.Contains(page, no) {
			t.Errorf("a form not yet sent has %q: %s", no, page)
		}
	}
	if !strings.Contains(page, `value="v"`) {
		t.Error("the value is not there")
	}
}

func TestForm_TakesWhatWasSentFromTheReader(t *testing.T) {
	ctx := withReader(in(i18n.En), reader{typed: url.Values{"a": {"sent"}}})
	field := TextField(Input{Name: "a", Label: "A", Value: "stored"})
	if page := render(t, ctx, with(Form(FormOf{Problem: web.Problem{Status: 409, Title: "x"}}), field)); !strings.Contains(page, `value="sent"`) {
		t.Errorf("what was typed is lost: %s", page)
	}
	if page := render(t, ctx, with(Form(FormOf{}), field)); !strings.Contains(page, `value="stored"`) {
		t.Errorf("another form on the page shows what was typed elsewhere: %s", page)
	}
}

func TestPhone_DialsDigits(t *testing.T) {
	for number, want := range map[string]string{
		"048-258-1110": "tel:0482581110", "+81 48-258-1110": "tel:+81482581110", "048-258-1110（内線 22）": "tel:0482581110", "(048) 258 1110": "tel:0482581110",
	} {
		if page := render(t, in(i18n.Ja), Phone(number)); !strings.Contains(page, `href="`+want+`"`) {
			t.Errorf("%s: %s", number, page)
		}
	}
}

func TestSay_FuriganaOnlyInJapaneseAndOnlyWhenOn(t *testing.T) {
	const text = "予約"
	if page := render(t, in(i18n.Ja), Say(text)); strings.Contains(page, "<ruby") {
		t.Error("furigana without being asked for")
	}
	if page := render(t, WithFurigana(in(i18n.En), true), Say(text)); strings.Contains(page, "<ruby") {
		t.Error("furigana on an English page")
	}
	page := render(t, WithFurigana(in(i18n.En), true), Text(i18n.Text{i18n.Ja: text}))
	if !strings.Contains(page, `<span lang="ja"`) || !strings.Contains(page, "<ruby") {
		t.Errorf("Japanese data on an English page has its language and its readings: %s", page)
	}
	if page := render(t, WithFurigana(in(i18n.Ja), true), Say(text)); !strings.Contains(page, "<ruby>予約<rp>（</rp><rt>よやく</rt>") {
		t.Errorf("no furigana: %s", page)
	}
}
