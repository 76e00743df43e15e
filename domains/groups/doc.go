// Package groups is the module of groups: neighbourhood associations, citizens'
// groups, NPOs, schools, companies, and the offices of the city.
//
// Rooms of the house:
//
//   - group: the nouns (group, member, term, registration), their rules, stores
//     and use cases. Everything else leans on it.
//   - roster: member lists in and out of CSV and Excel.
//   - town: the towns of the city.
//   - profile: what everybody may read: list, search, profile, feed, open data.
//   - desk: the officers' own pages: application, members, handover, renewal.
//   - office: the clerk's pages: all groups, one whole, the decision.
//
// This package puts them together into one module.Module; it has no rules.
//
// Promises to the other modules:
//   - GroupName, GroupMayBook, MayBookFor, ScopeName, Scopes and GroupsOf read
//     and never write.
//   - The id of an office is the Office of inbox items and the scope of its
//     clerks' posts.
package groups
