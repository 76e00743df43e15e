// Package fee works out what a use costs, line by line, from the rules of the
// day. It is pure: no I/O.
//
// Words: an Input is a wish with the rules that hold for it; a Working is the
// answer, a list of Lines whose yen add up to its Total; a Line carries what its
// arithmetic was made of, so that a reader can do it again in any language.
//
// Promises:
//   - The total is never negative and is the sum of the lines.
//   - A greater reduction never costs more.
//   - A rule that does not fit changes nothing, wherever it stands.
//   - All is whole yen; what does not divide is rounded in the holder's favour
//     for a surcharge, and to the city's rounding for a reduction.
package fee
