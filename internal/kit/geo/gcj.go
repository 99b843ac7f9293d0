// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"math"

	"yuanba/internal/kit/errs"
)

// A CRS says in which coordinates a file is written.
type CRS string

// The coordinates that can be read. BD-09 is not among them.
const (
	WGS84 CRS = "wgs84" // GPS, CGCS2000, Tianditu, OpenStreetMap
	GCJ02 CRS = "gcj02" // the offset datum of Chinese web maps
)

// ParseCRS reads the name of a CRS; anything but the two is Invalid.
func ParseCRS(s string) (CRS, error) {
	switch c := CRS(s); c {
	case WGS84, GCJ02:
		return c, nil
	}
	return "", errs.At("crs", "geo.crs.unknown", s)
}

// Into returns s, written in c, in WGS-84.
func (c CRS) Into(s Shape) Shape {
	if c == GCJ02 {
		return Map(s, ToWGS)
	}
	return s
}

// IntoPoint returns p, written in c, in WGS-84.
func (c CRS) IntoPoint(p Point) Point {
	if c == GCJ02 {
		return ToWGS(p)
	}
	return p
}

// The ellipsoid of Krasovsky 1940, on which the offset is computed.
const (
	axis         = 6378245.0
	eccentricity = 0.00669342162296594323 // squared
)

// offset reports whether the offset applies at p: a box around China.
func offset(p Point) bool {
	return p[0] >= 72.004 && p[0] <= 137.8347 && p[1] >= 0.8293 && p[1] <= 55.8271
}

// ToGCJ converts WGS-84 to GCJ-02. Outside China the two are the same.
func ToGCJ(p Point) Point {
	if !offset(p) {
		return p
	}
	return shift(p)
}

// ToWGS converts GCJ-02 to WGS-84: the inverse of [ToGCJ], found by repeating
// the offset until it fits to a tenth of a millimetre.
func ToWGS(p Point) Point {
	if !offset(p) {
		return p
	}
	w := p
	for range 30 {
		g := shift(w)
		dx, dy := p[0]-g[0], p[1]-g[1]
		w[0], w[1] = w[0]+dx, w[1]+dy
		if math.Abs(dx) < 1e-9 && math.Abs(dy) < 1e-9 {
			break
		}
	}
	return w
}

func shift(p Point) Point {
	x, y := p[0]-105, p[1]-35
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + waves(x) +
		wave(y, 20, 1, 40, 1.0/3) + wave(y, 160, 1.0/12, 320, 1.0/30)
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + waves(x) +
		wave(x, 20, 1, 40, 1.0/3) + wave(x, 150, 1.0/12, 300, 1.0/30)
	lat := p[1] / 180 * math.Pi
	m := 1 - eccentricity*math.Sin(lat)*math.Sin(lat)
	return Point{
		p[0] + dLon*180/(axis/math.Sqrt(m)*math.Cos(lat)*math.Pi),
		p[1] + dLat*180/(axis*(1-eccentricity)/(m*math.Sqrt(m))*math.Pi),
	}
}

func waves(x float64) float64 { return wave(x, 20, 6, 20, 2) }

// wave is two thirds of two sine waves, each with its height and frequency.
func wave(x, h1, f1, h2, f2 float64) float64 {
	return (h1*math.Sin(f1*x*math.Pi) + h2*math.Sin(f2*x*math.Pi)) * 2 / 3
}
