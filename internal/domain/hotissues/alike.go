// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"math"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/kit/cluster"
)

// How much each part of a text counts when two are compared. They add up
// to one: two texts that are the same are alike by 1.
const (
	partWords = 0.22 // the same words, names of places left out
	partPlace = 0.18 // the same place or population
	partBoth  = 0.47 // the same subject at the same place
	partWhen  = 0.13 // the same place at the same time
)

// least is from what average on texts are one issue. It lies above what the same
// words at two places reach (0.22 and a little), and above what one place reaches
// at one time with two subjects (0.31 and a little).
const least = 0.38

const (
	maxDetail = 500 // letters of a detail that are read
	maxWords  = 60  // grams of the words that count
	subjectX  = 3   // how many times as much as in the detail something counts in the subject
)

// A reading is a text as it is compared.
type reading struct {
	message *Message
	names   []name
	vector  cluster.Vector
	words   cluster.Vector // the part of the vector that is words, of length one
	subject []int          // the subjects, what is said most first
}

// read makes vectors of messages, which are in their own order.
func read(ms []*Message) []reading {
	out := make([]reading, len(ms))
	g := &gazetteer{cluster.NewTally()}
	heads, details := make([]writing, len(ms)), make([]writing, len(ms))
	for i, m := range ms {
		out[i].message = m
		heads[i], details[i] = write(m.Subject), write(clip(m.Detail, maxDetail))
		g.count(writing{letters: append(append(slices.Clone(heads[i].letters), ' '), details[i].letters...), finds: shifted(heads[i], details[i])})
	}
	tally := cluster.NewTally()
	terms := make([]map[cluster.Gram]float64, len(ms))
	masked := make([][]rune, len(ms))
	for i := range ms {
		hn, hs := g.namesOf(heads[i])
		dn, ds := g.namesOf(details[i])
		out[i].names = union(hn, dn, ms[i].Place)
		head, detail := mask(heads[i].letters, hs), mask(details[i].letters, ds)
		terms[i] = map[cluster.Gram]float64{}
		count := func(times float64) func(cluster.Gram, int) {
			return func(x cluster.Gram, _ int) { terms[i][x] += times }
		}
		cluster.Grams(string(head), count(subjectX))
		cluster.Grams(string(detail), count(1))
		grams := make([]cluster.Gram, 0, len(terms[i]))
		for x := range terms[i] {
			grams = append(grams, x)
		}
		tally.Add(grams)
		// What a text is about is looked for with the names in it: 搅拌站 is one.
		masked[i] = head
	}
	s := newScale(out, heads, details)
	for i := range out {
		out[i].fill(s, i, tally, terms[i], masked[i])
	}
	return out
}

func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	if rs := []rune(text); len(rs) > n {
		return string(rs[:n])
	}
	return text
}

// shifted are the finds of two texts as those of one after the other.
func shifted(a, b writing) []find {
	fs := slices.Clone(a.finds)
	d := len(a.letters) + 1
	for _, f := range b.finds {
		fs = append(fs, find{f.earliest + d, f.latest + d, f.end + d})
	}
	return fs
}

// mask is the letters with spaces where names stand.
func mask(rs []rune, spans []span) []rune {
	out := slices.Clone(rs)
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			out[i] = ' '
		}
	}
	return out
}

// union is the names of subject and detail; a place that is known counts as a
// name of its own.
func union(head, detail []name, known string) []name {
	var out []name
	add := func(n name) {
		for i := range out {
			if out[i].text == n.text {
				out[i].weight = max(out[i].weight, n.weight)
				return
			}
		}
		out = append(out, n)
	}
	if known != "" {
		add(name{text: known, known: true, weight: 1})
	}
	for _, n := range head {
		add(n)
	}
	for _, n := range detail {
		add(name{text: n.text, weight: n.weight * 0.6})
	}
	return out
}

// elsewhere is how many texts about other places there are taken to be beside
// those given: in a short list a place is not common because most speak of it.
const elsewhere = 200

// A scale is how rare names and subjects are among all texts.
type scale struct {
	names    *cluster.Tally
	subjects []int // in how many texts each is
	counts   [][]float64
	kinds    map[string]int
	texts    int
	full     float64 // the rarity from which on a name tells all
}

func newScale(rs []reading, heads, details []writing) *scale {
	s := &scale{names: cluster.NewTally(), subjects: make([]int, len(subjectNames)), counts: make([][]float64, len(rs)), kinds: map[string]int{}, texts: len(rs)}
	s.full = max(0.7, min(3, math.Log(float64(len(rs)+elsewhere))/2))
	for i := range rs {
		grams := make([]cluster.Gram, 0, len(rs[i].names))
		for _, n := range rs[i].names {
			grams = append(grams, cluster.Of('p', n.text))
		}
		s.names.Add(grams)
		c := make([]float64, len(subjectNames))
		subjectsIn(heads[i].letters, func(k int) { c[k] += subjectX })
		subjectsIn(details[i].letters, func(k int) { c[k]++ })
		for k := range c {
			if c[k] > 0 {
				s.subjects[k]++
			}
		}
		s.counts[i] = c
		if k := rs[i].message.Kind; k != "" {
			s.kinds[k]++
		}
	}
	return s
}

