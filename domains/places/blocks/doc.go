// Package blocks takes rooms for official use and maintenance, and finds other times for
// those who have to give way.
package blocks
