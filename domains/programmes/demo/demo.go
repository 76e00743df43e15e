// Package demo is the programmes of the demo city, as data: city.toml says what
// there is and how busy it is, texts/ what each says in ten languages. Two full
// fiscal years of activities and the current one up to yesterday are drawn from
// it; the same seed draws the same.
package demo

import (
	"context"
	"embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

//go:embed city.toml texts/*.toml
var data embed.FS

type city struct {
	Offices    map[string]struct{ Phone, Mail string }
	Programmes []entry
}

type entry struct {
	Slug, Field, Office, Partners, Official string
	Season
}

type texts struct {
	Hours      string
	Offices    map[string]string
	Partners   map[string]string
	Programmes map[string]struct {
		Name, Summary, Audience, Work string
		Steps                         []string
	}
}

// Cast is one programme of the demo city, the name of its office's reference
// ("kyodo" for "office:kyodo"), and how its year goes.
type Cast struct {
	programme.Programme
	OfficeRef string
	Season    Season
}

// Programmes returns the programmes of the demo city in all languages.
func Programmes() (_ []Cast, err error) {
	defer fault.Wrap(&err, "demo.Programmes()")
	var c city
	if _, err := toml.DecodeFS(data, "city.toml", &c); err != nil {
		return nil, err
	}
	out := make([]Cast, len(c.Programmes))
	for i, e := range c.Programmes {
		office := c.Offices[e.Office]
		out[i] = Cast{OfficeRef: e.Office, Season: e.Season}
		out[i].Programme = programme.Programme{
			Slug: e.Slug, Field: e.Field, Sort: int64(i+1) * 10, Official: e.Official, Phone: office.Phone, Mail: office.Mail,
		}
	}
	for _, lang := range i18n.Langs {
		var t texts
		if _, err := toml.DecodeFS(data, "texts/"+string(lang)+".toml", &t); err != nil {
			return nil, fmt.Errorf("%s: %w", lang, err)
		}
		for i, e := range c.Programmes {
			p, says := &out[i].Texts, t.Programmes[e.Slug]
			for at, s := range map[*i18n.Text]string{
				&p.Name: says.Name, &p.Summary: says.Summary, &p.Audience: says.Audience, &p.PartnerWork: says.Work,
				&p.Steps: strings.Join(says.Steps, "\n"), &p.Partners: t.Partners[e.Partners],
				&p.Contact: t.Offices[e.Office], &p.Hours: t.Hours,
			} {
				if *at == nil {
					*at = i18n.Text{}
				}
				(*at)[lang] = s
			}
		}
	}
	return out, nil
}

// Fill makes the programmes and their activities: Refs "programme:<slug>". The
// offices' ids come from Refs "office:<name>", groups that take part from Lists
// "groups".
func Fill(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "programmes demo")
	cast, err := Programmes()
	if err != nil {
		return err
	}
	actor := db.Actor{Via: "demo"}
	err = d.DB.Write(ctx, actor, func(tx *db.Tx) error {
		for i := range cast {
			p := cast[i].Programme
			p.Office = d.Refs["office:"+cast[i].OfficeRef]
			if err := programme.Add(tx, &p); err != nil {
				return err
			}
			d.Refs["programme:"+p.Slug] = p.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range cast {
		acts := cast[i].Season.Draw(d.Rand, d.Today, d.Lists["groups"])
		if err := keep(ctx, d, actor, d.Ref("programme:"+cast[i].Slug), acts); err != nil {
			return err
		}
	}
	return nil
}
