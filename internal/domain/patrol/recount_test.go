// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Three weeks of rounds in the grids of a community, with points and duties that come and
// go, late and wrong entries: what the program says was covered, grid by grid and week by
// week, is what a slow count says that knows nothing of rounds. It goes by what happened:
// the entries as they stand in the table, when which duty was asked and done.
func TestCoverageEqualsSlowRecount(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, rnd := t.Context(), rand.New(rand.NewPCG(5, 10183))
		village := w.Place("文君街道", "宝塔社区")
		var grids []places.Place
		for _, g := range w.Places.Tree().Children(village[scope.Village]) {
			if g.Kind == places.Grid {
				grids = append(grids, g)
			}
		}
		worker := scope.Actor{Kind: scope.Staff, Account: 77, Name: "甲", Grants: []scope.Grant{{Post: "网格员", Needs: []scope.Need{access.Patrol, access.RaiseFor}, In: scope.Of(village)}}}
		slow := recount{points: map[id.ID]*asked{}, duties: map[id.ID]patrol.Duty{}}
		for i, often := range []patrol.Often{patrol.EachRound, patrol.Daily, patrol.Weekly} {
			d := pipes
			d.Often, d.Points = often, []patrol.PointKind{patrol.Manhole}
			if i == 2 {
				d.Points = []patrol.PointKind{patrol.Manhole, patrol.River}
			}
			x := w.admitted(d)
			w.given(x, village[scope.Village])
			d.ID = x
			slow.duties[x] = d
		}
		n := 0
		add := func(g places.Place) {
			kind := []patrol.PointKind{patrol.Manhole, patrol.River}[n%2]
			p, err := w.Patrol.AddPoint(ctx, w.As("wang"), patrol.NewPoint{Grid: g.ID, Kind: kind, Name: fmt.Sprintf("点位 %d", n), At: geo.Point{g.Point[0] + float64(n)/1e5, g.Point[1]}})
			w.must(err)
			slow.points[p] = &asked{grid: g.ID, kind: kind, since: patrol.SlotAt(w.Clock.Now()) + 1, done: map[id.ID]patrol.Slot{}}
			n++
		}
		for _, g := range grids {
			for range 3 {
				add(g)
			}
		}
		first := patrol.SlotAt(w.Clock.Now()).Week() + 14
		for slot := first; slot < first+42; slot++ {
			from, to := patrol.ShippedHours.Window(slot)
			w.Clock.Set(from.Add(-10 * time.Minute))
			_, err := w.Patrol.MakeRounds(ctx)
			w.must(err)
			slow.begin(slot)
			if slot%9 == 0 {
				add(grids[rnd.IntN(len(grids))])
			}
			due, err := w.Patrol.Due(ctx, slot)
			w.must(err)
			var es []patrol.Entering
			for _, r := range due {
				for _, s := range r.Due {
					if rnd.IntN(6) == 0 {
						continue
					}
					at := from.Add(time.Duration(rnd.Int64N(int64(to.Sub(from)))))
					e := patrol.Entering{Content: fmt.Sprintf("recount-%08d", len(es)+1000*int(slot)), Point: s.Point, MadeAt: at}
					switch rnd.IntN(12) {
					case 0: // shown by nothing
					case 1:
						e.MadeAt = to.Add(5 * time.Minute) // too late for the window
						e.At = spot(w, s.Point)
					default:
						e.At = spot(w, s.Point)
					}
					es = append(es, e)
				}
			}
			w.Clock.Set(to.Add(20 * time.Minute))
			for len(es) > 0 { // several at once, some of them twice
				k := min(len(es), 1+rnd.IntN(20))
				_, err := w.Patrol.EnterAll(ctx, worker, es[:k])
				w.must(err)
				_, err = w.Patrol.EnterAll(ctx, worker, es[:1])
				w.must(err)
				es = es[k:]
			}
			w.must(slow.read(w, slot))
		}
		w.Clock.Add(24 * time.Hour)
		missed := 0
		for week := first; week < first+42; week += 14 {
			got, err := w.Patrol.Covered(ctx, w.As("wang"), patrol.Span{In: scope.Of(village), From: week, To: week + 14})
			w.must(err)
			if len(got) != len(grids) {
				t.Errorf("week %d: %d grids of %d", week, len(got), len(grids))
			}
			for _, g := range got {
				due, done := slow.of(g.Grid(), week)
				missed += due - done
				if g.Due != due || g.Done != done || due == 0 {
					t.Errorf("grid %s in week %d: %d of %d, the slow count says %d of %d", g.Grid(), week, g.Done, g.Due, done, due)
				}
			}
		}
		if missed == 0 {
			t.Error("nothing was missed in three weeks")
		}
	})
}

// spot is where a point is.
func spot(w *ward, point id.ID) *geo.Point {
	w.t.Helper()
	p, err := w.Patrol.Point(w.t.Context(), w.As("wang"), point)
	w.must(err)
	return &p.At
}

// asked is what the slow count knows of a point.
type asked struct {
	grid  id.ID
	kind  patrol.PointKind
	since patrol.Slot
	done  map[id.ID]patrol.Slot
}

// A recount counts stop by stop, with loops of its own.
type recount struct {
	points map[id.ID]*asked
	duties map[id.ID]patrol.Duty
	due    map[patrol.Slot]map[id.ID]bool
	done   map[patrol.Slot]map[id.ID]bool
}

// begin notes at which points something was due when the slot came.
func (c *recount) begin(slot patrol.Slot) {
	if c.due == nil {
		c.due, c.done = map[patrol.Slot]map[id.ID]bool{}, map[patrol.Slot]map[id.ID]bool{}
	}
	c.due[slot], c.done[slot] = map[id.ID]bool{}, map[id.ID]bool{}
	for d, p := range c.points {
		for _, duty := range c.duties {
			fits := false
			for _, k := range duty.Points {
				fits = fits || k == p.kind
			}
			period := map[patrol.Often]patrol.Slot{patrol.EachRound: 1, patrol.Daily: 2, patrol.Weekly: 14}[duty.Often]
			last, ever := p.done[duty.ID]
			if fits && slot >= p.since && (ever && slot-last >= period || !ever && slot >= p.since+patrol.Slot((uint64(d)*0x9e3779b97f4a7c15>>33)%uint64(period))) {
				c.due[slot][d] = true
			}
		}
	}
}

// read goes through the slot's entries as they stand in the table.
func (c *recount) read(w *ward, slot patrol.Slot) error {
	from, to := patrol.ShippedHours.Window(slot)
	return w.DB.Read(w.t.Context(), func(tx *sqldb.Tx) error {
		return tx.Each(`SELECT point_id, at, proof, duties FROM patrol_entry WHERE slot = $1`, []any{int64(slot)}, func(r sqldb.Scanner) error {
			var point id.ID
			var at sqldb.Time
			var proof, duties string
			if err := r.Scan(&point, &at, &proof, &duties); err != nil {
				return err
			}
			if proof == "word" {
				return nil
			}
			if !at.Before(from) && at.Before(to) {
				c.done[slot][point] = true
			}
			for d := range c.duties {
				if strings.Contains(duties, d.String()) {
					c.points[point].done[d] = slot
				}
			}
			return nil
		})
	})
}

func (c *recount) of(grid id.ID, week patrol.Slot) (due, done int) {
	for slot := week; slot < week+14; slot++ {
		for d := range c.due[slot] {
			if c.points[d].grid != grid {
				continue
			}
			due++
			if c.done[slot][d] {
				done++
			}
		}
	}
	return due, done
}
