// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Join makes a matter follow another one about the same thing. Its reporter
// counts as a supporter there, keeps their own number, words and files, hears of
// everything under that number, and rates and objects as the other's reporter
// does; its supporters hear of everything too, and nobody is counted twice.
// Unjoin takes it back. Needs intake in the places of both.
func (s *Service) Join(ctx context.Context, by scope.Actor, d, to ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	if d == to {
		return errs.At("to", "matter.join.itself")
	}
	return s.change(ctx, by, d, Join, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		t, err := s.load(tx, to)
		switch {
		case errs.KindOf(err) == errs.NotFound, err == nil && !s.maySee(tx, by, t):
			return Step{}, errs.At("to", "matter.none")
		case err != nil:
			return Step{}, err
		case t.State == Joined:
			return Step{}, errs.At("to", "matter.join.joined")
		case !t.State.Open():
			return Step{}, errs.At("to", "matter.join.closed")
		}
		return s.follow(tx, by, m, t, Join, reason)
	})
}

// Unjoin undoes Join and Unsplit: the matter goes on by itself, in the state and
// with the clock, the acceptor, the supporters and the files that it had, as if it
// had never been joined. Its due time is the one its reporter was told: what was a
// mistake of the town's does not cost the reporter time. Needs intake.
func (s *Service) Unjoin(ctx context.Context, by scope.Actor, d ID) error {
	return s.change(ctx, by, d, Unjoin, s.unjoin(by, nil))
}

// unjoin is the rule of Unjoin; from is the matter that was followed, if it is
// being changed itself.
func (s *Service) unjoin(by scope.Actor, from *Matter) edit {
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
		followed := m.JoinedTo
		m.JoinedTo, m.State = 0, m.Kept.State
		if from != nil {
			if err := s.countSupporters(tx, from, nil, m.ID); err != nil {
				return Step{}, err
			}
			from.add(mention(tx, by, *from, Unjoin, m.Number))
			return Step{Public: true, Detail: from.Number}, nil
		}
		t, err := s.load(tx, followed)
		if err != nil {
			return Step{}, err
		}
		if err := s.countSupporters(tx, &t, nil, m.ID); err != nil {
			return Step{}, err
		}
		return Step{Public: true, Detail: t.Number}, s.mentionIn(tx, by, &t, Unjoin, m.Number)
	}
}

// follow makes m follow t.
func (s *Service) follow(tx *sqldb.Tx, by scope.Actor, m *Matter, t Matter, act Act, reason string) (Step, error) {
	if dec := by.May("intake", t.Target("intake", tx.Now())); !dec.OK {
		return Step{}, errs.New(errs.Denied, dec.Key, dec.Args...)
	}
	n, err := joinedTo(tx, m.ID)
	if err != nil {
		return Step{}, err
	}
	if n > 0 {
		return Step{}, errs.New(errs.Conflict, "matter.join.has_joined")
	}
	m.JoinedTo = t.ID
	if err := s.countSupporters(tx, &t, m, 0); err != nil {
		return Step{}, err
	}
	return Step{Public: true, Words: reason, Detail: t.Number}, s.mentionIn(tx, by, &t, act, m.Number)
}

// freeJoined lets what was joined to a matter go on by itself: its reporter
// withdrew it, and the others did not.
func (s *Service) freeJoined(tx *sqldb.Tx, m *Matter) error {
	by := scope.Program("withdrawal")
	js, err := s.joinedHere(tx, m.ID)
	if err != nil {
		return err
	}
	for _, j := range js {
		if j.SplitFrom == m.ID {
			continue // a part of the same reporter's, which went back into it
		}
		if _, err := s.changeIn(tx, by, j.ID, Unjoin, s.unjoin(by, m)); err != nil {
			return err
		}
	}
	return nil
}

// mention is a line in the story of another matter that an act touches.
func mention(tx *sqldb.Tx, by scope.Actor, m Matter, act Act, number string) Step {
	return Step{ID: tx.NewID(), Matter: m.ID, At: tx.Now(), Act: act, Account: by.Account, Actor: by.Name, Unit: by.Unit, Public: true, Detail: number}
}

// mentionIn writes the line, and a row of the trail about that matter too.
func (s *Service) mentionIn(tx *sqldb.Tx, by scope.Actor, m *Matter, act Act, number string) error {
	m.add(mention(tx, by, *m, act, number))
	return s.keep(tx, by, m, saveBeside, trail.Entry{Act: string(Mention), From: string(m.State), Note: number})
}
