// Package counter lets a clerk enter an application on paper in one screen.
//
// Words: a Holder is a group or person that the typed words may mean.
//
// Promises:
//   - Everything can be typed, as it stands on the paper: R8.12.5, band 1-2.
//   - What is wrong is said all at once, and what was typed stays; where the time
//     is taken, free ones near it are one press away.
//   - It is booked by the rules that hold for everybody else.
package counter
