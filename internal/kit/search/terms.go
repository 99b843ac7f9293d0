// SPDX-License-Identifier: Apache-2.0

package search

import (
	"crypto/sha256"
	"fmt"
	"hash/maphash"
	"iter"
	"strings"
	"sync"
	"unicode/utf8"
)

// Terms hold letters and digits of any script and the low line, so that neither
// engine sees anything in them but a term.
const (
	every      = "_"       // the term of every record
	wordMost   = 16        // letters of the longest beginning of a word that is a term
	exactMost  = 24        // letters of the longest beginning of an exact string that is
	partsMost  = 16        // parts of a query that are looked at
	lettersMax = 200       // letters of a query that are looked at
	wordTerms  = 8         // terms by which one word of a query is looked up; the rest is verified
	bodyMost   = 20_000    // letters of a body that it is found by
	titleMost  = 1_000     // of a title
	codeMost   = 200       // of an exact string
	codesMost  = 50        // exact strings of a record
	tagMost    = 500       // bytes of a tag's term; of a longer one, a digest
	noID       = 1<<63 - 1 // greater than every ID
)

// termSet collects the terms of a record, each once, in order of appearance: a
// table of places in out, since a map of texts costs three times as much.
type termSet struct {
	out   []byte  // the terms, a space between them
	spans []span  // where each stands in out
	slots []int32 // by their hash: the number in spans, from 1 on; 0 where none is
}

type span struct{ from, to int32 }

var termSeed = maphash.MakeSeed()

// termSets are those at hand: a set is made for one record after the other.
var termSets = sync.Pool{New: func() any { return &termSet{slots: make([]int32, 512)} }}

// done gives the set back, unless a long record has made it large.
func (t *termSet) done() {
	if len(t.slots) > 8192 {
		return
	}
	clear(t.slots)
	t.out, t.spans = t.out[:0], t.spans[:0]
	termSets.Put(t)
}

func (t *termSet) add(term string) {
	at := t.slot(term)
	if t.slots[at] != 0 {
		return
	}
	if len(t.out) > 0 {
		t.out = append(t.out, ' ')
	}
	from := len(t.out)
	t.out = append(t.out, term...)
	t.spans = append(t.spans, span{int32(from), int32(len(t.out))}) //nolint:gosec // a record has a few hundred kilobytes at the most
	t.slots[at] = int32(len(t.spans))                               //nolint:gosec // as above
	if 2*len(t.spans) > len(t.slots) {
		t.grow()
	}
}

// slot is where the term is, or would be.
func (t *termSet) slot(term string) int {
	mask := len(t.slots) - 1
	at := int(maphash.String(termSeed, term)) & mask //nolint:gosec // any bits will do
	for ; t.slots[at] != 0; at = (at + 1) & mask {
		if s := t.spans[t.slots[at]-1]; string(t.out[s.from:s.to]) == term {
			break
		}
	}
	return at
}

func (t *termSet) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	for i, s := range t.spans {
		t.slots[t.slot(string(t.out[s.from:s.to]))] = int32(i + 1) //nolint:gosec // as above
	}
}

// text adds the terms of folded text: of Chinese every two neighbours and the
// last letter, so that every letter begins a term, of words every beginning, and
// where a word and Chinese meet what joins them, since 3栋 is to be told from 33栋
// before it is read. Beginnings have up to most letters; with 0, words are terms as
// a whole.
func (t *termSet) text(s string, most int) {
	for prev, run := range runs(s) {
		first, n := utf8.DecodeRuneInString(run)
		if prev != "" {
			t.add(seam(prev, run))
		}
		if inWord(first) {
			if most == 0 {
				t.add(cut(run, wordMost))
			} else {
				t.beginnings(run, most)
			}
			continue
		}
		for at, next := n, 0; at < len(run); at += next {
			_, next = utf8.DecodeRuneInString(run[at:])
			t.add(run[at-n : at+next])
			n = next
		}
		t.add(run[len(run)-n:])
	}
}

// seam is the term of two stretches that meet: the end of a word, cut to its
// first letters, with the Chinese letter behind it, or a Chinese letter with the
// first of the word.
func seam(prev, run string) string {
	first, n := utf8.DecodeRuneInString(run)
	if inWord(first) {
		_, m := utf8.DecodeLastRuneInString(prev)
		return prev[len(prev)-m:] + run[:n]
	}
	return cut(prev, wordMost) + run[:n]
}

// beginnings adds every beginning of s of up to most letters.
func (t *termSet) beginnings(s string, most int) {
	n := 0
	for i, r := range s {
		if n++; n > most {
			return
		}
		t.add(s[:i+utf8.RuneLen(r)])
	}
}

