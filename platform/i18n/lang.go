package i18n

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Lang is one of the ten languages, by the name that stands in URLs, cookies,
// tables and file names. The zero value is no language.
type Lang string

// The ten languages. JaEasy is plain Japanese, やさしい日本語.
const (
	Ja     Lang = "ja"
	JaEasy Lang = "ja-easy"
	En     Lang = "en"
	ZhHans Lang = "zh-Hans"
	ZhHant Lang = "zh-Hant"
	Ko     Lang = "ko"
	Vi     Lang = "vi"
	Fil    Lang = "fil"
	Tr     Lang = "tr"
	Ne     Lang = "ne"
)

// Langs lists the languages in the order in which readers are offered them.
var Langs = []Lang{Ja, JaEasy, En, ZhHans, ZhHant, Ko, Vi, Fil, Tr, Ne}

// speech is what is true of a language whatever the messages say.
type speech struct {
	tag     language.Tag
	html    string
	autonym string
	// fallback are the languages that a reader of this one most likely
	// understands, best first; see Text.Pick.
	fallback []Lang
}

// speeches has plain Japanese as a private-use variety of ja (BCP 47, RFC 5646
// section 2.2.7), because no registered subtag says it; pages declare it as ja,
// so that fonts and screen readers treat it as Japanese.
//
// A reader of another language gets English before plain Japanese; Chinese
// readers get the other script first, and then Japanese, whose kanji they read.
var speeches = map[Lang]speech{
	Ja:     {language.Japanese, "ja", "日本語", []Lang{JaEasy, En}},
	JaEasy: {language.MustParse("ja-x-easy"), "ja", "やさしい日本語", []Lang{Ja, En}},
	En:     {language.English, "en", "English", []Lang{JaEasy, Ja}},
	ZhHans: {language.SimplifiedChinese, "zh-Hans", "简体中文", []Lang{ZhHant, Ja, JaEasy, En}},
	ZhHant: {language.TraditionalChinese, "zh-Hant", "繁體中文", []Lang{ZhHans, Ja, JaEasy, En}},
	Ko:     {language.Korean, "ko", "한국어", []Lang{En, JaEasy, Ja}},
	Vi:     {language.Vietnamese, "vi", "Tiếng Việt", []Lang{En, JaEasy, Ja}},
	Fil:    {language.Filipino, "fil", "Filipino", []Lang{En, JaEasy, Ja}},
	Tr:     {language.Turkish, "tr", "Türkçe", []Lang{En, JaEasy, Ja}},
	Ne:     {language.Nepali, "ne", "नेपाली", []Lang{En, JaEasy, Ja}},
}

// ParseLang returns the language of that name, in any case of letters.
func ParseLang(s string) (Lang, bool) {
	for _, l := range Langs {
		if strings.EqualFold(string(l), s) {
			return l, true
		}
	}
	return "", false
}

// HTML returns the value of the lang attribute for text in the language.
func (l Lang) HTML() string { return speeches[l].html }

// Dir returns the value of the dir attribute, the direction of writing.
func (l Lang) Dir() string { return "ltr" }

// Name returns the language's name in the language itself, as a reader who
// looks for it expects to see it.
func (l Lang) Name() string { return speeches[l].autonym }

// Tag returns the language as BCP 47 has it; plain Japanese is ja-x-easy.
func (l Lang) Tag() language.Tag { return speeches[l].tag }

// UnmarshalText sets the language from its name and refuses any other, so that
// what comes in through the API names a language we have.
func (l *Lang) UnmarshalText(b []byte) error {
	lang, ok := ParseLang(string(b))
	if !ok {
		return fmt.Errorf("i18n: %q is none of %v", b, Langs)
	}
	*l = lang
	return nil
}

// matcher maps BCP 47 tags to Langs by index, the default first.
var matcher = sync.OnceValue(func() language.Matcher {
	tags := make([]language.Tag, len(Langs))
	for i, l := range Langs {
		tags[i] = l.Tag()
	}
	return language.NewMatcher(tags)
})

const (
	maxHeader   = 256 // bytes of Accept-Language that are looked at; browsers send fewer
	maxRemember = 512 // headers remembered; the world's browsers send a few dozen
)

var matched struct {
	sync.RWMutex
	lang map[string]Lang
}

// Match returns the language that suits an Accept-Language header best (RFC
// 9110 section 12.5.4, RFC 4647), or Ja where none does. Regions and old codes
// are understood: zh-TW and zh-HK are ZhHant, tl is Fil.
func Match(acceptLanguage string) Lang {
	if len(acceptLanguage) > maxHeader {
		cut := strings.LastIndexByte(acceptLanguage[:maxHeader], ',')
		acceptLanguage = acceptLanguage[:max(cut, 0)]
	}
	if acceptLanguage == "" {
		return Ja
	}
	matched.RLock()
	l, ok := matched.lang[acceptLanguage]
	matched.RUnlock()
	if ok {
		return l
	}
	l = match(acceptLanguage)
	matched.Lock()
	defer matched.Unlock()
	if matched.lang == nil || len(matched.lang) >= maxRemember {
		matched.lang = make(map[string]Lang)
	}
	matched.lang[strings.Clone(acceptLanguage)] = l
	return l
}

// match takes plain Japanese under our name for it as well, and drops what cannot be parsed and keeps the rest: one odd extension in a
// browser must not cost its reader the language.
func match(header string) Lang {
	header = strings.ReplaceAll(strings.ToLower(header), string(JaEasy), JaEasy.Tag().String())
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		tags = nil
		for part := range strings.SplitSeq(header, ",") {
			if some, _, err := language.ParseAcceptLanguage(part); err == nil {
				tags = append(tags, some...)
			}
		}
	}
	_, i, confidence := matcher().Match(tags...)
	if confidence == language.No {
		return Ja
	}
	if Langs[i] != Ja {
		return Langs[i]
	}
	// x/text matches by language, script and region only.
	for _, tag := range tags {
		if base, _ := tag.Base(); base.String() == string(Ja) {
			if tag == JaEasy.Tag() {
				return JaEasy
			}
			break
		}
	}
	return Ja
}
