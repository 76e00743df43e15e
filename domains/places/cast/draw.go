package cast

import (
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
)

// The drawings' colours: warm paper, a floor of wood or straw, indigo things.
var (
	wall   = color.RGBA{0xf6, 0xf1, 0xe7, 0xff}
	wood   = color.RGBA{0xe2, 0xc9, 0xa2, 0xff}
	straw  = color.RGBA{0xcf, 0xd3, 0xa0, 0xff}
	indigo = color.RGBA{0x2f, 0x4d, 0x80, 0xff}
	pale   = color.RGBA{0xb9, 0xc9, 0xe3, 0xff}
	edge   = color.RGBA{0x8a, 0x7a, 0x60, 0xff}
)

const (
	width, height = 800, 500
	floorTop      = 300
)

// canvas draws filled boxes.
type canvas struct{ *image.RGBA }

func (c canvas) box(x, y, w, h int, fill color.Color) {
	draw.Draw(c, image.Rect(x, y, x+w, y+h), image.NewUniform(fill), image.Point{}, draw.Src)
}

// disc draws a filled circle.
func (c canvas) disc(x, y, r int, fill color.Color) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			if dx*dx+dy*dy <= r*r {
				c.Set(x+dx, y+dy, fill)
			}
		}
	}
}

// drawRoom writes a plain picture of the room as PNG: its window, its floor, and as
// many seats as fit.
func drawRoom(w io.Writer, r room) error {
	c := canvas{image.NewRGBA(image.Rect(0, 0, width, height))}
	c.box(0, 0, width, height, wall)
	floor := wood
	if r.kind == "tatami" {
		floor = straw
	}
	c.box(0, floorTop, width, height-floorTop, floor)
	c.box(0, floorTop-4, width, 4, edge)
	for x := 60; x < width-160; x += 180 { // windows
		c.box(x, 70, 120, 150, edge)
		c.box(x+6, 76, 51, 138, pale)
		c.box(x+63, 76, 51, 138, pale)
	}
	switch r.kind {
	case "hall":
		c.box(120, 230, 560, 70, edge)
		c.box(220, 60, 360, 160, color.White)
		seats(c, 330, 4, 14)
	case "tatami":
		for y := floorTop; y < height; y += 66 {
			c.box(0, y, width, 3, edge)
		}
		c.box(260, 360, 280, 24, indigo)
		seats(c, 410, 1, 6)
	case "print":
		c.box(120, 220, 160, 160, indigo)
		c.box(140, 200, 120, 24, color.White)
		c.box(420, 300, 260, 24, edge)
	default:
		c.box(180, 350, 440, 40, indigo)
		seats(c, 330, 1, 6)
		seats(c, 420, 1, 6)
	}
	return png.Encode(w, c)
}

// seats draws rows of chairs as discs.
func seats(c canvas, top, rows, each int) {
	gap := 520 / each
	for row := range rows {
		for i := range each {
			c.disc(160+gap/2+i*gap, top+row*44, 14, indigo)
		}
	}
}
