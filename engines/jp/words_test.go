package jp

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFold_OneWordInManyForms(t *testing.T) {
	for want, forms := range map[string][]string{
		"ごみ":         {"ゴミ", "ｺﾞﾐ", "ごみ", " ゴミ　", "コ\u3099ミ"},
		"abc 12":     {"ＡＢＣ　１２", "Abc  12", "abc\n12"},
		"やまだ たろう":    {"ヤマダ　タロウ", "ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう"},
		"ゔぁいおりん":     {"ヴァイオリン", "ｳﾞｧｲｵﾘﾝ"},
		"strasse":    {"Straße", "STRASSE"},
		"らーめん":       {"ラーメン", "ﾗｰﾒﾝ"},
		"(株)かわぐち":    {"㈱カワグチ", "（株）かわぐち"},
		"":           {"", " 　\t"},
		"町会・自治会":     {"町会･自治会"},
		"1丁目2番":      {"１丁目２番"},
		"こうさてん〒":     {"コウサテン〒"},
		"ヷはそのまま ヷ":   nil,
		"tel:048":    {"ＴＥＬ：０４８", "℡:048"},
		"いすtable123": {"イスTABLE①②③"},
	} {
		for _, form := range forms {
			if got := Fold(form); got != want {
				t.Errorf("Fold(%q) = %q, want %q", form, got, want)
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"ゴミ", "ｺﾞﾐ", "ﾞ", "ヿ", "ẞ ǰ", "ϓ̈", "\u0345Α", "\xff", "゛゜"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold(%q) = %q, then %q", s, once, twice)
		}
	})
}

func TestKana_WidensOnlyKana(t *testing.T) {
	for in, want := range map[string]string{
		"ｶﾜｸﾞﾁｼ":      "カワグチシ",
		"ﾊﾟﾝ ｳﾞｨ":     "パン ヴィ",
		"ﾜﾞｦﾞ":        "ヷヺ",
		"ｱﾞ":          "ア゛",
		"ﾟ":           "゜",
		"神田ABC①髙﨑":    "神田ABC①髙﨑",
		"｢ｺﾞﾐ｣､ｾﾝﾀｰ｡": "「ゴミ」、センター。",
		"か\u3099":     "が",
		"ひらｶﾅ":        "ひらカナ",
	} {
		if got := Kana(in); got != want {
			t.Errorf("Kana(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if once := Kana(s); Kana(once) != once {
			t.Fatalf("Kana(%q) is not settled", s)
		}
	})
}

func TestKana_ThereAndBack(t *testing.T) {
	const hira, kata = "あゔゖーんっゝ漢字A", "アヴヶーンッヽ漢字A"
	if Katakana(hira) != kata || Hiragana(kata) != hira {
		t.Errorf("%q, %q", Katakana(hira), Hiragana(kata))
	}
}

func TestRomaji_AsPassportsDo(t *testing.T) {
	for in, want := range map[string]string{
		"カワグチ":         "Kawaguchi",
		"ヤマダ　タロウ":      "Yamada　Taro",
		"オオノ ユウコ":      "Ono Yuko",
		"タカトオ":         "Takatoo",
		"ナンバ":          "Namba",
		"ホンマ シンペイ":     "Homma Shimpei",
		"サンノミヤ":        "Sannomiya",
		"ハットリ":         "Hattori",
		"エッチュウ":        "Etchu",
		"イノウエ":         "Inoue",
		"マツウラ":         "Matsuura",
		"コウノ":          "Kono",
		"ニイガタ":         "Niigata",
		"ｷｭｳｼｭｳ":       "Kyushu",
		"ジョウジ":         "Joji",
		"センター":         "Senta",
		"ウィーン フェスティバル": "Win Fesutibaru",
		"チェロ":          "Chero",
		"川口シ 3チョウメ":    "川口Shi 3Chome",
		"ー":            "ー",
		"":             "",
		"ん":            "N",
		"っ":            "っ",
		"しんいち":         "Shinichi",
		"ぢゅう づ":        "Ju Zu",
	} {
		if got := Romaji(in); got != want {
			t.Errorf("Romaji(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRomaji(f *testing.F) {
	f.Add("カワグチ")
	f.Add("んっーゃぁゎゖ")
	f.Add("っんちょー")
	f.Fuzz(func(t *testing.T, s string) {
		once := Romaji(s)
		if twice := Romaji(once); twice != once {
			t.Errorf("Romaji(%q) = %q, then %q", s, once, twice)
		}
	})
}

func TestSyllables_CoverTheKana(t *testing.T) {
	for r := 'ぁ'; r <= 'ゖ'; r++ {
		if r != 'っ' && r != 'ん' && syllables[string(r)] == "" {
			t.Errorf("%c has no letters", r)
		}
	}
}
