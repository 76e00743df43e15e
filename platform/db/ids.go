package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// ID names one row of any table: 63 bits that grow with time, so that newer
// rows sort after older ones and an index is filled from its right edge.
// 41 bits are milliseconds since 2020 (enough until 2089), 8 bits the process,
// 14 bits a sequence. Zero is no ID.
type ID int64

const (
	seqBits  = 14
	nodeBits = 8
	epoch    = 1577836800000 // 2020-01-01T00:00:00Z in Unix milliseconds
)

// crockford is Crockford's base 32: no i, l, o or u, so that an ID can be read
// over the phone.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

var (
	node   = rand.Int64N(1 << nodeBits)
	lastID atomic.Int64 // milliseconds<<seqBits | sequence of the newest ID
)

// NewID returns an ID greater than every ID that this process made before.
// Two processes can meet only when they drew the same process number (1 in
// 256) and the same place in the same millisecond; the primary key refuses
// the second then.
func NewID() ID {
	now := (time.Now().UnixMilli() - epoch) << seqBits
	for {
		last := lastID.Load()
		next := last + 1 // a full sequence flows over into the next millisecond
		if now > last|(1<<seqBits-1) {
			// A random start in the lower half keeps processes apart and
			// leaves room for 8192 IDs in the millisecond.
			next = now | rand.Int64N(1<<(seqBits-1))
		}
		if lastID.CompareAndSwap(last, next) {
			ms, seq := next>>seqBits, next&(1<<seqBits-1)
			return ID(ms<<(nodeBits+seqBits) | node<<seqBits | seq)
		}
	}
}

// String returns the ID as 13 characters of Crockford's base 32 in lower
// case, which sort as the IDs do.
func (id ID) String() string {
	var b [13]byte
	v := uint64(id)
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = crockford[v&31]
		v >>= 5
	}
	return string(b[:])
}

// Time returns when the ID was made, to the millisecond, in UTC.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(id)>>(nodeBits+seqBits) + epoch).UTC()
}

var errID = errors.New("not an ID")

// ParseID reads what String wrote. Upper case is accepted, and the letters
// that people take for digits (o for 0, i and l for 1). Zero is refused: it
// is no ID, and must not find rows that have none.
func ParseID(s string) (ID, error) {
	id, err := parseID(s)
	if err == nil && id == 0 {
		err = errID
	}
	if err != nil {
		return 0, fmt.Errorf("ParseID(%.20q): %w", s, err)
	}
	return id, nil
}

func parseID(s string) (ID, error) {
	if len(s) != 13 {
		return 0, errID
	}
	var v uint64
	for i := range len(s) {
		d := digits[s[i]]
		if d < 0 || i == 0 && d > 7 { // 13 characters hold 65 bits; we use 63
			return 0, errID
		}
		v = v<<5 | uint64(d)
	}
	return ID(v), nil
}

// digits maps a byte to its value in Crockford's base 32, or to -1.
var digits = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(crockford) {
		c := crockford[i]
		t[c] = int8(i)
		if c >= 'a' {
			t[c-'a'+'A'] = int8(i)
		}
	}
	for from, to := range map[byte]int8{'o': 0, 'O': 0, 'i': 1, 'I': 1, 'l': 1, 'L': 1} {
		t[from] = to
	}
	return t
}()

// MarshalText implements encoding.TextMarshaler, and with it JSON.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. Empty text and the zero
// that MarshalText writes are zero.
func (id *ID) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*id = 0
		return nil
	}
	v, err := parseID(string(b))
	if err != nil {
		return fmt.Errorf("ID %.20q: %w", b, err)
	}
	*id = v
	return nil
}

// Value implements driver.Valuer: an ID is a BIGINT. See Null for columns
// that reference another table and may be empty.
func (id ID) Value() (driver.Value, error) { return int64(id), nil }

// Null returns the ID as an argument for a column that may be NULL: NULL for
// zero, which a foreign key accepts.
func (id ID) Null() any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// Scan implements sql.Scanner: a BIGINT, or NULL for zero.
func (id *ID) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*id = 0
	case int64:
		*id = ID(v)
	default:
		return fmt.Errorf("ID: cannot scan a %T", v)
	}
	return nil
}
