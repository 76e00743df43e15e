package jp

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Tokyo is the time zone of every civil time here: nine hours ahead of UTC,
// all year. It is fixed, so no time zone database is needed.
var Tokyo = time.FixedZone("JST", int((9 * time.Hour).Seconds()))

// ErrForm is wrapped by the error of every parser of this package: the text
// has no form that the parser knows, or one that could mean two things.
var ErrForm = errors.New("not in a known form")

func formError(what string) error { return fmt.Errorf("jp: %s: %w", what, ErrForm) }

// Date is a civil date of the Gregorian calendar. The zero value means "none":
// it comes before every date, and nothing can be added to it. Dates compare
// with == and serve as map keys.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns the date, with months and days outside their range carried
// over as time.Date does: 30 February is 1 or 2 March.
func NewDate(y int, m time.Month, d int) Date {
	return dateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that calendars in Japan show at the instant.
func DateOf(t time.Time) Date { return dateOf(t.In(Tokyo)) }

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads exactly YYYY-MM-DD, the form in which dates are stored. For
// what people type, see ParseAnyDate.
func ParseDate(s string) (Date, error) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return Date{}, formError("date")
	}
	y, okY := digits(s[:4])
	m, okM := digits(s[5:7])
	d, okD := digits(s[8:])
	if !okY || !okM || !okD || y == 0 {
		return Date{}, formError("date")
	}
	return validDate(y, m, d)
}

// validDate refuses days that are not in the calendar instead of carrying them over.
func validDate(y, m, d int) (Date, error) {
	date := Date{y, time.Month(m), d}
	if m < 1 || m > 12 || d < 1 || d > 31 || NewDate(y, time.Month(m), d) != date {
		return Date{}, formError("date")
	}
	return date, nil
}

// digits reads ASCII digits only; strconv.Atoi would let a sign through.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// String returns YYYY-MM-DD, or "" for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	if d.Year < 0 || d.Year > 9999 || d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > 31 {
		return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
	}
	y, m := d.Year, int(d.Month)
	return string([]byte{
		'0' + byte(y/1000), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10), '-',
		'0' + byte(m/10), '0' + byte(m%10), '-',
		'0' + byte(d.Day/10), '0' + byte(d.Day%10),
	})
}

// IsZero reports whether the date is none.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return NewDate(d.Year, d.Month, d.Day+n)
}

// AddMonths returns the same day n months later, or the last day of that month
// when it has no such day (Civil Code, article 143 paragraph 2).
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	first := NewDate(d.Year, d.Month+time.Month(n), 1)
	return Date{first.Year, first.Month, min(d.Day, first.lastDay())}
}

func (d Date) lastDay() int { return NewDate(d.Year, d.Month+1, 0).Day }

// Sub returns the days from e to d: 1 when e is the day before.
func (d Date) Sub(e Date) int {
	return int((d.utc().Unix() - e.utc().Unix()) / int64((24 * time.Hour).Seconds()))
}

// Compare returns -1, 0 or 1 as d is before, the same as or after e; the zero
// date is before all others.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// At returns the instant that many minutes after midnight in Tokyo; 1440 is
// the next midnight.
func (d Date) At(minutes int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minutes, 0, 0, Tokyo)
}

// Age returns the completed years, on the given date, of somebody born on d.
// Born on 29 February, one is a year older from 1 March of ordinary years, as
// everyday life and schools count. (The law on the calculation of age lets the
// year complete at the end of the day before.) It is 0 before birth and for
// the zero date.
func (d Date) Age(on Date) int {
	if d.IsZero() || on.Before(d) {
		return 0
	}
	years := on.Year - d.Year
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		years--
	}
	return years
}

// Value stores the date as TEXT YYYY-MM-DD, the zero date as "".
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads TEXT YYYY-MM-DD; NULL and "" become the zero date.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("jp: date from %T: %w", src, ErrForm)
}

// MarshalText returns YYYY-MM-DD, or nothing for the zero date.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD; nothing becomes the zero date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
