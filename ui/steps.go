package ui

import (
	"math"
	"strconv"
)

// The arc of Steps, in units of its viewBox: half an ellipse from foot to foot.
const (
	arcWidth  = 320.0
	arcHeight = 96.0
	arcEdge   = 14.0 // room for a pier at either foot
)

// arcPoint returns the point of the arc at t, 0 at its first foot, 1 at its last.
func arcPoint(t float64) (x, y float64) {
	angle := math.Pi * (1 - t)
	rx, ry := arcWidth/2-arcEdge, arcHeight-2*arcEdge
	return arcWidth/2 + rx*math.Cos(angle), arcHeight - arcEdge - ry*math.Sin(angle)
}

// pier is where a step stands on the arc.
type pier struct {
	x, y  string
	class string
}

// piers returns a pier for each of n steps, with the one at here marked; steps
// count from 1.
func piers(n, here int) []pier {
	out := make([]pier, n)
	for i := range out {
		x, y := arcPoint(stepAt(i+1, n))
		out[i] = pier{decimal(x), decimal(y), "pier"}
		switch {
		case i+1 < here:
			out[i].class = "pier done"
		case i+1 == here:
			out[i].class = "pier here"
		}
	}
	return out
}

// stepAt returns where step i of n stands on the arc.
func stepAt(i, n int) float64 {
	if n < 2 {
		return 0.5
	}
	return float64(min(max(i, 1), n)-1) / float64(n-1)
}

// arcPath draws the arc from its first foot to t.
func arcPath(t float64) string {
	x0, y0 := arcPoint(0)
	x, y := arcPoint(t)
	rx, ry := arcWidth/2-arcEdge, arcHeight-2*arcEdge
	return "M" + decimal(x0) + " " + decimal(y0) + "A" + decimal(rx) + " " + decimal(ry) + " 0 0 1 " + decimal(x) + " " + decimal(y)
}

// decimal prints a coordinate with one digit, enough for a screen.
func decimal(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}
