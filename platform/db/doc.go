// Package db is the database of one municipality: one SQLite file, or one
// schema of a PostgreSQL server, behind the same methods and the same SQL.
//
// # Words
//
// A Tx is a transaction with its own instant, and in a write its Actor. Read
// hands out one that sees a snapshot; Write hands out one that is committed
// when the function returns nil. A topic is a name, such as "places" or
// "person:<id>", for something that pages are made of; a write touches the
// topics it changes. An ID names a row of any table.
//
// # Promises
//
//   - Write returns nil only after the commit is on the disk: what was
//     acknowledged survives a kill or a power failure.
//   - One write's failure, panic or deferred constraint never spoils another
//     that shares its commit. Only when the commit itself fails (a full disk)
//     do all who share it get its error, and nobody's work is kept.
//   - A caller who goes away before its write has started is not written for;
//     once started, a write is finished and its true outcome returned.
//   - When Read or Write returns, no transaction is open, however it ended.
//   - The function may be run more than once, so its effects on anything but
//     the transaction belong into Tx.After.
//
// # SQL
//
// One text serves both engines: $1 placeholders; ids, instants (µs, see
// Micros), money and booleans (0 or 1) are BIGINT; civil dates, enumerations
// and JSON are TEXT. On PostgreSQL a transaction reads one result at a time,
// so rows are read to their end before the next statement (All does), the
// order of TEXT is that of the server's collation, and a parameter whose type
// cannot be guessed needs a CAST. A statement that fails dooms its
// transaction on both.
//
// # SQLite
//
// One goroutine writes (writer.go). What waits while a commit is under way
// shares the next one, each request in its own savepoint, up to 256 or 10 ms.
// The functions run in that goroutine, so they must be quick and must not
// wait for anything but the transaction; a panic or an ended goroutine
// (t.FailNow) is handed on to the caller. Another process may write to the
// file, such as an import beside the server: the writer waits up to 5 s for it.
// Statements are prepared once a connection, by their text (sqlite.go).
// Readers are a few connections that refuse to write (readers.go).
//
// # PostgreSQL
//
// Writes are READ COMMITTED, each on its own connection, and run again when
// the server reports a serialization failure or a deadlock; reads are
// REPEATABLE READ, READ ONLY. A cancelled statement is cancelled on the
// server, and the connection lives on. BEGIN goes with the first statement and
// ROLLBACK without waiting (internal/wire), so that a read of one row is one
// turn to the server.
//
// # Topics
//
// Versions live in memory: a touch bumps a counter after the commit and wakes
// who watches. Other processes on the same database hear of it within some
// 50 ms on PostgreSQL (NOTIFY, sent together and behind the commit, in which
// it would make commits wait for each other), and within two seconds on
// SQLite (a small table, looked at when PRAGMA data_version says that
// somebody wrote). A message lost in a crash is made good within 30 seconds.
//
// dialect.go holds what differs between the engines; internal/dump does for
// the copying of whole databases.
package db
