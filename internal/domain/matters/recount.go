// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// RecountAct is the program's own: holidays of a year became known, and a due time that
// was said to be provisional has been counted anew.
const RecountAct Act = "recount"

// A Recount is that a clock has learnt of holidays that were not known when it was
// started. The years that its calendar knew, and its hours, stay what they were.
type Recount struct {
	Edition int   `json:"edition"`       // of the calendar that knows them
	At      int64 `json:"at"`            // when it learnt of them
	Was     int64 `json:"was,omitempty"` // its end until then; 0 if it stood still
	Legs    int   `json:"legs"`          // how many limits it had until then
}

// calendarOf is the calendar in which a clock is counted: that of the edition under
// which it began, with what it has learnt since.
func (s *Service) calendarOf(r Run) *when.Calendar {
	later := make([]int, len(r.Recounts))
	for i, x := range r.Recounts {
		later[i] = x.Edition
	}
	return s.calendars.Learned(r.Calendar, r.Unit, later)
}

// before is the clock as it was until its i-th recount, with the stops that were
// known then; ok is false if it had no end then.
func (r Run) before(i int, stops []Stop) (was Run, then []Stop, ok bool) {
	x := r.Recounts[i]
	if x.Was == 0 {
		return r, nil, false
	}
	was = r
	was.Recounts = r.Recounts[:i]
	was.Legs = slices.Clone(r.Legs)
	for at := len(was.Legs) - 1; at > 0 && len(was.Legs) > x.Legs; at-- { // the last extensions are the latest
		if was.Legs[at].Extends {
			was.Legs = slices.Delete(was.Legs, at, at+1)
		}
	}
	for _, stop := range stops {
		if stop.From < x.At {
			then = append(then, stop)
		}
	}
	return was, then, true
}

// learn returns the clock with the holidays of those years up to its end that were not
// known to it and are now; was is the end that was said until now, zero if none was.
// ok is false if there are no such years, and if its end would come to lie before both
// what it was and now: nobody becomes late by a table.
func (s *Service) learn(r Run, c Clocks, was, now time.Time) (Run, bool) {
	if r.IsZero() {
		return r, false
	}
	due := s.dueOf(r, c)
	if due.IsZero() {
		return r, false
	}
	current, edition := s.calendars.Current(r.Unit)
	if !slices.ContainsFunc(s.calendarOf(r).Unknown(r.Begun(), due), current.Known) {
		return r, false
	}
	r.Recounts = append(slices.Clone(r.Recounts), Recount{Edition: edition, At: millis(now), Was: millis(was), Legs: len(r.Legs)})
	if is := s.dueOf(r, c); is.Before(due) && is.Before(now) {
		return r, false
	}
	return r, true
}

// learnNow has the clocks of a matter learn whose ends an act is about to say anew: they
// stood still, or end in another year now. It reports whether they did.
func (s *Service) learnNow(m *Matter, now time.Time) (any bool) {
	c := m.Clocks.clone()
	for _, r := range []*Run{&c.Stage, &c.Whole} {
		if x, ok := s.learn(*r, c, time.Time{}, now); ok {
			*r, any = x, true
		}
	}
	if any {
		m.Clocks = c
	}
	return any
}

// Recounted is what a recount changed: the years that had become known, and the ends as
// they were and are, of which those that did not change are zero.
type Recounted struct {
	Years         []int
	Due, Promised [2]time.Time
}

// detail is a Recounted as a step keeps it.
func (x Recounted) detail() string {
	years := make([]string, len(x.Years))
	for i, y := range x.Years {
		years[i] = strconv.Itoa(y)
	}
	parts := []string{strings.Join(years, ",")}
	for _, t := range []time.Time{x.Due[0], x.Due[1], x.Promised[0], x.Promised[1]} {
		parts = append(parts, strconv.FormatInt(millis(t), 10))
	}
	return strings.Join(parts, " ")
}

// RecountOf reads what a recount changed from its line of the story.
func RecountOf(p Step) (x Recounted) {
	parts := strings.Fields(p.Detail)
	if p.Act != RecountAct || len(parts) != 5 {
		return x
	}
	for _, y := range strings.Split(parts[0], ",") {
		if n, err := strconv.Atoi(y); err == nil {
			x.Years = append(x.Years, n)
		}
	}
	for i, to := range []*time.Time{&x.Due[0], &x.Due[1], &x.Promised[0], &x.Promised[1]} {
		if ms, err := strconv.ParseInt(parts[i+1], 10, 64); err == nil {
			*to = fromMillis(ms)
		}
	}
	return x
}

// recountMark is the name under which is kept up to which edition of the calendars
// provisional due times were counted anew.
const recountMark = "matter.recount"

// settles is how long after an edition came into force it is looked again: another
// process that had not heard of it may have started a clock without it.
const settles = 10 * time.Minute

// recountAtOnce is how many matters are counted anew in one transaction.
const recountAtOnce = 50

