package files

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"

	"kakehashi/platform/fault"
)

// corners is a picture whose top left quarter is red, top right green, bottom
// left blue and bottom right white.
func corners(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{A: 255}
			switch {
			case x < w/2 && y < h/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			default:
				c.R, c.G, c.B = 255, 255, 255
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// letters names the four corners of a picture, left to right and top to bottom.
func letters(m image.Image) string {
	b := m.Bounds()
	s := ""
	for _, at := range []image.Point{{b.Dx() / 4, b.Dy() / 4}, {b.Dx() * 3 / 4, b.Dy() / 4}, {b.Dx() / 4, b.Dy() * 3 / 4}, {b.Dx() * 3 / 4, b.Dy() * 3 / 4}} {
		r, g, bl, _ := m.At(b.Min.X+at.X, b.Min.Y+at.Y).RGBA()
		switch {
		case r > 0x8000 && g > 0x8000 && bl > 0x8000:
			s += "w"
		case r > 0x8000:
			s += "r"
		case g > 0x8000:
			s += "g"
		default:
			s += "b"
		}
	}
	return s
}

// tiff is an EXIF block with an orientation and a position that must not survive.
func tiff(order binary.AppendByteOrder, o int) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][4]uint32{{0x010f, 2, 4, 0x47505321}, {0x0112, 3, 1, 0}} {
		b = order.AppendUint16(b, uint16(e[0]))
		b = order.AppendUint16(b, uint16(e[1]))
		b = order.AppendUint32(b, e[2])
		if e[0] == 0x0112 {
			b = order.AppendUint16(b, uint16(o))
			b = append(b, 0, 0)
			continue
		}
		b = append(b, "GPS!"...)
	}
	return order.AppendUint32(b, 0)
}

// withExif puts the block into a JPEG or PNG.
func withExif(t testing.TB, b, block []byte) []byte {
	t.Helper()
	if bytes.HasPrefix(b, []byte("\xff\xd8")) {
		body := append([]byte("Exif\x00\x00"), block...)
		seg := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
		return append(append(append([]byte("\xff\xd8"), seg...), body...), b[2:]...)
	}
	const ihdrEnd = 8 + 12 + 13
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(block)))
	chunk = append(append(chunk, "eXIf"...), block...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc(chunk[4:]))
	return append(append(bytes.Clone(b[:ihdrEnd]), chunk...), b[ihdrEnd:]...)
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRedraw_StandsUprightAndForgets(t *testing.T) {
	// How a picture "rgbw" looks once it is turned as each orientation says.
	want := []string{1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb"}
	plain := asJPEG(t, corners(64, 48))
	for o := 1; o <= 8; o++ {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			p, err := redraw(t.Context(), withExif(t, plain, tiff(order, o)))
			if err != nil {
				t.Fatalf("orientation %d: %v", o, err)
			}
			m, err := jpeg.Decode(bytes.NewReader(p.data))
			if err != nil {
				t.Fatal(err)
			}
			if got := letters(m); got != want[o] {
				t.Errorf("orientation %d: %s, not %s", o, got, want[o])
			}
			w, h := 64, 48
			if o >= 5 {
				w, h = h, w
			}
			if p.width != w || p.height != h || m.Bounds().Dx() != w {
				t.Errorf("orientation %d: %d × %d", o, p.width, p.height)
			}
			if bytes.Contains(p.data, []byte("GPS!")) || bytes.Contains(p.thumb, []byte("GPS!")) || bytes.Contains(p.data, []byte("Exif")) {
				t.Errorf("orientation %d: hidden data survived", o)
			}
		}
	}
	p, err := redraw(t.Context(), withExif(t, asPNG(t, corners(64, 48)), tiff(binary.BigEndian, 6)))
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := image.Decode(bytes.NewReader(p.data))
	if err != nil || letters(m) != want[6] || bytes.Contains(p.data, []byte("GPS!")) {
		t.Errorf("PNG: %v", err)
	}
}

func TestRedraw_SizesAndKinds(t *testing.T) {
	seeThrough := corners(100, 80)
	seeThrough.SetRGBA(3, 3, color.RGBA{})
	var anim bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 90, 60), color.Palette{color.Black, color.White})
	if err := gif.EncodeAll(&anim, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	noise := image.NewRGBA(image.Rect(0, 0, 120, 120))
	rand.NewChaCha8([32]byte{}).Read(noise.Pix)
	for i := 3; i < len(noise.Pix); i += 4 {
		noise.Pix[i] = 255
	}
	for name, c := range map[string]struct {
		in            []byte
		mime          string
		width, height int
		thumb         int // its longer side
	}{
		"small":        {asJPEG(t, corners(50, 40)), "image/jpeg", 50, 40, 50},
		"wide":         {asJPEG(t, corners(3200, 1000)), "image/jpeg", 1600, 500, 400},
		"tall":         {asJPEG(t, corners(1000, 2000)), "image/jpeg", 800, 1600, 400},
		"a hair":       {asPNG(t, image.NewGray(image.Rect(0, 0, 5000, 1))), "image/png", 1600, 1, 400},
		"see-through":  {asPNG(t, seeThrough), "image/png", 100, 80, 100},
		"drawing":      {asPNG(t, corners(300, 300)), "image/png", 300, 300, 300},
		"photo in PNG": {asPNG(t, noise), "image/jpeg", 120, 120, 120},
		"animation":    {anim.Bytes(), "image/png", 90, 60, 90},
		"webp":         {tinyWebP, "image/jpeg", 1, 1, 1},
	} {
		p, err := redraw(t.Context(), c.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.mime != c.mime || p.width != c.width || p.height != c.height {
			t.Errorf("%s: %s %d × %d", name, p.mime, p.width, p.height)
		}
		th, format, err := image.DecodeConfig(bytes.NewReader(p.thumb))
		if err != nil || max(th.Width, th.Height) != c.thumb || "image/"+format != p.thumbMime {
			t.Errorf("%s: thumbnail %d × %d %s, %v", name, th.Width, th.Height, format, err)
		}
	}
}

// tinyWebP is one lossy pixel.
var tinyWebP = []byte("RIFF\x24\x00\x00\x00WEBPVP8 \x18\x00\x00\x000\x01\x00\x9d\x01*\x01\x00\x01\x00\x02\x004%\xa4\x00\x03p\x00\xfe\xfb\xfdP\x00")

// bomb is a PNG of the size with nothing in it but a header.
func bomb(t testing.TB, w, h uint32) []byte {
	t.Helper()
	b := asPNG(t, image.NewNRGBA(image.Rect(0, 0, 1, 1)))
	return resized(b, w, h)
}

// resized changes the size in a PNG's header, with its checksum.
func resized(b []byte, w, h uint32) []byte {
	b = bytes.Clone(b)
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc(b[12:29]))
	return b
}

