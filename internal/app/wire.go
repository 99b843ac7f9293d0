// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// wire settles who hears whom. It is the only place where domains meet sideways.
func (a *App) wire() {
	bus.On(a.Bus, func(tx *sqldb.Tx, _ scope.Actor, e matters.Raised) error {
		a.changed(tx)
		return nil
	})
	bus.On(a.Bus, func(tx *sqldb.Tx, by scope.Actor, e matters.Moved) error {
		a.changed(tx)
		if err := a.Routing.Moved(tx, by, e); err != nil {
			return err
		}
		if err := a.Volunteers.MatterMoved(tx, e); err != nil {
			return err
		}
		if err := a.Questions.Moved(tx, e); err != nil {
			return err
		}
		if e.Act == matters.Dispatch {
			if err := a.Exchange.Dispatched(tx, by, e.Matter); err != nil {
				return err
			}
		}
		return a.Exchange.Moved(tx, e.Matter, e.Step)
	})
	bus.On(a.Bus, a.needFound)
}

// needFound makes a home visit of what somebody on a round was told that a family needs.
// The entry is its origin: however often it arrives, it is one visit.
func (a *App) needFound(tx *sqldb.Tx, by scope.Actor, e patrol.NeedFound) error {
	slip, err := a.Desk.FindIn(tx, by, desk.Finding{Item: e.Need.Item, Place: e.Grid, Need: e.Need.Words, For: e.Resident, Contact: e.Contact(), ForWords: e.Need.Whose, Finder: desk.OnRound, Origin: "patrol_entry:" + e.Entry.String()})
	*e.Became = slip.Number
	return err
}

// guess names the units to which the town's rules of matters and what it learnt would
// send a question.
func (a *App) guess(ctx context.Context, words string, in scope.Path) (units []id.ID) {
	sugs, err := a.Routing.Units(ctx, matters.Matter{Title: words, Body: words, Path: in})
	if err != nil {
		a.log.Warn("nobody guesses whose a question is", "err", err)
	}
	for _, s := range sugs {
		units = append(units, s.Unit)
	}
	return units
}

// changed wakes the followers of the trail once the transaction is on disk.
func (a *App) changed(tx *sqldb.Tx) {
	tx.AfterCommit(a.wake)
}
