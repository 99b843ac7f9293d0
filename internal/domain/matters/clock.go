// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/when"
)

// A Stage is a part of a matter's life with a clock of its own.
type Stage string

// The stages, and the whole of them.
const (
	StageAccept   Stage = "accept"   // from raising to accepting
	StageDispatch Stage = "dispatch" // from accepting to the unit: classifying included; of what is disputed, the decision
	StageHandle   Stage = "handle"   // from the dispatch to the unit's report
	StageVerify   Stage = "verify"   // from the report to closing
	StageWhole    Stage = "whole"    // from raising to closing: what is promised to the reporter
)

// Stages lists the stages in their order.
func Stages() []Stage { return []Stage{StageAccept, StageDispatch, StageHandle, StageVerify} }

// Stage is the stage to which a state belongs, "" if no clock runs in it.
func (s State) Stage() Stage {
	switch s {
	case Received, AskedIntake:
		return StageAccept
	case Accepted, Classified, Disputed:
		return StageDispatch
	case Dispatched, Handling, AskedHandler, Suspended:
		return StageHandle
	case Handled, Verified:
		return StageVerify
	case Closed, Declined, Joined, Withdrawn:
		return ""
	}
	return ""
}

// paused reports whether the clock of the stage stands still in the state.
func (s State) paused() bool { return s == AskedIntake || s == AskedHandler || s == Suspended }

// A Run is one clock: from when, by which limits, in whose calendar and under
// which rules. With the pauses of its matter everything else about it follows, now
// and years later.
type Run struct {
	Stage    Stage      `json:"stage"`
	From     int64      `json:"from"` // Unix milliseconds
	Legs     []when.Leg `json:"legs"`
	Unit     id.ID      `json:"unit,omitempty"` // in whose calendar it is counted; 0 is the town's
	Calendar int        `json:"calendar"`       // the edition of that calendar
	Recounts []Recount  `json:"recounts,omitempty"`
	Rules    string     `json:"rules"`           // whose limits: a category and its version
	First    Stage      `json:"first,omitempty"` // of the whole: the stage that it begins with
}

// Begun is when the clock was started.
func (r Run) Begun() time.Time { return fromMillis(r.From) }

// Limit is the first limit, without its extensions.
func (r Run) Limit() when.Limit {
	if len(r.Legs) == 0 {
		return when.Limit{}
	}
	return r.Legs[0].Limit
}

// A Stop is a stretch in which a matter's clocks stand still; To is 0 while it
// goes on.
type Stop struct {
	From int64 `json:"from"`
	To   int64 `json:"to,omitempty"`
	Why  State `json:"why"` // the state in which they stood still
}

// A Wanted is an extension that was asked for and waits for somebody's decision.
type Wanted struct {
	Limit when.Limit `json:"limit"`
	By    id.ID      `json:"by"`
	At    int64      `json:"at"`
}

// Clocks are what the due times of a matter follow from. They change only by acts.
type Clocks struct {
	Stage  Run     `json:"stage,omitzero"` // of the stage under way, or the last one
	Whole  Run     `json:"whole,omitzero"` // from raising, or from taking up again, to closing
	Stops  []Stop  `json:"stops,omitempty"`
	Wanted *Wanted `json:"wanted,omitempty"`
}

// IsZero reports whether there are none: of matters whose life was over before they came here.
func (r Run) IsZero() bool { return r.From == 0 }

func (c Clocks) text() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and limits can always be written
	}
	return string(b)
}

func clocksFrom(text string) (c Clocks, err error) {
	err = json.Unmarshal([]byte(text), &c)
	return c, err
}

// pauses are the stops as the calendar counts them.
func (c Clocks) pauses() []when.Pause {
	ps := make([]when.Pause, 0, len(c.Stops))
	for _, x := range c.Stops {
		ps = append(ps, when.Pause{From: fromMillis(x.From), To: fromMillis(x.To), Why: string(x.Why)})
	}
	return ps
}

// clone is a copy that shares nothing, so that what an act adds to it is not in
// what the matter was before.
func (c Clocks) clone() Clocks {
	for _, r := range []*Run{&c.Stage, &c.Whole} {
		r.Legs = append([]when.Leg(nil), r.Legs...)
		r.Recounts = append([]Recount(nil), r.Recounts...)
	}
	c.Stops = append([]Stop(nil), c.Stops...)
	return c
}

