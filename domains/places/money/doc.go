// Package money keeps what is owed for a use and what was paid.
//
// Words: a Charge is what somebody owes for one thing, a reservation as a rule,
// with the frozen Working that says why; an Entry is one movement of money in
// the ledger: a payment, a refund, or the correction of one by a counter-entry.
// A cash day (日計表) is what an office's till and accounts took in and gave out
// on a day; it is counted and closed. The till is an office's cash.
//
// Promises:
//   - Entries are never changed or deleted. For each charge, what is paid is the
//     sum of its entries; `kakehashi doctor` proves it.
//   - Two who press at once pay once; a line of a bank statement and a payment
//     online count once, however often they are told.
//   - Money that came in is written down even where nothing was owed any more:
//     it is then to be given back, and waits for the clerk.
//   - Numbers of receipts have no gaps within an office and fiscal year.
//   - A closed day stays as it was counted: what comes later goes to the next.
//   - No card data reaches this program: see package pay.
package money
