package rules

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// Topic is touched by every change of a rule.
const Topic = "rules"

// Directory keeps all rules in memory and reads them again when the topic was
// touched, here or on another node.
type Directory struct {
	db *db.DB

	mu      sync.Mutex
	version uint64
	now     *Book
	seen    uint64    // a version that was met,
	since   time.Time // and when: a transaction begun later sees what made it
}

// NewDirectory returns a directory of the city's rules. It reads nothing yet.
func NewDirectory(d *db.DB) *Directory { return &Directory{db: d} }

// Book returns the rules as they stand, from memory as a rule. Nobody may change
// what it holds, and who writes rules asks for it before.
//
// The transaction may have begun before the change that a version tells of. What
// it reads is right for it, and kept only when it began after.
func (d *Directory) Book(tx *db.Tx) (_ *Book, err error) {
	defer fault.Wrap(&err, "rules.Directory.Book()")
	d.mu.Lock()
	version := d.db.Version(Topic)
	if d.now != nil && d.version == version {
		defer d.mu.Unlock()
		return d.now, nil
	}
	if d.since.IsZero() || d.seen != version {
		d.seen, d.since = version, d.db.Now()
	}
	since := d.since
	d.mu.Unlock()
	b, err := load(tx)
	if err != nil {
		return nil, err
	}
	if !tx.Now.Before(since) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.seen == version {
			d.now, d.version = b, version
		}
	}
	return b, nil
}

// Get is Book outside of a transaction.
func (d *Directory) Get(ctx context.Context) (b *Book, err error) {
	d.mu.Lock()
	if b = d.now; b != nil && d.version == d.db.Version(Topic) {
		d.mu.Unlock()
		return b, nil
	}
	d.mu.Unlock()
	err = d.db.Read(ctx, func(tx *db.Tx) error { b, err = d.Book(tx); return err })
	return b, err
}

// Latest is what was read last, without I/O: for what need not be exact, as how
// far a calendar reaches.
func (d *Directory) Latest() *Book {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return &Book{}
	}
	return d.now
}

// Book is all rules at one moment. Where a city has none of a Kind, Defaults
// holds.
type Book struct {
	access     shelf[Access]
	opening    shelf[Opening]
	draw       shelf[Draw]
	fees       shelf[Fees]
	reductions shelf[Reductions]
	payment    shelf[Payment]
	refunds    shelf[Refunds]
	penalties  shelf[Penalties]
	reopening  shelf[Reopening]
}

// shelf is the rules of one kind by facility, 0 the city, the earliest first.
type shelf[B Body] map[db.ID][]dated[B]

type dated[B Body] struct {
	from jp.Date
	body B
}

// at returns the rule in force on the day, the facility's own before the city's,
// and since when; otherwise and the zero day when there is none.
func (s shelf[B]) at(facility db.ID, on jp.Date, otherwise B) (B, jp.Date) {
	for _, list := range [...][]dated[B]{s[facility], s[0]} {
		for _, r := range slices.Backward(list) {
			if !r.from.After(on) {
				return r.body, r.from
			}
		}
	}
	return otherwise, jp.Date{}
}

func put[B Body](s *shelf[B], r Rule) {
	if *s == nil {
		*s = shelf[B]{}
	}
	body, _ := r.Body.(B)
	list := append((*s)[r.Facility], dated[B]{r.From, body})
	slices.SortStableFunc(list, func(a, b dated[B]) int { return a.from.Compare(b.from) })
	(*s)[r.Facility] = list
}

// NewBook returns the book of the rules that are InForce; others are left out.
func NewBook(rules ...Rule) *Book {
	b := &Book{}
	for _, r := range rules {
		if r.State == InForce {
			b.add(r)
		}
	}
	return b
}

func (b *Book) add(r Rule) {
	switch r.Kind {
	case KindAccess:
		put(&b.access, r)
	case KindOpening:
		put(&b.opening, r)
	case KindDraw:
		put(&b.draw, r)
	case KindFees:
		put(&b.fees, r)
	case KindReductions:
		put(&b.reductions, r)
	case KindPayment:
		put(&b.payment, r)
	case KindRefunds:
		put(&b.refunds, r)
	case KindPenalties:
		put(&b.penalties, r)
	case KindReopening:
		put(&b.reopening, r)
	}
}

