// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Reckoning is one clock of a matter with every stretch of time that counts in
// it, or does not, and why. It is derived from what was written down when the
// clock ran, under the calendar of that day, and comes out the same years later.
type Reckoning struct {
	Run    Run
	Unit   id.ID // whose turn it was; 0 of the whole
	Ended  *Ended
	Appeal *Appeal // for those at work on the matter
	when.Derivation
	Unheard []int     // years of whose holidays nothing was known when it was counted, though now it is
	Before  []Earlier // what it was said to be before it was counted anew, the first first
}

// An Earlier is an end as it was said before holidays became known, under the calendar
// and the rules of that day.
type Earlier struct {
	Until time.Time // when it was counted anew
	Due   time.Time // as it was said then
	when.Derivation
}

// Explained is how the due times of a matter came about.
type Explained struct {
	Matter Matter
	View   View
	Clocks []Reckoning // the whole first, then the stages, the present one last; the whole of an earlier round behind its stages
}

// Explain derives every due time of a matter, for whoever may see it; appeals and
// what was decided about them only for those at work on it. It is NotFound as Get
// is.
func (s *Service) Explain(ctx context.Context, by scope.Actor, number string) (x Explained, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		m, err := s.loadNumber(tx, clean(number))
		if err != nil {
			return err
		}
		x = Explained{Matter: m, View: s.view(tx, by, m)}
		if x.View == Nothing {
			return errs.New(errs.NotFound, "matter.none")
		}
		if err := s.calendars.Check(tx); err != nil {
			return err
		}
		ended, err := endedOf(tx, m.ID)
		if err != nil {
			return err
		}
		var appeals []Appeal
		if x.View == Inside {
			if appeals, err = appealsOf(tx, m.ID); err != nil {
				return err
			}
		}
		x.Clocks = s.reckonings(m, ended, appeals)
		return nil
	})
	return x, err
}

func (s *Service) reckonings(m Matter, ended []Ended, appeals []Appeal) (rs []Reckoning) {
	running := m.State.Stage() != ""
	if running && !m.Clocks.Whole.IsZero() {
		rs = append(rs, s.reckon(m.Clocks.Whole, m.Clocks.Stops))
	}
	for i := range ended {
		e := ended[i]
		r := s.reckon(e.Run, e.Stops)
		r.Unit, r.Ended = e.Unit, &e
		for j := range appeals {
			if appeals[j].Stage == e.ID {
				r.Appeal = &appeals[j]
			}
		}
		rs = append(rs, r)
	}
	if n := len(rs); !running && n > 0 && rs[n-1].Run.Stage == StageWhole {
		rs = append([]Reckoning{rs[n-1]}, rs[:n-1]...)
	}
	if running && !m.Clocks.Stage.IsZero() {
		unit := m.Centre
		if m.Clocks.Stage.Stage == StageHandle {
			unit = m.Lead
		}
		r := s.reckon(m.Clocks.Stage, m.Clocks.Stops)
		r.Unit = unit
		rs = append(rs, r)
	}
	return rs
}

// reckon is a clock with its reasons, and with what was said of it before.
func (s *Service) reckon(r Run, stops []Stop) Reckoning {
	k := Reckoning{Run: r, Derivation: s.derive(r, stops)}
	now, _ := s.calendars.Current(r.Unit)
	k.Unknown = slices.DeleteFunc(k.Unknown, func(year int) bool {
		if now.Known(year) {
			k.Unheard = append(k.Unheard, year)
			return true
		}
		return false
	})
	for i := range r.Recounts {
		if was, then, ok := r.before(i, stops); ok {
			k.Before = append(k.Before, Earlier{Until: fromMillis(r.Recounts[i].At), Due: fromMillis(r.Recounts[i].Was), Derivation: s.derive(was, then)})
		}
	}
	return k
}

// derive is a clock with its reasons.
func (s *Service) derive(r Run, stops []Stop) when.Derivation {
	return s.calendarOf(r).DeriveLegs(r.Begun(), r.Legs, Clocks{Stops: stops}.pauses())
}

// TakenLonger is by how much an ended stage was late by the clock; 0 if it was not.
func (e Ended) TakenLonger() time.Duration { return max(0, e.EndedAt.Sub(e.Due)) }
