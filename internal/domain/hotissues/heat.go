// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"math"
	"time"
)

// Weights of the heat. They are published, with the formula, in docs/hot.md and
// on the page of every issue:
//
//	heat = max(voices/2, voices + Support × √supporters) × growth
//
// voices counts each different person once, by how long ago they last wrote:
// a half and another half that halves every HalfLife. supporters is by how many
// more people like the messages than do not; if it is less than none, the root is
// taken away. growth compares the last Window with the windows before, at the
// same place: 1 + Growth × log₂((now + 1) / (usual + 1)), between Least and Most.
var Weights = struct {
	HalfLife time.Duration
	Support  float64
	Window   time.Duration
	Windows  int // so many windows before are the usual, the nearer counting more
	Fade     float64
	Growth   float64
	Least    float64
	Most     float64
}{
	HalfLife: 30 * 24 * time.Hour, Support: 1, Window: 14 * 24 * time.Hour, Windows: 13, Fade: 0.8, Growth: 0.25, Least: 0.75, Most: 2,
}

// A Heat is how hot an issue is, with everything it is made of.
type Heat struct {
	Total      float64
	People     int     // different people who wrote
	Messages   int     // that they wrote
	Voices     float64 // the people, by how long ago they last wrote
	Supporters int     // likes less dislikes
	Now        int     // people who wrote in the last window
	Usual      float64 // of a window before, the nearer counting more
	Growth     float64
	Chance     float64 // how likely so many or more would be by chance if all were as usual
}

// heatOf is the heat of messages at a time.
func heatOf(ms []*Message, now time.Time) Heat {
	w := Weights
	h := Heat{Messages: len(ms)}
	last := map[string]time.Time{}
	windows := make([]map[string]bool, w.Windows+1)
	oldest := 0
	for _, m := range ms {
		p := m.person()
		if t, ok := last[p]; !ok || m.At.After(t) {
			last[p] = m.At
		}
		h.Supporters += m.net()
		n := int(max(0, now.Sub(m.At)) / w.Window)
		if n <= w.Windows {
			if windows[n] == nil {
				windows[n] = map[string]bool{}
			}
			windows[n][p] = true
		}
		oldest = max(oldest, n)
	}
	h.People = len(last)
	// Whole days, added by how many there are of each, so that the sum is the same
	// in every order.
	days := map[int]int{}
	most := 0
	for _, t := range last {
		d := int(max(0, now.Sub(t)) / (24 * time.Hour))
		days[d]++
		most = max(most, d)
	}
	for d := 0; d <= most; d++ {
		if n := days[d]; n > 0 {
			h.Voices += float64(n) * (0.5 + 0.5*math.Exp2(-float64(d)*24/w.HalfLife.Hours()))
		}
	}
	h.Now = len(windows[0])
	var sum, weights float64
	for n, f := 1, 1.0; n <= w.Windows; n, f = n+1, f*w.Fade {
		sum += f * float64(len(windows[n]))
		weights += f
	}
	h.Usual = sum / weights
	h.Growth = min(w.Most, max(w.Least, 1+w.Growth*math.Log2((float64(h.Now)+1)/(h.Usual+1))))
	h.Chance = poisson(h.Now, max(h.Usual, 1/weights))
	root := math.Copysign(math.Sqrt(math.Abs(float64(h.Supporters))), float64(h.Supporters))
	h.Total = round(max(h.Voices/2, h.Voices+w.Support*root) * h.Growth)
	h.Voices, h.Usual, h.Growth = round(h.Voices), round(h.Usual), round(h.Growth)
	return h
}

func round(x float64) float64 { return math.Round(x*100) / 100 }

// poisson is how likely n or more are if usual are usual.
func poisson(n int, usual float64) float64 {
	below, term := 0.0, math.Exp(-usual)
	for k := range n {
		below += term
		term *= usual / float64(k+1)
	}
	return max(0, 1-below)
}
