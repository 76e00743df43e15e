// Package office serves the clerk's pages about programmes: what a programme
// says in each language, whom to call, and activities written down or corrected
// by hand.
//
// Promises:
//   - A clerk changes the programmes of their own office, and those of which no
//     office is known; the operator changes all.
//   - A second editor sees both texts, and loses none of theirs.
package office
