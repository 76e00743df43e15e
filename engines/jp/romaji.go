package jp

import (
	"strings"
	"unicode"
)

// syllables in hiragana, by the Hepburn table of the passport rules; the longer
// spelling is looked up first.
var syllables = func() map[string]string {
	const rows = `
あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go
さ sa し shi す su せ se そ so ざ za じ ji ず zu ぜ ze ぞ zo た ta ち chi つ tsu て te と to
だ da ぢ ji づ zu で de ど do な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho
ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po ま ma み mi む mu め me も mo
や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa ゐ i ゑ e を o ゔ vu
ぁ a ぃ i ぅ u ぇ e ぉ o ゃ ya ゅ yu ょ yo ゎ wa ゕ ka ゖ ke
きゃ kya きゅ kyu きょ kyo ぎゃ gya ぎゅ gyu ぎょ gyo しゃ sha しゅ shu しょ sho じゃ ja じゅ ju じょ jo
ちゃ cha ちゅ chu ちょ cho ぢゃ ja ぢゅ ju ぢょ jo にゃ nya にゅ nyu にょ nyo ひゃ hya ひゅ hyu ひょ hyo
びゃ bya びゅ byu びょ byo ぴゃ pya ぴゅ pyu ぴょ pyo みゃ mya みゅ myu みょ myo りゃ rya りゅ ryu りょ ryo
しぇ she じぇ je ちぇ che いぇ ye うぃ wi うぇ we うぉ wo てぃ ti でぃ di とぅ tu どぅ du でゅ dyu てゅ tyu ふゅ fyu
ふぁ fa ふぃ fi ふぇ fe ふぉ fo ゔぁ va ゔぃ vi ゔぇ ve ゔぉ vo ゔゅ vyu くぁ kwa くぃ kwi くぇ kwe くぉ kwo ぐぁ gwa
つぁ tsa つぃ tsi つぇ tse つぉ tso`
	table := map[string]string{}
	words := strings.Fields(rows)
	for i := 0; i+1 < len(words); i += 2 {
		table[words[i]] = words[i+1]
	}
	return table
}()

// Romaji writes kana in Hepburn as passports do (旅券法施行規則): ん is m before b, m
// and p; っ doubles the consonant, as t before ch; and long o and u are not
// marked, neither by macrons, which forms and keyboards lose, nor by letters:
// オオノ ユウコ is Ono Yuko. Other long vowels are written as kana writes them,
// ー is dropped, and オオ at the end of a word stays oo (Takatoo).
//
// Each word of kana begins with a capital. Kana do not show where a name's parts
// meet, so う stays after o or u where え or (after u) ら follows: Inoue,
// Matsuura. It is a suggestion for a form, for the person to correct; text that
// is not kana passes as it is.
func Romaji(kana string) string {
	rs := []rune(Hiragana(Kana(kana)))
	var out strings.Builder
	for i := 0; i < len(rs); {
		if !isHiragana(rs[i]) {
			out.WriteRune(rs[i])
			i++
			continue
		}
		end := i
		for end < len(rs) && (isHiragana(rs[end]) || rs[end] == 'ー') {
			end++
		}
		out.WriteString(romajiWord(rs[i:end]))
		i = end
	}
	return out.String()
}

func isHiragana(r rune) bool { return 'ぁ' <= r && r <= 'ゖ' }

func romajiWord(w []rune) string {
	var out []byte
	double := false // っ waits for its consonant
	for i := 0; i < len(w); {
		switch {
		case w[i] == 'ー':
			i++
			continue
		case w[i] == 'っ':
			double = true
			i++
			continue
		case w[i] == 'ん':
			out = append(out, 'n')
			i++
			continue
		case isLong(out, w, i):
			i++
			continue
		}
		s, n := syllable(w[i:])
		if n > 0 && len(out) > 0 && out[len(out)-1] == 'n' && w[i-1] == 'ん' && strings.ContainsRune("bmp", rune(s[0])) {
			out[len(out)-1] = 'm'
		}
		if double && !strings.ContainsRune("aiueo", rune(s[0])) {
			if strings.HasPrefix(s, "ch") {
				out = append(out, 't')
			} else {
				out = append(out, s[0])
			}
		}
		double = false
		out = append(out, s...)
		i += n
	}
	if len(out) == 0 {
		return string(w)
	}
	out[0] = byte(unicode.ToUpper(rune(out[0])))
	return string(out)
}

// syllable returns the letters of the first syllable and its length in kana.
// Every hiragana but っ and ん, which the caller takes, is in the table alone.
func syllable(w []rune) (string, int) {
	if len(w) > 1 {
		if s, ok := syllables[string(w[:2])]; ok {
			return s, 2
		}
	}
	return syllables[string(w[:1])], 1
}

// isLong reports whether the kana at i only lengthens the vowel before it.
func isLong(out []byte, w []rune, i int) bool {
	if len(out) == 0 || w[i-1] == 'ん' || w[i-1] == 'っ' {
		return false
	}
	next := rune(0)
	if i+1 < len(w) {
		next = w[i+1]
	}
	if strings.ContainsRune("ぁぃぇぉ", next) {
		return false // うぃ, うぇ: the う begins a syllable of its own
	}
	switch vowel := out[len(out)-1]; {
	case w[i] == 'う' && vowel == 'o':
		return next != 'え'
	case w[i] == 'う' && vowel == 'u':
		return next != 'え' && (next != 'ら' || strings.ContainsRune("ゅゆ", w[i-1]))
	case w[i] == 'お' && vowel == 'o':
		return next != 0
	}
	return false
}
