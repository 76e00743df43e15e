// Package waiting keeps waiting lists, and decides what becomes of time that is
// given back: the next in line gets it with a hold, else it rests until a moment
// that nobody can foresee.
//
// Words: a Wait is a wish for a room's time that somebody else has; it is
// waiting, then offered, then taken, passed (not taken in time, or declined) or
// left. A Window is the published span of time within which resting time is let
// again; its moment is drawn from it and shown to nobody.
//
// Promises:
//   - Between two holders there is no gap: time that is given back is offered or
//     rests in the same transaction (the heir of package reservation).
//   - Who asked first is asked first. Those who ask while a time rests are drawn
//     by lot at its end, so that whoever looks every minute gains nothing.
//   - Each wait is offered a time once; what nobody takes comes to an end.
//   - Whoever gave a time back does not get it again by the list.
//
// docs/adr/fair-reopening.md says what remains unequal. Package desk is the pages.
package waiting
