// Package waiting keeps waiting lists, and decides what becomes of time that is given
// back: the next in line with a hold, else an unpredictable moment.
package waiting
