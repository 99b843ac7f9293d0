// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Lesson is a closed matter, as far as one may learn from it where others
// belong: what was written, and where it ended up. Nothing of who wrote it.
type Lesson struct {
	ID       ID
	Title    string
	Body     string
	Category string
	Lead     id.ID
	Path     scope.Path
	RaisedAt time.Time
}

// Lessons are the closed matters that were classified and handled by a unit, at
// most so many, the newest first, of those before one (0: of all). Only the program
// itself may have them.
func (s *Service) Lessons(ctx context.Context, by scope.Actor, before ID, most int) (ls []Lesson, err error) {
	if by.Kind != scope.System {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ls, err = lessons(tx, before, most)
		return err
	})
	return ls, err
}