func (s *scale) rarity(n int) float64 { return math.Log(float64(s.texts+8) / float64(max(1, n))) }

// fill makes the vector of a text.
func (r *reading) fill(s *scale, i int, tally *cluster.Tally, terms map[cluster.Gram]float64, head []rune) {
	words := make([]cluster.Term, 0, len(terms))
	for g, times := range terms {
		if w := (1 + math.Log(times)) * tally.Rarity(g); w > 0 {
			words = append(words, cluster.Term{Gram: g, Weight: float32(w)})
		}
	}
	r.words = cluster.NewVector(words).Top(maxWords).Scaled(1)

	place := r.place(s)
	about := r.about(s, i, tally, head)
	with := make([]cluster.Term, 0, len(place)*len(about))
	for _, p := range place {
		for _, a := range about {
			with = append(with, cluster.Term{Gram: p.Gram.With(a.Gram), Weight: p.Weight * a.Weight})
		}
	}
	strength := place.Norm()
	both := cluster.NewVector(with).Scaled(math.Sqrt(partBoth) * strength)
	// Who names no place is compared by the words alone.
	when := make([]cluster.Term, 0, 12)
	for _, p := range place {
		for _, x := range period(r.message.At) {
			when = append(when, cluster.Term{Gram: p.Gram.With(x.Gram), Weight: p.Weight * x.Weight})
		}
	}
	all := slices.Concat(cluster.NewVector(when).Scaled(math.Sqrt(partWhen)*strength), r.words.Scaled(math.Sqrt(partWords+(1-partWords)*(1-strength*strength))), place.Scaled(math.Sqrt(partPlace)*strength), both)
	r.vector = cluster.NewVector(all)
}

// place is the part of the vector that says where, of length one at the most:
// less where only a large place is named, or one that everybody names.
func (r *reading) place(s *scale) cluster.Vector {
	var terms []cluster.Term
	strength := 0.0
	for _, n := range r.names {
		g := cluster.Of('p', n.text)
		rare := min(1, math.Log(float64(s.texts+elsewhere)/float64(max(1, s.names.Count(g))))/s.full)
		rarity := s.rarity(s.names.Count(g))
		if n.known {
			rare, rarity = 1, max(rarity, s.full)
		}
		w := n.weight * rare
		strength = max(strength, w)
		terms = append(terms, cluster.Term{Gram: g, Weight: float32(w * rarity)})
	}
	return cluster.NewVector(terms).Top(6).Scaled(min(1, strength))
}

// about is the part that says what: subjects, and the words of the subject line.
func (r *reading) about(s *scale, i int, tally *cluster.Tally, head []rune) cluster.Vector {
	var terms []cluster.Term
	for k, n := range s.counts[i] {
		if n > 0 {
			terms = append(terms, cluster.Term{Gram: cluster.Of('s', subjectNames[k]), Weight: float32(math.Sqrt(n) * math.Sqrt(s.rarity(s.subjects[k])))})
			r.subject = append(r.subject, k)
		}
	}
	slices.SortStableFunc(r.subject, func(a, b int) int { return int(s.counts[i][b] - s.counts[i][a]) })
	if k := r.message.Kind; k != "" {
		terms = append(terms, cluster.Term{Gram: cluster.Of('k', k), Weight: float32(2 * math.Sqrt(s.rarity(s.kinds[k])))})
	}
	subjects := cluster.NewVector(terms).Top(4)
	own := map[cluster.Gram]float32{}
	cluster.Grams(string(head), func(g cluster.Gram, _ int) {
		own[g] = float32(tally.Rarity(g))
	})
	line := make([]cluster.Term, 0, len(own))
	for g, w := range own {
		if w > 0 {
			line = append(line, cluster.Term{Gram: g, Weight: w})
		}
	}
	words := cluster.NewVector(line).Top(10)
	if len(subjects) == 0 {
		return words.Scaled(1)
	}
	if len(words) == 0 {
		return subjects.Scaled(1)
	}
	return cluster.NewVector(slices.Concat(subjects.Scaled(math.Sqrt(0.75)), words.Scaled(0.5)))
}

// period is when, as two neighbouring months of which the nearer counts more: two
// days apart is nearly the same, a month somewhat, two months nothing.
func period(at time.Time) cluster.Vector {
	const month = 30 * 24 * 60 * 60
	n, rest := at.Unix()/month, at.Unix()%month
	f := float64(rest) / month
	term := func(n int64, w float64) cluster.Term {
		return cluster.Term{Gram: cluster.Of('t', strconv.FormatInt(n, 10)), Weight: float32(w)}
	}
	return cluster.NewVector([]cluster.Term{term(n, 1-f), term(n+1, f)}).Scaled(1)
}
