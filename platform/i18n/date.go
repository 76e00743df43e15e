package i18n

import (
	"strconv"
	"time"

	"kakehashi/engines/jp"
)

// formats are the messages that say how dates and numbers look, taken out of
// the map once.
type formats struct {
	date, dateLong, month, year, yearPlain, fiscal template
	era, eraFirst                                  template
	eras                                           map[string]string // by jp.Era.Letter
	am, amSharp, pm, pmSharp                       template
	noon, noonSharp, midnight, midnightEnd         template
	times, timesSameHalf, dateTime, span           template
	yen, listMore, listLast                        template
	weekday, weekdayLong                           [7]string
	monthShort, monthLong                          [13]string
	justNow, yesterday                             string
}

func newFormats(msgs map[string]*message) formats {
	get := func(key string) template {
		if m := msgs["i18n."+key]; m != nil {
			return m.other
		}
		return template{{text: "⟦i18n." + key + "⟧"}}
	}
	word := func(key string) string { return get(key).fill() }
	f := formats{
		date: get("date"), dateLong: get("date.long"), month: get("month"),
		year: get("year"), yearPlain: get("year.plain"), fiscal: get("fiscal"),
		era: get("era"), eraFirst: get("era.first"), eras: make(map[string]string),
		am: get("time.am"), amSharp: get("time.am.sharp"), pm: get("time.pm"), pmSharp: get("time.pm.sharp"),
		noon: get("time.noon"), noonSharp: get("time.noon.sharp"),
		midnight: get("time.midnight"), midnightEnd: get("time.midnight.end"),
		times: get("times"), timesSameHalf: get("times.same_half"), dateTime: get("datetime"), span: get("span"),
		yen: get("yen"), listMore: get("list.more"), listLast: get("list.last"),
		justNow: word("ago.now"), yesterday: word("ago.yesterday"),
	}
	for i := range f.weekday {
		f.weekday[i] = word("weekday." + strconv.Itoa(i))
		f.weekdayLong[i] = word("weekday.long." + strconv.Itoa(i))
	}
	for i := 1; i < len(f.monthLong); i++ {
		f.monthLong[i] = word("month.long." + strconv.Itoa(i))
		f.monthShort[i] = word("month.short." + strconv.Itoa(i))
	}
	for _, letter := range []string{"M", "T", "S", "H", "R"} {
		f.eras[letter] = word("era.name." + letter)
	}
	return f
}

// fill returns the template with the values of pairs, alternating names and
// values, put in.
func (t template) fill(pairs ...string) string {
	var room [128]byte
	b := room[:0]
	for i := range t {
		if t[i].name == "" {
			b = append(b, t[i].text...)
			continue
		}
		b = appendPair(b, t[i].name, pairs)
	}
	return string(b)
}

func appendPair(b []byte, name string, pairs []string) []byte {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return append(b, pairs[i+1]...)
		}
	}
	return append(append(append(b, "⟦"...), name...), "⟧"...)
}

// fillDate puts a date in: month and day in digits, month_long and month_short
// by name, year in digits, year_long with its era where the language says it.
func (l *Localizer) fillDate(t template, d jp.Date) string {
	if d.IsZero() {
		return ""
	}
	if d != jp.NewDate(d.Year, d.Month, d.Day) {
		return d.String()
	}
	weekday := d.Weekday()
	return t.fill(
		"day", strconv.Itoa(d.Day),
		"month", strconv.Itoa(int(d.Month)),
		"month_long", l.monthLong[d.Month],
		"month_short", l.monthShort[d.Month],
		"weekday", l.weekday[weekday],
		"weekday_long", l.weekdayLong[weekday],
		"year", strconv.Itoa(d.Year),
		"year_long", l.Year(d),
	)
}

// Date returns the date with its weekday and without its year: 11月28日（土）,
// Sat 28 Nov. No date is "".
func (l *Localizer) Date(d jp.Date) string { return l.fillDate(l.date, d) }

// DateLong returns the date with its weekday and year, in Japanese with the
// era: 令和8年（2026年）11月28日（土）, Saturday 28 November 2026. No date is "".
func (l *Localizer) DateLong(d jp.Date) string { return l.fillDate(l.dateLong, d) }

// Month returns the month and year of the date: 2026年11月, November 2026.
func (l *Localizer) Month(d jp.Date) string { return l.fillDate(l.month, d) }

// Year returns the year of the date, in Japanese with the era that the date is
// in: 令和8年（2026年）, 2026.
func (l *Localizer) Year(d jp.Date) string {
	year := strconv.Itoa(d.Year)
	if era := l.Era(d); era != "" {
		return l.year.fill("era", era, "year", year)
	}
	return l.yearPlain.fill("year", year)
}

// Era returns the year of the date in Japan's count, which forms ask for:
// 令和8年, Reiwa 8. Before Meiji it is "".
func (l *Localizer) Era(d jp.Date) string {
	era, year := jp.EraOf(d)
	name, ok := l.eras[era.Letter]
	switch {
	case !ok || year < 1:
		return ""
	case year == 1:
		return l.eraFirst.fill("era", name, "year", "1")
	default:
		return l.era.fill("era", name, "year", strconv.Itoa(year))
	}
}

// FiscalYear returns the 年度 that begins in April of the year, as jp.FiscalYear
// counts it: 令和8年度（2026年度）, fiscal year 2026 (Apr 2026 – Mar 2027). The era
// is the one in force for most of it, as offices name it: 2019 is 令和元年度.
func (l *Localizer) FiscalYear(year int) string {
	return l.fiscal.fill(
		"era", l.Era(jp.NewDate(year, time.December, 31)),
		"year", strconv.Itoa(year),
		"next", strconv.Itoa(year+1),
	)
}

// Weekday returns the weekday's short name, for the heads of columns: 土, Sat.
func (l *Localizer) Weekday(w time.Weekday) string { return l.weekday[w] }

// WeekdayLong returns the weekday's full name: 土曜日, Saturday.
func (l *Localizer) WeekdayLong(w time.Weekday) string { return l.weekdayLong[w] }

// Days returns a span of dates: 11月28日（土）〜12月3日（木）. One day is Date.
func (l *Localizer) Days(from, to jp.Date) string {
	if from == to || to.IsZero() {
		return l.Date(from)
	}
	return l.span.fill("from", l.Date(from), "to", l.Date(to))
}
