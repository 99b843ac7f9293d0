// SPDX-License-Identifier: Apache-2.0

// Package when counts time as the town's offices do: in hours round the clock, in
// working hours, in working days and in calendar days.
//
// Working days are Monday to Friday, without the national holidays and with the
// make-up working days (调休) that the State Council announces each year for the
// next; see holidays.go. A year that is not in the table has weekends only, and
// [Calendar.Known] says so: nothing is guessed.
package when

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
)

// A Unit is what a limit is counted in.
type Unit string

// The units, with their Chinese names in official use.
const (
	UrgentHours  Unit = "urgent_hours"  // 紧急工作时: round the clock
	WorkHours    Unit = "work_hours"    // 工作时: within the working periods of working days
	WorkDays     Unit = "work_days"     // 工作日
	CalendarDays Unit = "calendar_days" // 自然日
)

// A Limit is how long something may take.
type Limit struct {
	N    int
	Unit Unit
}

// String is the limit in English, as Parse reads it.
func (l Limit) String() string {
	name := map[Unit]string{UrgentHours: "urgent hours", WorkHours: "working hours", WorkDays: "working days", CalendarDays: "calendar days"}[l.Unit]
	return strconv.Itoa(l.N) + " " + name
}

var limitWords = regexp.MustCompile(`^\s*(\d{1,4})\s*(?:个|個)?\s*(.+?)\s*$`)

var unitWords = map[string]Unit{
	"urgent hour": UrgentHours, "紧急工作时": UrgentHours, "紧急工作小时": UrgentHours,
	"working hour": WorkHours, "工作时": WorkHours, "工作小时": WorkHours,
	"working day": WorkDays, "工作日": WorkDays,
	"calendar day": CalendarDays, "day": CalendarDays, "自然日": CalendarDays, "日历天": CalendarDays, "天": CalendarDays,
}

// Parse reads a limit such as "5 working days" or "5个工作日". Anything else, and
// a limit of nothing, is Invalid.
func Parse(s string) (Limit, error) {
	if m := limitWords.FindStringSubmatch(strings.ToLower(s)); m != nil {
		unit, ok := unitWords[m[2]]
		if !ok {
			unit, ok = unitWords[strings.TrimSuffix(m[2], "s")]
		}
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 && ok {
			return Limit{n, unit}, nil
		}
	}
	return Limit{}, errs.New(errs.Invalid, "when.limit")
}

// A Period is a part of a working day, in minutes after midnight.
type Period struct{ From, To int }

// OfficeHours are the working periods of an office in Sichuan.
var OfficeHours = []Period{{9 * 60, 12 * 60}, {13*60 + 30, 17*60 + 30}}

// A Calendar knows the working time of one office. It is not changed once made.
type Calendar struct {
	zone    *time.Location
	periods []Period
	special map[int]bool // by day: true is a make-up working day, false a holiday
	years   map[int]bool
}

// New returns the calendar of an office with the given periods, which must be in
// order and not overlap, and the national days known to this program.
func New(zone *time.Location, periods []Period) (*Calendar, error) {
	last := 0
	for _, p := range periods {
		if p.From < last || p.To <= p.From || p.To > 24*60 {
			return nil, fmt.Errorf("working period %d–%d: out of order", p.From, p.To)
		}
		last = p.To
	}
	if last == 0 {
		return nil, fmt.Errorf("a calendar without working periods")
	}
	c := &Calendar{zone: zone, periods: periods, special: map[int]bool{}, years: map[int]bool{}}
	for year, days := range nationalDays {
		c.years[year] = true
		for _, md := range strings.Fields(days.off) {
			c.special[dayOf(year, md)] = false
		}
		for _, md := range strings.Fields(days.on) {
			c.special[dayOf(year, md)] = true
		}
	}
	return c, nil
}

// Default is the calendar of the offices of Qionglai.
func Default() *Calendar {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil { // no time zone data on this machine: China has had one offset since 1991
		zone = time.FixedZone("CST", 8*3600)
	}
	c, err := New(zone, OfficeHours)
	if err != nil {
		panic(err)
	}
	return c
}

// Zone is the town's time zone.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Known reports whether the holidays of the year are in the table.
func (c *Calendar) Known(year int) bool { return c.years[year] }

// Workday reports whether the day of t in the town's time is a working day.
func (c *Calendar) Workday(t time.Time) bool { return c.works(c.day(t)) }

// Working reports whether t is within working time.
func (c *Calendar) Working(t time.Time) bool {
	if !c.Workday(t) {
		return false
	}
	m := c.minute(t)
	for _, p := range c.periods {
		if m >= p.From && m < p.To {
			return true
		}
	}
	return false
}

