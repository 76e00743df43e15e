package pdf_test

import (
	"bytes"
	"fmt"

	"kakehashi/platform/pdf"
)

// A notice of a neighbourhood association on half a sheet.
func Example() {
	d := pdf.New(pdf.Setup{Title: "防災訓練のお知らせ", Author: "本町四丁目町会", Paper: pdf.A5})
	d.Title("防災訓練のお知らせ")
	d.Facts(
		pdf.Fact{Label: "日時", Value: "12月6日（日） 10時から"},
		pdf.Fact{Label: "場所", Value: "本町小学校"})
	d.QR("https://kakehashi.example.jp/notices/1", "参加の申込みは、こちらから。")
	var out bytes.Buffer
	fmt.Println(d.Write(&out), out.Len() > 0)

	d.Text("नमस्ते")
	fmt.Println(d.Write(&out))
	// Output:
	// <nil> true
	// pdf: no glyph for U+0928 'न' in "नमस्ते"
}
