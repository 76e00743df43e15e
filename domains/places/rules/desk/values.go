package desk

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/rules"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// rowField ends the name of the hidden field that says that a line is there: its boxes
// may all be unticked, and browsers send nothing of those.
const rowField = ".row"

// mostRows bounds what a form is believed.
const mostRows = 100

// valuesOf returns the body as a form sends it.
func valuesOf(body rules.Body) (url.Values, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	v := url.Values{}
	flatten(v, "", shapes[body.Kind()], all)
	return v, nil
}

func flatten(v url.Values, prefix string, shape []field, from map[string]any) {
	for _, f := range shape {
		name := prefix + f.name
		switch is := from[f.name].(type) {
		case bool:
			if is {
				v.Set(name, "on")
			}
		case float64:
			if f.ask != askSpan || is != 0 {
				v.Set(name, strconv.FormatInt(int64(is), 10))
			}
		case string:
			v.Set(name, is)
		case map[string]any: // a name in its languages
			for lang, text := range is {
				if s, ok := text.(string); ok {
					v.Set(name+"-"+lang, s)
				}
			}
		case []any:
			for i, one := range is {
				switch one := one.(type) {
				case string:
					v.Add(name, holderValue(f, one))
				case float64:
					v.Add(name, strconv.FormatInt(int64(one), 10))
				case map[string]any:
					line := name + "." + strconv.Itoa(i)
					v.Set(line+rowField, "1")
					flatten(v, line+".", f.lines, one)
				}
			}
		default:
			if f.ask == askNumber || f.ask == askClock {
				v.Set(name, "0")
			}
		}
	}
}

// alone stands in a form for a person without a group, whose kind is "".
const alone = "alone"

func holderValue(f field, kind string) string {
	if f.ask == askHolders && kind == "" {
		return alone
	}
	return kind
}

// bodyOf reads the body of a rule of the kind from a form: an Invalid fault
// names all fields that cannot be.
func bodyOf(kind rules.Kind, v url.Values) (rules.Body, error) {
	var c fault.Check
	all := gather(&c, v, "", shapes[kind])
	if err := c.Err(); err != nil {
		return nil, err
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	return rules.Decode(kind, text)
}

func gather(c *fault.Check, v url.Values, prefix string, shape []field) map[string]any {
	out := map[string]any{}
	for _, f := range shape {
		name := prefix + f.name
		text := strings.TrimSpace(v.Get(name))
		switch f.ask {
		case askNumber, askClock, askSpan:
			if text == "" {
				text = "0"
			}
			n, err := strconv.ParseInt(strings.ReplaceAll(norm.NFKC.String(text), ",", ""), 10, 48)
			c.Field(err == nil, name, "rules.error.digits")
			out[f.name] = n
		case askCheck:
			out[f.name] = text != ""
		case askKinds, askHolders, askClasses, askUses, askSome:
			if some := v[name]; len(some) > 0 {
				picked := make([]string, len(some))
				for i, s := range some {
					if picked[i] = s; f.ask == askHolders && s == alone {
						picked[i] = ""
					}
				}
				out[f.name] = picked
			}
		case askMonths:
			var picked []int
			for _, s := range v[name] {
				n, err := strconv.Atoi(s)
				c.Field(err == nil, name, "rules.error.choice")
				picked = append(picked, n)
			}
			if len(picked) > 0 {
				out[f.name] = picked
			}
		case askPick, askText, askWord:
			out[f.name] = text
		case askRoom:
			if text != "" {
				out[f.name] = text
			}
		case askName:
			t := i18n.Text{}
			for _, l := range i18n.Langs {
				if s := strings.TrimSpace(v.Get(name + "-" + string(l))); s != "" {
					t[l] = s
				}
			}
			out[f.name] = t
		case askLines:
			lines := make([]any, 0)
			for i := range rowsOf(v, name) {
				lines = append(lines, gather(c, v, name+"."+strconv.Itoa(i)+".", f.lines))
			}
			if len(lines) > 0 || f.name == "lines" || f.name == "base" {
				out[f.name] = lines
			}
		}
	}
	return out
}

// rowsOf returns how many lines of the list the form has.
func rowsOf(v url.Values, name string) int {
	n := 0
	for n < mostRows && v.Has(name+"."+strconv.Itoa(n)+rowField) {
		n++
	}
	return n
}

// addRow adds an empty line to the list.
func addRow(v url.Values, name string) {
	v.Set(name+"."+strconv.Itoa(rowsOf(v, name))+rowField, "1")
}

// dropRow takes away the line, "lines.2", and moves up those behind it.
func dropRow(v url.Values, line string) {
	cut := strings.LastIndexByte(line, '.')
	if cut < 0 {
		return
	}
	name := line[:cut]
	at, err := strconv.Atoi(line[cut+1:])
	rows := rowsOf(v, name)
	if err != nil || at < 0 || at >= rows {
		return
	}
	for i := at; i < rows; i++ {
		this, next := name+"."+strconv.Itoa(i)+".", name+"."+strconv.Itoa(i+1)+"."
		for field := range v {
			if strings.HasPrefix(field, this) {
				v.Del(field)
			}
		}
		moved := url.Values{}
		for field, values := range v {
			if rest, ok := strings.CutPrefix(field, next); ok {
				moved[this+rest] = values
			}
		}
		for field, values := range moved {
			v[field] = values
		}
	}
}
