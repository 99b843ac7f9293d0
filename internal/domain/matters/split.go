// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strconv"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Part is one of the matters into which another is split.
type Part struct {
	Title string
	Body  string
}

// maxParts is how many parts are taken out of a matter at once.
const maxParts = 5

// Split takes parts out of a matter that is really several; the matter itself
// goes on with the rest. Each part is a matter of its own with its own number,
// found by that number and the code on the reporter's slip. It keeps the
// reporter, the place, the photos, the supporters, the acceptor and the clock: a
// split gains nobody time. Its category is its own and open: a part of what was
// accepted is accepted and yet to be classified, a part of what was only received
// may still be declined by itself.
//
// It is possible until a unit has the matter: a unit that finds two in one
// returns it with that reason. Unsplit undoes it. What is wrong with a part is
// said of the fields "title" and "body" with the part's place from 1: "body2".
// Needs intake.
func (s *Service) Split(ctx context.Context, by scope.Actor, d ID, parts []Part) (numbers []string, err error) {
	var faults errs.List
	if len(parts) < 1 || len(parts) > maxParts {
		return nil, errs.At("title1", "matter.split.count", 1, maxParts)
	}
	for i, p := range parts {
		c := Matter{Title: p.Title, Body: p.Body}
		var here errs.List
		s.checkWords(&here, &c)
		for _, e := range here {
			e.Field += strconv.Itoa(i + 1)
		}
		faults = append(faults, here...)
		parts[i] = Part{c.Title, c.Body}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	err = s.change(ctx, by, d, Split, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		numbers = numbers[:0]
		for _, p := range parts {
			n, err := s.splitOff(tx, by, *m, p)
			if err != nil {
				return Step{}, err
			}
			numbers = append(numbers, n)
		}
		return Step{Public: true, Detail: joinNumbers(numbers)}, nil
	})
	return numbers, err
}

// splitOff writes one part of m as a matter of its own.
func (s *Service) splitOff(tx *sqldb.Tx, by scope.Actor, m Matter, p Part) (number string, err error) {
	c := m
	c.ID, c.Title, c.Body, c.SplitFrom, c.Version = tx.NewID(), p.Title, p.Body, m.ID, 1
	c.Origin, c.Category, c.Answers, c.Result = "", "", nil, ""
	c.story, c.fresh, c.apart = nil, nil, false
	c.Assisting, c.Returns, c.Urged, c.Reopened = 0, 0, 0, 0
	if m.State == Classified {
		c.State = Accepted // classified by itself
	}
	if c.Number, err = s.number(tx, tx.Now()); err != nil {
		return "", err
	}
	if err := copyFiles(tx, m.ID, &c); err != nil {
		return "", err
	}
	if err := copySupports(tx, m.ID, &c); err != nil {
		return "", err
	}
	return c.Number, s.record(tx, by, &c, SplitOff, Matter{}, "", Step{Public: true, Detail: m.Number}, nil, insert)
}

// Unsplit undoes the splitting of a part: it goes back into the matter it was
// taken out of and follows it, findable by its number, which says where it went.
// What it gained in the meantime stays: supporters whom the matter had not are
// counted there, its files and its story remain with it; its reporter is the
// matter's, and is not counted. Unjoin would take it out again with its own clock.
//
// It is refused when it has gone too far: when a unit has the part, which must
// return it first, when the matter's result is being verified or it has ended, or
// when others were joined to the part. Needs intake in the places of both.
func (s *Service) Unsplit(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Unsplit, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		t, err := s.load(tx, m.SplitFrom)
		if err != nil {
			return Step{}, err
		}
		return s.follow(tx, by, m, t, Unsplit, reason)
	})
}

// maySplitBack says why a part cannot go back where it came from, nil if it can.
func (s *Service) maySplitBack(tx *sqldb.Tx, m Matter) error {
	if m.SplitFrom == 0 {
		return errs.New(errs.Conflict, "matter.unsplit.none")
	}
	t, err := s.load(tx, m.SplitFrom)
	if err != nil {
		return err
	}
	if !t.State.Open() || t.State == Handled || t.State == Verified {
		return errs.New(errs.Conflict, "matter.unsplit.over", t.Number)
	}
	return nil
}
