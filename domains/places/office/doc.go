// Package office is where clerks keep facilities, rooms, closures and photos,
// and take and give whole lists of facilities.
//
// Promises:
//   - Every save carries the version it was made from: a second editor is told,
//     and what they typed stays in the form.
//   - Nothing is deleted but closures and photos: what is no longer let is closed.
//   - A photo without words that stand for it is not taken.
package office
