// Package fee works out what a use costs, line by line, from the rules of the
// day. It is pure: no I/O.
package fee
