// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strconv"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Accept takes a received matter on. Whoever accepts it sees it to the end.
// Needs intake in its place.
func (s *Service) Accept(ctx context.Context, by scope.Actor, d ID) error {
	err := s.change(ctx, by, d, Accept, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Acceptor = by.Account
		return Step{Public: true}, nil
	})
	return err
}

// Decline refuses a matter with a reason that the reporter reads: the town is
// the wrong door, or there is nothing to be done. The reporter may object once,
// see Reopen. Needs intake.
func (s *Service) Decline(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Decline, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Result = reason
		return Step{Public: true, Words: reason}, nil
	})
	return err
}

// Ask puts a question to the reporter; the clock of the stage stands still until
// the answer, or until the days for answering have passed. Needs intake before
// the matter is accepted, handle while it is being handled.
func (s *Service) Ask(ctx context.Context, by scope.Actor, d ID, question string) error {
	question, err := words("words", question, minReason)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Ask, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: question}, nil
	})
	return err
}

// Answer is the reporter's answer to a question, with files if they like.
func (s *Service) Answer(ctx context.Context, by scope.Actor, d ID, answer string, files ...NewFile) error {
	answer, err := words("words", answer, 1)
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	err = s.change(ctx, by, d, Answer, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: answer}, nil
	}, files...)
	return err
}

// A Classifying is what the acceptor settles about a matter.
type Classifying struct {
	Category string
	Answers  map[string]string // if nil, those given when it was raised stay
	Urgent   bool
	Title    string // a clearer title; "" leaves it
	Place    id.ID  // a corrected place; 0 leaves it
	Words    string // a note for the dispatcher
}

// Classify puts a matter in its category, and may correct its place and title.
// Its due times follow the category. Needs intake.
func (s *Service) Classify(ctx context.Context, by scope.Actor, d ID, in Classifying) error {
	note, err := words("words", in.Words, 0)
	if err != nil {
		return err
	}
	k, ok := s.Catalogue().Get(in.Category)
	if !ok || !k.Active {
		return errs.At("category", "matter.category.unknown")
	}
	answers, err := in.Answers, error(nil)
	if answers != nil {
		if answers, err = k.Check(answers); err != nil {
			return err
		}
	}
	err = s.change(ctx, by, d, Classify, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		var faults errs.List
		m.Category, m.Urgent = k.Code, in.Urgent || k.Urgent
		if answers != nil {
			m.Answers = answers
		}
		if in.Title != "" {
			m.Title = in.Title
			s.checkWords(&faults, m)
		}
		if in.Place != 0 {
			p, ok := s.places.Tree().Get(in.Place)
			if !ok {
				faults.Add("place", "matter.place.unknown")
				return Step{}, faults.Err()
			}
			m.Path = p.Path
			if c, ok := s.orgs.Directory().Centre(m.Path); ok {
				m.Centre = c.ID
			}
		}
		m.Promised = s.promise(*m, m.RaisedAt)
		return Step{Words: note}, faults.Err()
	})
	return err
}

// Join makes a matter follow another one about the same thing: its reporter
// becomes a supporter there, keeps their own number, words and files, and hears
// of everything. Unjoin takes it back. Needs intake in the places of both.
func (s *Service) Join(ctx context.Context, by scope.Actor, d, to ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	if d == to {
		return errs.At("to", "matter.join.itself")
	}
	err = s.change(ctx, by, d, Join, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		t, err := s.load(tx, to)
		if err != nil {
			return Step{}, errs.At("to", "matter.none")
		}
		switch dec := by.May("intake", t.Target("intake", tx.Now())); {
		case !dec.OK:
			return Step{}, errs.New(errs.Denied, dec.Key, dec.Args...)
		case t.State == Joined:
			return Step{}, errs.At("to", "matter.join.joined")
		case !t.State.Open():
			return Step{}, errs.At("to", "matter.join.closed")
		}
		if n, err := joinedTo(tx, m.ID); err != nil || n > 0 {
			return Step{}, errs.New(errs.Conflict, "matter.join.has_joined")
		}
		m.JoinedTo = t.ID
		if err := countSupporters(tx, t.ID, m.Supporters+1); err != nil {
			return Step{}, err
		}
		return Step{Public: true, Words: reason}, s.mention(tx, by, t, Join, m.Number)
	})
	return err
}

