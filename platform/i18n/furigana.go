package i18n

// Span is a piece of text and, over kanji, its reading in hiragana.
type Span struct{ Text, Reading string }

// Ruby returns the text in spans with the readings we know.
func Ruby(text string) []Span { return []Span{{Text: text}} }
