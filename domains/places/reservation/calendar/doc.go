// Package calendar writes reservations as iCalendar (RFC 5545) and serves them
// as feeds.
//
// Words: a Feed is an address that calendar programs read again and again. That
// of a room or facility is public and says only when it is taken; that of a
// person is private, behind a secret address that they make and revoke.
//
// Promises:
//   - The UID of a reservation never changes and its SEQUENCE grows with each
//     change, so that a calendar moves an event and does not double it.
//   - Free and busy times name nobody and no purpose.
//   - Of a private address the database knows only the hash.
package calendar
