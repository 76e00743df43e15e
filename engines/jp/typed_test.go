package jp

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestParseAnyDate_AsOfficesTypeIt(t *testing.T) {
	for want, forms := range map[string][]string{
		"2021-06-01": {"令和3年6月1日", "令和３年６月１日", "R3.6.1", "r3/6/1", "Ｒ０３．０６．０１", "2021/6/1", "2021-06-01", "2021.6.1",
			"20210601", "２０２１０６０１", "44348", "44348.0", "2021年6月1日（火）", "2021/6/1(火曜日)", "令和3年6月1日火曜日",
			"2021/6/1 0:00:00", "2021-06-01T00:00:00", "R030601", "5030601", "令3.6.1", "二〇二一年六月一日", "令和三年六月一日",
			"令和3年（2021年）6月1日（火）", "2021年（令和3年）6月1日", "2021(R3)/6/1", " 2021 年 6 月 1 日 ", "㋿3年6月1日", "2021ー6ー1"},
		"2019-05-01": {"令和元年5月1日", "R元.5.1", "平成31年5月1日", "43586"},
		"2021-03-31": {"平成33年3月31日"},
		"1989-01-07": {"昭和64年1月7日", "S64.1.7", "㍼64.1.7", "昭和六十四年一月七日"},
		"2023-03-31": {"45016"}, // as the population file has it
		"1912-07-30": {"大正元年七月三十日", "T1.7.30"},
		"1873-01-01": {"明治6年1月1日", "M6.1.1", "1060101"},
		"2026-11-23": {"令和8年11月23日(月・祝)", "2026/11/23（月祝）"},
		"2026-05-10": {"二〇二六年五月十日"},
	} {
		for _, form := range forms {
			if got, err := ParseAnyDate(form); err != nil || got != day(want) {
				t.Errorf("ParseAnyDate(%q) = %v, %v, want %s", form, got, err, want)
			}
		}
	}
}

func TestParseAnyDate_RefusesTwoMeanings(t *testing.T) {
	for _, s := range []string{"", "21/6/1", "6/1/2021", "6月1日", "2021年6月", "210601", "令和3年2月29日", "2021/2/30",
		"2021/6/1(水)", "令和3年（2020年）6月1日", "明治5年12月2日", "R0.6.1", "令和0年6月1日", "12", "1234", "99", "2021/6/1 17:00",
		"未定", "2021/6/1～6/3", "01234", "3021/1/1", "-44348", "R3.13.1", "6030601", strings.Repeat("2", 300)} {
		d, err := ParseAnyDate(s)
		if err == nil {
			t.Errorf("ParseAnyDate(%q) = %v, want an error", s, d)
		} else if !errors.Is(err, ErrForm) || s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("ParseAnyDate(%q): %v", s, err)
		}
	}
}

func FuzzParseAnyDate(f *testing.F) {
	for _, s := range []string{"令和3年6月1日(火)", "2021(R3)/6/1", "44348.0", "5030601", "昭和六十四年一月七日", "(", "十十", "令和元年"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseAnyDate(s)
		if err != nil {
			if !d.IsZero() {
				t.Errorf("%q: an error and %v", s, d)
			}
			return
		}
		if again, err := ParseAnyDate(d.String()); err != nil || again != d {
			t.Errorf("%q gave %v, which gives %v, %v", s, d, again, err)
		}
	})
}

func TestParseAnyDate_ReadsErasBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "date")
		era, year := EraOf(d)
		if d.Year <= lunarUntil || d.Year > lastTyped || year > 99 {
			return
		}
		md := d.String()[5:]
		for _, form := range []string{era.Name, era.Letter, era.Name[:3]} {
			s := form + FormatClock(year * 60)[:len(FormatClock(year*60))-3] + "-" + md
			if got, err := ParseAnyDate(s); err != nil || got != d {
				t.Fatalf("%q = %v, %v, want %v", s, got, err, d)
			}
		}
	})
}

func TestClock(t *testing.T) {
	for want, forms := range map[int][]string{
		540:  {"9:00", "09:00", "９：００", "9時", "９時００分", "0900", "900", "午前9時", "9:00:00", "九時", "9:00 AM", "am9:00", "0.375"},
		570:  {"9時半", "9:30", "午前九時半", "9時30分", "930"},
		810:  {"午後1時30分", "13:30", "1:30PM", "13時半", "1:30 p.m."},
		720:  {"正午", "12:00", "12:00PM", "午後0時"},
		750:  {"12:30", "午後12時30分", "午後0時半"},
		0:    {"0:00", "00:00", "午前0時", "12:00am", "0.0"},
		1440: {"24:00", "24時", "2400"},
		1250: {"午後8時50分", "20:50", "0.868055555555556"},
	} {
		for _, form := range forms {
			if got, err := Clock(form); err != nil || got != want {
				t.Errorf("Clock(%q) = %d, %v, want %d", form, got, err, want)
			}
		}
	}
	for _, s := range []string{"", "9", "24:01", "25:00", "9:60", "午後12:00", "午前12時", "午後13時", "13:00pm", "0:00am", "-1:00", "9:5",
		"9:00～17:00", "9:00:30", "翌1:00", "0.3751", "1.5", "99999"} {
		if got, err := Clock(s); err == nil {
			t.Errorf("Clock(%q) = %d, want an error", s, got)
		}
	}
	for m := 0; m <= minutesInDay; m++ {
		if got, err := Clock(FormatClock(m)); err != nil || got != m {
			t.Errorf("%d minutes, written %q, read %d, %v", m, FormatClock(m), got, err)
		}
	}
}

