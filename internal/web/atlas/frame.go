// SPDX-License-Identifier: Apache-2.0

package atlas

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"yuanba/internal/kit/geo"
)

// Sizes of a drawing, in its own units.
const (
	wide   = 1000.0
	tall   = 1150.0 // at most
	margin = 26.0
	beside = 70.0 // margin where neighbours are seen
	dot    = 26.0 // of a place without an outline
)

// A frame puts the earth onto the drawing: kx and ky are units in a degree.
type frame struct{ west, north, kx, ky, height float64 }

func (f frame) at(p geo.Point) (x, y float64) {
	return (p.Lon() - f.west) * f.kx, (f.north - p.Lat()) * f.ky
}

// point is what is drawn at a position.
func (f frame) point(x, y float64) geo.Point {
	return geo.Point{f.west + x/f.kx, f.north - y/f.ky}
}

// bound is what is seen.
func (f frame) bound() orb.Bound {
	return orb.Bound{Min: f.point(0, f.height), Max: f.point(wide, 0)}
}

// frameOf is the frame around all points, and false if there are fewer than two
// different ones.
func frameOf(ps []geo.Point, neighbours bool) (frame, bool) {
	if len(ps) == 0 {
		return frame{}, false
	}
	edge := margin
	if neighbours {
		edge = beside
	}
	b := orb.MultiPoint(ps).Bound()
	squeeze := math.Cos(b.Center()[1] * math.Pi / 180)
	w, h := (b.Max[0]-b.Min[0])*squeeze, b.Max[1]-b.Min[1]
	if w == 0 && h == 0 {
		return frame{}, false
	}
	scale := min((wide-2*edge)/max(w, 1e-9), (tall-2*edge)/max(h, 1e-9))
	f := frame{kx: squeeze * scale, ky: scale, height: h*scale + 2*edge}
	f.west, f.north = b.Center()[0]-wide/2/f.kx, b.Max[1]+edge/f.ky
	return f, true
}

// path is a shape as the commands of a drawing, in whole units: what neighbours
// have in common is drawn at the same place.
func (f frame) path(s geo.Shape) string {
	var b []byte
	num := func(v int) {
		if v >= 0 && len(b) > 0 && b[len(b)-1] >= '0' && b[len(b)-1] <= '9' {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	for _, polygon := range s {
		for _, ring := range polygon {
			lastX, lastY := 0, 0
			for i, p := range ring {
				fx, fy := f.at(p)
				x, y := int(math.Round(fx)), int(math.Round(fy))
				switch {
				case i == 0:
					b = append(b, 'M')
					num(x)
					num(y)
					b = append(b, 'l')
				case x == lastX && y == lastY:
					continue
				default:
					num(x - lastX)
					num(y - lastY)
				}
				lastX, lastY = x, y
			}
			b = []byte(strings.TrimSuffix(string(b), "l"))
			b = append(b, 'z')
		}
	}
	return string(b)
}

func whole(v float64) string { return strconv.Itoa(int(math.Round(v))) }

// A box is room on a drawing.
type box struct{ left, top, right, bottom float64 }

func (a box) over(b box) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
