package jp

import "strings"

// Daiji writes a number in the characters that cannot be altered into another
// (大字), as sums on receipts are: 1350 is 壱千参百五拾. It is for 0 and more;
// less is 零.
func Daiji(n int64) string {
	if n <= 0 {
		return "零"
	}
	digits := []string{"", "壱", "弐", "参", "四", "五", "六", "七", "八", "九"}
	var out []string
	for _, great := range []string{"", "万", "億", "兆", "京"} {
		four := ""
		for i, unit := range []string{"", "拾", "百", "千"} {
			if d := n / [...]int64{1, 10, 100, 1000}[i] % 10; d > 0 {
				four = digits[d] + unit + four
			}
		}
		if four != "" {
			out = append([]string{four + great}, out...)
		}
		if n /= 10_000; n == 0 {
			break
		}
	}
	return strings.Join(out, "")
}
