// Package desk is where money is seen and moved: what a resident owes and why,
// the clerk's list, the counter, the bank's statement, the cash report.
//
// Promises:
//   - Before anybody applies they have seen each line of what it costs.
//   - At the counter a payment takes two presses: what was handed over, then,
//     with the change in sight, that it was taken.
//   - A clerk sees and moves the money of their own offices only.
package desk
