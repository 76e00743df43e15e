// Package check reads a proof of kakehashi/engines/draw and says whether it holds,
// in code that shares nothing with the allocator: maps and text where that one has
// indices, so that one mistake is not made twice. It is short enough to be read by
// somebody who wants to know what a draw does: check.go, under 200 lines of code,
// reads a proof and runs a draw of the mode Plain again; ranks.go, under 200 more,
// shows of a draw of the mode Ranks that no assignment is better, and none as good
// was to be preferred. It does not search for one; a proof is easier than a search.
//
// It promises that a file of which one byte was changed is refused with the line
// that was changed and why. Whoever changes a file and mends its checksums and
// hashes makes another commitment: compare Report.Commit with the one that was
// published before the draw.
package check
