// Package cast fills the rooms of the demo city: who meets where in which week,
// four weeks behind and ahead of today, the same every time.
package cast
