// SPDX-License-Identifier: Apache-2.0

package places

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Tree is all places at one moment. It never changes and is safe for several
// goroutines; what it returns may be kept, but not written to. Places that were
// merged, split or closed are in it, for records that name them; lists, searches
// and the map leave them out.
type Tree struct {
	version  int64
	on       Day // of a tree of another day, else empty
	places   map[id.ID]*node
	order    []*node // open places: by level, then by code, then by ID
	city     id.ID
	byCode   map[string][]*node
	byName   map[string][]*node
	index    *geo.Index[*node]
	drawings [len(Kinds)]drawing
}

type drawing struct {
	once sync.Once
	json []byte
}

type node struct {
	Place
	children []*node // open ones, in order
	spans    []Span  // earlier ones, oldest first; the last is what it is now
	shape    *outline
	words    []string // lower case, to search in: the two names, pinyin, initials, code
}

// An outline is a place's shape as the database keeps it.
type outline struct {
	shape   geo.Shape
	area    float64
	version int64
	geojson string
}

// row is a place with what belongs to it, as store.go reads it.
type row struct {
	place      Place
	spans      []Span
	successors []id.ID
	shape      *outline
}

// newTree arranges the rows for looking up.
func newTree(version int64, rows []row) *Tree {
	t := &Tree{
		version: version, places: make(map[id.ID]*node, len(rows)), index: new(geo.Index[*node]),
		byCode: make(map[string][]*node, len(rows)), byName: make(map[string][]*node, len(rows)),
	}
	for _, r := range rows {
		n := &node{Place: r.place, spans: append(r.spans, r.place.span()), shape: r.shape}
		n.Successors = r.successors
		if n.shape != nil {
			n.Area = n.shape.area
		}
		t.places[n.ID] = n
		if n.Open() {
			t.order = append(t.order, n)
		}
	}
	for _, n := range t.places {
		n.Path = t.path(n)
		zh := spell(n.Name.ZH)
		n.Initials = initials(zh)
		n.words = []string{fold(n.Name.ZH), fold(n.Name.EN), strings.Join(zh, ""), n.Initials, strings.ToLower(n.Code)}
	}
	slices.SortFunc(t.order, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.Kind.Level(), b.Kind.Level()), cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
	for _, n := range t.order {
		if n.Kind == City {
			t.city = n.ID
		}
		if p := t.places[n.Parent]; p != nil {
			p.children = append(p.children, n)
		}
		if n.Code != "" {
			t.byCode[n.Code] = append(t.byCode[n.Code], n)
		}
		t.byName[n.Name.ZH] = append(t.byName[n.Name.ZH], n)
		if n.shape != nil {
			t.index.Add(n, n.shape.shape)
		}
	}
	return t
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

func (p Place) span() Span {
	return Span{From: p.Since, To: p.To, Scheme: p.Scheme, Code: p.Code, Name: p.Name, Community: p.Community, Parent: p.Parent, Version: p.Version}
}

// path goes up from n; a tree that hangs on itself ends it.
func (t *Tree) path(n *node) (p scope.Path) {
	for i := 0; n != nil && i < len(p); i++ {
		p[n.Kind.Level()] = n.ID
		n = t.places[n.Parent]
	}
	return p
}

// Version counts the changes of the tree.
func (t *Tree) Version() int64 { return t.version }

// Len is the number of open places of the kind.
func (t *Tree) Len(k Kind) (n int) {
	for _, x := range t.order {
		if x.Kind == k {
			n++
		}
	}
	return n
}

// City is the root; false before there is one.
func (t *Tree) City() (Place, bool) { return t.Get(t.city) }

// Get returns the place with the given ID, open or not.
func (t *Tree) Get(p id.ID) (Place, bool) {
	if n := t.places[p]; n != nil {
		return n.Place, true
	}
	return Place{}, false
}

// Path returns the places from the city down to p, which p ends; zero for a
// place that is not there.
func (t *Tree) Path(p id.ID) scope.Path {
	if n := t.places[p]; n != nil {
		return n.Path
	}
	return scope.Path{}
}

// Ancestors returns the places over p, the city first, without p itself.
func (t *Tree) Ancestors(p id.ID) (up []Place) {
	for _, a := range t.Path(p) {
		if n := t.places[a]; n != nil && a != p {
			up = append(up, n.Place)
		}
	}
	return up
}

// Children returns the open places directly below p, in the order of kind and code.
func (t *Tree) Children(p id.ID) []Place {
	if n := t.places[p]; n != nil {
		return values(n.children)
	}
	return nil
}

// All returns the open places of the kind, in the order of their codes.
func (t *Tree) All(k Kind) (all []Place) {
	for _, n := range t.order {
		if n.Kind == k {
			all = append(all, n.Place)
		}
	}
	return all
}

func values(ns []*node) []Place {
	out := make([]Place, len(ns))
	for i, n := range ns {
		out[i] = n.Place
	}
	return out
}

// History returns what p was, oldest first; the last span is what it is now.
func (t *Tree) History(p id.ID) []Span {
	if n := t.places[p]; n != nil {
		return slices.Clone(n.spans)
	}
	return nil
}

// Predecessors returns the places whose ground p has taken over by mergers and
// splits, their predecessors included, in the order of their IDs: whoever looks
// after p looks after what is left of theirs.
func (t *Tree) Predecessors(p id.ID) (before []id.ID) {
	seen := map[id.ID]bool{p: true}
	for grew := true; grew; {
		grew = false
		for _, n := range t.places {
			if !seen[n.ID] && slices.ContainsFunc(n.Successors, func(s id.ID) bool { return seen[s] }) {
				seen[n.ID], grew = true, true
				before = append(before, n.ID)
			}
		}
	}
	slices.Sort(before)
	return before
}

// At returns the tree as it was on a day: the places that were open on it, under
// the names, codes and parents they had. Outlines are those of now. It is made
// anew each time, which takes some milliseconds: keep it while it is of use.
func (t *Tree) At(on Day) *Tree {
	var rows []row
	for _, n := range t.places {
		if n.From > on || n.To != "" && n.To <= on {
			continue
		}
		i := slices.IndexFunc(n.spans, func(s Span) bool { return s.holds(on) })
		if i < 0 {
			continue
		}
		s, p := n.spans[i], n.Place
		p.Scheme, p.Code, p.Name, p.Community, p.Parent, p.Version = s.Scheme, s.Code, s.Name, s.Community, s.Parent, s.Version
		p.Since, p.To = s.From, ""
		rows = append(rows, row{place: p, shape: n.shape})
	}
	old := newTree(t.version, rows)
	old.on = on
	return old
}

// Words names the places of a path as they were called on a day, without the
// city unless it stands alone: 文君街道 宝塔社区. The path may be an old one. An
// empty day means now.
func (t *Tree) Words(p scope.Path, on Day) i18n.Text {
	var zh, en []string
	for l, d := range p {
		n := t.places[d]
		if n == nil || l == int(scope.City) && p != (scope.Path{d}) {
			continue
		}
		name := n.Name
		for _, s := range n.spans {
			if on != "" && s.holds(on) {
				name = s.Name
			}
		}
		zh, en = append(zh, name.ZH), append(en, name.In(i18n.EN))
	}
	slices.Reverse(en) // English goes from the small to the large
	return i18n.Text{ZH: strings.Join(zh, " "), EN: strings.Join(en, ", ")}
}

// Card returns what other pages show of p; the zero Card if it is not there.
func (t *Tree) Card(p id.ID) Card {
	n := t.places[p]
	if n == nil {
		return Card{}
	}
	return Card{ID: n.ID, Kind: n.Kind, Code: n.Code, Name: n.Name, Full: t.Words(n.Path, ""), Open: n.Open()}
}

// Cards returns the cards of the places that are there.
func (t *Tree) Cards(ps ...id.ID) map[id.ID]Card {
	cards := make(map[id.ID]Card, len(ps))
	for _, p := range ps {
		if t.places[p] != nil {
			cards[p] = t.Card(p)
		}
	}
	return cards
}
