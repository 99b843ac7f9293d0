// SPDX-License-Identifier: Apache-2.0

// Package when counts working time.
//
// A [Calendar] knows at which hours of the day work is done and which days are
// working days: Monday to Friday, but not the public holidays, and also the
// weekend days that are worked in exchange for them (调休). [Calendar.Add] says
// when a [Limit] ends, [Calendar.Derive] says so of a clock that was stopped and
// extended, and why, piece by piece; [Calendar.Between] how much lies between two
// instants.
//
// The holidays come with the program; a town, or one of its units, lays a [Table]
// of its own over them ([Calendar.With]).
//
// All of it happens in the time of China, which is eight hours ahead of UTC all
// the year round.
package when

import (
	_ "embed" // the table of holidays
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"yuanba/internal/kit/i18n"
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
	days    map[day]special
	names   map[string]string // of holidays, in English
	years   map[int]bool
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
	if err := inOrder(periods); err != nil {
		return nil, err
	}
	shipped, err := ReadTable(holidays)
	if err != nil {
		return nil, fmt.Errorf("holidays: %w", err)
	}
	shipped.periods = periods
	return Bare().With(shipped), nil
}

// Bare returns the calendar of [UsualPeriods] that knows no holidays at all.
func Bare() *Calendar {
	return (&Calendar{periods: UsualPeriods, days: map[day]special{}, names: map[string]string{}, years: map[int]bool{}}).With(Table{})
}

// Default returns the calendar of [UsualPeriods].
func Default() *Calendar {
	c, err := New()
	if err != nil {
		panic(err) // the table is in the binary, and the tests read it
	}
	return c
}

func inOrder(periods []Period) error {
	last := time.Duration(0)
	for _, p := range periods {
		if p.From < last || p.To <= p.From || p.To > 24*time.Hour {
			return fmt.Errorf("period of work %s to %s: not in order, or not within a day", p.From, p.To)
		}
		last = p.To
	}
	return nil
}

// With returns the calendar with a table laid over it: the table's hours instead
// of its own, if it has any, and the table's days instead of what it says of them.
func (c *Calendar) With(t Table) *Calendar {
	n := &Calendar{periods: c.periods, days: maps.Clone(c.days), names: maps.Clone(c.names), years: maps.Clone(c.years)}
	if len(t.periods) > 0 {
		n.periods = slices.Clone(t.periods)
	}
	for _, p := range n.periods {
		n.perDay += p.To - p.From
	}
	for d, x := range t.days {
		n.days[d] = x
		if x.kind == usual {
			delete(n.days, d)
		}
		if x.kind.national() {
			n.years[join(d, 0).Year()] = true
		}
	}
	maps.Copy(n.names, t.names)
	return n
}

// Learn returns the calendar that knows, of the years whose holidays c does not know,
// what later knows of them: its holidays and the days worked for them, and with those
// of a new year the days of the December before. Everything else is as c has it: the
// hours, the years that it knows, and what it says itself of a day.
func (c *Calendar) Learn(later *Calendar) *Calendar {
	n := &Calendar{periods: c.periods, perDay: c.perDay, days: maps.Clone(c.days), names: maps.Clone(c.names), years: maps.Clone(c.years)}
	news := func(year int) bool { return later.years[year] && !c.years[year] }
	for d, x := range later.days {
		at := join(d, 0)
		if !x.kind.national() || !news(at.Year()) && !(at.Month() == time.December && news(at.Year()+1)) {
			continue
		}
		if _, said := c.days[d]; !said {
			n.days[d] = x
		}
	}
	for y := range later.years {
		n.years[y] = true
	}
	for zh, en := range later.names {
		if n.names[zh] == "" {
			n.names[zh] = en
		}
	}
	return n
}

// Zone is the calendar's time zone, [Zone].
func (c *Calendar) Zone() *time.Location { return Zone }

// Periods are the hours of work of a working day.
func (c *Calendar) Periods() []Period { return slices.Clone(c.periods) }

// PerDay is how much working time a working day has.
func (c *Calendar) PerDay() time.Duration { return c.perDay }

// Known reports whether the holidays of the year are known. In a year that is
// not, the weekends alone are free: nothing is guessed.
func (c *Calendar) Known(year int) bool { return c.years[year] }

// KnownYears are the years whose holidays are known, in no order.
func (c *Calendar) KnownYears() iter.Seq[int] { return maps.Keys(c.years) }

// KnownUntil is the last year up to which the holidays are known.
func (c *Calendar) KnownUntil() int {
	last := 0
	for y := range c.years {
		last = max(last, y)
	}
	return last
}

// Unknown are the years from that of a to that of b whose holidays are not known.
func (c *Calendar) Unknown(a, b time.Time) []int {
	var years []int
	for y := a.In(Zone).Year(); y <= b.In(Zone).Year(); y++ {
		if !c.Known(y) {
			years = append(years, y)
		}
	}
	return years
}

// Workday reports whether work is done on the day of t.
func (c *Calendar) Workday(t time.Time) bool {
	d, _ := split(t)
	return c.works(d)
}

// Holiday is the name of the holiday to which the day of t belongs, or of the
// office's closing, and whether the day is free; a day worked in exchange has a
// name and is not. The name is empty on all other days.
func (c *Calendar) Holiday(t time.Time) (name i18n.Text, free bool) {
	d, _ := split(t)
	x, ok := c.days[d]
	return c.name(x), ok && x.kind != work
}

// InLieu reports whether the day of t is free only because another day is worked
// for it.
func (c *Calendar) InLieu(t time.Time) bool {
	d, _ := split(t)
	return c.days[d].kind == lieu
}

func (c *Calendar) name(x special) i18n.Text {
	return i18n.Text{ZH: x.name, EN: c.names[x.name]}
}

// Open reports whether work is being done at t.
func (c *Calendar) Open(t time.Time) bool {
	d, at := split(t)
	return c.works(d) && slices.ContainsFunc(c.periods, func(p Period) bool { return at >= p.From && at < p.To })
}

func (c *Calendar) works(d day) bool {
	if x, ok := c.days[d]; ok {
		return x.kind == work
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
