// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"cmp"
	"container/heap"
	"slices"
)

const (
	common  = 400 // a gram that more texts have leads only from one text to the next few
	nextFew = 8
	nearest = 60 // so many of the most alike texts are looked at first
)

// A Cluster is a group of texts that are alike.
type Cluster struct {
	Members []int     // the places of the texts in what was given to Group, in order
	Scores  []float64 // beside Members: how alike each is to the others on the average, at most about 1
}

// Group puts together the vectors that are alike: two groups become one as long
// as the average of the dot products of all pairs between them is at least least,
// the most alike first. It returns the groups of two and more, the one with the
// first member first. The same vectors in another order give the same groups;
// equal vectors always stay together.
func Group(vectors []Vector, least float64) []Cluster {
	g := newGrouping(vectors)
	g.link(least)
	g.merge(least)
	return g.clusters(vectors)
}

// A node is a group on its way: at first one text, or all with the same vector.
type node struct {
	sum   Vector
	count int
	kids  [2]int // the nodes it was made of; -1 for a text
	texts []int  // of one that was not made of others
	near  map[int]float64
	gone  bool
}

type grouping struct {
	nodes []node
	pairs pairs
}

// newGrouping makes a node of every different vector, in the vectors' own order.
func newGrouping(vectors []Vector) *grouping {
	order := make([]int, 0, len(vectors))
	for i, v := range vectors {
		if len(v) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return vectors[a].Compare(vectors[b]) })
	g := &grouping{}
	for k, i := range order {
		if k > 0 && vectors[order[k-1]].Compare(vectors[i]) == 0 {
			last := &g.nodes[len(g.nodes)-1]
			last.texts = append(last.texts, i)
			last.count++
			continue
		}
		g.nodes = append(g.nodes, node{count: 1, kids: [2]int{-1, -1}, texts: []int{i}, sum: vectors[i]})
	}
	return g
}

// link finds the pairs that may be alike: those that share a gram. The more
// texts have it, the less it says.
func (g *grouping) link(least float64) {
	type posting struct {
		node   int32
		weight float32
	}
	postings := map[Gram][]posting{}
	for i := range g.nodes {
		for _, t := range g.nodes[i].sum {
			postings[t.Gram] = append(postings[t.Gram], posting{int32(i), t.Weight})
		}
	}
	type found struct {
		node int32
		sim  float64
	}
	partial := make([]float32, len(g.nodes)) // the dot product, as far as rare grams go
	var touched []int32
	var best []found
	for i := range g.nodes {
		touched, best = touched[:0], best[:0]
		for _, t := range g.nodes[i].sum {
			list := postings[t.Gram]
			at, _ := slices.BinarySearchFunc(list, int32(i), func(p posting, n int32) int { return cmp.Compare(p.node, n) })
			after := list[at+1:]
			if len(list) > common {
				after = after[:min(nextFew, len(after))]
			}
			for _, p := range after {
				if partial[p.node] == 0 {
					touched = append(touched, p.node)
				}
				partial[p.node] += t.Weight * p.weight
			}
		}
		for _, j := range touched {
			enough := float64(partial[j]) >= least/4
			partial[j] = 0
			if !enough {
				continue
			}
			if sim := g.nodes[i].sum.Dot(g.nodes[j].sum); sim >= least/2 {
				best = append(best, found{j, sim})
			}
		}
		slices.SortFunc(best, func(a, b found) int { return cmp.Or(cmp.Compare(b.sim, a.sim), cmp.Compare(a.node, b.node)) })
		for _, f := range best[:min(nearest, len(best))] {
			a, b := &g.nodes[i], &g.nodes[f.node]
			g.near(i, int(f.node), f.sim*float64(a.count)*float64(b.count), least)
		}
	}
	// From here on a node stands for all its texts.
	for i := range g.nodes {
		g.nodes[i].sum = g.nodes[i].sum.times(g.nodes[i].count)
	}
	heap.Init(&g.pairs)
}

