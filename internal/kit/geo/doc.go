// SPDX-License-Identifier: Apache-2.0

// Package geo reads, checks, measures and searches outlines on the map.
//
// Everything it works on is in WGS-84, longitude before latitude, in degrees;
// CGCS2000, which official Chinese data uses, differs by centimetres and is
// taken as the same. GCJ-02, the offset datum of Chinese web maps, is converted
// on the way in and out ([ToWGS], [ToGCJ]). Areas are in square metres and
// lengths in metres, on a sphere: right to half a percent, which is enough to
// say which of two grids overlaps and by how much.
//
// The package is pure: no files, no database, no words of the town. It limits
// what it reads ([Limits]), because outlines come from strangers' files.
package geo

import (
	"github.com/paulmach/orb"
	sphere "github.com/paulmach/orb/geo"
)

// A Point is a place on the map: longitude, then latitude.
type Point = orb.Point

// A Shape is an outline: one or several polygons, each an outer ring and the
// rings of its holes. The first and last point of a ring are the same.
type Shape = orb.MultiPolygon

// Distance is the distance between two points, in metres.
func Distance(a, b Point) float64 { return sphere.DistanceHaversine(a, b) }

// Area is the area of a shape, in square metres.
func Area(s Shape) float64 { return sphere.Area(s) }

// Vertices is the number of points of a shape, closing points included.
func Vertices(s Shape) (n int) {
	for _, poly := range s {
		for _, ring := range poly {
			n += len(ring)
		}
	}
	return n
}

// InRange reports whether p is a place on the earth: numbers, not infinite,
// within 180 and 90 degrees.
func InRange(p Point) bool {
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}

// Map returns a copy of s with every point replaced by f's answer.
func Map(s Shape, f func(Point) Point) Shape {
	out := make(Shape, len(s))
	for i, poly := range s {
		out[i] = make(orb.Polygon, len(poly))
		for j, ring := range poly {
			r := make(orb.Ring, len(ring))
			for k, p := range ring {
				r[k] = f(p)
			}
			out[i][j] = r
		}
	}
	return out
}