// Unjoin undoes Join: the matter goes on by itself with everything it had.
func (s *Service) Unjoin(ctx context.Context, by scope.Actor, d ID) error {
	err := s.change(ctx, by, d, Unjoin, func(tx *sqldb.Tx, m *Matter) (Step, error) {
		t, err := s.load(tx, m.JoinedTo)
		if err != nil {
			return Step{}, err
		}
		m.JoinedTo = 0
		m.Acceptor = by.Account
		if err := countSupporters(tx, t.ID, -m.Supporters-1); err != nil {
			return Step{}, err
		}
		return Step{Public: true}, s.mention(tx, by, t, Unjoin, m.Number)
	})
	return err
}

// A Part is one of the matters into which another is split.
type Part struct {
	Title string
	Body  string
}

// Split takes parts out of a matter that is really several: each becomes an
// accepted matter of the same reporter, place, clock and photos, and the matter
// itself goes on with the rest. Joining a part to the matter again undoes it.
// What is wrong with a part is said of the fields "title" and "body" with the
// part's place from 1: "body2". Needs intake.
func (s *Service) Split(ctx context.Context, by scope.Actor, d ID, parts []Part) (numbers []string, err error) {
	var faults errs.List
	if len(parts) < 1 || len(parts) > 5 {
		return nil, errs.At("title1", "matter.split.count", 1, 5)
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
		return Step{Public: true, Words: joinNumbers(numbers)}, nil
	})
	return numbers, err
}

// splitOff writes one part of m as a matter of its own.
func (s *Service) splitOff(tx *sqldb.Tx, by scope.Actor, m Matter, p Part) (number string, err error) {
	c := m
	c.ID, c.Title, c.Body, c.SplitFrom, c.Supporters, c.Assisting, c.Version = tx.NewID(), p.Title, p.Body, m.ID, 0, 0, 1
	c.State, c.Origin, c.Acceptor = Accepted, "", by.Account
	if c.Number, err = s.number(tx, tx.Now()); err != nil {
		return "", err
	}
	s.turnTo(&c, Received, tx.Now())
	if err := insert(tx, c); err != nil {
		return "", err
	}
	if err := copyFiles(tx, m.ID, c.ID); err != nil {
		return "", err
	}
	return c.Number, s.record(tx, by, c, Split, Received, "", Step{Public: true, Words: m.Number}, nil)
}

// mention writes a line into the story of another matter that an act touches.
func (s *Service) mention(tx *sqldb.Tx, by scope.Actor, m Matter, act Act, text string) error {
	return insertStep(tx, Step{ID: tx.NewID(), Matter: m.ID, At: tx.Now(), Act: act, Account: by.Account, Actor: by.Name, Unit: by.Unit, Public: true, Words: text})
}

// ResumeUnanswered takes back, for the program's own job, matters whose reporter
// did not answer in time, and wakes suspended ones whose day has come. It
// reports how many.
func (s *Service) ResumeUnanswered(ctx context.Context, most int) (n int, err error) {
	var due []ID
	if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
		due, err = waitingSince(tx, tx.Now(), most)
		return err
	}); err != nil {
		return 0, err
	}
	by := scope.Program("clock")
	for _, d := range due {
		err := s.change(ctx, by, d, Resume, func(_ *sqldb.Tx, m *Matter) (Step, error) {
			return Step{Public: true}, nil
		})
		if err != nil && errs.KindOf(err) != errs.Conflict { // somebody answered just now
			return n, err
		}
		n++
	}
	return n, nil
}

// Resume goes on with a matter that waited for its reporter, or that was
// suspended, before its day. Needs what the table of moves asks in its state.
func (s *Service) Resume(ctx context.Context, by scope.Actor, d ID, reason string) error {
	reason, err := words("words", reason, minReason)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Resume, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: reason}, nil
	})
	return err
}

// day is the end of the given day in the town's time: what "until" means.
func (s *Service) day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, when.Zone).UTC()
}
