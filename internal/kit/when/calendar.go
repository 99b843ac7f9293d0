// SPDX-License-Identifier: Apache-2.0

// Package when counts working time.
//
// A [Calendar] knows at which hours of the day work is done and which days are
// working days: Monday to Friday, but not the public holidays, and also the
// weekend days that are worked in exchange for them (调休). [Calendar.Add] says
// when a [Limit] ends, [Calendar.Between] how much lies between two instants, and
// [Calendar.Used] how much of a limit is used up.
//
// All of it happens in the time of China, which is eight hours ahead of UTC all
// the year round.
package when

import (
	_ "embed" // the table of holidays
	"fmt"
	"slices"
	"strings"
	"time"
)

// Zone is the time of China.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// A Period is a stretch of a working day, by the clock on the wall: from From
// to just before To, both counted from midnight.
type Period struct{ From, To time.Duration }

// UsualPeriods are nine to twelve and half past one to half past five.
var UsualPeriods = []Period{
	{9 * time.Hour, 12 * time.Hour},
	{13*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute},
}

// A Calendar knows working time. It does not change and is safe for several
// goroutines.
type Calendar struct {
	periods []Period
	perDay  time.Duration // working time of a working day
	days    map[day]exception
	years   map[int]bool
}

// exception is a day that is not what its day of the week says.
type exception struct {
	work bool
	name string
}

// A day is the number of a date, counted from 1 January 1970.
type day int64

//go:embed holidays.txt
var holidays string

// New returns the calendar with these periods of work; none means
// [UsualPeriods]. They must lie within one day, in order, without overlapping.
func New(periods ...Period) (*Calendar, error) {
	if len(periods) == 0 {
		periods = UsualPeriods
	}
	c := &Calendar{periods: slices.Clone(periods), days: map[day]exception{}, years: map[int]bool{}}
	last := time.Duration(0)
	for _, p := range periods {
		if p.From < last || p.To <= p.From || p.To > 24*time.Hour {
			return nil, fmt.Errorf("period of work %s to %s: not in order, or not within a day", p.From, p.To)
		}
		last = p.To
		c.perDay += p.To - p.From
	}
	return c, c.read(holidays)
}

// Default returns the calendar of [UsualPeriods].
func Default() *Calendar {
	c, err := New()
	if err != nil {
		panic(err) // the table is in the binary, and the tests read it
	}
	return c
}

func (c *Calendar) read(table string) error {
	for n, line := range strings.Split(table, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 3 || f[1] != "off" && f[1] != "work" {
			return fmt.Errorf("holidays, line %d: %q", n+1, line)
		}
		t, err := time.ParseInLocation(time.DateOnly, f[0], Zone)
		if err != nil {
			return fmt.Errorf("holidays, line %d: %w", n+1, err)
		}
		d, _ := split(t)
		if _, twice := c.days[d]; twice {
			return fmt.Errorf("holidays, line %d: %s is there twice", n+1, f[0])
		}
		c.days[d] = exception{f[1] == "work", f[2]}
		c.years[t.Year()] = true
	}
	return nil
}

// Zone is the calendar's time zone, [Zone].
func (c *Calendar) Zone() *time.Location { return Zone }

// Known reports whether the holidays of the year are known. In a year that is
// not, the weekends alone are free: nothing is guessed.
func (c *Calendar) Known(year int) bool { return c.years[year] }

// KnownUntil is the last year up to which the holidays are known.
func (c *Calendar) KnownUntil() int {
	last := 0
	for y := range c.years {
		last = max(last, y)
	}
	return last
}

// Workday reports whether work is done on the day of t.
func (c *Calendar) Workday(t time.Time) bool {
	d, _ := split(t)
	return c.works(d)
}

// Holiday is the Chinese name of the holiday to which the day of t belongs, and
// whether the day is free; a day worked in exchange has a name and is not. The
// name is empty on all other days.
func (c *Calendar) Holiday(t time.Time) (name string, free bool) {
	d, _ := split(t)
	e, ok := c.days[d]
	return e.name, ok && !e.work
}

// Open reports whether work is being done at t.
func (c *Calendar) Open(t time.Time) bool {
	d, at := split(t)
	return c.works(d) && slices.ContainsFunc(c.periods, func(p Period) bool { return at >= p.From && at < p.To })
}

func (c *Calendar) works(d day) bool {
	if e, ok := c.days[d]; ok {
		return e.work
	}
	w := weekday(d)
	return w != time.Saturday && w != time.Sunday
}

// closing is when work ends on the day.
func (c *Calendar) closing(d day) time.Time {
	return join(d, c.periods[len(c.periods)-1].To)
}

// next is the first working day that is d or later.
func (c *Calendar) next(d day) day {
	for !c.works(d) {
		d++
	}
	return d
}

const (
	zoneSeconds = 8 * 60 * 60
	daySeconds  = 24 * 60 * 60
)

// split is the day of t and the time since its midnight.
func split(t time.Time) (day, time.Duration) {
	s := t.Unix() + zoneSeconds
	d := s / daySeconds
	if s%daySeconds < 0 {
		d--
	}
	return day(d), time.Duration(s-d*daySeconds)*time.Second + time.Duration(t.Nanosecond())
}

// join is the instant at after midnight of d.
func join(d day, at time.Duration) time.Time {
	return time.Unix(int64(d)*daySeconds-zoneSeconds, int64(at)).In(Zone)
}

func weekday(d day) time.Weekday {
	w := (int64(d) + 4) % 7 // 1 January 1970 was a Thursday
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}
