// Package life runs the whole life of bookings (booked, changed, drawn, offered,
// paid, given back, not used) in random steps over the places of a city, as they
// are put together, and compares every step with a small model that shares no
// code with them: a paper calendar, a purse for each booking, and the points of
// each holder.
//
// Promises, on both engines: no time is had by two, no yen is lost or counted
// twice, no time stays with nobody, nobody is passed over in a waiting list, and
// each is told once of what happens to them. Bookings by many at once are
// compared with the model by porcupine.
//
// More runs: go test ./test/life -rapid.checks=500 -rapid.steps=100.
package life
