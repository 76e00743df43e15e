package programmes

import (
	"strconv"

	"kakehashi/domains/programmes/office"
	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
	"kakehashi/platform/web"
	"kakehashi/ui"
)

// recordData is the yearly record of a programme.
type recordData struct {
	Programme *programme.Programme
	Years     []int // that have one, newest first
	Year      record.Year
	Before    record.Year // the year before
	Months    int         // months of Year that are over: what is compared
	Today     jp.Date
}

// record reads the record that the path and query ask for: that of the year
// running now, or the newest one.
func (p *Programmes) record(c *web.Context) (d recordData, err error) {
	all, err := p.directory.Get(c.Context())
	if err != nil {
		return d, err
	}
	if d.Programme, err = all.BySlug(c.Path("slug")); err != nil {
		return d, err
	}
	d.Today = jp.DateOf(c.Now())
	err = p.deps.DB.Read(c.Context(), func(tx *db.Tx) error {
		d.Years, err = record.Years(tx, d.Programme.ID)
		if err != nil {
			return err
		}
		year := yearAsked(c.Query("year"), d.Years, jp.FiscalYear(d.Today))
		if d.Year, err = record.Of(tx, d.Programme.ID, year); err != nil {
			return err
		}
		d.Before, err = record.Of(tx, d.Programme.ID, year-1)
		return err
	})
	d.Months = monthsOver(d.Year.FiscalYear, d.Today)
	return d, err
}

// yearAsked returns the fiscal year to show: the one asked for if it can be one,
// else the newest that has activities, else the running one.
func yearAsked(query string, years []int, running int) int {
	if y, err := strconv.Atoi(query); err == nil && y >= 1989 && y <= running {
		return y
	}
	if len(years) > 0 {
		return years[0]
	}
	return running
}

// monthsOver returns how many months of the fiscal year are over today.
func monthsOver(year int, today jp.Date) int {
	n := (today.Year-year)*12 + int(today.Month) - 4
	return max(0, min(n, 12))
}

func (p *Programmes) showRecord(c *web.Context) error {
	d, err := p.record(c)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{
		Title: c.Loc.T("programmes.record.title") + " — " + c.Loc.Text(d.Programme.Name), Field: d.Programme.Field,
		Back: "/programmes/" + d.Programme.Slug,
	}, recordView(d))
}

func (p *Programmes) printRecord(c *web.Context) error {
	d, err := p.record(c)
	if err != nil {
		return err
	}
	return c.Page(web.Meta{
		Title: c.Loc.T("programmes.record.title") + " — " + c.Loc.Text(d.Programme.Name), Print: true, Back: d.path(""),
	}, recordSheet(d))
}

