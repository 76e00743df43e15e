// Package programmes is the module of the five fields and the programmes in
// them, of the front page, and of the yearly record.
//
// Words: a Field is one of the five ways to collaborate, a door of the front
// page. A Programme (事業) belongs to a field and to the office that answers for
// it; everything that happens belongs to a programme. An Activity is one
// finished thing: who did what for which programme, when, how long, with how
// many. The record of a programme is what its activities add up to in a fiscal
// year, April to March. A Happening is something dated that is still to come.
//
// Rooms of the house:
//
//   - programme: the nouns Field and Programme, their texts, import and export.
//   - record: Activity and what activities add up to.
//   - office: the clerk's pages: texts by language, contact, activities by hand.
//   - demo: the sixteen programmes of the demo city, as data, and two years of
//     activities.
//
// This package puts them together, and serves what everybody sees: the front
// page, fields, programmes, what is on, records, feeds and the API.
//
// Promises:
//   - A programme is found by its slug for ever; its texts change, it does not.
//   - An edit never silently overwrites another: the second editor sees both.
//   - A source is counted once, however often it is recorded.
//   - The sums of a record equal the activities they are made of, at every
//     commit; `kakehashi doctor` proves it.
//   - What everybody sees comes from memory until it changes.
package programmes
