package offices

import (
	"context"
	_ "embed" // the sample data
	"fmt"
	"html"
	"time"

	"github.com/BurntSushi/toml"

	"kakehashi/domains/offices/city"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

var (
	//go:embed demo/city.toml
	demoCity string
	// demoLetter has readings over its kanji, as package deliver sets a letter:
	// date, addressee, title, the day of the event.
	//go:embed demo/letter.html
	demoLetter string
)

// sample is what the demo city says of itself, and one letter.
type sample struct {
	City  city.City
	Title string // of the letter
}

func readSample() (s sample, err error) {
	var raw struct {
		Name, Office, Hours map[string]string
		Phone, Code         string
		Letter              struct{ Title string }
	}
	if _, err := toml.Decode(demoCity, &raw); err != nil {
		return s, err
	}
	text := func(by map[string]string) i18n.Text {
		t := i18n.Text{}
		for l, words := range by {
			t[i18n.Lang(l)] = words
		}
		return t
	}
	s.Title = raw.Letter.Title
	s.City = city.City{Name: text(raw.Name), Office: text(raw.Office), Hours: text(raw.Hours), Phone: raw.Phone, Code: raw.Code}
	return s, nil
}

// taken is how many of every ten items of the clerk's office the clerk of the
// demo has taken on.
const taken = 3

// demo names the city, and lets the clerk have taken on part of what waits, as
// desks look on any day.
func (o *Offices) demo(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "offices.demo")
	with, err := readSample()
	if err != nil {
		return err
	}
	err = d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		known, err := city.Get(tx)
		if err != nil || known.Version > 0 {
			return err
		}
		return city.Save(tx, with.City, "demo")
	})
	if err != nil {
		return err
	}
	clerk, office := d.Refs["person:clerk"], d.Refs["office:kyodo"]
	if clerk == 0 || office == 0 {
		return nil
	}
	return d.DB.Write(ctx, db.Actor{Person: clerk, Via: "demo"}, func(tx *db.Tx) error {
		list, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{office}, Unassigned: true, Limit: 100})
		if err != nil {
			return err
		}
		for i, it := range list.Items {
			if err := age(tx, it.ID, i); err != nil {
				return err
			}
			if i%10 >= taken {
				continue
			}
			if err := inbox.Assign(tx, it.ID, clerk); err != nil {
				return err
			}
		}
		return o.letter(tx, d, office, with.Title)
	})
}

// age lets an item have come in some days ago, and its due date press as on a
// desk where work goes on: of seven, one is overdue and two are due today. The
// modules have opened everything within the last second.
func age(tx *db.Tx, item db.ID, i int) error {
	today := jp.DateOf(tx.Now)
	days, due := i%3, today.AddDays(2+i%5)
	switch i % 7 {
	case 0:
		days, due = 4, today.AddDays(-1)
	case 1, 2:
		days, due = 3, today
	}
	opened := tx.Now.Add(-time.Duration(days)*24*time.Hour - time.Duration(7*i)*time.Minute)
	_, err := tx.Exec(`UPDATE inbox_items SET opened_at = $1, due = $2 WHERE id = $3`, opened, due.String(), item)
	return err
}

// letter lets something wait for the printer: for somebody who has no mail.
func (o *Offices) letter(tx *db.Tx, d *module.Demo, office db.ID, title string) error {
	to := d.Refs["person:noaccount"]
	if to == 0 || o.names == nil {
		return nil
	}
	names, err := o.names(tx, []db.ID{to})
	if err != nil {
		return err
	}
	loc := o.deps.Catalog.For(i18n.Ja)
	return paper.Add(tx, paper.Page{
		ID: db.NewID(), Person: to, Office: office, Kind: "offices.letter", Name: names[to], Lang: i18n.Ja, Title: title,
		HTML: fmt.Sprintf(demoLetter, loc.DateLong(d.Today), html.EscapeString(names[to]), title, loc.Date(d.Today.AddDays(12))),
	})
}
