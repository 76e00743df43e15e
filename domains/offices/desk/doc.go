// Package desk is where a clerk works: the inbox of the offices that the clerk
// holds a post for, and the queue of letters to print.
//
// Words: a View is what a clerk asked to see, and stands whole in the address,
// so that it can be bookmarked, sent to a colleague, and taken out as a table.
//
// Promises:
//   - A clerk sees and changes what waits for their own offices, and nothing
//     else, whatever the address says.
//   - Doing something to many at once does it to each on its own; what failed is
//     named with its reason, and the rest is done.
//   - It works without script and by keyboard alone.
package desk
