package record_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"kakehashi/domains/programmes"
	"kakehashi/domains/programmes/programme"
	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

var (
	tables = []db.Migrations{audit.Migrations(), programmes.Migrations()}
	clerk  = db.Actor{Person: 7, Via: "web"}
)

// made adds a programme to record for.
func made(t testing.TB, d *db.DB) (id db.ID) {
	t.Helper()
	p := programme.Programme{Field: "watch", Texts: programme.Texts{Name: i18n.Text{i18n.Ja: "老人クラブによる見守り"}}}
	if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { p.ID = 0; return programme.Add(tx, &p) }); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func write(t testing.TB, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), clerk, fn); err != nil {
		t.Fatal(err)
	}
}

// year reads the record, and proves the sums first.
func year(t testing.TB, d *db.DB, of db.ID, fiscal int) (y record.Year) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		wrong, err := record.Prove(tx)
		if err != nil {
			return err
		}
		for _, w := range wrong {
			t.Errorf("the sums of %s are %+v, the activities add up to %+v", w.Month, w.Have, w.Is)
		}
		y, err = record.Of(tx, of, fiscal)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return y
}

func visit(of, source db.ID, on string, minutes int64, who map[string]int64) module.Activity {
	day, err := jp.ParseDate(on)
	if err != nil {
		panic(err)
	}
	return module.Activity{Programme: of, Kind: "visit", Source: source, On: day, Minutes: minutes, Participants: who}
}

func TestRecord_ReplacesTheSameSource(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		of, source := made(t, d), db.NewID()
		write(t, d, func(tx *db.Tx) error {
			return record.Record(tx, visit(of, source, "2026-03-31", 60, map[string]int64{"65+/ja": 3, "18-39/vi": 1}))
		})
		write(t, d, func(tx *db.Tx) error {
			return record.Record(tx, visit(of, source, "2026-04-01", 90, map[string]int64{"65+/ja": 2, "40-64/tr": 4}))
		})
		if got := year(t, d, of, 2025).Total(); got != (record.Sum{}) {
			t.Errorf("fiscal 2025 after the day was corrected: %+v, want nothing", got)
		}
		y := year(t, d, of, 2026)
		if got, want := y.Total(), (record.Sum{Acts: 1, Minutes: 90, Heads: 6}); got != want {
			t.Errorf("fiscal 2026: %+v, want %+v", got, want)
		}
		if got, want := y.Months[0].Heads, int64(6); got != want {
			t.Errorf("April has %d participants, want %d", got, want)
		}
		want := []record.Head{{Age: "40-64", Lang: "tr", Heads: 4}, {Age: "65+", Lang: "ja", Heads: 2}}
		if fmt.Sprint(y.Heads) != fmt.Sprint(want) {
			t.Errorf("participants: %v, want %v", y.Heads, want)
		}
		write(t, d, func(tx *db.Tx) error { return record.Drop(tx, source) })
		write(t, d, func(tx *db.Tx) error { return record.Drop(tx, source) })
		if got := year(t, d, of, 2026).Total(); got != (record.Sum{}) {
			t.Errorf("after it was dropped, twice: %+v, want nothing", got)
		}
	})
}

// TestRecord_ManyWriters records, replaces and drops from many sides at once;
// the sums still equal the activities.
func TestRecord_ManyWriters(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		of := made(t, d)
		sources := make([]db.ID, 12)
		for i := range sources {
			sources[i] = db.NewID()
		}
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(w)))
				for range 25 {
					source := sources[r.IntN(len(sources))]
					a := visit(of, source, fmt.Sprintf("2026-%02d-%02d", 4+r.IntN(3), 1+r.IntN(28)), r.Int64N(200),
						map[string]int64{"65+/ja": r.Int64N(4), "0-11/vi": r.Int64N(3), "18-39/ne": 1})
					drop := r.IntN(6) == 0
					err := d.Write(t.Context(), clerk, func(tx *db.Tx) error {
						if drop {
							return record.Drop(tx, source)
						}
						return record.Record(tx, a)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := year(t, d, of, 2026).Total(); got.Acts > int64(len(sources)) {
			t.Errorf("%d activities from %d sources", got.Acts, len(sources))
		}
	})
}

