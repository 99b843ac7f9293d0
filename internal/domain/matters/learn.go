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

// A Sample is a classified matter, as far as one may try rules on it: what they ask,
// and where it went. Nothing of who wrote it.
type Sample struct {
	Lesson
	Number  string
	Channel Channel
	Urgent  bool
	Open    bool // it has not ended
}

// Samples are the classified matters raised since a moment, at most so many, the
// newest first. Only the program itself may have them.
func (s *Service) Samples(ctx context.Context, by scope.Actor, since time.Time, most int) (all []Sample, err error) {
	if by.Kind != scope.System {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		all, err = s.samples(tx, since, most)
		return err
	})
	return all, err
}

// Caught counts how many of the matters raised since a moment each of the rules
// caught, NoRule among them if it is asked for; at most to ten thousand. Counts are
// of the whole town and name nobody.
func (s *Service) Caught(ctx context.Context, rules []id.ID, since time.Time) (n map[id.ID]int, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		n, err = caught(tx, rules, id.First(since))
		return err
	})
	return n, err
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
