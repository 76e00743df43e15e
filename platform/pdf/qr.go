package pdf

import (
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white edge around a QR code in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// qr draws text as a QR code (error correction M) within a square: runs of dark
// modules as boxes, which print sharp at any size.
func (l *layout) qr(text string, x, y, side float64) error {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("pdf: QR code of %d bytes: %w", len(text), err)
	}
	n := code.Bounds().Dx()
	dark := func(col, row int) bool {
		return col < n && color.GrayModel.Convert(code.At(col, row)).(color.Gray).Y < 128
	}
	module := side / float64(n+2*quiet)
	for row := range n {
		for col := 0; col < n; col++ {
			from := col
			for dark(col, row) {
				col++
			}
			if col > from {
				l.draw(op{kind: opFill, x: x + float64(quiet+from)*module, y: y + float64(quiet+row)*module, w: float64(col-from) * module, h: module})
			}
		}
	}
	return nil
}
