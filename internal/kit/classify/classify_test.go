// SPDX-License-Identifier: Apache-2.0

package classify_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"yuanba/internal/kit/classify"
)

// kinds are what the examples are about: the words of each, and those of all.
var kinds = map[string][]string{
	"lamps":   {"路灯", "不亮", "灯杆", "照明", "线路", "晚上"},
	"water":   {"自来水", "停水", "水管", "水压", "漏水", "水表"},
	"schools": {"学校", "老师", "学费", "补课", "校车", "幼儿园"},
}

var common = []string{"小区", "门口", "情况", "希望", "解决", "居民", "反映", "部门", "时间", "已经"}

// examples makes n texts, cut into words or as written, of which a few are of
// another kind than their label says.
func examples(n int, cut bool, seed uint64) []classify.Example {
	chance := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // repeatable
	names := []string{"lamps", "schools", "water"}
	var es []classify.Example
	for range n {
		label := names[chance.IntN(len(names))]
		var words []string
		for range 12 {
			from := common
			if chance.IntN(3) == 0 {
				from = kinds[label]
			}
			words = append(words, from[chance.IntN(len(from))])
		}
		words = append(words, kinds[label][chance.IntN(6)])
		e := classify.Example{Label: label}
		if cut {
			e.Tokens = words
		} else {
			e.Title, e.Body = words[0]+"的"+words[12], strings.Join(words, "，我们")
		}
		es = append(es, e)
	}
	return es
}

func trained(t testing.TB, es []classify.Example) *classify.Model {
	t.Helper()
	m, err := classify.Train(context.Background(), es, classify.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Whether the examples were cut or not, texts of both kinds are put where they
// belong, also those with words between that no cut example has.
func TestBothKindsOfText(t *testing.T) {
	t.Parallel()
	for _, cut := range []bool{true, false} {
		m := trained(t, examples(300, cut, 1))
		for _, asked := range []bool{true, false} {
			r := m.Measure(examples(300, asked, 2))
			if r.Accuracy < 0.97 {
				t.Errorf("trained on cut=%v, asked cut=%v: accuracy %.3f", cut, asked, r.Accuracy)
			}
		}
	}
}

func TestSameExamplesSameModel(t *testing.T) {
	t.Parallel()
	a, err := trained(t, examples(200, true, 1)).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	b, err := trained(t, examples(200, true, 1)).MarshalBinary()
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("two models of the same examples differ (%d and %d bytes, %v)", len(a), len(b), err)
	}
}

func TestStoredModelGuessesTheSame(t *testing.T) {
	t.Parallel()
	for _, cut := range []bool{true, false} {
		m := trained(t, examples(300, cut, 1))
		b, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("路灯")) {
			t.Error("a word of the examples stands in the stored model")
		}
		var again classify.Model
		if err := again.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		for _, e := range append(examples(50, true, 3), examples(50, false, 3)...) {
			if x, y := m.Guess(e.Text), again.Guess(e.Text); x != y {
				t.Fatalf("guess %v, after storing %v", x, y)
			}
		}
		for _, at := range []int{0, len(b) / 2, len(b) - 1} {
			broken := bytes.Clone(b)
			broken[at] ^= 4
			if err := new(classify.Model).UnmarshalBinary(broken); !errors.Is(err, classify.ErrFormat) {
				t.Errorf("byte %d altered: %v", at, err)
			}
		}
	}
}

func TestExplains(t *testing.T) {
	t.Parallel()
	text := classify.Text{Title: "路灯的照明", Body: "小区门口晚上路灯不亮，希望部门解决"}
	for _, cut := range []bool{true, false} {
		m := trained(t, examples(300, cut, 1))
		if g := m.Guess(text); g.Label != "lamps" || g.Confidence < 0.6 {
			t.Errorf("guess %v", g)
		}
		why := m.Explain(text, "lamps", 3)
		if len(why) != 3 {
			t.Fatalf("%d words speak for it, want 3: %v", len(why), why)
		}
		for _, e := range why {
			if !strings.Contains(text.Title+text.Body, e.Words) || e.Weight <= 0 {
				t.Errorf("%q with weight %v is no word of the text", e.Words, e.Weight)
			}
			if strings.Contains(e.Words, "希望") || strings.Contains(e.Words, "部门") {
				t.Errorf("%q speaks for lamps no more than for water", e.Words)
			}
		}
		if m.Explain(text, "nobody", 3) != nil {
			t.Error("an unknown label is explained")
		}
	}
}

