// Package person holds who is in the room: persons, the posts they hold, and
// who may act for whom.
//
// Words: a Person is somebody the city knows, with or without an account. A
// Post says that a Person holds a role for a scope (city, office, group,
// programme or district) from one day to another. A Guardianship lets an adult
// see and act for a child. A Proxy is a member's wish that an officer of their
// group act for them (代理入力). Acting is one person doing something on behalf
// of another, with the basis that allows it.
//
// Promises:
//   - A name is kept as it was given. It is never split into parts.
//   - Birth date, phone, address and mail are sealed in the database. Read
//     opens them and leaves one audit entry, except for one's own.
//   - Posts give access: a post counts from its first day to its last, by the
//     city's calendar, without any job; its history is never deleted.
//   - A guardianship ends by itself on the child's 18th birthday (Civil Code,
//     article 4, since April 2022).
//   - Every change writes its audit entry in the same transaction and wakes the
//     topic Topic(id), so that no cached view outlives it.
//   - A change carries the version that its writer saw; a writer who is late
//     gets Stale with what stands now, and nothing is overwritten.
package person
