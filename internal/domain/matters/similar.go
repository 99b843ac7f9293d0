// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/cluster"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
)

const (
	similarFor  = 90  // days: how far back similar matters are looked for
	similarOf   = 200 // open matters of the place that are compared, the latest
	similarMost = 5
	againFor    = 365 // days: how far back somebody's own matters are
	againMost   = 50
)

// A Likeness is another matter that may be about the same thing, and why.
type Likeness struct {
	Card   Card
	Words  []string    // that both have, the longest first
	Level  scope.Level // the smallest place both lie in
	Metres int         // how far apart, -1 if not known
	Days   int         // how many days apart they were raised

	score float64
}

// Similar returns up to five open matters that everybody may read and that are
// like what is being raised, by words, place and time: what a reporter may want to
// join instead of raising it again. What they raised themselves is not among them.
func (s *Service) Similar(ctx context.Context, by scope.Actor, in Raising) ([]Likeness, error) {
	m, err := s.draft(by, in)
	if err != nil || m.Path[scope.Town] == 0 {
		return nil, nil // nothing to compare by yet
	}
	var out []Likeness
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m.RaisedAt = tx.Now()
		var w sqldb.Where
		w.Add("public AND NOT hidden")
		out, err = s.similar(tx, m, &w)
		return err
	})
	return out, err
}

// SimilarTo returns up to five open matters that are like one that is still to be
// sorted, of those the actor may see: what it may be joined to. Whether it is, a
// person decides. It is empty for those who may not join it.
func (s *Service) SimilarTo(ctx context.Context, by scope.Actor, m Matter) (out []Likeness, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if _, err := Flow.Find(m.State, Join); err != nil || !by.May("intake", m.Target("intake", tx.Now())).OK {
			return nil
		}
		var w sqldb.Where
		s.limit(&w, by, Filter{Place: near(m)}, tx.Now())
		out, err = s.similar(tx, m, &w)
		return err
	})
	return out, err
}

// Again returns the matters that the reporter of m raised before about the same
// kind of thing at the same place within a year, whatever became of them, the
// latest first: a trouble that comes back is not a duplicate. Those who may read m
// as its reporter or at work are told; to others, and for a reporter whom the town
// does not know, it is empty.
func (s *Service) Again(ctx context.Context, by scope.Actor, m Matter) (cards []Card, err error) {
	if m.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if by.Resident != m.Resident && s.view(tx, by, m) != Inside {
			return nil
		}
		cards, err = s.again(tx, by, m)
		return err
	})
	return cards, err
}

// AgainOf is Again for what the actor is raising.
func (s *Service) AgainOf(ctx context.Context, by scope.Actor, in Raising) (cards []Card, err error) {
	m, err := s.draft(by, in)
	if err != nil || by.Resident == 0 || m.Path[scope.Town] == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m.RaisedAt = tx.Now()
		cards, err = s.again(tx, by, m)
		return err
	})
	return cards, err
}

func (s *Service) again(tx *sqldb.Tx, by scope.Actor, m Matter) ([]Card, error) {
	var w sqldb.Where
	w.Add("resident_id <> 0 AND resident_id = ?", m.Resident) // the index is of those alone
	if by.Resident != m.Resident {
		s.limit(&w, by, Filter{}, tx.Now())
	}
	p, err := s.cards(tx, &w, Filter{From: m.RaisedAt.AddDate(0, 0, -againFor), Most: againMost})
	if err != nil {
		return nil, err
	}
	ls, err := s.compare(tx, m, p.Cards)
	if err != nil {
		return nil, err
	}
	var out []Card
	for _, l := range ls {
		if l.Card.RaisedAt.After(m.RaisedAt) || l.Level < scope.Village && m.Path[scope.Village] != 0 {
			continue
		}
		if m.Category != "" && l.Card.Category == m.Category || l.score >= likeEnough {
			out = append(out, l.Card)
		}
	}
	slices.SortFunc(out, func(a, b Card) int { return cmp.Or(b.RaisedAt.Compare(a.RaisedAt), cmp.Compare(b.ID, a.ID)) })
	return out, nil
}

// near is the place in which matters like one are looked for: its village, or its
// town if no village is known.
func near(m Matter) scope.Scope {
	if m.Path[scope.Village] != 0 {
		return scope.Scope{Level: scope.Village, ID: m.Path[scope.Village]}
	}
	return scope.Scope{Level: scope.Town, ID: m.Path[scope.Town]}
}

func (s *Service) similar(tx *sqldb.Tx, m Matter, w *sqldb.Where) ([]Likeness, error) {
	p, err := s.cards(tx, w, Filter{Place: near(m), Open: true, From: tx.Now().AddDate(0, 0, -similarFor), Most: similarOf})
	if err != nil {
		return nil, err
	}
	ls, err := s.compare(tx, m, p.Cards)
	if err != nil {
		return nil, err
	}
	own, err := s.raisedBy(tx, m)
	if err != nil {
		return nil, err
	}
	ls = slices.DeleteFunc(ls, func(l Likeness) bool { return l.score < likeEnough || own[l.Card.ID] })
	slices.SortFunc(ls, func(a, b Likeness) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.Card.ID, a.Card.ID))
	})
	return ls[:min(similarMost, len(ls))], nil
}

