// Package dbtest runs store tests on every database engine.
//
// SQLite is a file in the test's temporary directory. PostgreSQL is a schema
// of its own in a private cluster that all test processes of the machine
// share: the first one starts it (with fsync off, on a socket in the temporary
// directory, as user postgres or nobody when the tests run as root), and it
// stops by itself when no test process has used it for a while. The variable
// KAKEHASHI_TEST_POSTGRES, a postgres:// URL, names another server to use
// instead. A machine without PostgreSQL fails the tests: they promise both
// engines. On one without flock(1) the cluster runs on until somebody stops it.
package dbtest
