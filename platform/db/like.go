package db

import "strings"

// longest is how many characters of what somebody looks for count: no column
// that is searched holds a longer word, and SQLite refuses patterns of more than
// 50,000 bytes (https://www.sqlite.org/limits.html, SQLITE_MAX_LIKE_PATTERN_LENGTH).
const longest = 200

var plain = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Like returns the pattern that finds texts with the part in them, for
// LIKE $1 ESCAPE '\'; "" for no part. Of a very long part its beginning counts.
func Like(part string) string {
	if part == "" {
		return ""
	}
	if r := []rune(part); len(r) > longest {
		part = string(r[:longest])
	}
	return "%" + plain.Replace(part) + "%"
}
