// Package jp knows what a Japanese office knows by heart: civil dates, eras and
// holidays, how names and numbers are written, and what people type when they
// mean a date, a time, a telephone number or a postal code.
//
// It is a library without I/O: it reads no file, no clock and no network, and
// imports nothing of ours.
//
// # Words
//
//   - A Date is a civil date, the same for everybody in the country, without a
//     time or a zone. Its zero value means "none".
//   - Tokyo is Japan's one time zone, nine hours ahead of UTC and without
//     summer time since 1952.
//   - A clock time is a number of minutes after midnight, 0 to 1440, because
//     a hall that closes at 24:00 closes on the day that it opened.
//   - An Era is a 元号; a fiscal year (年度) begins on 1 April.
//
// # Promises
//
//   - The parsers take what offices really type (full-width, half-width, lost
//     leading zeros, notes in brackets) and refuse what could mean two things.
//   - A parser that is given its own output returns it unchanged.
//   - Errors never repeat the input, which may be somebody's number; they wrap
//     ErrForm, so that a caller can tell the reader what form was expected.
package jp