// near keeps the sum of the dot products between two nodes. Only a pair whose
// average is enough can become one, now or later: the average of what two nodes
// have with a third lies between theirs.
func (g *grouping) near(a, b int, total, least float64) {
	x, y := &g.nodes[a], &g.nodes[b]
	if x.near == nil {
		x.near = map[int]float64{}
	}
	if y.near == nil {
		y.near = map[int]float64{}
	}
	x.near[b], y.near[a] = total, total
	if sim := total / float64(x.count) / float64(y.count); sim >= least {
		g.pairs = append(g.pairs, pair{sim, min(a, b), max(a, b)})
	}
}

// merge makes one of the most alike two, as long as they are alike enough.
func (g *grouping) merge(least float64) {
	for len(g.pairs) > 0 {
		p := heap.Pop(&g.pairs).(pair)
		if g.nodes[p.a].gone || g.nodes[p.b].gone {
			continue
		}
		g.one(p.a, p.b, least)
	}
}

func (g *grouping) one(a, b int, least float64) {
	c := len(g.nodes)
	x, y := g.nodes[a], g.nodes[b]
	g.nodes = append(g.nodes, node{sum: x.sum.plus(y.sum), count: x.count + y.count, kids: [2]int{a, b}})
	for _, d := range []int{a, b} {
		g.nodes[d].gone, g.nodes[d].sum, g.nodes[d].near = true, nil, nil
	}
	beside := func(n int, other node, sum Vector) (total float64, ok bool) {
		if g.nodes[n].gone {
			return 0, false
		}
		total, ok = other.near[n]
		if !ok {
			total = sum.Dot(g.nodes[n].sum)
		}
		return total, true
	}
	join := func(n int, total float64) {
		delete(g.nodes[n].near, a)
		delete(g.nodes[n].near, b)
		if total/float64(g.nodes[c].count)/float64(g.nodes[n].count) < least/2 {
			return // found again by its other neighbours, if ever
		}
		before := len(g.pairs)
		g.near(c, n, total, least)
		if len(g.pairs) > before {
			heap.Fix(&g.pairs, before)
		}
	}
	for n, total := range x.near {
		if more, ok := beside(n, y, y.sum); ok {
			join(n, total+more)
		}
	}
	for n, total := range y.near {
		if _, both := x.near[n]; both {
			continue
		}
		if more, ok := beside(n, x, x.sum); ok {
			join(n, total+more)
		}
	}
}

// clusters are the groups that are left.
func (g *grouping) clusters(vectors []Vector) []Cluster {
	var out []Cluster
	for _, n := range g.nodes {
		if n.gone || n.count < 2 {
			continue
		}
		c := Cluster{Members: g.texts(n, nil)}
		slices.Sort(c.Members)
		for _, i := range c.Members {
			v := vectors[i]
			c.Scores = append(c.Scores, (v.Dot(n.sum)-v.Dot(v))/float64(n.count-1))
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Cluster) int { return cmp.Compare(a.Members[0], b.Members[0]) })
	return out
}

func (g *grouping) texts(n node, to []int) []int {
	to = append(to, n.texts...)
	for _, k := range n.kids {
		if k >= 0 {
			to = g.texts(g.nodes[k], to)
		}
	}
	return to
}

// A pair of nodes and how alike they are on the average.
type pair struct {
	sim  float64
	a, b int
}

// pairs is a heap, the most alike on top. No two pairs are equal in it, so that
// what comes out does not depend on the order in which they went in.
type pairs []pair

func (p pairs) Len() int { return len(p) }
func (p pairs) Less(i, j int) bool {
	x, y := p[i], p[j]
	return cmp.Or(cmp.Compare(y.sim, x.sim), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) < 0
}
func (p pairs) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push implements heap.Interface.
func (p *pairs) Push(x any) { *p = append(*p, x.(pair)) }

// Pop implements heap.Interface.
func (p *pairs) Pop() any {
	old := *p
	last := old[len(old)-1]
	*p = old[:len(old)-1]
	return last
}
