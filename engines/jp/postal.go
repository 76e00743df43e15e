package jp

import (
	"regexp"
	"strings"
)

var postalRe = regexp.MustCompile(`^〒?(?:(\d{1,3})-(\d{4})|(\d{5,7}))$`)

// PostalCode returns the postal code as NNN-NNNN from any width, with or without
// 〒 and hyphen. Zeros that a spreadsheet dropped in front come back: codes
// begin with 001 (Sapporo), so at most two are missing. Codes of three or five
// digits from before 1998 are refused.
func PostalCode(s string) (string, error) {
	if len(s) > longestCell {
		return "", formError("postal code")
	}
	m := postalRe.FindStringSubmatch(tight(s))
	if m == nil {
		return "", formError("postal code")
	}
	code := strings.Repeat("0", 3-len(m[1])) + m[1] + m[2]
	if m[3] != "" {
		code = strings.Repeat("0", 7-len(m[3])) + m[3]
	}
	if strings.HasPrefix(code, "000") {
		return "", formError("postal code")
	}
	return code[:3] + "-" + code[3:], nil
}
