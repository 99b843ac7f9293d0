// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/when"
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, when.Default().Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func TestAdd(t *testing.T) {
	t.Parallel()
	c := when.Default()
	for _, tc := range []struct{ name, from, limit, want string }{
		{"the day of the beginning is not counted", "2026-03-02 10:00", "1 working day", "2026-03-03 17:30"},
		{"over a weekend", "2026-03-06 16:00", "2 working days", "2026-03-10 17:30"},
		{"Spring Festival with its make-up days", "2026-02-13 16:30", "5 working days", "2026-02-27 17:30"},
		{"National Day", "2026-09-30 09:00", "1 working day", "2026-10-08 17:30"},
		{"begun on a Saturday", "2026-03-07 12:00", "1 working day", "2026-03-09 17:30"},
		{"hours over lunch", "2026-03-02 11:00", "2 working hours", "2026-03-02 14:30"},
		{"hours over night", "2026-03-02 17:00", "1 working hour", "2026-03-03 09:30"},
		{"hours from the night", "2026-03-02 23:00", "4 working hours", "2026-03-03 14:30"},
		{"to the very end of the day", "2026-03-02 13:30", "4 working hours", "2026-03-02 17:30"},
		{"a make-up Saturday", "2026-02-27 17:00", "2 working hours", "2026-02-28 10:30"},
		{"urgent", "2026-02-16 23:00", "2 urgent hours", "2026-02-17 01:00"},
		{"calendar days", "2026-02-13 16:30", "3 calendar days", "2026-02-17 00:00"},
	} {
		l, err := when.Parse(tc.limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Add(at(tc.from), l); !got.Equal(at(tc.want)) {
			t.Errorf("%s: %s and %s is %s, want %s", tc.name, tc.from, tc.limit, got.Format("2006-01-02 15:04"), tc.want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]when.Limit{
		"5 working days": {5, when.WorkDays}, "5个工作日": {5, when.WorkDays}, " 1 Working Day ": {1, when.WorkDays},
		"2 紧急工作时": {2, when.UrgentHours}, "4工作时": {4, when.WorkHours}, "15天": {15, when.CalendarDays},
	} {
		if got, err := when.Parse(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0 working days", "-1 days", "five days", "5", "5 fortnights", "99999999 days", "5 working days and more"} {
		if got, err := when.Parse(s); err == nil {
			t.Errorf("%q was read as %v", s, got)
		}
	}
	for _, u := range []when.Unit{when.UrgentHours, when.WorkHours, when.WorkDays, when.CalendarDays} {
		l := when.Limit{N: 3, Unit: u}
		if got, err := when.Parse(l.String()); err != nil || got != l {
			t.Errorf("%s: %v, %v", l, got, err)
		}
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	c := when.Default()
	units := []when.Unit{when.UrgentHours, when.WorkHours, when.WorkDays, when.CalendarDays}
	first := at("2024-01-01 00:00")
	rapid.Check(t, func(t *rapid.T) {
		from := first.Add(time.Duration(rapid.Int64Range(0, 3*365*24*3600).Draw(t, "from")) * time.Second)
		l := when.Limit{N: rapid.IntRange(1, 40).Draw(t, "n"), Unit: rapid.SampledFrom(units).Draw(t, "unit")}
		due := c.Add(from, l)
		if !due.After(from) {
			t.Fatalf("%s after %s is %s", l, from, due)
		}
		if more := c.Add(from, when.Limit{N: l.N + 1, Unit: l.Unit}); !more.After(due) {
			t.Fatalf("one more than %s after %s is no later: %s", l, from, more)
		}
		if later := c.Add(from.Add(time.Hour), l); later.Before(due) {
			t.Fatalf("an hour later, %s ends earlier: %s", l, later)
		}
		switch l.Unit {
		case when.WorkHours:
			if got := c.Between(from, due); got != time.Duration(l.N)*time.Hour {
				t.Fatalf("%s after %s measures %s", l, from, got)
			}
		case when.WorkDays:
			if got := c.DaysLeft(from, due); got != l.N || !c.Workday(due) {
				t.Fatalf("%s after %s leaves %d days", l, from, got)
			}
		}
	})
}

func TestKnownAndLight(t *testing.T) {
	t.Parallel()
	c := when.Default()
	if !c.Known(2026) || c.Known(2031) {
		t.Error("the table says it knows what it does not")
	}
	if !c.Working(at("2026-03-02 09:00")) || c.Working(at("2026-03-02 12:30")) || c.Working(at("2026-02-17 10:00")) || !c.Working(at("2026-02-14 10:00")) {
		t.Error("working time")
	}
	start, due := at("2026-03-02 10:00"), at("2026-03-02 20:00")
	for clock, want := range map[string]when.Light{"10:00": when.Green, "17:59": when.Green, "18:00": when.Yellow, "20:00": when.Yellow, "20:01": when.Red} {
		if _, got := when.Share(start, due, at("2026-03-02 "+clock)); got != want {
			t.Errorf("at %s: %s, want %s", clock, got, want)
		}
	}
	if _, err := when.New(time.UTC, []when.Period{{600, 700}, {650, 800}}); err == nil {
		t.Error("overlapping periods were taken")
	}
}

func BenchmarkAdd(b *testing.B) {
	c, from := when.Default(), at("2026-02-13 16:30")
	for b.Loop() {
		c.Add(from, when.Limit{N: 30, Unit: when.WorkDays})
	}
}
