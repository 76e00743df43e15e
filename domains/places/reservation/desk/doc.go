// Package desk is where rooms are booked: the pages of residents and clerks, and
// their JSON twins; what is sent to people is written in package letter.
//
// Words: a Draft is what somebody has chosen so far, carried from step to step
// in the address and in hidden fields; the steps are when, who, what for, check.
//
// Promises:
//   - Nothing that was typed is lost: neither by an error, nor when somebody
//     else was first, nor by going back.
//   - Who comes second is told so in their own language and shown what is free
//     nearby; one press takes it, with everything typed.
//   - A reservation is shown to those it concerns: the person, who entered it,
//     the group's officers, the office's clerks. For anybody else it does not
//     exist, unless it is open to all.
package desk
