// Package record counts what was done: activities, each captured once, and what
// they add up to for a programme in a fiscal year.
//
// Words: an Activity is one finished thing. Its heads are the people who took
// part, by age band and language. A Year is the record of one programme from
// April to March, by month. Entered by hand is what a clerk wrote down, with a
// reason; everything else was recorded by the module where it happened, whose
// own audit entry tells of it.
//
// Promises:
//   - One source is one activity: recording it again replaces it.
//   - The sums of record_months equal the activities at every commit, on both
//     engines, with any number of writers. They are kept rather than computed, so
//     that a year costs the same however much was done: at most 5,376 rows of
//     sums for one programme, under 5 ms (BenchmarkYear).
//   - Writers of the same programme and month share no row unless their sources
//     fall into the same of eight shards, and take the rows they share in one
//     order; only two replacements that cross can meet, and db runs one again.
//   - A correction by hand is in the audit log with its reason.
package record
