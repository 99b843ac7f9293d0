// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// maxExtensions is how often handling may be extended (case workflow in use:
// at most two, each no longer than the first limit, asked before the end; what was
// refused does not count).
const maxExtensions = 2

// AskExtension asks for more time to handle a matter, with a reason that the
// reporter reads: before the time is up, and for no longer than the first limit.
// Somebody else decides, see Extend and RefuseExtension; until then nothing
// changes. Needs handle in the lead unit.
func (s *Service) AskExtension(ctx context.Context, by scope.Actor, d ID, limit when.Limit, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	if limit.N < 1 {
		return errs.At("limit", "when.limit")
	}
	return s.change(ctx, by, d, AskExtension, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		r := m.Clocks.Stage
		if first := r.Limit(); longer(s.calendarOf(r), r, limit, first) {
			return Step{}, errs.At("limit", "matter.extend.long")
		}
		m.Clocks = m.Clocks.clone()
		m.Clocks.Wanted = &Wanted{Limit: limit, By: by.Account, At: millis(tx.Now())}
		return Step{Public: true, Words: reason, Detail: limit.String()}, nil
	})
}

// longer reports whether an extension would be longer than the first limit: of the
// same unit by its number, else by when they would end.
func longer(c *when.Calendar, r Run, by, first when.Limit) bool {
	if by.Unit == first.Unit {
		return by.N > first.N
	}
	return c.Add(r.Begun(), by).After(c.Add(r.Begun(), first))
}

// Extend gives the time that was asked for, with words that the reporter reads. It
// is added to the end of what was given before, even if that has passed in the
// meantime: it was asked for in time. Needs supervise in the place, and to be
// somebody else than who asked.
func (s *Service) Extend(ctx context.Context, by scope.Actor, d ID, note string) error {
	note, err := words("words", note, 0)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Extend, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		c := m.Clocks.clone()
		limit := c.Wanted.Limit
		c.Stage.extend(limit)
		c.Whole.extend(limit)
		c.Wanted = nil
		m.Clocks, m.Extensions = c, m.Extensions+1
		s.learnNow(m, tx.Now())
		c = m.Clocks
		s.setDue(m, tx.Now())
		m.Promised = s.dueOf(c.Whole, c)
		return Step{Public: true, Words: note, Until: m.Due, Detail: limit.String()}, nil
	})
}

// RefuseExtension refuses the time that was asked for, with a reason; it does not
// count as one of the two. Needs supervise in the place, and to be somebody else
// than who asked.
func (s *Service) RefuseExtension(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, RefuseExtension, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		c := m.Clocks.clone()
		limit := c.Wanted.Limit
		c.Wanted = nil
		m.Clocks = c
		return Step{Public: true, Words: reason, Detail: limit.String()}, nil
	})
}
