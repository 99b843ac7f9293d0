// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Reminder is what is said about the end of a turn.
type Reminder string

// The reminders: before its end, at it, and afterwards to those above, one level
// after the other.
const (
	Soon   Reminder = "soon"   // it is near
	Late   Reminder = "late"   // it is past
	Level1 Reminder = "level1" // the head of the unit is told
	Level2 Reminder = "level2" // who supervises in the place is told
	Level3 Reminder = "level3" // who commands there is told

	Answering Reminder = "answer_soon" // the reporter's days to answer run out
	Call      Reminder = "call"        // likewise, of a reporter whom no message reaches: the desk is to ring them
)

// levels are the reminders to those above, the nearest first.
var levels = [Levels]Reminder{Level1, Level2, Level3}

// says reports whether a reminder is to be said at now about the turn of m, by
// these rules:
//   - soon when its end has come near; not if the whole turn is no longer than
//     that, for then its beginning says it;
//   - of the reporter's turn only that its end is near, to them;
//   - late after its end, and each level when its time has passed too; not if the
//     turn began late, as imported ones do.
func (t Timing) says(what Reminder, c *when.Calendar, m Matter, now time.Time) bool {
	switch {
	case what == Answering:
		return m.Turn() == TurnReporter && !m.Late(now) && !m.Due.After(c.Add(now, t.Nudge)) && m.Due.After(c.Add(m.MovedAt, t.Nudge))
	case m.TurnUnit == 0 || m.Due.IsZero():
		return false
	case what == Soon:
		return !m.Late(now) && !m.Due.After(c.Add(now, t.Remind)) && m.Due.After(c.Add(m.MovedAt, t.Remind))
	case !m.Late(now) || !m.Due.After(m.MovedAt):
		return false
	case what == Late:
		return true
	}
	return !c.Add(m.Due, t.Levels[slices.Index(levels[:], what)]).After(now)
}

// remindMark is the name under which is kept up to when reminders were said, and
// remindRules that under which edition of the calendars and which version of the timing.
const remindMark, remindRules = "matter.remind", "matter.remind.rules"

// remindAgain is by how much a look for reminders reaches behind the last one,
// for matters whose transaction took its time. Each is still said once.
const remindAgain = 10 * time.Minute

// keepReminders is how long it is kept that something was said: longer than any
// level takes.
const keepReminders = 60 * 24 * time.Hour

// A group is those units whose turns are reminded of in one calendar: one that has
// its own, or all that have none.
type group struct {
	calendar *when.Calendar
	unit     id.ID   // 0: all but those of but
	but      []id.ID // units that have their own
}

func (s *Service) groups() []group {
	own := s.calendars.Units()
	gs := []group{{calendar: s.calendars.Town(), but: own}}
	for _, u := range own {
		c, _ := s.calendars.Current(u)
		gs = append(gs, group{calendar: c, unit: u})
	}
	return gs
}

// A span is ends of turns about which something may be to be said.
type span struct {
	what     Reminder
	from, to time.Time
}

// spans are the ends that have come near, or have passed by so much, between last and
// now. anew looks at all of them, since they were reckoned otherwise before.
func (t Timing) spans(c *when.Calendar, last, now time.Time, anew bool) []span {
	ahead := func(what Reminder, l when.Limit) span {
		from := c.Add(last, l)
		if anew || last.IsZero() || from.Before(now) {
			from = now
		}
		return span{what, from, c.Add(now, l)}
	}
	spans := []span{{Late, last, now}, ahead(Soon, t.Remind)}
	for i, l := range t.Levels {
		var begin time.Time
		switch {
		case last.IsZero():
		case anew:
			begin = now.Add(-keepReminders / 2)
		default:
			begin = startOf(c, l, last)
		}
		spans = append(spans, span{levels[i], begin, startOf(c, l, now)})
	}
	return spans
}

// Remind writes notices about the ends of turns: to those members of the unit who
// may act, when the end comes near and when it has passed, and to those above, one
// level after the other, when it stays so, all counted in the calendar of the unit
// whose turn it is; and to the reporter whose answer is waited for, once, before the
// days for it run out. Each is said once, and again only if the end has been moved. It
// is a job's, done every few minutes, and looks only at the ends that have come near,
// or have passed by so much, since. It reports how many reminders were said.
//
// Letters about it wait for the morning, unless the matter is urgent (package letters).
func (s *Service) Remind(ctx context.Context) (said int, err error) {
	var last, now time.Time
	var rules int64
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now = tx.Now()
		if err := s.Heed(tx); err != nil {
			return err
		}
		ms, err := sqldb.Mark(tx, remindMark)
		if err != nil {
			return err
		}
		if ms != 0 {
			last = time.UnixMilli(ms).Add(-remindAgain)
		}
		rules, err = sqldb.Mark(tx, remindRules)
		return err
	})
	if err != nil {
		return 0, err
	}
	t := s.Timing()
	_, edition := s.calendars.Current(0)
	in := int64(edition)<<32 | int64(t.Version)
	for _, g := range s.groups() {
		for _, x := range t.spans(g.calendar, last, now, rules != in) {
			n, err := s.remindSpan(ctx, x, func(tx *sqldb.Tx, after Matter) ([]Matter, error) { return s.ending(tx, g, x, after) })
			said += n
			if err != nil {
				return said, err
			}
		}
	}
	asked := span{Answering, now, s.calendars.Town().Add(now, t.Nudge)}
	n, err := s.remindSpan(ctx, asked, func(tx *sqldb.Tx, after Matter) ([]Matter, error) { return s.answering(tx, asked, after) })
	said += n
	if err != nil {
		return said, err
	}
	return said, s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := dropReminders(tx, now.Add(-keepReminders)); err != nil {
			return err
		}
		if err := sqldb.SetMark(tx, remindRules, in); err != nil {
			return err
		}
		return sqldb.SetMark(tx, remindMark, now.UnixMilli())
	})
}

