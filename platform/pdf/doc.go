// Package pdf makes office documents in Japanese as PDF: permits, invoices,
// receipts, notices, certificates.
//
// Words: a Doc is a list of blocks (a title, a table of facts, a table of
// amounts, a sender with the place of its seal, a QR code) that are set under
// one another on A4 or A5. A Part is a document of its own within the file: it
// begins on a new page and counts its own pages.
//
//	d := pdf.New(pdf.Setup{Title: "使用許可書", Author: "川口市"})
//	d.Title("使用許可書")
//	d.To("あおぞらの会", "様")
//	d.Facts(pdf.Fact{Label: "使用施設", Value: "会議室1"})
//	err := d.Write(w)
//
// Promises:
//   - Every character that is handed in is printed. One that the font has no
//     glyph for is an error of kind MissingGlyph that names it, before a byte is
//     written; the caller shows the page for printing instead, which the
//     reader's own fonts set in any script.
//   - Lines break as Japanese does (禁則, see engines/kinsoku).
//   - What does not fit goes on the next page; a table's head is repeated there.
//   - The same Doc is the same bytes, on every machine.
//
// Sizes are in millimetres at this package's door and in points (1/72 inch)
// inside. The font is BIZ UDPGothic, regular and bold; letters of Latin, Greek and
// Cyrillic that it lacks are taken from Noto Sans. Both lie in fonts beside their
// licences; only the glyphs that are used go into a file. docs/adr/pdf.md says
// why these parts.
package pdf
