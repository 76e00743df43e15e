// Package group holds the groups of the city: neighbourhood associations,
// citizens' groups, schools, companies, and the city's own offices.
//
// Words: a Group has a Kind. A Member is somebody in it, a Person the city
// knows or a name alone. A Term says that a member held an office of the group
// (representative, treasurer, officer) from one day to another; while it runs,
// a member who is a Person also holds the post that gives access. A
// Registration is one application, new or for renewal, with what became of it,
// and its Receipt is a number short enough for the telephone. Rules say what a
// kind of group must show; they are rows, not code.
//
// Promises:
//   - A group that is not registered is shown to nobody but its applicant and
//     the offices; one whose registration lapsed keeps everything it has.
//   - Members leave and terms end; neither is deleted. A handover of the yearly
//     officers is one transaction, and what it changed can be read for ever.
//   - An edit carries the version its writer saw; who is late gets a Conflict,
//     and nothing is overwritten.
//   - A member list imported twice changes nothing the second time.
//   - Every change writes its audit entry in the same transaction and touches
//     Topic.
package group
