package i18n

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// written shows spans as 漢字[かんじ].
func written(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
		if s.Reading != "" {
			b.WriteString("[" + s.Reading + "]")
		}
	}
	return b.String()
}

func TestRuby(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"Kakehashi":             "Kakehashi",
		"かけはし":                  "かけはし",
		"会議室を予約する":              "会議室[かいぎしつ]を予約[よやく]する",
		"市民団体登録の申込":             "市民団体[しみんだんたい]登録[とうろく]の申込[もうしこみ]",
		"申し込みを取り消す":             "申[もう]し込[こ]みを取[と]り消[け]す",
		"協働推進課が承認します":           "協働推進課[きょうどうすいしんか]が承認[しょうにん]します",
		"11月28日（土）13:00":        "11月[がつ]28日[にち]（土[ど]）13:00",
		"11月1日（日）":              "11月[がつ]1日[ついたち]（日[にち]）",
		"2月20日（金）":              "2月[がつ]20日[はつか]（金[きん]）",
		"（土・日）":                 "（土[ど]・日[にち]）",
		"令和8年（2026年）":           "令和[れいわ]8年[ねん]（2026年[ねん]）",
		"午後1時30分":               "午後[ごご]1時[じ]30分[ぷん]",
		"5分前":                   "5分[ふん]前[まえ]",
		"3日間":                   "3日[みっか]間[かん]",
		"1人、2人、20人":             "1人[ひとり]、2人[ふたり]、20人[にん]",
		"3か月と６ヶ月":               "3か月[げつ]と６ヶ月[げつ]",
		"２時間、1,200円":            "２時間[じかん]、1,200円[えん]",
		"3階の第2会議室":              "3階[がい]の第[だい]2会議室[かいぎしつ]",
		"この会を開く":                "この会[かい]を開[ひら]く",
		"また会いたい":                "また会いたい", // no noun: あいたい
		"人が来る":                  "人[ひと]が来[く]る",
		"町人":                    "町人", // a compound we do not know stays bare
		"下さい":                   "下[くだ]さい",
		"土曜日":                   "土曜日[どようび]",
		"99999999999999999999日": "99999999999999999999日[にち]",
	} {
		if got := written(Ruby(text)); got != want {
			t.Errorf("Ruby(%s) = %s, want %s", text, got, want)
		}
		if got := written(Ruby(text)); got != want {
			t.Errorf("remembered Ruby(%s) = %s, want %s", text, got, want)
		}
	}
}

// TestWords_ReadAsTheyStand looks at the list itself: every word parses, and
// said alone it is read as the list says, so that no entry hides another.
func TestWords_ReadAsTheyStand(t *testing.T) {
	var readings map[string]string
	if err := toml.Unmarshal([]byte(furigana), &readings); err != nil {
		t.Fatal(err)
	}
	if len(readings) < 400 {
		t.Errorf("%d words, want 400", len(readings))
	}
	for text, reading := range readings {
		var got string
		for _, s := range Ruby(text) {
			if s.Reading != "" {
				got += s.Reading
			} else {
				got += s.Text
			}
		}
		if got != reading {
			t.Errorf("%s is read %s, want %s", text, got, reading)
		}
	}
}

func TestWords_RefusesWhatCannotBe(t *testing.T) {
	for _, data := range []string{`"取り消す" = "とけす"`, `"かな" = "かな"`, `"予約" = ""`, `予約 =`} {
		if _, err := parseWords(data); err == nil {
			t.Errorf("%s was taken", data)
		}
	}
}

func TestRuby_RemembersWithoutGrowing(t *testing.T) {
	for i := range 3 * maxRuby {
		Ruby("予約" + strings.Repeat("0", i%7) + string(rune('a'+i%26)) + string(rune(0x3400+i)))
	}
	Ruby(strings.Repeat("予約", maxRubyText))
	if n := len(rubies.spans); n > maxRuby {
		t.Errorf("%d texts remembered, at most %d wanted", n, maxRuby)
	}
}

func FuzzRuby(f *testing.F) {
	for _, seed := range []string{"", "予約", "1日", "か月", "3か月", "（土）", "\xff日", "1\xff月", "1,日間", "々"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var joined strings.Builder
		for _, s := range Ruby(text) {
			joined.WriteString(s.Text)
		}
		if joined.String() != text {
			t.Fatalf("Ruby(%q) joined is %q", text, joined.String())
		}
	})
}

func BenchmarkRuby_Remembered(b *testing.B) {
	for b.Loop() {
		Ruby("会議室を予約する")
	}
}

func BenchmarkRuby_New(b *testing.B) {
	for b.Loop() {
		dictionary().ruby("11月28日（土）に会議室を予約しました。受付番号は7K4-Q2です。")
	}
}
