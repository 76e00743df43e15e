package jp

import "time"

// Holidays are computed for these years. Before them the law had other days;
// after them the equinox formula no longer holds.
const (
	firstHolidayYear = 1970
	lastHolidayYear  = 2099
)

// The names of the two kinds of holiday that follow from others (国民の祝日に関する法律,
// article 3 paragraphs 2 and 3).
const (
	substitute = "振替休日"
	between    = "国民の休日"
)

// Holiday returns the Japanese name of the public holiday on the date, from
// 1970 to 2099 by the law as it stood in each year (国民の祝日に関する法律,
// last amended in 2018). Equinoxes follow the formula of the National
// Astronomical Observatory's almanac as tabulated for 1900-2099; the gazette
// fixes each one only in the February before.
func Holiday(d Date) (name string, ok bool) {
	if d.Year < firstHolidayYear || d.Year > lastHolidayYear {
		return "", false
	}
	if name := national(d); name != "" {
		return name, true
	}
	if isSubstitute(d) {
		return substitute, true
	}
	if isBetween(d) {
		return between, true
	}
	return "", false
}

// isSubstitute follows article 3 paragraph 2. From 12 April 1973 it was the
// Monday after a holiday on Sunday; since 2007 it is the first day after that
// Sunday that is no holiday itself.
func isSubstitute(d Date) bool {
	if d.Before(Date{1973, time.April, 12}) {
		return false
	}
	if d.Year < 2007 {
		return d.Weekday() == time.Monday && national(d.AddDays(-1)) != ""
	}
	for p := d.AddDays(-1); national(p) != ""; p = p.AddDays(-1) {
		if p.Weekday() == time.Sunday {
			return true
		}
	}
	return false
}

// isBetween follows article 3 paragraph 3, in force since 27 December 1985: the
// day between two holidays. Until 2006 a Sunday or a substitute holiday did
// not become one.
func isBetween(d Date) bool {
	if d.Before(Date{1985, time.December, 27}) || national(d.AddDays(-1)) == "" || national(d.AddDays(1)) == "" {
		return false
	}
	return d.Year >= 2007 || d.Weekday() != time.Sunday
}

// once are holidays made by a law of their own, or moved by one: the emperors'
// funeral and enthronements, a wedding, and the Tokyo Games.
var once = map[Date]string{
	{1989, time.February, 24}: "大喪の礼",
	{1990, time.November, 12}: "即位礼正殿の儀",
	{1993, time.June, 9}:      "結婚の儀",
	{2019, time.May, 1}:       "天皇の即位の日",
	{2019, time.October, 22}:  "即位礼正殿の儀の行われる日",
	{2020, time.July, 23}:     "海の日",
	{2020, time.July, 24}:     "スポーツの日",
	{2020, time.August, 10}:   "山の日",
	{2021, time.July, 22}:     "海の日",
	{2021, time.July, 23}:     "スポーツの日",
	{2021, time.August, 8}:    "山の日",
}

// national returns the name of the holiday that article 2 (or a law of its own)
// gives the date, or "".
func national(d Date) string {
	if name, ok := once[d]; ok {
		return name
	}
	games := d.Year == 2020 || d.Year == 2021
	monday := 0 // which Monday of the month, if it is one
	if d.Weekday() == time.Monday {
		monday = (d.Day + 6) / 7
	}
	switch d.Month {
	case time.January:
		switch {
		case d.Day == 1:
			return "元日"
		case d.Year < 2000 && d.Day == 15, d.Year >= 2000 && monday == 2:
			return "成人の日"
		}
	case time.February:
		switch {
		case d.Day == 11:
			return "建国記念の日"
		case d.Year >= 2020 && d.Day == 23:
			return "天皇誕生日"
		}
	case time.March:
		if d.Day == equinox(d.Year, 20.8357, 20.8431) {
			return "春分の日"
		}
	case time.April:
		if d.Day == 29 {
			return of(d.Year, "天皇誕生日", 1989, "みどりの日", 2007, "昭和の日")
		}
	case time.May:
		switch {
		case d.Day == 3:
			return "憲法記念日"
		case d.Day == 4 && d.Year >= 2007:
			return "みどりの日"
		case d.Day == 5:
			return "こどもの日"
		}
	case time.July:
		if d.Year >= 1996 && d.Year < 2003 && d.Day == 20 || d.Year >= 2003 && monday == 3 && !games {
			return "海の日"
		}
	case time.August:
		if d.Year >= 2016 && d.Day == 11 && !games {
			return "山の日"
		}
	case time.September:
		switch {
		case d.Year < 2003 && d.Day == 15, d.Year >= 2003 && monday == 3:
			return "敬老の日"
		case d.Day == equinox(d.Year, 23.2588, 23.2488):
			return "秋分の日"
		}
	case time.October:
		if d.Year < 2000 && d.Day == 10 || d.Year >= 2000 && monday == 2 && !games {
			return of(d.Year, "体育の日", 2020, "スポーツの日", lastHolidayYear+1, "")
		}
	case time.November:
		switch d.Day {
		case 3:
			return "文化の日"
		case 23:
			return "勤労感謝の日"
		}
	case time.December:
		if d.Day == 23 && d.Year >= 1989 && d.Year < 2019 {
			return "天皇誕生日"
		}
	}
	return ""
}

// of picks the name that a day bore in the year: a until from, b until then, c after.
func of(year int, a string, from int, b string, then int, c string) string {
	switch {
	case year < from:
		return a
	case year < then:
		return b
	}
	return c
}

// equinox returns the day of the month on which the sun crosses the equator in
// Japan, from the mean position in 1980 and 0.242194 days a year beyond 365
// (海上保安庁水路部 暦計算研究会編『新こよみ便利帳』). The constants differ before 1980.
func equinox(year int, before1980, since1980 float64) int {
	drift := 0.242194 * float64(year-1980)
	if year < 1980 {
		// The book counts leap days from 1983 here, truncating towards zero.
		return int(before1980+drift) - (year-1983)/4
	}
	return int(since1980+drift) - (year-1980)/4
}
