package i18n

import (
	"strconv"
	"time"

	"kakehashi/engines/jp"
)

const (
	hourMinutes = 60
	halfDay     = 12 * hourMinutes
	wholeDay    = 24 * hourMinutes
)

// Time returns a time of day given in minutes after midnight, 0 to 1440; 1440
// is the end of the day, 24:00. Beyond that the clock starts again.
func (l *Localizer) Time(minutes int) string {
	minutes = max(minutes, 0)
	if minutes > wholeDay {
		minutes %= wholeDay
	}
	hour, minute := minutes/hourMinutes, minutes%hourMinutes
	hour12 := (hour+11)%12 + 1
	return l.timeTemplate(minutes).fill(
		"hour", strconv.Itoa(hour),
		"hour_two", twoDigits(hour),
		"hour12", strconv.Itoa(hour12),
		"half", strconv.Itoa(hour%12), // 0 to 11: 午前0時30分
		"minute", twoDigits(minute),
		"minutes", strconv.Itoa(minute),
	)
}

// timeTemplate tells apart what some language says in a way of its own.
func (l *Localizer) timeTemplate(minutes int) template {
	sharp := minutes%hourMinutes == 0
	switch {
	case minutes == wholeDay:
		return l.midnightEnd
	case minutes == 0:
		return l.midnight
	case minutes == halfDay:
		return l.noonSharp
	case minutes > halfDay && minutes < halfDay+hourMinutes:
		return l.noon
	case minutes < halfDay && sharp:
		return l.amSharp
	case minutes < halfDay:
		return l.am
	case sharp:
		return l.pmSharp
	default:
		return l.pm
	}
}

func twoDigits(n int) string {
	return string([]byte{'0' + byte(n/10), '0' + byte(n%10)})
}

// Times returns a time of day from one to another, in minutes after midnight:
// 13:00〜16:30, 1:00–4:30 pm.
func (l *Localizer) Times(from, to int) string {
	t := l.times
	// 12:00 noon and midnight carry a word of their own, which must stay.
	if from/halfDay == to/halfDay && from%halfDay != 0 && to < wholeDay {
		t = l.timesSameHalf
	}
	hour12 := (from/hourMinutes+11)%12 + 1
	return t.fill(
		"from", l.Time(from),
		"to", l.Time(to),
		"from_clock", strconv.Itoa(hour12)+":"+twoDigits(from%hourMinutes),
	)
}

// Clock returns the instant's time of day in Tokyo.
func (l *Localizer) Clock(t time.Time) string { return l.Time(minuteOf(t)) }

// minuteOf returns the minutes since midnight in Tokyo.
func minuteOf(t time.Time) int {
	t = t.In(jp.Tokyo)
	return t.Hour()*hourMinutes + t.Minute()
}

// DateTime returns the instant's date, weekday and time of day in Tokyo:
// 11月28日（土）13:00. No time is "".
func (l *Localizer) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return l.at(jp.DateOf(t), minuteOf(t))
}

func (l *Localizer) at(d jp.Date, minutes int) string {
	return l.dateTime.fill("date", l.Date(d), "time", l.Time(minutes))
}

// Range returns a span of time in Tokyo, with the date once when it begins and
// ends on one day: 11月28日（土）13:00〜16:30. Midnight ends the day before it.
func (l *Localizer) Range(from, to time.Time) string {
	if !to.After(from) {
		return l.DateTime(from)
	}
	first, last := jp.DateOf(from), jp.DateOf(to)
	end := minuteOf(to)
	if end == 0 && first != last {
		last, end = last.AddDays(-1), wholeDay
	}
	if first == last {
		return l.dateTime.fill("date", l.Date(first), "time", l.Times(minuteOf(from), end))
	}
	return l.span.fill("from", l.DateTime(from), "to", l.at(last, end))
}

// Ago returns how long before now it was: minutes, hours, yesterday, days, and
// after a week the date, with its year when that is another one. What lies in
// the future, since clocks differ, is just now.
func (l *Localizer) Ago(t, now time.Time) string {
	since := now.Sub(t)
	day, today := jp.DateOf(t), jp.DateOf(now)
	days := today.Sub(day)
	switch {
	case since < time.Minute:
		return l.justNow
	case since < time.Hour:
		return l.T("i18n.ago.minutes", "count", int(since/time.Minute))
	case days == 0 || since < 12*time.Hour:
		return l.T("i18n.ago.hours", "count", int(since/time.Hour))
	case days == 1:
		return l.yesterday
	case days < 7:
		return l.T("i18n.ago.days", "count", days)
	case day.Year == today.Year:
		return l.Date(day)
	default:
		return l.DateLong(day)
	}
}
