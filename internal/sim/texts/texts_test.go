// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"
)

// channels are those of package matters through which residents speak.
var channels = []string{"web", "phone", "desk", "grid", "letter", "meeting"}

// given are the slots that the caller or the package itself fills.
var given = []string{"place", "road", "otherroad", "courtyard", "shop", "spot", "block", "group", "unit", "worker", "date", "when", "surname"}

// all names every template of a situation and what kind of text it is.
func (s Situation) all() map[string][]Template {
	m := map[string][]Template{
		"title": s.Titles, "detail": s.Details, "handling": s.Handling, "note": s.Notes, "verify": s.Verify,
		"decline": s.Declines, "return": s.Returns, "solved": s.Solved, "unsolved": s.Unsolved,
	}
	for _, b := range s.Bodies {
		m["body"] = append(m["body"], b.Text)
	}
	for _, a := range s.Asks {
		m["ask"] = append(m["ask"], a.Question, a.Answer)
	}
	return m
}

func TestSituations(t *testing.T) {
	t.Parallel()
	least := map[string]int{"title": 2, "body": 2, "detail": 1, "handling": 2, "note": 1, "verify": 1, "decline": 1, "return": 1, "solved": 1, "unsolved": 1}
	if n := len(All()); n < 320 {
		t.Errorf("%d situations, want 320", n)
	}
	told := map[string]string{}
	for _, s := range All() {
		texts := s.all()
		for kind, n := range least {
			if len(texts[kind]) < n {
				t.Errorf("%s: %d of %s, want %d", s.Key, len(texts[kind]), kind, n)
			}
		}
		for _, kind := range []string{"title", "body", "handling"} {
			for _, x := range texts[kind] {
				if was := told[x.String()]; was != "" {
					t.Errorf("%s says what %s says: %s", s.Key, was, x)
				}
				told[x.String()] = s.Key
			}
		}
		if !slices.ContainsFunc(s.Bodies, func(b Body) bool { return b.Voice != Villager }) && s.Where != Rural {
			t.Errorf("%s: only villagers tell it, but it can happen in town", s.Key)
		}
		for _, rural := range []bool{true, false} {
			if rural && s.Where == Urban || !rural && s.Where == Rural {
				continue
			}
			in := s.In(rural)
			if len(in.Bodies) == 0 {
				t.Errorf("%s: nobody tells it in places with rural %v", s.Key, rural)
			}
			for _, b := range in.Bodies {
				for kind, list := range in.with(b.Text).all() {
					if kind != "detail" && kind != "ask" && len(list) == 0 {
						t.Errorf("%s: no %s for: %s (rural %v)", s.Key, kind, b.Text, rural)
					}
				}
			}
		}
		if len(s.In(s.Where == Rural).Bodies)+len(s.In(s.Where != Urban).Bodies) < len(s.Bodies) {
			t.Errorf("%s: a way to tell it is never used", s.Key)
		}
		for _, b := range s.Bodies {
			if !slices.Contains(Voices(), b.Voice) {
				t.Errorf("%s: unknown voice %q", s.Key, b.Voice)
			}
		}
		for _, c := range s.Channels {
			if !slices.Contains(channels, c) {
				t.Errorf("%s: unknown channel %q", s.Key, c)
			}
		}
		for _, m := range s.Months {
			if m < 1 || m > 12 {
				t.Errorf("%s: month %d", s.Key, m)
			}
		}
		if len(s.Asks) > 2 || !slices.Contains([]Where{Anywhere, Urban, Rural}, s.Where) {
			t.Errorf("%s: %d asks, where %q", s.Key, len(s.Asks), s.Where)
		}
	}
}

// Every slot in every text has words, so that nothing stays open.
func TestSlotsHaveWords(t *testing.T) {
	t.Parallel()
	known := func(name string, own map[string][]string) bool {
		return slices.Contains(given, name) || len(own[name]) > 0 || len(Shared().Slots[name]) > 0
	}
	for _, s := range All() {
		for kind, list := range s.all() {
			for _, x := range list {
				for _, name := range x.slots {
					if !known(name, s.Slots) {
						t.Errorf("%s: %s has no words for {%s}: %s", s.Key, kind, name, x)
					}
				}
			}
		}
	}
	p := Shared()
	lists := [][]Template{p.UrbanSpots, p.RuralSpots, p.Extensions, p.Suspensions, p.Urgings, p.Supervisions, p.Reopenings, p.Withdrawals,
		p.Joins, p.Supporters, p.Callbacks, p.Verify, p.Solved, p.Unsolved}
	for _, m := range []map[string][]Template{p.Openings, p.Closings, p.Slots, p.Particulars} {
		for _, l := range m {
			lists = append(lists, l)
		}
	}
	for _, w := range p.Whistles {
		lists = append(lists, append([]Template{w.Topic, w.Reason}, w.Answers...))
	}
	for _, m := range p.Moderated {
		lists = append(lists, []Template{m.Before, m.After})
	}
	for _, l := range lists {
		for _, x := range l {
			for _, name := range x.slots {
				if !known(name, nil) {
					t.Errorf("pools: no words for {%s}: %s", name, x)
				}
			}
		}
	}
}

