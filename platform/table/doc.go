// Package table reads and writes the tables that offices exchange: CSV and
// Excel, as they really come.
//
// # Words
//
//   - A Sheet is a table as it was read: a header and rows, every cell as text.
//   - Columns are what an import knows by name, with the names the same column
//     has gone by; Rows are a sheet matched with them.
//   - A Refusal says which row was not taken, for which column and why, as a
//     message key; a Summary counts what became of all rows.
//   - A row's line is the row number that a spreadsheet shows for it.
//
// # Promises
//
//   - Headers match by name, whatever the width, brackets, blanks and separators;
//     unknown columns are kept, and a title above the header is stepped over.
//   - A refused row never stops the others, and a file is never half understood
//     in silence: an unclosed quotation mark or an unknown encoding is an error.
//   - What Write makes harmless, Read makes whole again: a table that was written
//     and read is the same, but for blank rows and control characters.
//   - Files are read within Limits, before and after unzipping, so that no upload
//     can take the server's memory.
//
// A cell that looks like a formula would run in the spreadsheet of whoever opens
// the file, so Write sets an apostrophe before it (OWASP, CSV injection).
package table
