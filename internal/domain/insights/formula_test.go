// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yuanba/internal/kit/errs"
	"yuanba/internal/locale"
)

// counts are sums with the given counts.
func counts(n map[Measure]int64) *Sums {
	s := newSums()
	for m, v := range n {
		if base, ok := strings.CutSuffix(string(m), ends); ok {
			s.n[place[base+in]] = v
			continue
		}
		s.n[place[string(m)]] = v
	}
	return s
}

func shipped(t *testing.T) Formulas {
	t.Helper()
	f, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The published figures of Tianmen: filed 996, to be closed 972, closed 911, on
// time 737.
func TestTianmen(t *testing.T) {
	t.Parallel()
	f := shipped(t)
	s := counts(map[Measure]int64{Filed: 996, Closed: 911, Closed + late: 911 - 737, Late + ends: 972 - 911})
	for code, want := range map[string]string{"closing": "93.72", "on_time": "75.82"} {
		r, ok := f.Rate(code)
		v := r.Work(s)
		if got := strconv.FormatFloat(100*v.Share, 'f', 2, 64); !ok || v.Of != 972 || got != want {
			t.Errorf("%s is %s of %d, want %s of 972", code, got, v.Of, want)
		}
	}
}

// Every shipped formula is sound, and its weights add up to one, as those of one
// published program do not.
func TestShippedFormulasAreSound(t *testing.T) {
	t.Parallel()
	f := shipped(t)
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Rates {
		if r.Name.ZH == "" || r.Name.EN == "" || r.What.ZH == "" || r.What.EN == "" || r.Source.ZH == "" || r.Source.EN == "" {
			t.Errorf("%s lacks words", r.Code)
		}
	}
	for _, m := range Measures() {
		if !locale.Words.Has(m.Key()) {
			t.Errorf("no word for %s", m)
		}
	}
	bad := shipped(t)
	bad.Scores[0].Parts[1].Weight = 0.1 // as in that program: the last term at a tenth of what it should be
	fault := errs.Public(bad.Check())
	if len(fault) != 1 || fault[0].Key != "insights.formula.sum" || fault[0].Field != "weight.unit" || fault[0].Args[1] != "0.8" {
		t.Errorf("weights of 0.8 in all: %v", fault)
	}
	bad = shipped(t)
	bad.Rates[0].Numerator = []Term{"closed", "-open_late"}
	if fault := errs.Public(bad.Check()); len(fault) != 1 || fault[0].Key != "insights.formula.measure" {
		t.Errorf("an unknown measure: %v", fault)
	}
}

// A unit's score by hand: rework 60 (90 points), closing 90/100, handled on time
// 80/100, rework rate 0.6, so 0.1·90 + 0.3·90 + 0.3·80 + 0.3·40 = 72.
func TestScoreByHand(t *testing.T) {
	t.Parallel()
	f := shipped(t)
	p := f.ScoresOf(ByUnit)[0].Work(f, counts(map[Measure]int64{Closed: 90, Late + ends: 10, Handled: 100, Handled + late: 20, Rework: 60}))
	if math.Abs(p.Points-72) > 1e-9 || !p.Known() || p.Low >= p.Points || p.High <= p.Points {
		t.Errorf("%+v", p)
	}
	if p := f.ScoresOf(ByUnit)[0].Work(f, newSums()); p.Known() {
		t.Error("who had nothing to do has points")
	}
	// without anything handled the other weights count in full: (0.1·100+0.3·50+0.3·100)/0.7
	p = f.ScoresOf(ByUnit)[0].Work(f, counts(map[Measure]int64{Closed: 1, Late + ends: 1}))
	if want := (10 + 15 + 30) / 0.7; math.Abs(p.Points-want) > 1e-9 {
		t.Errorf("%v, want %v", p.Points, want)
	}
}

// A period is cut into months and days without gap or overlap.
func TestPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		from := Day(rapid.Int64Range(18000, 19000).Draw(rt, "from"))
		to := from + Day(rapid.Int64Range(0, 800).Draw(rt, "days"))
		seen := map[Day]int{}
		for _, p := range pieces(from, to) {
			if p.span == days {
				for d := p.lo; d < p.hi; d++ {
					seen[Day(d)]++
				}
				continue
			}
			for d := firstOfMonth(p.lo); d < firstOfMonth(p.hi); d++ {
				seen[d]++
			}
		}
		for d := from - 40; d < to+40; d++ {
			if want := d >= from && d < to; (seen[d] == 1) != want || seen[d] > 1 {
				rt.Fatalf("%s to %s: %s is counted %d times", from, to, d, seen[d])
			}
		}
	})
}