// An Ended is a stage that is over, or the whole: it is written down once and
// stays, whatever limits and calendars become.
type Ended struct {
	ID      id.ID
	Matter  ID
	Run     Run
	Stops   []Stop
	Unit    id.ID // whose turn it was; 0 of the whole
	Due     time.Time
	EndedAt time.Time
	EndedBy State // the state that it led to
	Late    bool  // it took longer than it might
}

// turnTo sets whose turn it is after a change of state, and until when.
func (s *Service) turnTo(m *Matter, from State, now time.Time) {
	if m.State == from {
		return // an act within a stage leaves its turn and clock, but for Extend, which sets Due itself
	}
	was := Kept{State: from, Due: m.Due, MovedAt: m.MovedAt}
	switch m.Turn() {
	case TurnIntake, TurnDispatch, TurnVerify:
		m.TurnUnit = m.Centre
	case TurnCommand:
		m.TurnUnit = s.commands(*m)
	case TurnHandle:
		m.TurnUnit = m.Lead
	case TurnReporter, "":
		m.TurnUnit = 0
	}
	m.MovedAt = now
	switch {
	case m.State == Joined: // its clocks run on under the number it follows, and are its own again when it is taken out
		m.Due, m.WarnAt, m.Kept = time.Time{}, time.Time{}, was
	case from == Joined: // as if it had never been joined: what was a mistake of the town's is not the reporter's time
		due := m.Kept.Due
		if s.learnNow(m, now) { // what has become known meanwhile it would have learnt
			due = time.Time{}
		}
		if s.setDue(m, now); !due.IsZero() {
			m.Due = due
		}
		m.MovedAt, m.Kept = m.Kept.MovedAt, Kept{}
	default:
		s.runOn(m, from, now)
		s.setDue(m, now)
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

// runOn stops, starts and changes the clocks of a matter that has left a state.
func (s *Service) runOn(m *Matter, from State, now time.Time) {
	m.Clocks = m.Clocks.clone()
	c := &m.Clocks
	if n := len(c.Stops); n > 0 && from.paused() {
		c.Stops[n-1].To = max(millis(now), c.Stops[n-1].From)
		s.learnNow(m, now)
		m.Promised = s.dueOf(c.Whole, *c) // what was paused is added
	}
	was, is := from.Stage(), m.State.Stage()
	if was != is && was != "" {
		m.end(c.Stage, s.dueOf(c.Stage, *c), now)
	}
	switch {
	case is == "":
		m.end(c.Whole, m.Promised, now)
		c.Wanted = nil
	case was == "": // taken up again: the promise is a new one
		c.Stops = nil
		c.Stage, c.Whole = s.run(*m, is, now), s.wholeFrom(*m, is, now)
		m.Promised = s.dueOf(c.Whole, *c)
	case was != is:
		c.Stage, c.Wanted = s.run(*m, is, now), nil
	case from == Accepted && m.State == Classified: // under the limits of its category; what was paused stays so
		c.Stage = s.run(*m, is, c.Stage.Begun())
	}
	if m.State.paused() {
		c.Stops = append(c.Stops, Stop{From: millis(now), Why: m.State})
	}
}

// start starts the clocks of a matter that is raised.
func (s *Service) start(m *Matter, from time.Time) {
	m.Clocks = Clocks{Stage: s.run(*m, StageAccept, from), Whole: s.wholeFrom(*m, StageAccept, from)}
	s.setDue(m, from)
	m.Promised = s.dueOf(m.Clocks.Whole, m.Clocks)
}

// promiseAnew sets what is promised of a matter that is put into another category:
// from when its whole began, and nothing that was paused or extended is forgotten.
func (s *Service) promiseAnew(m *Matter) {
	c := m.Clocks.clone()
	whole := s.wholeFrom(*m, c.Whole.First, c.Whole.Begun())
	for _, l := range c.Whole.Legs {
		if l.Extends {
			whole.extend(l.Limit)
		}
	}
	c.Whole = whole
	m.Clocks, m.Promised = c, s.dueOf(whole, c)
}

// extend adds an extension of handling: to the end of its stage, in the whole
// before the last stage.
func (r *Run) extend(by when.Limit) {
	at := len(r.Legs)
	if r.Stage == StageWhole {
		at--
	}
	r.Legs = slices.Insert(r.Legs, at, when.Leg{Limit: by, Extends: true})
}

// end notes that a clock has run its course.
func (m *Matter) end(r Run, due time.Time, now time.Time) {
	if r.IsZero() || due.IsZero() {
		return
	}
	e := Ended{Matter: m.ID, Run: r, Due: due, EndedAt: now, EndedBy: m.State, Late: now.After(due)}
	for _, x := range m.Clocks.Stops {
		if x.To > r.From {
			e.Stops = append(e.Stops, x)
		}
	}
	switch r.Stage {
	case StageWhole:
	case StageHandle, StageDispatch: // that of what is disputed is not the centre's
		e.Unit = r.Unit
	case StageAccept, StageVerify:
		e.Unit = m.Centre
	}
	m.ended = append(m.ended, e)
}

// setDue sets until when the present turn is.
func (s *Service) setDue(m *Matter, now time.Time) {
	m.Due, m.WarnAt = time.Time{}, time.Time{}
	switch {
	case m.Turn() == TurnReporter:
		m.Due = instant(s.calendars.Town().Add(now, s.Timing().Answer))
	case m.TurnUnit == 0 && m.Turn() == "":
	case !m.Clocks.Stage.IsZero():
		r := m.Clocks.Stage
		due, warn := s.calendarOf(r).DueLegs(r.Begun(), r.Legs, m.Clocks.pauses())
		m.Due, m.WarnAt = instant(due), instant(warn)
	}
}

// instant is a time as the database keeps it.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Millisecond)
}

// dueOf is when a clock ends; zero while it stands still.
func (s *Service) dueOf(r Run, c Clocks) time.Time {
	due, _ := s.calendarOf(r).DueLegs(r.Begun(), r.Legs, c.pauses())
	return instant(due)
}

// run is the clock of a stage that begins at from.
func (s *Service) run(m Matter, stage Stage, from time.Time) Run {
	limits, rules := s.limits(m)
	r := Run{Stage: stage, From: millis(from), Legs: []when.Leg{{Limit: limits.Of(stage)}}, Unit: m.Centre, Rules: rules}
	switch {
	case stage == StageHandle:
		r.Unit = m.Lead
	case m.State == Disputed:
		r.Unit = m.TurnUnit
	}
	_, r.Calendar = s.calendars.Current(r.Unit)
	return r
}

// wholeFrom is the clock of the whole, from a stage on: the stages one after the
// other, so that the promise is kept if each of them is.
func (s *Service) wholeFrom(m Matter, first Stage, from time.Time) Run {
	limits, rules := s.limits(m)
	r := Run{Stage: StageWhole, First: first, From: millis(from), Rules: rules}
	for _, stage := range Stages() {
		if stage == first || len(r.Legs) > 0 {
			r.Legs = append(r.Legs, when.Leg{Limit: limits.Of(stage)})
		}
	}
	_, r.Calendar = s.calendars.Current(0)
	return r
}

// limits are those of the matter's category and urgency, and whose they are; one
// not yet classified has the town's usual ones.
func (s *Service) limits(m Matter) (StageLimits, string) {
	if k, ok := s.Catalogue().Get(m.Category); ok {
		rules := k.Code + "/" + strconv.Itoa(k.Version)
		if m.Urgent && k.Limits.Urgent != nil {
			return *k.Limits.Urgent, rules + "/urgent"
		}
		return k.Limits.StageLimits, rules
	}
	t := s.Timing()
	return t.Usual, "usual/" + strconv.Itoa(t.Version)
}

// Light is how the present turn stands: green until four fifths of its time are
// used up, red when it is over.
func (m Matter) Light(now time.Time) when.Light { return lightAt(now, m.WarnAt, m.Due) }

// Light is how the present turn stands.
func (c Card) Light(now time.Time) when.Light { return lightAt(now, c.WarnAt, c.Due) }

func lightAt(now, warn, due time.Time) when.Light {
	switch {
	case due.IsZero():
		return when.Green
	case now.After(due):
		return when.Red
	case !warn.IsZero() && !now.Before(warn):
		return when.Yellow
	}
	return when.Green
}
