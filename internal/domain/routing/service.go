// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/classify"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// sorterName is the mark of what sorts without a person.
const sorterName = "routing.sort"

// learner is who learns, in the trail.
const learner = "routing"

// A Service suggests, and learns to.
type Service struct {
	db        *sqldb.DB
	matters   *matters.Service
	orgs      *orgs.Service
	people    *people.Service
	letters   *letters.Service
	log       *slog.Logger
	places    *places.Service
	calendars *calendars.Service

	edition atomic.Pointer[Edition] // in use

	follower trail.Follower // that sorts what is allowed
	tried    memory
	mu       sync.Mutex
	inUse    map[Subject]model
}

// Needs are the services below this one.
type Needs struct {
	DB        *sqldb.DB
	Matters   *matters.Service
	Orgs      *orgs.Service
	People    *people.Service
	Letters   *letters.Service // nil: nobody is written to
	Log       *slog.Logger
	Places    *places.Service
	Calendars *calendars.Service
}

// New returns the service.
func New(n Needs) *Service {
	s := &Service{db: n.DB, matters: n.Matters, orgs: n.Orgs, people: n.People, letters: n.Letters, places: n.Places, calendars: n.Calendars, log: n.Log, follower: trail.Follower{Name: sorterName}, inUse: map[Subject]model{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// A model is what is in use for a subject: nothing but the catalogue if trial is 0.
type model struct {
	trial id.ID
	*classify.Model
	report Report
}

// current is the model in use, read anew if another process has replaced it.
func (s *Service) current(ctx context.Context, sub Subject) (m model, err error) {
	s.mu.Lock()
	m = s.inUse[sub]
	s.mu.Unlock()
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		trial, err := trialInUse(tx, sub)
		if err != nil || trial == m.trial {
			return err
		}
		row, err := modelInUse(tx, sub)
		if err != nil {
			return err
		}
		m = model{trial: row.trial, Model: new(classify.Model)}
		if err := m.UnmarshalBinary(row.model); err != nil {
			return fmt.Errorf("the model of %s of trial %d: %w", sub, row.trial, err)
		}
		if err := json.Unmarshal([]byte(row.report), &m.report); err != nil {
			return fmt.Errorf("the report on %s of trial %d: %w", sub, row.trial, err)
		}
		s.mu.Lock()
		s.inUse[sub] = m
		s.mu.Unlock()
		return nil
	})
	return m, err
}

// Learn trains a model for each subject and keeps it if it is better than what is
// in use. It is a turn of the timetable. A town with too few closed matters goes on
// with its catalogue.
func (s *Service) Learn(ctx context.Context) error {
	by := scope.Program(learner)
	for _, sub := range Subjects() {
		ls, err := s.lessons(ctx, by, sub, mostLessons)
		if err != nil {
			return err
		}
		if err := s.learn(ctx, by, sub, ls); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) learn(ctx context.Context, by scope.Actor, sub Subject, ls []matters.Lesson) error {
	old, err := s.current(ctx, sub)
	if err != nil {
		return err
	}
	guess := s.catalogued(sub)
	if old.trial != 0 {
		guess = func(l matters.Lesson) string { return old.Guess(text(sub, l)).Label }
	}
	m, t, rep, err := try(ctx, sub, ls, guess)
	if err != nil || m == nil {
		return err
	}
	t.Against = old.trial
	bytes, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	reported, err := json.Marshal(rep)
	if err != nil {
		return err
	}
	if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		t.ID, t.At = tx.NewID(), tx.Now()
		if err := insertTrial(tx, t); err != nil {
			return err
		}
		act := "drop"
		if t.Kept {
			act = "keep"
			if err := setModel(tx, sub, stored{t.ID, string(reported), bytes}); err != nil {
				return err
			}
		}
		return trail.Append(tx, by, trail.Entry{Noun: "routing_trial", Record: t.ID, Act: act, Note: string(sub), Digest: t.digest()})
	}); err != nil {
		return err
	}
	s.log.Info("learnt where matters belong", "subject", sub, "learnt", t.Learnt, "tested", t.Tested, "right", t.RightNew, "before", t.RightOld, "kept", t.Kept)
	return nil
}

// catalogued guesses as the catalogue says: the category whose words stand in the
// text, the unit that usually leads.
func (s *Service) catalogued(sub Subject) guesser {
	cat, dir := s.matters.Catalogue(), s.orgs.Directory()
	return func(l matters.Lesson) string {
		if sub == Category {
			for _, k := range cat.Suggest(l.Title+" "+l.Body, 1) {
				return k.Code
			}
			return ""
		}
		k, _ := cat.Get(l.Category)
		if u, ok := dir.Responsible(k.Unit, l.Path); ok {
			return u.ID.String()
		}
		return ""
	}
}

func (t Trial) digest() []byte {
	return trail.Digest("routing_trial/1", t.ID, string(t.Subject), t.At, t.Learnt, t.Tested, t.From, t.Until, t.RightNew, t.RightOld, t.Against, t.Kept)
}

// EachDigest calls f with every trial's digest, for the check of the trail.
func EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return eachTrial(tx, func(t Trial) error { return f(t.ID, t.digest()) })
}

// A State is what is in use for a subject, and how it came to be.
type State struct {
	Subject Subject
	InUse   Trial  // its zero value: the catalogue
	Report  Report // of what is in use
	Trials  []Trial
}

// State says what is in use, with the newest trials. Needs administer in the
// whole town.
func (s *Service) State(ctx context.Context, by scope.Actor, sub Subject, most int) (State, error) {
	if d := by.May(access.Administer, scope.Target{At: s.db.Now()}); !d.OK {
		return State{}, errs.New(errs.Denied, d.Key, d.Args...)
	}
	m, err := s.current(ctx, sub)
	if err != nil {
		return State{}, err
	}
	st := State{Subject: sub, Report: m.report}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if m.trial != 0 {
			if st.InUse, err = trialOf(tx, m.trial); err != nil {
				return err
			}
		}
		st.Trials, err = newestTrials(tx, sub, most)
		return err
	})
	return st, err
}
