package roster

import (
	"strings"
	"testing"
	"unicode/utf8"

	"kakehashi/platform/fault"
)

// FuzzRead: any file is a list whose rows are taken or refused with their
// number, or the reader's mistake.
func FuzzRead(f *testing.F) {
	f.Add("会員番号,氏名,フリガナ,町名,区分,入会日,備考\n1,佐々木 美穂,ササキ ミホ,並木元町,在住,2026-04-01,\n")
	f.Add("氏名\t区分\n=1+1\t在勤\n佐々木\t\n佐々木\t在住\n佐々木\t在住\n")
	f.Add("\xef\xbb\xbf名前,加入日\nA,令和3年6月1日\n")
	f.Add("\x8e\x81\x96\xbc,\x8b\xe6\x95\xaa\nX,\x8d\xdd\x8fZ\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := Read("list.csv", strings.NewReader(text))
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v is not the reader's mistake", err)
			}
			return
		}
		if len(l.Refusals) > 0 && l.Refused == 0 {
			t.Fatal("refusals without a refused row")
		}
		seen := map[int]bool{}
		for _, r := range l.Rows {
			if r.Member.Name == "" || !utf8.ValidString(r.Member.Name) || r.Line < 2 || seen[r.Line] {
				t.Fatalf("row %d is taken as %+v", r.Line, r.Member)
			}
			seen[r.Line] = true
		}
		for _, r := range l.Refusals {
			if seen[r.Line] {
				t.Fatalf("row %d is taken and refused", r.Line)
			}
		}
	})
}
