// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/cluster"
	_ "yuanba/internal/locale" // the words of errors
)

// told is everything of the issues that could depend on the order, as one text.
func told(ms []Message, is []Issue) string {
	var b strings.Builder
	for _, i := range is {
		fmt.Fprint(&b, i.Rank, i.Heat, i.Name, i.Place, i.Words, i.From, i.To)
		for k, m := range i.Members {
			fmt.Fprint(&b, " ", ms[m].ID, "=", i.Scores[k])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func shuffled(ms []Message, seed uint64) []Message {
	out := slices.Clone(ms)
	rand.New(rand.NewPCG(seed, 5)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// Planted groups of three to forty among a thousand who write alone are found,
// each nearly whole and nearly pure, and every name says where and what.
func TestPlanted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			sizes := []int{40, 30, 20, 20, 12, 12, 8, 8, 8, 5, 5, 5, 4, 4, 3, 3, 3}
			p := plant(seed, sizes, 1000)
			is := Find(p.all, Options{})
			both, wrong, pairs := 0, 0, 0
			for _, n := range sizes {
				pairs += n * (n - 1) / 2
			}
			for _, i := range is {
				for k, a := range i.Members {
					for _, b := range i.Members[:k] {
						if x := p.truth[p.all[a].ID]; x != "" && x == p.truth[p.all[b].ID] {
							both++
						} else {
							wrong++
						}
					}
				}
				if !utf8.ValidString(i.Name) || utf8.RuneCountInString(i.Name) < 4 {
					t.Errorf("name %q", i.Name)
				}
				if len(i.Members) >= 8 && !strings.Contains(i.Name, i.Place) {
					t.Errorf("the name %q does not say where: %q", i.Name, i.Place)
				}
			}
			precision, recall := float64(both)/float64(both+wrong), float64(both)/float64(pairs)
			t.Logf("precision %.3f, recall %.3f of pairs", precision, recall)
			if precision < 0.9 || recall < 0.9 {
				t.Errorf("precision %.3f, recall %.3f of pairs", precision, recall)
			}
			want := told(p.all, is)
			for s := range uint64(4) {
				ms := shuffled(p.all, s)
				if got := told(ms, Find(ms, Options{})); got != want {
					t.Fatal("another order of the rows, another list")
				}
			}
		})
	}
}

// The same words about other places are not one issue, however many there are.
func TestOtherPlaces(t *testing.T) {
	t.Parallel()
	var ms []Message
	for i, place := range []string{"丽景新城", "桂花苑", "金星小区", "阳光家园", "月湖公馆", "万科山庄"} {
		for j := range 3 {
			id := fmt.Sprint(i, "-", j)
			ms = append(ms, Message{ID: id, User: id, Subject: place + "电梯坏了半个月没人修", Detail: "老人下不了楼，物业不管，请尽快修好电梯。", At: time.Date(2026, 3, 1+j, 9, 0, 0, 0, time.UTC)})
		}
	}
	is := Find(ms, Options{})
	if len(is) != 6 {
		t.Fatalf("%d issues of six places", len(is))
	}
	for _, i := range is {
		if len(i.Members) != 3 || !strings.HasPrefix(ms[i.Members[0]].Subject, i.Place) {
			t.Errorf("%s %v", i.Name, i.Members)
		}
	}
}

// Who writes ten times counts once, alone makes no issue, and does not lift an
// issue over one of more people.
func TestOneWhoWritesOften(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var ms []Message
	for i := range 10 {
		ms = append(ms, Message{ID: fmt.Sprint("often", i), User: "one", Subject: "丽景新城楼下烧烤油烟太大", Detail: "每天晚上油烟熏人。", At: at.Add(time.Duration(i) * time.Hour)})
	}
	if is := Find(ms, Options{}); len(is) != 0 {
		t.Fatalf("one person makes an issue: %v", is)
	}
	ms = append(ms, Message{ID: "second", User: "two", Subject: "丽景新城烧烤店油烟扰民", At: at})
	for i := range 4 {
		ms = append(ms, Message{ID: fmt.Sprint("dog", i), User: fmt.Sprint("dog", i), Subject: "桂花苑流浪狗咬人", Detail: "流浪狗成群，老人不敢出门。", At: at.Add(time.Duration(i) * time.Hour)})
	}
	is := Find(ms, Options{})
	if len(is) != 2 || is[0].Heat.People != 4 || is[1].Heat.People != 2 || is[1].Heat.Messages != 11 {
		t.Fatalf("%+v", is)
	}
}

func TestHeat(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	some := func(n, daysAgo, likes, dislikes int) []*Message {
		var out []*Message
		for i := range n {
			out = append(out, &Message{ID: fmt.Sprint(daysAgo, i), User: fmt.Sprint("u", daysAgo, i), At: now.AddDate(0, 0, -daysAgo), Likes: likes, Dislikes: dislikes})
		}
		return out
	}
	heat := func(ms ...[]*Message) float64 { return heatOf(slices.Concat(ms...), now).Total }
	for _, c := range []struct {
		what        string
		more, fewer float64
	}{
		{"more people", heat(some(6, 3, 0, 0)), heat(some(5, 3, 0, 0))},
		{"likes", heat(some(5, 3, 2, 0)), heat(some(5, 3, 0, 0))},
		{"dislikes", heat(some(5, 3, 0, 0)), heat(some(5, 3, 0, 2))},
		{"recent", heat(some(5, 3, 0, 0)), heat(some(5, 80, 0, 0))},
		{"growing", heat(some(5, 3, 0, 0), some(1, 40, 0, 0)), heat(some(1, 3, 0, 0), some(5, 40, 0, 0))},
	} {
		if c.more <= c.fewer {
			t.Errorf("%s: %v is not more than %v", c.what, c.more, c.fewer)
		}
	}
	// Five people three days ago, nobody before: as docs/hot.md computes it.
	h := heatOf(some(5, 3, 0, 0), now)
	if h.Voices != 4.83 || h.Now != 5 || h.Usual != 0 || h.Growth != 1.65 || h.Total != 7.96 {
		t.Errorf("%+v", h)
	}
	if h := heatOf(some(4, 3, 0, 100), now); h.Total < 3 {
		t.Errorf("four people whom many contradict: %+v", h)
	}
}

func TestGap(t *testing.T) {
	t.Parallel()
	var ms []Message
	for i, d := range []int{0, 2, 4, 300, 302, 304} {
		ms = append(ms, Message{ID: fmt.Sprint(i), User: fmt.Sprint(i), Subject: "丽景新城停水三天无人通知", Detail: "停水", At: time.Date(2025, 1, 1+d, 9, 0, 0, 0, time.UTC)})
	}
	if is := Find(ms, Options{}); len(is) != 2 || len(is[0].Members) != 3 {
		t.Errorf("half a year without a word: %v", is)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"A市A7县丽发新城小区附近搅拌站扬尘": "a市 a7县 丽发新城",
		"魅力之城小区一楼油烟扰民":       "魅力之城",
		"反映五矿万境K9县房子质量问题":    "五矿万境k9县",
		"金星北路与汇金路交叉口红绿灯":     "金星北路 汇金路",
		"村民到村委会反映路灯不亮":       "",
		"高速公路边的停车场":          "",
		"出租车司机罢运":            "出租车司机",
	} {
		w := write(text)
		g := &gazetteer{cluster.NewTally()}
		g.count(w)
		g.count(w) // two texts say so
		names, _ := g.namesOf(w)
		var got []string
		for _, n := range names {
			got = append(got, n.text)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	file := "\ufeffdetail,time,id,subject,likes,user,dislikes\n" +
		"水压低,2019/1/2  9:05:00,007,停水,3,U1,\n" +
		"x,昨天,8,停水,,U2,\n" +
		"\"两行\n的话\",2019-01-03,9,停水,,,1\n" +
		"x,2019-01-03,7a,停水,many,U2,0\n" +
		"x,2019-01-03,10\n" +
		"x,2019-01-03,007,停水,,U2,0\n"
	var lines []int
	ms, err := ReadFile(strings.NewReader(file), func(line int, err error) { lines = append(lines, line) })
	if err != nil || len(ms) != 2 || !slices.Equal(lines, []int{3, 6, 7, 8}) {
		t.Fatalf("%v %v %v", ms, lines, err)
	}
	if m := ms[0]; m.ID != "007" || m.Likes != 3 || m.User != "U1" || m.At.Format(time.DateTime) != "2019-01-02 01:05:00" {
		t.Errorf("%+v", m)
	}
	for _, bad := range []string{"", "id,subject\n1,x\n", "id,subject,time,id\n"} {
		if _, err := ReadFile(strings.NewReader(bad), nil); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// On real messages: the list is the same in any order, and no issue of one person.
func TestRealMessages(t *testing.T) {
	t.Parallel()
	f, err := os.Open("../../../../shared/data/messages/messages_with_replies_2816.csv.gz")
	if err != nil {
		t.Skip("no real messages: ../shared/data is not here")
	}
	defer f.Close()
	ms, err := ReadFile(f, func(line int, err error) { t.Errorf("row %d: %v", line, err) })
	if err != nil || len(ms) != 2816 {
		t.Fatal(len(ms), err)
	}
	is := Find(ms, Options{})
	members, most := 0, 0
	for _, i := range is {
		members += len(i.Members)
		most = max(most, len(i.Members))
		if i.Heat.People < 2 {
			t.Error("an issue of one person")
		}
	}
	t.Logf("%d issues of %d messages, the largest of %d", len(is), members, most)
	other := shuffled(ms, 1)
	if told(ms, is) != told(other, Find(other, Options{})) {
		t.Error("another order of the rows, another list")
	}
}

func BenchmarkFind5000(b *testing.B) { benchmark(b, 5000) }

func BenchmarkFind50000(b *testing.B) { benchmark(b, 50000) }

func benchmark(b *testing.B, n int) {
	var ms []Message
	for seed := uint64(0); len(ms) < n; seed++ {
		p := plant(seed, []int{40, 20, 10, 5}, 2425)
		for _, m := range p.all {
			m.ID = fmt.Sprint(seed, "-", m.ID)
			m.User = m.ID
			ms = append(ms, m)
		}
	}
	for b.Loop() {
		Find(ms, Options{})
	}
}
