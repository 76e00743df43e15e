package offices

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"kakehashi/domains/offices/city"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Commands are the module's commands, listed before any city is open.
func Commands() []module.Command {
	return []module.Command{
		{Name: "city", Usage: "[--name LANG=TEXT]… [--office LANG=TEXT]… [--hours LANG=TEXT]… [--phone NUMBER] [--code NUMBER]", Help: "say what the city is called and who answers, and print what is known", Setup: cityCommand},
	}
}

// spoken collects LANG=TEXT flags; a text without a language is Japanese.
type spoken struct{ i18n.Text }

// String is what flag shows as the default.
func (s *spoken) String() string { return "" }

// Set takes one LANG=TEXT.
func (s *spoken) Set(v string) error {
	name, text, ok := strings.Cut(v, "=")
	if !ok {
		name, text = string(i18n.Ja), v
	}
	lang, ok := i18n.ParseLang(name)
	if !ok {
		return fmt.Errorf("no language %q", name)
	}
	if s.Text == nil {
		s.Text = i18n.Text{}
	}
	s.Text[lang] = text
	return nil
}

func cityCommand(f *flag.FlagSet) func(context.Context, module.Env, []string) error {
	var name, office, hours spoken
	f.Var(&name, "name", "name of the city, such as en=Kawaguchi; once a language")
	f.Var(&office, "office", "name of the office that answers; once a language")
	f.Var(&hours, "hours", "when it answers; once a language")
	phone := f.String("phone", "", "its phone number")
	code := f.String("code", "", "the city's code (five or six digits)")
	return func(ctx context.Context, env module.Env, _ []string) error {
		var c city.City
		err := env.Deps.DB.Write(ctx, db.Actor{Via: "cli"}, func(tx *db.Tx) (err error) {
			if c, err = city.Get(tx); err != nil {
				return err
			}
			changed := merge(&c.Name, name.Text)
			changed = merge(&c.Office, office.Text) || changed
			changed = merge(&c.Hours, hours.Text) || changed
			if *phone != "" || *code != "" {
				typed := map[string]string{"phone": c.Phone, "code": c.Code}
				if *phone != "" {
					typed["phone"] = *phone
				}
				if *code != "" {
					typed["code"] = *code
				}
				if err := c.Fill(city.PartContact, func(name string) string { return typed[name] }); err != nil {
					return err
				}
				changed = true
			}
			if !changed {
				return nil
			}
			if err := city.Save(tx, c, "command"); err != nil {
				return err
			}
			c, err = city.Get(tx)
			return err
		})
		if err != nil {
			return err
		}
		return list(env.Stdout, c)
	}
}

// merge puts the languages of add into the text, and reports whether there were
// any.
func merge(into *i18n.Text, add i18n.Text) bool {
	for l, s := range add {
		if *into == nil {
			*into = i18n.Text{}
		}
		(*into)[l] = s
	}
	return len(add) > 0
}

func list(w io.Writer, c city.City) error {
	for _, part := range []struct {
		name string
		text i18n.Text
	}{{"name", c.Name}, {"office", c.Office}, {"hours", c.Hours}} {
		for _, l := range i18n.Langs {
			if s := part.text[l]; s != "" {
				if _, err := fmt.Fprintf(w, "%-8s %-8s %s\n", part.name, l, s); err != nil {
					return err
				}
			}
		}
	}
	_, err := fmt.Fprintf(w, "%-17s %s\n%-17s %s\n", "phone", c.Phone, "code", c.Code)
	return err
}
