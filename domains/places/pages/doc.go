// Package pages shows residents what can be borrowed and when: the list of
// facilities, a facility, its availability by day and by week, a room, and the
// search by time.
//
// Promises:
//   - What everybody sees is rendered once and kept until a facility or a
//     reservation changes; signed in, a page costs two queries at most.
//   - A time that is shown as free leads, in one tap, to a form that has it filled
//     in; a time that is not free leads nowhere, and says why.
package pages
