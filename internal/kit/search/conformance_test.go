// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// letters of which generated texts and queries are made: few, so that they meet.
var letters = []rune("路灯不亮井盖松动a1b2ＡBé０ ，。-  ﬁか\u3099\u0301一①𠮷")

// stands is the plain rule of what is found: word in folded text, letters and
// digits from the beginning of a word.
func stands(text, word string) bool {
	isWord := func(r rune) bool { return r < 0x2E80 && r != ' ' }
	rs, ws := []rune(text), []rune(word)
	for i := 0; i+len(ws) <= len(rs); i++ {
		if slices.Equal(rs[i:i+len(ws)], ws) && (i == 0 || !isWord(ws[0]) || !isWord(rs[i-1])) {
			return true
		}
	}
	return false
}

// standsWhole is the rule for exact strings: a word as a whole.
func standsWhole(text, word string) bool {
	isWord := func(r rune) bool { return r < 0x2E80 && r != ' ' }
	rs, ws := []rune(text), []rune(word)
	for i := 0; i+len(ws) <= len(rs); i++ {
		j := i + len(ws)
		if slices.Equal(rs[i:j], ws) && (i == 0 || !isWord(ws[0]) || !isWord(rs[i-1])) &&
			(j == len(rs) || !isWord(ws[len(ws)-1]) || !isWord(rs[j])) {
			return true
		}
	}
	return false
}

// reference says by substrings alone whether d answers text.
func reference(d search.Doc, text string) bool {
	parts := 0
	for _, piece := range strings.Fields(text) {
		f := search.Fold(piece)
		if f == "" {
			continue
		}
		parts++
		ok := true
		for _, w := range strings.Split(f, " ") {
			in := stands(search.Fold(d.Title), w) || stands(search.Fold(d.Body), w)
			for _, e := range d.Exact {
				in = in || standsWhole(search.Fold(e), w)
			}
			ok = ok && in
		}
		for _, e := range d.Exact {
			ok = ok || strings.HasPrefix(strings.ReplaceAll(search.Fold(e), " ", ""), strings.ReplaceAll(f, " ", ""))
		}
		if !ok {
			return false
		}
	}
	return parts > 0 || strings.TrimSpace(text) == ""
}

// TestConformance compares finds in generated texts with the reference, on each
// engine, and the order and scores of one engine with those of the other.
func TestConformance(t *testing.T) {
	t.Parallel()
	text := func(most int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			return string(rapid.SliceOfN(rapid.SampledFrom(letters), 0, most).Draw(t, "letters"))
		})
	}
	tags := []string{"p:1", "p:2", "p:3", "open"}
	docs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) search.Doc {
		return search.Doc{
			Noun:  rapid.SampledFrom([]string{"matter", "notice"}).Draw(t, "noun"),
			ID:    id.ID(rapid.IntRange(1, 60).Draw(t, "id")),
			Title: text(8).Draw(t, "title"), Body: text(60).Draw(t, "body"),
			Exact: rapid.SliceOfN(text(6), 0, 2).Draw(t, "exact"),
			Tags:  rapid.SliceOfN(rapid.SampledFrom(tags), 0, 3).Draw(t, "tags"),
			At:    day.Add(-time.Duration(rapid.IntRange(0, 500).Draw(t, "age")) * 24 * time.Hour),
		}
	}), 1, 60)
	dbs := []*sqldb.DB{sqldbtest.SQLite(t, fixed())}
	if withPostgres() {
		dbs = append(dbs, sqldbtest.Postgres(t, fixed()))
	}
	rapid.Check(t, func(r *rapid.T) {
		in := docs.Draw(r, "docs")
		last := map[id.ID]search.Doc{}
		for _, d := range in {
			last[d.ID] = d
		}
		gone := rapid.SliceOfN(rapid.SampledFrom(in), 0, 3).Draw(r, "gone")
		for _, db := range dbs {
			err := db.Beside().Write(context.Background(), func(tx *sqldb.Tx) error {
				if err := (search.Index{}).Clear(tx); err != nil {
					return err
				}
				if err := (search.Index{}).Put(tx, in...); err != nil {
					return err
				}
				for _, d := range gone {
					if err := (search.Index{}).Remove(tx, last[d.ID].Noun, d.ID); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				r.Fatal(err)
			}
		}
		for _, d := range gone {
			delete(last, d.ID)
		}
		for range 12 {
			q := search.Query{Text: text(7).Draw(r, "query"), Limit: 100, Newest: rapid.Bool().Draw(r, "newest")}
			if from := rapid.SampledFrom(in).Draw(r, "from"); rapid.Bool().Draw(r, "piece") { // a piece of a text there is
				rs := []rune(from.Body)
				i := rapid.IntRange(0, len(rs)).Draw(r, "i")
				q.Text = string(rs[i:rapid.IntRange(i, min(len(rs), i+9)).Draw(r, "j")])
			}
			if rapid.Bool().Draw(r, "tagged") {
				q.Tags = rapid.SliceOfN(rapid.SampledFrom(tags), 0, 1).Draw(r, "all of")
				q.AnyTags = [][]string{rapid.SliceOfN(rapid.SampledFrom(tags), 0, 3).Draw(r, "any of")}
			}
			var want []int
			for n, d := range last {
				if has(d.Tags, q) && reference(d, q.Text) {
					want = append(want, int(n))
				}
			}
			slices.Sort(want)
			var first []search.Hit
			for i, db := range dbs {
				hits, more := find(t, db, search.Walking(rapid.IntRange(1, 70).Draw(r, "walk")), q)
				got := ids(hits)
				slices.Sort(got)
				if !slices.Equal(got, want) && len(got)+len(want) > 0 || more {
					r.Fatalf("%s: %+v found %v, want %v", db.Engine(), q, got, want)
				}
				if i == 0 {
					first = hits
				} else if !slices.Equal(first, hits) {
					r.Fatalf("%+v: %v on one engine, %v on the other", q, first, hits)
				}
			}
		}
	})
}

func has(tags []string, q search.Query) bool {
	for _, t := range q.Tags {
		if !slices.Contains(tags, t) {
			return false
		}
	}
	for _, g := range q.AnyTags {
		if !slices.ContainsFunc(g, func(t string) bool { return slices.Contains(tags, t) }) {
			return false
		}
	}
	return true
}