func FuzzClock(f *testing.F) {
	for _, s := range []string{"9:00", "９時半", "午後1時30分", "0.375", "24:00", "12:00am", ".", "a.m.1時半"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := Clock(s)
		if err != nil {
			return
		}
		if m < 0 || m > minutesInDay {
			t.Fatalf("%q is %d minutes", s, m)
		}
		if again, err := Clock(FormatClock(m)); err != nil || again != m {
			t.Errorf("%q gave %d, which gives %d, %v", s, m, again, err)
		}
	})
}

func TestPostalCode(t *testing.T) {
	for want, forms := range map[string][]string{
		"332-0015": {"332-0015", "3320015", "〒332-0015", "〒 ３３２－００１５", "332ー0015", "332‐0015"},
		"060-0001": {"060-0001", "600001", "60-0001"},
		"001-0010": {"10010", "1-0010"},
	} {
		for _, form := range forms {
			if got, err := PostalCode(form); err != nil || got != want {
				t.Errorf("PostalCode(%q) = %q, %v, want %q", form, got, err, want)
			}
		}
	}
	for _, s := range []string{"", "332", "332-00", "33200155", "0000000", "332-00155", "埼玉県", "3320-015", "1234"} {
		if got, err := PostalCode(s); err == nil {
			t.Errorf("PostalCode(%q) = %q, want an error", s, got)
		}
	}
}

func FuzzPostalCode(f *testing.F) {
	for _, s := range []string{"332-0015", "〒３３２００１５", "600001", "1-0010"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := PostalCode(s)
		if err != nil {
			return
		}
		if again, err := PostalCode(code); len(code) != len("332-0015") || err != nil || again != code {
			t.Errorf("%q gave %q, which gives %q, %v", s, code, again, err)
		}
	})
}

func TestPhone(t *testing.T) {
	for _, c := range []struct{ in, number, note string }{
		{"048-258-1110", "048-258-1110", ""},
		{"０４８－２５８－１１１０", "048-258-1110", ""},
		{"048(258)1110", "048-258-1110", ""},
		{"(047)383-9594", "047-383-9594", ""},
		{"（０４８）２５８‐１１１０　", "048-258-1110", ""},
		{"0482581110", "048-258-1110", ""},
		{"482581110", "048-258-1110", ""},
		{"48-258-1110", "048-258-1110", ""},
		{"048-2581110", "048-258-1110", ""},
		{"048 258 1110", "048-258-1110", ""},
		{"048ー258ー1110", "048-258-1110", ""},
		{"+81 48 258 1110", "048-258-1110", ""},
		{"+81-(0)48-258-1110", "048-258-1110", ""},
		{"+819012345678", "090-1234-5678", ""},
		{"9012345678", "090-1234-5678", ""},
		{"090.1234.5678", "090-1234-5678", ""},
		{"0312345678", "03-1234-5678", ""},
		{"0429241111", "04-2924-1111", ""},
		{"0471671111", "04-7167-1111", ""},
		{"0494221234", "0494-22-1234", ""},
		{"0499421234", "04994-2-1234", ""},
		{"0126712345", "01267-1-2345", ""},
		{"0120123456", "0120-123-456", ""},
		{"0120-12-3456", "0120-12-3456", ""},
		{"08001234567", "0800-123-4567", ""},
		{"0570012345", "0570-012-345", ""},
		{"05012345678", "050-1234-5678", ""},
		{"(047)712-6555（そよかぜキッズ）", "047-712-6555", "そよかぜキッズ"},
		{"(047)337-8703/(047)337-8750", "047-337-8703", "(047)337-8750"},
		{"048-258-1110（内線123）", "048-258-1110", "内線123"},
		{"048-258-1110 内線 123", "048-258-1110", "内線 123"},
		{"048-258-1110(代)", "048-258-1110", "代"},
		{"TEL：048-258-1110", "048-258-1110", ""},
		{"電話 048-258-1110", "048-258-1110", ""},
		{"自宅048-258-1110、携帯090-1234-5678", "048-258-1110", "自宅 携帯090-1234-5678"},
		{"2階 048-258-1110 平日のみ", "048-258-1110", "2階 平日のみ"},
		{"119", "119", ""}, {"＃７１１９", "#7119", ""}, {"188", "188", ""},
	} {
		got, err := Phone(c.in)
		if err != nil || got.Number != c.number || got.Note != c.note {
			t.Errorf("Phone(%q) = %+v, %v, want %q with note %q", c.in, got, err, c.number, c.note)
		}
	}
	for _, s := range []string{"", "258-1110", "なし", "048-258-111", "048-258-11100", "000-0000-0000", "0000000000", "2021-6-10",
		"048-258-1110-12", "12345", "+1 212 555 0100"} {
		if got, err := Phone(s); err == nil {
			t.Errorf("Phone(%q) = %+v, want an error", s, got)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"048-258-1110", "(047)337-8703/(047)337-8750", "+81 (0)48 258 1110", "9012345678", "#7119", "((((0", "＋８１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Phone(s)
		if err != nil {
			return
		}
		if again, err := Phone(p.Number); err != nil || again.Number != p.Number || again.Digits != p.Digits || again.Note != "" {
			t.Errorf("%q gave %+v, which gives %+v, %v", s, p, again, err)
		}
		if again, err := Phone(p.Digits); !strings.HasPrefix(p.Number, "#") && (err != nil || again.Digits != p.Digits) {
			t.Errorf("%q has digits %q, which give %+v, %v", s, p.Digits, again, err)
		}
		if utf8.ValidString(s) && !utf8.ValidString(p.Note) {
			t.Errorf("%q broke its note: %q", s, p.Note)
		}
	})
}
