// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// WeekOfUnits is the name under which letters know the letter of the week: its
// references are units.
const WeekOfUnits = "matters.week"

// weeklyMark is the name under which is kept which week was written last.
const weeklyMark = "matter.weekly"

// A Weeks says in the letter of the week how a unit's work stands. It implements
// [letters.Source].
type Weeks struct{ s *Service }

// Weeks returns the source of the letters of the week.
func (s *Service) Weeks() Weeks { return Weeks{s} }

// Weekly promises every member of a unit who wants it a letter on how the unit's
// work stands: on the first working day of the week, once. It is a job's, done
// every day, and reports how many letters were promised.
func (s *Service) Weekly(ctx context.Context) (n int, err error) {
	if !s.letters.Offered() {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		now := tx.Now().In(when.Zone)
		year, week := now.ISOWeek()
		this := int64(year*100 + week)
		last, err := sqldb.Mark(tx, weeklyMark)
		if err != nil || last == this || !s.calendars.Town().Workday(now) {
			return err
		}
		if err := s.orgs.Check(tx); err != nil {
			return err
		}
		units, err := unitsWithTurns(tx)
		if err != nil {
			return err
		}
		for _, u := range units {
			boxes, err := s.people.MailboxesOf(tx, people.OwnedByAccount, s.orgs.Directory().Members(u, now))
			if err != nil {
				return err
			}
			for _, some := range boxes {
				for _, box := range some {
					if err := s.letters.Promise(tx, box, false, letters.Item{Source: WeekOfUnits, Ref: u, Topic: people.Weekly}); err != nil {
						return err
					}
					n++
				}
			}
		}
		return sqldb.SetMark(tx, weeklyMark, this)
	})
	return n, err
}

// Lines implements [letters.Source]: how many matters wait for the unit, how many
// are late and how many soon will be, as the letter is sent. Who is no member of
// the unit any more reads nothing.
func (w Weeks) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	if to.Kind != people.OwnedByAccount {
		return nil, nil
	}
	if err := w.s.orgs.Check(tx); err != nil {
		return nil, err
	}
	now := tx.Now()
	for _, ref := range refs {
		u, ok := w.s.orgs.Directory().Unit(ref)
		if !ok || !contains(w.s.orgs.Directory().Members(ref, now), to.ID) {
			continue
		}
		all, late, soon, err := unitLights(tx, ref, now)
		if err != nil {
			return nil, err
		}
		lines = append(lines, letters.Line{Key: "matter.weekly", Args: []any{u.Name, all, late, soon}, Number: u.Code, State: "matter.weekly.short", At: now, Path: "/inbox"})
	}
	return lines, nil
}
