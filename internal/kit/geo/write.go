// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"bytes"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// AppendShape appends s as a GeoJSON geometry, a Polygon if it has one part and
// a MultiPolygon else, with so many digits after the point; 7 are a centimetre.
func AppendShape(b []byte, s Shape, digits int) []byte {
	if len(s) == 1 {
		b = append(b, `{"type":"Polygon","coordinates":`...)
		return append(appendRings(b, s[0], digits), '}')
	}
	b = append(b, `{"type":"MultiPolygon","coordinates":[`...)
	for i, poly := range s {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendRings(b, poly, digits)
	}
	return append(b, "]}"...)
}

// AppendPoint appends p as a GeoJSON geometry.
func AppendPoint(b []byte, p Point, digits int) []byte {
	b = append(b, `{"type":"Point","coordinates":`...)
	return append(appendPosition(b, p, digits), '}')
}

// ParseShape reads what AppendShape wrote. It is Invalid if b is no outline.
func ParseShape(b []byte) (Shape, error) {
	if s, ok := parseOwn(b); ok { // which spares much time and memory at every start
		return s, nil
	}
	s, _, err := readGeometry(b)
	return s, err
}

// parseOwn reads an outline of one part written as AppendShape does, and nothing
// else.
func parseOwn(b []byte) (Shape, bool) {
	rest, ok := bytes.CutPrefix(b, []byte(`{"type":"Polygon","coordinates":[[[`))
	if rest, ok = cutEnd(rest, ok); !ok {
		return nil, false
	}
	var poly orb.Polygon
	for _, ring := range bytes.Split(rest, []byte("]],[[")) {
		r := make(orb.Ring, 0, bytes.Count(ring, []byte("],["))+1)
		for len(ring) > 0 {
			pair, after, _ := bytes.Cut(ring, []byte("],["))
			ring = after
			lon, lat, two := bytes.Cut(pair, []byte(","))
			x, err := strconv.ParseFloat(string(lon), 64)
			y, err2 := strconv.ParseFloat(string(lat), 64)
			if p := (Point{x, y}); err == nil && err2 == nil && two && InRange(p) && plain(pair) {
				r = append(r, p)
				continue
			}
			return nil, false
		}
		if len(r) == 0 {
			return nil, false
		}
		poly = append(poly, r)
	}
	return Shape{poly}, true
}

func cutEnd(b []byte, ok bool) ([]byte, bool) {
	rest, end := bytes.CutSuffix(b, []byte(`]]]}`))
	return rest, ok && end
}

// plain reports whether b is a position as appendPosition writes it: JSON knows
// fewer ways of writing a number than Go.
func plain(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != '-' && r != ',' })
}

func appendRings[R ~[]Point, P ~[]R](b []byte, rings P, digits int) []byte {
	b = append(b, '[')
	for i, ring := range rings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, p := range ring {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendPosition(b, p, digits)
		}
		b = append(b, ']')
	}
	return append(b, ']')
}

func appendPosition(b []byte, p Point, digits int) []byte {
	b = append(b, '[')
	b = appendNumber(b, p[0], digits)
	b = append(b, ',')
	b = appendNumber(b, p[1], digits)
	return append(b, ']')
}

// appendNumber writes v rounded, without the zeros at its end.
func appendNumber(b []byte, v float64, digits int) []byte {
	unit := math.Pow10(digits)
	v = math.Round(v*unit) / unit
	if v == 0 {
		v = 0 // no negative zero
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// coord writes a coordinate for people: six digits, a decimetre.
func coord(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// Where writes p for people: latitude and longitude as maps take them.
func Where(p Point) string { return coord(p[1]) + ", " + coord(p[0]) }
