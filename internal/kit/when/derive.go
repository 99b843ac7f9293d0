// SPDX-License-Identifier: Apache-2.0

package when

import (
	"cmp"
	"slices"
	"time"

	"yuanba/internal/kit/i18n"
)

// A Pause is a stretch in which a clock stands still, and why. Without To it goes
// on.
type Pause struct {
	From, To time.Time
	Why      string
}

// A Why says why a stretch of time counts or does not count.
type Why string

// The reasons. The first four count.
const (
	Working    Why = "working"     // work is done
	MadeUp     Why = "made_up"     // work is done on a weekend day, in exchange for a holiday
	RoundClock Why = "round_clock" // the limit runs day and night
	Days       Why = "days"        // the limit counts all days

	StartDay Why = "start_day" // the day of the beginning does not count
	Night    Why = "night"     // before the office opens, after it has closed
	Noon     Why = "noon"      // the break between two periods
	Weekend  Why = "weekend"
	Holiday  Why = "holiday" // of that name
	Closed   Why = "closed"  // the office does not work, for the reason named
	Paused   Why = "paused"  // for the reason given
	LastDay  Why = "last_day"
)

// Counts reports whether such a stretch uses up a limit.
func (w Why) Counts() bool {
	return w == Working || w == MadeUp || w == RoundClock || w == Days
}

// Key is the message that says why.
func (w Why) Key() string { return "when.why." + string(w) }

// An Interval is a stretch of time that counts, or does not, for one reason.
type Interval struct {
	From, To time.Time // To is zero of a pause that goes on
	Why      Why
	Name     i18n.Text // of the holiday, or why the office is closed
	Words    string    // why the clock was paused
	Part     int       // the leg that it belongs to, from 0
	Extends  bool      // that leg is an extension
}

// Counted reports whether the stretch uses up the limit.
func (v Interval) Counted() bool { return v.Why.Counts() }

// same reports whether two stretches differ only in when they are.
func (v Interval) same(o Interval) bool {
	return v.Why == o.Why && v.Name == o.Name && v.Words == o.Words && v.Part == o.Part && v.Extends == o.Extends
}

// A Leg is one limit of several that follow each other: one that begins where
// the one before it ends, or, with Extends, one that is added to it, so that there
// is no day of a beginning that does not count.
type Leg struct {
	Limit   Limit `json:"limit"`
	Extends bool  `json:"extends,omitempty"`
}

// A Derivation says when a limit ends and why: its intervals lead from its
// beginning to its end, in order, without a gap.
type Derivation struct {
	From      time.Time
	Legs      []Leg       // the limit, and what follows it
	Due       time.Time   // zero while the clock stands still
	Ends      []time.Time // of each leg that was walked to its end
	Intervals []Interval
	Left      time.Duration // what is still to be counted when a pause that goes on is over
	Unknown   []int         // years whose holidays are not known
}

// Derive returns when a limit that begins at from ends, with what was paused and
// extended, and why. Without pauses and extensions it is [Calendar.Add]; beyond
// its rules
//   - the clock stands still in a pause, and what remained goes on afterwards: of
//     urgent hours and days by the clock, of working hours and working days in
//     working time; what is paused twice over is paused once;
//   - a limit of days still ends when work ends on a working day, and not in a
//     pause;
//   - an extension adds its limit to the end of what it extends, from that
//     moment on: there is no day of a beginning that does not count.
//
// How long a limit is in working time, or by the clock, and so what its counted
// intervals add up to, is [Calendar.Measure].
func (c *Calendar) Derive(from time.Time, l Limit, pauses []Pause, extensions ...Limit) Derivation {
	return c.DeriveLegs(from, legsOf(l, extensions), pauses)
}

func legsOf(l Limit, extensions []Limit) []Leg {
	legs := make([]Leg, 1, 1+len(extensions))
	legs[0].Limit = l
	for _, x := range extensions {
		legs = append(legs, Leg{x, true})
	}
	return legs
}

// DeriveLegs is Derive for several limits after each other.
func (c *Calendar) DeriveLegs(from time.Time, legs []Leg, pauses []Pause) Derivation {
	d := Derivation{From: from, Legs: legs}
	w := walker{c: c, pauses: disjoint(pauses), emit: d.take}
	w.run(&d)
	end := d.Due
	if d.Due.IsZero() && len(d.Intervals) > 0 {
		end = d.Intervals[len(d.Intervals)-1].From
	}
	d.Unknown = c.Unknown(from, latest(from, end))
	return d
}

// Due is the end that Derive finds, without the reasons; zero while the clock
// stands still.
func (c *Calendar) Due(from time.Time, l Limit, pauses []Pause, extensions ...Limit) time.Time {
	due, _ := c.DueLegs(from, legsOf(l, extensions), pauses)
	return due
}

