// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
)

// Options are how a model is trained. The zero Options are good ones.
type Options struct {
	Seed uint64 // of the order in which examples are looked at
}

const (
	passes    = 6    // over the examples
	softness  = 0.7  // C of the support vector machine: how much an example may pull
	maxRarity = 10   // how much more an example of a rare label may pull
	minTexts  = 3    // in how many examples a feature must stand
	maxFeats  = 1e6  // features that are kept
	keptBack  = 5    // one example in so many is kept back to fit the confidence
	tooFew    = 50   // examples with which nothing can be kept back
	plainHeat = 0.35 // the temperature then
)

// Errors of Train.
var (
	ErrNoExamples = errors.New("no example to learn from")
	ErrOneLabel   = errors.New("all examples have the same label")
)

// Train learns a model from examples, of which at least two have different
// labels. It ends early with the context's error.
func Train(ctx context.Context, examples []Example, o Options) (*Model, error) {
	if len(examples) == 0 {
		return nil, ErrNoExamples
	}
	labels := map[string]int{}
	var names []string
	for _, e := range examples {
		labels[e.Label] = 0
	}
	for l := range labels {
		names = append(names, l)
	}
	slices.Sort(names)
	for i, l := range names {
		labels[l] = i
	}
	if len(names) < 2 {
		return nil, ErrOneLabel
	}
	r := newReader(examples)
	s := r.newScratch()
	docs := make([]doc, len(examples))
	for i, e := range examples {
		docs[i] = r.doc(s, e.Text)
		docs[i].label = labels[e.Label]
	}
	heat := plainHeat
	if len(docs) >= tooFew {
		kept, rest := split(docs, o.Seed)
		m, err := learn(ctx, r, names, rest, o)
		if err != nil {
			return nil, err
		}
		heat = m.fitHeat(kept)
	}
	m, err := learn(ctx, r, names, docs, o)
	if err != nil {
		return nil, err
	}
	m.heat = heat
	m.prune()
	return m, nil
}

// newReader finds the words and the features of the examples.
func newReader(examples []Example) *reader {
	cut := 0
	for _, e := range examples {
		if len(e.Tokens) > 0 {
			cut++
		}
	}
	r := &reader{known: newTable(1 << 12)}
	number := func(k key) int32 {
		f := r.known.put(k, int32(r.n)) //nolint:gosec // far fewer
		r.n = max(r.n, int(f)+1)
		return f
	}
	for _, e := range examples {
		for _, mark := range e.Marks {
			number(markKey(mark))
		}
	}
	if 2*cut >= len(examples) {
		r.words = learnWords(examples, func(w []rune) (fs []int32) {
			eachOf(w, func(k key) { fs = append(fs, number(k)) })
			return fs
		})
		return r
	}
	var rs []rune
	for _, e := range examples {
		add := func(k key, _, _ int) { number(k) }
		rs = appendFolded(rs[:0], e.Title, maxRunes, nil)
		eachRun(rs, add)
		rs = appendFolded(rs[:0], e.Body, maxRunes, nil)
		eachRun(rs, add)
		rs = rs[:0]
		for _, t := range e.Tokens {
			rs = appendFolded(rs, t, maxRunes, nil)
		}
		eachRun(rs, add)
	}
	return r
}

// A doc is the features of an example, in ascending order, and how often each
// stands there.
type doc struct {
	feats []int32
	vals  []float32
	label int
}

func (r *reader) newScratch() *scratch { return &scratch{count: make([]uint16, r.n)} }

func (r *reader) doc(s *scratch, t Text) doc {
	s.clear()
	r.read(s, t)
	d := doc{feats: slices.Clone(s.touched)}
	slices.Sort(d.feats)
	for _, f := range d.feats {
		d.vals = append(d.vals, often(s.count[f]))
	}
	s.clear()
	return d
}

// often is what a feature counts that stands n times in a text.
func often(n uint16) float32 {
	if int(n) < len(oftenTable) {
		return oftenTable[n]
	}
	return float32(1 + math.Log(float64(n)))
}

var oftenTable = func() (t [64]float32) {
	for n := 1; n < len(t); n++ {
		t[n] = float32(1 + math.Log(float64(n)))
	}
	return t
}()

