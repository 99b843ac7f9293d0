// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/search"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

var day = time.Date(2026, 5, 20, 8, 0, 0, 0, time.UTC)

func doc(n int, title, body string, exact ...string) search.Doc {
	return search.Doc{Noun: "matter", ID: id.ID(n), Title: title, Body: body, Exact: exact, Tags: []string{"vis:public"}, At: day}
}

func put(t testing.TB, db *sqldb.DB, docs ...search.Doc) {
	t.Helper()
	if err := db.Beside().Write(context.Background(), func(tx *sqldb.Tx) error { return search.Index{}.Put(tx, docs...) }); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, db *sqldb.DB, x search.Index, q search.Query) (hits []search.Hit, more bool) {
	t.Helper()
	err := db.Beside().Read(context.Background(), func(tx *sqldb.Tx) (err error) {
		hits, more, err = x.Find(tx, q)
		return err
	})
	if err != nil {
		t.Fatalf("find %+v: %v", q, err)
	}
	return hits, more
}

func ids(hits []search.Hit) []int {
	out := []int{}
	for _, h := range hits {
		out = append(out, int(h.ID))
	}
	return out
}

func fixed() sqldb.Options {
	return sqldb.Options{Clock: sqldbtest.NewClock(day.Add(24 * time.Hour)).Now}
}

// each is sqldbtest.Each with a clock that stands still.
func each(t *testing.T, f func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { f(t, db) })
}

func TestFind(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		put(t, db,
			doc(1, "路灯不亮", "宝塔社区3栋2单元门口的路灯，不亮三天了", "QL-2026-004217"),
			doc(2, "灯光扰民", "广场上的灯光太亮，路上都是灯", "QL-2026-0042"),
			doc(3, "楼道里没有 WiFi", "光纤断了，请派人来修", "QL-2025-0042"),
			doc(4, "文君街道公告", "市民广场５０１号，电话 028-8879", search.Initials("文君街道")),
			doc(5, "Ａｐｐ 打不开", "Café ﬁne ①号楼"),
		)
		for _, c := range []struct {
			text string
			want []int
		}{
			{"路灯", []int{1}},
			{"灯路", nil}, // pairs of 2 that do not touch
			{"路灯不亮", []int{1}},
			{"路灯光", nil},
			{"灯光", []int{2}},
			{"灯", []int{1, 2}},
			{"亮", []int{1, 2}},
			{"路灯 宝塔", []int{1}},
			{"路灯，三天", []int{1}},
			{"灯不亮三", nil}, // a comma stands between
			{"3栋2单元", []int{1}},
			{"栋2", []int{1}},
			{"501", []int{4}},
			{"50", []int{4}},
			{"01号", nil}, // not from the beginning of the number
			{"５０１", []int{4}},
			{"wifi", []int{3}},
			{"WIF", []int{3}},
			{"ifi", nil},
			{"app", []int{5}},
			{"cafe\u0301", []int{5}},
			{"café", []int{5}},
			{"cafe", nil},
			{"fine", []int{5}},
			{"1号楼", []int{5}},
			{"QL-2026-0042", []int{2, 1}}, // the whole of one, the beginning of the other
			{"ql2026", []int{2, 1}},
			{"ＱＬ－２０２６－００４２１７", []int{1}},
			{"2026-0042", []int{2}}, // its words; the beginning of a number begins with its first
			{"wjjd", []int{4}},
			{"wj", []int{4}},
			{"jd", nil},
			{"028-8879", []int{4}},
			{"!!!", nil},
			{"", []int{5, 4, 3, 2, 1}},
			{" \t\n", []int{5, 4, 3, 2, 1}},
		} {
			got, more := find(t, db, search.Index{}, search.Query{Text: c.text})
			g := ids(got)
			if c.text != "QL-2026-0042" && c.text != "" && strings.TrimSpace(c.text) != "" {
				slices.Sort(g)
				slices.Sort(c.want)
			}
			if !slices.Equal(g, c.want) || more {
				t.Errorf("%q: found %v, want %v, more %v", c.text, g, c.want, more)
			}
		}
	})
}

