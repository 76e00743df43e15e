// Package cells keeps which quarter hours of each cell are taken, a row a cell
// and day.
//
// Words: a Cell is what one reservation can have at a time: a room without
// parts, a part of one that has some, or the quiet between two rooms that
// disturb each other. A Row is the quarter hours of one cell's day that
// somebody wants.
//
// Promises:
//   - Take gets all rows or the transaction is to be undone; TryTake gets all or
//     leaves everything as it was.
//   - Whoever takes or holds rows does so by day, then by cell, so that no two
//     transactions wait for each other (docs/adr/room-time.md).
package cells
