package i18n

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Span is a piece of text and, over kanji, its reading in hiragana; elsewhere
// Reading is "".
type Span struct{ Text, Reading string }

const (
	maxRuby     = 4096 // texts remembered; the interface has fewer
	maxRubyText = 1024 // bytes of a text that is worth remembering
)

var rubies struct {
	sync.RWMutex
	spans map[string][]Span
}

// Ruby returns the text in pieces, with readings over the words that we know:
// those of furigana.toml, the longest first, and days, weekdays and other
// counters after digits. A kanji that we do not know for certain stays bare,
// since a wrong reading is worse than none. The pieces joined are the text. The
// caller must not change them: they are remembered.
func Ruby(text string) []Span {
	rubies.RLock()
	spans, ok := rubies.spans[text]
	rubies.RUnlock()
	if ok {
		return spans
	}
	spans = dictionary().ruby(text)
	if len(text) > maxRubyText {
		return spans
	}
	rubies.Lock()
	defer rubies.Unlock()
	if rubies.spans == nil || len(rubies.spans) >= maxRuby {
		rubies.spans = make(map[string][]Span)
	}
	rubies.spans[text] = spans
	return spans
}

//go:embed furigana.toml
var furigana string

// words holds the words of the interface by their first kanji, longest first.
type words map[rune][]word

type word struct {
	text  string
	spans []Span
}

// dictionary is parsed when the first reader asks for readings. The file is
// part of the program and a test parses it, so that it cannot fail here.
var dictionary = sync.OnceValue(func() words {
	w, err := parseWords(furigana)
	if err != nil {
		panic(err)
	}
	return w
})

func parseWords(data string) (words, error) {
	var readings map[string]string
	if err := toml.Unmarshal([]byte(data), &readings); err != nil {
		return nil, fmt.Errorf("i18n: furigana.toml: %w", err)
	}
	w := make(words, len(readings))
	for text, reading := range readings {
		spans := align(text, reading)
		first, _ := utf8.DecodeRuneInString(text)
		if spans == nil || !isKanji(first) {
			return nil, fmt.Errorf("i18n: furigana.toml: %q cannot be read %q", text, reading)
		}
		w[first] = append(w[first], word{text, spans})
	}
	for _, of := range w {
		slices.SortFunc(of, func(a, b word) int { return len(b.text) - len(a.text) })
	}
	return w, nil
}

// align lays a reading over the kanji of a word, so that 取り消す, とりけす
// becomes 取(と)り消(け)す. It returns nil where the kana of the word do not
// stand in the reading.
func align(text, reading string) []Span {
	if text == "" {
		if reading == "" {
			return []Span{}
		}
		return nil
	}
	kanji := run(text, true)
	if kanji == "" {
		kana := run(text, false)
		rest, ok := strings.CutPrefix(reading, kana)
		if !ok {
			return nil
		}
		if spans := align(text[len(kana):], rest); spans != nil {
			return append([]Span{{Text: kana}}, spans...)
		}
		return nil
	}
	for end := range reading {
		if end == 0 {
			continue
		}
		if spans := align(text[len(kanji):], reading[end:]); spans != nil {
			return append([]Span{{kanji, reading[:end]}}, spans...)
		}
	}
	if len(kanji) == len(text) && reading != "" {
		return []Span{{kanji, reading}}
	}
	return nil
}

// run returns the kanji, or the other characters, that s begins with.
func run(s string, kanji bool) string {
	for i, r := range s {
		if isKanji(r) != kanji {
			return s[:i]
		}
	}
	return s
}

func isKanji(r rune) bool { return unicode.Is(unicode.Han, r) && r != '〇' }

// ruby reads the text from its beginning.
func (w words) ruby(text string) []Span {
	var out []Span
	bare := 0 // where the text without readings began that is not in out yet
	put := func(from int, spans ...Span) {
		if bare < from {
			out = append(out, Span{Text: text[bare:from]})
		}
		out = append(out, spans...)
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isKanji(r) {
			i += size
			continue
		}
		if from, to, spans := w.at(text, i, r); spans != nil {
			put(from, spans...)
			i, bare = to, to
			continue
		}
		i += size
	}
	if put(len(text)); len(out) == 0 {
		return []Span{{Text: text}}
	}
	return out
}

// at returns the readings that begin at the kanji r at text[i], and the piece
// they are for, which may begin with the digits before it.
func (w words) at(text string, i int, r rune) (from, to int, spans []Span) {
	known := w.longest(text, i, r)
	single := utf8.RuneCountInString(known.text) <= 1
	if single {
		if from, to, spans := counted(text, i); spans != nil {
			return from, to, spans
		}
		if reading := weekdayIn(text, i, r); reading != "" {
			return i, i + utf8.RuneLen(r), []Span{{string(r), reading}}
		}
	}
	if known.text == "" || single && !standsAlone(text, i, len(known.text)) {
		return 0, 0, nil
	}
	return i, i + len(known.text), known.spans
}

func (w words) longest(text string, i int, r rune) word {
	for _, known := range w[r] {
		if strings.HasPrefix(text[i:], known.text) {
			return known
		}
	}
	return word{}
}

// particles may follow a noun of one kanji; other hiragana belong to a verb,
// whose kanji reads otherwise: 会を is かいを, 会いたい is not.
const particles = "をがはにのもとでへやかまだなよさ"

// standsAlone reports whether the kanji is a word: no part of a compound that we
// do not know, and no stem of a verb.
func standsAlone(text string, i, size int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+size:])
	if isKanji(before) || isKanji(after) {
		return false
	}
	return !unicode.Is(unicode.Hiragana, after) || strings.ContainsRune(particles, after)
}

// weekdayIn reads a weekday that stands in brackets or between dots: （土・日）.
func weekdayIn(text string, i int, r rune) string {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
	if !strings.ContainsRune("（(・〜～", before) || !strings.ContainsRune("）)・〜～", after) {
		return ""
	}
	return weekdays[r]
}

var weekdays = map[rune]string{'日': "にち", '月': "げつ", '火': "か", '水': "すい", '木': "もく", '金': "きん", '土': "ど"}
