// Package web carries a module's pages to readers: routes with their access,
// requests with their reader, replies, errors, sessions, languages.
//
// Words: a Route is a ServeMux pattern with an Access and a Handler; a Viewer
// is whoever reads, with the posts that give access; a Context is one request
// of one viewer; a Problem is an error as the reader is told of it, in three
// parts: what happened, what was kept, what to do.
//
// Promises:
//   - a route without an access cannot be registered, and the access is decided
//     before the handler runs;
//   - an error is turned into a reply in one place, in the reader's language,
//     as a page or as RFC 9457 problem details; inner detail goes to the log;
//   - what somebody typed is not lost: a form that fails is shown again as it
//     was, and a form sent by a session that is over waits, sealed, for the
//     same person to sign in again (see package draft);
//   - what everybody sees is rendered once a language, aids and version of its
//     data, and served from memory until the data changes;
//   - no reply leaves without the headers of package secure, and no log line holds
//     a query, a path with identifiers, or a whole address;
//   - a page served from memory is counted, not logged; every other request is
//     one line in the log;
//   - shutting down closes live updates first and lets running requests finish.
package web
