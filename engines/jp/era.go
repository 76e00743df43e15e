package jp

import "time"

// Era is a 元号, the name of a reign by which Japanese offices count years.
type Era struct {
	Name   string // 令和
	Kana   string // れいわ
	Roman  string // Reiwa
	Letter string // R, as forms abbreviate it (JIS X 0301)
	Start  Date   // its first day
}

// eras, newest first. 明治 begins on the day it was proclaimed, as in Unicode's
// CLDR; the others on the days their cabinet orders or rescripts name.
var eras = []Era{
	{"令和", "れいわ", "Reiwa", "R", Date{2019, time.May, 1}},
	{"平成", "へいせい", "Heisei", "H", Date{1989, time.January, 8}},
	{"昭和", "しょうわ", "Showa", "S", Date{1926, time.December, 25}},
	{"大正", "たいしょう", "Taisho", "T", Date{1912, time.July, 30}},
	{"明治", "めいじ", "Meiji", "M", Date{1868, time.October, 23}},
}

// EraOf returns the era of the date and the year in it, where 1 is 元年. Before
// 明治 it returns the zero Era and 0.
func EraOf(d Date) (Era, int) {
	for _, e := range eras {
		if !d.Before(e.Start) {
			return e, d.Year - e.Start.Year + 1
		}
	}
	return Era{}, 0
}

// FiscalYear returns the 年度 that the date lies in, 1 April to 31 March, by the
// year in which it begins (Local Autonomy Act, article 208).
func FiscalYear(d Date) int {
	if d.Month < time.April {
		return d.Year - 1
	}
	return d.Year
}
