// Package pay takes payments through a provider's own page, so that no data of
// a card reaches this program.
//
// Words: a Provider is who takes the payment; a Session is one page of theirs
// for one amount; an Intent is their name of a payment that was made; an Event
// is what they tell us afterwards.
//
// Promises: a session is begun once for one key, however often it is asked for;
// an event is believed only with a fresh signature; a refund is made once for
// one key.
package pay

import (
	"context"
	"net/http"
	"time"
)

// Wish is what a Session is to be made for.
type Wish struct {
	Key         string // asked for again with the same key, the same session comes back
	Reference   string // of the charge
	Yen         int64
	What        string // what is paid for, as the payer reads it
	Lang        string // of the page, BCP 47
	Done, Leave string // addresses that the payer comes back to, paid or not
	Until       time.Time
}

// Session is a page of the provider.
type Session struct {
	ID  string
	URL string
}

// Event is something that a provider tells. Paid is false for what does not
// concern us.
type Event struct {
	Paid      bool
	Session   string
	Intent    string
	Reference string
	Yen       int64
}

// Provider is who takes payments on a page of their own.
type Provider interface {
	// Begin makes a page on which the payer pays.
	Begin(ctx context.Context, w Wish) (Session, error)
	// Read returns what a message says, or an error where its signature does not
	// hold at the instant.
	Read(header http.Header, body []byte, now time.Time) (Event, error)
	// Refund gives yen of a payment back, once for one key.
	Refund(ctx context.Context, key, intent string, yen int64) error
}
