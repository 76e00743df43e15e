// Package mailbox shows the mails that the demo city sent, since they go
// nowhere else. Outside the demo none of its pages exist.
//
// Promises: a mail's HTML is a document of its own in which nothing runs and
// which loads nothing, so that what a renderer did wrong stays inside it.
package mailbox
