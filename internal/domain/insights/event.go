// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// whose says for whom something is counted.
type whose struct {
	town, village id.ID
	unit          id.ID
	category      string
}

// An event is something that is counted once.
type event struct {
	whose
	measure Measure
	late    bool
	at      time.Time
	told    time.Time // when it became known: of what was excused later than it happened
	seq     int64     // of the row of the trail
	matter  id.ID
}

// A spell is a time in which a matter was open beyond what was promised.
type spell struct {
	whose
	kind   Measure // Late or Wait
	from   time.Time
	until  time.Time // zero: it has not ended
	seq    int64     // of the row that ended it
	matter id.ID
}

// covers reports whether the spell was under way at the moment t: what is promised
// for a moment is not late at it.
func (s spell) covers(t time.Time) bool {
	return s.from.Before(t) && (s.until.IsZero() || !t.After(s.until))
}

// A reading is everything that one life gives to be counted.
type reading struct {
	matter id.ID
	events []event // what happened, in order
	stock  []event // what came to stand open, with late set, and what went
	spells []spell // those that have ended
	now    spell   // the one that it is in or will be in; its kind is "" if it has ended
	open   bool
	unit   id.ID // whose it is now
}

// limits of taking: how soon a unit says that it has what was dispatched to it.
var (
	takeIn       = when.Limit{N: 1, Unit: when.WorkDays}
	takeInUrgent = when.Limit{N: 1, Unit: when.UrgentHours}
)

// reader goes through one life.
type reader struct {
	reading
	cal      *when.Calendar
	life     matters.Life
	filed    bool
	accepted bool
	sent     time.Time // when it was dispatched last
	sentBy   id.ID     // by which centre
	owner    id.ID     // whose it is
}

// read says what is to be counted of a life. It is pure: the same life gives the
// same, whenever and wherever it is read.
func read(cal *when.Calendar, l matters.Life) reading {
	r := &reader{cal: cal, life: l, reading: reading{matter: l.ID}}
	for _, m := range l.Moments {
		r.moment(m)
	}
	r.unit = r.owner
	return r.reading
}

func (r *reader) moment(m matters.Moment) {
	before := r.whoseOf(m.Before)
	if m.After.Lead != 0 || m.After.TurnUnit != 0 || m.Before.State == "" {
		r.owner = firstOf(m.After.Lead, m.After.TurnUnit)
	}
	after := r.whoseOf(m.After)
	r.count(m)
	was, is := m.Before.State != "" && m.Before.State.Open(), m.After.State.Open()
	if was && (!is || before != after) {
		r.stock = append(r.stock, r.event(m, Open, false, before))
	}
	if is && (!was || before != after) {
		r.stock = append(r.stock, r.event(m, Open, true, after))
	}
	r.open = is
	r.turn(m, after)
}

// turn ends the spell that a moment ends, and begins the next.
func (r *reader) turn(m matters.Moment, after whose) {
	kind := kindOf(m.After.State)
	if kind == r.now.kind && after == r.now.whose && m.After.Promised.Equal(m.Before.Promised) {
		return
	}
	if r.now.kind != "" && r.now.from.Before(m.At) {
		ended := r.now
		ended.until, ended.seq = m.At, m.Seq
		r.spells = append(r.spells, ended)
	}
	r.now = spell{}
	if kind == "" || m.After.Promised.IsZero() {
		return
	}
	from := m.After.Promised
	if from.Before(m.At) {
		from = m.At
	}
	r.now = spell{whose: after, kind: kind, from: from, matter: r.life.ID}
}

// kindOf says what a matter in the state counts as when its time is over.
func kindOf(s matters.State) Measure {
	switch {
	case !s.Open():
		return ""
	case s == matters.AskedIntake, s == matters.AskedHandler, s == matters.Suspended:
		return Wait
	}
	return Late
}

func (r *reader) whoseOf(x matters.Standing) whose {
	return whose{town: x.Path[scope.Town], village: x.Path[scope.Village], unit: r.owner, category: x.Category}
}

func (r *reader) event(m matters.Moment, what Measure, late bool, of whose) event {
	return event{whose: of, measure: what, late: late, at: m.At, told: m.At, seq: m.Seq, matter: r.life.ID}
}

