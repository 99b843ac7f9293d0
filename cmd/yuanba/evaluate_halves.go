// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"yuanba/internal/kit/retrieve"
)

// A half is what was measured on messages that the choice of the weights never saw.
type half struct {
	Weights retrieve.Weights `json:"weights"` // chosen on the other half
	Seen    lookup           `json:"seen"`    // on the half they were chosen on, among its replies
	Unseen  lookup           `json:"unseen"`  // on the other, among all
}

func writeHalves(w io.Writer, hs []half) {
	var found, asked float64
	for _, h := range hs {
		fmt.Fprintf(w, "chosen on one half: %.4f there among %d\n   %+v\n   the other half: %d asked among %d, first ten %.4f, first three %.4f, first %.4f\n",
			h.Seen.First10, h.Seen.Among, h.Weights, h.Unseen.Asked, h.Unseen.Among, h.Unseen.First10, h.Unseen.First3, h.Unseen.First)
		found, asked = found+h.Unseen.First10*float64(h.Unseen.Asked), asked+float64(h.Unseen.Asked)
	}
	if len(hs) > 0 {
		fmt.Fprintf(w, "by weights that never saw the message: first ten %.4f of %.0f\n", found/asked, asked)
	}
}

// measureHalves chooses weights on one half of the messages and measures them on the
// other, and the other way round.
func measureHalves(name string, seed uint64) ([]half, error) {
	texts, err := readMessages(name)
	if err != nil {
		return nil, err
	}
	if len(texts) < 2 {
		return nil, fmt.Errorf("%s: one message has no halves", name)
	}
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(texts)) //nolint:gosec // the same each time is what is wanted
	parts := [2][]int{order[:len(order)/2], order[len(order)/2:]}
	for _, p := range parts {
		slices.Sort(p)
	}
	out := make([]half, 2)
	for i := range out {
		learn := make([]retrieve.Text, len(parts[i]))
		all := make([]int, len(learn))
		for j, at := range parts[i] {
			learn[j], all[j] = texts[at], j
		}
		w, seen := chooseWeights(learn, all)
		out[i] = half{w, seen, bridged(texts, parts[1-i], w)}
	}
	return out, nil
}

// bridged asks some of the texts by their titles, with these weights.
func bridged(texts []retrieve.Text, ask []int, w retrieve.Weights) lookup {
	titles := make([]string, len(ask))
	for i, at := range ask {
		titles[i] = texts[at].Title
	}
	return lookUp(retrieve.BuildBy(texts, w), "bridged", titles, ask, func(i int) retrieve.Ask { return retrieve.Ask{By: retrieve.Bridged, Unknown: ask[i] + 1} })
}

// chooseWeights changes one weight after the other, from figures of textbooks on, and
// keeps what finds more; until nothing does, three times round at the most.
func chooseWeights(texts []retrieve.Text, ask []int) (retrieve.Weights, lookup) {
	w := retrieve.Weights{AskedSaturates: 1.2, AskedLong: 0.75, BodySaturates: 1.2, BodyLong: 0.75, Letters: 1, Asked: 1, Bridge: 1, SlightlyLike: 0.1, Like: 5, TooCommon: 0.5}
	best := bridged(texts, ask, w)
	better := func(f lookup) bool {
		return f.First10 > best.First10 || f.First10 == best.First10 && f.First3 > best.First3
	}
	type choice struct {
		set    func(w *retrieve.Weights, v float64)
		values []float64
	}
	choices := []choice{
		{func(w *retrieve.Weights, v float64) { w.Bridge = float32(v) }, []float64{0.5, 1, 2, 3}},
		{func(w *retrieve.Weights, v float64) { w.Familiar = float32(v) }, []float64{0, 0.4, 0.8, 1.2}},
		{func(w *retrieve.Weights, v float64) { w.Letters = float32(v) }, []float64{0.25, 0.5, 1}},
		{func(w *retrieve.Weights, v float64) { w.Like = int(v) }, []float64{5, 10, 20}},
		{func(w *retrieve.Weights, v float64) { w.SlightlyLike = float32(v) }, []float64{0.1, 0.3, 0.6}},
		{func(w *retrieve.Weights, v float64) { w.BodyLong = v }, []float64{0.6, 0.75, 0.9}},
		{func(w *retrieve.Weights, v float64) { w.BodySaturates = v }, []float64{0.8, 1.2, 1.6}},
		{func(w *retrieve.Weights, v float64) { w.AskedLong = v }, []float64{0.5, 0.75, 0.9}},
		{func(w *retrieve.Weights, v float64) { w.TooCommon = v }, []float64{0.1, 0.2, 0.5}},
	}
	for changed, round := true, 0; changed && round < 3; round++ {
		changed = false
		for _, c := range choices {
			for _, v := range c.values {
				tried := w
				if c.set(&tried, v); tried == w {
					continue
				}
				if f := bridged(texts, ask, tried); better(f) {
					w, best, changed = tried, f, true
				}
			}
		}
	}
	return w, best
}
