package jobs

import "strings"

// validText makes s storable as TEXT on both engines: PostgreSQL takes neither
// broken UTF-8 nor NUL.
func validText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "")
}
