// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// vectorOf is a text's grams, of length one.
func vectorOf(text string) Vector {
	var terms []Term
	Grams(text, func(g Gram, _ int) { terms = append(terms, Term{g, 1}) })
	return NewVector(terms).Scaled(1)
}

func TestGrams(t *testing.T) {
	t.Parallel()
	count := func(text string) int {
		n := 0
		Grams(text, func(Gram, int) { n++ })
		return n
	}
	for text, want := range map[string]int{"": 0, "灯": 0, "路灯": 1, "路灯不亮": 5, "路灯，不亮": 2, "no light": 3, "A7县 路灯": 2} {
		if got := count(text); got != want {
			t.Errorf("%q: %d grams, want %d", text, got, want)
		}
	}
	if a, b := vectorOf("ＡＢ 路灯"), vectorOf("ab 路灯"); a.Compare(b) != 0 {
		t.Error("full-width letters are others")
	}
}

func TestVector(t *testing.T) {
	t.Parallel()
	v := NewVector([]Term{{3, 1}, {1, 2}, {3, 2}})
	if len(v) != 2 || v[0] != (Term{1, 2}) || v[1] != (Term{3, 3}) {
		t.Errorf("%v", v)
	}
	w := Vector{{3, 2}, {9, 1}}
	if d := v.Dot(w); d != 6 {
		t.Errorf("dot %v", d)
	}
	long := make([]Term, 1000)
	for i := range long {
		long[i] = Term{Gram(i), 1}
	}
	if d := v.Dot(NewVector(long)); d != 5 {
		t.Errorf("a short one with a long one: %v", d)
	}
	if top := v.Top(1); len(top) != 1 || top[0].Gram != 3 {
		t.Errorf("top %v", top)
	}
	if n := v.Scaled(2).Norm(); n < 1.999 || n > 2.001 {
		t.Errorf("scaled to %v", n)
	}
}

// A chain of texts, each half the one before, is not one group: the ends have
// nothing in common.
func TestGroupDoesNotChain(t *testing.T) {
	t.Parallel()
	var chain []Vector
	for i := range 30 {
		chain = append(chain, NewVector([]Term{{Gram(i), 1}, {Gram(i + 1), 1}}).Scaled(1))
	}
	for _, c := range Group(chain, 0.4) {
		if len(c.Members) > 3 {
			t.Errorf("a chain became a group of %d", len(c.Members))
		}
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	texts := []string{"宝塔社区路灯不亮", "菜市场门口垃圾没人收", "宝塔社区路灯都不亮", "菜市场门口垃圾堆起没人收", "宝塔社区的路灯不亮了", "医保报销要多久", "菜市场门口垃圾没人收"}
	var vs []Vector
	for _, x := range texts {
		vs = append(vs, vectorOf(x))
	}
	got := Group(vs, 0.4)
	if len(got) != 2 || !slices.Equal(got[0].Members, []int{0, 2, 4}) || !slices.Equal(got[1].Members, []int{1, 3, 6}) {
		t.Fatalf("%+v", got)
	}
	for _, c := range got {
		for k, s := range c.Scores {
			if s < 0.4 || s > 1.001 {
				t.Errorf("member %d: score %v", c.Members[k], s)
			}
		}
	}
	if all := Group(nil, 0.4); len(all) != 0 {
		t.Errorf("nothing makes %v", all)
	}
}

// The same texts in any order give the same groups.
func TestGroupKnowsNoOrder(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	var vs []Vector
	for range 300 {
		text := ""
		for range 4 + rnd.IntN(5) {
			text += string(rune(0x4E00 + rnd.IntN(25)))
		}
		vs = append(vs, vectorOf(text))
	}
	told := func(order []int) string {
		mixed := make([]Vector, len(vs))
		for k, i := range order {
			mixed[k] = vs[i]
		}
		var groups []string
		for _, c := range Group(mixed, 0.3) {
			is := make([]int, len(c.Members))
			for k, m := range c.Members {
				is[k] = order[m]
			}
			slices.Sort(is)
			groups = append(groups, fmt.Sprint(is))
		}
		slices.Sort(groups)
		return fmt.Sprint(groups)
	}
	order := make([]int, len(vs))
	for i := range order {
		order[i] = i
	}
	want := told(order)
	for range 10 {
		rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := told(order); got != want {
			t.Fatalf("another order, other groups:\n%s\n%s", want, got)
		}
	}
}

func BenchmarkGroup(b *testing.B) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var vs []Vector
	for range 5000 {
		text := ""
		for range 30 {
			text += string(rune(0x4E00 + rnd.IntN(500)))
		}
		vs = append(vs, vectorOf(text))
	}
	for b.Loop() {
		Group(vs, 0.3)
	}
}
