// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/sim"
	"yuanba/internal/web/account"
)

// guests are the residents of the cast, whom one may be in the demonstration.
func (a *App) guests(ctx context.Context, lang i18n.Lang) (gs []account.Guest, err error) {
	err = a.DB.Read(ctx, func(tx *sqldb.Tx) error {
		gs = nil
		for _, g := range sim.Guests {
			d, err := sqldb.Mark(tx, g.Mark)
			if err != nil || d == 0 {
				return err
			}
			gs = append(gs, account.Guest{Resident: id.ID(d), Masked: g.Masked, Name: g.Name.In(lang), What: g.What.In(lang)})
		}
		return nil
	})
	return gs, err
}
