// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Urge reminds whoever's turn it is, with words that stay inside. Needs supervise.
func (s *Service) Urge(ctx context.Context, by scope.Actor, d ID, note string) error {
	note, err := saying("words", note, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Urge, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Urged++
		return Step{Words: note, ToUnit: m.TurnUnit}, nil
	})
	return err
}

// Supervise puts a matter under the eyes of the command until it is closed.
// Needs command.
func (s *Service) Supervise(ctx context.Context, by scope.Actor, d ID, note string) error {
	note, err := saying("words", note, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Supervise, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		m.Supervised = true
		return Step{Words: note, ToUnit: m.Lead}, nil
	})
	return err
}

// A Whistle calls several units to one matter at once, and shows who answered.
type Whistle struct {
	ID        id.ID
	Matter    ID
	Blower    string
	Words     string
	At        time.Time
	Due       time.Time
	EndedAt   time.Time
	Responses []Response

	blownBy id.ID // the account
}

// A Response is a unit's answer to a whistle; At is zero until it comes.
type Response struct {
	Whistle   id.ID
	Unit      id.ID
	Responder string
	Words     string
	At        time.Time

	account id.ID
}

// Acts on a matter that leave its state and turn alone.
const (
	Note         Act = "note"
	Inform       Act = "inform"
	WhistleAct   Act = "whistle"
	Respond      Act = "respond"
	AssistAct    Act = "assist"
	Invite       Act = "invite"
	Revoke       Act = "revoke"
	Reply        Act = "reply"
	SupportAct   Act = "support"
	UnsupportAct Act = "unsupport"
	Moderate     Act = "moderate"
	Restore      Act = "restore"
	Forget       Act = "forget"
	SplitOff     Act = "split_off" // the beginning of a part
	Mention      Act = "mention"   // an act on another matter touched this one; in the trail alone
)

// beside does to a matter what leaves its state and turn alone: it checks that the
// actor may, runs f, and writes the story and the trail.
func (s *Service) beside(ctx context.Context, by scope.Actor, d ID, act Act, may func(tx *sqldb.Tx, m Matter) error, f func(tx *sqldb.Tx, m *Matter) (Step, error), files ...NewFile) error {
	return s.db.WriteGuarded(ctx, func(tx *sqldb.Tx) error { return s.besideIn(tx, by, d, act, may, f, files...) })
}

// besideIn is beside inside a transaction that does more.
func (s *Service) besideIn(tx *sqldb.Tx, by scope.Actor, d ID, act Act, may func(tx *sqldb.Tx, m Matter) error, f func(tx *sqldb.Tx, m *Matter) (Step, error), files ...NewFile) error {
	m, err := s.load(tx, d)
	if err != nil {
		return err
	}
	if !s.maySee(tx, by, m) {
		return errs.New(errs.NotFound, "matter.none")
	}
	if err := expected(tx, m); err != nil {
		return err
	}
	if err := may(tx, m); err != nil {
		return err
	}
	step, err := f(tx, &m)
	if err != nil {
		return err
	}
	return s.record(tx, by, &m, act, m, "", step, files, saveBeside)
}

// needs returns the check that the actor holds the need for the matter.
func needs(by scope.Actor, need scope.Need) func(*sqldb.Tx, Matter) error {
	return func(tx *sqldb.Tx, m Matter) error {
		if d := by.May(need, m.Target(need, tx.Now())); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		return nil
	}
}

// open refuses what makes no sense for a matter that has ended.
func open(next func(*sqldb.Tx, Matter) error) func(*sqldb.Tx, Matter) error {
	return func(tx *sqldb.Tx, m Matter) error {
		if !m.State.Open() {
			return errs.New(errs.Conflict, "matter.ended")
		}
		return next(tx, m)
	}
}

