// Package reservation lets rooms: it takes a room's time for a group or a
// person, changes it, gives it back, and tells those concerned.
//
// Words: a Reservation is one stretch of one room; it is requested where a clerk
// decides (then confirmed or refused), else confirmed at once; later cancelled,
// used, or a no-show. An offered one is held for its holder until it is accepted,
// declined or lapses; a resting one is time given back that nobody has for the
// moment. Official use and maintenance are the office's own. Its Receipt
// (受付番号) is a short number that a person can read over the phone. A Series is
// several reservations made in one go. The Heir says whose returned time is.
//
// Promises:
//   - A room is never let twice at one time, nor beside its whole, its parts or
//     noise, on either engine, under any rush: the rows of the cells' days take
//     all quarter hours or none (docs/adr/room-time.md).
//   - What is given back passes to its heir in the same transaction: nobody can
//     take it in between.
//   - Every change of every reservation is told to the followers, in its
//     transaction.
//   - Who is refused learns it at once, from a read, and is shown what is free
//     nearby; what they typed stays.
//   - The reservation, its audit entry and its confirmation commit together.
//   - A change takes the new time before it gives back the old.
//
// This package is the rules and the use cases. Package desk is what people meet
// (pages, API) and joins everything to the module; package letter writes what is
// sent to them; package cells takes and gives back quarter hours, package tally
// counts them anew; package calendar writes iCalendar; package cast fills the demo
// city. docs/guide/life-of-a-reservation.md shows the states and who moves them.
package reservation
