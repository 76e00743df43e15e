// Package files keeps what people upload: photos of rooms, papers of a meeting.
//
// Words: a blob is the bytes, kept once under the name of their SHA-256 in the
// data folder; a file is a row that names a blob for an owner. Staging turns an
// upload into a blob before any transaction begins; adding writes the row.
//
// Promises:
//   - A picture is decoded and drawn anew: no position, name of a camera or other
//     hidden data survives, it stands upright, and its longer side is at most
//     1600 pixels. A second one of at most 400 pixels serves as thumbnail.
//   - What a file is, is read from its bytes, never from its name; what is
//     neither a picture nor a PDF is refused.
//   - A picture that would need too much memory is refused from its header alone,
//     and the pictures being drawn at one time share a fixed budget of memory.
//   - A served file cannot run anything: fixed type, no sniffing, a sandbox.
//   - A blob goes when the last row that names it is gone, never before, also
//     when somebody uploads the same bytes at that moment.
package files
