// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/when"
)

const minute = "2006-01-02 15:04"

func at(s string) time.Time {
	t, err := time.ParseInLocation(minute, s, when.Zone)
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
		{"begun on a Saturday", "2026-03-07 12:00", "1 working day", "2026-03-09 17:30"},
		{"begun after closing", "2026-03-02 20:00", "1 working day", "2026-03-03 17:30"},
		{"begun a minute before midnight", "2026-03-02 23:59", "1 working day", "2026-03-03 17:30"},

		{"2025 Spring Festival, eve included", "2025-01-27 16:00", "1 working day", "2025-02-05 17:30"},
		{"2025 Spring Festival, the Saturday worked", "2025-02-07 16:00", "1 working day", "2025-02-08 17:30"},
		{"2025 Spring Festival, the Sunday worked", "2025-01-24 10:00", "1 working day", "2025-01-26 17:30"},
		{"2025 National Day and Mid-Autumn in one", "2025-09-30 10:00", "1 working day", "2025-10-09 17:30"},
		{"2025 National Day, Sunday before worked", "2025-09-26 10:00", "1 working day", "2025-09-28 17:30"},
		{"2025 National Day, Saturday after worked", "2025-09-30 10:00", "3 working days", "2025-10-11 17:30"},
		{"2026 Spring Festival, nine days", "2026-02-14 16:00", "1 working day", "2026-02-24 17:30"},
		{"2026 Spring Festival with both Saturdays", "2026-02-13 16:30", "6 working days", "2026-02-28 17:30"},
		{"2026 National Day", "2026-09-30 09:00", "1 working day", "2026-10-08 17:30"},
		{"2026 National Day, Saturday after worked", "2026-09-30 09:00", "3 working days", "2026-10-10 17:30"},
		{"2026 New Year, the Sunday worked", "2025-12-31 09:00", "1 working day", "2026-01-04 17:30"},
		{"a year that is not known has weekends only", "2031-09-30 09:00", "1 working day", "2031-10-01 17:30"},

		{"hours over lunch", "2026-03-02 11:00", "2 working hours", "2026-03-02 14:30"},
		{"to the very end of the morning", "2026-03-02 10:00", "2 working hours", "2026-03-02 12:00"},
		{"hours over night", "2026-03-02 17:00", "1 working hour", "2026-03-03 09:30"},
		{"hours from the night", "2026-03-02 23:00", "4 working hours", "2026-03-03 14:30"},
		{"hours from midnight", "2026-03-02 00:00", "3 working hours", "2026-03-02 12:00"},
		{"hours from lunch", "2026-03-02 12:40", "1 working hour", "2026-03-02 14:30"},
		{"to the very end of the day", "2026-03-02 13:30", "4 working hours", "2026-03-02 17:30"},
		{"begun at closing", "2026-03-06 17:30", "1 working hour", "2026-03-09 10:00"},
		{"a day's hours", "2026-03-02 09:00", "7 working hours", "2026-03-02 17:30"},
		{"a week's hours", "2026-03-02 00:00", "35 working hours", "2026-03-06 17:30"},
		{"a week's hours and one", "2026-03-02 00:00", "36 working hours", "2026-03-09 10:00"},
		{"a make-up Saturday", "2026-02-27 17:00", "2 working hours", "2026-02-28 10:30"},
		{"hours over 2026 Spring Festival", "2026-02-14 17:00", "1 working hour", "2026-02-24 09:30"},

		{"urgent, in the night of a holiday", "2026-02-16 23:00", "2 urgent hours", "2026-02-17 01:00"},
		{"days", "2026-03-02 16:30", "3 days", "2026-03-05 17:30"},
		{"days that end on a Sunday end on Monday", "2026-03-06 16:30", "2 days", "2026-03-09 17:30"},
		{"days that end in a holiday end after it", "2026-02-13 16:30", "4 days", "2026-02-24 17:30"},
		{"days that end on a Saturday worked", "2026-02-25 16:30", "3 days", "2026-02-28 17:30"},
	} {
		l, err := when.Parse(tc.limit)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Add(at(tc.from), l); !got.Equal(at(tc.want)) {
			t.Errorf("%s: %s and %s is %s, want %s", tc.name, tc.from, tc.limit, got.Format(minute), tc.want)
		}
		if got := c.Add(at(tc.from).UTC(), l); !got.Equal(at(tc.want)) {
			t.Errorf("%s: another answer for the same instant in UTC: %s", tc.name, got)
		}
	}
	for _, n := range []int{0, -1} {
		for _, u := range when.Units {
			if got := c.Add(at("2026-03-07 03:00"), when.Limit{N: n, Unit: u}); !got.Equal(at("2026-03-07 03:00")) {
				t.Errorf("a limit of %d %s ends at %s", n, u, got)
			}
		}
	}
}

