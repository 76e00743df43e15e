// Package city is what the city says of itself on every page and in every
// mail: its name, and the office that answers, by phone and when.
//
// Promises:
//   - A page costs no query for it: Cache reads the row again only after the
//     topic "city" was touched.
//   - Two operators never overwrite each other unseen: the second is shown what
//     the first saved, beside what they typed.
//   - A city without the row still works; its pages say the product's name.
package city
