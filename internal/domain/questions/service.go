// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Needs are the services below and beside this one.
type Needs struct {
	DB        *sqldb.DB
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Calendars *calendars.Service
	Letters   *letters.Service // nil: nobody is written to
	Matters   *matters.Service
	Seal      *seal.Box
	Random    io.Reader // where query codes come from
	Log       *slog.Logger

	// Guess names the units that may know what words about a place are about, the
	// likeliest first; nil: nobody guesses.
	Guess func(ctx context.Context, words string, in scope.Path) []id.ID
	// Word puts an answer into words from passages; nil: nobody does.
	Word  Wording
	Rules Rules
}

// Rules are what a town sets for questions. The zero Rules are the defaults.
type Rules struct {
	Prefix       string        // of numbers; default WD
	AnswerIn     when.Limit    // default 3 working days
	ReopenFor    time.Duration // how long the asker may say that it is no answer; default 30 days
	KeepPersonal time.Duration // how long what tells of the asker is kept after the end; default a year
}

func (r Rules) withDefaults() Rules {
	if r.Prefix == "" {
		r.Prefix = "WD"
	}
	if r.AnswerIn.N == 0 {
		r.AnswerIn = when.Limit{N: 3, Unit: when.WorkDays}
	}
	if r.ReopenFor == 0 {
		r.ReopenFor = 30 * 24 * time.Hour
	}
	if r.KeepPersonal == 0 {
		r.KeepPersonal = 365 * 24 * time.Hour
	}
	return r
}

// A Service takes questions and keeps answers. It is safe for several goroutines.
type Service struct {
	Needs
	shelf shelf
}

// New returns the service.
func New(n Needs) *Service {
	if n.Log == nil {
		n.Log = slog.Default()
	}
	n.Rules = n.Rules.withDefaults()
	return &Service{Needs: n}
}

// An edit is what one act does to a question beside its change of state; it returns
// the line for the story.
type edit func(tx *sqldb.Tx, q *Question) (Step, error)

// change is the one door through which a question changes. It is NotFound if there is
// none for this actor, a Conflict if the act is not possible in its state, and Denied
// if it is not this actor's to do.
func (s *Service) change(ctx context.Context, by scope.Actor, number string, act Act, rule edit) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		q, err := s.load(tx, number)
		if err != nil {
			return err
		}
		_, err = s.changeIn(tx, by, q, act, rule)
		return err
	})
}

func (s *Service) changeIn(tx *sqldb.Tx, by scope.Actor, q Question, act Act, rule edit) (Question, error) {
	v, err := s.view(tx, by, q)
	if err != nil {
		return q, err
	}
	if v == Nothing {
		return q, errs.New(errs.NotFound, "question.none")
	}
	mv, err := Flow.Find(q.State, act)
	if err != nil {
		return q, errs.New(errs.Conflict, "question.move", i18n.Key("question.act."+string(act)), i18n.Key("question.state."+string(q.State)))
	}
	behalf, err := s.allow(tx, by, q, mv.Need)
	if err != nil {
		return q, err
	}
	if err := s.hindrance(q, act, tx.Now()); err != nil {
		return q, err
	}
	was := q.State
	step, err := rule(tx, &q)
	if err != nil {
		return q, err
	}
	q.State = mv.To
	if q.State == Asked {
		q.Due = s.due(q.Unit, tx.Now())
	} else {
		q.Due = time.Time{}
	}
	q.MovedAt = tx.Now()
	step.Act, step.Behalf = act, behalf
	if err := s.tell(tx, by, &q, step); err != nil {
		return q, err
	}
	if err := save(tx, &q); err != nil {
		return q, err
	}
	return q, s.note(tx, by, q, act, was, behalf)
}

// tell adds a line to the story.
func (s *Service) tell(tx *sqldb.Tx, by scope.Actor, q *Question, step Step) error {
	step.ID, step.Question, step.At = tx.NewID(), q.ID, tx.Now()
	step.Account, step.Actor, step.Unit = by.Account, by.Name, by.Unit
	if by.Kind == scope.Resident || by.Kind == scope.Anonymous {
		step.Actor = "" // the story says the asker; not even the mask of a name
	}
	q.story = step.link(q.story)
	return insertStep(tx, step)
}

func (s *Service) note(tx *sqldb.Tx, by scope.Actor, q Question, act Act, was State, behalf string) error {
	return trail.Append(tx, by, trail.Entry{Noun: "question", Record: q.ID, Act: string(act), From: string(was), To: string(q.State), For: behalf, Digest: q.digest()})
}

// due is when a unit is to have answered what it gets now.
func (s *Service) due(unit id.ID, now time.Time) time.Time {
	c, _ := s.Calendars.Current(unit)
	return c.Add(now, s.Rules.AnswerIn)
}

// hindrance says why an act is not possible for a question as it stands.
func (s *Service) hindrance(q Question, act Act, now time.Time) error {
	if act == Reopen && now.After(q.AnsweredAt.Add(s.Rules.ReopenFor)) {
		return errs.New(errs.Conflict, "question.reopen.late", int(s.Rules.ReopenFor.Hours()/24))
	}
	return nil
}