// everySecond adds those beginnings of an exact string by which it is looked up:
// of the first letter, of two, four, six. What is between two of them is left to
// the reading of the candidates; half the terms of a number are saved so, and
// numbers are all different, which is what an index is slow at.
func (t *termSet) everySecond(s string) {
	n := 0
	for i, r := range s {
		if n++; n > exactMost {
			return
		}
		if n == second(n) {
			t.add(s[:i+utf8.RuneLen(r)])
		}
	}
}

// second is the number of letters of the longest beginning among those of
// everySecond that has no more than n.
func second(n int) int {
	if n == 1 {
		return 1
	}
	return min(n, exactMost) &^ 1
}

// runs yields the stretches of folded text that are all words or all Chinese,
// each with the one it touches on the left, if any.
func runs(s string) iter.Seq2[string, string] {
	return func(yield func(prev, run string) bool) {
		const space, word, chinese = 0, 1, 2
		prev, start, kind := "", 0, space
		for i, r := range s {
			k := chinese
			if r == ' ' {
				k = space
			} else if inWord(r) {
				k = word
			}
			if k == kind {
				continue
			}
			if kind == space {
				prev = ""
			} else {
				if !yield(prev, s[start:i]) {
					return
				}
				prev = s[start:i]
			}
			start, kind = i, k
		}
		if kind != space {
			yield(prev, s[start:])
		}
	}
}

// tagTerm is the term of a tag: the low line, then the tag, every byte that is
// not a small letter or a digit written in hexadecimal.
func tagTerm(tag string) string {
	var b strings.Builder
	b.Grow(len(tag) + 33) // enough for a number in capitals
	b.WriteByte('_')
	for i := range len(tag) {
		if c := tag[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'_', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	if b.Len() > tagMost {
		return fmt.Sprintf("_%x", sha256.Sum256([]byte(tag)))
	}
	return b.String()
}

const hexDigits = "0123456789abcdef"

func nounTerm(noun string) string { return "_" + tagTerm(noun) }

// cut is the first n letters of a folded string.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if rs := []rune(s); len(rs) > n {
		return strings.TrimRight(string(rs[:n]), " ")
	}
	return s
}

// joined is a folded string without its spaces.
func joined(s string) string { return strings.ReplaceAll(s, " ", "") }

// A part is what stands between two spaces of a query.
type part struct {
	words  []string // folded, set apart by punctuation
	joined string
}

// parse takes a query apart. Of one that is too long, the beginning counts.
func parse(text string) []part {
	var parts []part
	left := lettersMax
	for _, piece := range strings.Fields(strings.ToValidUTF8(text[:min(len(text), 16*lettersMax)], " ")) {
		f := Fold(piece)
		if f == "" {
			continue
		}
		rs := []rune(f)
		rs = rs[:min(len(rs), left)]
		left -= len(rs)
		p := part{words: strings.Fields(string(rs))}
		p.joined = strings.Join(p.words, "")
		if p.joined != "" {
			parts = append(parts, p)
		}
		if left <= 0 || len(parts) == partsMost {
			break
		}
	}
	return parts
}

// beginning marks a term of a query that stands for all terms which begin so: no
// term of a record has it.
const beginning = "*"

// single reports whether a term of a query is a single letter of Chinese.
func single(term string) bool { return strings.HasSuffix(term, beginning) }

// termsOf are terms that every text in which word is found has: no more of them
// than are needed to find few others. A single Chinese letter is looked up as the
// beginning of terms.
func termsOf(word string) []string {
	var terms []string
	for prev, run := range runs(word) {
		rs := []rune(run)
		if prev != "" {
			if last := len(terms) - 1; inWord([]rune(prev)[0]) || utf8.RuneCountInString(prev) == 1 && terms[last] == prev+beginning {
				terms = terms[:last] // the seam says as much and more
			}
			terms = append(terms, seam(prev, run))
		}
		switch {
		case inWord(rs[0]):
			terms = append(terms, cut(run, wordMost))
		case len(rs) == 1:
			if prev == "" {
				terms = append(terms, run+beginning)
			}
		default:
			for i := range len(rs) - 1 {
				terms = append(terms, string(rs[i:i+2]))
			}
		}
	}
	return terms[:min(len(terms), wordTerms)]
}

// begins is a term that every exact string beginning with p has.
func (p part) begins() string {
	rs := []rune(p.joined)
	return string(rs[:second(len(rs))])
}

// found reports whether the part is found in a record.
func (p part) found(d *folded) bool {
	all := true
	for _, w := range p.words {
		if contains(d.title, w) < 0 && contains(d.body, w) < 0 && wholly(d.exact, w) < 0 {
			all = false
			break
		}
	}
	return all || d.begins(p.joined)
}
