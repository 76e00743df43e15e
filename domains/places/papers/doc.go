// Package papers writes the documents of a reservation: permit (使用許可書), invoice
// (請求書) and receipt (領収書), as PDF and as print pages with a QR code.
package papers