// add counts something that a unit did.
func (r *reader) add(m matters.Moment, what Measure, late bool, unit id.ID) {
	of := r.whoseOf(m.After)
	of.unit = unit
	r.events = append(r.events, r.event(m, what, late, of))
}

// overdue reports whether a moment came after the end of the turn that it ended.
func overdue(m matters.Moment) bool { return !m.Before.Due.IsZero() && m.At.After(m.Before.Due) }

// count counts what a moment is.
func (r *reader) count(m matters.Moment) {
	grid := r.life.Channel == matters.Grid
	switch {
	case m.Act == "raise":
		r.add(m, Raised, false, m.After.TurnUnit)
		return
	case m.Past && m.Act == matters.Close:
		r.add(m, Elsewhere, false, m.After.Lead)
		return
	case m.Past:
		return
	}
	switch m.Act {
	case matters.Accept:
		r.add(m, Accepted, overdue(m), m.Before.TurnUnit)
		if grid && !r.accepted {
			r.add(m, GridAccepted, false, m.Before.TurnUnit)
		}
		r.accepted = true
	case matters.Decline:
		unit := firstOf(m.Before.TurnUnit, m.Unit)
		r.add(m, Declined, false, unit)
		if grid {
			r.add(m, GridDeclined, false, unit)
		}
	case matters.Classify:
		if !r.filed {
			r.add(m, Filed, overdue(m), m.Before.TurnUnit)
		}
		r.filed = true
	case matters.Dispatch:
		r.add(m, Dispatched, overdue(m), m.Before.TurnUnit)
		r.sent, r.sentBy = m.At, m.Before.TurnUnit
	case matters.Decide:
		r.sent = m.At
	case matters.SendBack:
		r.sentBack(m)
	case matters.Take:
		r.add(m, Taken, r.slow(m), m.Before.Lead)
	case matters.Handle:
		r.add(m, Handled, overdue(m), m.Before.Lead)
	case matters.Verify:
		r.add(m, Verified, overdue(m), m.Before.TurnUnit)
	case matters.Close:
		r.add(m, Closed, m.At.After(m.Before.Promised), m.After.Lead)
	case matters.Reopen:
		if m.Before.State == matters.Closed {
			r.add(m, Reopened, false, m.After.Lead)
		}
	case matters.Withdraw:
		r.add(m, Withdrawn, false, m.Before.Lead)
	case matters.Rate:
		r.rated(m)
	case matters.GrantAppeal, matters.GrantReview:
		r.excused(m)
	default: // counted by what it leads to
	}
}

func (r *reader) sentBack(m matters.Moment) {
	switch m.Before.State {
	case matters.Classified:
		r.add(m, FiledBack, false, m.Before.TurnUnit)
	case matters.Dispatched, matters.Handling:
		r.add(m, Returned, false, firstOf(r.sentBy, m.After.TurnUnit))
	default:
		r.add(m, Rework, false, m.After.Lead)
	}
}

// slow reports whether the unit took what it was sent later than it should.
func (r *reader) slow(m matters.Moment) bool {
	limit := takeIn
	if m.Before.Urgent {
		limit = takeInUrgent
	}
	return !r.sent.IsZero() && m.At.After(r.cal.Add(r.sent, limit))
}

// excused counts that being late was excused: on the day of the end that was late, for
// whom that was counted, from the row on that says so.
func (r *reader) excused(m matters.Moment) {
	for _, e := range r.events {
		if e.measure == Handled && e.late && e.at.Equal(m.Excuse) {
			e.measure, e.late, e.told, e.seq = Excused, false, m.At, m.Seq
			r.events = append(r.events, e)
			return
		}
	}
}

func (r *reader) rated(m matters.Moment) {
	unit := firstOf(m.For, m.After.Lead)
	switch m.Rating.Solved {
	case matters.Yes:
		r.add(m, Solved, false, unit)
	case matters.Partly:
		r.add(m, Partly, false, unit)
	case matters.No:
		r.add(m, Unsolved, false, unit)
	}
	switch {
	case m.Rating.Satisfied >= 4:
		r.add(m, Satisfied, false, unit)
	case m.Rating.Satisfied > 0:
		r.add(m, Dissatisfied, false, unit)
	}
}

func firstOf(ids ...id.ID) id.ID {
	for _, d := range ids {
		if d != 0 {
			return d
		}
	}
	return 0
}
