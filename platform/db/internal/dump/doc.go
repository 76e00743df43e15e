// Package dump writes all rows of a database as a stream of text and reads
// them back, into the same engine or the other.
//
// It works inside a transaction that package db has begun, and knows the
// tables only from the engine's own catalogue. The stream is JSON, one value
// a line:
//
//	{"kakehashi":1,"modules":{"places":3}}        first: format, and the version of each module
//	{"table":"rooms","columns":["id","name"]}     then each table, parents first
//	[123,"会議室"]                                  and its rows, by primary key
//	{"end":true,"rows":1}                         last: without it the stream is cut
//
// In a row an integer is a number without point or exponent, exact to 64 bits;
// a float is a number with an exponent; text is a string; bytes are
// {"b":"base64"}, as is text that is not UTF-8; NULL is null.
package dump
