// SPDX-License-Identifier: Apache-2.0

package classify

// Where the hashes of features begin, so that the word 路灯 and the run 路灯 are two.
const (
	gramStart = hashStart ^ 0x6772616d
	wordStart = hashStart ^ 0x776f7264
	markStart = hashStart ^ 0x6d61726b
)

func markKey(mark string) key {
	h := markStart
	for _, r := range mark {
		h = roll(h, r)
	}
	return h.key()
}

// maxGram is the longest run of characters that is a feature: within words, and
// in texts that are not cut.
const (
	maxGramIn  = 2
	maxGramRun = 3
)

// A reader turns texts into features. It is the part of a model that does not
// know of labels.
type reader struct {
	known *table      // number of a feature, by hash
	words *vocabulary // nil: texts are not cut
	n     int         // of features
}

// scratch is what reading a text needs and the next one may use again.
type scratch struct {
	runes   []rune
	best    []float32
	step    []span
	spans   []span
	count   []uint16 // how often each feature stands there, 0 between texts
	touched []int32  // the features that do
	score   []float32
}

func (s *scratch) add(f int32, times uint16) {
	c := s.count[f]
	if c == 0 {
		s.touched = append(s.touched, f)
	}
	s.count[f] = c + times // no overflow: a text has maxRunes characters
}

// clear makes the scratch ready for the next text.
func (s *scratch) clear() {
	for _, f := range s.touched {
		s.count[f] = 0
	}
	s.touched = s.touched[:0]
}

// eachOf calls f with the hash of every feature of one word.
func eachOf(word []rune, f func(key)) {
	h := wordStart
	for _, r := range word {
		h = roll(h, r)
	}
	f(h.key())
	for i := range word {
		h := gramStart
		for _, r := range word[i:min(i+maxGramIn, len(word))] {
			h = roll(h, r)
			f(h.key())
		}
	}
}

// eachRun calls f with the hash of every run of characters in a text that is not
// cut, and where it stands. A word in Latin letters is one feature.
func eachRun(rs []rune, f func(k key, from, to int)) {
	for i := 0; i < len(rs); i++ {
		switch {
		case rs[i] == 0:
		case latin(rs[i]):
			h, j := wordStart, i
			for ; j < len(rs) && latin(rs[j]); j++ {
				h = roll(h, rs[j])
			}
			f(h.key(), i, j)
			i = j - 1
		default:
			h := gramStart
			for j := i; j < min(i+maxGramRun, len(rs)) && rs[j] != 0; j++ {
				h = roll(h, rs[j])
				f(h.key(), i, j+1)
			}
		}
	}
}

// read counts the features of a text into s, which is clear. The features that
// are not known are left out.
func (r *reader) read(s *scratch, t Text) {
	for _, mark := range t.Marks {
		if f, ok := r.known.get(markKey(mark)); ok {
			s.add(f, titleWeight)
		}
	}
	if len(t.Tokens) > 0 {
		r.readTokens(s, t.Tokens)
		return
	}
	s.runes = appendFolded(s.runes[:0], t.Title, maxRunes, nil)
	n := len(s.runes)
	r.readPart(s, s.runes, titleWeight)
	s.runes = appendFolded(s.runes[:0], t.Body, maxRunes-n, nil)
	r.readPart(s, s.runes, 1)
}

func (r *reader) readPart(s *scratch, rs []rune, times uint16) {
	if r.words == nil {
		eachRun(rs, func(k key, _, _ int) {
			if f, ok := r.known.get(k); ok {
				s.add(f, times)
			}
		})
		return
	}
	for _, sp := range r.words.cut(s, rs) {
		r.readWord(s, sp.word, times)
	}
}

func (r *reader) readWord(s *scratch, w int32, times uint16) {
	for _, f := range r.words.feats[r.words.from[w]:r.words.from[w+1]] {
		s.add(f, times)
	}
}

func (r *reader) readTokens(s *scratch, tokens []string) {
	n := 0
	title := tokens[:min(titleTokens, len(tokens))]
	if r.words == nil { // as if nobody had cut it
		s.runes = s.runes[:0]
		for _, t := range title {
			s.runes = appendFolded(s.runes, t, maxRunes, nil)
		}
		n = len(s.runes)
		r.readPart(s, s.runes, titleWeight)
		s.runes = s.runes[:0]
		for _, t := range tokens[len(title):] {
			s.runes = appendFolded(s.runes, t, maxRunes-n, nil)
		}
		r.readPart(s, s.runes, 1)
		return
	}
	for i, t := range tokens {
		if n >= maxRunes {
			break
		}
		times := uint16(1)
		if i < len(title) {
			times = titleWeight
		}
		s.runes = appendFolded(s.runes[:0], t, maxRunes-n, nil)
		n += len(s.runes)
		if w, ok := r.words.word(s.runes); ok {
			r.readWord(s, w, times)
			continue
		}
		eachOf(s.runes, func(k key) {
			if f, ok := r.known.get(k); ok {
				s.add(f, times)
			}
		})
	}
}
