package money_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"kakehashi/domains/places/money"
	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// purse is what a resident would write down of one reservation: what it costs,
// and what went over the counter.
type purse struct {
	r        reservation.Reservation
	cost     int64 // 0 once cancelled, but for what is kept
	paid     int64
	gone     bool
	waived   bool
	payments int
}

// TestMoney_NoneIsLost pays, moves, cancels, waives, corrects and refunds at
// random, and compares every charge with the resident's own purse.
func TestMoney_NoneIsLost(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		shift := 0
		rapid.Check(t, func(rt *rapid.T) {
			shift++
			hour := 0
			var all []*purse
			defer func() { // free the day for the next run
				for _, p := range all {
					if !p.gone {
						_, _ = h.svc.Cancel(t.Context(), db.Actor{Person: person}, p.r.ID, p.r.Version, "")
					}
				}
			}()
			turns := 0
			fresh := func(c money.Charge, method string) money.Act {
				turns++
				return money.Act{Charge: c.ID, Version: c.Version, Turn: fmt.Sprint(shift, "/", turns), Method: method, Reason: "理由"}
			}
			expect := func(what string, err error, can bool) {
				if can != (err == nil) || !can && !fault.Is(err, fault.Conflict) {
					rt.Fatalf("%s: %v, though the purse says %v", what, err, can)
				}
			}
			pick := func(rt *rapid.T) *purse {
				if len(all) == 0 {
					rt.Skip("nothing booked yet")
				}
				return rapid.SampledFrom(all).Draw(rt, "which")
			}
			rt.Repeat(map[string]func(*rapid.T){
				"book": func(rt *rapid.T) {
					if hour > 20 {
						rt.Skip("the day is full")
					}
					r := h.book(t, 8+shift%80, hour, 1)
					hour += 3 // room to grow
					all = append(all, &purse{r: r, cost: 1000})
				},
				"move": func(rt *rapid.T) {
					p := pick(rt)
					if p.gone {
						rt.Skip("gone")
					}
					hours := rapid.Int64Range(1, 3).Draw(rt, "hours")
					from := int(p.r.Span.Start.Sub(p.r.Day().At(0)).Minutes())
					p.r.Span = quarter.On(p.r.Day(), from, from+int(hours)*60)
					now, err := h.svc.Change(t.Context(), db.Actor{Person: person}, p.r)
					if err != nil {
						rt.Fatal(err)
					}
					p.r = now
					p.cost = hours * 1000
					if p.waived {
						p.cost = min(p.cost, p.paid)
					}
				},
				"pay": func(rt *rapid.T) {
					p := pick(rt)
					c := h.charge(t, p.r)
					e, err := h.m.Pay(t.Context(), atDesk, fresh(c, money.Counter))
					can := !p.gone && !p.waived && p.cost > p.paid
					expect("pay", err, can)
					if can {
						if e.Amount != p.cost-p.paid {
							rt.Fatalf("took %d of %d", e.Amount, p.cost-p.paid)
						}
						p.paid, p.payments = p.cost, p.payments+1
					}
				},
				"refund": func(rt *rapid.T) {
					p := pick(rt)
					_, err := h.m.GiveBack(t.Context(), atDesk, fresh(h.charge(t, p.r), money.Counter))
					can := p.paid > p.cost
					expect("refund", err, can)
					if can {
						p.paid = p.cost
					}
				},
				"correct": func(rt *rapid.T) {
					p := pick(rt)
					c := h.charge(t, p.r)
					if len(c.Entries) == 0 {
						rt.Skip("nothing to correct")
					}
					e := rapid.SampledFrom(c.Entries).Draw(rt, "entry")
					_, err := h.m.Correct(t.Context(), atDesk, fresh(c, ""), e.ID)
					expect("correct", err, money.Correctable(c, e))
					if err == nil {
						p.paid -= e.Amount
					}
				},
				"waive": func(rt *rapid.T) {
					p := pick(rt)
					err := h.m.Waive(t.Context(), atDesk, fresh(h.charge(t, p.r), ""))
					can := !p.gone && !p.waived && p.cost > p.paid
					expect("waive", err, can)
					if can {
						p.waived, p.cost = true, p.paid
					}
				},
				"cancel": func(rt *rapid.T) {
					p := pick(rt)
					if p.gone {
						rt.Skip("gone")
					}
					if _, err := h.svc.Cancel(t.Context(), db.Actor{Person: person}, p.r.ID, p.r.Version, ""); err != nil {
						rt.Fatal(err)
					}
					p.gone, p.cost = true, 0 // a week before: all of it comes back
				},
				"": func(rt *rapid.T) {
					for _, p := range all {
						c := h.charge(t, p.r)
						sum := int64(0)
						for _, e := range c.Entries {
							sum += e.Amount
						}
						back, owed := max(0, p.paid-p.cost), max(0, p.cost-p.paid)
						if p.gone || p.waived {
							owed = 0
						}
						if c.Paid != p.paid || c.Paid != sum || c.Back() != back || c.Owed() != owed {
							rt.Fatalf("charge %+v\npurse %+v", c, *p)
						}
					}
				},
			})
			h.sound(t)
		})
	})
}