// The confidence means what it says: of guesses with much of it more are right
// than of those with little, and on the whole as many as it promises.
func TestConfidence(t *testing.T) {
	t.Parallel()
	es := examples(900, false, 1)
	chance := rand.New(rand.NewPCG(9, 9)) //nolint:gosec // repeatable
	blur := func(es []classify.Example) {
		for i := range es { // one in three has a label by chance
			if chance.IntN(3) == 0 {
				es[i].Label = []string{"lamps", "schools", "water"}[chance.IntN(3)]
			}
		}
	}
	blur(es)
	m := trained(t, es)
	asked := examples(900, false, 4)
	blur(asked)
	promised, right := 0.0, 0.0
	for _, e := range asked {
		g := m.Guess(e.Text)
		promised += g.Confidence
		if g.Label == e.Label {
			right++
		}
	}
	if d := (promised - right) / 900; d > 0.08 || d < -0.08 {
		t.Errorf("promised %.0f right ones of 900, %.0f were", promised, right)
	}
}

// What the words do not say, a mark beside them may.
func TestMarks(t *testing.T) {
	t.Parallel()
	es := examples(300, false, 1)
	for i := range es {
		es[i].Title, es[i].Marks = "", []string{"town:" + []string{"east", "west"}[i%2]}
		es[i].Label = []string{"office-east", "office-west"}[i%2]
	}
	m := trained(t, es)
	for town, want := range map[string]string{"town:east": "office-east", "town:west": "office-west"} {
		if g := m.Guess(classify.Text{Body: es[0].Body, Marks: []string{town}}); g.Label != want {
			t.Errorf("%s: %v", town, g)
		}
	}
}

func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		es   []classify.Example
		want error
	}{
		{nil, classify.ErrNoExamples},
		{[]classify.Example{{Label: "a"}, {Label: "a"}}, classify.ErrOneLabel},
	} {
		if _, err := classify.Train(context.Background(), c.es, classify.Options{}); !errors.Is(err, c.want) {
			t.Errorf("%d examples: %v, want %v", len(c.es), err, c.want)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := classify.Train(ctx, examples(100, true, 1), classify.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	m := trained(t, examples(300, false, 1))
	text := classify.Text{Body: "水管漏水，水压不够"}
	gs := m.Rank(text, 9)
	sum := 0.0
	for _, g := range gs {
		sum += g.Confidence
	}
	if len(gs) != 3 || gs[0] != m.Guess(text) || sum < 0.999 || sum > 1.001 {
		t.Errorf("ranked %v, first guess %v", gs, m.Guess(text))
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	r := classify.Compare([]string{"a", "a", "a", "b", "b"}, []string{"a", "a", "b", "b", "c"})
	got := fmt.Sprintf("%v %d/%d %.4f %.4f", r.Labels, r.Right, r.Texts, r.Accuracy, r.MacroF1)
	// a: precision 1, recall 2/3, F1 0.8; b: 1/2, 1/2, 0.5; c occurs in no example
	if want := "[a b c] 3/5 0.6000 0.6500"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if e := r.Each[0]; e.Precision != 1 || e.Support != 3 || e.F1 < 0.799 || e.F1 > 0.801 {
		t.Errorf("a: %+v", e)
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, cut := range []bool{true, false} {
		b, err := trained(f, examples(60, cut, 1)).MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("yuanba classify\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = classify.Summed(b) // with a checksum that fits, so that more than it is tried
		var m classify.Model
		if m.UnmarshalBinary(b) != nil {
			return
		}
		g := m.Guess(classify.Text{Title: "路灯 lamp", Body: "路灯不亮，水管漏水"})
		m.Explain(classify.Text{Tokens: []string{"路灯", "x"}}, g.Label, 3)
	})
}

// BenchmarkGuess guesses the label of messages of some 400 characters, as long as
// those that people write to a town. One processor does at least 50,000 a second:
// go test ./internal/kit/classify -run '^$' -bench . -cpu 1
func BenchmarkGuess(b *testing.B) {
	for _, cut := range []bool{true, false} {
		b.Run(map[bool]string{true: "cut", false: "runs"}[cut], func(b *testing.B) {
			es := long(8_000, cut)
			m := trained(b, es)
			asked := long(500, false)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Guess(asked[i%len(asked)].Text)
				i++
			}
		})
	}
}

// long makes texts with as many different words as a town's messages have.
func long(n int, cut bool) []classify.Example {
	chance := rand.New(rand.NewPCG(510183, 1)) //nolint:gosec // repeatable
	word := func(i int) string {
		w := string(rune(0x4e00 + i*7%6_000))
		for k := range 1 + i%2 {
			w += string(rune(0x4e00 + (i*31+k*17)%6_000))
		}
		return w
	}
	often := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 1.1, 20, 60_000) //nolint:gosec // repeatable
	var es []classify.Example
	for range n {
		label := chance.IntN(7)
		var words []string
		for range 140 {
			w := int(often.Uint64()) //nolint:gosec // below 60,000
			if chance.IntN(4) == 0 {
				w += 7 - w%7 + label
			}
			words = append(words, word(w))
		}
		e := classify.Example{Label: string(rune('a' + label))}
		if cut {
			e.Tokens = words
		} else {
			e.Title, e.Body = strings.Join(words[:8], ""), strings.Join(words[8:], "的")
		}
		es = append(es, e)
	}
	return es
}