// AddNote writes a line that only those who work on the matter read. Everybody
// may who sees its inside and does more than read.
func (s *Service) AddNote(ctx context.Context, by scope.Actor, d ID, note string, files ...NewFile) error {
	note, err := words("words", note, 1)
	if err != nil {
		return err
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	inside := func(tx *sqldb.Tx, m Matter) error {
		if s.view(tx, by, m) != Inside || by.Kind != scope.System && !access.Works(by, tx.Now()) {
			return errs.New(errs.Denied, scope.DeniedNeed)
		}
		return nil
	}
	return s.beside(ctx, by, d, Note, inside, func(*sqldb.Tx, *Matter) (Step, error) { return Step{Words: note}, nil }, files...)
}

// Blow calls the given units to the matter; each has until the due time to
// respond. Needs command. One whistle at a time is under way for one matter: a
// second may be blown when all have responded, or when its time is up, which ends
// the first with whoever did not respond.
func (s *Service) Blow(ctx context.Context, by scope.Actor, d ID, units []id.ID, due time.Duration, topic string) error {
	topic, err := saying("words", topic, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	units = slices.Compact(slices.Sorted(slices.Values(units)))
	if len(units) < 2 || len(units) > 20 {
		return errs.At("units", "matter.whistle.units", 2, 20)
	}
	for _, u := range units {
		if x, ok := s.orgs.Directory().Unit(u); !ok || !x.Active {
			return errs.At("units", "matter.unit.unknown")
		}
	}
	if due < 10*time.Minute || due > 7*24*time.Hour {
		return errs.At("due", "matter.whistle.due")
	}
	return s.beside(ctx, by, d, WhistleAct, open(needs(by, "command")), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		ws, err := whistlesOf(tx, m.ID)
		if err != nil {
			return Step{}, err
		}
		for _, w := range ws {
			if w.EndedAt.IsZero() && tx.Now().Before(w.Due) {
				return Step{}, errs.New(errs.Conflict, "matter.whistle.under_way")
			}
		}
		if slices.ContainsFunc(ws, func(w Whistle) bool { return w.EndedAt.IsZero() }) {
			if err := endWhistles(tx, m); err != nil {
				return Step{}, err
			}
		}
		until := tx.Now().Add(due)
		w := Whistle{ID: tx.NewID(), Matter: m.ID, Blower: by.Name, Words: topic, At: tx.Now(), Due: until, blownBy: by.Account}
		m.add(w)
		for _, u := range units {
			m.add(Response{Whistle: w.ID, Unit: u})
		}
		return Step{Words: topic, Until: until}, nil
	})
}

// Respond is a called unit's answer: we are there, and this is what we do. Needs
// handle in that unit. When the last unit has answered, the whistle is over.
func (s *Service) Respond(ctx context.Context, by scope.Actor, d ID, unit id.ID, said string) error {
	said, err := saying("words", said, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	return s.beside(ctx, by, d, Respond, handles(by, unit), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		return Step{Words: said, ToUnit: unit}, answerWhistle(tx, m, unit, by, said)
	})
}

// handles returns the check that the actor works for the unit.
func handles(by scope.Actor, unit id.ID) func(*sqldb.Tx, Matter) error {
	return func(tx *sqldb.Tx, _ Matter) error {
		if by.Kind != scope.System && !slices.Contains(by.Units("handle", tx.Now()), unit) {
			return errs.New(errs.Denied, scope.DeniedUnit, by.Name)
		}
		return nil
	}
}

// An Assist is the part of a unit that helps the lead unit.
type Assist struct {
	ID         id.ID
	Matter     ID
	Unit       id.ID
	AskedAt    time.Time
	AskedBy    string
	Words      string
	AnsweredAt time.Time
	Answer     string
	Active     bool
}

// Assist is an assisting unit's report of its part. Needs handle in that unit.
func (s *Service) Assist(ctx context.Context, by scope.Actor, d ID, unit id.ID, said string, files ...NewFile) error {
	said, err := saying("words", said, minReason, "matter.words.more")
	if err != nil {
		return err
	}
	return s.beside(ctx, by, d, AssistAct, open(handles(by, unit)), func(tx *sqldb.Tx, m *Matter) (Step, error) {
		return Step{Words: said, ToUnit: unit}, answerAssist(tx, m, unit, said)
	}, files...)
}
