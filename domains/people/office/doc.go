// Package office is where clerks meet persons: finding one, entering one who
// has no account, giving posts, and acting for somebody (代理入力), which
// officers do too for the members who asked them.
//
// Promises:
//   - Nobody leafs through persons: a search begins with a name, a phone number
//     or a mail address, and shows names and towns only.
//   - Opening a person leaves a trace that the person can see. The operator,
//     who appoints clerks, sees names and posts and nothing sealed.
//   - A post is given only by who may give it (person.MayGive), with its reason.
//   - Acting begins and ends with an audit entry, shows on every page, and
//     everything done meanwhile carries both persons.
//   - Entering somebody who seems to be known already asks first.
package office
