package record

import (
	"fmt"
	"slices"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
)

// Sum is what some activities add up to.
type Sum struct {
	Acts    int64
	Minutes int64
	Heads   int64
}

// Hours returns the whole hours, rounded to the nearest.
func (s Sum) Hours() int64 { return (s.Minutes + 30) / 60 }

// Year is the record of one programme in a fiscal year.
type Year struct {
	Programme  db.ID
	FiscalYear int     // the year in whose April it begins
	Months     [12]Sum // April first
	Heads      []Head  // participants by age band and language, in the order of Ages and i18n.Langs
}

// First returns the first day of the fiscal year.
func First(year int) jp.Date { return jp.NewDate(year, 4, 1) }

// Total returns the sum of the twelve months.
func (y Year) Total() (t Sum) {
	for _, m := range y.Months {
		t.Acts += m.Acts
		t.Minutes += m.Minutes
		t.Heads += m.Heads
	}
	return t
}

// Until returns the sum of the first n months, for comparing with a year that
// is not over.
func (y Year) Until(n int) (t Sum) {
	part := y
	for i := n; i < len(part.Months); i++ {
		part.Months[i] = Sum{}
	}
	return part.Total()
}

// ByAge returns the participants of each of Ages, and last those of whom no age
// is known.
func (y Year) ByAge() []Head {
	return y.by(append(slices.Clone(Ages), Unknown), func(h Head) string { return h.Age }, func(k string) Head { return Head{Age: k} })
}

// ByLang returns the participants of each language, and last those of whom none
// is known.
func (y Year) ByLang() []Head {
	keys := make([]string, 0, len(i18n.Langs)+1)
	for _, l := range i18n.Langs {
		keys = append(keys, string(l))
	}
	return y.by(append(keys, Unknown), func(h Head) string { return h.Lang }, func(k string) Head { return Head{Lang: k} })
}

func (y Year) by(keys []string, key func(Head) string, make func(string) Head) (out []Head) {
	for _, k := range keys {
		sum := make(k)
		for _, h := range y.Heads {
			if key(h) == k {
				sum.Heads += h.Heads
			}
		}
		out = append(out, sum)
	}
	return out
}

// Of returns the record of a programme in a fiscal year; one without activities
// is all zero.
func Of(tx *db.Tx, programme db.ID, year int) (_ Year, err error) {
	defer fault.Wrap(&err, "record.Of(%v, %d)", programme, year)
	y := Year{Programme: programme, FiscalYear: year}
	type row struct {
		month string
		Head
		acts, minutes int64
	}
	from, to := month(First(year)), month(First(year+1).AddDays(-1))
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.month, &r.Age, &r.Lang, &r.acts, &r.minutes, &r.Heads} },
		`SELECT month, age, lang, CAST(SUM(acts) AS BIGINT), CAST(SUM(minutes) AS BIGINT), CAST(SUM(heads) AS BIGINT) FROM record_months
		WHERE programme_id = $1 AND month >= $2 AND month <= $3 GROUP BY month, age, lang`, programme, from, to)
	if err != nil {
		return y, err
	}
	heads := map[[2]string]int64{}
	for _, r := range rows {
		i, err := monthIndex(r.month, year)
		if err != nil {
			return y, err
		}
		m := &y.Months[i]
		m.Acts += r.acts
		m.Minutes += r.minutes
		m.Heads += r.Heads
		if r.Age != "" {
			heads[[2]string{r.Age, r.Lang}] += r.Heads
		}
	}
	for _, age := range append(slices.Clone(Ages), Unknown) {
		for _, l := range append(slices.Clone(i18n.Langs), Unknown) {
			if n := heads[[2]string{age, string(l)}]; n != 0 {
				y.Heads = append(y.Heads, Head{age, string(l), n})
			}
		}
	}
	return y, nil
}

// monthIndex returns the place of a month, 2026-11, in the fiscal year.
func monthIndex(month string, year int) (int, error) {
	d, err := jp.ParseDate(month + "-01")
	if err != nil {
		return 0, err
	}
	i := (d.Year-year)*12 + int(d.Month) - 4
	if i < 0 || i > 11 {
		return 0, fmt.Errorf("record: %s is not in fiscal year %d", month, year)
	}
	return i, nil
}

// Years returns the fiscal years in which the programme has activities, the
// newest first.
func Years(tx *db.Tx, programme db.ID) (out []int, err error) {
	defer fault.Wrap(&err, "record.Years(%v)", programme)
	months, err := db.All(tx, func(s *string) []any { return []any{s} },
		`SELECT DISTINCT month FROM record_months WHERE programme_id = $1 AND acts > 0`, programme)
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		d, err := jp.ParseDate(m + "-01")
		if err != nil {
			return nil, err
		}
		if y := jp.FiscalYear(d); !slices.Contains(out, y) {
			out = append(out, y)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// Groups returns the groups that took part in the programme since the day, most
// often first, up to limit.
func Groups(tx *db.Tx, programme db.ID, since jp.Date, limit int) (_ []db.ID, err error) {
	defer fault.Wrap(&err, "record.Groups(%v)", programme)
	return db.All(tx, func(id *db.ID) []any { return []any{id} },
		`SELECT group_id FROM record_groups WHERE programme_id = $1 AND acts > 0 AND last_on >= $2 ORDER BY acts DESC, group_id LIMIT $3`,
		programme, since, limit)
}

// Wrong is a sum that does not equal its activities.
type Wrong struct {
	Programme db.ID
	Month     string
	Have, Is  Sum
}

// Prove adds up all activities and returns where the sums differ from them, for
// doctor.
func Prove(tx *db.Tx) (out []Wrong, err error) {
	defer fault.Wrap(&err, "record.Prove()")
	type row struct {
		programme db.ID
		month     string
		Sum
	}
	scan := func(r *row) []any { return []any{&r.programme, &r.month, &r.Acts, &r.Minutes, &r.Heads} }
	is, err := db.All(tx, scan, `SELECT programme_id, SUBSTR(on_date, 1, 7), COUNT(*), CAST(SUM(minutes) AS BIGINT), CAST(SUM(heads) AS BIGINT)
		FROM activities GROUP BY programme_id, SUBSTR(on_date, 1, 7) ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	have, err := db.All(tx, scan, `SELECT programme_id, month, CAST(SUM(acts) AS BIGINT), CAST(SUM(minutes) AS BIGINT), CAST(SUM(heads) AS BIGINT)
		FROM record_months GROUP BY programme_id, month ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	type key struct {
		programme db.ID
		month     string
	}
	truth := make(map[key]Sum, len(is))
	for _, r := range is {
		truth[key{r.programme, r.month}] = r.Sum
	}
	for _, r := range have {
		k := key{r.programme, r.month}
		if truth[k] != r.Sum {
			out = append(out, Wrong{r.programme, r.month, r.Sum, truth[k]})
		}
		delete(truth, k)
	}
	for k, s := range truth {
		out = append(out, Wrong{k.programme, k.month, Sum{}, s})
	}
	return out, nil
}
