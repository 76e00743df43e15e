package group

import "crypto/rand"

// receiptLetters leave out what is misread or misheard: 0 O, 1 I L, 2 Z, 5 S,
// 8 B, U V.
const receiptLetters = "34679ACDEFGHJKMNPQRTWXY"

// NewReceipt returns a fresh short number such as 7K4-Q2: five of 23 letters,
// 6.4 million.
func NewReceipt() string {
	var raw [5]byte
	rand.Read(raw[:])
	b := make([]byte, 0, 6)
	for i, r := range raw {
		if i == 3 {
			b = append(b, '-')
		}
		b = append(b, receiptLetters[int(r)%len(receiptLetters)])
	}
	return string(b)
}
