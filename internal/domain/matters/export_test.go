// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/sqldb"
)

// StepAndDie does what Step does, and ends with err before it is on disk, as a
// killed process does.
func StepAndDie(ctx context.Context, n *Notifier, err error) error {
	b, nerr := n.follower.Next(ctx, n.s.db, 1000)
	if nerr != nil {
		return nerr
	}
	ns, nerr := n.s.notices(ctx, b.Rows)
	if nerr != nil {
		return nerr
	}
	return n.s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := n.follower.Done(tx, b); err != nil {
			return err
		}
		if err := insertNotices(tx, ns); err != nil {
			return err
		}
		return err
	})
}