// crc is the checksum of PNG chunks (ISO 3309).
func crc(b []byte) uint32 {
	c := uint32(math.MaxUint32)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320*(c&1)
		}
	}
	return ^c
}

func TestRedraw_Refuses(t *testing.T) {
	whole := asJPEG(t, corners(64, 48))
	for name, c := range map[string]struct {
		in  []byte
		key string
	}{
		"a bomb":          {bomb(t, 60_000, 60_000), "files.error.pixels"},
		"a narrow bomb":   {bomb(t, 1<<31-1, 1), "files.error.pixels"},
		"a hundred times": {bomb(t, 10_000, 10_000), "files.error.pixels"},
		"cut off":         {whole[:len(whole)/3], "files.error.damaged"},
		"a header alone":  {bomb(t, 2000, 2000), "files.error.damaged"},
		"no size":         {bomb(t, 0, 0), "files.error.damaged"},
	} {
		_, err := redraw(t.Context(), c.in)
		var f *fault.Error
		if !fault.Is(err, fault.Invalid) || !asFault(err, &f) || f.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCost_ProgressiveJPEGNeedsMore(t *testing.T) {
	frame := func(marker byte, sampling ...byte) []byte {
		body := []byte{8, 0x10, 0, 0x10, 0, byte(len(sampling))}
		for i, s := range sampling {
			body = append(body, byte(i+1), s, 0)
		}
		return append([]byte{0xff, 0xd8, 0xff, marker, 0, byte(len(body) + 2)}, body...)
	}
	for name, c := range map[string]struct {
		in          []byte
		samples     float64
		progressive bool
	}{
		"grey":          {frame(0xc0, 0x11), 1, false},
		"4:2:0":         {frame(0xc0, 0x22, 0x11, 0x11), 1.5, false},
		"4:4:4":         {frame(0xc1, 0x11, 0x11, 0x11), 3, false},
		"progressive":   {frame(0xc2, 0x21, 0x11, 0x11), 2, true},
		"no frame":      {[]byte{0xff, 0xd8, 0xff, 0xda, 0, 2}, 4, true},
		"empty":         {nil, 4, true},
		"zero sampling": {frame(0xc0, 0, 0), 4, false},
		"frame cut off": {frame(0xc0, 0x22, 0x11, 0x11)[:12], 4, true},
	} {
		if s, p := jpegFrame(c.in); s != c.samples || p != c.progressive {
			t.Errorf("%s: %v %v", name, s, p)
		}
	}
}

func FuzzRedraw(f *testing.F) {
	jpg, pngs := asJPEG(f, corners(16, 12)), asPNG(f, corners(16, 12))
	f.Add(jpg)
	f.Add(pngs)
	f.Add(withExif(f, jpg, tiff(binary.BigEndian, 6)))
	f.Add(withExif(f, pngs, tiff(binary.LittleEndian, 8)))
	f.Add(tinyWebP)
	f.Add(append(bytes.Clone(tinyWebP), "EXIF\x08\x00\x00\x00II*\x00\x08\x00\x00\x00"...))
	f.Add(bomb(f, 60_000, 60_000))
	var g bytes.Buffer
	if err := gif.Encode(&g, corners(9, 9), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(g.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
		// Large pictures are honest work, and only slow the search.
		if c, _, err := image.DecodeConfig(bytes.NewReader(b)); err == nil && c.Width*c.Height > 1<<20 && c.Width*c.Height < maxPixels {
			return
		}
		p, err := redraw(t.Context(), b)
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Fatal(err)
			}
			return
		}
		for _, out := range [][]byte{p.data, p.thumb} {
			c, _, err := image.DecodeConfig(bytes.NewReader(out))
			if err != nil || c.Width > maxSide || c.Height > maxSide {
				t.Fatalf("%d × %d, %v", c.Width, c.Height, err)
			}
			if orientation(out) != 1 {
				t.Fatal("the new picture has an EXIF block")
			}
		}
	})
}

func BenchmarkRedraw12MP(b *testing.B) {
	in := asJPEG(b, corners(4000, 3000))
	for b.Loop() {
		if _, err := redraw(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
