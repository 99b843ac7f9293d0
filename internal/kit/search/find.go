// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Query says what is looked for.
type Query struct {
	Noun    string     // only records of this noun; of any, if empty
	Text    string     // anything a person may type; empty for every record
	Tags    []string   // all of them
	AnyTags [][]string // of each group at least one; of an empty group there is none
	Before  id.ID      // only older records; 0 for all
	Newest  bool       // newest first, rather than best first
	Skip    int        // how many of the best to pass over; not with Newest, which goes on with Before
	Limit   int        // hits at the most; 20 if 0
}

// A Hit is a record that was found.
type Hit struct {
	ID    id.ID
	Noun  string
	Score int // for the order only; 0 if Newest or without text
}

const (
	window    = 200
	limit     = 20
	examined  = 20_000 // candidates that one find verifies at the most
	firstLook = 64
)

// Find returns the records that answer q, and whether there are more.
//
// Best first, the newest [Index.Window] hits are ranked among themselves; Skip
// and Limit page through these, and more says that there are others, in the
// window or beyond. Newest first, Before is the ID of the last hit of the page
// before. Without text the order is always newest first. A text in which there
// is no letter and no number finds nothing. No text is an error.
//
// One find verifies at the most 20,000 records that have the terms of the query;
// if so many do not have its words, the hits so far are returned, with more.
func (x Index) Find(tx *sqldb.Tx, q Query) (hits []Hit, more bool, err error) {
	parts := parse(q.Text)
	if parts == nil && strings.TrimSpace(q.Text) != "" {
		return nil, false, nil
	}
	if slices.ContainsFunc(q.AnyTags, func(g []string) bool { return len(g) == 0 }) {
		return nil, false, nil
	}
	if q.Limit <= 0 {
		q.Limit = limit
	}
	want, ranked := q.Limit, parts != nil && !q.Newest
	if ranked {
		want = cmp.Or(x.Window, window)
	}
	found, more, err := x.collect(tx, q, parts, want)
	if err != nil {
		return nil, false, fmt.Errorf("search: find: %w", err)
	}
	for i := range found {
		h := Hit{ID: found[i].id, Noun: found[i].noun}
		if ranked {
			h.Score = score(parts, &found[i], tx.Now())
		}
		hits = append(hits, h)
	}
	if !ranked {
		return hits, more, nil
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) }) // the newer of equals first
	hits = hits[min(len(hits), max(0, q.Skip)):]
	if len(hits) > q.Limit {
		hits, more = hits[:q.Limit], true
	}
	return hits, more, nil
}

// collect returns the newest want records that answer q.
//
// A single letter of Chinese is not looked up at first: it is in many records,
// so the newest that answer the rest of the query are read until enough have it.
// If it proves rare it is looked up after all, from there on.
func (x Index) collect(tx *sqldb.Tx, q Query, parts []part, want int) (found []folded, more bool, err error) {
	e, whole := termsFor(q, parts, false), termsFor(q, parts, true)
	reading := e.lite() != whole.lite()
	before, look := q.Before, max(firstLook, want+1)
	if before == 0 {
		before = noID
	}
	for seen := 0; seen < examined; {
		some, err := x.candidates(tx, e, before, look)
		if err != nil {
			return nil, false, err
		}
		for i := range some {
			if !answers(parts, &some[i]) {
				continue
			}
			if len(found) == want {
				return found, true, nil
			}
			found = append(found, some[i])
		}
		if len(some) < look {
			return found, false, nil
		}
		before, seen = some[len(some)-1].id, seen+len(some)
		look = min(4*look, 2_000)
		if reading && seen >= cmp.Or(x.walk, walkFirst) && len(found)*rare < seen {
			e, reading = whole, false
		}
	}
	return found, true, nil
}

// answers reports whether every part of a query is found in a record.
func answers(parts []part, d *folded) bool {
	for _, p := range parts {
		if !p.found(d) {
			return false
		}
	}
	return true
}

