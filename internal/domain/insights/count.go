// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Period is the days from From to just before To. With Then it is looked at as it
// stood when it ended: what was excused after that is not.
type Period struct {
	From, To Day
	Then     bool
}

// Contains reports whether the day lies in the period.
func (p Period) Contains(d Day) bool { return p.From <= d && d < p.To }

// firstDay is before anything is counted: what an import brings in is older than
// the program, but not older than this.
var firstDay = DayOf(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC))

// Check holds a period against what can be counted.
func (p Period) Check() error {
	switch {
	case p.To <= p.From:
		return errs.At("to", "insights.period.order")
	case p.From < firstDay || p.To > firstDay+200*366:
		return errs.At("from", "insights.period.far")
	}
	return nil
}

// Counts are what was counted of one face in a period.
type Counts struct {
	Period Period
	Face   Face
	Until  time.Time // what happened before is counted, and what stands, stands then
	Behind bool      // so much happens that not all of the last moments is counted yet
	Sums   map[string]*Sums
	Later  map[string]int64 // of what was handled late in it, how much was excused after its end
}

// Whole is the sums of the key "".
func (c Counts) Whole() *Sums { return c.Sums[""] }

// MayRead reports whether the actor may see the town's numbers: who works for it.
func MayRead(by scope.Actor) bool { return by.Kind == scope.Staff || by.Kind == scope.System }

// MaySeeAll reports whether they see the numbers of every unit; others see those of
// their own and of the whole.
func MaySeeAll(by scope.Actor) bool {
	return by.Kind == scope.System || by.Has(access.See) || by.Has(access.Audit) || by.Has(access.Command) || by.Has(access.Supervise) || by.Has(access.Administer)
}

// Count counts a face in a period, exactly as of now, or as of the period's end if
// that is over. Who works for the town may; of units other than their own only who
// sees the matters of a place.
func (s *Service) Count(ctx context.Context, by scope.Actor, face Face, p Period) (c Counts, err error) {
	if !MayRead(by) {
		return c, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if err := p.Check(); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now, err := s.recent(tx)
		if err != nil {
			return err
		}
		c, err = s.count(tx, face, p, now)
		return err
	})
	if err == nil && face == ByUnit && !MaySeeAll(by) {
		own := map[string]*Sums{}
		for _, g := range by.Grants {
			if x := c.Sums[idKey(g.Unit)]; x != nil {
				own[idKey(g.Unit)] = x
			}
		}
		c.Sums = own
	}
	return c, err
}

// count adds what the counts have and what has happened since.
func (s *Service) count(tx *sqldb.Tx, face Face, p Period, since recent) (c Counts, err error) {
	c = Counts{Period: p, Face: face, Until: p.To.Begin(), Behind: since.behind, Sums: map[string]*Sums{}}
	if tx.Now().Before(c.Until) {
		c.Until = tx.Now()
	}
	if face == All {
		c.Sums[""] = newSums()
	}
	if err := sumInto(tx, c.Sums, face, pieces(p.From, p.To), flowColumns); err != nil {
		return c, err
	}
	if err := sumInto(tx, c.Sums, face, everBefore(p.To), stockColumns); err != nil {
		return c, err
	}
	if err := openBeyond(tx, c.Sums, face, c.Until, since.touched); err != nil {
		return c, err
	}
	c.add(since)
	if c.Later, err = excusedLater(tx, face, p); err != nil {
		return c, err
	}
	for _, r := range since.rs {
		for _, e := range r.events {
			if e.seq > since.mark && p.after(e) {
				e.keys(func(f Face, key string) {
					if f == face {
						c.Later[key]++
					}
				})
			}
		}
	}
	if p.Then {
		for key, n := range c.Later {
			sumsOf(c.Sums, key).n[place[string(Excused)]] -= n
		}
	}
	return c, nil
}

// after reports whether an event of the period became known after its end only.
func (p Period) after(e event) bool {
	return e.measure == Excused && p.Contains(DayOf(e.at)) && !e.told.Before(p.To.Begin())
}

// add adds what has happened since the counts were kept.
func (c Counts) add(since recent) {
	t := tally{}
	for _, r := range since.rs {
		t.take(r, since.mark, maxSeq)
		if x := r.now; x.kind != "" && x.covers(c.Until) {
			x.keys(func(face Face, key string) {
				switch {
				case face != c.Face:
				case x.kind == Late:
					sumsOf(c.Sums, key).late++
				default:
					sumsOf(c.Sums, key).wait++
				}
			})
		}
	}
	for cell, n := range t {
		if cell.span != days || cell.face != c.Face || Day(cell.bin) >= c.Period.To {
			continue
		}
		s := sumsOf(c.Sums, cell.key)
		for _, i := range stockColumns {
			s.n[i] += n[i]
		}
		if c.Period.Contains(Day(cell.bin)) {
			for _, i := range flowColumns {
				s.n[i] += n[i]
			}
		}
	}
}
