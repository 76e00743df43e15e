package draw

import (
	"hash/crc32"
	"strconv"
	"time"
)

// line ends the line that begins at start: a space and the CRC-32 (IEEE) of
// what stands before it, in eight hexadecimal digits, so that whoever meets a
// damaged file can say where.
func line(b []byte, start int) []byte {
	const digits = "0123456789abcdef"
	sum := crc32.ChecksumIEEE(b[start:])
	b = append(b, ' ')
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, digits[sum>>shift&15])
	}
	return append(b, '\n')
}

// words appends a line of the words.
func words(b []byte, words ...string) []byte {
	start := len(b)
	for i, w := range words {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, w...)
	}
	return line(b, start)
}

// names are the names of slots in one piece, which memory answers better than
// a hundred thousand strings.
type names struct {
	text []byte
	at   []int32 // by slot: where its name begins; and the end
}

func (n *names) add(name string) {
	n.text = append(n.text, name...)
	n.at = append(n.at, int32(len(n.text)))
}

func (n *names) bytes(slot int) []byte { return n.text[n.at[slot]:n.at[slot+1]] }

func (n *names) of(slot int) string { return string(n.bytes(slot)) }

func (f *FrozenDraw) appendSlots(b []byte, slots []int) []byte {
	for i, s := range slots {
		if i > 0 {
			b = append(b, '+')
		}
		b = append(b, f.names.bytes(s)...)
	}
	return b
}

// size is how many bytes the text has, or somewhat more.
func (f *FrozenDraw) size() int {
	const perLine = 48
	n := 2000 + (len(f.draw.Held)+len(f.draw.Pledges))*(perLine+2*longest)
	for _, l := range f.draw.Partners {
		n += perLine + len(l)*longest
	}
	for i, s := range f.draw.Slots {
		n += perLine + len(f.names.bytes(i)) + len(s.Period)
	}
	for i := range f.draw.Entries {
		n += len("entry  1 1 12345678\n") + 8 + len(f.draw.Entries[i].Group)
	}
	for _, code := range f.flat {
		n += len(" ~") + len(f.names.bytes(int(code>>2)))
	}
	return n
}

// appendText appends the text, and sends it in parts as they are finished.
func (f *FrozenDraw) appendText(b []byte, parts chan<- []byte) []byte {
	const part = 1 << 20
	sent := 0
	d := &f.draw
	b = words(b, "kakehashi-draw", "1")
	b = words(b, "title", d.Title)
	b = words(b, "frozen", d.Frozen.Format(time.RFC3339))
	b = words(b, "source", string(d.Source.Kind), d.Source.Due.Format(time.RFC3339), d.Source.What)
	b = words(b, "caps", strconv.Itoa(d.Caps.Entries), strconv.Itoa(d.Caps.Wins))
	if d.Mode != Plain {
		b = words(b, "mode", string(d.Mode))
	}
	for _, l := range d.Partners {
		b = words(b, append([]string{"partners"}, l...)...)
	}
	for i, s := range d.Slots {
		b = words(b, "slot", f.names.of(i), s.Period)
	}
	for _, h := range d.Held {
		b = words(b, "held", h.Group, h.Period, strconv.Itoa(h.Wins))
	}
	for _, p := range d.Pledges {
		b = words(b, "pledge", p.Group, p.Hash)
	}
	for i := range d.Entries {
		e := &d.Entries[i]
		start := len(b)
		b = append(append(b, "entry "...), e.Group...)
		b = strconv.AppendInt(append(b, ' '), int64(e.Number), 10)
		b = strconv.AppendInt(append(b, ' '), int64(e.Tier), 10)
		joined := false
		for _, code := range f.flat[f.at[i]:f.at[i+1]] {
			switch {
			case joined:
				b = append(b, '+')
			case code&partners != 0:
				b = append(b, " ~"...)
			default:
				b = append(b, ' ')
			}
			b = append(b, f.names.bytes(int(code>>2))...)
			joined = code&more != 0
		}
		if b = line(b, start); len(b)-sent >= part {
			parts <- b[sent:len(b):len(b)]
			sent = len(b)
		}
	}
	parts <- b[sent:]
	return b
}
