// Package check reads a proof of kakehashi/engines/draw and runs its draw again,
// in under 200 lines of code that share nothing with the allocator: maps and
// text where that one has indices, so that one mistake is not made twice. It is
// short enough to be read by somebody who wants to know what a draw does.
//
// It promises that a file of which one byte was changed is refused with the line
// that was changed and why. Whoever changes a file and mends its checksums and
// hashes makes another commitment: compare Report.Commit with the one that was
// published before the draw.
package check
