// Package jobs runs work in the background: work that a change asked for
// (Enqueue, in the same transaction as the change) and work that the clock asks
// for (Every, Daily).
//
// Words: a job is one piece of work of a kind; its Args say what to do; a Work
// function does it. A job that fails is tried again after a while, each time
// after a longer one; when its tries are used up it is dead, and stays until
// the operator retries or forgets it. A schedule starts a job at set times.
//
// Promises:
//   - A job commits with the change that asked for it, or not at all.
//   - A job whose transaction was acknowledged runs at least once, also after
//     kill -9 in the middle. It may run twice, so a Work function is written so
//     that the second run changes nothing.
//   - Of several nodes on one database exactly one starts each turn of a
//     schedule, and a turn missed while nothing ran is made up for once. A
//     scheduled job that failed is tried again at the next turn at the latest.
//   - A panic or an overlong run is one failed try, and never stops the others.
//   - Of the dead jobs with one unique key only the latest is kept.
//   - Idle costs nothing to speak of: a worker sleeps until it is nudged or the
//     next job is due.
//   - Logs carry the job's kind, number and error, never its Args.
//
// Jobs are for coarse work. What is one row a person (300,000 deliveries) lives
// in a table of its own and moves in batches that one job or one driver moves.
package jobs
