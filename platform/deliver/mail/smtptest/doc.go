// Package smtptest is a small, strict SMTP server for tests: it fails the test
// where a client breaks RFC 5321, and does as it is told where a server may
// refuse, delay or go away.
package smtptest
