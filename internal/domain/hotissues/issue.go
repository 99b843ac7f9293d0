// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/cluster"
)

// An Issue is one thing that several people wrote about.
type Issue struct {
	Rank  int
	Heat  Heat
	Name  string // made from their own words
	Place string // the place or population most of them name, "" if there is none
	Words []string
	From  time.Time // the first message
	To    time.Time // the last
	// Members are the places of the messages in what was given to Find, the
	// earliest message first; Scores, beside them, how alike each is to the others.
	Members []int
	Scores  []float64
}

// Options are what is asked of Find. The zero Options are those of a town.
type Options struct {
	Now    time.Time     // until when is counted; zero: the last message
	People int           // at least so many different people; 2 if less
	Gap    time.Duration // without a word for so long, what comes after is another issue; 0: half a year
}

// Find puts together the messages that are about the same thing at the same place
// or of the same people, and ranks what several people wrote about: the hottest
// first. The order in which the messages come changes nothing.
func Find(ms []Message, o Options) []Issue {
	order := make([]int, len(ms))
	var latest time.Time
	for i := range ms {
		order[i] = i
		latest = later(latest, ms[i].At)
	}
	if o.Now.IsZero() {
		o.Now = latest
	}
	slices.SortStableFunc(order, func(a, b int) int { return ms[a].compare(&ms[b]) })
	sorted := make([]*Message, len(ms))
	for k, i := range order {
		sorted[k] = &ms[i]
	}
	o.People = max(2, o.People)
	if o.Gap <= 0 {
		o.Gap = usualGap
	}
	rs := read(sorted)
	var out []Issue
	for _, part := range parted(rs, o.Gap) {
		if i := issueOf(rs, part, o.Now); i.Heat.People >= o.People {
			out = append(out, i)
		}
	}
	rank(out)
	for _, i := range out {
		for k, m := range i.Members {
			i.Members[k] = order[m]
		}
	}
	return out
}

const usualGap = 183 * 24 * time.Hour

// parted are the groups of texts that are about the same thing.
func parted(rs []reading, gap time.Duration) [][]int {
	vectors := make([]cluster.Vector, len(rs))
	for i := range rs {
		vectors[i] = rs[i].vector
	}
	var out [][]int
	for _, c := range cluster.Group(vectors, least) {
		out = append(out, split(rs, c.Members, gap)...)
	}
	return out
}

// rank puts the hottest first; of two as hot, the one with more people, then
// the one that began first.
func rank(is []Issue) {
	slices.SortFunc(is, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(b.Heat.Total, a.Heat.Total), cmp.Compare(b.Heat.People, a.Heat.People), a.From.Compare(b.From), cmp.Compare(a.Members[0], b.Members[0]))
	})
	for i := range is {
		is[i].Rank = i + 1
	}
}

// split takes a group apart where nobody wrote for so long.
func split(rs []reading, members []int, gap time.Duration) [][]int {
	var out [][]int
	from := 0
	for k := 1; k < len(members); k++ {
		if rs[members[k]].message.At.Sub(rs[members[k-1]].message.At) > gap {
			out = append(out, members[from:k])
			from = k
		}
	}
	return append(out, members[from:])
}

// issueOf makes an issue of its messages, of which there is at least one.
func issueOf(rs []reading, members []int, now time.Time) Issue {
	own := make([]*Message, len(members))
	for k, m := range members {
		own[k] = rs[m].message
	}
	i := Issue{Heat: heatOf(own, now), Members: slices.Clone(members), Scores: scores(rs, members)}
	i.From, i.To = own[0].At, own[len(own)-1].At
	i.Place = commonPlace(rs, members)
	i.Words = commonWords(rs, members)
	i.Name = nameOf(rs, members, i.Scores, i.Place)
	return i
}

// scores are how alike each member is to the others, rounded to thousandths.
func scores(rs []reading, members []int) []float64 {
	out := make([]float64, len(members))
	for k, m := range members {
		var sum float64
		for _, n := range members {
			if n != m {
				sum += rs[m].vector.Dot(rs[n].vector)
			}
			if len(members) > 500 && n > members[499] {
				break
			}
		}
		out[k] = math.Round(1000*min(1, sum/float64(max(1, min(len(members), 500)-1)))) / 1000
	}
	return out
}

// commonPlace is the name that says most about where: the one that most of the
// members have, and at least two of five.
func commonPlace(rs []reading, members []int) string {
	weight, texts := map[string]float64{}, map[string]int{}
	for _, m := range members {
		for _, n := range rs[m].names {
			weight[n.text] += n.weight
			texts[n.text]++
		}
	}
	best := ""
	for n, w := range weight {
		if 5*texts[n] < 2*len(members) {
			continue
		}
		if best == "" || w > weight[best] || w == weight[best] && (len(n) > len(best) || len(n) == len(best) && n < best) {
			best = n
		}
	}
	return printed(rs, members, best)
}

// printed is a folded name as most people write it: A7县, not a7县.
func printed(rs []reading, members []int, folded string) string {
	if folded == "" {
		return ""
	}
	for _, m := range members {
		for _, text := range []string{rs[m].message.Subject, rs[m].message.Detail, rs[m].message.Place} {
			if i := strings.Index(strings.ToLower(text), folded); i >= 0 && i+len(folded) <= len(text) {
				return text[i : i+len(folded)]
			}
		}
	}
	return folded
}

// commonWords are the codes of the subjects that at least two of five members
// speak of, the most common first.
func commonWords(rs []reading, members []int) []string {
	n := make([]int, len(subjectNames))
	for _, m := range members {
		for _, k := range rs[m].subject {
			n[k]++
		}
	}
	var some []int
	for k := range n {
		if 5*n[k] >= 2*len(members) {
			some = append(some, k)
		}
	}
	slices.SortStableFunc(some, func(a, b int) int { return n[b] - n[a] })
	out := make([]string, 0, 5)
	for _, k := range some[:min(5, len(some))] {
		out = append(out, subjectNames[k])
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// person tells two people apart; who is not known is known by the words.
func (m *Message) person() string {
	if m.User != "" {
		return m.User
	}
	return "\x00" + m.Subject + "\x00" + m.Detail + strconv.Itoa(m.Likes)
}