// DueLegs is the end that DeriveLegs finds, and the moment at which the light
// turns yellow; both are zero while the clock stands still.
func (c *Calendar) DueLegs(from time.Time, legs []Leg, pauses []Pause) (due, yellow time.Time) {
	d := Derivation{From: from, Legs: legs}
	spans := make([][2]time.Time, 0, 16)
	w := walker{c: c, pauses: disjoint(pauses), emit: func(v Interval) {
		if v.Counted() {
			spans = append(spans, [2]time.Time{v.From, v.To})
		}
	}}
	w.run(&d)
	if d.Due.IsZero() {
		return d.Due, d.Due
	}
	whole := time.Duration(0)
	for _, v := range spans {
		whole += v[1].Sub(v[0])
	}
	return d.Due, reached(spans, time.Duration(float64(whole)*yellowFrom), d.Due)
}

// reached is the moment at which so much of the spans is used up.
func reached(spans [][2]time.Time, much time.Duration, end time.Time) time.Time {
	for _, v := range spans {
		if long := v[1].Sub(v[0]); much >= long {
			much -= long
			continue
		}
		return v[0].Add(much)
	}
	return end
}

// Measure is how much must be counted from from until a limit is used up: hours
// as they are, working days in their working time, and of days those from closing
// to closing, of which the first may have begun already.
func (c *Calendar) Measure(from time.Time, l Limit) time.Duration {
	n := time.Duration(max(0, l.N))
	switch l.Unit {
	case WorkDays:
		return n * c.perDay
	case CalendarDays:
		d, _ := split(from)
		return max(0, n*24*time.Hour-max(0, from.Sub(c.closing(d))))
	case UrgentHours, WorkHours:
	}
	return n * time.Hour
}

// plain is how much a limit is that has no day of a beginning.
func (c *Calendar) plain(l Limit) time.Duration { return c.Measure(time.Unix(-zoneSeconds, 0), l) }

// take adds a stretch to the derivation.
func (d *Derivation) take(v Interval) {
	if n := len(d.Intervals); n > 0 && d.Intervals[n-1].same(v) {
		d.Intervals[n-1].To = v.To
		return
	}
	d.Intervals = append(d.Intervals, v)
}

// disjoint are pauses in order, none reaching into the next.
func disjoint(pauses []Pause) []Pause {
	if len(pauses) == 0 {
		return nil
	}
	ps := slices.Clone(pauses)
	slices.SortFunc(ps, func(a, b Pause) int {
		return cmp.Or(a.From.Compare(b.From), b.To.Compare(a.To), cmp.Compare(a.Why, b.Why))
	})
	kept := ps[:0]
	var end time.Time
	for _, p := range ps {
		if len(kept) > 0 && p.From.Before(end) {
			p.From = end
		}
		if !p.To.IsZero() && !p.To.After(p.From) {
			continue
		}
		kept = append(kept, p)
		if p.To.IsZero() {
			break
		}
		end = p.To
	}
	return kept
}

// A walker goes from the beginning of a limit to its end.
type walker struct {
	c       *Calendar
	pauses  []Pause // those not yet passed
	emit    func(Interval)
	part    int
	extends bool
}

func (w *walker) run(d *Derivation) {
	at, ok, left := d.From, true, time.Duration(0)
	for i, l := range d.Legs {
		w.part, w.extends = i, l.Extends
		switch {
		case !ok:
			left += w.c.plain(l.Limit)
			continue
		case l.Extends:
			at, left, ok = w.count(at, l.Limit, w.c.plain(l.Limit))
		default:
			at, left, ok = w.limit(at, l.Limit)
		}
		if ok {
			d.Ends = append(d.Ends, at)
		}
	}
	if !ok {
		d.Left = left
		return
	}
	d.Due = at
}

// limit walks the limit itself. ok is false if a pause has no end before it.
func (w *walker) limit(from time.Time, l Limit) (at time.Time, left time.Duration, ok bool) {
	at, left = from, w.c.Measure(from, l)
	if l.N <= 0 {
		return from, 0, true
	}
	d, _ := split(from)
	switch l.Unit {
	case WorkDays:
		at, ok = w.startDay(from, join(d+1, 0))
	case CalendarDays:
		at, ok = w.startDay(from, latest(from, w.c.closing(d)))
	case UrgentHours, WorkHours:
		ok = true
	}
	if !ok {
		return at, left, false
	}
	return w.count(at, l, left)
}

// startDay passes the day of the beginning, which does not count.
func (w *walker) startDay(at, until time.Time) (time.Time, bool) {
	for at.Before(until) {
		p, in := w.pauseAt(at)
		if in {
			w.tell(Interval{From: at, To: p.To, Why: Paused, Words: p.Why})
			if p.To.IsZero() {
				return at, false
			}
			at = p.To
			continue
		}
		v := Interval{From: at, To: until, Why: StartDay}
		if d, _ := split(at); !w.c.works(d) {
			v = w.c.piece(at)
			v.To = earliest(v.To, until)
		}
		v.To = w.beforePause(v.To)
		w.tell(v)
		at = v.To
	}
	return at, true
}

