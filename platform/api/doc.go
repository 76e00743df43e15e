// Package api carries the JSON twins of pages under /api/v1, described by an
// OpenAPI 3.1 document that is made from the Go types of the operations.
//
// Conventions: an operation declares its access like any route; its reader is
// known by a session's cookie or a personal token (Authorization: Bearer), and
// a token does what its scopes say, read or write. IDs are strings, dates
// YYYY-MM-DD, instants RFC 3339, money whole yen. Lists are paged by key: Paged
// takes after and limit, Page gives items, the cursor of the next page, and the
// same as a Link header. Errors are problem details (RFC 9457) in the language
// that Accept-Language asks for. There is no page of documentation that loads
// anything from elsewhere: the document is at /api/v1/openapi.json.
package api
