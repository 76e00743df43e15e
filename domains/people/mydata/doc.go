// Package mydata is a reader's own room: what is known of them, how they want
// to be met, who may act for them, and what becomes of their data.
//
// Words: settings are the languages, aids, ways in and devices of a person; the
// family pages hold guardianships; a wish lets an officer act for a member; a
// token lets a program act for its owner within scopes; "my data" is everything
// that every module holds about a person, who read it, a copy to take away, and
// erasure.
//
// Promises:
//   - "My data" asks every module that has a module.Personal; a module that
//     holds data and offers none is found by a test of the house.
//   - Erasing says beforehand what will stay and why: the preview runs the
//     erasure itself and rolls it back.
//   - What gives rights is closed, not deleted; the log keeps that something was
//     done, and no names.
//   - A guardian sees and changes a child's data; an officer or a clerk who acts
//     for somebody does not see it here. Ways in (mail, passkeys, tokens) belong
//     to the person alone.
//   - A token is shown once and kept as a hash.
package mydata
