// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"cmp"
	"context"
	"slices"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Burden is what duties ask of grid workers, in minutes a week.
type Burden struct {
	Workers int // who walk a grid
	Units   []UnitBurden
	Twice   []Twice
	Saved   []Saving
}

// A Saving is what a merge saves, in minutes a week.
type Saving struct {
	Merge   Merge
	Stops   int // at which both duties are done
	Minutes float64
}

// Minutes is what all duties together ask, in minutes a week.
func (b Burden) Minutes() (m float64) {
	for _, u := range b.Units {
		m += u.Minutes
	}
	return m
}

// PerWorker shares minutes out among those who walk.
func (b Burden) PerWorker(minutes float64) float64 {
	if b.Workers == 0 {
		return 0
	}
	return minutes / float64(b.Workers)
}

// Spared is what all merges together save, in minutes a week.
func (b Burden) Spared() (m float64) {
	for _, s := range b.Saved {
		m += s.Minutes
	}
	return m
}

// A UnitBurden is what the duties of one department ask.
type UnitBurden struct {
	Unit    id.ID
	Minutes float64
	Duties  []DutyBurden
}

// A DutyBurden is what one duty asks: so many stops, each so often, so many minutes.
type DutyBurden struct {
	Duty    Duty
	Stops   int
	Minutes float64
}

// A Twice is a fact that several fields ask for: 一表通 says that it is asked once.
type Twice struct {
	Fact   string
	Fields []AskedIn
	Keep   AskedIn // where it would be kept: the field that is filled in most often
}

// An AskedIn is a field of a duty.
type AskedIn struct {
	Duty  Duty
	Field Field
}

// Standing is how many points of a kind stand in each grid, and how many visits follow a
// duty with which intervals: what a burden is counted from.
type Standing struct {
	Points map[id.ID]map[PointKind]int // by grid
	Paths  map[id.ID]scope.Path
	Visits map[id.ID][]int // by duty: days
}

// Weigh counts what duties ask of workers in a week. It is pure: minutes a week are the
// stops of a duty, times how often it is due in a week, times its minutes, less what is saved
// where a field is not asked twice. The way between stops is nobody's duty, and not in it.
func Weigh(duties []Duty, given []Giving, st Standing, workers int, merges ...Merge) Burden {
	b := Burden{Workers: workers}
	at := map[id.ID]int{}
	stops := func(d Duty, and func(grid id.ID, k PointKind) bool) (n int) {
		for grid, kinds := range st.Points {
			if !slices.ContainsFunc(given, func(g Giving) bool { return g.Duty == d.ID && scope.Of(g.Path).Contains(st.Paths[grid]) }) {
				continue
			}
			for _, k := range d.Points {
				if and == nil || and(grid, k) {
					n += kinds[k]
				}
			}
		}
		return n
	}
	for _, d := range duties {
		x := DutyBurden{Duty: d}
		if d.Kind == AtPoint {
			x.Stops = stops(d, nil)
			x.Minutes = float64(x.Stops*d.Minutes) * 14 / float64(d.Often.Slots())
			for _, m := range merges {
				i := slices.IndexFunc(duties, func(o Duty) bool { return o.ID == m.Keep.Duty })
				if m.Field.Duty != d.ID || i < 0 {
					continue
				}
				s := Saving{Merge: m, Stops: stops(d, func(grid id.ID, k PointKind) bool {
					return slices.Contains(duties[i].Points, k) && slices.ContainsFunc(given, func(g Giving) bool { return g.Duty == duties[i].ID && scope.Of(g.Path).Contains(st.Paths[grid]) })
				})}
				s.Minutes = float64(s.Stops*m.Minutes) * 14 / float64(d.Often.Slots())
				x.Minutes -= s.Minutes
				b.Saved = append(b.Saved, s)
			}
		} else {
			for _, days := range st.Visits[d.ID] {
				x.Stops++
				x.Minutes += float64(d.Minutes) * 7 / float64(days)
			}
		}
		i, ok := at[d.Unit]
		if !ok {
			i = len(b.Units)
			at[d.Unit] = i
			b.Units = append(b.Units, UnitBurden{Unit: d.Unit})
		}
		b.Units[i].Duties = append(b.Units[i].Duties, x)
		b.Units[i].Minutes += x.Minutes
	}
	slices.SortStableFunc(b.Units, func(x, y UnitBurden) int {
		return cmp.Or(cmp.Compare(y.Minutes, x.Minutes), cmp.Compare(x.Unit, y.Unit))
	})
	b.Twice = twice(duties, merges)
	return b
}

// twice are the facts that several duties ask for, and that are not merged.
func twice(duties []Duty, merges []Merge) (ts []Twice) {
	by := map[string][]AskedIn{}
	var order []string
	for _, d := range duties {
		for _, f := range d.Fields {
			if slices.ContainsFunc(merges, func(m Merge) bool { return m.Field == (FieldOf{d.ID, f.Key}) }) {
				continue
			}
			if len(by[f.Fact]) == 0 {
				order = append(order, f.Fact)
			}
			by[f.Fact] = append(by[f.Fact], AskedIn{d, f})
		}
	}
	slices.Sort(order)
	for _, fact := range order {
		fs := by[fact]
		if len(fs) < 2 {
			continue
		}
		keep := slices.MinFunc(fs, func(a, b AskedIn) int {
			return cmp.Or(cmp.Compare(a.Duty.Often.Slots(), b.Duty.Often.Slots()), cmp.Compare(a.Duty.ID, b.Duty.ID))
		})
		ts = append(ts, Twice{Fact: fact, Fields: fs, Keep: keep})
	}
	return ts
}

// Burden is what the duties on the list ask of grid workers now, for everybody: how much
// each department causes is public.
func (s *Service) Burden(ctx context.Context, _ scope.Actor) (b Burden, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ds, err := dutiesGiven(tx)
		if err != nil {
			return err
		}
		now := DayOf(tx.Now())
		ds = slices.DeleteFunc(ds, func(d Duty) bool { return !d.At(now) })
		given, err := givingsNow(tx)
		if err != nil {
			return err
		}
		st, err := standingNow(tx)
		if err != nil {
			return err
		}
		open, err := assignedNow(tx)
		if err != nil {
			return err
		}
		who := map[id.ID]bool{}
		for grid := range st.Points {
			able := s.able(st.Paths[grid], tx.Now())
			walk := slices.DeleteFunc(slices.Clone(able), func(a id.ID) bool { return !slices.Contains(open[grid], a) })
			if len(walk) == 0 {
				walk = able
			}
			for _, a := range walk {
				who[a] = true
			}
		}
		merges, err := mergesNow(tx)
		if err != nil {
			return err
		}
		b = Weigh(ds, given, st, len(who), merges...)
		return nil
	})
	return b, err
}
