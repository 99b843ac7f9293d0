// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// A Timetable lists what recurs, one line each.
type Timetable []Periodic

// A Periodic is a line of the timetable. Of all processes exactly one runs each
// turn that is due; turns that were missed, because no process ran or the last
// turn took long, are made up for by one. A turn that fails comes again after a
// pause, at the latest with the next.
type Periodic struct {
	Name  string        // such as "trail.seal"
	Every time.Duration // either: each time a whole number of these has passed, or
	At    string        // daily at this time, as in "03:30"
	Run   func(ctx context.Context) error

	// Wanted, if set, is asked before a turn is taken, by every process. If it
	// says no, the turn passes without anything being written: for turns that
	// come every few seconds and find nothing to do at night.
	Wanted func(ctx context.Context) (bool, error)
}

const clock = "15:04"

func (tt Timetable) check() {
	seen := map[string]bool{}
	for _, p := range tt {
		_, err := time.Parse(clock, p.At)
		switch {
		case p.Name == "" || p.Run == nil || seen[p.Name]:
			panic("jobs: a line of the timetable without a name of its own, or nothing to run: " + p.Name)
		case (p.Every > 0) == (p.At != ""), p.At != "" && err != nil, p.Every < 0:
			panic(fmt.Sprintf("jobs: %s is neither every so often nor daily: %v", p.Name, err))
		}
		seen[p.Name] = true
	}
}

// next is the first moment of the line after t. It is the same in all processes.
func (p *Periodic) next(t time.Time, zone *time.Location) time.Time {
	if p.Every > 0 {
		return t.Truncate(p.Every).Add(p.Every)
	}
	at, _ := time.Parse(clock, p.At)
	local := t.In(zone)
	for day := 0; ; day++ {
		n := time.Date(local.Year(), local.Month(), local.Day()+day, at.Hour(), at.Minute(), 0, 0, zone)
		if n.After(t) {
			return n.UTC()
		}
	}
}

// A turn is a line of the timetable and how it stands.
type turn struct {
	Periodic
	state  TurnState
	holder string
	lease  time.Time
	pass   time.Time // not wanted before
}

// TurnState is how a line of the timetable stands, for the administrator's page.
type TurnState struct {
	Name   string
	Due    time.Time // the next turn
	Began  time.Time // the last turn
	Ended  time.Time
	Runs   bool // now, in some process
	Faults int  // turns in a row that have failed
	Fault  string
}

// from is when the turn can be taken.
func (t *turn) from() time.Time {
	n := t.state.Due
	if t.holder != "" && t.lease.After(n) {
		n = t.lease
	}
	if t.pass.After(n) {
		n = t.pass
	}
	return n
}

// dueTurns returns the turns that can be taken now, in the order of the
// timetable. It writes down the lines that are new.
func (q *Queue) dueTurns(ctx context.Context) ([]*turn, error) {
	var all []*turn
	now := q.db.Now()
	look := func(tx *sqldb.Tx) (err error) {
		all, err = q.loadTurns(tx)
		return err
	}
	if err := q.db.Read(ctx, look); err != nil {
		return nil, err
	}
	if len(all) < len(q.o.Timetable) {
		err := q.db.Write(ctx, func(tx *sqldb.Tx) error {
			for _, p := range q.o.Timetable {
				if err := insertTurn(tx, p.Name, p.next(tx.Now(), q.o.Zone)); err != nil {
					return err
				}
			}
			return look(tx)
		})
		if err != nil {
			return nil, err
		}
	}
	var ts []*turn
	for _, t := range all {
		if t.from().After(now) || q.runsHere(t.Name) {
			continue
		}
		if t.Wanted != nil {
			yes, err := t.Wanted(ctx)
			if err != nil {
				q.o.Log.Error("timetable", "name", t.Name, "err", err)
			}
			if !yes {
				q.setPass(t.Name, t.next(now, q.o.Zone))
				continue
			}
		}
		ts = append(ts, t)
	}
	return ts, nil
}

// takeTurn makes the turn this process's. It says no if another was first.
func (q *Queue) takeTurn(ctx context.Context, t *turn) (bool, error) {
	err := q.db.Write(ctx, func(tx *sqldb.Tx) error {
		return holdTurn(tx, t, q.holder, tx.Now().Add(q.o.Lease))
	})
	if errs.KindOf(err) == errs.Conflict {
		return false, nil
	}
	return err == nil, err
}

// runTurn runs a turn and writes down how it ended.
func (q *Queue) runTurn(ctx context.Context, t *turn) {
	q.turned.Add(1)
	work, cancel := context.WithTimeout(ctx, q.o.Timeout)
	err := safely(func() error { return t.Run(work) })
	cancel()
	stopped := err != nil && ctx.Err() != nil
	faults, text := 0, ""
	if err != nil && !stopped {
		faults, text = t.state.Faults+1, faultText(err)
		q.faults.Add(1)
		q.o.Log.Error("timetable", "name", t.Name, "faults", faults, "err", text)
	}
	werr := q.persist(ctx, func(tx *sqldb.Tx) error {
		due := t.next(tx.Now(), q.o.Zone)
		if sooner := tx.Now().Add(pause(0, faults)); faults > 0 && sooner.Before(due) {
			due = sooner
		}
		if stopped {
			due = t.state.Due
		}
		return leaveTurn(tx, t.Name, q.holder, due, faults, text)
	})
	if werr != nil && errs.KindOf(werr) != errs.Conflict { // a Conflict: it took longer than its lease
		q.o.Log.Error("timetable", "name", t.Name, "err", werr)
	}
}

func (q *Queue) setPass(name string, until time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass[name] = until
}

// loadTurns returns the lines of the timetable that have been written down, in
// its order.
func (q *Queue) loadTurns(tx *sqldb.Tx) ([]*turn, error) {
	rows, err := allTurns(tx)
	if err != nil {
		return nil, err
	}
	byName := map[string]*turn{}
	for _, t := range rows {
		byName[t.state.Name] = t
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	var ts []*turn
	for _, p := range q.o.Timetable {
		if t := byName[p.Name]; t != nil {
			t.Periodic, t.pass = p, q.pass[p.Name]
			ts = append(ts, t)
		}
	}
	return ts, nil
}

// Turns returns how the lines of the timetable stand, in its order.
func (q *Queue) Turns(tx *sqldb.Tx) ([]TurnState, error) {
	ts, err := q.loadTurns(tx)
	var ss []TurnState
	for _, t := range ts {
		ss = append(ss, t.state)
	}
	return ss, err
}