// With returns the book as it would be if the rule had always held for its place.
// A facility's own rules stay before one of the city.
func (b *Book) With(r Rule) *Book {
	out := *b
	switch r.Kind {
	case KindAccess:
		out.access = always(b.access, r)
	case KindOpening:
		out.opening = always(b.opening, r)
	case KindDraw:
		out.draw = always(b.draw, r)
	case KindFees:
		out.fees = always(b.fees, r)
	case KindReductions:
		out.reductions = always(b.reductions, r)
	case KindPayment:
		out.payment = always(b.payment, r)
	case KindRefunds:
		out.refunds = always(b.refunds, r)
	case KindPenalties:
		out.penalties = always(b.penalties, r)
	case KindReopening:
		out.reopening = always(b.reopening, r)
	}
	return &out
}

func always[B Body](s shelf[B], r Rule) shelf[B] {
	out := shelf[B]{}
	for facility, list := range s {
		out[facility] = list
	}
	body, _ := r.Body.(B)
	out[r.Facility] = []dated[B]{{body: body}}
	return out
}

// Access returns the rule in force on the day for the place; so do the others.
func (b *Book) Access(p Place, on jp.Date) Access {
	r, _ := b.access.at(p.Facility, on, Defaults.Access)
	return r
}

// Opening is described at Access.
func (b *Book) Opening(p Place, on jp.Date) Opening {
	r, _ := b.opening.at(p.Facility, on, Defaults.Opening)
	return r
}

// Draw is described at Access.
func (b *Book) Draw(p Place, on jp.Date) Draw {
	r, _ := b.draw.at(p.Facility, on, Defaults.Draw)
	return r
}

// Fees is described at Access.
func (b *Book) Fees(p Place, on jp.Date) Fees {
	r, _ := b.fees.at(p.Facility, on, Defaults.Fees)
	return r
}

// Reductions is described at Access.
func (b *Book) Reductions(p Place, on jp.Date) Reductions {
	r, _ := b.reductions.at(p.Facility, on, Defaults.Reductions)
	return r
}

// Payment is described at Access.
func (b *Book) Payment(p Place, on jp.Date) Payment {
	r, _ := b.payment.at(p.Facility, on, Defaults.Payment)
	return r
}

// Refunds is described at Access.
func (b *Book) Refunds(p Place, on jp.Date) Refunds {
	r, _ := b.refunds.at(p.Facility, on, Defaults.Refunds)
	return r
}

// Penalties is described at Access.
func (b *Book) Penalties(p Place, on jp.Date) Penalties {
	r, _ := b.penalties.at(p.Facility, on, Defaults.Penalties)
	return r
}

// Reopening is described at Access.
func (b *Book) Reopening(p Place, on jp.Date) Reopening {
	r, _ := b.reopening.at(p.Facility, on, Defaults.Reopening)
	return r
}

// At returns what holds for the place on the day, one of each kind.
func (b *Book) At(p Place, on jp.Date) Set {
	return Set{
		Access: b.Access(p, on), Opening: b.Opening(p, on), Draw: b.Draw(p, on), Fees: b.Fees(p, on), Reductions: b.Reductions(p, on),
		Payment: b.Payment(p, on), Refunds: b.Refunds(p, on), Penalties: b.Penalties(p, on), Reopening: b.Reopening(p, on),
	}
}

// Set is one rule of each kind.
type Set struct {
	Access     Access
	Opening    Opening
	Draw       Draw
	Fees       Fees
	Reductions Reductions
	Payment    Payment
	Refunds    Refunds
	Penalties  Penalties
	Reopening  Reopening
}

// Defaults are what holds where a city has decided nothing: free, first come,
// first served, three months ahead.
var Defaults = Set{
	Access:    Access{Alone: true, Outside: true, PerDay: 4},
	Opening:   Opening{Lines: []OpeningLine{{Before: 3, Lead: 30}}},
	Payment:   Payment{Within: 14, Methods: []string{"counter"}},
	Reopening: Reopening{},
}

// Own returns the facilities that have a rule of their own in force on the day.
func (b *Book) Own(on jp.Date) []db.ID {
	seen := map[db.ID]bool{}
	own(seen, b.access, on)
	own(seen, b.opening, on)
	own(seen, b.draw, on)
	own(seen, b.fees, on)
	own(seen, b.reductions, on)
	own(seen, b.payment, on)
	own(seen, b.refunds, on)
	own(seen, b.penalties, on)
	own(seen, b.reopening, on)
	return slices.Sorted(maps.Keys(seen))
}

func own[B Body](seen map[db.ID]bool, s shelf[B], on jp.Date) {
	for facility, list := range s {
		if facility != 0 && !list[0].from.After(on) {
			seen[facility] = true
		}
	}
}
