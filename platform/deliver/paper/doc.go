// Package paper is the print queue: letters to persons who take paper, kept
// until somebody has printed them.
//
// Words: a page is one letter, made in the recipient's language when its
// message was due; a sheet is what one print run prints, any number of pages.
//
// Promises: a page is queued with the same commit that marks its message sent,
// so it is there exactly once. What it says is kept until it is marked printed,
// and then erased. Reading a page and marking it are in the audit log.
package paper
