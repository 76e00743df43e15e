package cast

import (
	"time"

	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

// purpose is something that people meet for, with the title under which anybody
// may come.
type purpose struct {
	name  string
	title i18n.Text
}

var purposes = []purpose{
	{"定例会", i18n.Text{i18n.Ja: "だれでも参加できる定例会", i18n.En: "Open monthly meeting", i18n.Vi: "Buổi họp mở cho mọi người"}},
	{"役員会", i18n.Text{i18n.Ja: "はじめての町会説明会", i18n.JaEasy: "町会の 話を 聞く会", i18n.En: "What is a neighbourhood association?"}},
	{"合唱の練習", i18n.Text{i18n.Ja: "合唱の見学会", i18n.En: "Come and sing with us", i18n.ZhHans: "合唱体验会"}},
	{"太極拳", i18n.Text{i18n.Ja: "太極拳 体験会", i18n.En: "Try tai chi", i18n.ZhHans: "太极拳体验", i18n.ZhHant: "太極拳體驗"}},
	{"子育てサロン", i18n.Text{i18n.Ja: "子育てサロン", i18n.JaEasy: "小さい 子どもと 親の 会", i18n.En: "Parents and toddlers", i18n.Vi: "Gặp gỡ cha mẹ và bé", i18n.Ne: "बालबालिका र अभिभावक भेटघाट"}},
	{"手話サークル", i18n.Text{i18n.Ja: "手話をやってみよう", i18n.En: "First steps in sign language"}},
	{"書道", i18n.Text{i18n.Ja: "書道 体験", i18n.JaEasy: "筆で 字を 書く会", i18n.En: "Try calligraphy", i18n.Fil: "Subukan ang kaligrapiya"}},
	{"防災の打合せ", i18n.Text{i18n.Ja: "防災を話す会", i18n.En: "Talking about disasters", i18n.Tr: "Afetlere hazırlık sohbeti"}},
	{"将棋・囲碁の会", i18n.Text{i18n.Ja: "将棋・囲碁の会", i18n.En: "Shogi and go for all", i18n.Ko: "장기·바둑 모임"}},
	{"会計の勉強会", i18n.Text{i18n.Ja: "NPOの会計 入門", i18n.En: "Accounting for NPOs"}},
	{"ダンスの練習", i18n.Text{i18n.Ja: "ダンスの見学会", i18n.En: "Watch us dance"}},
	{"スマホ相談会", i18n.Text{i18n.Ja: "スマホ相談会", i18n.JaEasy: "スマホを 教えます", i18n.En: "Help with your phone"}},
}

// story is what the persons of the demo do: the class on Saturday mornings, the
// circle on Sundays, and a few things of their own.
func story(d *module.Demo) []habit {
	const morning, noon, afternoon, evening, night = 9 * 60, 12*60 + 30, 13 * 60, 16*60 + 30, 17 * 60
	all := []struct {
		room, group, person string
		habit
	}{
		{"room:station-3", "group:aozora", "person:aozora", habit{weekday: time.Saturday, from: morning, to: noon, purpose: "日本語教室", people: 14,
			title: i18n.Text{i18n.Ja: "あおぞら日本語教室", i18n.JaEasy: "日本語を いっしょに 勉強しましょう", i18n.En: "Aozora Japanese class", i18n.ZhHans: "蓝天日语班",
				i18n.ZhHant: "藍天日語班", i18n.Ko: "아오조라 일본어 교실", i18n.Vi: "Lớp tiếng Nhật Aozora", i18n.Fil: "Klase ng Hapones sa Aozora", i18n.Tr: "Aozora Japonca kursu", i18n.Ne: "आओजोरा जापानी कक्षा"}}},
		{"room:station-2", "group:turk", "person:second", habit{weekday: time.Sunday, from: afternoon, to: evening, purpose: "トルコ文化の会", people: 12, fortnight: true,
			title: i18n.Text{i18n.Ja: "トルコのお茶の会", i18n.En: "Turkish tea", i18n.Tr: "Türk çayı sohbeti"}}},
		{"room:station-4", "group:honcho4", "person:chokai", habit{weekday: time.Wednesday, from: night, to: 21 * 60, purpose: "町会役員会", people: 9, fortnight: true}},
		{"room:station-5", "", "person:linh", habit{weekday: time.Thursday, from: afternoon, to: evening, purpose: "裁縫の会", people: 4, fortnight: true}},
	}
	var out []habit
	for _, s := range all {
		h := s.habit
		if h.room, h.person, h.group = d.Refs[s.room], d.Refs[s.person], d.Refs[s.group]; h.room != 0 && h.person != 0 {
			out = append(out, h)
		}
	}
	return out
}
