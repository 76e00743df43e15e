// Package basket books several rooms and times at one go: they are collected
// without signing in, and booked all or none.
//
// Words: a Slot is one room on one day from one time to another, as it stands in
// the basket; the basket is kept in the reader's browser, sealed, for a week.
//
// Promises:
//   - Nothing is held while it lies in the basket, and the page says so.
//   - When one slot is gone, nothing is booked; the reader is told which, what is
//     free near it, and books all with one more press. What they typed stays.
package basket