func TestCorrect_ByHand(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		of := made(t, d)
		today := jp.DateOf(d.Now())
		a := record.Activity{Activity: visit(of, 0, today.AddDays(-1).String(), 30, map[string]int64{"65+/ja": 1})}
		err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return record.Enter(tx, &a) })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v, want Invalid", err)
		}
		a.Reason = "紙の報告書から"
		write(t, d, func(tx *db.Tx) error { return record.Enter(tx, &a) })

		late := a
		late.On = today.AddDays(1)
		if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return record.Correct(tx, &late) }); !fault.Is(err, fault.Invalid) {
			t.Errorf("on a day to come: %v, want Invalid", err)
		}
		mine, theirs := a, a
		theirs.Minutes = 45
		write(t, d, func(tx *db.Tx) error { return record.Correct(tx, &theirs) })
		mine.Minutes = 50
		if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return record.Correct(tx, &mine) }); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second editor: %v, want Conflict", err)
		}
		if got := year(t, d, of, jp.FiscalYear(a.On)).Total(); got.Minutes != 45 {
			t.Errorf("%d minutes stand there, want those of the first editor, 45", got.Minutes)
		}
		write(t, d, func(tx *db.Tx) error { return record.TakeOut(tx, a.ID, theirs.Version, "二重に書いた") })
		if got := year(t, d, of, jp.FiscalYear(a.On)).Total(); got.Acts != 0 {
			t.Errorf("after it was taken out there are %d activities", got.Acts)
		}
	})
}

func TestRecord_RefusesWhatCannotBe(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		of := made(t, d)
		for name, a := range map[string]module.Activity{
			"no such age band":     visit(of, db.NewID(), "2026-05-01", 30, map[string]int64{"20-29/ja": 1}),
			"no such language":     visit(of, db.NewID(), "2026-05-01", 30, map[string]int64{"18-39/xx": 1}),
			"fewer than nobody":    visit(of, db.NewID(), "2026-05-01", 30, map[string]int64{"18-39/ja": -1}),
			"shorter than no time": visit(of, db.NewID(), "2026-05-01", -1, nil),
			"not over yet":         visit(of, db.NewID(), "2999-05-01", 30, nil),
		} {
			if err := d.Write(t.Context(), clerk, func(tx *db.Tx) error { return record.Record(tx, a) }); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want Invalid", name, err)
			}
		}
	})
}

func TestList_PagesWithoutGaps(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		of := made(t, d)
		for i := range 11 {
			write(t, d, func(tx *db.Tx) error {
				return record.Record(tx, visit(of, db.NewID(), fmt.Sprintf("2026-05-%02d", 1+i/3), 10, nil))
			})
		}
		seen := map[db.ID]bool{}
		var day jp.Date
		var id db.ID
		for range 10 {
			var lines []record.Line
			err := d.Read(t.Context(), func(tx *db.Tx) (err error) { lines, err = record.List(tx, of, day, id, 4); return err })
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if seen[l.ID] || !day.IsZero() && l.On.After(day) {
					t.Errorf("%v %v comes again, or out of order", l.On, l.ID)
				}
				seen[l.ID] = true
				day, id = l.On, l.ID
			}
			if len(lines) < 4 {
				break
			}
		}
		if len(seen) != 11 {
			t.Errorf("the pages show %d of 11", len(seen))
		}
	})
}

func TestAgeBand(t *testing.T) {
	for years, want := range map[int]string{-1: "unknown", 0: "0-11", 11: "0-11", 12: "12-17", 17: "12-17", 18: "18-39", 39: "18-39", 40: "40-64", 64: "40-64", 65: "65+", 104: "65+"} {
		if got := record.AgeBand(years); got != want {
			t.Errorf("AgeBand(%d) = %s, want %s", years, got, want)
		}
	}
}

// BenchmarkYear reads the record of a programme with 20,000 activities a year.
func BenchmarkYear(b *testing.B) {
	d := dbtest.Open(b, db.SQLite, tables)
	of := made(b, d)
	r := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		write(b, d, func(tx *db.Tx) error {
			for range 500 {
				a := visit(of, db.NewID(), fmt.Sprintf("2025-%02d-%02d", 4+r.IntN(9), 1+r.IntN(28)), 60,
					map[string]int64{record.Ages[r.IntN(5)] + "/ja": 3, record.Ages[r.IntN(5)] + "/" + string(i18n.Langs[r.IntN(10)]): 2})
				if err := record.Record(tx, a); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for b.Loop() {
		if err := d.Read(b.Context(), func(tx *db.Tx) error { _, err := record.Of(tx, of, 2025); return err }); err != nil {
			b.Fatal(err)
		}
	}
}
