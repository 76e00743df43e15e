package jp

import "time"

// Working reports whether public offices are open on the day: not on Saturdays,
// Sundays and national holidays, nor from 29 December to 3 January
// (行政機関の休日に関する法律, and the ordinances that follow it).
func Working(d Date) bool {
	if w := d.Weekday(); w == time.Sunday || w == time.Saturday {
		return false
	}
	if d.Month == time.December && d.Day >= 29 || d.Month == time.January && d.Day <= 3 {
		return false
	}
	_, holiday := Holiday(d)
	return !holiday
}

// WorkingDays returns the day that many working days after from, which itself
// does not count; from when n is 0 or less.
func WorkingDays(from Date, n int) Date {
	for n > 0 {
		from = from.AddDays(1)
		if Working(from) {
			n--
		}
	}
	return from
}
