// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"math"
	"slices"

	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
)

// A Stop is a point or a home that a round comes to, and what is due there.
type Stop struct {
	Point   id.ID   `json:"p,omitempty"`
	Visit   id.ID   `json:"v,omitempty"`
	Duties  []id.ID `json:"d,omitempty"`
	Matters []id.ID `json:"m,omitempty"` // open ones near by, to look at in passing
}

// Counts reports whether the stop is due: one with open matters alone is a reminder.
func (s Stop) Counts() bool { return len(s.Duties) > 0 }

// An Open is an open matter of the grid.
type Open struct {
	Matter id.ID
	At     geo.Point // zero if nobody said where
}

// A Ground is everything that a round is drawn up from.
type Ground struct {
	Slot   Slot
	Start  geo.Point // where the way begins: the grid's own point
	Points []Point   // that stand
	Visits []Visit   // that are agreed
	Duties []Duty    // that are given to the grid
	Open   []Open
}

// Plan is the round of a grid in a slot: what is due, in the order of the way. It is
// the one place where that is decided.
//
// A duty is due at a point of its kinds, or in the homes that agreed to it, when as many
// slots have passed since it was last done there as its frequency says; where it was
// never done, from a slot on that is spread by the point's number, so that not all come
// at once; and until it is done. An open matter is shown with the nearest point within
// [Beside] metres. The way goes from the start to the nearest point, from there to the
// nearest that is left, and so on; homes have no point here and come last.
func Plan(g Ground) []Stop {
	var stops []Stop
	at := map[id.ID]geo.Point{}
	for _, p := range g.Points {
		s := Stop{Point: p.ID}
		for _, d := range g.Duties {
			if d.Kind == AtPoint && slices.Contains(d.Points, p.Kind) && due(g.Slot, p.ID, d.ID, p.Since, p.Done, d.Often.Slots()) {
				s.Duties = append(s.Duties, d.ID)
			}
		}
		at[p.ID] = p.At
		for _, o := range g.Open {
			if nearestOf(g.Points, o.At) == p.ID {
				s.Matters = append(s.Matters, o.Matter)
			}
		}
		if s.Counts() || len(s.Matters) > 0 {
			slices.Sort(s.Duties)
			stops = append(stops, s)
		}
	}
	stops = route(g.Start, stops, at)
	var homes []Stop
	for _, v := range g.Visits {
		for _, d := range g.Duties {
			if d.Kind == AtHome && d.ID == v.Duty && due(g.Slot, v.ID, d.ID, v.Since, v.Done, Slot(2*v.Every)) {
				homes = append(homes, Stop{Visit: v.ID, Duties: []id.ID{d.ID}})
			}
		}
	}
	slices.SortFunc(homes, func(a, b Stop) int { return cmp.Compare(a.Visit, b.Visit) })
	return append(stops, homes...)
}

// Beside is how far an open matter may be from a point to be looked at from there.
const Beside = 150

// nearestOf is the nearest of the points within Beside metres; 0 if none is.
func nearestOf(ps []Point, q geo.Point) id.ID {
	best, most := id.ID(0), float64(Beside)
	if q == (geo.Point{}) {
		return 0
	}
	for _, p := range ps {
		if d := metres(p.At, q); d <= most {
			best, most = p.ID, d
		}
	}
	return best
}

// metres is how far two points are apart, in a plane that is good enough for a grid.
func metres(a, b geo.Point) float64 {
	const degree = 111_195.0
	x := (a[0] - b[0]) * degree * math.Cos((a[1]+b[1])/2*math.Pi/180)
	y := (a[1] - b[1]) * degree
	return math.Hypot(x, y)
}

// due decides whether a duty is due somewhere in the slot.
func due(s Slot, where, duty id.ID, since Slot, done Done, period Slot) bool {
	if last, ok := done[duty]; ok {
		return s-last >= period
	}
	return s >= since+spread(where, period)
}

// spread is how many slots after the beginning something is due for the first time.
func spread(where id.ID, period Slot) Slot {
	h := uint64(where) * 0x9e3779b97f4a7c15
	return Slot((h >> 33) % uint64(period))
}

// route puts stops in the order of the way: always to the nearest that is left. Of two
// equally near ones the smaller number is first.
func route(from geo.Point, stops []Stop, at map[id.ID]geo.Point) []Stop {
	slices.SortFunc(stops, func(a, b Stop) int { return cmp.Compare(a.Point, b.Point) })
	for i := range stops {
		best := i
		for j := i + 1; j < len(stops); j++ {
			if metres(from, at[stops[j].Point]) < metres(from, at[stops[best].Point]) {
				best = j
			}
		}
		s := stops[best]
		copy(stops[i+1:best+1], stops[i:best])
		stops[i], from = s, at[s.Point]
	}
	return stops
}
