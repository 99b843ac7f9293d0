// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

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
	if err := db.Write(context.Background(), func(tx *sqldb.Tx) error { return search.Index{}.Put(tx, docs...) }); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, db *sqldb.DB, x search.Index, q search.Query) (hits []search.Hit, more bool) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *sqldb.Tx) (err error) {
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
			{"2026-0042", []int{2, 1}},
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
		err := db.Write(context.Background(), func(tx *sqldb.Tx) error {
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
		err = db.Write(context.Background(), func(tx *sqldb.Tx) error {
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
		if err := db.Write(context.Background(), search.Index{}.Clear); err != nil {
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
		err := db.Write(context.Background(), func(tx *sqldb.Tx) (err error) {
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
				in = in || stands(search.Fold(e), w)
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
			err := db.Write(context.Background(), func(tx *sqldb.Tx) error {
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

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                 "",
		"  路灯，， 不亮。":       "路灯 不亮",
		"ＱＬ－２０２６ Ｗi-Fi":    "ql 2026 wi fi",
		"ﬁ①㎡ｶﾞ":            "fi1m2ガ",
		"e\u0301É\u0301x":  "ééx",
		"か\u3099":          "が",
		"a\xffb\x00c":      "a b c",
		"\u0301路":          "路",
		"𠮷野家":              "𠮷野家",
		"ǅ ΣΑΣ Straße İ":   "dž σασ straße i",
		"1,234.50 元/㎡（含税）": "1 234 50 元 m2 含税",
		"한국어 한국어":          "한국어 한국어",
	} {
		if got := search.Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("路灯 ＱＬ é\u0301", "灯")
	f.Add("\xff\xf0\x9f", "\x00")
	f.Fuzz(func(t *testing.T, text, query string) {
		once := search.Fold(text)
		if !utf8.ValidString(once) || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("%q", once)
		}
		at := 0
		for _, s := range search.Highlight(text, query) {
			if s.From < at || s.To <= s.From || s.To > len(text) {
				t.Fatalf("%+v in %d bytes after %d", s, len(text), at)
			}
			at = s.To
		}
		for _, snip := range []string{search.Snippet(text, query, 10), string(search.HTML(text, query))} {
			if !utf8.ValidString(snip) {
				t.Fatalf("%q", snip)
			}
		}
		if n := utf8.RuneCountInString(search.Snippet(text, query, 10)); n > 12 {
			t.Fatalf("a snippet of %d letters", n)
		}
	})
}

func TestHighlight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, query, want string }{
		{"宝塔社区的路灯不亮", "路灯", "宝塔社区的<mark>路灯</mark>不亮"},
		{"路灯坏了，路灯！", "路灯 坏", "<mark>路灯坏</mark>了，<mark>路灯</mark>！"},
		{"编号 ＱＬ－２０２６－００４２", "ql-2026-00", "编号 <mark>ＱＬ－２０２６－００</mark>４２"},
		{"Wi-Fi 与 unwifi wifi5", "wifi", "Wi-Fi 与 unwifi <mark>wifi</mark>5"},
		{"<script>灯</script>", "灯", "&lt;script&gt;<mark>灯</mark>&lt;/script&gt;"},
		{"a\"b'&", "b", "a&#34;<mark>b</mark>&#39;&amp;"},
		{"灯", "", "灯"},
		{"ﬁne", "f", "<mark>ﬁ</mark>ne"},
		{"灯灯灯", "灯灯", "<mark>灯灯</mark>灯"},
	} {
		if got := string(search.HTML(c.text, c.query)); got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.query, c.text, got, c.want)
		}
	}
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("一二三四五", 10) + "路灯不亮" + strings.Repeat("六七八九十", 10)
	if got := search.Snippet(long, "路灯", 12); got != "…三四五路灯不亮六七八九十…" {
		t.Error(got)
	}
	if got := search.Snippet(long, "没有", 5); got != "一二三四五…" {
		t.Error(got)
	}
	if got := search.Snippet("短\n句", "短", 5); got != "短 句" {
		t.Error(got)
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"文君街道": "wjjd", "临邛街道": "lqjd", "Ａ3 栋": "a3d", "陈婆婆（79）": "cpp79", "": "", "！？": ""} {
		if got := search.Initials(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
