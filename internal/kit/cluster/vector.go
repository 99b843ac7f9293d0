// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"cmp"
	"math"
	"slices"
)

// A Term is one gram of a text and how much it counts.
type Term struct {
	Gram   Gram
	Weight float32
}

// A Vector is what a text has, in the order of the grams, each gram once.
type Vector []Term

// NewVector puts terms in order; the weights of the same gram are added. It keeps
// the slice.
func NewVector(terms []Term) Vector {
	// Equal grams are added in the order of their weights, so that not even the
	// last bit depends on the order in which they came.
	slices.SortFunc(terms, func(a, b Term) int {
		return cmp.Or(cmp.Compare(a.Gram, b.Gram), cmp.Compare(a.Weight, b.Weight))
	})
	n := 0
	for _, t := range terms {
		if n > 0 && terms[n-1].Gram == t.Gram {
			terms[n-1].Weight += t.Weight
			continue
		}
		terms[n] = t
		n++
	}
	return terms[:n:n]
}

// Norm is the length of the vector.
func (v Vector) Norm() float64 {
	var sum float64
	for _, t := range v {
		sum += float64(t.Weight) * float64(t.Weight)
	}
	return math.Sqrt(sum)
}

// Scaled is the vector with the length given; one without length stays so.
func (v Vector) Scaled(length float64) Vector {
	n := v.Norm()
	if n == 0 {
		return nil
	}
	out := make(Vector, len(v))
	for i, t := range v {
		out[i] = Term{t.Gram, float32(float64(t.Weight) * length / n)}
	}
	return out
}

// Top keeps the n terms that weigh most.
func (v Vector) Top(n int) Vector {
	if len(v) <= n {
		return v
	}
	out := slices.Clone(v)
	slices.SortFunc(out, func(a, b Term) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Gram, b.Gram))
	})
	return NewVector(out[:n])
}

// Dot is how alike two vectors are: the sum of the products of what both have.
func (v Vector) Dot(w Vector) float64 {
	if len(v) > len(w) {
		v, w = w, v
	}
	var sum float64
	if len(w) > 16*len(v) { // a text and a large group: look each gram up
		for _, t := range v {
			i, ok := slices.BinarySearchFunc(w, t.Gram, func(x Term, g Gram) int { return cmp.Compare(x.Gram, g) })
			if ok {
				sum += float64(t.Weight) * float64(w[i].Weight)
			}
			w = w[i:]
		}
		return sum
	}
	for i, j := 0, 0; i < len(v) && j < len(w); {
		switch a, b := v[i].Gram, w[j].Gram; {
		case a == b:
			sum += float64(v[i].Weight) * float64(w[j].Weight)
			i++
			j++
		case a < b:
			i++
		default:
			j++
		}
	}
	return sum
}

// plus is the sum of two vectors.
func (v Vector) plus(w Vector) Vector {
	out := make(Vector, 0, len(v)+len(w))
	i, j := 0, 0
	for i < len(v) && j < len(w) {
		switch a, b := v[i].Gram, w[j].Gram; {
		case a == b:
			out = append(out, Term{a, v[i].Weight + w[j].Weight})
			i++
			j++
		case a < b:
			out = append(out, v[i])
			i++
		default:
			out = append(out, w[j])
			j++
		}
	}
	return append(append(out, v[i:]...), w[j:]...)
}

// times is the vector n times.
func (v Vector) times(n int) Vector {
	if n == 1 {
		return v
	}
	out := make(Vector, len(v))
	for i, t := range v {
		out[i] = Term{t.Gram, t.Weight * float32(n)}
	}
	return out
}

// Compare puts vectors in an order of their own.
func (v Vector) Compare(w Vector) int {
	return slices.CompareFunc(v, w, func(a, b Term) int {
		return cmp.Or(cmp.Compare(a.Gram, b.Gram), cmp.Compare(a.Weight, b.Weight))
	})
}
