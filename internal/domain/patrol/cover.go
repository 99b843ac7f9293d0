// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A Coverage is what of a round was covered.
type Coverage struct {
	Due    int
	Done   int
	Missed []Stop
}

// Add puts coverages together; what was missed is counted alone.
func (c Coverage) Add(o Coverage) Coverage {
	return Coverage{Due: c.Due + o.Due, Done: c.Done + o.Done}
}

// Cover says what of a round was covered: the stops that were due, at which an entry was
// made within the window, and, at a point, shown by its code, by having been near, or by a
// photo. An entry that came late counts by when it was made. Nobody's being in counts as
// having come.
func Cover(r Round, es []Entry) (c Coverage) {
	type spot struct{ point, visit id.ID }
	covered := map[spot]bool{}
	for _, e := range es {
		if e.Slot == r.Slot && e.Path[scope.Grid] == r.Grid() && e.Proved() && r.Hours.Contains(r.Slot, e.At) {
			covered[spot{e.Point, e.Visit}] = true
		}
	}
	for _, s := range r.Due {
		if !s.Counts() {
			continue
		}
		c.Due++
		if covered[spot{s.Point, s.Visit}] {
			c.Done++
		} else {
			c.Missed = append(c.Missed, s)
		}
	}
	return c
}
