// Package importing reads and writes the lists of public facilities that local
// governments publish as open data.
//
// Words: the standard layout is sheet 101 of the Digital Agency's
// 自治体標準オープンデータセット (56 columns); the old layout is that of the
// 推奨データセット before it, which names the same things differently. A row
// becomes a facility.Facility; its identity is the local government's code and
// the row's ID where the file has both, else its name and address, folded.
//
// Promises:
//   - A file is taken in either layout, in CP932 or UTF-8, with its columns in any
//     order; columns nobody knows are kept and come out again.
//   - A column that the file does not have leaves what is known untouched.
//   - A row that cannot be used is refused with its number, column and reason, and
//     the others go in, 500 a transaction. Importing the same file again changes
//     nothing, and neither does importing what Export wrote.
package importing
