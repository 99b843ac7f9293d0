// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"cmp"
	_ "embed" // the words that mean the same
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
)

// A Filter narrows what is searched.
type Filter struct {
	Words  string
	Theme  string
	Unit   id.ID
	For    string
	AtHome bool
	At     Counter // not the zero one: only what can be booked at it
	Gone   bool    // also what is not offered any more
	Skip   int
	Most   int // 30 if 0
}

// findable is what of an item is compared.
type findable struct {
	names    []string // folded: names and what people call it
	sounds   []string // how they sound
	initials []string
	pairs    map[string]bool // neighbours of letters in the names
	more     string          // folded: everything else
}

func findableOf(i Item) findable {
	f := findable{pairs: map[string]bool{}}
	for _, n := range append([]string{i.Name.ZH, i.Name.EN}, i.Also...) {
		if n = search.Fold(n); n == "" {
			continue
		}
		f.names = append(f.names, n)
		f.sounds = append(f.sounds, search.Sound(n))
		f.initials = append(f.initials, search.Initials(n))
		for _, p := range pairsOf(n) {
			f.pairs[p] = true
		}
	}
	f.more = search.Fold(strings.Join(slices.Concat(i.Papers, i.For, []string{i.Theme, i.Agency, i.Conditions, i.Kind}), "\n"))
	return f
}

// pairsOf are the neighbours of letters in a folded text; of one letter that alone.
func pairsOf(s string) (ps []string) {
	for part := range strings.FieldsSeq(s) {
		rs := []rune(part)
		if len(rs) == 1 {
			ps = append(ps, part)
		}
		for k := 0; k+1 < len(rs); k++ {
			ps = append(ps, string(rs[k:k+2]))
		}
	}
	return ps
}

// Search finds what somebody may mean, the likeliest first; without words it is
// everything, by name. It forgives: other words for the same thing, initials (sfz),
// the sound of a word in letters, a wrong character that sounds alike, and words
// around what is meant. more says that there are others.
func (c *Catalogue) Search(f Filter) (is []Item, more bool) {
	type hit struct{ n, score int }
	var hits []hit
	var qs []asking
	for _, q := range c.words.meant(search.Fold(f.Words)) {
		qs = append(qs, askingOf(q))
	}
	asked := strings.TrimSpace(f.Words) != ""
	for n, i := range c.items {
		if !f.takes(i) {
			continue
		}
		best := 0
		for k, q := range qs {
			s := c.found[n].score(q)
			if k > 0 {
				s = s * 9 / 10
			}
			best = max(best, s)
		}
		if asked && strings.EqualFold(i.Code, strings.TrimSpace(f.Words)) {
			best = 1000
		}
		if best > 0 || !asked {
			hits = append(hits, hit{n, best})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(b.score-a.score, cmp.Compare(c.items[a.n].Origin, ""), utf8.RuneCountInString(c.items[a.n].Name.ZH)-utf8.RuneCountInString(c.items[b.n].Name.ZH))
	})
	if len(hits) > 0 && asked { // what is far less likely than the first is noise
		floor := hits[0].score / 3
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.score < floor })
	}
	most := f.Most
	if most <= 0 {
		most = 30
	}
	hits = hits[min(len(hits), max(f.Skip, 0)):]
	more = len(hits) > most
	for _, h := range hits[:min(len(hits), most)] {
		is = append(is, c.items[h.n])
	}
	return is, more
}

func (f Filter) takes(i Item) bool {
	return (i.Active || f.Gone) && (f.Theme == "" || i.Theme == f.Theme) && (f.Unit == 0 || i.Unit == f.Unit) &&
		(f.For == "" || slices.Contains(i.For, f.For)) && (!f.AtHome || i.AtHome) && (f.At.ID == 0 || f.At.serves(i))
}

// An asking is one way to put a question, taken apart once for all items.
type asking struct {
	bare  string // without spaces
	sound string
	latin bool
	pairs []string
}

func askingOf(q string) asking {
	a := asking{bare: strings.ReplaceAll(q, " ", ""), pairs: pairsOf(q)}
	a.latin = !strings.ContainsFunc(a.bare, func(r rune) bool { return r >= utf8.RuneSelf })
	a.sound = search.Sound(a.bare)
	return a
}

// score says how likely somebody who asked so means the item; 0: not at all.
func (f *findable) score(q asking) int {
	if q.bare == "" {
		return 0
	}
	best := 0
	for k, n := range f.names {
		switch {
		case strings.Contains(strings.ReplaceAll(n, " ", ""), q.bare):
			best = max(best, 600-min(utf8.RuneCountInString(n)-utf8.RuneCountInString(q.bare), 100))
		case q.latin && len(q.bare) >= 2 && strings.HasPrefix(f.initials[k], q.bare):
			best = max(best, 420-min(len(f.initials[k])-len(q.bare), 100))
		case q.latin && len(q.bare) >= 3 && strings.Contains(f.initials[k], q.bare):
			best = max(best, 300-min(len(f.initials[k]), 100))
		case len(q.sound) >= 4 && strings.Contains(f.sounds[k], q.sound):
			best = max(best, 380-min(len(f.sounds[k])-len(q.sound), 100))
		}
	}
	inName, inMore := 0, 0
	for _, p := range q.pairs {
		switch {
		case f.pairs[p]:
			inName++
		case strings.Contains(f.more, p):
			inMore++
		}
	}
	if n := len(q.pairs); n > 0 && !q.latin && (inName*4 >= n && inName > 0 || inMore == n) { // a quarter of the words is in the name, or all of it somewhere
		best = max(best, 260*inName/n+60*inMore/n)
	}
	return best
}

//go:embed data/synonyms.txt
var synonymsText string

// synonyms are groups of folded words that mean the same.
type synonyms [][]string

var shippedSynonyms = sync.OnceValue(func() (ss synonyms) {
	for line := range strings.Lines(synonymsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var group []string
		for w := range strings.SplitSeq(line, "=") {
			if w = search.Fold(w); w != "" {
				group = append(group, w)
			}
		}
		if len(group) > 1 {
			ss = append(ss, group)
		}
	}
	return ss
})

// maxMeant bounds in how many ways one question is put.
const maxMeant = 8

// meant are the ways to put a folded question, as it was written first.
func (ss synonyms) meant(q string) []string {
	qs := []string{q}
	for _, group := range ss {
		for _, w := range group {
			if !strings.Contains(q, w) {
				continue
			}
			for _, other := range group {
				if other != w && !strings.Contains(q, other) && len(qs) < maxMeant {
					qs = append(qs, strings.Replace(q, w, other, 1))
				}
			}
			break
		}
	}
	return qs
}
