// Package desk serves the pages of draws: what is open, how to enter from a
// phone without script, what was published, and the office's side of it.
package desk
