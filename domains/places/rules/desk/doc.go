// Package desk is where a clerk edits the city's rules, sees what a new one
// would have changed, and where everybody reads what holds.
//
// Words: a shape says how the body of a rule of one kind is asked for in a form:
// its fields and, within them, its lines. A form and a body are the same thing
// twice: values turns one into the other.
//
// Promises:
//   - Lines are added and taken away without JavaScript, and nothing that was
//     typed is lost by it, nor by an error, nor by somebody else's change.
//   - What a page says of a rule is said from its data, on every page in the same
//     words.
package desk
