package jp

import (
	"regexp"
	"strings"
	"time"
)

// ParseAnyDate takes years from 1800 to 2999; anything else is a slip of the key.
const (
	firstTyped = 1800
	lastTyped  = 2999
)

// lunarUntil is the last year that was counted by the moon (Dajōkan decree 337
// of 1872): an era date up to it is not the Gregorian date of the same numbers.
const lunarUntil = 1872

// excelEpoch is day 0 of Excel's 1900 date system for all days after its
// invented 29 February 1900.
var excelEpoch = Date{1899, time.December, 30}

const (
	eraRe = `(明治|大正|昭和|平成|令和|[明大昭平令]|[mtshr])`
	mdRe  = `[-/.月](\d{1,2})日?`
)

var (
	midnightRe = regexp.MustCompile(`[ t]0?0:00(:00(\.0+)?)?$`)
	weekdayRe  = regexp.MustCompile(`(?:[(\[<]([月火水木金土日])(?:曜日?)?(?:[・,/]?(?:祝|休)日?)?[)\]>]|([月火水木金土日])曜日?)$`)
	bothRe     = regexp.MustCompile(`^(?:` + eraRe + `(元|\d{1,2})年?[(\[](\d{4})年?[)\]]|(\d{4})年?[(\[]` + eraRe + `(元|\d{1,2})年?[)\]])[-/.年]?`)
	westernRe  = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})` + mdRe + `$`)
	japaneseRe = regexp.MustCompile(`^` + eraRe + `(元|\d{1,2})[-/.年](\d{1,2})` + mdRe + `$`)
	packedRe   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	packedEra  = regexp.MustCompile(`^` + eraRe + `(\d{2})(\d{2})(\d{2})$`)
	codedEra   = regexp.MustCompile(`^([1-5])(\d{2})(\d{2})(\d{2})$`)
	serialRe   = regexp.MustCompile(`^(\d{5})(\.0+)?$`)
)

// ParseAnyDate reads what offices type: 令和3年6月1日, 令和元年, 令和3年（2021年）6月1日,
// R3.6.1, 二〇二一年六月一日, 2021/6/1, 2021-06-01, 20210601, R030601, 5030601 (era
// code 1 to 5 as registers pack it) and Excel's day number 44348; in any
// width, with the weekday in brackets, and with a time only if it is midnight.
//
// It refuses what could mean two things or is probably a slip: years of two
// digits without an era, day before month, a weekday that is not that day's, a
// year in two countings that disagree, and 明治 dates before the solar calendar
// of 1873. An era year beyond the era's end (平成33年) is taken, as papers
// printed before a change of era have it.
func ParseAnyDate(s string) (Date, error) {
	if len(s) > longestCell {
		return Date{}, formError("date")
	}
	t := midnightRe.ReplaceAllString(strings.ToLower(tidy(s)), "")
	t = strings.Join(strings.Fields(t), "")

	weekday := ""
	if m := weekdayRe.FindStringSubmatch(t); m != nil {
		weekday = m[1] + m[2]
		t = strings.TrimSuffix(t, m[0])
	}
	d, err := parseTyped(arabic(t))
	if err != nil {
		return Date{}, err
	}
	if weekday != "" && !strings.HasPrefix(weekdays[d.Weekday()], weekday) {
		return Date{}, formError("date with another day's weekday")
	}
	return d, nil
}

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

func parseTyped(t string) (Date, error) {
	if m := bothRe.FindStringSubmatch(t); m != nil {
		era, eraYear, western := m[1]+m[5], m[2]+m[6], m[3]+m[4]
		y, ok := eraStart(era, eraYear)
		if w, _ := digits(western); !ok || w != y {
			return Date{}, formError("date with two years")
		}
		t = western + "年" + strings.TrimPrefix(t, m[0])
	}
	if m := westernRe.FindStringSubmatch(t); m != nil {
		return typedDate(m[1], m[2], m[3])
	}
	if m := packedRe.FindStringSubmatch(t); m != nil {
		return typedDate(m[1], m[2], m[3])
	}
	if m := serialRe.FindStringSubmatch(t); m != nil {
		n, _ := digits(m[1])
		if n < 10000 {
			return Date{}, formError("date")
		}
		return excelEpoch.AddDays(n), nil
	}
	for _, re := range []*regexp.Regexp{japaneseRe, packedEra, codedEra} {
		if m := re.FindStringSubmatch(t); m != nil {
			return eraDate(m[1], m[2], m[3], m[4])
		}
	}
	return Date{}, formError("date")
}

func typedDate(year, month, day string) (Date, error) {
	y, _ := digits(year)
	m, _ := digits(month)
	d, _ := digits(day)
	if y < firstTyped || y > lastTyped {
		return Date{}, formError("date")
	}
	return validDate(y, m, d)
}

func eraDate(era, year, month, day string) (Date, error) {
	y, ok := eraStart(era, year)
	if !ok || y <= lunarUntil {
		return Date{}, formError("date")
	}
	m, _ := digits(month)
	d, _ := digits(day)
	return validDate(y, m, d)
}

// eraStart returns the Gregorian year of an era's year. The era is its name, the
// name's first kanji, its letter in lower case, or its code: 1 for 明治 to 5 for 令和.
func eraStart(era, year string) (int, bool) {
	n := 1
	if year != "元" {
		n, _ = digits(year)
	}
	if n < 1 {
		return 0, false
	}
	for i, e := range eras {
		if strings.HasPrefix(e.Name, era) || strings.EqualFold(e.Letter, era) || era == string(rune('0'+len(eras)-i)) {
			return e.Start.Year + n - 1, true
		}
	}
	return 0, false
}
