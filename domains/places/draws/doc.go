// Package draws runs the draws (抽選) of the city: entries with ranked wishes, the
// published list, the seed, the proof, and what follows from it.
//
// Words: a Draw gives rooms of one facility away for a month of use. A group
// makes an Entry with ranked Wishes; each asks for one win. Entries are taken
// until the draw closes; the list is frozen and its hash, the commitment, is
// published; a value that did not exist before decides; the proof says how. A
// group stands in public files under its alias, which only the city can trace.
//
// Promises:
//   - The rules of a draw are those of the day on which it was made.
//   - What is frozen is what was read: an entry or a decision that comes in
//     between makes the freezing start anew.
//   - Who knew the list could not know the value, and who knew the value could
//     no longer change the list.
//   - Wins become offers in batches; a crash in between loses none and makes
//     none twice.
//   - No group ever holds more wins of a draw than its cap, nor does the next in
//     line when somebody gives up.
//   - Who shares members with whom is counted, not shown; names are read with a
//     reason, and the reading is in the log.
//
// engines/draw decides; package replay keeps what was frozen and runs it again,
// package beacon knows a public beacon's rounds, package desk has the pages,
// package cast fills the demo city.
package draws
