// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Publishing is an answer as an editor would have everybody read it. A person has
// taken out who asked and what tells of them; Seen says that they have looked at what
// [Traces] found and let it stand.
type Publishing struct {
	Writing
	Seen bool
}

// Publish makes an answer of a question that was answered, without the asker: by who
// holds moderate in its place. It is Invalid beside a field if something tells of the
// asker still and was not seen, or if the text is not whole. An answer that was
// published of the question before is written anew.
func (s *Service) Publish(ctx context.Context, by scope.Actor, number string, in Publishing) (a Answer, err error) {
	if !in.Seen {
		if found := Traces(in.Title + "\n" + in.Asked + "\n" + in.Body); len(found) > 0 {
			return a, errs.At("seen", "answer.traces", len(found))
		}
	}
	err = s.change(ctx, by, number, PublishAct, func(tx *sqldb.Tx, q *Question) (Step, error) {
		a = Answer{}
		known := q.Answer != 0
		if known {
			if a, err = loadAnswer(tx, q.Answer); err != nil {
				return Step{}, err
			}
			a.Retired = ""
		}
		a.Kind = Told
		if in.Unit == 0 {
			in.Unit = q.Unit
		}
		if err := in.put(&a, s.active); err != nil {
			return Step{}, err
		}
		if a.Asked == "" {
			return Step{}, errs.At("asked", "answer.missing")
		}
		if a.IssuedOn == "" {
			a.IssuedOn = q.AnsweredAt.In(i18n.Zone).Format(time.DateOnly)
		}
		if u, ok := s.Orgs.Directory().Unit(a.Unit); ok && a.Source == "" {
			a.Source = u.Name.ZH
		}
		if err := s.keep(tx, by, &a, known, "publish"); err != nil {
			return Step{}, err
		}
		q.Answer = a.ID
		return Step{}, nil
	})
	return a, err
}

// keep writes an answer, new or changed, with its line in the trail, and makes the
// shelf stale.
func (s *Service) keep(tx *sqldb.Tx, by scope.Actor, a *Answer, known bool, act string) error {
	a.ChangedAt = tx.Now()
	if !known {
		a.ID, a.PublishedAt, a.PublishedBy, a.Version = tx.NewID(), tx.Now(), by.Account, 1
		if err := insertAnswer(tx, *a); err != nil {
			return err
		}
	} else if err := saveAnswer(tx, a); err != nil {
		return err
	}
	if err := stale(tx); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "answer", Record: a.ID, Act: act, To: string(a.Kind), Digest: a.digest()})
}

// mayWrite refuses unless the actor may write an answer: who edits in its place, and who
// handles in the unit that knows. Only these write policies of the whole city: who
// edits there, and the unit's own.
func (s *Service) mayWrite(by scope.Actor, a Answer, now time.Time) error {
	path := a.Path
	path[scope.City] = s.city()
	if by.May(editor, scope.Target{Path: path, At: now}).OK {
		return nil
	}
	if a.Unit != 0 && slices.Contains(s.writes(by, now), a.Unit) {
		return nil
	}
	return errs.New(errs.Denied, "answer.not_yours")
}

// MayWrite reports whether the actor may change an answer: for buttons.
func (s *Service) MayWrite(by scope.Actor, a Answer) bool {
	return s.mayWrite(by, a, s.DB.Now()) == nil
}

// MayAdd reports whether the actor may write any policy at all: for buttons.
func (s *Service) MayAdd(by scope.Actor) bool {
	now := s.DB.Now()
	return by.May(editor, scope.Target{Path: scope.Path{s.city()}, At: now}).OK || len(s.writes(by, now)) > 0
}

// writes are the units whose policies the actor may write: those in which they handle,
// of the town's own. What a shop says is no policy.
func (s *Service) writes(by scope.Actor, now time.Time) (units []id.ID) {
	for _, u := range by.Units("handle", now) {
		if unit, ok := s.Orgs.Directory().Unit(u); ok && unit.Kind != orgs.Company && unit.Kind != orgs.Outside {
			units = append(units, u)
		}
	}
	return units
}

// Add publishes a policy; of replaces, if it is not 0, the new one takes the place. It
// needs moderate in the city, or handle in the unit that the policy is of.
func (s *Service) Add(ctx context.Context, by scope.Actor, in Writing, replaces id.ID) (a Answer, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		a = Answer{Kind: Policy}
		if err := in.put(&a, s.active); err != nil {
			return err
		}
		if err := s.mayWrite(by, a, tx.Now()); err != nil {
			return err
		}
		if err := s.keep(tx, by, &a, false, "add"); err != nil || replaces == 0 {
			return err
		}
		return s.replace(tx, by, replaces, a)
	})
	return a, err
}

// replace says of an answer that another holds instead.
func (s *Service) replace(tx *sqldb.Tx, by scope.Actor, d id.ID, with Answer) error {
	old, err := loadAnswer(tx, d)
	if err != nil {
		return err
	}
	if err := s.mayWrite(by, old, tx.Now()); err != nil {
		return err
	}
	switch {
	case old.ReplacedBy != 0:
		return errs.New(errs.Conflict, "answer.replaced.already")
	case old.ID == with.ID:
		return errs.At("replaced_by", "answer.replaced.self")
	}
	old.ReplacedBy = with.ID
	return s.keep(tx, by, &old, true, "replace")
}

// Edit changes the text of an answer. It is a Conflict if somebody else did meanwhile.
func (s *Service) Edit(ctx context.Context, by scope.Actor, d id.ID, in Writing) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := loadAnswer(tx, d)
		if err != nil {
			return err
		}
		if err := s.mayWrite(by, a, tx.Now()); err != nil {
			return err
		}
		switch {
		case a.Kind == Replied:
			return errs.New(errs.Conflict, "answer.edit.matter")
		case in.Version != 0 && in.Version != a.Version:
			return errs.New(errs.Conflict, "record.changed")
		}
		was := a.Unit
		if err := in.put(&a, s.active); err != nil {
			return err
		}
		if a.Unit != was { // nobody gives away what is another unit's
			if err := s.mayWrite(by, a, tx.Now()); err != nil {
				return err
			}
		}
		return s.keep(tx, by, &a, true, "edit")
	})
}

// Retire takes an answer off, with the reason: it is found no longer, and who has its
// address reads that it does not hold. An empty reason puts it back.
func (s *Service) Retire(ctx context.Context, by scope.Actor, d id.ID, why string) error {
	why = strings.TrimSpace(why)
	if len([]rune(why)) > 200 {
		return errs.At("why", "matter.words.long", 200)
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := loadAnswer(tx, d)
		if err != nil {
			return err
		}
		if err := s.mayWrite(by, a, tx.Now()); err != nil {
			return err
		}
		if (a.Retired == "") == (why == "") {
			return errs.New(errs.Conflict, "answer.retired.already")
		}
		a.Retired = why
		act := "retire"
		if why == "" {
			act = "restore"
		}
		return s.keep(tx, by, &a, true, act)
	})
}
