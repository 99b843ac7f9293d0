// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"slices"
	"strings"
)

// A Measure is something that is counted. Its name is the message
// "insights.measure." and its key. One with Timed also has a count of those that
// came late, under its key and "_late".
type Measure string

// What happened, each counted at the moment it happened, for whoever did it and
// where the matter was then.
const (
	Raised       Measure = "raised"
	Accepted     Measure = "accepted" // timed
	Declined     Measure = "declined"
	GridAccepted Measure = "grid_accepted" // of what grid workers reported
	GridDeclined Measure = "grid_declined"
	Filed        Measure = "filed" // timed; the first time only
	FiledBack    Measure = "filed_back"
	Dispatched   Measure = "dispatched" // timed
	Returned     Measure = "returned"   // by a unit, to those who dispatched it
	Taken        Measure = "taken"      // timed: within a working day, urgent within an hour
	Handled      Measure = "handled"    // timed
	Excused      Measure = "excused"    // of those handled late: an appeal was granted, perhaps later
	Verified     Measure = "verified"   // timed
	Rework       Measure = "rework"     // the check or the end found it not done
	Closed       Measure = "closed"     // timed, by what the reporter was promised
	Elsewhere    Measure = "elsewhere"  // brought in with its end
	Reopened     Measure = "reopened"
	Withdrawn    Measure = "withdrawn"
	Solved       Measure = "solved"
	Partly       Measure = "partly"
	Unsolved     Measure = "unsolved"
	Satisfied    Measure = "satisfied" // four or five of five
	Dissatisfied Measure = "dissatisfied"
)

// What stands at a moment: the difference of what came and what went.
const (
	Open Measure = "open"
	Late Measure = "late" // open beyond what was promised
	Wait Measure = "wait" // likewise, but the turn is the reporter's or it is suspended
)

const (
	late = "_late"
	in   = "_in"
	out  = "_out"
)

// timed are the measures with a count of those that came late.
var timed = []Measure{Accepted, Filed, Dispatched, Taken, Handled, Verified, Closed}

// stocks are the measures of what stands.
var stocks = []Measure{Open, Late, Wait}

// flows are the measures of what happened, in the order of a matter's life.
var flows = []Measure{Raised, Accepted, Declined, GridAccepted, GridDeclined, Filed, FiledBack, Dispatched, Returned, Taken, Handled, Excused, Verified,
	Rework, Closed, Elsewhere, Reopened, Withdrawn, Solved, Partly, Unsolved, Satisfied, Dissatisfied}

// counted are the columns of insight_count.
var counted, place = func() (names []string, at map[string]int) {
	for _, m := range flows {
		names = append(names, string(m))
		if slices.Contains(timed, m) {
			names = append(names, string(m)+late)
		}
	}
	for _, m := range stocks {
		names = append(names, string(m)+in, string(m)+out)
	}
	at = map[string]int{}
	for i, n := range names {
		at[n] = i
	}
	return names, at
}()

// Known reports whether a formula may name the measure: one of the list, one with
// "_late", or one with "_end" for what stands at the end of the period.
func (m Measure) Known() bool {
	if base, ok := strings.CutSuffix(string(m), ends); ok {
		return slices.Contains(stocks, Measure(base))
	}
	base, ok := strings.CutSuffix(string(m), late)
	if ok {
		return slices.Contains(timed, Measure(base))
	}
	return slices.Contains(flows, m)
}

// ends marks a measure of what stands at the end of the period.
const ends = "_end"

// Key is the message that names the measure.
func (m Measure) Key() string { return "insights.measure." + string(m) }

// Measures are all that a formula may name.
func Measures() []Measure {
	var all []Measure
	for _, m := range flows {
		all = append(all, m)
		if slices.Contains(timed, m) {
			all = append(all, m+late)
		}
	}
	for _, m := range stocks {
		all = append(all, m+ends)
	}
	return all
}

// Sums are the counts of one key in a period: what happened in it, and what stands
// at its end.
type Sums struct {
	n    []int64 // as counted
	late int64   // of the spells that have not ended
	wait int64
}

func newSums() *Sums { return &Sums{n: make([]int64, len(counted))} }

// Of is the count of a measure.
func (s *Sums) Of(m Measure) int64 {
	if s == nil {
		return 0
	}
	base, ok := strings.CutSuffix(string(m), ends)
	if !ok {
		return s.n[place[string(m)]]
	}
	n := s.n[place[base+in]] - s.n[place[base+out]]
	switch Measure(base) {
	case Late:
		n += s.late
	case Wait:
		n += s.wait
	default:
	}
	return n
}
