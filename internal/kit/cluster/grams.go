// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"math"
	"unicode"
	"unicode/utf8"

	"yuanba/internal/kit/search"
)

// A Gram stands for something that a text has: the fingerprint of a few letters.
type Gram uint64

// Of is the gram of a text. Parts of different kinds are told apart by kind.
func Of(kind byte, text string) Gram {
	h := uint64(14695981039346656037) ^ uint64(kind)
	h *= 1099511628211
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return Gram(mix(h))
}

// With is the gram of two together, in this order.
func (g Gram) With(other Gram) Gram {
	return Gram(mix(uint64(g)*0x9E3779B97F4A7C15 + uint64(other)))
}

// mix spreads what FNV leaves alike in the high bits.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// Grams calls yield for each gram of a text: of Chinese every two letters and
// every three that stand together, of other scripts every word and every two.
// Capital and full-width letters count as small ones.
func Grams(text string, yield func(g Gram, letters int)) {
	fold := search.Fold(text)
	var starts [3]int // where the last letters of this run begin, the latest last
	run := 0          // letters in the run of Chinese
	word, last := -1, ""
	flush := func(end int) {
		if word >= 0 {
			w := fold[word:end]
			yield(Of('w', w), 2)
			if last != "" {
				yield(Of('w', last+" "+w), 3)
			}
			last, word = w, -1
		}
	}
	for i, r := range fold {
		switch {
		case r == ' ':
			flush(i)
			run = 0
		case !Han(r):
			if word < 0 {
				word = i
			}
			run = 0
		default:
			flush(i)
			last = ""
			starts = [3]int{starts[1], starts[2], i}
			run++
			end := i + utf8.RuneLen(r)
			if run >= 2 {
				yield(Of('2', fold[starts[1]:end]), 2)
			}
			if run >= 3 {
				yield(Of('3', fold[starts[0]:end]), 3)
			}
		}
	}
	flush(len(fold))
}

// Han reports whether a letter is Chinese: written without spaces.
func Han(r rune) bool { return r >= 0x2E80 && unicode.Is(unicode.Han, r) }

// A Tally counts in how many texts a gram is. Its places are fewer than grams can
// be, so that a count may be a little too high; it is the same in every order.
type Tally struct {
	counts []uint32
	texts  int
}

// NewTally returns an empty tally.
func NewTally() *Tally { return &Tally{counts: make([]uint32, 1<<22)} }

func (t *Tally) at(g Gram) *uint32 { return &t.counts[uint64(g)&uint64(len(t.counts)-1)] }

// Add counts a text that has these grams, each given once.
func (t *Tally) Add(grams []Gram) {
	t.texts++
	for _, g := range grams {
		*t.at(g)++
	}
}

// Texts is how many texts were counted.
func (t *Tally) Texts() int { return t.texts }

// Count is in how many texts the gram is.
func (t *Tally) Count(g Gram) int { return int(*t.at(g)) }

// unseen is how many texts there are taken to be beside those counted, that have
// none of their grams: so that what all of a few texts have is not without weight.
const unseen = 8

// Rarity is how much it tells that a text has the gram: the logarithm of one in
// how many texts has it. It is never negative.
func (t *Tally) Rarity(g Gram) float64 {
	n := max(1, t.Count(g))
	return math.Log(float64(max(t.texts, n)+unseen) / float64(n))
}
