// Package tally counts anew, from the reservations one by one, what bookings are
// decided by: the taken quarter hours of cells, and what holders have on a day.
//
// Promise: it shares no code with what takes and gives back time but the shape of
// a row, so that each shows the other's mistakes. Doctor compares, Repair and
// Recount write.
package tally