// raisedBy are the matters of the same reporter: a trouble of theirs that comes
// back, and no duplicate.
func (s *Service) raisedBy(tx *sqldb.Tx, m Matter) (map[ID]bool, error) {
	own := map[ID]bool{}
	if m.Resident == 0 {
		return own, nil
	}
	var w sqldb.Where
	w.Add("resident_id <> 0 AND resident_id = ?", m.Resident) // the index is of those alone
	p, err := s.cards(tx, &w, Filter{Open: true, Most: similarOf})
	for _, k := range p.Cards {
		own[k.ID] = true
	}
	return own, err
}

// likeEnough is from what score on a matter is shown. It takes the same words, or
// the same category and some of the words, not far away and not long ago.
const likeEnough = 0.33

// compare says how like each of the cards is to m.
func (s *Service) compare(tx *sqldb.Tx, m Matter, cards []Card) ([]Likeness, error) {
	cards = slices.DeleteFunc(slices.Clone(cards), func(k Card) bool { return k.ID == m.ID })
	ids := make([]ID, len(cards))
	for i, k := range cards {
		ids[i] = k.ID
	}
	texts := map[ID]string{}
	for some := range slices.Chunk(ids, docsAtOnce) {
		ms, err := s.findable(tx, some)
		if err != nil {
			return nil, err
		}
		for _, x := range ms {
			texts[x.ID] = x.Title + " " + x.Body
		}
	}
	own := m.Title + " " + m.Body
	rare := cluster.NewTally()
	all := make([]map[cluster.Gram]bool, len(cards))
	for i, k := range cards {
		all[i] = gramsIn(texts[k.ID])
		rare.Add(slices.Collect(keys(all[i])))
	}
	mine := gramsIn(own)
	rare.Add(slices.Collect(keys(mine)))
	out := make([]Likeness, len(cards))
	for i, k := range cards {
		l := Likeness{Card: k, Words: sharedWords(own, texts[k.ID]), Metres: -1, Days: int(m.RaisedAt.Sub(k.RaisedAt).Abs() / (24 * time.Hour))}
		for l.Level = scope.Courtyard; l.Level > scope.City && (m.Path[l.Level] == 0 || m.Path[l.Level] != k.Path[l.Level]); {
			l.Level--
		}
		if m.At != nil && k.At != nil {
			l.Metres = int(math.Round(metres(*m.At, *k.At)))
		}
		l.score = 0.55*overlap(rare, mine, all[i]) + 0.15*nearness(l) + 0.1*max(0, 1-float64(l.Days)/similarFor)
		if m.Category != "" && k.Category == m.Category {
			l.score += 0.2
		}
		out[i] = l
	}
	return out, nil
}

func keys(m map[cluster.Gram]bool) func(func(cluster.Gram) bool) {
	return func(yield func(cluster.Gram) bool) {
		for g := range m {
			if !yield(g) {
				return
			}
		}
	}
}

func gramsIn(text string) map[cluster.Gram]bool {
	out := map[cluster.Gram]bool{}
	cluster.Grams(text, func(g cluster.Gram, letters int) {
		if letters == 2 {
			out[g] = true
		}
	})
	return out
}

// overlap is how much of the rarer words the shorter of two texts has in common
// with the other, 0 to 1.
func overlap(rare *cluster.Tally, a, b map[cluster.Gram]bool) float64 {
	sum := func(m map[cluster.Gram]bool, of map[cluster.Gram]bool) float64 {
		var ws []float64
		for g := range m {
			if of[g] {
				ws = append(ws, rare.Rarity(g))
			}
		}
		slices.Sort(ws) // the same sum in every order
		var t float64
		for _, w := range ws {
			t += w
		}
		return t
	}
	whole := min(sum(a, a), sum(b, b))
	if whole == 0 {
		return 0
	}
	return sum(a, b) / whole
}

// nearness is 1 in the same courtyard, grid or within a hundred metres, and falls
// off.
func nearness(l Likeness) float64 {
	switch {
	case l.Metres >= 0:
		return 100 / math.Max(100, float64(l.Metres))
	case l.Level >= scope.Grid:
		return 1
	case l.Level == scope.Village:
		return 0.6
	}
	return 0.2
}

// metres between two points that are not far apart.
func metres(a, b Point) float64 {
	const degree = 111_195
	x := (a.Lon - b.Lon) * math.Cos((a.Lat+b.Lat)/2*math.Pi/180)
	return degree * math.Hypot(x, a.Lat-b.Lat)
}

// sharedWords are up to three stretches of letters that both texts have, the
// longest first: why they look alike, to be read by people.
func sharedWords(a, b string) []string {
	a, b = search.Fold(a), search.Fold(b)
	var found []string
	for _, run := range strings.Fields(a) {
		rs := []rune(run)
		for i := 0; i < len(rs); {
			n := 0
			for n < len(rs)-i && n < 12 && strings.Contains(b, string(rs[i:i+n+1])) {
				n++
			}
			if n < 2 {
				i++
				continue
			}
			found = append(found, string(rs[i:i+n]))
			i += n
		}
	}
	slices.SortStableFunc(found, func(x, y string) int { return utf8.RuneCountInString(y) - utf8.RuneCountInString(x) })
	var out []string
	for _, f := range found {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.Contains(o, f) }) && !dull[f] {
			out = append(out, f)
		}
		if len(out) == 3 {
			break
		}
	}
	return out
}

// dull are words that say nothing of what a text is about.
var dull = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("我们 你们 他们 请问 希望 谢谢 问题 反映 解决 处理 尽快 领导 您好 你好 没有 一个 这个 那个 什么 怎么 可以 还是 已经 今天 昨天 the and for has was with that this") {
		m[w] = true
	}
	return m
}()
