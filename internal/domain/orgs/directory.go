// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Directory is the whole organisation at one moment. It never changes and is
// safe for several goroutines; what it returns may be kept. Closed units and
// posts are in it, for records that name them, but are found by ID only.
type Directory struct {
	version   int64
	units     map[id.ID]Unit
	posts     map[id.ID]Post
	children  map[id.ID][]id.ID
	unitPosts map[id.ID][]id.ID
	byKey     map[string]map[scope.Scope]id.ID
	active    []id.ID // active units in the order of their codes
	holdings  map[id.ID]Holding
	byAccount map[id.ID][]id.ID // holdings
	byPost    map[id.ID][]id.ID // holdings
	covers    map[id.ID][]Cover // by the account that stands in
	covered   map[id.ID][]Cover // by the holding
}

// newDirectory arranges the rows for looking up. Rows of each kind are in the
// order of their IDs.
func newDirectory(version int64, units []Unit, posts []Post, holdings []Holding, covers []Cover) *Directory {
	d := &Directory{
		version: version, units: make(map[id.ID]Unit, len(units)), posts: make(map[id.ID]Post, len(posts)),
		children: map[id.ID][]id.ID{}, unitPosts: map[id.ID][]id.ID{}, byKey: map[string]map[scope.Scope]id.ID{},
		holdings: make(map[id.ID]Holding, len(holdings)), byAccount: map[id.ID][]id.ID{}, byPost: map[id.ID][]id.ID{},
		covers: map[id.ID][]Cover{}, covered: map[id.ID][]Cover{},
	}
	for _, u := range units {
		d.units[u.ID] = u
		if !u.Active {
			continue
		}
		d.active = append(d.active, u.ID)
		if u.Key != "" {
			if d.byKey[u.Key] == nil {
				d.byKey[u.Key] = map[scope.Scope]id.ID{}
			}
			d.byKey[u.Key][u.Serves()] = u.ID
		}
	}
	slices.SortStableFunc(d.active, func(a, b id.ID) int { return cmp.Compare(d.units[a].Code, d.units[b].Code) })
	for _, u := range d.active {
		p := d.units[u].Parent
		d.children[p] = append(d.children[p], u)
	}
	for _, p := range posts {
		d.posts[p.ID] = p
		if p.Active {
			d.unitPosts[p.Unit] = append(d.unitPosts[p.Unit], p.ID)
		}
	}
	for _, h := range holdings {
		d.holdings[h.ID] = h
		d.byAccount[h.Account] = append(d.byAccount[h.Account], h.ID)
		d.byPost[h.Post] = append(d.byPost[h.Post], h.ID)
	}
	for _, c := range covers {
		d.covers[c.Account] = append(d.covers[c.Account], c)
		d.covered[c.Holding] = append(d.covered[c.Holding], c)
	}
	return d
}

// Version counts the changes of the organisation.
func (d *Directory) Version() int64 { return d.version }

// Unit returns the unit with the given ID, active or closed.
func (d *Directory) Unit(u id.ID) (Unit, bool) {
	unit, ok := d.units[u]
	return unit, ok
}

// Units returns the active units in the order of their codes.
func (d *Directory) Units() []Unit { return d.pick(d.active) }

// Children returns the active units directly below one, in the order of their
// codes. Those of 0 are the roots.
func (d *Directory) Children(u id.ID) []Unit { return d.pick(d.children[u]) }

// Above returns the units over one, the nearest first.
func (d *Directory) Above(u id.ID) []Unit {
	var up []Unit
	for p := d.units[u].Parent; p != 0 && len(up) < 16; p = d.units[p].Parent {
		up = append(up, d.units[p])
	}
	return up
}

func (d *Directory) pick(ids []id.ID) []Unit {
	us := make([]Unit, len(ids))
	for i, u := range ids {
		us[i] = d.units[u]
	}
	return us
}

// Responsible returns the unit with the key that is nearest to the place at
// path: that of the place itself, else of the one above, up to the city's. It is
// false only if no unit between the place and the city has the key.
func (d *Directory) Responsible(key string, path scope.Path) (Unit, bool) {
	at := d.byKey[key]
	for l := scope.Courtyard; l > scope.City; l-- {
		if path[l] == 0 {
			continue
		}
		if u, ok := at[scope.Scope{Level: l, ID: path[l]}]; ok {
			return d.units[u], true
		}
	}
	u, ok := at[scope.Scope{}]
	return d.units[u], ok
}