// The catalogue and the texts speak of the same categories.
func TestEveryCategoryHasSituations(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../domain/matters/categories.json")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue struct {
		Categories []struct {
			Code   string `json:"code"`
			Public bool   `json:"public"`
		} `json:"categories"`
	}
	if err := json.Unmarshal(b, &catalogue); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, c := range catalogue.Categories {
		codes = append(codes, c.Code)
		if n := len(Of(c.Code)); n < 3 {
			t.Errorf("%s: %d situations, want 3", c.Code, n)
		}
	}
	for _, c := range Categories() {
		if !slices.Contains(codes, c) {
			t.Errorf("%s is no category", c)
		}
	}
}

func TestPools(t *testing.T) {
	t.Parallel()
	p := Shared()
	for name, got := range map[string][2]int{
		"courtyards": {len(p.Courtyards), 120}, "roads": {len(p.Roads), 60}, "shops": {len(p.Shops), 30}, "supporters": {len(p.Supporters), 80},
		"whistles": {len(p.Whistles), 10}, "moderated": {len(p.Moderated), 8}, "surnames": {len(p.Surnames), 60}, "extensions": {len(p.Extensions), 8},
		"suspensions": {len(p.Suspensions), 6}, "urgings": {len(p.Urgings), 6},
	} {
		if got[0] < got[1] {
			t.Errorf("%d %s, want %d", got[0], name, got[1])
		}
	}
	for name, list := range map[string][]string{"courtyards": p.Courtyards, "roads": p.Roads, "shops": p.Shops} {
		if n := len(slices.Compact(slices.Sorted(slices.Values(list)))); n != len(list) {
			t.Errorf("%d %s stand twice", len(list)-n, name)
		}
	}
	units := strings.Fields(`urban-management water housing transport police civil-affairs hr health education agriculture market ecology
		emergency power gas telecom natural-resources village street`)
	for _, w := range p.Whistles {
		for _, u := range w.Units {
			if !slices.Contains(units, u) || len(w.Units) < 3 || len(w.Answers) < 2 {
				t.Errorf("whistle %s: units %v, %d answers", w.Topic, w.Units, len(w.Answers))
			}
		}
	}
	for _, v := range Voices() {
		if len(p.Openings[string(v)]) == 0 || len(p.Closings[string(v)]) == 0 {
			t.Errorf("voice %s does not open or does not close", v)
		}
	}
	for hour := range 24 {
		if !slices.ContainsFunc(p.Whens, func(w When) bool { return hour >= w.After && hour < w.Until }) {
			t.Errorf("nothing has happened lately at %d o'clock", hour)
		}
	}
}

// cast are the names of the design, which generated residents must not bear.
var cast = []string{"周敏", "陈婆婆", "李网格", "王主任", "赵调度", "孙书记"}

func TestNames(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 7))
	seen := map[string]bool{}
	for _, g := range []Generation{Old, Middle, Young, Child} {
		for _, female := range []bool{true, false} {
			for range 500 {
				name := Name(rnd, g, female)
				if n := utf8.RuneCountInString(name); n < 2 || n > 4 || slices.Contains(cast, name) {
					t.Errorf("name %q", name)
				}
				seen[name] = true
			}
		}
	}
	if len(seen) < 2500 {
		t.Errorf("only %d different names among 4000", len(seen))
	}
	for name := range map[string]bool{Worker(rnd): true} {
		if utf8.RuneCountInString(name) < 2 {
			t.Errorf("worker %q", name)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"<a", "<a>", "[a", "[]", "{a", "{}", "{a b}", "a|b", "a>b", "a]", "}", "<a|[b>", "{<a|b>}", "(a", "()a", "(z)a"} {
		if x, err := Parse(bad); err == nil {
			t.Errorf("%q is read as %v", bad, x)
		}
	}
	x, err := Parse("<a|b[c]><|{s}><x|y|<1|2>>")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for i := range uint64(400) {
		got[x.fill(rand.New(rand.NewPCG(i, 1)), func(string) string { return "S" })] = true
	}
	if len(got) != 3*2*4 {
		t.Errorf("%d different texts, want 24: %v", len(got), got)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"an open choice":       `[{"category":"a","situations":[{"titles":["<a"]}]}]`,
		"an unknown field":     `[{"category":"a","titel":[]}]`,
		"a category twice":     `[{"category":"a"},{"category":"a"}]`,
		"a category unnamed":   `[{"category":""}]`,
		"something else again": `{`,
	} {
		from := fstest.MapFS{"data/pools.json": {Data: []byte(`{}`)}, "data/x.json": {Data: []byte(file)}}
		if _, err := read(from); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

func TestSuits(t *testing.T) {
	t.Parallel()
	s := Situation{Where: Rural, Months: []int{4, 5}}
	for _, c := range []struct {
		rural bool
		month int
		want  bool
	}{{true, 4, true}, {true, 6, false}, {false, 4, false}} {
		if got := s.Suits(c.rural, c.month); got != c.want {
			t.Errorf("Suits(%v, %d) = %v", c.rural, c.month, got)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	early := Slots{At: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)}
	for range 200 {
		if said := Say(rnd, must(t, "{when}"), nil, early); strings.HasPrefix(said, "今") {
			t.Errorf("%q is said at six in the morning", said)
		}
	}
}

func must(t *testing.T, source string) Template {
	t.Helper()
	x, err := Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func FuzzParse(f *testing.F) {
	f.Add("(a)<路灯|灯>[又]坏了，在{road}")
	f.Add("<<<[{")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := Parse(s); err == nil && p.String() != s {
			t.Errorf("%q became %q", s, p)
		}
	})
}