// recordTable is the record as a table: ?part=months or participants, ?format=.
func (p *Programmes) recordTable(c *web.Context) error {
	d, err := p.record(c)
	if err != nil {
		return err
	}
	name := "record-" + d.Programme.Slug + "-" + strconv.Itoa(d.Year.FiscalYear)
	if c.Query("part") == "participants" {
		header := []string{c.Loc.T("programmes.record.age"), c.Loc.T("programmes.record.lang"), c.Loc.T("programmes.heads")}
		var rows [][]string
		for _, h := range d.Year.Heads {
			rows = append(rows, []string{office.AgeWord(c.Loc, h.Age), langWord(c.Loc, h.Lang), digits(h.Heads)})
		}
		return download(c, name+"-participants", header, rows)
	}
	header := []string{
		c.Loc.T("programmes.record.month"), c.Loc.T("programmes.record.acts"), c.Loc.T("programmes.activity.minutes.label"), c.Loc.T("programmes.heads"),
		c.Loc.T("programmes.record.before.acts"), c.Loc.T("programmes.record.before.minutes"), c.Loc.T("programmes.record.before.heads"),
	}
	var rows [][]string
	for i, m := range d.Year.Months {
		b := d.Before.Months[i]
		month := record.First(d.Year.FiscalYear).AddMonths(i)
		rows = append(rows, []string{month.String()[:7], digits(m.Acts), digits(m.Minutes), digits(m.Heads), digits(b.Acts), digits(b.Minutes), digits(b.Heads)})
	}
	return download(c, name, header, rows)
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// langWord is a language's own name, or a word for not known.
func langWord(loc *i18n.Localizer, lang string) string {
	if l, ok := i18n.ParseLang(lang); ok {
		return l.Name()
	}
	return loc.T("programmes.unknown")
}

// path leads to the record of the year that is shown, in another form.
func (d recordData) path(rest string) string {
	return "/programmes/" + d.Programme.Slug + "/record" + rest + "?year=" + strconv.Itoa(d.Year.FiscalYear)
}

// tabs lead to the other years.
func (d recordData) tabs(loc *i18n.Localizer) (out []ui.Tab) {
	years := d.Years
	if len(years) > 6 {
		years = years[:6]
	}
	for _, y := range years {
		out = append(out, ui.Tab{
			Label: loc.T("programmes.record.year", "year", y), Href: "/programmes/" + d.Programme.Slug + "/record?year=" + strconv.Itoa(y), Count: -1, Here: y == d.Year.FiscalYear,
		})
	}
	return out
}

// begun lists the months that have begun, by their place in the year.
func (d recordData) begun() (out []int) {
	for i := range min(12, d.Months+1) {
		out = append(out, i)
	}
	return out
}

// months are the labels of the months that have begun, April first.
func (d recordData) months(loc *i18n.Localizer) (out []string) {
	for _, i := range d.begun() {
		out = append(out, loc.T("programmes.record.month.short", "month", int64(i+3)%12+1))
	}
	return out
}

func (d recordData) series(loc *i18n.Localizer, of func(record.Sum) int64) []ui.Series {
	now := ui.Series{Name: loc.T("programmes.record.year", "year", d.Year.FiscalYear)}
	before := ui.Series{Name: loc.T("programmes.record.year", "year", d.Before.FiscalYear)}
	for _, i := range d.begun() {
		now.Values = append(now.Values, of(d.Year.Months[i]))
		before.Values = append(before.Values, of(d.Before.Months[i]))
	}
	if d.Before.Total().Acts == 0 {
		return []ui.Series{now}
	}
	return []ui.Series{now, before}
}

func heads(s record.Sum) int64 { return s.Heads }

// compared is one line of the comparison with the year before.
type compared struct {
	What      string
	Now, Then int64
}

// compare sets the months that are over beside those of the year before.
func (d recordData) compare(loc *i18n.Localizer) []compared {
	now, then := d.Year.Until(d.Months), d.Before.Until(d.Months)
	return []compared{
		{loc.T("programmes.record.acts"), now.Acts, then.Acts},
		{loc.T("programmes.record.hours"), now.Hours(), then.Hours()},
		{loc.T("programmes.heads"), now.Heads, then.Heads},
	}
}

// ages and langs are the charts of who took part; nobody's line is left out.
func (d recordData) ages(loc *i18n.Localizer) (labels []string, values []int64) {
	for _, h := range d.Year.ByAge() {
		if h.Heads > 0 || h.Age != record.Unknown {
			labels, values = append(labels, office.AgeWord(loc, h.Age)), append(values, h.Heads)
		}
	}
	return labels, values
}

func (d recordData) langs(loc *i18n.Localizer) (labels []string, values []int64) {
	for _, h := range d.Year.ByLang() {
		if h.Heads > 0 {
			labels, values = append(labels, langWord(loc, h.Lang)), append(values, h.Heads)
		}
	}
	return labels, values
}

// formats are the ways out of a table.
func (d recordData) formats(loc *i18n.Localizer, part string) (out []ui.Act) {
	for _, f := range table.Formats {
		out = append(out, ui.Act{Label: f.Label(loc), Icon: ui.IconDownload, Href: d.path("/table") + "&part=" + part + "&format=" + f.String()})
	}
	return out
}
