package ui

import (
	"context"
	"fmt"
	"html"
	"image/color"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/boombuler/barcode/qr"

	"kakehashi/platform/i18n"
)

// quiet is the white edge around a QR code in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// QR prints text, a web address as a rule, as a QR code (error correction M)
// with the words beneath that say where it leads. Black on white in every
// scheme, so that cameras read it.
func QR(text, label string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		path, size, err := qrPath(text)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, `<span class="qr"><svg viewBox="0 0 %[1]d %[1]d" role="img" aria-label="%[2]s" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%[1]dv%[1]dH0z"/><path fill="#000" d="%[3]s"/></svg>`,
			size, html.EscapeString(i18n.T(ctx, "ui.qr", "text", text)), path)
		if err != nil {
			return err
		}
		if label != "" {
			if _, err := io.WriteString(w, `<span class="small">`); err != nil {
				return err
			}
			if err := Say(label).Render(ctx, w); err != nil {
				return err
			}
			if _, err := io.WriteString(w, `</span>`); err != nil {
				return err
			}
		}
		_, err = io.WriteString(w, `</span>`)
		return err
	})
}

// qrPath returns the dark modules as one path, runs joined, and the size of the
// whole with its quiet edge.
func qrPath(text string) (path string, size int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, fmt.Errorf("ui: QR code of %d bytes: %w", len(text), err)
	}
	n := code.Bounds().Dx()
	dark := func(x, y int) bool {
		return x < n && color.GrayModel.Convert(code.At(x, y)).(color.Gray).Y < 128
	}
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			if !dark(x, y) {
				continue
			}
			run := 1
			for dark(x+run, y) {
				run++
			}
			b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
			x += run
		}
	}
	return b.String(), n + 2*quiet, nil
}
