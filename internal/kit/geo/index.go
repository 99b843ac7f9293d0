// SPDX-License-Identifier: Apache-2.0

package geo

import (
	"github.com/tidwall/geojson/geometry"
	"github.com/tidwall/rtree"
)

// An Index finds the shapes that contain a point. It is built once and then
// only read, by any number of goroutines.
type Index[K any] struct {
	tree rtree.RTreeG[entry[K]]
	n    int
}

type entry[K any] struct {
	key  K
	poly *geometry.Poly
}

// Add puts a shape into the index. It must not be called while others read.
func (x *Index[K]) Add(key K, s Shape) {
	x.n++
	for _, poly := range s {
		if len(poly) == 0 {
			continue
		}
		holes := make([][]geometry.Point, 0, len(poly)-1)
		for _, h := range poly[1:] {
			holes = append(holes, points(h))
		}
		p := geometry.NewPoly(points(poly[0]), holes, &geometry.IndexOptions{Kind: geometry.QuadTree, MinPoints: 32})
		r := p.Rect()
		x.tree.Insert([2]float64{r.Min.X, r.Min.Y}, [2]float64{r.Max.X, r.Max.Y}, entry[K]{key, p})
	}
}

// Len is the number of shapes in the index.
func (x *Index[K]) Len() int { return x.n }

// At calls f with the key of each shape that contains p, its border included,
// until f returns false. The order is not defined.
func (x *Index[K]) At(p Point, f func(K) bool) {
	q := geometry.Point{X: p[0], Y: p[1]}
	x.tree.Search(p, p, func(_, _ [2]float64, e entry[K]) bool {
		return !e.poly.ContainsPoint(q) || f(e.key)
	})
}

func points[R ~[]Point](ring R) []geometry.Point {
	out := make([]geometry.Point, len(ring))
	for i, p := range ring {
		out[i] = geometry.Point{X: p[0], Y: p[1]}
	}
	return out
}