// allow decides whether the actor may do what the move needs, and for whom.
func (s *Service) allow(tx *sqldb.Tx, by scope.Actor, q Question, need scope.Need) (behalf string, err error) {
	switch need {
	case byUnit:
		if s.answers(by, q, tx.Now()) {
			return "", nil
		}
		return "", errs.New(errs.Denied, "question.not_unit")
	case byAsker:
		if isAsker(by, q) {
			return "", nil
		}
		if p, err := s.actsFor(tx, by, q.Resident); err != nil || p {
			return "a resident", err
		}
		if d := by.May("raise_for", scope.Target{Path: q.Path, At: tx.Now()}); d.OK {
			return "a resident", nil
		}
		return "", errs.New(errs.Denied, "question.not_asker")
	}
	d := by.May(need, scope.Target{Path: q.Path, At: tx.Now()})
	if !d.OK {
		return "", errs.New(errs.Denied, d.Key, d.Args...)
	}
	return "", nil
}

// answers reports whether the actor answers for the unit whose turn it is: who handles
// in it, and in a centre or at a desk who takes in and sends on.
func (s *Service) answers(by scope.Actor, q Question, now time.Time) bool {
	if by.Kind == scope.System {
		return true
	}
	for _, n := range []scope.Need{"handle", "intake", "dispatch", "desk"} {
		if by.May(n, scope.Target{Path: q.Path, Unit: q.Unit, At: now}).OK {
			return true
		}
	}
	return false
}

// isAsker reports whether the actor asked: signed in, or with the code of the slip.
func isAsker(by scope.Actor, q Question) bool {
	return by.Resident != 0 && by.Resident == q.Resident || q.ForgottenAt.IsZero() && slices.Contains(by.Slips, q.ID)
}

// view is how much of a question the actor sees.
func (s *Service) view(tx *sqldb.Tx, by scope.Actor, q Question) (View, error) {
	now := tx.Now()
	target := scope.Target{Path: q.Path, At: now}
	switch {
	case by.Kind == scope.System, s.answers(by, q, now):
		return Inside, nil
	case isAsker(by, q):
		return Asker, nil
	case by.May("audit", target).OK, by.May("see", target).OK, by.May(editor, target).OK:
		return Inside, nil
	case q.AskedBy != 0 && q.AskedBy == by.Account:
		return Asker, nil
	}
	if p, err := s.actsFor(tx, by, q.Resident); err != nil || p {
		return Asker, err
	}
	return Nothing, nil
}

// actsFor reports whether the actor may ask for a resident.
func (s *Service) actsFor(tx *sqldb.Tx, by scope.Actor, resident id.ID) (bool, error) {
	_, ok, err := s.People.ActsFor(tx, by, resident, people.ProxyAsk)
	return ok, err
}

// load returns the question with a number.
func (s *Service) load(tx *sqldb.Tx, number string) (Question, error) {
	q, err := loadNumber(tx, number)
	if err == nil {
		q.Path[scope.City] = s.city()
	}
	return q, err
}

func (s *Service) city() id.ID {
	city, _ := s.Places.Tree().City() // 0 before the town has places
	return city.ID
}

// Get returns a question as the actor may see it. It is NotFound if they may not.
func (s *Service) Get(ctx context.Context, by scope.Actor, number string) (w Whole, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		w = Whole{}
		if w.Question, err = s.load(tx, number); err != nil {
			return err
		}
		if w.View, err = s.view(tx, by, w.Question); err != nil {
			return err
		}
		if w.View == Nothing {
			return errs.New(errs.NotFound, "question.none")
		}
		if w.Steps, err = steps(tx, w.Question.ID); err != nil {
			return err
		}
		for _, m := range Flow.From(w.Question.State) {
			_, err := s.allow(tx, by, w.Question, m.Need)
			if err == nil && s.hindrance(w.Question, m.Act, tx.Now()) == nil {
				w.Acts = append(w.Acts, m.Act)
			} else if err != nil && errs.KindOf(err) != errs.Denied {
				return err
			}
		}
		if w.Cited, err = answersWith(tx, w.Question.Cites); err != nil {
			return err
		}
		return s.card(tx, &w)
	})
	return w, err
}

// card tells those inside who asked, in masks.
func (s *Service) card(tx *sqldb.Tx, w *Whole) error {
	if w.View != Inside {
		return nil
	}
	if r := w.Question.Resident; r != 0 {
		cards, err := s.People.Cards(tx, r)
		w.Asker = cards[r]
		return err
	}
	cards, err := s.People.ContactCards(tx, w.Question.Contact)
	w.Asker = cards[w.Question.Contact]
	return err
}

// ByCode returns the ID of the question with a number, to who knows its code; else it
// is Invalid beside code.
func (s *Service) ByCode(ctx context.Context, number, code string) (d id.ID, err error) {
	index, err := s.Seal.Index(codePurpose, seal.PlainCode(code))
	if err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		q, err := loadNumber(tx, number)
		if errs.KindOf(err) == errs.NotFound || err == nil && !seal.Same(q.codeIndex, index) {
			return errs.At("code", "matter.code.wrong")
		}
		d = q.ID
		return err
	})
	return d, err
}

// codePurpose is that of the blind index of codes.
const codePurpose = "question.query_code"

// newCode makes the code of a slip and what is kept of it.
func (s *Service) newCode() (code string, index []byte, err error) {
	if s.Random == nil {
		return "", nil, errors.New("questions was given no source of chance: set Needs.Random")
	}
	if code, err = seal.NewCode(s.Random); err != nil {
		return "", nil, err
	}
	index, err = s.Seal.Index(codePurpose, seal.PlainCode(code))
	return code, index, err
}
