// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
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
	return s.change(ctx, by, d, Accept, accepting(by))
}

func accepting(by scope.Actor) edit {
	return func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Acceptor = by.Account
		return Step{Public: true}, nil
	}
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
	question, err := saying("words", question, minReason, "matter.words.more")
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
	return s.says(ctx, by, d, Answer, answer, files)
}

// Add is what the reporter wants to say further while the matter is under way,
// with files if they like. It changes nobody's turn and no due time; whoever
// reads the matter reads it. While a question waits for them, they answer.
func (s *Service) Add(ctx context.Context, by scope.Actor, d ID, further string, files ...NewFile) error {
	return s.says(ctx, by, d, Add, further, files)
}

// says writes down the reporter's words.
func (s *Service) says(ctx context.Context, by scope.Actor, d ID, act Act, text string, files []NewFile) error {
	text, err := words("words", text, 1)
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	return s.change(ctx, by, d, act, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: text}, nil
	}, files...)
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
// Its due times follow the category. The town's rules are asked where it goes: which
// of them fired is kept with it, and one that is to dispatch at once does. Needs
// intake.
func (s *Service) Classify(ctx context.Context, by scope.Actor, d ID, in Classifying) error {
	rule, err := s.classifying(by, in)
	if err != nil {
		return err
	}
	return s.change(ctx, by, d, Classify, rule)
}

// classifying is the rule of Classify. What the program does so is told to
// everybody.
func (s *Service) classifying(by scope.Actor, in Classifying) (edit, error) {
	note, err := words("words", in.Words, 0)
	if err != nil {
		return nil, err
	}
	k, ok := s.Catalogue().Get(in.Category)
	if !ok || !k.Active {
		return nil, errs.At("category", "matter.category.unknown")
	}
	answers, err := in.Answers, error(nil)
	if answers != nil {
		if answers, err = k.Check(answers); err != nil {
			return nil, err
		}
	}
	return func(tx *sqldb.Tx, m *Matter) (Step, error) {
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
		if err := faults.Err(); err != nil {
			return Step{}, err
		}
		s.promiseAnew(m)
		m.ruled, err = s.ask(tx, m)
		return Step{Words: note, Detail: k.Code, Public: by.Kind == scope.System}, err
	}, nil
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
