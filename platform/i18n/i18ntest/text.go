package i18ntest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"kakehashi/platform/i18n"
)

var (
	placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}`)
	otherStyle  = regexp.MustCompile(`\{[A-Za-z_]\w*\}|%[sdvq]`)
	tag         = regexp.MustCompile(`</?[A-Za-z][^>]*>`)
	address     = regexp.MustCompile(`https?://`)
	quoted      = regexp.MustCompile(`「[^」]*」|『[^』]*』|“[^”]*”|"[^"]*"|（[^）]*）|\([^)]*\)`)
	word        = regexp.MustCompile(`\p{Latin}{2,}`)
	grammar     = regexp.MustCompile(`[をがはにの]|ます|です|した|する|しい`) // no proper name of ours has these
	sentenceEnd = regexp.MustCompile(`[。！？!?\n]+`)
)

// text looks for what is wrong in any language.
func (c checker) text(text string) {
	switch {
	case strings.TrimSpace(text) == "":
		c.say("is empty")
	case strings.TrimSpace(text) != text:
		c.say("begins or ends with a space, which translators lose: %q", text)
	}
	bare := placeholder.ReplaceAllString(text, "")
	if found := otherStyle.FindString(bare); found != "" {
		c.say("has %s: a placeholder is {{.name}}; one that a script fills in is {{.n}} too, and the page gives it the value \"{n}\"", found)
	}
	if found := tag.FindString(bare); found != "" {
		c.say("has %s, which would show: the markup belongs to the template", found)
	}
	if address.MatchString(bare) {
		c.say("has an address: it belongs to the code, for it is the same in every language")
	}
}

const (
	maxSame  = 3  // words that a text may share with English: "PDF, Excel, LINE"
	maxKana  = 6  // hiragana outside brackets: かわくち in a proper name
	maxPlain = 40 // characters of a sentence in plain Japanese
)

// language looks for what was left in another language, and, in plain Japanese,
// for what is not plain.
func (c checker) language(text, ja, en string) {
	bare := placeholder.ReplaceAllString(text, " ")
	words := len(word.FindAllString(bare, -1))
	switch c.lang {
	case i18n.En:
	case i18n.Vi, i18n.Fil, i18n.Tr:
		if text == en && words > maxSame {
			c.say("is still English: %q", text)
		}
	default:
		if words > maxSame && (text == en || count(bare, native(c.lang)) == 0) {
			c.say("is still English: %q", text)
		}
	}
	switch c.lang {
	case i18n.Ja:
		return
	case i18n.JaEasy:
		c.plain(text)
		return
	case i18n.ZhHans:
		c.script(text, onlyTraditional, "traditional")
	case i18n.ZhHant:
		c.script(text, onlySimplified, "simplified")
	}
	unquoted := quoted.ReplaceAllString(text, "")
	if count(unquoted, unicode.Hiragana) > maxKana || text == ja && grammar.MatchString(unquoted) {
		c.say("is still Japanese: %q", text)
	}
}

// native is the script that the language is written in.
func native(l i18n.Lang) *unicode.RangeTable {
	switch l {
	case i18n.Ko:
		return unicode.Hangul
	case i18n.Ne:
		return unicode.Devanagari
	case i18n.ZhHans, i18n.ZhHant:
		return unicode.Han
	default:
		return japanese
	}
}

var japanese = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x3041, Hi: 0x30FF, Stride: 1}, {Lo: 0x4E00, Hi: 0x9FFF, Stride: 1}}}

func count(s string, table *unicode.RangeTable) int {
	n := 0
	for _, r := range s {
		if unicode.Is(table, r) {
			n++
		}
	}
	return n
}

// Characters of one Chinese script that neither the other nor Japanese has, so
// that the name of a Japanese place or office is no mistake.
const (
	onlySimplified  = "们这为务员请选择设备团录议时间发说话读书长门问开关车东语个对该张电动办报场给见观让记论许试详认识谁调谢费资质购过还进远连迟邮错键闻难项须预顾领题额颜风护页订证验总页组织结续级纪约缩计变应边环"
	onlyTraditional = "們這擇團錄說讀發辦檢對應關學會國圖點號體當實專廣價變歸轉輕裡嗎麼佔僅內區廳擔據舉將專歲聯絡總續權與"
)

// script reports characters of the other Chinese script.
func (c checker) script(text, other, name string) {
	if found := strings.IndexFunc(quoted.ReplaceAllString(text, ""), func(r rune) bool {
		return strings.ContainsRune(other, r)
	}); found >= 0 {
		c.say("has %s characters: %q", name, text)
	}
}

// officialese are words that learners of Japanese do not know and that a
// neighbour would not say.
var officialese = []string{"及び", "又は", "並びに", "若しくは", "当該", "該当", "遵守", "厳守", "速やか", "所定", "別途",
	"適宜", "逐次", "致します", "なお、", "下記", "上記", "において", "に際し", "に関する"}

// plain wants short sentences and common words.
func (c checker) plain(text string) {
	for _, sentence := range sentenceEnd.Split(text, -1) {
		n := utf8.RuneCountInString(strings.TrimSpace(placeholder.ReplaceAllString(sentence, "○○")))
		if n > maxPlain {
			c.say("has a sentence of %d characters, more than %d (aim at 24): %q", n, maxPlain, sentence)
		}
	}
	for _, hard := range officialese {
		if strings.Contains(text, hard) {
			c.say("says %s, which is not plain: %q", hard, text)
		}
	}
}
