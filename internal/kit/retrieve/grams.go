// SPDX-License-Identifier: Apache-2.0

package retrieve

import (
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/cluster"
	"yuanba/internal/kit/search"
)

// Kinds of grams, which keep 区 the letter apart from 区 the word.
const (
	pair   = 'p'
	letter = 'l'
	word   = 'w'
)

// pairs calls yield for every two Chinese letters that stand together, every word
// of another script, and every such word with the Chinese letter behind it: A7县.
func pairs(folded string, yield func(cluster.Gram)) {
	last, begin := -1, -1 // where the last Chinese letter and the word began
	for i, r := range folded {
		han := cluster.Han(r)
		if begin >= 0 && (han || r == ' ') {
			w := folded[begin:i]
			yield(cluster.Of(word, w))
			if han {
				yield(cluster.Of(word, folded[begin:i+utf8.RuneLen(r)]))
			}
			begin = -1
		}
		switch {
		case han:
			if last >= 0 {
				yield(cluster.Of(pair, folded[last:i+utf8.RuneLen(r)]))
			}
			last = i
		case r == ' ':
			last = -1
		default:
			last = -1
			if begin < 0 {
				begin = i
			}
		}
	}
	if begin >= 0 {
		yield(cluster.Of(word, folded[begin:]))
	}
}

// letters calls yield for every Chinese letter.
func letters(folded string, yield func(cluster.Gram)) {
	for i, r := range folded {
		if cluster.Han(r) {
			yield(cluster.Of(letter, folded[i:i+utf8.RuneLen(r)]))
		}
	}
}

// asking are words with which people ask, in this order, and which say nothing of what
// is asked for.
var asking = strings.NewReplacer("怎么样", " ", "怎么办", " ", "怎么", " ", "怎样", " ", "如何", " ", "什么时候", " ", "什么", " ", "为什么", " ", "请问", " ", "咨询", " ", "多少", " ", "哪里", " ", "哪些", " ", "哪个", " ",
	"能不能", " ", "能否", " ", "可不可以", " ", "可以", " ", "是不是", " ", "有没有", " ", "要不要", " ", "吗", " ", "呢", " ", "？", " ", "?", " ")

// said is a question without the words of asking; where nothing else is left, as it is.
func said(question string) string {
	if s := search.Fold(asking.Replace(question)); s != "" {
		return s
	}
	return search.Fold(question)
}

// counted are the grams of a text and how often each is there.
func counted(text string, grams func(string, func(cluster.Gram))) (map[cluster.Gram]float32, int) {
	m, n := map[cluster.Gram]float32{}, 0
	grams(search.Fold(text), func(g cluster.Gram) { m[g]++; n++ })
	return m, n
}

// Excerpt is the part of a body in which most of a question's words stand, of at
// most the given number of letters, from the beginning of a sentence on; with … where
// something is left out.
func (x *Index) Excerpt(question, body string, most int) string {
	body = strings.Join(strings.Fields(body), " ")
	rs := []rune(body)
	if len(rs) <= most {
		return body
	}
	want := x.weighed(question, x.pairs)
	best, from := float32(-1), 0
	for _, at := range sentences(rs) {
		if at > 0 && len(rs)-at < most/3 && best >= 0 {
			break // what is left is hardly a passage
		}
		sum, seen := float32(0), map[cluster.Gram]bool{}
		pairs(search.Fold(string(rs[at:min(len(rs), at+most)])), func(g cluster.Gram) {
			if !seen[g] {
				seen[g] = true
				sum += want[g]
			}
		})
		if sum > best*1.0001 {
			best, from = sum, at
		}
	}
	to := min(len(rs), from+most)
	s := string(rs[from:to])
	if from > 0 {
		s = "…" + s
	}
	if to < len(rs) {
		s += "…"
	}
	return s
}

// sentences are where sentences begin.
func sentences(rs []rune) []int {
	at := []int{0}
	for i, r := range rs[:len(rs)-1] {
		if strings.ContainsRune("。！？!?；;\n", r) {
			at = append(at, i+1)
		}
	}
	return at
}
