// Package deliver brings messages to persons, each in their own language and by
// the way they chose: mail, or paper from a print queue.
//
// Words: a Message is addressed to a person and has a Kind; the Kind's Renderer
// turns its data into Content in the recipient's language; a delivery is the
// row that remembers one message until it is sent, has failed for good (dead),
// or is forgotten. The mailbox is the demo's stand-in for the outside world.
//
// Promises:
//   - A message commits with the change that it tells of, or not at all; keeping
//     it is one insert.
//   - It goes out at least once, also after kill -9 in the middle; a mail sent
//     twice carries the same Message-ID. Several nodes never send one twice
//     while each is alive.
//   - What a message said is erased when it is sent: the row keeps who, what
//     kind and when, and goes after the retention time.
//   - Urgent messages (sign-in codes) go ahead of everything else.
//   - Who takes paper gets a page in the print queue, kept until it is printed.
package deliver
