package i18n

import "strconv"

// digits says how a language groups a number's digits (CLDR 48, Latin digits).
type digits struct {
	group, decimal byte
	// lakh groups by two beyond the thousands: 12,34,567.
	lakh bool
}

func digitsOf(l Lang) digits {
	switch l {
	case Vi, Tr:
		return digits{group: '.', decimal: ','}
	case Ne:
		return digits{group: ',', decimal: '.', lakh: true}
	default:
		return digits{group: ',', decimal: '.'}
	}
}

// Number returns n with its digits grouped: 12,345.
func (l *Localizer) Number(n int64) string {
	var room [32]byte
	return string(l.appendNumber(room[:0], n))
}

func (d digits) appendNumber(b []byte, n int64) []byte {
	var room [20]byte
	s := strconv.AppendInt(room[:0], n, 10)
	return d.appendGrouped(b, s)
}

func (d digits) appendGrouped(b, s []byte) []byte {
	if s[0] == '-' {
		b, s = append(b, '-'), s[1:]
	}
	for i, c := range s {
		if left := len(s) - i; i > 0 && d.groupsAt(left) {
			b = append(b, d.group)
		}
		b = append(b, c)
	}
	return b
}

// groupsAt reports whether a separator stands before the last left digits.
func (d digits) groupsAt(left int) bool {
	if d.lakh && left > 3 {
		return left%2 == 1
	}
	return left%3 == 0
}

func (d digits) appendFloat(b []byte, f float64) []byte {
	var room [32]byte
	s := strconv.AppendFloat(room[:0], f, 'f', -1, 64)
	for i, c := range s {
		if c == '.' {
			b = d.appendGrouped(b, s[:i])
			return append(append(b, d.decimal), s[i+1:]...)
		}
	}
	return append(b, s...)
}

// Yen returns an amount in whole yen: 1,200円, ¥1,200.
func (l *Localizer) Yen(yen int64) string {
	var room [32]byte
	b := l.appendNumber(room[:0], yen)
	if b[0] == '-' {
		return "-" + l.yen.fill("amount", string(b[1:]))
	}
	return l.yen.fill("amount", string(b))
}

// List joins the items as a sentence does: A、B、C or A, B and C.
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	s := items[0]
	for _, item := range items[1:last] {
		s = l.listMore.fill("a", s, "b", item)
	}
	return l.listLast.fill("a", s, "b", items[last])
}
