package pdf

import (
	"image/color"
	"math"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// TestQR_EveryModule: a module is covered by a box exactly when it is dark, and
// the quiet edge is white.
func TestQR_EveryModule(t *testing.T) {
	const text, side = "https://kakehashi.example.jp/permits/0123456789abcdef", 200.0
	f, err := load()
	if err != nil {
		t.Fatal(err)
	}
	l := newLayout(f, A4)
	l.page()
	if err := l.qr(text, 10, 20, side); err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	n := code.Bounds().Dx()
	module := side / float64(n+2*quiet)
	covered := map[[2]int]bool{}
	for _, o := range l.pages[0] {
		row, from := int(math.Round((o.y-20)/module)), int(math.Round((o.x-10)/module))
		for i := range int(math.Round(o.w / module)) {
			covered[[2]int{from + i, row}] = true
		}
	}
	for row := range n + 2*quiet {
		for col := range n + 2*quiet {
			x, y := col-quiet, row-quiet
			inside := x >= 0 && y >= 0 && x < n && y < n
			dark := inside && color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
			if covered[[2]int{col, row}] != dark {
				t.Fatalf("module %d, %d is drawn %v, want %v", x, y, !dark, dark)
			}
		}
	}
}
