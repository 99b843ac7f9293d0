// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// A Model knows which label suits a text.
type Model struct {
	reader *reader
	labels []string // in order
	bias   []float32
	feats  []feature
	rows   []int8 // the weights of feature f begin at f times the number of labels
	heat   float64
	spare  sync.Pool
}

// A feature's weights are its row times scale; idf says how seldom it is, 0 that
// it is not used.
type feature struct{ idf, scale float32 }

// A Guess is a label that may suit a text.
type Guess struct {
	Label      string
	Confidence float64 // how likely it is right, 0 to 1
}

// Labels are all labels the model knows, in the order of their bytes.
func (m *Model) Labels() []string { return slices.Clone(m.labels) }

// Guess is the label that suits best. A text of which the model knows no word
// gets the label that is likeliest without one, with little confidence.
func (m *Model) Guess(t Text) Guess {
	s := m.scratch()
	defer m.spare.Put(s)
	m.scores(s, t)
	best := 0
	for l, x := range s.score {
		if x > s.score[best] {
			best = l
		}
	}
	sum := 0.0
	for _, x := range s.score {
		sum += math.Exp(float64(x-s.score[best]) / m.heat)
	}
	return Guess{m.labels[best], 1 / sum}
}

// Rank returns the n likeliest labels, the likeliest first.
func (m *Model) Rank(t Text, n int) []Guess {
	s := m.scratch()
	defer m.spare.Put(s)
	m.scores(s, t)
	gs := make([]Guess, len(m.labels))
	top := float64(slices.Max(s.score))
	sum := 0.0
	for l, x := range s.score {
		gs[l] = Guess{m.labels[l], math.Exp((float64(x) - top) / m.heat)}
		sum += gs[l].Confidence
	}
	for l := range gs {
		gs[l].Confidence /= sum
	}
	slices.SortStableFunc(gs, func(a, b Guess) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return gs[:min(n, len(gs))]
}

func (m *Model) scratch() *scratch {
	if s, ok := m.spare.Get().(*scratch); ok {
		return s
	}
	s := m.reader.newScratch()
	s.score = make([]float32, len(m.labels))
	return s
}

// scores leaves in s how well each label suits the text, and s clear.
func (m *Model) scores(s *scratch, t Text) {
	m.reader.read(s, t)
	m.sum(s)
	s.clear()
}

// sum adds up the weights of the features in s.
func (m *Model) sum(s *scratch) {
	score := s.score
	clear(score)
	n := len(score)
	norm := float32(0)
	for _, f := range s.touched {
		ft := m.feats[f]
		if ft.idf == 0 {
			continue
		}
		tf := often(s.count[f])
		norm += tf * tf * ft.idf * ft.idf
		tf *= ft.scale
		row := m.rows[int(f)*n:][:n]
		for l := range score {
			score[l] += tf * float32(row[l])
		}
	}
	inverse := float32(1 / math.Sqrt(float64(norm)+1e-12))
	for l := range score {
		score[l] = score[l]*inverse + m.bias[l]
	}
}

// pack rounds weights to a hundredth of the largest of their feature, and takes
// in how seldom the feature is.
func (m *Model) pack(weights [][]float32) {
	n := len(m.labels)
	for f := range m.feats {
		most := float32(0)
		for l := range weights {
			most = max(most, weights[l][f], -weights[l][f])
		}
		ft := &m.feats[f]
		if most == 0 || ft.idf == 0 {
			continue
		}
		ft.scale = most / 127 * ft.idf
		for l := range weights {
			m.rows[f*n+l] = int8(math.Round(float64(weights[l][f] / most * 127)))
		}
	}
}

// prune drops the features that are not used and numbers the others anew.
func (m *Model) prune() {
	n := len(m.labels)
	order := make([]int32, 0, len(m.feats))
	for f, ft := range m.feats {
		if ft.idf > 0 {
			order = append(order, int32(f)) //nolint:gosec // far fewer
		}
	}
	if len(order) > maxFeats { // the seldom ones go
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(m.feats[a].idf, m.feats[b].idf) })
		order = order[:maxFeats]
		slices.Sort(order)
	}
	renamed := make([]int32, len(m.feats))
	for i := range renamed {
		renamed[i] = -1
	}
	feats, rows := make([]feature, len(order)), make([]int8, len(order)*n)
	for i, f := range order {
		renamed[f] = int32(i) //nolint:gosec // far fewer
		feats[i] = m.feats[f]
		copy(rows[i*n:], m.rows[int(f)*n:][:n])
	}
	old := m.reader
	r := &reader{known: newTable(len(order)), n: len(order)}
	for f, k := range old.known.keys(old.n) {
		if renamed[f] >= 0 {
			r.known.put(k, renamed[f])
		}
	}
	if v := old.words; v != nil {
		r.words = &vocabulary{first: v.first, at: v.at, logp: v.logp, from: []int32{0}}
		for w := range v.logp {
			for _, f := range v.feats[v.from[w]:v.from[w+1]] {
				if renamed[f] >= 0 {
					r.words.feats = append(r.words.feats, renamed[f])
				}
			}
			r.words.from = append(r.words.from, int32(len(r.words.feats))) //nolint:gosec // far fewer
		}
	}
	m.reader, m.feats, m.rows = r, feats, rows
}

// fitHeat finds the temperature that makes the confidence of the first guess on
// documents that were kept back as likely as can be.
func (m *Model) fitHeat(docs []doc) float64 {
	s := m.reader.newScratch()
	s.score = make([]float32, len(m.labels))
	scores := make([][]float32, len(docs))
	for i, d := range docs {
		s.touched = append(s.touched[:0], d.feats...)
		m.sumVals(s, d.vals)
		scores[i] = slices.Clone(s.score)
	}
	loss := func(heat float64) (sum float64) {
		for i, sc := range scores {
			top := float64(slices.Max(sc))
			z := 0.0
			for _, x := range sc {
				z += math.Exp((float64(x) - top) / heat)
			}
			sum += math.Log(z) - (float64(sc[docs[i].label])-top)/heat
		}
		return sum
	}
	lo, hi := math.Log(0.02), math.Log(5.0)
	for range 40 {
		a, b := lo+(hi-lo)/3, hi-(hi-lo)/3
		if loss(math.Exp(a)) < loss(math.Exp(b)) {
			hi = b
		} else {
			lo = a
		}
	}
	return math.Exp((lo + hi) / 2)
}

// sumVals is sum for a document whose features have been counted.
func (m *Model) sumVals(s *scratch, vals []float32) {
	clear(s.score)
	n := len(s.score)
	norm := float32(0)
	for k, f := range s.touched {
		ft := m.feats[f]
		norm += vals[k] * vals[k] * ft.idf * ft.idf
		for l := range s.score {
			s.score[l] += vals[k] * ft.scale * float32(m.rows[int(f)*n+l])
		}
	}
	inverse := float32(1 / math.Sqrt(float64(norm)+1e-12))
	for l := range s.score {
		s.score[l] = s.score[l]*inverse + m.bias[l]
	}
	s.touched = s.touched[:0]
}