// score ranks a record that answers the query, at the moment now. It knows the
// record and the query and nothing else:
//
//   - each part counts 100 if an exact string is it, 40 if one begins with it,
//     else 24 if all of it is in the title (6 more at its beginning), else 8;
//   - if all parts stand side by side in their order, 30 more in the title, 12
//     in the body;
//   - what happened today counts 20 more, a month ago 10, half a year ago 3.
func score(parts []part, d *folded, now time.Time) int {
	sum := 0
	whole := make([]string, 0, len(parts))
	for _, p := range parts {
		phrase := strings.Join(p.words, " ")
		whole = append(whole, phrase)
		sum += scorePart(p, phrase, d)
	}
	if all := strings.Join(whole, " "); len(parts) > 1 || strings.Contains(all, " ") {
		// Side by side, whether or not a space stands between.
		switch close := joined(all); {
		case contains(d.title, all) >= 0 || contains(d.title, close) >= 0:
			sum += 30
		case contains(d.body, all) >= 0 || contains(d.body, close) >= 0:
			sum += 12
		}
	}
	const month = 30 * 24 * time.Hour
	age := max(0, now.Sub(d.at))
	return 100*sum + int(2000*int64(month/time.Second)/int64((month+age)/time.Second))
}

func scorePart(p part, phrase string, d *folded) int {
	best := 0
	for line := range strings.Lines(d.exact) {
		if line = joined(strings.TrimSuffix(line, "\n")); line == p.joined {
			return 100
		} else if strings.HasPrefix(line, p.joined) {
			best = 40
		}
	}
	if best > 0 {
		return best
	}
	for _, w := range p.words {
		if contains(d.title, w) < 0 {
			return 8
		}
	}
	if strings.HasPrefix(d.title, phrase) {
		return 30
	}
	return 24
}

// An expr is terms of which each group must be there: one of its alternatives,
// each with all of its terms.
type expr [][][]string

// termsFor are the terms of q, those that limit first; with single letters of
// Chinese or without.
func termsFor(q Query, parts []part, letters bool) expr {
	var e expr
	one := func(t string) { e = append(e, [][]string{{t}}) }
	if q.Noun != "" {
		one(nounTerm(q.Noun))
	}
	for _, t := range q.Tags {
		one(tagTerm(t))
	}
	for _, group := range q.AnyTags {
		var g [][]string
		for _, t := range group {
			g = append(g, []string{tagTerm(t)})
		}
		e = append(e, g)
	}
	for _, p := range parts {
		var words []string
		for _, w := range p.words {
			words = append(words, termsOf(w)...)
		}
		if !letters {
			if words = slices.DeleteFunc(words, single); len(words) == 0 {
				continue
			}
		}
		g := [][]string{words}
		if b := p.begins(); len(words) != 1 || strings.TrimSuffix(words[0], beginning) != b {
			g = append(g, []string{b})
		}
		e = append(e, g)
	}
	if len(e) == 0 {
		one(every)
	}
	return e
}

// lite writes the expression for FTS5.
func (e expr) lite() string { return e.write(`"`, "*", " AND ", " OR ") }

// post writes it as a tsquery.
func (e expr) post() string { return e.write("'", ":*", " & ", " | ") }

// write quotes every term, and says of beginnings that they are such. A term
// holds no quote and no backslash: see fold.
func (e expr) write(quote, begins, and, or string) string {
	term := func(t string) string {
		if t, ok := strings.CutSuffix(t, beginning); ok {
			return quote + t + quote + begins
		}
		return quote + t + quote
	}
	groups := make([]string, len(e))
	for i, g := range e {
		alts := make([]string, len(g))
		for j, terms := range g {
			quoted := make([]string, len(terms))
			for k, t := range terms {
				quoted[k] = term(t)
			}
			alts[j] = strings.Join(quoted, and)
			if len(g) > 1 {
				alts[j] = "(" + alts[j] + ")"
			}
		}
		groups[i] = "(" + strings.Join(alts, or) + ")"
	}
	return strings.Join(groups, and)
}
