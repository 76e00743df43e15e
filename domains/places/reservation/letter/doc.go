// Package letter is what reservations say to those concerned: by mail, on paper,
// with a calendar file that keeps the recipient's calendar right.
//
// Words: a Letter is a Notice on its way to a reader, with the address of the
// page that it leads to; its Facts are labelled lines in reading order, the same
// in a mail, on paper, on the page and in what a person takes away as their data.
//
// Promises:
//   - A letter rendered again is the same to the byte: its calendar file is
//     stamped by the version it tells of, not by the clock.
//   - Paper carries readings over kanji, the number to say over the phone and a
//     code that leads to the page.
package letter
