// Package reader knows what a request tells of its reader without asking
// anybody: our cookies, the language, the aids, where it comes from, and which
// of the addresses and texts it brings are fit to be used.
package reader
