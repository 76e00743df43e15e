// Package mail has the senders of mail: SMTP for the outside world, Mailbox for
// the demo, where every mail lands in a table that a page shows, and None for a
// city that has no mail server yet.
//
// Promises: a mail's Message-ID derives from its delivery, so one that had to
// be sent twice can be told by it; one connection carries a whole batch; what
// the server refuses for good is told apart from what may go through later.
package mail
