// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"math"
	"slices"
)

const (
	// unknown is the cost of passing over a character that stands in no word,
	// beside the logarithms of how often words occur.
	unknown = -9
	// maxWord is the longest word there is, in characters.
	maxWord = 16
	// manyTokens is how many tokens there must be for words that occur once to go.
	manyTokens = 20_000
	// noWord marks what is only the beginning of longer words.
	noWord float32 = 1
)

// A vocabulary knows words by their hashes, how often they occur, and the
// features of each.
type vocabulary struct {
	first []opening // by the first character, for those below 1<<16
	at    *table    // by the hash of the word, or of a beginning of words
	logp  []float32 // how often, as a logarithm; noWord for a beginning
	from  []int32   // the features of word i are feats[from[i]:from[i+1]]
	feats []int32
}

// An opening is what is known of a single character: the number and frequency of
// its word or beginning, 1 more; 0 if no word begins with it.
type opening struct {
	word int32
	logp float32
}

const openings = 1 << 16

func wordKey(rs []rune) key {
	h := hashStart
	for _, r := range rs {
		h = roll(h, r)
	}
	return h.key()
}

// learnWords makes the vocabulary of the tokens of texts; the features are added
// by of.
func learnWords(examples []Example, of func([]rune) []int32) *vocabulary {
	type word struct {
		runes []rune
		n     int
	}
	found := map[key]*word{}
	var order []key // as they come, so that the same examples give the same model
	total := 0
	var buf []rune
	for _, e := range examples {
		for _, t := range e.Tokens {
			buf = appendFolded(buf[:0], t, maxWord+1, nil)
			if len(buf) == 0 || len(buf) > maxWord || slices.Contains(buf, 0) {
				continue
			}
			k := wordKey(buf)
			if found[k] == nil {
				found[k] = &word{runes: slices.Clone(buf)}
				order = append(order, k)
			}
			found[k].n++
			total++
		}
	}
	v := &vocabulary{from: []int32{0}}
	if total >= manyTokens { // a word that occurs once in so many teaches nothing
		order = slices.DeleteFunc(order, func(k key) bool { return found[k].n < 2 })
	}
	v.at = newTable(2 * len(order))
	for _, k := range order {
		w := found[k]
		v.at.put(k, int32(len(v.logp))) //nolint:gosec // far fewer
		v.logp = append(v.logp, float32(math.Log(float64(w.n)/float64(total))))
		v.feats = append(v.feats, of(w.runes)...)
		v.from = append(v.from, int32(len(v.feats))) //nolint:gosec // far fewer
	}
	for _, k := range order {
		h := hashStart
		for _, r := range found[k].runes {
			h = roll(h, r)
			if v.at.put(h.key(), int32(len(v.logp))) == int32(len(v.logp)) { //nolint:gosec // far fewer
				v.logp = append(v.logp, noWord)
				v.from = append(v.from, int32(len(v.feats))) //nolint:gosec // far fewer
			}
		}
	}
	v.open()
	return v
}

// open fills the list of openings.
func (v *vocabulary) open() {
	v.first = make([]opening, openings)
	for r := range v.first {
		if w, ok := v.at.get(roll(hashStart, rune(r)).key()); ok {
			v.first[r] = opening{w + 1, v.logp[w]}
		}
	}
}

// word returns the number of the word, if it is one.
func (v *vocabulary) word(rs []rune) (int32, bool) {
	i, ok := v.at.get(wordKey(rs))
	return i, ok && v.logp[i] != noWord
}

// A span is a word in a text: its number, or -1 for what is none, and where.
type span struct{ word, from, to int32 }

// cut finds the likeliest words of a text, from the last to the first.
func (v *vocabulary) cut(s *scratch, rs []rune) []span {
	n := len(rs)
	s.best = grown(s.best, n+1)
	s.step = grown(s.step, n+1)
	best, step := s.best, s.step
	for i := range best {
		best[i] = float32(math.Inf(-1))
	}
	best[0] = 0
	for i := range n {
		b := best[i]
		if rs[i] == 0 {
			if b >= best[i+1] {
				best[i+1], step[i+1] = b, span{-1, int32(i), int32(i + 1)} //nolint:gosec // texts are short
			}
			continue
		}
		if x := b + unknown; x > best[i+1] {
			best[i+1], step[i+1] = x, span{-1, int32(i), int32(i + 1)} //nolint:gosec // texts are short
		}
		j := i
		if r := rs[i]; r < openings {
			o := v.first[r]
			if o.word == 0 {
				continue
			}
			if x := b + o.logp; o.logp != noWord && x > best[i+1] {
				best[i+1], step[i+1] = x, span{o.word - 1, int32(i), int32(i + 1)} //nolint:gosec // texts are short
			}
			j++
		}
		h := hashStart
		if j > i {
			h = roll(h, rs[i])
		}
		for ; j < n && rs[j] != 0; j++ {
			h = roll(h, rs[j])
			w, ok := v.at.get(h.key())
			if !ok {
				break
			}
			if p := v.logp[w]; p != noWord {
				if x := b + p; x > best[j+1] {
					best[j+1], step[j+1] = x, span{w, int32(i), int32(j + 1)} //nolint:gosec // texts are short
				}
			}
		}
	}
	s.spans = s.spans[:0]
	for i := int32(n); i > 0; i = step[i].from { //nolint:gosec // texts are short
		if step[i].word >= 0 {
			s.spans = append(s.spans, step[i])
		}
	}
	return s.spans
}

func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n+n/2)[:n]
	}
	return s[:n]
}
