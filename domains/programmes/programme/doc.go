// Package programme holds the nouns Field and Programme: what they say in every
// language, who answers for them, and how a city's list of them comes in and
// goes out as a table.
//
// Promises:
//   - Save changes exactly the version that was read, or returns Stale with
//     what stands there now.
//   - Importing the same table twice changes nothing.
//   - A Directory never shows what was changed before it was asked.
package programme
