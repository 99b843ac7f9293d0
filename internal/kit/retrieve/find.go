// SPDX-License-Identifier: Apache-2.0

package retrieve

import (
	"math"
	"slices"

	"yuanba/internal/kit/cluster"
)

// By says by what of it a text is found.
type By int

// The ways.
const (
	Whole   By = iota // its title, what it was asked, its body, and the bridge
	Bodies            // its body alone
	Bridged           // its body, and what those like it were asked; never what it was asked itself
)

// An Ask is how to look.
type Ask struct {
	By   By
	Most int // how many; 0 is ten

	// Unknown is the place, counted from 1, of a text whose question counts as never
	// asked: to measure how a question is answered, it must not be known already. 0: none.
	Unknown int

	without int // Unknown, inside
	raw     bool
}

// A Hit is a text that is near.
type Hit struct {
	Text  int
	Score float64
	// Share is how much of the question's words, by their weight, stand in the text:
	// 0 to 1. Of a text that the bridge alone found it is 0.
	Share float64
}

// wanted is a gram of the question.
type wanted struct {
	gram   cluster.Gram
	weight float32
}

// weighed are the grams of a question and what each weighs: less what many titles have.
func (x *Index) weighed(question string, in titles) map[cluster.Gram]float32 {
	m := map[cluster.Gram]float32{}
	in.grams(said(question), func(g cluster.Gram) { m[g]++ })
	all := math.Log(float64(x.titled + 2))
	for g, n := range m {
		m[g] = n * float32(math.Log(float64(x.titled+2)/float64(max(in.with[g], 1)))/all)
	}
	return m
}

// inOrder are the grams in one order, since sums of floats depend on it.
func inOrder(m map[cluster.Gram]float32) []wanted {
	ws := make([]wanted, 0, len(m))
	for g, w := range m {
		ws = append(ws, wanted{g, w})
	}
	slices.SortFunc(ws, func(a, b wanted) int {
		switch {
		case a.gram < b.gram:
			return -1
		case a.gram > b.gram:
			return 1
		}
		return 0
	})
	return ws
}

// scores are how near each text is.
func (x *Index) scores(question string, a Ask) []float32 {
	ps, ls := inOrder(x.weighed(question, x.pairs)), inOrder(x.weighed(question, x.letters))
	scores := make([]float32, x.texts)
	x.body.add(scores, ps, 1)
	x.chars.add(scores, ls, x.w.Letters)
	if a.By == Bodies {
		return scores
	}
	asked := make([]float32, x.texts)
	x.asked.add(asked, ps, 1)
	without := int32(a.without - 1) //nolint:gosec // fewer texts than fit
	if without >= 0 {
		asked[without] = 0
	}
	keep := x.w.Like + 1
	for d := range scores {
		sum, all, n := float32(0), float32(0), 0
		for i := d * keep; i < (d+1)*keep && n < x.w.Like; i++ {
			t := x.like[i]
			if t < 0 {
				break
			}
			if t == without {
				continue
			}
			sum += x.alike[i] * asked[t]
			all += x.alike[i]
			n++
		}
		if all > 0 {
			scores[d] += x.w.Bridge * sum / (all + x.w.SlightlyLike)
		}
	}
	if a.raw {
		return scores
	}
	for d, f := range x.familiar {
		if scores[d] <= 0 {
			continue
		}
		off := f.mean
		if without >= 0 && d != int(without) && f.cut > 0 && scores[d] >= f.cut {
			off += (f.next - scores[d]) / float32(x.tried) // its own title was one of those tried
		}
		scores[d] -= x.w.Familiar * off
		if a.By == Whole {
			scores[d] += x.w.Asked * asked[d]
		}
	}
	return scores
}

// Find returns the texts that are nearest to a question, the nearest first.
func (x *Index) Find(question string, a Ask) []Hit {
	if a.Most == 0 {
		a.Most = 10
	}
	a.without = a.Unknown
	scores := x.scores(question, a)
	low := float32(0)
	for _, v := range scores {
		low = min(low, v)
	}
	for d := range scores { // best takes what is above nothing
		if scores[d] != 0 {
			scores[d] += 1 - low
		}
	}
	ps, ls := inOrder(x.weighed(question, x.pairs)), inOrder(x.weighed(question, x.letters))
	var hits []Hit
	for _, d := range best(scores, a.Most) {
		if d < 0 {
			break
		}
		hits = append(hits, Hit{Text: int(d), Score: float64(scores[d] - 1 + low), Share: x.share(ps, ls, d, a.By == Whole)})
	}
	return hits
}

// ofShare is the part of a share that pairs make; letters by themselves make the rest.
const ofShare = 0.75

// share is how much of what is wanted stands in a text.
func (x *Index) share(ps, ls []wanted, d int32, whole bool) float64 {
	part := func(ws []wanted, in *field, asked bool) float64 {
		var has, all float32
		for _, w := range ws {
			all += w.weight
			if in.has(w.gram, d) || asked && x.asked.has(w.gram, d) {
				has += w.weight
			}
		}
		if all == 0 {
			return 0
		}
		return float64(has / all)
	}
	if len(ps) == 0 {
		return part(ls, &x.chars, false)
	}
	return ofShare*part(ps, &x.body, whole) + (1-ofShare)*max(part(ls, &x.chars, false), part(ps, &x.body, whole))
}