func TestTags(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		tagged := func(n int, noun string, tags ...string) search.Doc {
			d := doc(n, "路灯", "")
			d.Noun, d.Tags = noun, tags
			return d
		}
		long := strings.Repeat("长", 900)
		put(t, db, tagged(1, "matter", "place:A", "open"), tagged(2, "matter", "place:B", "open"),
			tagged(3, "matter", "place:a", "shut", `x' | 'y"`), tagged(4, "notice", "place:A", "shut", long))
		many := make([]string, 400)
		for i := range many {
			many[i] = fmt.Sprintf("place:%d", i)
		}
		for name, c := range map[string]struct {
			q    search.Query
			want []int
		}{
			"noun":           {search.Query{Noun: "matter", Text: "路灯"}, []int{3, 2, 1}},
			"no such noun":   {search.Query{Noun: "matte"}, nil},
			"all of":         {search.Query{Tags: []string{"place:A", "open"}}, []int{1}},
			"capitals count": {search.Query{Tags: []string{"place:a"}}, []int{3}},
			"any of":         {search.Query{AnyTags: [][]string{{"place:A", "place:B"}}, Text: "路灯"}, []int{4, 2, 1}},
			"any and any":    {search.Query{AnyTags: [][]string{{"place:A", "place:B"}, {"shut"}}}, []int{4}},
			"any of many":    {search.Query{AnyTags: [][]string{append(many, "place:B")}}, []int{2}},
			"any of none":    {search.Query{AnyTags: [][]string{{}}}, nil},
			"odd tag":        {search.Query{Tags: []string{`x' | 'y"`}}, []int{3}},
			"long tag":       {search.Query{Tags: []string{long}}, []int{4}},
			"a tag's noun":   {search.Query{Tags: []string{"matter"}}, nil},
			"tag as text":    {search.Query{Text: "open"}, nil},
			"term as text":   {search.Query{Text: "_place_3a_41"}, nil},
		} {
			if got, _ := find(t, db, search.Index{}, c.q); !slices.Equal(ids(got), append([]int{}, c.want...)) {
				t.Errorf("%s: found %v, want %v", name, ids(got), c.want)
			}
		}
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		var docs []search.Doc
		for n := 1; n <= 300; n++ {
			title := "其他"
			if n%7 == 0 {
				title = "路灯"
			}
			docs = append(docs, doc(n, title, "路灯不亮"))
		}
		put(t, db, docs...)
		var all []int
		before := id.ID(0)
		for {
			hits, more := find(t, db, search.Index{}, search.Query{Text: "路灯", Newest: true, Limit: 70, Before: before})
			all = append(all, ids(hits)...)
			if !more {
				break
			}
			before = hits[len(hits)-1].ID
		}
		if len(all) != 300 || !slices.IsSortedFunc(all, func(a, b int) int { return b - a }) {
			t.Errorf("newest first: %d hits", len(all))
		}
		x := search.Index{Window: 100}
		hits, more := find(t, db, x, search.Query{Text: "路灯", Limit: 15})
		if !more || len(hits) != 15 || hits[0].ID != 294 || hits[13].ID != 203 || hits[14].ID != 300 {
			t.Errorf("best first: %v %v", ids(hits), more)
		}
		if hits, more = find(t, db, x, search.Query{Text: "路灯", Limit: 15, Skip: 90}); len(hits) != 10 || !more {
			t.Errorf("end of the window: %v %v", ids(hits), more)
		}
		if hits, more = find(t, db, x, search.Query{Text: "路灯", Before: 50}); len(hits) != 20 || !more || hits[0].ID != 49 {
			t.Errorf("before: %v %v", ids(hits), more)
		}
	})
}

func TestPutAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		a, b := doc(1, "路灯", "不亮"), doc(2, "井盖", "松动")
		put(t, db, a, b, a)
		put(t, db, a, b)
		b2 := doc(2, "路灯", "又不亮")
		put(t, db, b, b2) // of two the later
		if got, _ := find(t, db, search.Index{}, search.Query{Text: "路灯", Newest: true}); !slices.Equal(ids(got), []int{2, 1}) {
			t.Errorf("after a change: %v", ids(got))
		}
		if got, _ := find(t, db, search.Index{}, search.Query{Text: "井盖"}); len(got) > 0 {
			t.Errorf("what it said before still finds %v", ids(got))
		}
		err := db.Beside().Write(context.Background(), func(tx *sqldb.Tx) error {
			if err := (search.Index{}).Remove(tx, "notice", 1); err != nil {
				return err
			}
			return search.Index{}.Remove(tx, "matter", 2, 99)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := find(t, db, search.Index{}, search.Query{}); !slices.Equal(ids(got), []int{1}) {
			t.Errorf("after removing: %v", ids(got))
		}
		put(t, db, b)
		err = db.Beside().Write(context.Background(), func(tx *sqldb.Tx) error {
			n, err := search.Index{}.Count(tx)
			if n != 2 {
				t.Errorf("%d records", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		tidyUp(t, db)
		if got, _ := find(t, db, search.Index{}, search.Query{Text: "松动"}); !slices.Equal(ids(got), []int{2}) {
			t.Errorf("put back: %v", ids(got))
		}
		if err := db.Beside().Write(context.Background(), search.Index{}.Clear); err != nil {
			t.Fatal(err)
		}
		put(t, db, a)
		if got, _ := find(t, db, search.Index{}, search.Query{}); !slices.Equal(ids(got), []int{1}) {
			t.Errorf("made anew: %v", ids(got))
		}
	})
}

// tidyUp tidies to the end, and reports in how many steps.
func tidyUp(t testing.TB, db *sqldb.DB) (steps int) {
	t.Helper()
	for more := true; more; steps++ {
		err := db.Beside().Write(context.Background(), func(tx *sqldb.Tx) (err error) {
			more, err = search.Index{}.Tidy(tx, steps == 0)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return steps
}

// TestTidy sees that tidying ends, soon where there is nothing to do, and loses
// nothing.
func TestTidy(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		for n := 1; n <= 3_000; n += 100 {
			var docs []search.Doc
			for k := n; k < n+100; k++ {
				docs = append(docs, doc(k, fmt.Sprintf("第%d件", k), strings.Repeat(string(rune(0x4E00+k)), 3)+"路灯不亮", fmt.Sprint("QL", k)))
			}
			put(t, db, docs...)
		}
		put(t, db, doc(1, "换了", ""))
		if steps := tidyUp(t, db); steps > 200 {
			t.Errorf("%d steps", steps)
		}
		if steps := tidyUp(t, db); steps > 2 {
			t.Errorf("%d steps where nothing was left to do", steps)
		}
		for n := 2; n <= 3_000; n += 31 {
			if hits, _ := find(t, db, search.Index{}, search.Query{Text: fmt.Sprintf("第%d件", n)}); len(hits) != 1 {
				t.Errorf("%d: %v", n, ids(hits))
			}
		}
		if hits, _ := find(t, db, search.Index{}, search.Query{Text: "路灯", Newest: true, Limit: 4_000}); len(hits) != 2_999 {
			t.Errorf("%d hits", len(hits))
		}
	})
}

func TestNonsense(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *sqldb.DB) {
		put(t, db, doc(1, "路灯 OR", `"NEAR" terms : * ^ a'b\c`), doc(2, "x", "y"))
		for _, text := range []string{
			`"`, `""`, `" OR "a`, "路灯 OR 井盖", "NEAR(路 灯)", "terms:路灯", "^路灯", "路*", "-路灯", "路灯)", "((((", `'); DROP TABLE search_doc; --`,
			`a' | 'b`, `a\'`, "\x00", "路\x00灯", "\xff\xfe路灯", strings.Repeat("路", 10_000), strings.Repeat("路 灯 ", 5_000), strings.Repeat("a1", 10_000),
			strings.Repeat("\xf0\x9f", 3_000), "\u202e灯", "\u200b", "👍", strings.Repeat("é", 9_999), strings.Repeat("!", 10_000) + "路灯", "_ _place", "%_%",
		} {
			q := search.Query{Text: text, Tags: []string{"vis:public"}}
			hits, _ := find(t, db, search.Index{}, q)
			for _, h := range hits {
				if h.ID != 1 && text != "\u200b" {
					t.Errorf("%.40q found %v", text, ids(hits))
				}
			}
			search.Highlight("路灯 OR a'b", text)
			search.Snippet(strings.Repeat("路灯", 99), text, 20)
		}
		put(t, db, search.Doc{Noun: "matter", ID: 3, Title: "\x00\xff", Body: strings.Repeat("\xf0", 99_999), Exact: []string{"", "\x00", strings.Repeat("z", 99_999)}, Tags: []string{"", "\x00"}},
			search.Doc{Noun: "matter", ID: 4, Title: strings.Repeat("题", 99_999), Body: strings.Repeat("体文 abcdefghijklmnopqrstuvwxyz", 9_999), At: day})
		if hits, _ := find(t, db, search.Index{}, search.Query{Text: "体文", Tags: []string{}}); !slices.Equal(ids(hits), []int{4}) {
			t.Errorf("a long record: %v", ids(hits))
		}
	})
}