// split keeps back one document in some.
func split(docs []doc, seed uint64) (kept, rest []doc) {
	for i, at := range rand.New(rand.NewPCG(seed, 1)).Perm(len(docs)) { //nolint:gosec // repeatable
		if i%keptBack == 0 {
			kept = append(kept, docs[at])
		} else {
			rest = append(rest, docs[at])
		}
	}
	return kept, rest
}

// learn trains one support vector machine for each label against the rest.
func learn(ctx context.Context, r *reader, names []string, docs []doc, o Options) (*Model, error) {
	m := &Model{reader: r, labels: names, heat: plainHeat, feats: make([]feature, r.n), rows: make([]int8, r.n*len(names)), bias: make([]float32, len(names))}
	m.weigh(docs)
	xs := make([]doc, len(docs))
	for i, d := range docs {
		x := doc{label: d.label}
		sum := 0.0
		for k, f := range d.feats {
			if w := m.feats[f].idf; w > 0 {
				v := d.vals[k] * w
				x.feats, x.vals = append(x.feats, f), append(x.vals, v)
				sum += float64(v) * float64(v)
			}
		}
		norm := float32(1 / math.Sqrt(sum+1e-12))
		for k := range x.vals {
			x.vals[k] *= norm
		}
		xs[i] = x
	}
	weights := make([][]float32, len(names))
	for l := range names {
		var err error
		if weights[l], m.bias[l], err = against(ctx, xs, l, len(names), r.n, o.Seed); err != nil {
			return nil, err
		}
	}
	m.pack(weights)
	return m, nil
}

// against trains one label against all others: L2-loss support vectors by
// coordinate descent in the dual.
func against(ctx context.Context, xs []doc, label, labels, n int, seed uint64) (w []float32, bias float32, err error) {
	w = make([]float32, n)
	alpha := make([]float32, len(xs))
	diag := make([]float32, len(xs))
	square := make([]float32, len(xs))
	members := 0
	for _, x := range xs {
		if x.label == label {
			members++
		}
	}
	rarity := float64(len(xs)) / float64(labels*max(1, members)) // 1 if it is neither rare nor frequent
	for i, x := range xs {
		c := softness
		if x.label == label {
			c *= min(maxRarity, rarity)
		}
		diag[i] = float32(0.5 / c)
		square[i] = 1 + diag[i] // of the bias
		for _, v := range x.vals {
			square[i] += v * v
		}
	}
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	chance := rand.New(rand.NewPCG(seed, uint64(label)+2)) //nolint:gosec // repeatable
	for range passes {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		chance.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			x, y := &xs[i], float32(-1)
			if x.label == label {
				y = 1
			}
			sum := bias
			vals := x.vals[:len(x.feats)]
			for k, f := range x.feats {
				sum += w[f] * vals[k]
			}
			g := y*sum - 1 + alpha[i]*diag[i]
			if alpha[i] == 0 && g >= 0 {
				continue
			}
			was := alpha[i]
			alpha[i] = max(was-g/square[i], 0)
			d := (alpha[i] - was) * y
			if d == 0 {
				continue
			}
			bias += d
			for k, f := range x.feats {
				w[f] += d * vals[k]
			}
		}
	}
	return w, bias, nil
}

// weigh says how much each feature counts: the fewer texts it stands in the more,
// up to twice that if they are all of one label.
func (m *Model) weigh(docs []doc) {
	n := len(m.labels)
	in := make([]float64, len(m.feats)*n) // texts, by feature and label
	size := make([]float64, n)
	for _, d := range docs {
		size[d.label]++
		for _, f := range d.feats {
			in[int(f)*n+d.label]++
		}
	}
	const some = 0.1 // of a text: what has not been seen may still be
	for f := range m.feats {
		texts, share := 0.0, 0.0
		for l, k := range in[f*n:][:n] {
			texts += k
			if size[l] > 0 {
				share += (k + some) / size[l]
			}
		}
		if texts < minTexts {
			continue
		}
		spread := 0.0 // over the labels, 0 to 1: the entropy
		for l, k := range in[f*n:][:n] {
			if size[l] > 0 {
				p := (k + some) / size[l] / share
				spread -= p * math.Log(p)
			}
		}
		idf := math.Log(float64(len(docs)+1)/(texts+1)) + 1
		m.feats[f].idf = float32(idf * (2 - spread/math.Log(float64(n))))
	}
}
