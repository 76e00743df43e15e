// Package offices is the module of those who answer: the clerk's inbox and
// print queue, the operator's view of the installation, and what the city says
// of itself.
//
// Rooms of the house:
//
//   - city: the city's name and the office that answers; the page "how this is
//     made".
//   - desk: the inbox of an office, its bulk actions and tables, and the letters
//     to print.
//   - operator: what works in the background, what failed, the audit log.
//   - mailbox: the mails of the demo city.
//
// An office itself (課) is a group of kind office and lives in groups; what
// waits for it is opened and closed by the modules whose thing it is, through
// platform/inbox. This package puts the rooms together and has no rules.
//
// Promises to the house:
//   - Offices.City costs no query once read, until the city changes.
//   - Without any neighbour everything still works: names are ids then.
package offices