// Recount counts anew the due times that were said to be provisional, when the holidays
// of their years have become known: with a line in the story and the trail, and, if a
// time is another than before, with news for the unit whose turn it is and for the
// reporter. Nothing else moves, whatever else was changed: not what the calendar knew
// when the clock began, not its hours, not its limit, and nothing that has ended. It is
// a job's, done every minute, and reports how many matters it has counted anew.
func (s *Service) Recount(ctx context.Context) (n int, err error) {
	var first, newest int
	var since, now time.Time
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		now = tx.Now()
		if err := s.calendars.Check(tx); err != nil {
			return err
		}
		mark, err := sqldb.Mark(tx, recountMark)
		if err != nil {
			return err
		}
		if first, newest, since = s.calendars.NewlyKnown(int(mark)); int(mark) >= newest {
			newest = 0
		}
		return nil
	})
	if err != nil || newest == 0 {
		return 0, err
	}
	if first != 0 {
		if n, err = s.recountFrom(ctx, time.Date(first, 1, 1, 0, 0, 0, 0, when.Zone)); err != nil {
			return n, err
		}
		if now.Before(since.Add(settles)) {
			return n, nil
		}
	}
	return n, s.db.Write(ctx, func(tx *sqldb.Tx) error { return sqldb.SetMark(tx, recountMark, int64(newest)) })
}

// recountFrom counts anew what is due after a moment.
func (s *Service) recountFrom(ctx context.Context, due time.Time) (n int, err error) {
	var after ID
	for {
		var some []Matter
		if err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
			some, err = s.dueAfter(tx, due, after)
			return err
		}); err != nil || len(some) == 0 {
			return n, err
		}
		after = some[len(some)-1].ID
		some = slices.DeleteFunc(some, func(m Matter) bool {
			_, stage := s.learn(m.Clocks.Stage, m.Clocks, m.Due, s.db.Now())
			_, whole := s.learn(m.Clocks.Whole, m.Clocks, m.Promised, s.db.Now())
			return !stage && !whole
		})
		if len(some) == 0 {
			continue
		}
		done := 0
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			done = 0
			if err := s.orgs.Check(tx); err != nil {
				return err
			}
			for _, m := range some {
				did, err := s.recount(tx, m.ID)
				if err != nil {
					return err
				}
				if did {
					done++
				}
			}
			return nil
		}); err != nil {
			return n, err
		}
		n += done
	}
}

// recount counts the clocks of one matter anew, if there is anything to learn.
func (s *Service) recount(tx *sqldb.Tx, d ID) (bool, error) {
	m, err := s.load(tx, d)
	if err != nil || m.State.Stage() == "" {
		return false, err
	}
	before, now, c := m, tx.Now(), m.Clocks.clone()
	var said Recounted
	for _, r := range []*Run{&c.Stage, &c.Whole} {
		was := before.Due
		if r == &c.Whole {
			was = before.Promised
		}
		unknown := s.calendarOf(*r).Unknown(r.Begun(), was)
		x, ok := s.learn(*r, c, was, now)
		if !ok {
			continue
		}
		*r = x
		for _, y := range unknown {
			if s.calendarOf(x).Known(y) && !slices.Contains(said.Years, y) {
				said.Years = append(said.Years, y)
			}
		}
	}
	if len(said.Years) == 0 {
		return false, nil
	}
	slices.Sort(said.Years)
	m.Clocks = c
	if m.TurnUnit != 0 {
		s.setDue(&m, now)
	}
	m.Promised = s.dueOf(c.Whole, c)
	if !m.Due.Equal(before.Due) {
		said.Due = [2]time.Time{before.Due, m.Due}
	}
	if !m.Promised.Equal(before.Promised) {
		said.Promised = [2]time.Time{before.Promised, m.Promised}
	}
	moved := said.Due[1] != said.Promised[1] // one at least is not zero
	step := Step{Public: moved, Until: m.Promised, Detail: said.detail()}
	if err := s.record(tx, scope.Program("calendar"), &m, RecountAct, before, "", step, nil, save); err != nil || !moved {
		return true, err
	}
	return true, s.tellRecount(tx, m, said)
}

// tellRecount tells the unit whose turn it is that its end moved, and those who raised
// the matter that what they were promised did.
func (s *Service) tellRecount(tx *sqldb.Tx, m Matter, said Recounted) error {
	var ns []notice
	add := func(to reader, of ID, topic people.Topic) {
		if to != (reader{}) {
			ns = append(ns, notice{to: to, matter: of, key: noticeKey(RecountAct), at: tx.Now(), urgent: m.Urgent, topic: topic})
		}
	}
	if !said.Due[1].IsZero() {
		for _, to := range s.onTurn(m, tx.Now()) {
			add(to, m.ID, people.Due)
		}
	}
	if !said.Promised[1].IsZero() {
		a, err := s.audience(tx, []ID{m.ID}, []ID{m.ID}, nil)
		if err != nil {
			return err
		}
		for _, x := range append([]Matter{m}, a.joined[m.ID]...) {
			add(reader{resident: x.Resident}, x.ID, people.Own)
			if a.slips[x.ID] {
				add(reader{slip: x.ID}, x.ID, people.Own)
			}
		}
	}
	return s.tell(tx, ns)
}
