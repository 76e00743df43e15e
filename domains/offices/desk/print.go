package desk

import (
	"slices"

	"kakehashi/platform/db"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// printPage is how many letters one page of the queue shows.
const printPage = 50

// printData is the queue of one office as a page shows it.
type printData struct {
	Office  db.ID
	Offices []officeTab
	Waiting int
	Printed bool
	Letters []paper.Page
	At      db.ID
	Next    db.ID
	Error   string
}

func (p printData) path(office db.ID, printed bool, at db.ID) string {
	v := View{Office: office}
	if at != 0 {
		v.At = at.String()
	}
	if printed {
		v.State = "closed"
	}
	return v.Path("/office/print")
}

func (d *Desk) showPrint(c *web.Context) error { return d.queue(c, "") }

// queue lists the letters of the chosen office, or of the clerk's first; with
// letters that any office may print.
func (d *Desk) queue(c *web.Context, problem string) error {
	view := ParseView(c.URL().Query())
	own := offices(c.Viewer)
	p := printData{}
	err := d.db.Read(c.Context(), func(tx *db.Tx) (err error) {
		p = printData{Printed: view.State == "closed", Error: problem}
		p.At, _ = db.ParseID(view.At)
		if len(own) == 0 {
			return nil
		}
		p.Office = view.among(own)[0]
		if p.Waiting, err = paper.Waiting(tx, p.Office); err != nil {
			return err
		}
		if p.Letters, err = paper.List(tx, paper.Filter{Office: p.Office, Printed: p.Printed}, p.At, printPage+1); err != nil {
			return err
		}
		if len(p.Letters) > printPage {
			p.Letters = p.Letters[:printPage]
			p.Next = p.Letters[printPage-1].ID
		}
		if len(own) > 1 {
			var names map[db.ID]i18n.Text
			if names, err = d.n.OfficeNames(tx, own); err != nil {
				return err
			}
			for _, o := range own {
				p.Offices = append(p.Offices, officeTab{o, c.Loc.Text(names[o])})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Page(web.Meta{Title: c.Loc.T("offices.print.title"), Wide: true, Back: "/office"}, printView(p))
}

func (d *Desk) showLetter(c *web.Context) error {
	id, err := c.PathID("id")
	if err != nil {
		return err
	}
	return d.letters(c, []db.ID{id})
}

// doPrint opens the ticked letters for printing, or notes that they are
// printed.
func (d *Desk) doPrint(c *web.Context) error {
	letters := ids(c.Form()["id"])
	if len(letters) > printPage {
		letters = letters[:printPage]
	}
	if len(letters) == 0 {
		p := c.Problem(fault.New(fault.Invalid, "offices.inbox.none_chosen"))
		c.Status(p.Status)
		return d.queue(c, p.Title)
	}
	if c.Form().Get("do") != "printed" {
		return d.letters(c, letters)
	}
	own := offices(c.Viewer)
	err := d.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		for _, id := range letters {
			if err := d.mine(tx, own, id); err != nil {
				return err
			}
			if err := paper.MarkPrinted(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Flash("offices.print.done", "count", len(letters))
	view := ParseView(c.URL().Query())
	return c.Redirect(View{Office: view.Office}.Path("/office/print"))
}

// mine makes sure that the letter is printed by one of the offices, or by any.
func (d *Desk) mine(tx *db.Tx, own []db.ID, letter db.ID) error {
	var office db.ID // paper.Read would note a reading that nobody does
	err := tx.Row(`SELECT office FROM print_queue WHERE id = $1`, letter).Scan(&office)
	if err == nil && (office == 0 || slices.Contains(own, office)) {
		return nil
	}
	return fault.New(fault.NotFound, "web.error.not_found").Because(err)
}

// letters opens letters as pages for the printer. Each reading is noted.
func (d *Desk) letters(c *web.Context, letters []db.ID) error {
	own := offices(c.Viewer)
	var pages []paper.Page
	err := d.db.Write(c.Context(), c.Actor(), func(tx *db.Tx) error {
		pages = nil
		for _, id := range letters {
			p, err := paper.Read(tx, id)
			if err != nil {
				return err
			}
			if p.Office != 0 && !slices.Contains(own, p.Office) || p.HTML == "" {
				return fault.New(fault.NotFound, "web.error.not_found")
			}
			pages = append(pages, p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	back := ParseView(c.URL().Query())
	return c.Page(web.Meta{Title: c.Loc.T("offices.print.title"), Print: true, Back: View{Office: back.Office}.Path("/office/print")}, lettersView(pages, back.Office))
}
