package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // pictures that are read
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // pictures that are read
	"golang.org/x/sync/semaphore"

	"kakehashi/platform/fault"
)

const (
	maxSide   = 1600 // pixels of the longer side of a kept picture
	thumbSide = 400  // and of its thumbnail
	quality   = 82   // of JPEG; above it bytes grow faster than what one sees

	maxPixels = 64 << 20  // 64 million: phones make up to 50
	maxMemory = 256 << 20 // bytes one picture may need while it is decoded
)

// canvas is the memory that all pictures being drawn share, in bytes. A second
// large one waits for the first.
var canvas = semaphore.NewWeighted(maxMemory + maxMemory/4)

// picture is a picture drawn anew.
type picture struct {
	data, thumb     []byte
	mime, thumbMime string
	width, height   int
}

// cost returns how many bytes decoding needs, from the header alone.
func cost(format string, c image.Config, b []byte) int64 {
	pixels := int64(c.Width) * int64(c.Height)
	if format == "jpeg" {
		samples, progressive := jpegFrame(b)
		if progressive {
			// The decoder keeps each sample's coefficient, an int32, as well.
			samples *= 5
		}
		return int64(float64(pixels) * samples)
	}
	switch c.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return pixels * 8
	case color.Gray16Model:
		return pixels * 2
	case color.GrayModel:
		return pixels
	}
	if _, ok := c.ColorModel.(color.Palette); ok {
		return pixels
	}
	return pixels * 4
}

// jpegFrame reads from the frame header how many samples a pixel has, after
// subsampling, and whether the frame is progressive (ITU-T T.81, B.2.2). What
// it cannot read it takes for the most that there can be.
func jpegFrame(b []byte) (samples float64, progressive bool) {
	const most = 4
	for b = b[min(2, len(b)):]; len(b) >= 4 && b[0] == 0xff; {
		marker := b[1]
		if marker == 0xff { // fill byte
			b = b[1:]
			continue
		}
		n := 2 + (int(b[2])<<8 | int(b[3]))
		if marker == 0xda || n > len(b) {
			break
		}
		if marker >= 0xc0 && marker <= 0xc2 {
			return frameSamples(b[4:n], most), marker == 0xc2
		}
		b = b[n:]
	}
	return most, true
}

// frameSamples adds up the components' shares: the sampling factors of each
// against the largest ones. frame is the header's body: precision, height,
// width, number of components, and three bytes for each of them.
func frameSamples(frame []byte, most float64) float64 {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return most
	}
	hMax, vMax, sum := 0, 0, 0
	for c := frame[6 : 6+3*int(frame[5])]; len(c) > 0; c = c[3:] {
		h, v := int(c[1]>>4), int(c[1]&15)
		hMax, vMax, sum = max(hMax, h), max(vMax, v), sum+h*v
	}
	if hMax*vMax == 0 {
		return most
	}
	return float64(sum) / float64(hMax*vMax)
}

// redraw decodes the picture, sets it upright, shrinks it and encodes it anew.
func redraw(ctx context.Context, b []byte) (*picture, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return nil, fault.New(fault.Invalid, "files.error.damaged").Because(err)
	}
	need := cost(format, c, b)
	if int64(c.Width)*int64(c.Height) > maxPixels || need > maxMemory {
		return nil, fault.New(fault.Invalid, "files.error.pixels").Because(fmt.Errorf("%d × %d", c.Width, c.Height))
	}
	// What is drawn from it: two canvases of at most maxSide, four bytes a pixel.
	need += 2 * 4 * maxSide * maxSide / 2
	if err := canvas.Acquire(ctx, min(need, maxMemory)); err != nil {
		return nil, fault.New(fault.Unavailable, "files.error.busy").Because(err)
	}
	defer canvas.Release(min(need, maxMemory))

	src, err := decode(b)
	if err != nil {
		return nil, fault.New(fault.Invalid, "files.error.damaged").Because(err)
	}
	// DecodeConfig and Decode are two parsers of one header.
	if src.Bounds().Dx() > c.Width || src.Bounds().Dy() > c.Height || src.Bounds().Empty() {
		return nil, fault.New(fault.Invalid, "files.error.damaged").Because(errors.New("size differs from the header's"))
	}
	large := shrink(src, maxSide)
	small := shrink(large, thumbSide)
	o := orientation(b)
	large, small = upright(large, o), upright(small, o)

	p := &picture{width: large.Bounds().Dx(), height: large.Bounds().Dy()}
	flat := large.Opaque()
	if p.data, p.mime, err = encode(large, flat, format == "png" || format == "gif"); err != nil {
		return nil, err
	}
	p.thumb, p.thumbMime, err = encode(small, flat, false)
	return p, err
}

// decode reads the picture; a decoder that panics on damaged bytes has failed.
func decode(b []byte) (m image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	m, _, err = image.Decode(bytes.NewReader(b))
	return m, err
}

// shrink returns the picture with its longer side at most side, never larger
// than it was.
func shrink(src image.Image, side int) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if long := max(w, h); long > side {
		w, h = max(1, (w*side+long/2)/long), max(1, (h*side+long/2)/long)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == src.Bounds().Dx() && h == src.Bounds().Dy() {
		draw.Draw(dst, dst.Bounds(), src, src.Bounds().Min, draw.Src)
		return dst
	}
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil)
	return dst
}

// upright turns and mirrors the picture as an EXIF orientation says.
func upright(m *image.RGBA, o int) *image.RGBA {
	if o < 2 || o > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	dw, dh := w, h
	if o >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := x, y
			switch o {
			case 2: // mirrored left to right
				sx = w - 1 - x
			case 3: // upside down
				sx, sy = w-1-x, h-1-y
			case 4: // mirrored top to bottom
				sy = h - 1 - y
			case 5: // mirrored, then turned left
				sx, sy = y, x
			case 6: // turned left: turn right
				sx, sy = y, h-1-x
			case 7: // mirrored, then turned right
				sx, sy = w-1-y, h-1-x
			case 8: // turned right: turn left
				sx, sy = w-1-y, x
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], m.Pix[m.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}

// encode writes a photo as JPEG, and what JPEG would spoil as PNG: what one can
// see through, and drawings (plans, maps, logos) that PNG writes smaller.
func encode(m *image.RGBA, flat, drawing bool) (data []byte, mime string, err error) {
	var j, p bytes.Buffer
	if flat {
		if err := jpeg.Encode(&j, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, "", err
		}
		if !drawing {
			return j.Bytes(), "image/jpeg", nil
		}
	}
	if err := png.Encode(&p, m); err != nil {
		return nil, "", err
	}
	if flat && j.Len() < p.Len() {
		return j.Bytes(), "image/jpeg", nil
	}
	return p.Bytes(), "image/png", nil
}
