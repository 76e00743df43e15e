// Package audit keeps the log of every change and every sensitive read, in a
// form in which nobody, the operator included, can alter the past unnoticed.
//
// Words: an entry says who did what to which thing, when, for whom and by which
// way. It is pending until the sealer has put it, in order, into the tree: a
// hash tree as in RFC 6962 (Certificate Transparency). A checkpoint is the
// tree's size and root hash, signed with the city's key; anyone who keeps one
// can later prove that the log only grew since. The detail of an entry is its
// few extra words; a rule may erase it after years, and the proof stays whole,
// because the tree holds only the detail's salted hash.
//
// Promises:
//   - An entry commits with the change it tells of, or not at all, and costs one
//     insert into a table without indexes.
//   - Sealing takes what is committed, in any number of programs at once; each
//     entry gets exactly one place, and no entry is left out because its
//     transaction committed late.
//   - Verify recomputes every hash from the rows, and names the first entry that
//     was changed, removed or slipped in, and the first checkpoint that does not
//     hold. What it cannot see alone is a log cut back to an earlier state; the
//     checkpoints kept elsewhere and handed to Verify show that.
//   - Between its commit and its sealing (a minute at most, by the schedule) an
//     entry is protected by the database alone.
//   - Detail never holds sensitive plain text: the log is read by many.
//
// The canonical text of an entry, whose RFC 6962 leaf hash stands in the tree,
// is built by canonical in entry.go; checkpoints follow the C2SP tlog-checkpoint
// format, so tools of others can check them.
package audit
