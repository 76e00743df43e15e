package waiting

import (
	"crypto/rand"
	"io"
	"math/big"
	"time"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/jp"
)

// leastWindow is the shortest time from which a moment is drawn; with less of
// it the moment could be guessed, so the time is let at once.
const leastWindow = time.Hour

// Window is the published time within which resting time is let again.
type Window struct{ From, Until time.Time }

// IsZero reports whether nothing rests.
func (w Window) IsZero() bool { return w.Until.IsZero() }

// WindowOf returns the window of time that is given back at an instant and
// whose use starts at another; the zero Window when it is let at once: because
// the rule says so, or because the use is too close.
func WindowOf(r rules.Reopening, given, start time.Time) Window {
	w := Window{From: given.Add(time.Duration(r.RestFrom) * time.Hour), Until: given.Add(time.Duration(r.RestTo) * time.Hour)}
	if latest := start.Add(-time.Duration(r.AheadOrUsual()) * time.Hour); w.Until.After(latest) {
		w.Until = latest
	}
	var total time.Duration
	for _, s := range w.stretches(r) {
		total += s.Until.Sub(s.From)
	}
	if r.RestTo == 0 || total < leastWindow {
		return Window{}
	}
	return w
}

// stretches are the parts of the window that lie in the hours of the day that
// the rule names, the earliest first.
func (w Window) stretches(r rules.Reopening) []Window {
	to := r.DayTo
	if to <= r.DayFrom {
		to = 24 * 60
	}
	var out []Window
	for d := jp.DateOf(w.From); w.From.Before(w.Until) && !d.After(jp.DateOf(w.Until)); d = d.AddDays(1) {
		s := Window{From: later(w.From, d.At(r.DayFrom)), Until: earlier(w.Until, d.At(to))}
		if s.From.Before(s.Until) {
			out = append(out, s)
		}
	}
	return out
}

// Moment draws an instant from the window, each second of the rule's hours as
// likely as any other.
func (w Window) Moment(r rules.Reopening) (time.Time, error) { return w.moment(r, rand.Reader) }

func (w Window) moment(r rules.Reopening, random io.Reader) (time.Time, error) {
	parts := w.stretches(r)
	var seconds int64
	for _, s := range parts {
		seconds += int64(s.Until.Sub(s.From) / time.Second)
	}
	if seconds == 0 {
		return w.Until, nil
	}
	n, err := rand.Int(random, big.NewInt(seconds))
	if err != nil {
		return time.Time{}, err
	}
	left := time.Duration(n.Int64()) * time.Second
	for _, s := range parts {
		length := s.Until.Sub(s.From).Truncate(time.Second)
		if left < length {
			return s.From.Add(left), nil
		}
		left -= length
	}
	return w.Until, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
