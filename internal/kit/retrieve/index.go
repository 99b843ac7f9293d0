// SPDX-License-Identifier: Apache-2.0

package retrieve

import (
	"cmp"
	"math"
	"slices"

	"yuanba/internal/kit/cluster"
)

// A Text is an answer that can be found.
type Text struct {
	Title string // of a policy its name, of an answer the question in short
	Asked string // the rest of the question
	Body  string // the answer
}

// asked is what a text was asked, its title twice.
func (t Text) asked() string { return t.Title + "\n" + t.Title + "\n" + t.Asked }

// Weights are the figures by which a text is near; see the package's comment.
type Weights struct {
	AskedSaturates, AskedLong float64 // k1 and b of BM25, for what was asked
	BodySaturates, BodyLong   float64 // and for bodies, whose length says less
	Letters                   float32 // letters by themselves
	Asked                     float32 // what the text itself was asked
	Bridge                    float32 // what those like it were asked
	SlightlyLike              float32 // so much likeness counts half
	Familiar                  float32 // taken off for being near to everything
	Like                      int     // how many are like a text
	TooCommon                 float64 // words that a greater part of the bodies have make no two alike
}

// Chosen are the weights that towns use.
func Chosen() Weights {
	return Weights{AskedSaturates: 1.2, AskedLong: 0.75, BodySaturates: 1.2, BodyLong: 0.9, Letters: 0.5, Asked: 2, Bridge: 2, SlightlyLike: 0.3, Familiar: 0.8, Like: 10, TooCommon: 0.2}
}

const (
	familiarMost = 30   // to how many titles a text is nearest, at the most
	titlesMost   = 4000 // titles that are tried, at the most
	titlesLeast  = 50   // with fewer nothing can be told to be familiar
)

// An Index finds texts. It never changes, and is safe for several goroutines.
type Index struct {
	w     Weights
	texts int
	body  field
	chars field
	asked field

	pairs   titles
	letters titles
	titled  int // texts with a title

	like     []int32   // of each text Like+1 others, the most alike first; -1: none
	alike    []float32 // and how much
	familiar []tops    // of each text
	tried    int       // to how many titles each is nearest
}

// titles say in how many titles each gram stands.
type titles struct {
	grams func(string, func(cluster.Gram))
	with  map[cluster.Gram]float32
}

// tops are how near a text is to the titles that it is nearest to.
type tops struct {
	mean      float32
	cut, next float32 // the smallest of them, and the greatest that is not one of them
}

// A field is where each gram stands, and how much it counts there.
type field struct {
	ids    map[cluster.Gram]int32
	from   []int32
	text   []int32
	weight []float32
}

// Build makes the index of texts with the weights that towns use; a text is named by
// its place among them.
func Build(texts []Text) *Index { return BuildBy(texts, Chosen()) }

// BuildBy makes the index of texts with other weights, to measure them.
func BuildBy(texts []Text, w Weights) *Index {
	x := &Index{w: w, texts: len(texts), pairs: titles{pairs, map[cluster.Gram]float32{}}, letters: titles{letters, map[cluster.Gram]float32{}}}
	bodies := make([]map[cluster.Gram]float32, len(texts))
	lengths := make([]int, len(texts))
	each := func(of func(Text) string, grams func(string, func(cluster.Gram)), saturates, long float64) field {
		for i, t := range texts {
			bodies[i], lengths[i] = counted(of(t), grams)
		}
		return newField(bodies, lengths, saturates, long)
	}
	body := func(t Text) string {
		if t.Asked == "" {
			return t.Title + "\n" + t.Body // of a policy, the name is the law's own words
		}
		return t.Body
	}
	x.asked = each(Text.asked, pairs, w.AskedSaturates, w.AskedLong)
	x.chars = each(body, letters, w.BodySaturates, w.BodyLong)
	x.body = each(body, pairs, w.BodySaturates, w.BodyLong) // the last: bodies are needed below
	for _, t := range texts {
		if t.Title == "" {
			continue
		}
		x.titled++
		for _, k := range []titles{x.pairs, x.letters} {
			gs, _ := counted(t.Title, k.grams)
			for g := range gs {
				k.with[g]++
			}
		}
	}
	x.findLike(bodies)
	x.findFamiliar(texts)
	return x
}

// Len is how many texts there are.
func (x *Index) Len() int { return x.texts }

func newField(texts []map[cluster.Gram]float32, lengths []int, saturates, long float64) field {
	f := field{ids: map[cluster.Gram]int32{}}
	var count []int32
	total := 0
	for i, gs := range texts {
		total += lengths[i]
		for g := range gs {
			id, ok := f.ids[g]
			if !ok {
				id = int32(len(count)) //nolint:gosec // fewer grams than fit
				f.ids[g], count = id, append(count, 0)
			}
			count[id]++
		}
	}
	f.from = make([]int32, len(count)+1)
	for id, n := range count {
		f.from[id+1] = f.from[id] + n
	}
	f.text, f.weight = make([]int32, f.from[len(count)]), make([]float32, f.from[len(count)])
	at := slices.Clone(f.from)
	n, mean := float64(len(texts)), float64(max(total, 1))/float64(max(len(texts), 1))
	for i, gs := range texts {
		norm := saturates * (1 - long + long*float64(lengths[i])/mean)
		for g, tf := range gs {
			id := f.ids[g]
			df := float64(count[id])
			rare := math.Log(1 + (n-df+0.5)/(df+0.5))
			f.text[at[id]], f.weight[at[id]] = int32(i), float32(rare*float64(tf)*(saturates+1)/(float64(tf)+norm)) //nolint:gosec // fewer texts than fit
			at[id]++
		}
	}
	return f
}

