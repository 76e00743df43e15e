// Package usage reports how rooms are used: by month, room, band, kind of group
// and use.
package usage
