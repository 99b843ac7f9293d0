// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/schema"
)

// benchEnv sets another number of records for the benchmarks, which are made
// with: go test ./internal/kit/search -run '^$' -bench . -benchtime 200x -timeout 60m
const benchEnv = "SEARCH_BENCH_DOCS"

// A corpus makes records whose words are spread as in real messages: few words
// very often, many seldom.
type corpus struct {
	rnd   *rand.Rand
	words []string
	often *rand.Zipf
}

func newCorpus() *corpus {
	c := &corpus{rnd: rand.New(rand.NewPCG(510183, 2020))} //nolint:gosec // repeatable
	chars := rand.NewZipf(c.rnd, 1.2, 20, 2_999)
	for range 20_000 {
		w := ""
		for range 1 + c.rnd.IntN(3) {
			w += string(rune(0x4E00 + 7*chars.Uint64()))
		}
		c.words = append(c.words, w)
	}
	c.words[0], c.words[1], c.words[30], c.words[60] = "的", "是", "小区", "路灯"
	c.often = rand.NewZipf(c.rnd, 1.15, 8, uint64(len(c.words)-1))
	return c
}

func (c *corpus) text(words int) string {
	var b strings.Builder
	for i := range words {
		b.WriteString(c.words[c.often.Uint64()])
		if i%7 == 6 {
			b.WriteString("，")
		}
	}
	return b.String()
}

func (c *corpus) doc(n int, from time.Time) search.Doc {
	at := from.Add(time.Duration(n) * 30 * time.Second)
	town := c.rnd.IntN(14)
	village := town*14 + c.rnd.IntN(14)
	grid := village*12 + c.rnd.IntN(12)
	place := func(level string, k int) string { return "place:" + level + id.ID(1_000_000+k).String() }
	return search.Doc{
		Noun: "matter", ID: id.First(at) + id.ID(n%1000), At: at,
		Title: c.text(5),
		Body:  c.text(32) + fmt.Sprintf("%d栋%d单元%d号", 1+c.rnd.IntN(30), 1+c.rnd.IntN(4), 101+c.rnd.IntN(3_000)),
		Exact: []string{fmt.Sprintf("QL-2026-%07d", n)},
		Tags: []string{
			[]string{"vis:public", "vis:public", "vis:staff"}[c.rnd.IntN(3)], "state:" + strconv.Itoa(c.rnd.IntN(9)), "cat:" + strconv.Itoa(c.rnd.IntN(40)),
			place("t", town), place("v", village), place("g", grid),
		},
	}
}

func BenchmarkSQLite(b *testing.B) {
	path := filepath.Join(b.TempDir(), "bench.db")
	bench(b, path, 1_000_000, func() int64 {
		i, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		return i.Size()
	})
}

func BenchmarkPostgres(b *testing.B) {
	if !withPostgres() {
		b.Logf("not run: %s is not set", sqldbtest.PostgresEnv)
		return
	}
	_, dsn := sqldbtest.PostgresAt(b)
	bench(b, dsn, 200_000, nil)
}

func bench(b *testing.B, dsn string, docs int, size func() int64) {
	b.Helper()
	if s := os.Getenv(benchEnv); s != "" {
		var err error
		if docs, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	ctx := context.Background()
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{Relaxed: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx, dsn, schema.Files); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	fill(b, db, docs)
	b.Logf("%d records put, %.0f a second", docs, float64(docs)/time.Since(start).Seconds())
	start = time.Now()
	steps := tidyUp(b, db)
	if db.Engine() == sqldb.Postgres {
		if _, err := db.Pool().ExecContext(ctx, `VACUUM ANALYZE search_doc`); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("tidied in %.1f s, %d steps", time.Since(start).Seconds(), steps)
	if size != nil {
		b.Logf("%.0f bytes a record", float64(size())/float64(docs))
	}
	place := func(level string, k int) string { return "place:" + level + id.ID(1_000_000+k).String() }
	for _, c := range []struct {
		name string
		q    search.Query
	}{
		{"two letters", search.Query{Text: "路灯"}},
		{"two letters of a town", search.Query{Text: "路灯", Noun: "matter", Tags: []string{"vis:public", place("t", 5)}}},
		{"two letters of three villages", search.Query{Text: "路灯", AnyTags: [][]string{{place("v", 70), place("v", 71), place("v", 120)}}}},
		{"two letters of a grid", search.Query{Text: "路灯", Tags: []string{place("g", 800)}}},
		{"two words", search.Query{Text: "路灯 小区", Tags: []string{"vis:public"}}},
		{"four letters", search.Query{Text: "小区路灯"}},
		{"four letters, reversed and rare", search.Query{Text: "灯路区小"}},
		{"one letter in most", search.Query{Text: "的", Tags: []string{"vis:public"}}},
		{"beginning of a number", search.Query{Text: "QL-2026-00421"}},
		{"a whole number", search.Query{Text: "ql20260004217"}},
		{"nothing but tags", search.Query{Tags: []string{place("v", 70), "state:3"}, Newest: true}},
		{"house and room", search.Query{Text: "3栋2单元"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			hits := 0
			for b.Loop() {
				at := time.Now()
				found, _ := find(b, db, search.Index{}, c.q)
				took, hits = append(took, time.Since(at)), len(found)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
			b.ReportMetric(float64(hits), "hits")
			b.ReportMetric(float64(termCount(b, db, c.q.Text)), "with-first-term")
		})
	}
	b.Run("put a batch of 100", func(b *testing.B) {
		c := newCorpus()
		n := docs
		for b.Loop() {
			var more []search.Doc
			for range 100 {
				more = append(more, c.doc(n, day.Add(-365*24*time.Hour)))
				n++
			}
			put(b, db, more...)
		}
	})
}

func fill(b *testing.B, db *sqldb.DB, docs int) {
	b.Helper()
	c := newCorpus()
	for n := 0; n < docs; {
		var some []search.Doc
		for ; n < docs && len(some) < 2_000; n++ {
			some = append(some, c.doc(n, day.Add(-365*24*time.Hour)))
		}
		put(b, db, some...)
	}
}

// termCount says how many records have the first two letters of a query.
func termCount(b *testing.B, db *sqldb.DB, text string) (n int64) {
	b.Helper()
	rs := []rune(text)
	if len(rs) < 2 || rs[0] < 0x4E00 {
		return 0
	}
	q, arg := `SELECT count(*) FROM search_term WHERE search_term MATCH $1`, `"`+string(rs[:2])+`"`
	if db.Engine() == sqldb.Postgres {
		q, arg = `SELECT count(*) FROM search_doc WHERE terms @@ $1::tsquery`, `'`+string(rs[:2])+`'`
	}
	err := db.Beside().Read(context.Background(), func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.Int(tx.Row(q, arg))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}
