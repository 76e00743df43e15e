package ui

import (
	"time"

	"kakehashi/engines/jp"
)

// MonthOf describes a Month.
type MonthOf struct {
	Month   jp.Date // any day of it
	Prev    string  // address of the month before; "" = none
	Next    string  // address of the month after; "" = none
	Current jp.Date // the day that is shown elsewhere on the page; zero = none
	Day     func(jp.Date) DayState
}

// DayState is what is known of one day.
type DayState struct {
	State State
	Href  string // "" = cannot be chosen
	Note  string // why: a holiday's name, "closed"; "" = none
}

// GridOf describes a Grid: what can be had, rows by columns.
type GridOf struct {
	Caption string
	Corner  string     // what the rows are: "room"
	Columns []GridHead // bands, or days
	Rows    []GridRow
}

// GridHead names a column.
type GridHead struct {
	Label string
	Sub   string  // a second line: times
	Date  jp.Date // when the column is a day: colours weekends
}

// GridRow is a row of a Grid with one slot a column.
type GridRow struct {
	Label string
	Sub   string
	Href  string // "" = the label leads nowhere
	Slots []Slot
}

// Slot is one field of a Grid.
type Slot struct {
	State State
	Href  string // "" = cannot be chosen
	Note  string // a price, a remaining number; "" = none
}

// id names the month's heading on its page.
func (m MonthOf) id() string { return "month-" + m.Month.String()[:len("2006-01")] }

// weeks returns the days of the month in weeks from Sunday, as calendars on
// Japanese walls have them; days of other months are zero.
func (m MonthOf) weeks() [][7]jp.Date {
	first := jp.NewDate(m.Month.Year, m.Month.Month, 1)
	var out [][7]jp.Date
	var week [7]jp.Date
	for d := first; d.Month == first.Month; d = d.AddDays(1) {
		week[d.Weekday()] = d
		if d.Weekday() == time.Saturday {
			out, week = append(out, week), [7]jp.Date{}
		}
	}
	if week != ([7]jp.Date{}) {
		out = append(out, week)
	}
	return out
}

// dayClass colours Sundays and holidays as Japanese calendars do, and Saturdays.
func dayClass(d jp.Date) string {
	if d.IsZero() {
		return ""
	}
	if _, holiday := jp.Holiday(d); holiday || d.Weekday() == time.Sunday {
		return "sun"
	}
	if d.Weekday() == time.Saturday {
		return "sat"
	}
	return ""
}

var weekdays = [7]time.Weekday{time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday}

// slotName is what a screen reader hears of a slot before its state, where a
// link is read out of its table.
func slotName(row GridRow, columns []GridHead, i int) string {
	if i >= len(columns) {
		return row.Label
	}
	name := row.Label + " " + columns[i].Label
	if columns[i].Sub != "" {
		name += " " + columns[i].Sub
	}
	return name
}
