// Package papers writes the documents of a reservation: permit (使用許可書),
// invoice (請求書) and receipt (領収書), as PDF in Japanese and as pages to print
// in the reader's language, both of one Sheet.
//
// Words: a Permit is what was issued for a reservation, under a number of the
// fiscal year; a reservation that changes afterwards gets the next version of
// the same number (再交付). Its code leads from the QR code to a page that says,
// to the caretaker on the day, whether it holds. What stands between a
// reservation and its permit is named: a decision, a payment.
//
// Promises:
//   - A permit is issued once, when it is first asked for, and only when nothing
//     is missing; asked for again it is the same paper.
//   - Its code cannot be guessed (80 bits, keyed), and shows no person's name.
//   - A receipt that is handed out again says so (再発行).
//   - What the PDF's font cannot write is not left out: the reader is led to the
//     page for printing.
package papers
