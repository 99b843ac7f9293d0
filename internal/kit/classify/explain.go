// SPDX-License-Identifier: Apache-2.0

package classify

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// Evidence is a word or a run of a text that speaks for a label.
type Evidence struct {
	Words  string  // as they stand in the text
	Weight float64 // its part of what speaks for the label rather than for the others
}

// Explain returns up to n words or runs of the text that speak most for a label,
// the strongest first, each once and none that is part of another. It is empty if
// the model does not know the label, or nothing in the text speaks for it.
func (m *Model) Explain(t Text, label string, n int) []Evidence {
	l, ok := slices.BinarySearch(m.labels, label)
	if !ok {
		return nil
	}
	said := map[string]float64{}
	for _, part := range parts(t) {
		var at []int32
		rs := appendFolded(nil, part, maxRunes, &at)
		words := func(from, to int) string {
			_, size := utf8.DecodeRuneInString(part[at[to-1]:])
			return part[at[from] : int(at[to-1])+size]
		}
		if v := m.reader.words; v != nil {
			for _, sp := range v.cut(&scratch{}, rs) {
				sum := 0.0
				for _, f := range v.feats[v.from[sp.word]:v.from[sp.word+1]] {
					sum += m.speaks(f, l)
				}
				said[words(int(sp.from), int(sp.to))] = sum
			}
			continue
		}
		eachRun(rs, func(_ key, from, to int) {
			sum := 0.0
			eachRun(rs[from:to], func(k key, _, _ int) {
				if f, ok := m.reader.known.get(k); ok {
					sum += m.speaks(f, l)
				}
			})
			said[words(from, to)] = sum
		})
	}
	return strongest(said, n)
}

// parts are the pieces of a text in which words are looked for.
func parts(t Text) []string {
	if len(t.Tokens) > 0 {
		return t.Tokens
	}
	return []string{t.Title, t.Body}
}

// speaks is how much more a feature weighs for a label than for the others on
// the whole.
func (m *Model) speaks(f int32, label int) float64 {
	n := len(m.labels)
	sum := 0.0
	for l, w := range m.rows[int(f)*n:][:n] {
		if l == label {
			sum += float64(w)
		} else {
			sum -= float64(w) / float64(n-1)
		}
	}
	return sum * float64(m.feats[f].scale)
}

func strongest(said map[string]float64, n int) []Evidence {
	var all []Evidence
	total := 0.0
	for w, x := range said {
		if x > 0 && utf8.RuneCountInString(w) > 1 {
			all = append(all, Evidence{w, x})
			total += x
		}
	}
	slices.SortFunc(all, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(len(b.Words), len(a.Words)), cmp.Compare(a.Words, b.Words))
	})
	var out []Evidence
	for _, e := range all {
		if len(out) == n {
			break
		}
		if !slices.ContainsFunc(out, func(o Evidence) bool { return overlaps(o.Words, e.Words) }) {
			e.Weight = math.Round(e.Weight/total*1000) / 1000
			out = append(out, e)
		}
	}
	return out
}

// overlaps reports whether two runs share two characters, so that to show both
// would be to say the same twice.
func overlaps(a, b string) bool {
	ra := []rune(a)
	for i := 0; i+2 <= len(ra); i++ {
		if containsRunes(b, ra[i], ra[i+1]) {
			return true
		}
	}
	return false
}

func containsRunes(s string, x, y rune) bool {
	var last rune
	for _, r := range s {
		if last == x && r == y {
			return true
		}
		last = r
	}
	return false
}
