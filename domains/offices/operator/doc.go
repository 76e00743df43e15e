// Package operator is the page of whoever runs the installation: what works in
// the background, what failed for good, whether the log is whole, and how much
// is stored.
//
// Promises:
//   - It shows ids, kinds and counts, and no personal data: mail addresses are
//     taken out of what mail servers answered.
//   - Trying again and forgetting are in the audit log, as everything else.
//   - Verifying the log is a job: it takes as long as it takes, and its outcome
//     stays until the next.
package operator
