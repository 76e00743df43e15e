package pdf_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"kakehashi/platform/pdf"
)

// permit is a document with every block in it.
func permit() *pdf.Doc {
	d := pdf.New(pdf.Setup{Title: "施設使用許可書", Author: "川口市"})
	d.Right("第R8-00012号", "令和8年11月23日")
	d.Title("施設使用許可書")
	d.To("あおぞら読み聞かせの会", "様")
	d.From("印", "川口市", "市民生活部 協働推進課", "電話 048-227-7633")
	d.Text("次のとおり施設の使用を許可します。")
	d.Facts(
		pdf.Fact{Label: "使用施設", Value: "かわくち市民パートナーステーション 会議室1"},
		pdf.Fact{Label: "使用日時", Value: "令和8年12月5日（土） 9時00分から12時30分まで"},
		pdf.Fact{Label: "使用目的", Value: "読み聞かせの練習と、「はらぺこあおむし」の紙しばいづくり。小学校へ持っていくための準備をします。"},
		pdf.Fact{Label: "使用人数", Value: "18人"})
	d.Heading("使用料")
	d.Table([]pdf.Column{{Label: "内訳", Share: 3}, {Label: "計算", Share: 3}, {Label: "金額", Share: 2, Right: true}},
		[][]string{{"基本使用料", "午前", "2,400円"}, {"暖房", "1回", "300円"}, {"減免（登録団体）", "50%", "-1,350円"}, {"合計", "", "1,350円"}}, true)
	d.Amount("金額", "金 1,350円", "壱千参百五拾円也")
	d.Heading("使用の条件")
	d.List("使用時間は準備と片づけを含みます。時間を守ってください。", "許可を受けた目的のほかに使わないでください。使用の権利を他人に譲ったり貸したりできません。", "火災や地震のときは、係員の指示に従ってください。")
	d.QR("https://kakehashi.example.jp/permits/0123456789abcdef0123", "当日、係員がこのコードを読み取り、許可書が有効であることを確かめます。")
	d.Page()
	d.Note("この許可書は、使用の当日にお持ちください。")
	d.Footer(func(page, pages int) string { return strconv.Itoa(page) + " / " + strconv.Itoa(pages) })
	return d
}

func TestWrite_SameBytes(t *testing.T) {
	first, err := permit().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 { // documents share the fonts
		wait.Go(func() {
			again, err := permit().Bytes()
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("the same document gave other bytes (%v)", err)
			}
		})
	}
	wait.Wait()
	if name := os.Getenv("PDF_OUT"); name != "" {
		if err := os.WriteFile(name, first, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrite_MissingGlyphBeforeAnything(t *testing.T) {
	for _, text := range []string{"नेपाली", "葛󠄀城", "Tiếng 👪"} {
		d := permit()
		d.Text(text)
		var out bytes.Buffer
		var missing pdf.MissingGlyph
		if err := d.Write(&out); !errors.As(err, &missing) || !strings.ContainsRune(text, missing.Char) || missing.Text != text {
			t.Errorf("%q: got %v, want the missing glyph", text, err)
		}
		if out.Len() > 0 {
			t.Errorf("%q: %d bytes were written before the error", text, out.Len())
		}
		if err := pdf.Printable("よい", text); !errors.As(err, &missing) {
			t.Errorf("Printable(%q) = %v", text, err)
		}
	}
}