// startOf is the latest moment from which a limit has ended at end, to the second.
func startOf(c *when.Calendar, l when.Limit, end time.Time) time.Time {
	low, high := end.AddDate(0, 0, -2*l.N-30), end
	for high.Sub(low) > time.Second {
		half := low.Add(high.Sub(low) / 2)
		if c.Add(half, l).After(end) {
			high = half
		} else {
			low = half
		}
	}
	return high
}

// remindSpan says what is to be said of the turns of a span.
func (s *Service) remindSpan(ctx context.Context, x span, next func(tx *sqldb.Tx, after Matter) ([]Matter, error)) (said int, err error) {
	var after Matter
	for {
		var some []Matter
		if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
			some, err = next(tx, after)
			return err
		}); err != nil || len(some) == 0 {
			return said, err
		}
		after = some[len(some)-1]
		n := 0
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			n, err = s.remindThese(tx, x.what, some)
			return err
		}); err != nil {
			return said, err
		}
		said += n
	}
}

func (s *Service) remindThese(tx *sqldb.Tx, what Reminder, ms []Matter) (said int, err error) {
	var ns []notice
	if err := s.orgs.Check(tx); err != nil {
		return 0, err
	}
	t := s.Timing()
	for _, m := range ms {
		c, _ := s.calendars.Current(m.TurnUnit)
		if !t.says(what, c, m, tx.Now()) {
			continue
		}
		kind, about := what, []notice(nil)
		if what == Answering {
			if kind, about, err = s.toAnswer(tx, m); err != nil {
				return 0, err
			}
		}
		first, err := insertReminder(tx, m, kind)
		if err != nil {
			return 0, err
		}
		if !first { // said already, or somebody has acted just now
			continue
		}
		said++
		ns = append(ns, about...)
		if what == Answering {
			continue
		}
		for _, to := range s.toRemind(what, m, tx.Now()) {
			ns = append(ns, notice{to: to, matter: m.ID, key: noticeKey(Act(what)), at: tx.Now(), urgent: m.Urgent, topic: people.Due})
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

// toRemind are those to whom a reminder is said: whose turn it is, and those
// above them; where there is nobody on a level, those on the next.
func (s *Service) toRemind(what Reminder, m Matter, now time.Time) (who []reader) {
	i := slices.Index(levels[:], what)
	if i < 0 {
		return s.onTurn(m, now)
	}
	for ; i < len(levels) && len(who) == 0; i++ {
		who = s.above(levels[i], m, now)
	}
	return who
}

// heads are the roles of those who lead a unit.
var heads = []string{"unit_lead", "committee_chair", "deputy_secretary"}

// above are those on one level over whose turn it is: the heads of the unit; those
// who supervise in the place and do not command there; those who command there.
func (s *Service) above(level Reminder, m Matter, now time.Time) (who []reader) {
	if level == Level1 {
		if u, ok := s.orgs.Directory().Unit(m.TurnUnit); ok {
			who = s.holders(who, u, now, func(p orgs.Post, _ []scope.Need) bool { return slices.Contains(heads, p.Role) })
		}
		return who
	}
	return s.holding(m, now, func(needs []scope.Need) bool {
		return slices.Contains(needs, access.Supervise) && slices.Contains(needs, access.See) && slices.Contains(needs, access.Command) == (level == Level3)
	})
}

// holding are those who hold a post whose needs fit and that counts in the place of m.
func (s *Service) holding(m Matter, now time.Time, fits func(needs []scope.Need) bool) (who []reader) {
	dir := s.orgs.Directory()
	for _, u := range dir.Units() {
		who = s.holders(who, u, now, func(p orgs.Post, needs []scope.Need) bool { return p.In().Contains(m.Path) && fits(needs) })
	}
	return who
}

// holders adds to who those who hold a post of the unit that fits, each once.
func (s *Service) holders(who []reader, u orgs.Unit, now time.Time, fits func(p orgs.Post, needs []scope.Need) bool) []reader {
	dir := s.orgs.Directory()
	for _, p := range dir.Posts(u.ID) {
		role, ok := access.RoleOf(p.Role)
		if !ok || !fits(p, role.Needs) {
			continue
		}
		for _, h := range dir.Holders(p.ID, now) {
			if to := (reader{account: h.Account}); h.Account != 0 && !slices.Contains(who, to) {
				who = append(who, to)
			}
		}
	}
	return who
}
