// Package seal keeps the secrets of the database outside it: it seals sensitive
// columns, makes blind indexes to find a sealed value again, and holds the key
// that signs the audit log.
//
// Words: the key file holds all three keys of a city, readable to its owner
// alone, away from the database and its backups. Sealing is authenticated
// encryption (Tink's AES-256-GCM) bound to table, column and row, so a sealed
// value moved elsewhere does not open. Rotating puts a new key in front; what
// older keys sealed still opens, and Rewrap moves it to the new one. A blind
// index is a keyed hash under which equal values meet without being readable.
//
// Promises:
//   - Open gives back exactly what was sealed in this table, column and row, or
//     an error; never another row's value.
//   - Two sealings of one value differ.
//   - Create never overwrites a key file, and Rotate replaces it whole or not at
//     all: without the file the sealed columns are lost for ever.
//   - The empty string stays empty: that nothing is there is no secret.
package seal
