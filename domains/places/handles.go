package places

import (
	"kakehashi/domains/places/blocks"
	"kakehashi/domains/places/draws"
	"kakehashi/domains/places/money"
	"kakehashi/domains/places/use"
	"kakehashi/domains/places/waiting"
)

// Handles are the parts that stand on reservations, put together as the city
// runs them: for whoever follows a booking through its whole life.
type Handles struct {
	Blocks  *blocks.Blocks
	Draws   *draws.Draws
	Waiting *waiting.Waiting
	Money   *money.Money
	Use     *use.Use
}

// Handles returns the parts that stand on reservations.
func (p *Places) Handles() Handles { return p.handles }