// places are the texts in which a gram stands, in their order, and how much it counts.
func (f *field) places(g cluster.Gram) ([]int32, []float32) {
	id, ok := f.ids[g]
	if !ok {
		return nil, nil
	}
	return f.text[f.from[id]:f.from[id+1]], f.weight[f.from[id]:f.from[id+1]]
}

// has reports whether a gram stands in a text.
func (f *field) has(g cluster.Gram, text int32) bool {
	ts, _ := f.places(g)
	_, ok := slices.BinarySearch(ts, text)
	return ok
}

// add adds to scores how much each text has of the wanted grams.
func (f *field) add(scores []float32, want []wanted, times float32) {
	for _, w := range want {
		ts, ws := f.places(w.gram)
		for i, t := range ts {
			scores[t] += times * w.weight * ws[i]
		}
	}
}

// findLike finds for every text those whose bodies are most like its own: by the
// cosine between their rarer grams.
func (x *Index) findLike(bodies []map[cluster.Gram]float32) {
	n := x.texts
	most := max(20, int(x.w.TooCommon*float64(n)))
	weight := make([][]float32, len(x.body.from)-1)
	norm := make([]float64, n)
	for g, id := range x.body.ids {
		ts, _ := x.body.places(g)
		if len(ts) < 2 || len(ts) > most {
			continue
		}
		ws := make([]float32, len(ts))
		rare := math.Log(float64(n) / float64(len(ts)))
		for i, t := range ts {
			v := (1 + math.Log(float64(bodies[t][g]))) * rare
			ws[i] = float32(v)
			norm[t] += v * v
		}
		weight[id] = ws
	}
	keep := x.w.Like + 1
	x.like, x.alike = make([]int32, n*keep), make([]float32, n*keep)
	sum := make([]float32, n)
	for d, gs := range bodies {
		clear(sum)
		order := make([]cluster.Gram, 0, len(gs)) // sums of floats depend on it
		for g := range gs {
			order = append(order, g)
		}
		slices.Sort(order)
		for _, g := range order {
			ws := weight[x.body.ids[g]]
			if ws == nil {
				continue
			}
			ts, _ := x.body.places(g)
			at, _ := slices.BinarySearch(ts, int32(d)) //nolint:gosec // fewer texts than fit
			own := ws[at]
			for i, t := range ts {
				sum[t] += own * ws[i]
			}
		}
		sum[d] = 0
		for t := range sum {
			if sum[t] > 0 {
				sum[t] /= float32(math.Sqrt(norm[d] * norm[t]))
			}
		}
		for i, t := range best(sum, keep) {
			x.like[d*keep+i], x.alike[d*keep+i] = t, 0
			if t >= 0 {
				x.alike[d*keep+i] = sum[t]
			}
		}
	}
}

// best are the places of the greatest values above nothing, the greatest first; -1
// where there are fewer.
func best(values []float32, most int) []int32 {
	top := make([]int32, 0, most+1)
	for i, v := range values {
		if v <= 0 || len(top) == most && v <= values[top[most-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, v, func(t int32, v float32) int {
			if values[t] >= v {
				return -1
			}
			return 1
		})
		top = slices.Insert(top, at, int32(i)) //nolint:gosec // fewer texts than fit
		if len(top) > most {
			top = top[:most]
		}
	}
	for len(top) < most {
		top = append(top, -1)
	}
	return top
}

// findFamiliar finds to which titles but its own each text is nearest.
func (x *Index) findFamiliar(texts []Text) {
	x.familiar = make([]tops, x.texts)
	step := max(1, (x.titled+titlesMost-1)/titlesMost)
	most := min(familiarMost, x.titled/step/90+1)
	if x.titled < titlesLeast {
		return
	}
	x.tried = most
	near := make([][]float32, x.texts) // the greatest first
	for q, t := range texts {
		if t.Title == "" || q%step != 0 {
			continue
		}
		scores := x.scores(t.Title, Ask{By: Bridged, without: q + 1, raw: true})
		for d, v := range scores {
			top := near[d]
			if d == q || len(top) > most && v <= top[most] {
				continue
			}
			at, _ := slices.BinarySearchFunc(top, v, func(a, b float32) int { return cmp.Compare(b, a) })
			if top = slices.Insert(top, at, v); len(top) > most+1 {
				top = top[:most+1]
			}
			near[d] = top
		}
	}
	for d, top := range near {
		if len(top) <= most {
			continue
		}
		f := tops{cut: top[most-1], next: top[most]}
		for _, v := range top[:most] {
			f.mean += v / float32(most)
		}
		x.familiar[d] = f
	}
}
