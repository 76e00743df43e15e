package jp

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

const (
	minutesInHour = 60
	minutesInDay  = 24 * minutesInHour
	noon          = minutesInDay / 2
)

var (
	halfRe     = regexp.MustCompile(`^(午前|午後|am|pm|a\.m\.|p\.m\.)?`)
	clockRe    = regexp.MustCompile(`^(\d{1,2})(?::(\d{2})(?::00)?|時(?:(\d{1,2})分|(半))?)$`)
	packedTime = regexp.MustCompile(`^(\d{1,2})(\d{2})$`)
	dayPart    = regexp.MustCompile(`^0?\.\d+$`)
)

// Clock reads a clock time as minutes after midnight, 0 to 1440: 9:00, ９時, 9時半,
// 9時05分, 0900, 900, 午後1時30分, 1:30 PM, 正午, 24:00, and Excel's part of a day
// (0.375). Seconds must be zero.
//
// It refuses times past 24:00 and those that people read in two ways: 午後12:00
// (midnight by the decree of 1872, noon to most) and 午前12 o'clock anything.
func Clock(s string) (minutes int, err error) {
	if len(s) > longestCell {
		return 0, formError("time")
	}
	t := arabic(strings.ToLower(tight(s)))
	switch t {
	case "正午":
		return noon, nil
	case "":
		return 0, formError("time")
	}
	if dayPart.MatchString(t) {
		return partOfDay(t)
	}
	half := halfRe.FindString(t)
	t = strings.TrimPrefix(t, half)
	if half == "" {
		for _, suffix := range []string{"am", "pm", "a.m.", "p.m."} {
			if strings.HasSuffix(t, suffix) {
				half, t = suffix, strings.TrimSuffix(t, suffix)
				break
			}
		}
	}
	h, m, ok := hourMinute(t)
	if !ok || m >= minutesInHour {
		return 0, formError("time")
	}
	return onClock(strings.ReplaceAll(half, ".", ""), h, m)
}

func hourMinute(t string) (h, m int, ok bool) {
	if g := clockRe.FindStringSubmatch(t); g != nil {
		h, _ = digits(g[1])
		m, _ = digits(g[2] + g[3])
		if g[4] != "" {
			m = minutesInHour / 2
		}
		return h, m, true
	}
	if g := packedTime.FindStringSubmatch(t); g != nil && len(t) >= len("900") {
		h, _ = digits(g[1])
		m, _ = digits(g[2])
		return h, m, true
	}
	return 0, 0, false
}

// onClock places an hour and minute in the half of the day that was named.
func onClock(half string, h, m int) (int, error) {
	at := h*minutesInHour + m
	switch half {
	case "":
		if at <= minutesInDay {
			return at, nil
		}
	case "am", "pm":
		// English counts 12, 1, 2 … 11: 12 AM is midnight and 12 PM noon.
		if h >= 1 && h <= 12 {
			at %= noon
			if half == "pm" {
				at += noon
			}
			return at, nil
		}
	case "午前":
		if at < noon {
			return at, nil
		}
	case "午後":
		if at < noon {
			return at + noon, nil
		}
		if h == 12 && m > 0 {
			return at, nil
		}
	}
	return 0, formError("time")
}

// partOfDay reads Excel's fraction of a day, which must be a whole minute but for rounding.
func partOfDay(t string) (int, error) {
	f, err := strconv.ParseFloat(t, 64)
	if err != nil {
		return 0, formError("time")
	}
	at := math.Round(f * minutesInDay)
	if math.Abs(f*minutesInDay-at) > 0.01 {
		return 0, formError("time")
	}
	return int(at), nil
}

// FormatClock writes minutes after midnight as H:MM, which Clock reads back.
func FormatClock(minutes int) string {
	return fmt.Sprintf("%d:%02d", minutes/minutesInHour, minutes%minutesInHour)
}
