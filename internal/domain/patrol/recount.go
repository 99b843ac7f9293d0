// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Recounted is what Recount counted.
type Recounted struct {
	Grids     int `json:"grids"`      // that there are
	Walked    int `json:"walked"`     // that had a round
	Slots     int `json:"slots"`      // two to a day
	Rounds    int `json:"rounds"`     // whose window is over
	Entries   int `json:"entries"`    // of them
	Due       int `json:"due"`        // stops
	Done      int `json:"done"`       // of them, in time and shown
	Weeks     int `json:"weeks"`      // that were looked at
	GridWeeks int `json:"grid_weeks"` // figures that were compared
	Least     int `json:"least"`      // the fewest rounds of a walked grid in a week that is whole; 14 is two a day
}

// Recount counts everything that rounds prove once more, slowly and grid by grid, from the
// rows: what was due in each round, by when points and visits were set up, which duties
// were given, and what had been entered before the round was drawn up; what of it was
// covered; and when each duty was last done at each place. It compares the first with
// what the round says, the second, by grid and week, with what Covered says, and the third with
// what the next round would be drawn up from. Faults are sentences for the operator. What
// both sides read, such as how an entry was shown, is the trail's to hold: see Verify there.
func (s *Service) Recount(ctx context.Context, progress func(done, total int64)) (t Recounted, faults []string, err error) {
	c := &counting{s: s, mine: map[gridWeek]figures{}, slots: map[Slot]bool{}}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error { return c.all(tx, progress) })
	return c.Recounted, c.faults, err
}

// spot is a point or a visit.
type spot struct{ point, visit id.ID }

func (s spot) String() string {
	if s.visit != 0 {
		return "visit " + s.visit.String()
	}
	return "point " + s.point.String()
}

type gridWeek struct {
	grid id.ID
	week Slot
}

// figures are those of a grid in a week.
type figures struct{ rounds, due, done, reported, settled, unproved int }

// counting is Recount at work.
type counting struct {
	Recounted
	s      *Service
	faults []string
	orders map[id.ID]order
	given  []handed
	mine   map[gridWeek]figures
	slots  map[Slot]bool
}

func (c *counting) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *counting) all(tx *sqldb.Tx, progress func(done, total int64)) (err error) {
	if c.orders, err = orders(tx); err != nil {
		return err
	}
	if c.given, err = handedOut(tx); err != nil {
		return err
	}
	for _, g := range c.s.places.Tree().All(places.Grid) {
		if g.Open() {
			c.Grids++
		}
	}
	grids, err := tolledGrids(tx)
	if err != nil {
		return err
	}
	for i, g := range grids {
		if err := c.grid(tx, g); err != nil {
			return err
		}
		progress(int64(i+1), int64(len(grids)))
	}
	c.Walked, c.Slots, c.GridWeeks = len(grids), len(c.slots), len(c.mine)
	return c.compare(tx)
}

// grid counts one grid from its first round to its last.
func (c *counting) grid(tx *sqldb.Tx, grid id.ID) error {
	rs, err := tolledOf(tx, grid)
	if err != nil {
		return err
	}
	es, err := seenOf(tx, grid)
	if err != nil {
		return err
	}
	ps, err := placesOf(tx, grid)
	if err != nil {
		return err
	}
	in := map[Slot][]seen{}
	for _, e := range es {
		in[e.slot] = append(in[e.slot], e)
	}
	done := map[spot]map[id.ID]Slot{}
	later := 0 // the first entry that came after the round
	days, err := almanac(tx)
	if err != nil {
		return err
	}
	var own []seen
	for _, r := range rs {
		for ; later < len(es) && es[later].id < r.id; later++ {
			own = append(own, es[later])
		}
		own = slices.DeleteFunc(own, func(e seen) bool {
			if e.slot == r.slot {
				return false // it drew up this round
			}
			e.note(done)
			return true
		})
		c.drawnUp(r, ps, done)
		if hours := days.On(r.slot); hours.Over(r.slot, tx.Now()) {
			c.cover(grid, r, hours, in[r.slot])
		}
	}
	for _, e := range append(own, es[later:]...) {
		e.note(done)
	}
	for _, p := range ps {
		if !maps.Equal(p.done, done[p.spot]) {
			c.fault("%s: its duties were last done at %v, the entries say %v", p.spot, p.done, done[p.spot])
		}
	}
	return nil
}

// note is what an entry says of when duties were last done.
func (e seen) note(done map[spot]map[id.ID]Slot) {
	if e.result == "absent" || e.proof == "word" && e.spot.visit == 0 {
		return
	}
	for _, d := range e.did {
		if done[e.spot] == nil {
			done[e.spot] = map[id.ID]Slot{}
		}
		if last, ever := done[e.spot][d.D]; !ever || e.slot > last {
			done[e.spot][d.D] = e.slot
		}
	}
}

