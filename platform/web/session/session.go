// Package session keeps who is signed in: one row a browser, found by the
// SHA-256 of a random token that only the browser holds.
package session

import (
	"time"

	"kakehashi/platform/db"
)

// Session is one browser of one person.
type Session struct {
	ID           db.ID
	Person       db.ID
	OnBehalfOf   db.ID
	OnBehalfName string
	Created      time.Time
	Seen         time.Time // last used, to five minutes
	Expires      time.Time // ends then in any case
	Device       string    // browser and system as far as the browser tells: "Firefox, Android"
	Current      bool      // the one that asks
}
