// SPDX-License-Identifier: Apache-2.0

package places

import (
	"cmp"
	"slices"
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// ByCode returns the open place with the code, which may be a division code of
// 6, 9 or 12 digits.
func (t *Tree) ByCode(code string) (Place, bool) {
	if ns := t.byCode[Pad(code)]; len(ns) > 0 {
		return ns[0].Place, true
	}
	return Place{}, false
}

// ByName returns the open places of exactly this Chinese name and kind, in the
// order of their codes. The name of the office (居委会, 村委会) may stand behind.
func (t *Tree) ByName(k Kind, name string) (found []Place) {
	for _, n := range t.byName[official(name)] {
		if n.Kind == k {
			found = append(found, n.Place)
		}
	}
	return found
}

// Find returns at most most open places for what somebody typed, the best first:
// the code or name exactly; names, pinyin, initials or codes that begin with it;
// names that contain it. Several words must each fit the place or one above it.
// Without kinds, every kind is searched.
func (t *Tree) Find(words string, most int, kinds ...Kind) []Place {
	parts := strings.Fields(strings.ToLower(words))
	if len(parts) == 0 || len(parts) > 8 || len(words) > 200 {
		return nil
	}
	type hit struct {
		n    *node
		rank int
	}
	var hits []hit
	for _, n := range t.order {
		if len(kinds) > 0 && !slices.Contains(kinds, n.Kind) {
			continue
		}
		if r := t.rank(n, parts); r > 0 {
			hits = append(hits, hit{n, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	out := make([]Place, 0, min(most, len(hits)))
	for _, h := range hits[:min(most, len(hits))] {
		out = append(out, h.n.Place)
	}
	return out
}

// rank is how well n fits: 1 is best, 0 not at all. The worst word counts; one
// that fits only a place above counts as well as it does there, but one word at
// least must fit n itself, alone or as all words written together.
func (t *Tree) rank(n *node, parts []string) int {
	if len(parts) > 1 {
		if r := n.fit(strings.Join(parts, "")); r > 0 {
			return r
		}
	}
	worst, own := 0, false
	for _, part := range parts {
		r := n.fit(part)
		own = own || r > 0
		for up := t.places[n.Parent]; r == 0 && up != nil; up = t.places[up.Parent] {
			r = up.fit(part)
		}
		if r == 0 {
			return 0
		}
		worst = max(worst, r)
	}
	if !own {
		return 0
	}
	return worst
}

func (n *node) fit(word string) int {
	best := 0
	for i, w := range n.words {
		r := 0
		switch {
		case w == "":
		case w == word:
			r = 1
		case strings.HasPrefix(w, word):
			r = 2
		case i < 2 && strings.Contains(w, word): // the names themselves
			r = 3
		}
		if r > 0 && (best == 0 || r < best) {
			best = r
		}
	}
	return best
}

// A Filter says which places a list shows.
type Filter struct {
	Kind   Kind   // empty for all
	Under  id.ID  // 0 for all: else only places below this one
	Words  string // part of a name, pinyin or code; empty for all
	Closed bool   // also those that were merged, split or closed
}

// List returns one page of the places within the subtrees, in the order of kind
// and code, and how many there are in all.
func (t *Tree) List(in scope.Scopes, f Filter, offset, limit int) (page []Place, total int) {
	nodes, parts := t.order, strings.Fields(strings.ToLower(f.Words))
	if f.Closed {
		nodes = slices.Clone(nodes)
		for _, n := range t.places {
			if !n.Open() {
				nodes = append(nodes, n)
			}
		}
		slices.SortStableFunc(nodes, func(a, b *node) int {
			return cmp.Or(cmp.Compare(a.Kind.Level(), b.Kind.Level()), cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
		})
	}
	for _, n := range nodes {
		switch {
		case f.Kind != "" && n.Kind != f.Kind, !in.Contains(n.Path):
			continue
		case f.Under != 0 && (n.ID == f.Under || !slices.Contains(n.Path[:], f.Under)):
			continue
		case len(parts) > 0 && t.rank(n, parts) == 0:
			continue
		}
		if total >= offset && len(page) < limit {
			page = append(page, n.Place)
		}
		total++
	}
	return page, total
}
