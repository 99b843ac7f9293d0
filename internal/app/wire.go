// SPDX-License-Identifier: Apache-2.0

package app

import (
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/bus"
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
		if e.Act == matters.Dispatch {
			if err := a.Exchange.Dispatched(tx, by, e.Matter); err != nil {
				return err
			}
		}
		return a.Exchange.Moved(tx, e.Matter, e.Step)
	})
}

// changed wakes the followers of the trail once the transaction is on disk.
func (a *App) changed(tx *sqldb.Tx) {
	tx.AfterCommit(a.wake)
}