// Add returns when a limit that begins at from ends:
//   - urgent hours: so many hours later, whatever the time;
//   - working hours: when so many hours of working time have passed;
//   - working days: at the closing time of the last of them; the day of from is
//     not counted (民法典 §201: the day of the beginning is not counted);
//   - calendar days: at the end of the last of them, likewise.
//
// A limit of nothing ends at once.
func (c *Calendar) Add(from time.Time, l Limit) time.Time {
	if l.N <= 0 {
		return from
	}
	switch l.Unit {
	case UrgentHours:
		return from.Add(time.Duration(l.N) * time.Hour)
	case WorkHours:
		return c.addWorking(from, time.Duration(l.N)*time.Hour)
	case WorkDays:
		d := c.day(from)
		for n := l.N; n > 0; {
			d++
			if c.works(d) {
				n--
			}
		}
		return c.at(d, c.periods[len(c.periods)-1].To, 0)
	case CalendarDays:
		return c.at(c.day(from)+l.N, 24*60, 0)
	}
	return from
}

// addWorking returns when w of working time have passed since from.
func (c *Calendar) addWorking(from time.Time, w time.Duration) time.Time {
	d := c.day(from)
	begin := from.Sub(c.at(d, 0, 0))
	for {
		if c.works(d) {
			for _, p := range c.periods {
				start, end := max(begin, time.Duration(p.From)*time.Minute), time.Duration(p.To)*time.Minute
				if start >= end {
					continue
				}
				if w <= end-start {
					return c.at(d, 0, start+w)
				}
				w -= end - start
			}
		}
		d, begin = d+1, 0
	}
}

// Between is the working time from a to b, negative if b comes first.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var sum time.Duration
	for d, last := c.day(a), c.day(b); d <= last; d++ {
		if !c.works(d) {
			continue
		}
		midnight := c.at(d, 0, 0)
		for _, p := range c.periods {
			start, end := midnight.Add(time.Duration(p.From)*time.Minute), midnight.Add(time.Duration(p.To)*time.Minute)
			if start.Before(a) {
				start = a
			}
			if end.After(b) {
				end = b
			}
			if end.After(start) {
				sum += end.Sub(start)
			}
		}
	}
	return sum
}

// DaysLeft is how many working days there are after the day of now up to the day
// of due; 0 means today, negative that the day has passed.
func (c *Calendar) DaysLeft(now, due time.Time) int {
	a, b, sign := c.day(now), c.day(due), 1
	if b < a {
		a, b, sign = b, a, -1
	}
	n := 0
	for d := a + 1; d <= b; d++ {
		if c.works(d) {
			n++
		}
	}
	return sign * n
}

// A Light is how pressing something is.
type Light string

// The lights (GB/T 30428 practice: below 80 % of the time, up to all of it, after).
const (
	Green  Light = "green"
	Yellow Light = "yellow"
	Red    Light = "red"
)

// Share is the part of the time from start to due that has passed at now, from 0
// to 1, or above 1 when it is late, and its light. Without due it is green.
func Share(start, due, now time.Time) (float64, Light) {
	if due.IsZero() || !due.After(start) {
		if !due.IsZero() && now.After(due) {
			return 1.01, Red
		}
		return 0, Green
	}
	share := max(0, float64(now.Sub(start))/float64(due.Sub(start)))
	switch {
	case share > 1:
		return share, Red
	case share >= 0.8:
		return share, Yellow
	}
	return share, Green
}

// day numbers the day of t in the town's time, from 1970-01-01 on.
func (c *Calendar) day(t time.Time) int {
	y, m, d := t.In(c.zone).Date()
	return civil(y, m, d)
}

func civil(y int, m time.Month, d int) int {
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (c *Calendar) minute(t time.Time) int {
	h, m, _ := t.In(c.zone).Clock()
	return h*60 + m
}

// at is the given time of a day.
func (c *Calendar) at(day, minute int, more time.Duration) time.Time {
	y, m, d := time.Unix(int64(day)*86400, 0).UTC().Date()
	return time.Date(y, m, d, 0, minute, 0, 0, c.zone).Add(more)
}

func (c *Calendar) works(day int) bool {
	if on, ok := c.special[day]; ok {
		return on
	}
	w := (day + 4) % 7 // 1970-01-01 was a Thursday
	return w != 0 && w != 6
}

func dayOf(year int, md string) int {
	t, err := time.Parse("2006-01-02", strconv.Itoa(year)+"-"+md)
	if err != nil {
		panic(err) // a mistake in the table
	}
	return civil(t.Date())
}
