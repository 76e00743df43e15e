// Package inbox shows an office what waits for it, in one list.
//
// Words: an item says that one thing of some kind (its subject: a reservation, a
// registration) waits for an office, since when and until when. It is open until
// somebody closes it with an outcome; an assignee has taken it on. A kind has
// actions, which a clerk can apply to many items at once.
//
// Promises:
//   - A thing waits at most once: opening an item for a subject that has an open
//     one of that kind changes nothing.
//   - What has a due date comes first, the earliest on top; pages neither skip
//     nor repeat an item while others come and go.
//   - Counts and lists come from one index, however many items were closed.
//   - A bulk action runs each item on its own: one that fails says why, and the
//     others are done.
//   - Every change is in the audit log and touches the topic "inbox".
package inbox
