// Package feed writes what other programs read again and again, or get by mail:
// calendars as iCalendar (RFC 5545) and news as Atom (RFC 4287).
//
// Promises:
//   - An Event keeps its UID for ever, and its Sequence grows with each change,
//     so that a calendar moves it and does not double it.
//   - Times are local, in Tokyo's zone, which the file carries with it.
//   - Lines are folded by octets and never inside a character.
package feed
