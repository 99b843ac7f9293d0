// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"time"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Reminder is what is said to a unit about the end of its turn.
type Reminder string

// The reminders.
const (
	Soon Reminder = "soon" // it is four working hours away
	Late Reminder = "late" // it is past
)

// soonBefore is how long before its end a unit is reminded of its turn.
var soonBefore = when.Limit{N: 4, Unit: when.WorkHours}

// reminder is what is to be said at now about the turn of m, "" for nothing, by
// these rules:
//   - soon within four working hours of its end; not if the whole turn is no
//     longer than that, for then its beginning says it;
//   - late after its end; not if the turn began late, as imported ones do.
func reminder(c *when.Calendar, m Matter, now time.Time) Reminder {
	switch {
	case m.TurnUnit == 0 || m.Due.IsZero():
		return ""
	case m.Late(now):
		if m.Due.After(m.MovedAt) {
			return Late
		}
	case !m.Due.After(c.Add(now, soonBefore)):
		if m.Due.After(c.Add(m.MovedAt, soonBefore)) {
			return Soon
		}
	}
	return ""
}

// remindMark is the name under which is kept up to when reminders were said.
const remindMark = "matter.remind"

// remindAgain is by how much a look for reminders reaches behind the last one,
// for matters whose transaction took its time. Each is still said once.
const remindAgain = 10 * time.Minute

// Remind writes notices to those members of a unit who may act on a matter whose
// turn is the unit's, when its end comes near and when it has passed: once each,
// and again only if the end has been moved. It is a job's, done every few
// minutes, and looks only at the ends that have come near since. It reports how
// many reminders were said.
func (s *Service) Remind(ctx context.Context) (said int, err error) {
	var last, now time.Time
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now = tx.Now()
		ms, err := sqldb.Mark(tx, remindMark)
		if ms != 0 {
			last = time.UnixMilli(ms).Add(-remindAgain)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	from := s.calendar.Add(last, soonBefore)
	if last.IsZero() || from.Before(now) {
		from = now
	}
	for _, span := range [][2]time.Time{{last, now}, {from, s.calendar.Add(now, soonBefore)}} {
		n, err := s.remindSpan(ctx, span[0], span[1])
		said += n
		if err != nil {
			return said, err
		}
	}
	return said, s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := dropReminders(tx, now.Add(-24*time.Hour)); err != nil {
			return err
		}
		return sqldb.SetMark(tx, remindMark, now.UnixMilli())
	})
}

// remindSpan says what is to be said of the turns that end after one moment and
// up to another.
func (s *Service) remindSpan(ctx context.Context, from, to time.Time) (said int, err error) {
	var after Matter
	for {
		var some []Matter
		if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
			some, err = s.ending(tx, from, to, after)
			return err
		}); err != nil || len(some) == 0 {
			return said, err
		}
		after = some[len(some)-1]
		n := 0
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			n, err = s.remindThese(tx, some)
			return err
		}); err != nil {
			return said, err
		}
		said += n
	}
}

func (s *Service) remindThese(tx *sqldb.Tx, ms []Matter) (said int, err error) {
	var ns []notice
	if err := s.orgs.Check(tx); err != nil {
		return 0, err
	}
	for _, m := range ms {
		what := reminder(s.calendar, m, tx.Now())
		if what == "" {
			continue
		}
		first, err := insertReminder(tx, m, what)
		if err != nil {
			return 0, err
		}
		if !first { // said already, or somebody has acted just now
			continue
		}
		said++
		for _, to := range s.onTurn(m, tx.Now()) {
			ns = append(ns, notice{to: to, matter: m.ID, key: noticeKey(Act(what)), at: tx.Now(), urgent: m.Urgent})
		}
	}
	return said, s.tell(tx, ns)
}

// onTurn are those members of the unit whose turn it is who may act.
func (s *Service) onTurn(m Matter, now time.Time) (who []reader) {
	for _, t := range turns {
		if t.turn != m.Turn() {
			continue
		}
		target := m.Target(t.need, now)
		target.Unit = m.TurnUnit
		for _, account := range s.orgs.Directory().Members(m.TurnUnit, now) {
			if s.staff(account, now).May(t.need, target).OK {
				who = append(who, reader{account: account})
			}
		}
	}
	return who
}
