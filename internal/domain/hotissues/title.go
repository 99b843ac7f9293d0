// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"strings"
	"unicode/utf8"

	"yuanba/internal/kit/cluster"
	"yuanba/internal/kit/search"
)

// The words around a subject that say nothing of it.
var (
	before = strings.Fields("请求解决 强烈要求 强烈投诉 请问 关于 反映 投诉 举报 咨询 求助 请求 恳请 建议 希望 再次 紧急 对于 尊敬的领导 您好")
	behind = strings.Fields("的问题 问题 的情况 的建议 的投诉 的咨询 求解决 怎么办 请处理 何时解决 求助 望解决 请重视")
)

const longName = 32 // letters

// nameOf is the subject line, or the part of one, that best says what all
// members say, with the place before it if it does not name it itself. It is
// somebody's own words, and never broken inside a clause.
func nameOf(rs []reading, members []int, scores []float64, place string) string {
	support := map[cluster.Gram]int{}
	for _, m := range members {
		seen := map[cluster.Gram]bool{}
		cluster.Grams(rs[m].message.Subject, func(g cluster.Gram, _ int) { seen[g] = true })
		cluster.Grams(clip(rs[m].message.Detail, maxDetail), func(g cluster.Gram, _ int) { seen[g] = true })
		for g := range seen {
			support[g]++
		}
	}
	best, most := "", -1.0
	for k, m := range members {
		for _, c := range clauses(rs[m].message.Subject) {
			n := utf8.RuneCountInString(c)
			if n > longName {
				continue
			}
			var sum float64
			cluster.Grams(c, func(g cluster.Gram, _ int) {
				if s := support[g]; s > 1 || len(members) == 1 {
					sum += float64(s)
				}
			})
			// What says much in few letters; the typical member before the others.
			score := sum / float64(len(members)) / (8 + float64(n)) * (1 + scores[k]/10)
			if place != "" && strings.Contains(search.Fold(c), search.Fold(place)) {
				score *= 1.15
			}
			if score > most || score == most && (n < utf8.RuneCountInString(best) || n == utf8.RuneCountInString(best) && c < best) {
				best, most = c, score
			}
		}
	}
	switch {
	case best == "":
		best = clip(strings.TrimSpace(rs[members[0]].message.Subject), longName)
		fallthrough
	default:
		if place == "" || strings.Contains(search.Fold(best), search.Fold(place)) {
			return best
		}
	}
	return place + "：" + best
}

// clauses are a subject line, and its parts between marks, without the words
// around them.
func clauses(subject string) []string {
	var out []string
	add := func(c string) {
		c = trimmed(c)
		if n := utf8.RuneCountInString(c); n >= 4 {
			out = append(out, c)
		}
	}
	add(subject)
	for _, c := range strings.FieldsFunc(subject, func(r rune) bool { return strings.ContainsRune("，。！？；：!?;:,", r) }) {
		add(c)
	}
	return out
}

func trimmed(c string) string {
	for {
		was := c
		c = strings.Trim(c, " \t\u3000，。！？；：、!?;:,.~～…—-\"“”")
		for _, w := range before {
			c = strings.TrimPrefix(c, w)
		}
		for _, w := range behind {
			c = strings.TrimSuffix(c, w)
		}
		if c == was {
			return c
		}
	}
}