// drawnUp compares what a round says is due with what the rows make due.
func (c *counting) drawnUp(r tolled, ps []place, done map[spot]map[id.ID]Slot) {
	says, made := map[spot][]id.ID{}, map[spot][]id.ID{}
	for _, x := range r.due {
		if len(x.D) > 0 {
			says[spot{x.P, x.V}] = slices.Sorted(slices.Values(x.D))
		}
	}
	at := r.id.Time()
	for _, p := range ps {
		if p.since > r.slot || gone(p.ended, at) || p.id() > r.id {
			continue
		}
		for d, o := range c.orders {
			if o.home != (p.spot.visit != 0) || o.home && p.duty != d || !o.home && !(o.points[p.kind] && c.hasBeen(d, r, at)) || gone(o.ended, at) || o.until != 0 && Day(r.slot/2) >= o.until {
				continue
			}
			period := o.period
			if o.home {
				period = p.every
			}
			last, ever := done[p.spot][d]
			first := p.since + Slot((uint64(p.id())*0x9e3779b97f4a7c15>>33)%uint64(period))
			if ever && r.slot-last >= period || !ever && r.slot >= first {
				made[p.spot] = append(made[p.spot], d)
			}
		}
		slices.Sort(made[p.spot])
		if len(made[p.spot]) == 0 {
			delete(made, p.spot)
		}
	}
	if !maps.EqualFunc(says, made, slices.Equal[[]id.ID]) {
		c.fault("round %s of grid %s in slot %d says that %v is due, the rows say %v", r.id, r.path[scope.Grid], r.slot, says, made)
	}
}

func (p place) id() id.ID { return cmp.Or(p.spot.point, p.spot.visit) }

// gone reports whether something had ended by a moment.
func gone(ended sqldb.Time, at time.Time) bool { return !ended.IsZero() && !ended.After(at) }

// hasBeen reports whether a duty was given to the grid of a round when it was drawn up.
func (c *counting) hasBeen(duty id.ID, r tolled, at time.Time) bool {
	for _, g := range c.given {
		if g.duty != duty || g.id > r.id || gone(g.ended, at) {
			continue
		}
		in := true
		for _, level := range []scope.Level{scope.Town, scope.Village, scope.Grid} {
			in = in && (g.path[level] == 0 || g.path[level] == r.path[level])
		}
		if in {
			return true
		}
	}
	return false
}

// cover counts what of a round was covered, stop by stop, by the entries of its slot.
func (c *counting) cover(grid id.ID, r tolled, hours Hours, es []seen) {
	k := gridWeek{grid, r.slot - (r.slot/2+3)%7*2 - r.slot%2} // back to Monday's morning
	f := c.mine[k]
	f.rounds++
	from, to := hours.Window(r.slot)
	for _, x := range r.due {
		if len(x.D) == 0 {
			continue
		}
		f.due++
		for _, e := range es {
			if e.spot == (spot{x.P, x.V}) && (e.proof != "word" || e.spot.visit != 0) && !e.at.Before(from) && e.at.Before(to) {
				f.done++
				c.Done++
				break
			}
		}
		c.Due++
	}
	for _, e := range es {
		c.Entries++
		if e.matter != 0 {
			f.reported++
		}
		if e.result == "settled" {
			f.settled++
		}
		if e.proof == "word" && e.spot.visit == 0 {
			f.unproved++
		}
	}
	c.Rounds++
	c.slots[r.slot] = true
	c.mine[k] = f
}

// compare holds what was counted against what Covered says, week by week.
func (c *counting) compare(tx *sqldb.Tx) error {
	if len(c.slots) == 0 {
		return nil
	}
	slots := slices.Sorted(maps.Keys(c.slots))
	first, last := slots[0], slots[len(slots)-1]
	for week := first.Week(); week <= last; week += 14 {
		c.Weeks++
		ws, err := c.s.covered(tx, scope.Program("recount"), Span{From: week, To: week + 14})
		if err != nil {
			return err
		}
		said := map[id.ID]bool{}
		for _, w := range ws {
			said[w.Grid()] = true
			says, made := figures{w.Rounds, w.Due, w.Done, w.Reported, w.Settled, w.Unproved}, c.mine[gridWeek{w.Grid(), week}]
			if says != made || len(w.Gaps) != w.Due-w.Done {
				c.fault("grid %s in the week from %s: the town says %+v and %d gaps, the rows say %+v", w.Grid(), week.Date().Format(time.DateOnly), says, len(w.Gaps), made)
			}
			if week >= first && week+14 <= last+1 && (c.Least == 0 || made.rounds < c.Least) {
				c.Least = made.rounds
			}
		}
		for k := range c.mine {
			if k.week == week && !said[k.grid] {
				c.fault("grid %s in the week from %s: the town says nothing of its rounds", k.grid, week.Date().Format(time.DateOnly))
			}
		}
	}
	return nil
}
