// Package use sees a booking through its day: arrivals, keys and equipment, the
// display at the entrance, no-shows and their points, the report afterwards.
//
// Words: an Arrival is that somebody of a reservation came, noted by a clerk or
// by the group itself; a Thing is a key or a piece of equipment with a tag that
// is scanned, a Loan who had it when; Points are given for what hurts others (a
// no-show, a late cancellation, a win let lapse) and are spent on a Suspension
// once there are enough; a Report (使用報告書) is what a group says of its use
// afterwards, a Fault what it found broken.
//
// Promises:
//   - An arrival, a hand-over, a point counts once, however often it is pressed.
//   - A thing is with one reservation at a time, on either engine.
//   - Nobody is made a no-show where arrivals are not noted.
//   - Points that a clerk lifts are as if never given: a suspension that needed
//     them ends.
//   - The display at the entrance names no person.
//
// This package is the rules and the use cases; package desk is what people meet;
// package cast fills the demo city. See docs/adr/day-of-use.md.
package use