// The days of the State Council's notices for 2025 and 2026, counted.
func TestHolidays(t *testing.T) {
	t.Parallel()
	c := when.Default()
	for _, tc := range []struct {
		from, to, name string
	}{
		{"2025-01-28", "2025-02-04", "春节"}, {"2025-10-01", "2025-10-05", "国庆节"}, {"2025-10-07", "2025-10-08", "国庆节"},
		{"2026-01-01", "2026-01-03", "元旦"}, {"2026-02-15", "2026-02-23", "春节"}, {"2026-04-04", "2026-04-06", "清明"},
		{"2026-05-01", "2026-05-05", "劳动节"}, {"2026-06-19", "2026-06-21", "端午"}, {"2026-09-25", "2026-09-27", "中秋"},
		{"2026-10-01", "2026-10-07", "国庆节"},
	} {
		for d := at(tc.from + " 12:00"); !d.After(at(tc.to + " 12:00")); d = d.AddDate(0, 0, 1) {
			if name, free := c.Holiday(d); name.ZH != tc.name || name.EN == "" || !free || c.Workday(d) || c.Open(d.Add(-2*time.Hour)) {
				t.Errorf("%s: %v, free %v, worked %v", d.Format(time.DateOnly), name, free, c.Workday(d))
			}
		}
	}
	for _, s := range []string{"2025-01-26", "2025-02-08", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"} {
		if name, free := c.Holiday(at(s + " 10:00")); name.ZH == "" || free || !c.Open(at(s+" 10:00")) {
			t.Errorf("%s is worked in exchange: %v, %v", s, name, free)
		}
	}
	// working days of a year: the law gives 104 weekend days and 11, since 2025 13, holidays
	for year, want := range map[int]int{2024: 366 - 104 - 11, 2025: 365 - 104 - 13, 2026: 365 - 104 - 13} {
		first := at(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) + " 12:00")
		n := c.Between(first.AddDate(0, 0, -1), first.AddDate(1, 0, -1), when.WorkDays)
		if n != want {
			t.Errorf("%d has %d working days, the law gives %d", year, n, want)
		}
		if !c.Known(year) {
			t.Errorf("%d is not known", year)
		}
	}
	if c.Known(c.KnownUntil()+1) || c.Known(2031) || c.KnownUntil() < 2026 {
		t.Errorf("known until %d", c.KnownUntil())
	}
	if name, free := c.Holiday(at("2031-10-01 10:00")); name.ZH != "" || free || !c.Open(at("2031-10-01 10:00")) {
		t.Error("a holiday was guessed")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	c := when.Default()
	for s, want := range map[string]bool{
		"2026-03-02 08:59": false, "2026-03-02 09:00": true, "2026-03-02 11:59": true, "2026-03-02 12:00": false,
		"2026-03-02 13:30": true, "2026-03-02 17:29": true, "2026-03-02 17:30": false, "2026-03-01 10:00": false,
	} {
		if c.Open(at(s)) != want {
			t.Errorf("%s: open %v", s, !want)
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	h := time.Hour
	for what, ps := range map[string][]when.Period{
		"overlapping": {{9 * h, 12 * h}, {11 * h, 17 * h}}, "out of order": {{13 * h, 17 * h}, {9 * h, 12 * h}},
		"empty": {{9 * h, 9 * h}}, "beyond the day": {{9 * h, 25 * h}}, "before it": {{-h, h}},
	} {
		if _, err := when.New(ps...); err == nil {
			t.Errorf("%s periods were taken", what)
		}
	}
	c, err := when.New(when.Period{From: 0, To: 24 * h})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Add(at("2026-03-02 10:00"), when.Limit{N: 1, Unit: when.WorkDays}); !got.Equal(at("2026-03-04 00:00")) {
		t.Errorf("an office open round the clock closes at %s", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]when.Limit{
		"5 working days": {5, when.WorkDays}, "5个工作日": {5, when.WorkDays}, " 1 Working  Day ": {1, when.WorkDays},
		"５个工作日": {5, when.WorkDays}, "2 紧急工作时": {2, when.UrgentHours}, "2小时": {2, when.UrgentHours}, "4工作时": {4, when.WorkHours},
		"4 工作小时": {4, when.WorkHours}, "15天": {15, when.CalendarDays}, "60日": {60, when.CalendarDays}, "15 days": {15, when.CalendarDays},
		"1 hour": {1, when.UrgentHours}, "10000 days": {10000, when.CalendarDays},
	} {
		if got, err := when.Parse(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "0 working days", "-1 days", "five days", "5", "5 ", "5 fortnights", "99999 days", "99999999 days", "5 working days and more", "5个", "1.5 days", "5 working dayss"} {
		if got, err := when.Parse(s); err == nil || errs.KindOf(err) != errs.Invalid {
			t.Errorf("%q was read as %v, %v", s, got, err)
		}
	}
	for _, u := range when.Units {
		for _, n := range []int{1, 3} {
			l := when.Limit{N: n, Unit: u}
			if got, err := when.Parse(l.String()); err != nil || got != l {
				t.Errorf("%s: %v, %v", l, got, err)
			}
			b, err := json.Marshal(l)
			var back when.Limit
			if err != nil || json.Unmarshal(b, &back) != nil || back != l {
				t.Errorf("%s as JSON: %s, %v", l, b, back)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("5个工作日")
	f.Add("5 working days")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := when.Parse(s)
		if err != nil {
			return
		}
		if again, err := when.Parse(l.String()); err != nil || again != l || l.N < 1 || l.N > when.MaxLimit {
			t.Fatalf("%q: %v, %v", s, l, again)
		}
	})
}

// instants are of 2023 to 2029: years that are known, and years that are not.
func instant(t *rapid.T, name string) time.Time {
	return at("2023-01-01 00:00").Add(time.Duration(rapid.Int64Range(0, 6*365*24*3600).Draw(t, name)) * time.Second)
}

func TestProperties(t *testing.T) {
	t.Parallel()
	c := when.Default()
	rapid.Check(t, func(t *rapid.T) {
		from, later := instant(t, "from"), time.Duration(rapid.Int64Range(0, 40*24*3600).Draw(t, "later"))*time.Second
		l := when.Limit{N: rapid.IntRange(1, 60).Draw(t, "n"), Unit: rapid.SampledFrom(when.Units).Draw(t, "unit")}
		due := c.Add(from, l)
		if !due.After(from) {
			t.Fatalf("%s after %s is %s", l, from, due)
		}
		more := c.Add(from, when.Limit{N: l.N + 1, Unit: l.Unit})
		if more.Before(due) || l.Unit != when.CalendarDays && !more.After(due) {
			t.Fatalf("one more than %s after %s is no later: %s", l, from, more)
		}
		if end := c.Add(from.Add(later), l); end.Before(due) {
			t.Fatalf("begun %s later, %s ends earlier: %s", later, l, end)
		}
		n := c.Between(from, due, l.Unit)
		if n < l.N || n > l.N && l.Unit != when.CalendarDays {
			t.Fatalf("%s after %s measures %d", l, from, n)
		}
		if back := c.Between(due, from, l.Unit); back != -n {
			t.Fatalf("%d forwards, %d back", n, back)
		}
		if l.Unit != when.UrgentHours && !c.Workday(due) {
			t.Fatalf("%s after %s ends on a free day: %s", l, from, due)
		}
		if l.Unit == when.WorkHours {
			if got := c.WorkingTime(from, due); got != time.Duration(l.N)*time.Hour {
				t.Fatalf("%s after %s is %s of work", l, from, got)
			}
			half := c.Add(c.Add(from, when.Limit{N: (l.N + 1) / 2, Unit: l.Unit}), when.Limit{N: l.N / 2, Unit: l.Unit})
			if !half.Equal(due) {
				t.Fatalf("%s after %s is %s in one and %s in two halves", l, from, due, half)
			}
		}
	})
}

// A clock that is stopped and started again runs as long as one that was not.
func TestAddWork(t *testing.T) {
	t.Parallel()
	c := when.Default()
	rapid.Check(t, func(t *rapid.T) {
		from, d := instant(t, "from"), time.Duration(rapid.Int64Range(0, 400*3600).Draw(t, "work"))*time.Second
		end := c.AddWork(from, d)
		if got := c.WorkingTime(from, end); got != d {
			t.Fatalf("%s after %s is %s, which is %s of work", d, from, end, got)
		}
		stop := from.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(from)/time.Second)).Draw(t, "stop")) * time.Second)
		if again := c.AddWork(stop, c.WorkingTime(stop, end)); c.WorkingTime(from, again) != d {
			t.Fatalf("stopped at %s and started at once, it ends at %s instead of %s", stop, again, end)
		}
	})
}

// Working time is what one finds by looking at every minute.
func TestWorkingTimeByMinutes(t *testing.T) {
	t.Parallel()
	c := when.Default()
	rapid.Check(t, func(t *rapid.T) {
		a := instant(t, "a").Truncate(time.Minute)
		n := rapid.IntRange(0, 12*24*60).Draw(t, "minutes")
		want := time.Duration(0)
		for i := range n {
			if c.Open(a.Add(time.Duration(i) * time.Minute)) {
				want += time.Minute
			}
		}
		b := a.Add(time.Duration(n) * time.Minute)
		if got := c.WorkingTime(a, b); got != want || c.WorkingTime(b, a) != -want {
			t.Fatalf("%s to %s: %s, by minutes %s", a, b, got, want)
		}
	})
}

func TestLight(t *testing.T) {
	t.Parallel()
	c := when.Default()
	from, due := at("2026-03-02 10:00"), at("2026-03-02 20:00")
	for clock, want := range map[string]when.Light{"09:00": when.Green, "10:00": when.Green, "17:59": when.Green, "18:00": when.Yellow, "20:00": when.Yellow, "20:01": when.Red} {
		if _, got := when.Share(from, due, at("2026-03-02 "+clock)); got != want {
			t.Errorf("at %s: %s, want %s", clock, got, want)
		}
	}
	if s, l := when.Share(from, time.Time{}, from); s != 0 || l != when.Green {
		t.Errorf("without due: %v, %s", s, l)
	}
	if _, l := when.Share(due, from, at("2026-03-02 20:01")); l != when.Red {
		t.Errorf("due before it began: %s", l)
	}
	// from Friday 16:30 to Monday 17:30: eight hours of work and a weekend
	from, due = at("2026-03-06 16:30"), at("2026-03-09 17:30")
	for now, want := range map[string]float64{
		"2026-03-06 16:00": 0, "2026-03-06 17:30": 0.125, "2026-03-08 12:00": 0.125, "2026-03-09 12:00": 0.5, "2026-03-09 17:30": 1,
	} {
		if got, _ := c.Used(from, due, at(now)); got != want {
			t.Errorf("at %s %v is used, want %v", now, got, want)
		}
	}
	if got, l := c.Used(from, due, at("2026-03-12 18:30")); got != 2 || l != when.Red {
		t.Errorf("as long again over: %v, %s", got, l)
	}
	// an urgent limit of the night runs by the clock
	if got, _ := c.Used(at("2026-03-06 22:00"), at("2026-03-07 02:00"), at("2026-03-06 23:00")); got != 0.25 {
		t.Errorf("a quarter of the night: %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		from := instant(t, "from")
		due := from.Add(time.Duration(rapid.Int64Range(1, 40*24*3600).Draw(t, "due")) * time.Second)
		a := from.Add(time.Duration(rapid.Int64Range(-3600, 60*24*3600).Draw(t, "a")) * time.Second)
		b := a.Add(time.Duration(rapid.Int64Range(0, 10*24*3600).Draw(t, "b")) * time.Second)
		sa, la := c.Used(from, due, a)
		sb, _ := c.Used(from, due, b)
		if sa > sb {
			t.Fatalf("less is used later: %v at %s, %v at %s", sa, a, sb, b)
		}
		if sa < 0 || (la == when.Red) != a.After(due) {
			t.Fatalf("%v and %s at %s, due %s", sa, la, a, due)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	c, from := when.Default(), at("2026-02-13 16:30")
	for _, u := range when.Units {
		b.Run(string(u), func(b *testing.B) {
			for b.Loop() {
				c.Add(from, when.Limit{N: 30, Unit: u})
			}
		})
	}
}
