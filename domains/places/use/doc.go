// Package use sees a booking through its day: check-in, keys, the display at the
// entrance, no-shows and their points, the use report.
package use
