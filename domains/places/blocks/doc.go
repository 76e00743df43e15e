// Package blocks takes rooms for official use (公用) and maintenance (点検), on one
// day or week after week, and finds other times for those who have to give way.
//
// Words: a Block is what a clerk takes at one go: some rooms on some days, from
// one time of day to another, for a reason; a Time is one stretch of one room of
// it. A reservation is displaced when a block ends it.
//
// Promises:
//   - A clerk sees who stands in the way, and what is free for them, before
//     anything happens.
//   - Whoever is displaced is told once, in their language, with the reason, and
//     finds other times on the page of their reservation; what they paid is given
//     back in full (Displaced).
//   - A block that stops half-way says which times are still missing, and goes on
//     from there.
//   - Outside of the office a blocked time says what it is for in one word, and
//     no name or reason.
//
// Package desk is the clerk's pages.
package blocks