// count walks until so much has been counted, in the way of the limit.
func (w *walker) count(at time.Time, l Limit, left time.Duration) (time.Time, time.Duration, bool) {
	for left > 0 {
		p, in := w.pauseAt(at)
		if in {
			w.tell(Interval{From: at, To: p.To, Why: Paused, Words: p.Why})
			if p.To.IsZero() {
				return at, left, false
			}
			at = p.To
			continue
		}
		v := Interval{From: at, To: at.Add(left)}
		switch l.Unit {
		case WorkHours, WorkDays:
			v = w.c.piece(at)
		case CalendarDays:
			v.Why = Days
		case UrgentHours:
			v.Why = RoundClock
		}
		v.To = w.beforePause(v.To)
		if v.Counted() {
			v.To = earliest(v.To, at.Add(left))
			left -= v.To.Sub(at)
		}
		w.tell(v)
		at = v.To
	}
	if l.Unit != CalendarDays {
		return at, 0, true
	}
	return w.lastDay(at)
}

// lastDay walks from where a limit of days is used up to where it ends: when
// work ends on that day, or on the next working day.
func (w *walker) lastDay(at time.Time) (time.Time, time.Duration, bool) {
	for {
		d, _ := split(at)
		if at.After(w.c.closing(d)) {
			d++
		}
		due := w.c.closing(w.c.next(d))
		for at.Before(due) {
			if p, in := w.pauseAt(at); in {
				w.tell(Interval{From: at, To: p.To, Why: Paused, Words: p.Why})
				if p.To.IsZero() {
					return at, 0, false
				}
				at = p.To
				continue
			}
			v := w.c.piece(at)
			if v.Counted() || v.Why == Noon || v.Why == Night {
				v = Interval{From: at, To: v.To, Why: LastDay}
			}
			v.To = w.beforePause(earliest(v.To, due))
			w.tell(v)
			at = v.To
		}
		if at.Equal(due) {
			return due, 0, true
		}
	}
}

func (w *walker) tell(v Interval) {
	if w.emit != nil && (v.To.IsZero() || v.To.After(v.From)) {
		v.Part, v.Extends = w.part, w.extends
		w.emit(v)
	}
}

// pauseAt is the pause in which the clock stands still at a moment, if it does.
func (w *walker) pauseAt(at time.Time) (Pause, bool) {
	for len(w.pauses) > 0 && !w.pauses[0].To.IsZero() && !w.pauses[0].To.After(at) {
		w.pauses = w.pauses[1:]
	}
	if len(w.pauses) == 0 || w.pauses[0].From.After(at) {
		return Pause{}, false
	}
	return w.pauses[0], true
}

// beforePause is end, or the beginning of the next pause if that is earlier.
func (w *walker) beforePause(end time.Time) time.Time {
	if len(w.pauses) > 0 {
		return earliest(end, w.pauses[0].From)
	}
	return end
}

// piece is what the calendar says of the time from at until it says something
// else, or until the day is over.
func (c *Calendar) piece(at time.Time) Interval {
	d, clock := split(at)
	x, special := c.days[d]
	if !c.works(d) {
		v := Interval{From: at, To: join(d+1, 0), Why: Weekend}
		switch {
		case special && x.kind == closed:
			v.Why, v.Name = Closed, c.name(x)
		case special:
			v.Why, v.Name = Holiday, c.name(x)
		}
		return v
	}
	for i, p := range c.periods {
		switch {
		case clock < p.From && i == 0:
			return Interval{From: at, To: join(d, p.From), Why: Night}
		case clock < p.From:
			return Interval{From: at, To: join(d, p.From), Why: Noon}
		case clock < p.To:
			v := Interval{From: at, To: join(d, p.To), Why: Working}
			if special {
				v.Why, v.Name = MadeUp, c.name(x)
			}
			return v
		}
	}
	return Interval{From: at, To: join(d+1, 0), Why: Night}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Counted is how much of the derivation's intervals counts up to a moment.
func (d Derivation) Counted(until time.Time) (sum time.Duration) {
	for _, v := range d.Intervals {
		if v.Counted() && v.From.Before(until) {
			sum += earliest(v.To, until).Sub(v.From)
		}
	}
	return sum
}

// Whole is how much counts altogether, what is left behind a pause included.
func (d Derivation) Whole() time.Duration {
	sum := d.Left
	for _, v := range d.Intervals {
		if v.Counted() {
			sum += v.To.Sub(v.From)
		}
	}
	return sum
}

// Used is how much of the whole limit, extensions included, is used up at a
// moment, and its light: 1 at the end, more than 1 after it, which grows by the
// clock, so that what is late grows later on Sundays too.
func (d Derivation) Used(now time.Time) (float64, Light) {
	if !d.Due.IsZero() && now.After(d.Due) {
		return Share(d.From, d.Due, now)
	}
	whole := d.Whole()
	if whole <= 0 {
		return Share(d.From, d.Due, now)
	}
	share := float64(d.Counted(now)) / float64(whole)
	return share, lightOf(share)
}