// Centre returns the centre that dispatches the matters of the place at path:
// the town's, or the city's where the town is not known or has none.
func (d *Directory) Centre(path scope.Path) (Unit, bool) { return d.Responsible(KeyCentre, path) }

// Find returns at most most active units for what somebody typed, the best
// first: the key, code or name exactly, then names that begin with the words,
// then those that hold all of them, in either language.
func (d *Directory) Find(words string, most int) []Unit {
	words = strings.ToLower(strings.TrimSpace(words))
	if words == "" {
		return nil
	}
	parts := strings.Fields(words)
	type hit struct {
		id   id.ID
		rank int
	}
	var hits []hit
	for _, i := range d.active {
		if r := rank(d.units[i], words, parts); r > 0 {
			hits = append(hits, hit{i, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	us := make([]Unit, 0, min(most, len(hits)))
	for _, h := range hits[:min(most, len(hits))] {
		us = append(us, d.units[h.id])
	}
	return us
}

// rank is how well a unit fits what was typed: 1 is best, 0 not at all.
func rank(u Unit, words string, parts []string) int {
	zh, en := strings.ToLower(u.Name.ZH), strings.ToLower(u.Name.EN)
	switch {
	case words == u.Key || words == strings.ToLower(u.Code) || words == zh || words == en:
		return 1
	case strings.HasPrefix(zh, words) || strings.HasPrefix(en, words):
		return 2
	}
	for _, p := range parts {
		if !strings.Contains(zh, p) && !strings.Contains(en, p) {
			return 0
		}
	}
	return 3
}

// Post returns the post with the given ID, active or closed.
func (d *Directory) Post(p id.ID) (Post, bool) {
	post, ok := d.posts[p]
	return post, ok
}

// Posts returns the active posts of a unit, in the order of their making.
func (d *Directory) Posts(u id.ID) []Post {
	ps := make([]Post, len(d.unitPosts[u]))
	for i, p := range d.unitPosts[u] {
		ps[i] = d.posts[p]
	}
	return ps
}

// Holding returns a holding that counts now or will.
func (d *Directory) Holding(h id.ID) (Holding, bool) {
	holding, ok := d.holdings[h]
	return holding, ok
}

// Holders returns who holds a post at the moment at.
func (d *Directory) Holders(post id.ID, at time.Time) []Holding {
	var hs []Holding
	for _, h := range d.byPost[post] {
		if d.holdings[h].At(at) {
			hs = append(hs, d.holdings[h])
		}
	}
	return hs
}

// Covers returns who stands in for a holding at the moment at, or will later.
func (d *Directory) Covers(holding id.ID, at time.Time) []Cover {
	var cs []Cover
	for _, c := range d.covered[holding] {
		if at.Before(c.Until) {
			cs = append(cs, c)
		}
	}
	return cs
}

// A Held is a post with the reason why somebody may act in it: their own
// holding or, if Cover is set, that of a colleague whom they stand in for.
type Held struct {
	Unit    Unit
	Post    Post
	Holding Holding
	Cover   *Cover
}

// Until is when it ends, zero if that is not known.
func (h Held) Until() time.Time {
	if h.Cover != nil && (h.Holding.To.IsZero() || h.Cover.Until.Before(h.Holding.To)) {
		return h.Cover.Until
	}
	return h.Holding.To
}

// HeldBy returns the posts in which the account may act at the moment at, its
// own first. Posts that are closed, or of closed units, give nothing.
func (d *Directory) HeldBy(account id.ID, at time.Time) []Held {
	var held []Held
	add := func(h Holding, c *Cover) {
		p := d.posts[h.Post]
		u := d.units[p.Unit]
		if p.Active && u.Active && h.At(at) {
			held = append(held, Held{u, p, h, c})
		}
	}
	for _, h := range d.byAccount[account] {
		add(d.holdings[h], nil)
	}
	for _, c := range d.covers[account] {
		if h, ok := d.holdings[c.Holding]; ok && c.At(at) {
			add(h, &c)
		}
	}
	return held
}

// Members returns the accounts that may act in a post of the unit at the moment
// at, each once.
func (d *Directory) Members(unit id.ID, at time.Time) []id.ID {
	var as []id.ID
	add := func(a id.ID) {
		if !slices.Contains(as, a) {
			as = append(as, a)
		}
	}
	for _, p := range d.unitPosts[unit] {
		for _, h := range d.Holders(p, at) {
			add(h.Account)
			for _, c := range d.covered[h.ID] {
				if c.At(at) {
					add(c.Account)
				}
			}
		}
	}
	return as
}
