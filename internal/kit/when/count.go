// SPDX-License-Identifier: Apache-2.0

package when

import "time"

// Add returns the instant at which a limit that begins at from ends, by these
// rules:
//   - hours run by the clock, nights and holidays included;
//   - working hours run only while work is done: what begins outside waits for
//     the next opening, what fills a period to its end is due at that end;
//   - of working days the day of from does not count; the limit ends when work
//     ends on the Nth working day after it;
//   - of days the day of from does not count either; the limit ends when work
//     ends on the Nth day after it, or, if no work is done on that one, on the
//     next working day (Civil Code, articles 201 and 203);
//   - a limit of nothing, or of less, ends where it begins.
//
// In years whose holidays are not known ([Calendar.Known]) weekends alone are
// free. An unknown unit counts as hours.
func (c *Calendar) Add(from time.Time, l Limit) time.Time {
	if l.N <= 0 {
		return from
	}
	d, _ := split(from)
	switch l.Unit {
	case WorkHours:
		return c.work(from, time.Duration(l.N)*time.Hour)
	case WorkDays:
		for range l.N {
			d = c.next(d + 1)
		}
		return c.closing(d)
	case CalendarDays:
		return c.closing(c.next(d + day(l.N)))
	case UrgentHours:
	}
	return from.Add(time.Duration(l.N) * time.Hour)
}

// AddWork returns the instant at which d of working time has passed since from:
// from itself if d is nothing or less. It is to [Calendar.WorkingTime] what Add is
// to Between.
func (c *Calendar) AddWork(from time.Time, d time.Duration) time.Time {
	if d <= 0 {
		return from
	}
	return c.work(from, d)
}

// work returns the instant at which so much working time has passed since from.
func (c *Calendar) work(from time.Time, left time.Duration) time.Time {
	for d, at := split(from); ; d, at = d+1, 0 {
		if !c.works(d) {
			continue
		}
		if at == 0 && left > c.perDay { // a whole day and more
			left -= c.perDay
			continue
		}
		for _, p := range c.periods {
			begin := max(p.From, at)
			if begin >= p.To {
				continue
			}
			if left <= p.To-begin {
				return join(d, begin+left)
			}
			left -= p.To - begin
		}
	}
}

// WorkingTime is how much working time lies between a and b; it is negative if b is
// before a.
func (c *Calendar) WorkingTime(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.WorkingTime(b, a)
	}
	first, from := split(a)
	last, to := split(b)
	total := time.Duration(0)
	for d := first; d <= last; d++ {
		if !c.works(d) {
			continue
		}
		if d != first && d != last {
			total += c.perDay
			continue
		}
		begin, end := time.Duration(0), 24*time.Hour
		if d == first {
			begin = from
		}
		if d == last {
			end = to
		}
		for _, p := range c.periods {
			if both := min(p.To, end) - max(p.From, begin); both > 0 {
				total += both
			}
		}
	}
	return total
}

// Between is how many whole units lie between a and b: full hours by the clock,
// full hours of working time, working days after the day of a up to and with the
// day of b, or days from date to date. It is negative if b is before a. For
// every limit but one of days, Between(a, Add(a, l), l.Unit) is l.N; one of days
// may be longer, since it does not end on a holiday.
func (c *Calendar) Between(a, b time.Time, u Unit) int {
	if b.Before(a) {
		return -c.Between(b, a, u)
	}
	first, _ := split(a)
	last, _ := split(b)
	switch u {
	case WorkHours:
		return int(c.WorkingTime(a, b) / time.Hour)
	case WorkDays:
		n := 0
		for d := first + 1; d <= last; d++ {
			if c.works(d) {
				n++
			}
		}
		return n
	case CalendarDays:
		return int(last - first)
	case UrgentHours:
	}
	return int(b.Sub(a) / time.Hour)
}

// A Light is how a limit stands.
type Light string

// Day is a day by the clock.
const Day = 24 * time.Hour

// The lights.
const (
	Green  Light = "green"  // less than four fifths of the time is used
	Yellow Light = "yellow" // the last fifth
	Red    Light = "red"    // the time is over
)

// yellowFrom is the share from which a limit is due soon.
const yellowFrom = 0.8

// Key is the message that names the light.
func (l Light) Key() string { return "when.light." + string(l) }

// lightOf is the light for a share of time used.
func lightOf(share float64) Light {
	switch {
	case share < yellowFrom:
		return Green
	case share <= 1:
		return Yellow
	}
	return Red
}

// Share is how much of the time from from to due is used up at now by the clock
// on the wall, and its light: 0 before from, 1 at due, more than 1 after it.
// Without due it is green. A page with a calendar at hand shows [Calendar.Used].
func Share(from, due, now time.Time) (float64, Light) {
	whole := due.Sub(from)
	share := 0.0
	switch {
	case due.IsZero():
	case whole <= 0: // no time was given at all
		if now.After(due) {
			share = 2
		}
	default:
		share = max(0, float64(now.Sub(from))/float64(whole))
	}
	return share, lightOf(share)
}

// Used is Share in working time, if due lies at an hour of work, as it does unless
// the limit runs by the clock: then a night or a holiday uses up nothing. Time
// over is counted by the clock, so that what is late grows later on Sundays too.
func (c *Calendar) Used(from, due, now time.Time) (float64, Light) {
	if due.After(now) && now.After(from) && c.atWork(due) {
		if total := c.WorkingTime(from, due); total > 0 {
			share := float64(c.WorkingTime(from, now)) / float64(total)
			return share, lightOf(share)
		}
	}
	return Share(from, due, now)
}

// atWork reports whether work is done at t or ends there.
func (c *Calendar) atWork(t time.Time) bool { return c.Open(t) || c.Open(t.Add(-1)) }
