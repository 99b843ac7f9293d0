// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Repeat says how often a task is held again.
type Repeat string

// How often.
const (
	Once        Repeat = ""
	Weekly      Repeat = "week"
	Fortnightly Repeat = "fortnight"
	Monthly     Repeat = "month" // on the same day of the month, in months that have it
)

// Repeats are the ways to repeat a task.
var Repeats = []Repeat{Weekly, Fortnightly, Monthly}

// mostTimes bounds how many tasks are drawn up at once: once a week for a year.
const mostTimes = 53

// Times are when a task begins that is held again until a day, that day included; the
// first is begins. None if it is more often than mostTimes, or if the last day lies
// before the first.
func (r Repeat) Times(begins time.Time, until Day) (ts []time.Time) {
	if r == Once {
		return []time.Time{begins}
	}
	local := begins.In(i18n.Zone)
	for i := 0; ; i++ {
		at := local.AddDate(0, 0, 7*i)
		switch r {
		case Fortnightly:
			at = local.AddDate(0, 0, 14*i)
		case Monthly:
			if at = local.AddDate(0, i, 0); at.Day() != local.Day() { // a month without that day
				continue
			}
		case Weekly, Once:
		}
		if DayOf(at) > until {
			return ts
		}
		if len(ts) == mostTimes {
			return nil
		}
		ts = append(ts, at.UTC())
	}
}

// checkRepeat says what is wrong with how often a drawing is repeated.
func (in Drawing) checkRepeat() ([]time.Time, error) {
	if in.Repeat == Once {
		return []time.Time{in.Begins}, nil
	}
	if !slices.Contains(Repeats, in.Repeat) {
		return nil, errs.At("repeat", "form.choice")
	}
	if in.Begins.IsZero() {
		return nil, errs.At("begins", "volunteers.task.begins")
	}
	ts := in.Repeat.Times(in.Begins, in.Until)
	if len(ts) < 2 {
		return nil, errs.At("until", "volunteers.task.until", mostTimes)
	}
	return ts, nil
}

// series are the tasks that were drawn up together with one, as far as the actor may see
// them, the next first; none of a task that stands alone.
func (s *Service) series(tx *sqldb.Tx, by scope.Actor, t Task) ([]Task, error) {
	if t.Series == 0 {
		return nil, nil
	}
	ts, err := tasksOfSeries(tx, t.Series, s.city())
	own := s.Organises(by, t, tx.Now()) || by.Has("audit")
	return slices.DeleteFunc(ts, func(x Task) bool { return x.State == DrawnUp && !own }), err
}

// CallOffLater calls off a task that is repeated and all later times of it that have not
// begun, as [Service.CallOff] does, and says how many it were. Needs to organise there.
func (s *Service) CallOffLater(ctx context.Context, by scope.Actor, d id.ID, reason string) (n int, err error) {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		t, err := s.seeTask(tx, by, d)
		if err != nil {
			return err
		}
		all, err := s.series(tx, by, t)
		if err != nil {
			return err
		}
		for _, x := range append([]Task{t}, all...) {
			if x.ID == t.ID && n > 0 || x.ID != t.ID && (!x.Begins.After(t.Begins) || x.State != DrawnUp && x.State != Open) {
				continue
			}
			if err := s.moveTask(tx, by, x, CallOffAct, func(tx *sqldb.Tx, t *Task) error { return s.calledOff(tx, t, reason) }); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
