package ui

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"slices"
	"sort"

	"github.com/a-h/templ"

	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// FormOf describes a form.
type FormOf struct {
	Action  string      // where it goes; "" = the page's own address
	Get     bool        // a GET form: searches and filters, nothing is changed
	Problem web.Problem // what was wrong with the last try; the zero Problem at first
	Files   bool        // it carries files
	Keep    bool        // the script keeps what was typed in this browser tab until it was sent
	ID      string      // needed when a button stands outside; "" = none
	Typed   url.Values  // what was typed; nil = what was just sent, when there is a Problem
	Still   bool        // the summary does not take the focus: an example, or one of several forms
}

// Input describes one field of a form. Inside a Form it takes its error, and
// after a failed try its value, from there.
type Input struct {
	Name     string   // as it is sent
	Label    string   // in the reader's language
	Hint     string   // one sentence beneath the label; "" = none
	Error    string   // "" = what the Form's Problem says of the name
	Value    string   // what stands in it at first
	Values   []string // CheckField: what is chosen at first
	Type     string   // TextField: text (also ""), email, tel, url, search, number
	Required bool
	Off      bool
	Short    bool      // a narrow field: a number, a code
	Suffix   string    // a unit behind it: 人
	Options  []Option  // SelectField, RadioField, CheckField
	Row      bool      // RadioField, CheckField: choices side by side where there is room
	Fill     string    // autocomplete token, such as "email" or "name"
	Mode     string    // inputmode, such as "numeric"
	Pattern  string    // regular expression that the browser checks
	Min, Max string    // number and date
	Step     string    // number
	Length   int       // most characters; 0 = no limit
	Rows     int       // AreaField: lines at first; 0 = 4
	Accept   string    // FileField: MIME types or endings
	Focus    bool      // the keyboard is here when the page opens: on a desk where one form follows another
	Lang     i18n.Lang // the language that is typed, where it is not the page's
}

// Option is one choice.
type Option struct {
	Value string
	Label string
	Hint  string    // RadioField, CheckField: a second line
	Off   bool      // shown, and not to be had; the hint says why
	In    i18n.Lang // language of the label, when not the page's: a language's own name, a town
}

// spoken marks the label's language, for readers who listen.
func (o Option) spoken() templ.Attributes {
	if o.In == "" {
		return nil
	}
	return templ.Attributes{"lang": o.In.HTML()}
}

// entries collects what the fields of a form report while they are printed, so
// that the summary above them can link to each in their order.
type entries struct {
	problem web.Problem
	typed   url.Values
	wrong   []wrong
}

type wrong struct{ id, name, text string }

type entriesKey struct{}

func entriesOf(ctx context.Context) *entries {
	e, _ := ctx.Value(entriesKey{}).(*entries)
	return e
}

// Form stands around fields and buttons. When the last try failed, it begins
// with a summary in three parts that links to the fields and takes the focus,
// and each field shows what was typed and what is wrong with it.
func Form(f FormOf) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		e := &entries{problem: f.Problem, typed: f.Typed}
		if e.typed == nil && f.Problem.Any() {
			e.typed = readerOf(ctx).typed
		}
		var fields bytes.Buffer
		if children != nil {
			if err := children.Render(context.WithValue(ctx, entriesKey{}, e), &fields); err != nil {
				return err
			}
		}
		return formFrame(f, e.all(), templ.Raw(fields.String())).Render(ctx, w)
	})
}

// all returns what is wrong: first what the fields reported, in their order,
// then what no field of the form showed.
func (e *entries) all() []wrong {
	out := slices.Clone(e.wrong)
	var rest []string
	for name := range e.problem.Fields {
		if !slices.ContainsFunc(e.wrong, func(w wrong) bool { return w.name == name }) {
			rest = append(rest, name)
		}
	}
	sort.Strings(rest)
	for _, name := range rest {
		out = append(out, wrong{name: name, text: e.problem.Fields[name]})
	}
	return out
}

// control is an Input as it is printed.
type control struct {
	Input
	id, hintID, errorID string
}

// prepare fills an Input from the form around it and reports its error there.
func (in Input) prepare(ctx context.Context, idSuffix string) control {
	c := control{Input: in, id: "f-" + in.Name + idSuffix}
	if e := entriesOf(ctx); e != nil {
		if c.Error == "" {
			c.Error = e.problem.Field(in.Name)
		}
		if values, sent := e.typed[in.Name]; sent {
			c.Values = values
			if len(values) > 0 {
				c.Value = values[0]
			}
		} else if e.typed != nil {
			c.Values, c.Value = nil, offValue(in)
		}
		if c.Error != "" {
			e.wrong = append(e.wrong, wrong{id: c.id, name: in.Name, text: c.Error})
		}
	}
	if in.Hint != "" {
		c.hintID = "f-" + in.Name + "-hint"
	}
	if c.Error != "" {
		c.errorID = "f-" + in.Name + "-error"
	}
	return c
}

// offValue is what a field holds that was not sent: browsers leave out fields
// that are off, which keep what they had, and boxes that are not ticked.
func offValue(in Input) string {
	if in.Off || len(in.Options) == 0 && in.Type != "checkbox" {
		return in.Value
	}
	return ""
}

func (c control) class() string {
	if c.Error != "" {
		return "field has-error"
	}
	return "field"
}

// described returns the ids of hint and error for aria-describedby.
func (c control) described() string {
	switch {
	case c.hintID != "" && c.errorID != "":
		return c.hintID + " " + c.errorID
	case c.hintID != "":
		return c.hintID
	default:
		return c.errorID
	}
}

// attributes are what every control carries.
func (c control) attributes() templ.Attributes {
	a := templ.Attributes{"id": c.id, "name": c.Name, "required": c.Required, "disabled": c.Off, "autofocus": c.Focus}
	if d := c.described(); d != "" {
		a["aria-describedby"] = d
	}
	if c.Error != "" {
		a["aria-invalid"] = "true"
	}
	for name, value := range map[string]string{
		"autocomplete": c.Fill, "inputmode": c.Mode, "pattern": c.Pattern,
		"min": c.Min, "max": c.Max, "step": c.Step, "accept": c.Accept, "lang": c.Lang.HTML(),
	} {
		if value != "" {
			a[name] = value
		}
	}
	if c.Length > 0 {
		a["maxlength"] = c.Length
	}
	return a
}

// chosen reports whether the option is chosen.
func (c control) chosen(value string) bool {
	return c.Value == value || slices.Contains(c.Values, value)
}

func (c control) picks() string {
	if c.Row {
		return "picks picks-row"
	}
	return "picks"
}
