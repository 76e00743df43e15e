package counter

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
)

var monthDay = regexp.MustCompile(`^(\d{1,2})(?:[/.\-]|月)(\d{1,2})日?$`)

// Day reads the day of use as a clerk types it from paper: whatever
// jp.ParseAnyDate reads, or month and day alone (12/5, 12月5日), which means the
// next such day from today on.
func Day(s string, today jp.Date) (jp.Date, bool) {
	s = strings.TrimSpace(norm.NFKC.String(s))
	if m := monthDay.FindStringSubmatch(s); m != nil {
		for year := today.Year; year <= today.Year+4; year++ { // 29 February comes within four years
			d, err := jp.ParseDate(strconv.Itoa(year) + "-" + two(m[1]) + "-" + two(m[2]))
			if err == nil && !d.Before(today) {
				return d, true
			}
		}
		return jp.Date{}, false
	}
	d, err := jp.ParseAnyDate(s)
	return d, err == nil
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// Time reads from when until when a room is wanted, in minutes after midnight:
// the number of a band of the room, or of the first and the last (1, 1-2), or
// clock times (9-12, 9:00-12:30, 9時～12時半). A single number is a band where the
// room has so many; two numbers are bands where both are, else hours.
func Time(s string, room facility.Room) (from, to int, ok bool) {
	s = strings.ReplaceAll(norm.NFKC.String(s), " ", "")
	for _, dash := range []string{"~", "〜", "から", "–", "ー", "―"} {
		s = strings.ReplaceAll(s, dash, "-")
	}
	s = strings.TrimSuffix(s, "まで")
	first, last, two := strings.Cut(s, "-")
	if !two {
		last = first
	}
	a, err1 := strconv.Atoi(first)
	b, err2 := strconv.Atoi(last)
	if n := len(room.Bands); err1 == nil && err2 == nil && a >= 1 && a <= b && b <= n {
		return room.Bands[a-1].From, room.Bands[b-1].To, true
	}
	if !two {
		return 0, 0, false
	}
	from, ok1 := clock(first)
	to, ok2 := clock(last)
	return from, to, ok1 && ok2 && from < to
}

// clock reads a time of day; a number alone is an hour.
func clock(s string) (int, bool) {
	if h, err := strconv.Atoi(s); err == nil && len(s) <= 2 {
		return h * 60, h >= 0 && h <= 24
	}
	m, err := jp.Clock(s)
	return m, err == nil
}
