// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
	_ "yuanba/internal/locale" // the words of the reasons
)

// line is a stretch as the tests write it: "02-13 16:30 02-14 00:00 start_day".
func line(v when.Interval) string {
	const f = "01-02 15:04"
	s := v.From.In(when.Zone).Format(f) + " "
	if v.To.IsZero() {
		s += "- "
	} else {
		s += v.To.In(when.Zone).Format(f) + " "
	}
	s += string(v.Why)
	for _, more := range []string{v.Name.ZH, v.Words} {
		if more != "" {
			s += " " + more
		}
	}
	if v.Part > 0 {
		s += fmt.Sprintf(" +%d", v.Part)
	}
	return s
}

func lines(d when.Derivation) string {
	var ls []string
	for _, v := range d.Intervals {
		ls = append(ls, line(v))
	}
	return strings.Join(ls, "\n")
}

func TestDerive(t *testing.T) {
	t.Parallel()
	town := when.Default()
	table, err := when.ReadTable("2026-03-04 closed 停电检修\n")
	if err != nil {
		t.Fatal(err)
	}
	pause := func(from, to, why string) when.Pause { return when.Pause{From: at(from), To: at(to), Why: why} }
	limit := func(s string) when.Limit {
		l, err := when.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, tc := range []struct {
		name, from, limit string
		c                 *when.Calendar
		pauses            []when.Pause
		more              []when.Limit
		due, want         string
	}{
		{name: "working days over the Spring Festival", from: "2026-02-13 16:30", limit: "2 working days", due: "2026-02-24 17:30", want: `02-13 16:30 02-14 00:00 start_day
02-14 00:00 02-14 09:00 night
02-14 09:00 02-14 12:00 made_up 春节
02-14 12:00 02-14 13:30 noon
02-14 13:30 02-14 17:30 made_up 春节
02-14 17:30 02-15 00:00 night
02-15 00:00 02-24 00:00 holiday 春节
02-24 00:00 02-24 09:00 night
02-24 09:00 02-24 12:00 working
02-24 12:00 02-24 13:30 noon
02-24 13:30 02-24 17:30 working`},
		{name: "working hours that wait for an answer over a weekend", from: "2026-03-06 16:00", limit: "4 working hours", due: "2026-03-09 12:00",
			pauses: []when.Pause{pause("2026-03-06 17:00", "2026-03-08 20:00", "等回复"), pause("2026-03-07 09:00", "2026-03-08 09:00", "再问")}, want: `03-06 16:00 03-06 17:00 working
03-06 17:00 03-08 20:00 paused 等回复
03-08 20:00 03-09 00:00 weekend
03-09 00:00 03-09 09:00 night
03-09 09:00 03-09 12:00 working`},
		{name: "an office that is closed", from: "2026-03-03 17:00", limit: "1 working hour", c: town.With(table), due: "2026-03-05 09:30", want: `03-03 17:00 03-03 17:30 working
03-03 17:30 03-04 00:00 night
03-04 00:00 03-05 00:00 closed 停电检修
03-05 00:00 03-05 09:00 night
03-05 09:00 03-05 09:30 working`},
		{name: "urgent hours with an extension", from: "2026-02-16 23:00", limit: "2 urgent hours", more: []when.Limit{limit("1 urgent hour")}, due: "2026-02-17 02:00",
			want: "02-16 23:00 02-17 01:00 round_clock\n02-17 01:00 02-17 02:00 round_clock +1"},
		{name: "working days paused and extended", from: "2026-03-02 10:00", limit: "1 working day", more: []when.Limit{limit("1 working day")}, due: "2026-03-06 10:00",
			pauses: []when.Pause{pause("2026-03-03 10:00", "2026-03-04 11:00", "暂停")}, want: `03-02 10:00 03-03 00:00 start_day
03-03 00:00 03-03 09:00 night
03-03 09:00 03-03 10:00 working
03-03 10:00 03-04 11:00 paused 暂停
03-04 11:00 03-04 12:00 working
03-04 12:00 03-04 13:30 noon
03-04 13:30 03-04 17:30 working
03-04 17:30 03-05 09:00 night
03-05 09:00 03-05 10:00 working
03-05 10:00 03-05 12:00 working +1
03-05 12:00 03-05 13:30 noon +1
03-05 13:30 03-05 17:30 working +1
03-05 17:30 03-06 09:00 night +1
03-06 09:00 03-06 10:00 working +1`},
		{name: "days that end on a Sunday", from: "2026-03-06 16:30", limit: "2 days", due: "2026-03-09 17:30", want: `03-06 16:30 03-06 17:30 start_day
03-06 17:30 03-08 17:30 days
03-08 17:30 03-09 00:00 weekend
03-09 00:00 03-09 17:30 last_day`},
		{name: "days that would end in a pause", from: "2026-03-06 16:30", limit: "2 days", due: "2026-03-10 17:30",
			pauses: []when.Pause{pause("2026-03-09 10:00", "2026-03-09 18:00", "问")}, want: `03-06 16:30 03-06 17:30 start_day
03-06 17:30 03-08 17:30 days
03-08 17:30 03-09 00:00 weekend
03-09 00:00 03-09 10:00 last_day
03-09 10:00 03-09 18:00 paused 问
03-09 18:00 03-10 17:30 last_day`},
	} {
		c := tc.c
		if c == nil {
			c = town
		}
		d := c.Derive(at(tc.from), limit(tc.limit), tc.pauses, tc.more...)
		if got := lines(d); got != tc.want {
			t.Errorf("%s:\n%s\nwant\n%s", tc.name, got, tc.want)
		}
		if !d.Due.Equal(at(tc.due)) {
			t.Errorf("%s is due %s, want %s", tc.name, d.Due.Format(minute), tc.due)
		}
		for _, v := range d.Intervals {
			for _, lang := range i18n.Langs {
				if s := v.Say(lang); s == "" || strings.Contains(s, "⟦") {
					t.Errorf("%s: %s says %q", tc.name, line(v), s)
				}
			}
		}
	}
}

// While a pause goes on there is no end, but what is left is known.
func TestDeriveGoingOn(t *testing.T) {
	t.Parallel()
	c := when.Default()
	d := c.Derive(at("2026-03-02 10:00"), when.Limit{N: 4, Unit: when.WorkHours}, []when.Pause{{From: at("2026-03-02 11:00"), Why: "问"}}, when.Limit{N: 1, Unit: when.WorkDays})
	if !d.Due.IsZero() || d.Left != 10*time.Hour || lines(d) != "03-02 10:00 03-02 11:00 working\n03-02 11:00 - paused 问" {
		t.Errorf("due %s, %s left:\n%s", d.Due, d.Left, lines(d))
	}
	if share, l := d.Used(at("2026-03-05 10:00")); l != when.Green || share != 1.0/11 {
		t.Errorf("%v used, %s", share, l)
	}
	if d = c.Derive(at("2031-03-02 10:00"), when.Limit{N: 1, Unit: when.WorkDays}, nil); !slices.Equal(d.Unknown, []int{2031}) {
		t.Errorf("unknown years: %v", d.Unknown)
	}
}

// A history is what happens to one clock.
type history struct {
	from   time.Time
	limit  when.Limit
	pauses []when.Pause
	more   []when.Limit
}

func (h history) String() string {
	s := h.from.Format(minute+":05") + " " + h.limit.String()
	for _, p := range h.pauses {
		s += fmt.Sprintf(", paused %s to %s", p.From.Format(minute+":05"), p.To.Format(minute+":05"))
	}
	for _, l := range h.more {
		s += ", extended " + l.String()
	}
	return s
}

// histories draws one: a beginning between 2007 and 2028, so that years which are
// not known are among them, up to four pauses and two extensions of any unit.
var histories = rapid.Custom(func(t *rapid.T) history {
	units := rapid.SampledFrom(when.Units)
	limit := func(most int) when.Limit {
		return when.Limit{N: rapid.IntRange(1, most).Draw(t, "n"), Unit: units.Draw(t, "unit")}
	}
	h := history{from: at("2007-01-01 00:00").Add(time.Duration(rapid.Int64Range(0, 21*365*24*60).Draw(t, "from")) * time.Minute), limit: limit(9)}
	for range rapid.IntRange(0, 4).Draw(t, "pauses") {
		h.pauses = append(h.pauses, drawPause(t, h.from))
	}
	for range rapid.IntRange(0, 2).Draw(t, "extensions") {
		h.more = append(h.more, limit(5))
	}
	return h
})

func drawPause(t *rapid.T, from time.Time) when.Pause {
	p := when.Pause{From: from.Add(time.Duration(rapid.Int64Range(-600, 14*24*60).Draw(t, "stop")) * time.Minute), Why: "问"}
	p.To = p.From.Add(time.Duration(rapid.Int64Range(0, 6*24*60).Draw(t, "for")) * time.Minute)
	return p
}

// kept returns what of the promises a history breaks, "" if it keeps them all.
func kept(c *when.Calendar, h history, rnd *rand.Rand) string {
	d := c.Derive(h.from, h.limit, h.pauses, h.more...)
	// the intervals are in order, lead from the beginning to the end without a gap, and none is empty
	at, counted := h.from, time.Duration(0)
	for _, v := range d.Intervals {
		if !v.From.Equal(at) || !v.To.After(v.From) {
			return "a gap, an overlap or nothing at " + line(v)
		}
		at = v.To
		if v.Counted() {
			counted += v.To.Sub(v.From)
		}
	}
	if !at.Equal(d.Due) || d.Due.Before(h.from) {
		return fmt.Sprintf("the intervals end %s, it is due %s", at, d.Due)
	}
	// what counts adds up to the limit and its extensions
	want := c.Measure(h.from, h.limit)
	for i, l := range h.more {
		want += c.Measure(d.Ends[i].Add(-when.Day), when.Limit{N: l.N, Unit: l.Unit})
		if l.Unit == when.CalendarDays { // all of them: an extension has no day of a beginning
			want += time.Duration(l.N)*when.Day - c.Measure(d.Ends[i].Add(-when.Day), l)
		}
	}
	if counted != want || d.Whole() != want {
		return fmt.Sprintf("%s counts, the limits are %s", counted, want)
	}
	// no pause is counted, and the end is what it is without reasons
	for _, p := range h.pauses {
		for _, v := range d.Intervals {
			if v.Counted() && p.From.Before(p.To) && v.From.Before(p.To) && p.From.Before(v.To) {
				return "a pause counts: " + line(v)
			}
		}
	}
	if len(h.pauses) == 0 && !d.Ends[0].Equal(c.Add(h.from, h.limit)) {
		return fmt.Sprintf("without a pause it ends %s, by the rules %s", d.Ends[0], c.Add(h.from, h.limit))
	}
	// one pause less never makes it later, whatever the order
	ps := slices.Clone(h.pauses)
	rnd.Shuffle(len(ps), func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
	if due := c.Due(h.from, h.limit, ps, h.more...); !due.Equal(d.Due) {
		return fmt.Sprintf("in another order it is due %s instead of %s", due, d.Due)
	}
	if len(ps) > 0 {
		if due := c.Due(h.from, h.limit, ps[1:], h.more...); due.After(d.Due) {
			return fmt.Sprintf("with a pause it is due %s, without %s", d.Due, due)
		}
		// a pause in two adjoining ones is the pause
		p := ps[0]
		cut := p.From.Add(time.Duration(rnd.Int64N(int64(p.To.Sub(p.From)) + 1)))
		halves := append([]when.Pause{{From: p.From, To: cut, Why: p.Why}, {From: cut, To: p.To, Why: p.Why}}, ps[1:]...)
		if due := c.Due(h.from, h.limit, halves, h.more...); !due.Equal(d.Due) {
			return fmt.Sprintf("cut in two at %s it is due %s instead of %s", cut, due, d.Due)
		}
	}
	// an extension never makes it earlier
	if len(h.more) > 0 {
		if due := c.Due(h.from, h.limit, h.pauses, h.more[1:]...); due.After(d.Due) {
			return fmt.Sprintf("extended it is due %s, not extended %s", d.Due, due)
		}
	}
	// the light never goes back
	a := h.from.Add(time.Duration(rnd.Int64N(int64(2*d.Due.Sub(h.from)) + 1)))
	b := a.Add(time.Duration(rnd.Int64N(int64(d.Due.Sub(h.from)) + 1)))
	ua, la := d.Used(a)
	ub, lb := d.Used(b)
	if ua > ub || (la == when.Red) != a.After(d.Due) || la == when.Red && lb != when.Red {
		return fmt.Sprintf("%v and %s at %s, %v and %s at %s, due %s", ua, la, a, ub, lb, b, d.Due)
	}
	return ""
}

func TestHistories(t *testing.T) {
	t.Parallel()
	c := when.Default()
	rapid.Check(t, func(t *rapid.T) {
		h := histories.Draw(t, "history")
		if broken := kept(c, h, rand.New(rand.NewPCG(1, 2))); broken != "" {
			t.Fatalf("%s: %s", h, broken)
		}
	})
}

// A hundred thousand histories keep what is promised. They are the same each time.
func TestHundredThousandHistories(t *testing.T) {
	t.Parallel()
	c, rnd := when.Default(), rand.New(rand.NewPCG(510183, 2026))
	const many = 100_000
	pauses, extensions, units := 0, 0, map[when.Unit]int{}
	for i := range many {
		h := histories.Example(i)
		pauses, extensions, units[h.limit.Unit] = pauses+len(h.pauses), extensions+len(h.more), units[h.limit.Unit]+1
		if broken := kept(c, h, rnd); broken != "" {
			t.Fatalf("history %d, %s: %s", i, h, broken)
		}
	}
	if pauses < many || extensions < many/2 || len(units) != len(when.Units) {
		t.Errorf("only %d pauses, %d extensions, %v", pauses, extensions, units)
	}
}
