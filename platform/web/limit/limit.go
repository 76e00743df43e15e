// Package limit counts how often things are done, and says when it is too often.
package limit

import "time"

// Rate is at most Times in Per. A Strict rate is counted in the database and
// holds across nodes; any other is counted in memory, a node for itself.
type Rate struct {
	Name   string // names the action in the counter: "people.code"
	Times  int
	Per    time.Duration
	Strict bool
}
