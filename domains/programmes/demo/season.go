package demo

import (
	"context"
	"math/rand/v2"

	"kakehashi/domains/programmes/record"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// Season is how busy a programme is: Monthly activities in a month, spread over
// the Year by its weights (April first), each of some Minutes and Heads, of
// whom Ages of a hundred fall into each of record.Ages and Foreign of a hundred
// read another language first.
type Season struct {
	Kind    string
	Monthly int
	Year    [12]int
	Minutes [2]int
	Heads   [2]int
	Ages    [5]int
	Foreign int
}

// foreign is how those who read another language first divide: about as the
// city's residents from abroad do.
var foreign = []struct {
	lang i18n.Lang
	of   int
}{
	{i18n.ZhHans, 42}, {i18n.Vi, 19}, {i18n.Fil, 10}, {i18n.Tr, 9}, {i18n.Ko, 7}, {i18n.Ne, 6}, {i18n.JaEasy, 3}, {i18n.En, 2}, {i18n.ZhHant, 2},
}

// batch is how many activities go into one transaction.
const batch = 200

// Draw draws activities from the April two fiscal years before today's until
// yesterday. Groups take part in turn, some more than others.
func (s Season) Draw(r *rand.Rand, today jp.Date, groups []db.ID) (out []module.Activity) {
	first := jp.FiscalYear(today) - 2
	total := 0
	for _, w := range s.Year {
		total += w
	}
	share := 0.0 // what rounding has left over
	for m := range 36 {
		month := record.First(first).AddMonths(m)
		// The city grows a little more active from year to year.
		share += float64(s.Monthly*12*s.Year[m%12]) / float64(total) * (1 + 0.06*float64(m/12)) * (0.9 + 0.2*r.Float64())
		n := int(share)
		share -= float64(n)
		for range n {
			a := s.one(r, month, groups)
			if a.On.Before(today) {
				out = append(out, a)
			}
		}
	}
	return out
}

// one draws one activity of a month.
func (s Season) one(r *rand.Rand, month jp.Date, groups []db.ID) module.Activity {
	a := module.Activity{
		Kind: s.Kind, On: month.AddDays(r.IntN(month.AddMonths(1).Sub(month))),
		Minutes: int64(s.Minutes[0]+r.IntN(s.Minutes[1]-s.Minutes[0]+1)) / 5 * 5, Participants: map[string]int64{},
	}
	if len(groups) > 0 && s.Kind != "consultation" && r.IntN(10) < 7 {
		a.Group = groups[min(r.IntN(len(groups)), r.IntN(len(groups)))]
	}
	for range s.Heads[0] + r.IntN(s.Heads[1]-s.Heads[0]+1) {
		lang := i18n.Ja
		if r.IntN(100) < s.Foreign {
			at := r.IntN(100)
			for _, f := range foreign {
				if at -= f.of; at < 0 {
					lang = f.lang
					break
				}
			}
		}
		age, at := len(record.Ages)-1, r.IntN(100)
		for i, of := range s.Ages {
			if at -= of; at < 0 {
				age = i
				break
			}
		}
		a.Participants[record.Ages[age]+"/"+string(lang)]++
	}
	return a
}

// keep records the activities of a programme, some at a time.
func keep(ctx context.Context, d *module.Demo, actor db.Actor, programme db.ID, acts []module.Activity) error {
	for len(acts) > 0 {
		some := acts[:min(batch, len(acts))]
		err := d.DB.Write(ctx, actor, func(tx *db.Tx) error {
			for _, a := range some {
				a.Programme, a.Source = programme, db.NewID()
				if err := record.Record(tx, a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		acts = acts[len(some):]
	}
	return nil
}
