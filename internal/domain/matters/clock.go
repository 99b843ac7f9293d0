// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"time"

	"yuanba/internal/kit/when"
)

// turnTo sets whose turn it is after a change of state, and until when.
func (s *Service) turnTo(m *Matter, from State, now time.Time) {
	if m.State == from {
		return // an act within a stage leaves its turn and clock, but for Extend, which sets Due itself
	}
	limits := s.limits(*m)
	was := Kept{State: from, Due: m.Due, MovedAt: m.MovedAt, Brought: m.Kept.Brought}
	switch m.Turn() {
	case TurnIntake, TurnDispatch, TurnVerify:
		m.TurnUnit = m.Centre
	case TurnHandle:
		m.TurnUnit = m.Lead
	case TurnReporter, "":
		m.TurnUnit = 0
	}
	switch m.State {
	case Received:
		m.Due = s.calendar.Add(now, limits.accept)
		if from == AskedIntake {
			m.Due = s.goOn(now, limits.accept, m.PausedLeft)
		}
	case Accepted, Classified:
		m.Due = s.calendar.Add(now, limits.dispatch)
	case Dispatched:
		m.Due = s.calendar.Add(now, limits.handle)
		m.HandleFor = m.Due.Sub(now)
	case Handling:
		switch from {
		case Dispatched: // the clock runs from the dispatch
		case AskedHandler, Suspended:
			m.Due = s.goOn(now, limits.handle, m.PausedLeft)
		case Received, AskedIntake, Accepted, Classified, Handling, Handled, Verified, Closed, Declined, Joined, Withdrawn:
			m.Due = s.calendar.Add(now, limits.handle) // rework has the limit anew
		}
	case AskedIntake:
		m.PausedLeft = s.left(now, limits.accept, m.Due)
		m.Due = s.calendar.Add(now, when.Limit{N: s.rules.ReporterDays, Unit: when.WorkDays})
	case AskedHandler:
		m.PausedLeft = s.left(now, limits.handle, m.Due)
		m.Due = s.calendar.Add(now, when.Limit{N: s.rules.ReporterDays, Unit: when.WorkDays})
	case Suspended:
		m.PausedLeft = s.left(now, limits.handle, m.Due)
		m.Due = time.Time{}
	case Handled, Verified:
		m.Due = s.calendar.Add(now, limits.verify)
	case Closed, Declined, Joined, Withdrawn:
		m.Due = time.Time{}
	}
	m.Due = m.Due.UTC().Truncate(time.Millisecond)
	m.MovedAt = now
	switch {
	case m.State == Joined:
		m.Kept = was
	case from == Joined: // as if it had never been joined: what was a mistake of the town's is not the reporter's time
		m.Due, m.MovedAt, m.Kept = m.Kept.Due, m.Kept.MovedAt, Kept{}
	}
	if m.State != Suspended {
		m.ResumeAt = time.Time{}
	}
	switch {
	case m.State.Open():
		m.ClosedAt = time.Time{}
	case m.ClosedAt.IsZero():
		m.ClosedAt = now
	}
}

// left is what is left of a turn that is paused at now, counted as its limit is:
// by the clock on the wall if it is urgent, else in working time, so that neither
// a night nor a holiday in between makes it longer or shorter.
func (s *Service) left(now time.Time, l when.Limit, due time.Time) time.Duration {
	if l.Unit == when.UrgentHours {
		return max(0, due.Sub(now))
	}
	return max(0, s.calendar.WorkingTime(now, due))
}

// goOn is when a paused turn ends that goes on at now.
func (s *Service) goOn(now time.Time, l when.Limit, left time.Duration) time.Time {
	if l.Unit == when.UrgentHours {
		return now.Add(left)
	}
	return s.calendar.AddWork(now, left)
}

// stageLimits are a category's limits as the calendar counts them.
type stageLimits struct{ accept, dispatch, handle, verify when.Limit }

// limits are those of the matter's category; one not yet classified has the
// usual ones.
func (s *Service) limits(m Matter) stageLimits {
	l := Limits{AcceptHours: 4, DispatchHours: 8, HandleDays: 5, VerifyDays: 1}
	if k, ok := s.Catalogue().Get(m.Category); ok {
		l = k.Limits
	}
	handle := when.Limit{N: l.HandleDays, Unit: when.WorkDays}
	accept, dispatch := when.Limit{N: l.AcceptHours, Unit: when.WorkHours}, when.Limit{N: l.DispatchHours, Unit: when.WorkHours}
	if m.Urgent && l.UrgentHours > 0 {
		handle = when.Limit{N: l.UrgentHours, Unit: when.UrgentHours}
		accept, dispatch = when.Limit{N: 1, Unit: when.UrgentHours}, when.Limit{N: 1, Unit: when.UrgentHours}
	}
	return stageLimits{accept: accept, dispatch: dispatch, handle: handle, verify: when.Limit{N: l.VerifyDays, Unit: when.WorkDays}}
}

// promise is when the whole is to be done: the stages one after the other.
func (s *Service) promise(m Matter, from time.Time) time.Time {
	l := s.limits(m)
	for _, stage := range []when.Limit{l.accept, l.dispatch, l.handle, l.verify} {
		from = s.calendar.Add(from, stage)
	}
	return from.UTC().Truncate(time.Millisecond)
}
