// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// draw makes one matter as the simulation does: any situation that suits, with
// some slots known and others not.
func draw(rnd *rand.Rand) (Situation, Slots, Written) {
	for {
		s := All()[rnd.IntN(len(All()))]
		slots := Slots{Place: "宝塔社区"}
		if slots.Rural = s.Where == Rural || s.Where == Anywhere && rnd.IntN(2) == 0; slots.Rural {
			slots.Place = "文笔山村"
		}
		if rnd.IntN(3) == 0 {
			slots.Voice = pick(rnd, Voices())
		}
		if !s.Suits(slots.Rural, 1+rnd.IntN(12)) {
			continue
		}
		return s, slots, Write(rnd, s, slots)
	}
}

// fit holds what every text that leaves the package must be.
func fit(t *testing.T, where, text string, least, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n < least || n > most {
		t.Errorf("%s: %d characters: %s", where, n, text)
	}
	if strings.ContainsAny(text, "{}<>[]|") {
		t.Errorf("%s: something stays open: %s", where, text)
	}
	for _, twice := range []string{"，，", "。。", "。，", "，。", "！。", "？。", "、，", "：，", "  "} {
		if strings.Contains(text, twice) {
			t.Errorf("%s: %q in %s", where, twice, text)
		}
	}
	if strings.TrimSpace(text) != text {
		t.Errorf("%s: space around %q", where, text)
	}
}

// No two neighbours write alike: in six thousand matters every body is another,
// on several seeds. A Writer guarantees it; without one a body may come out twice
// in thousands.
func TestWriteSixThousand(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 2020))
			w := NewWriter(rnd)
			bodies, alone := map[string]string{}, map[string]bool{}
			for range 6000 {
				s, slots, one := draw(rnd)
				alone[one.Body] = true
				out := w.Write(s, slots)
				fit(t, s.Key+" body", out.Body, Shortest, Longest)
				fit(t, s.Key+" title", out.Title, 3, 40)
				if was, twice := bodies[out.Body]; twice {
					t.Errorf("%s and %s: two neighbours write: %s", was, s.Key, out.Body)
				}
				bodies[out.Body] = s.Key
				if out.Voice == Villager && !slots.Rural {
					t.Errorf("%s: a villager in town: %s", s.Key, out.Body)
				}
			}
			if n := len(alone); n < 5998 {
				t.Errorf("without a Writer only %d of 6000 bodies are different", n)
			}
		})
	}
}

// Even the same trouble is told differently each time.
func TestWriteOneSituationOften(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		rnd := rand.New(rand.NewPCG(3, 3))
		bodies := map[string]bool{}
		for range 60 {
			bodies[Write(rnd, s, Slots{Rural: s.Where == Rural}).Body] = true
		}
		if len(bodies) < 54 {
			t.Errorf("%s: sixty times told, only %d different", s.Key, len(bodies))
		}
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	one, other := rand.New(rand.NewPCG(42, 1)), rand.New(rand.NewPCG(42, 1))
	differ := 0
	third := rand.New(rand.NewPCG(43, 1))
	for range 500 {
		_, _, a := draw(one)
		_, _, b := draw(other)
		_, _, c := draw(third)
		if a.Title != b.Title || a.Body != b.Body || a.Voice != b.Voice {
			t.Fatalf("the same seed wrote\n%s\nand\n%s", a.Body, b.Body)
		}
		if a.Body != c.Body {
			differ++
		}
	}
	if differ < 490 {
		t.Errorf("another seed wrote the same in %d of 500", 500-differ)
	}
}

// A clerk counts: what the reporter said roughly has a figure, and the same one
// each time.
func TestSayIsExact(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(6, 6))
	said := map[string]string{"count": "七八"}
	for range 20 {
		if got := Say(rnd, must(t, "换了{count}盏"), said, Slots{}); got != "换了7盏" {
			t.Fatalf("the clerk says %s", got)
		}
	}
	if said["count"] != "七八" {
		t.Error("Say changed what was said")
	}
}

// What a clerk says later speaks of the same spot as the reporter did, and of
// the unit and the day the caller names.
func TestSayRemembers(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(5, 5))
	after := Slots{Unit: "市城管局", Worker: "刘师傅", Date: "11月3日"}
	for range 2000 {
		s, _, w := draw(rnd)
		for kind, list := range w.Then.all() {
			if kind == "title" || kind == "body" || kind == "detail" {
				continue
			}
			for _, x := range list {
				said := Say(rnd, x, w.Said, after)
				fit(t, s.Key+" "+kind, said, 4, Longest)
				if strings.Contains(x.String(), "{spot}") && !strings.ContainsAny(x.String(), "<[") && w.Said["spot"] != "" && !strings.Contains(said, w.Said["spot"]) {
					t.Errorf("%s: %s forgets %s: %s", s.Key, kind, w.Said["spot"], said)
				}
				if strings.HasPrefix(x.String(), "{date}") && !strings.HasPrefix(said, after.Date) {
					t.Errorf("%s: %s says another day: %s", s.Key, kind, said)
				}
			}
		}
	}
}

// The wanted voice is taken where the situation has it.
func TestWriteTakesTheWantedVoice(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(9, 9))
	for _, s := range All() {
		for _, b := range s.Bodies {
			rural := s.Where == Rural || !slices.ContainsFunc(s.In(false).Bodies, func(x Body) bool { return x.Voice == b.Voice })
			if got := Write(rnd, s, Slots{Voice: b.Voice, Rural: rural}).Voice; got != b.Voice {
				t.Errorf("%s: wanted %s, got %s", s.Key, b.Voice, got)
			}
		}
	}
}

// Seeds are bought where seeds are sold, whatever shop the caller names.
func TestWriteOwnWordsFirst(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(13, 13))
	for range 500 {
		s := pick(rnd, All())
		if len(s.Slots["shop"]) == 0 {
			continue
		}
		w := Write(rnd, s, Slots{Shop: "聚友麻将馆", Rural: s.Where == Rural})
		if shop, said := w.Said["shop"]; said && !slices.Contains(s.Slots["shop"], shop) {
			t.Errorf("%s happens at %s: %s", s.Key, shop, w.Body)
		} else if later := Say(rnd, must(t, "{shop}"), w.Said, Slots{Shop: "聚友麻将馆"}); said && later != shop {
			t.Errorf("%s: the clerk goes to %s, not to %s", s.Key, later, shop)
		}
	}
}

// Pools are whole texts too.
func TestSayPools(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 11))
	p := Shared()
	for name, list := range map[string][]Template{
		"extension": p.Extensions, "suspension": p.Suspensions, "urging": p.Urgings, "supervision": p.Supervisions, "reopening": p.Reopenings,
		"withdrawal": p.Withdrawals, "join": p.Joins, "supporter": p.Supporters, "callback": p.Callbacks, "verify": p.Verify, "solved": p.Solved, "unsolved": p.Unsolved,
	} {
		for _, x := range list {
			for range 20 {
				fit(t, name, Say(rnd, x, nil, Slots{}), 2, 200)
			}
		}
	}
	for _, w := range p.Whistles {
		fit(t, "whistle", Say(rnd, w.Topic, nil, Slots{}), 6, 60)
		fit(t, "whistle", Say(rnd, w.Reason, nil, Slots{}), 10, 120)
	}
	for _, m := range p.Moderated {
		fit(t, "moderated", Say(rnd, m.Before, nil, Slots{}), 6, 200)
		fit(t, "moderated", Say(rnd, m.After, nil, Slots{}), 6, 200)
	}
}
