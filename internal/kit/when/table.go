// SPDX-License-Identifier: Apache-2.0

package when

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
)

// A kind says what is special about a day.
type kind string

const (
	off    kind = "off"    // a public holiday
	lieu   kind = "lieu"   // a public holiday for which another day is worked
	work   kind = "work"   // a weekend day worked in exchange
	closed kind = "closed" // this office does not work, for a reason of its own
	usual  kind = "usual"  // as its day of the week says, whatever the table below says
)

func (k kind) national() bool { return k == off || k == lieu || k == work }

// special is a day that is not what its day of the week says.
type special struct {
	kind kind
	name string
}

// A Table is what a calendar file says: hours of work, and days that are not what
// their day of the week says. It is laid over a calendar by [Calendar.With].
type Table struct {
	periods []Period
	days    map[day]special
	names   map[string]string
}

// A TableDay is one day of a table.
type TableDay struct {
	Date time.Time
	Kind string // off, lieu, work, closed or usual
	Name i18n.Text
}

// MaxTable is the greatest size of a calendar file in bytes.
const MaxTable = 256 << 10

// ReadTable reads a calendar file. A line of it is one of
//
//	# a remark
//	hours 09:00-12:00 13:30-17:30    the periods of a working day
//	2027-02-05 off 春节               a public holiday
//	2027-02-11 lieu 春节              one for which another day is worked
//	2027-02-14 work 春节              a weekend day worked in exchange
//	2027-07-01 closed 搬迁            the office is closed, for this reason
//	2027-07-02 usual                 as if no table spoke of the day
//	name 春节 = Spring Festival       what a name is in English
//
// The JSON files of the project holiday-cn, which reads the State Council's
// notices, are read too. What cannot be read is Invalid beside "calendar", with
// the number of the line.
func ReadTable(text string) (Table, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	switch {
	case len(text) > MaxTable:
		return Table{}, errs.At("calendar", "when.table.long", MaxTable>>10)
	case !utf8.ValidString(text):
		return Table{}, errs.At("calendar", "when.table.utf8")
	}
	t := Table{days: map[day]special{}, names: map[string]string{}}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return t, t.readJSON(text)
	}
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := t.read(line, n+1); err != nil {
			return Table{}, err
		}
	}
	return t, nil
}

// read takes in one line.
func (t *Table) read(line string, n int) error {
	first, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	unread := errs.At("calendar", "when.table.line", n, cut(line))
	switch first {
	case "hours":
		if t.periods != nil {
			return errs.At("calendar", "when.table.twice", n, first)
		}
		for _, f := range strings.Fields(rest) {
			p, ok := readPeriod(f)
			if !ok {
				return unread
			}
			t.periods = append(t.periods, p)
		}
		if len(t.periods) == 0 || inOrder(t.periods) != nil {
			return errs.At("calendar", "when.table.hours", n)
		}
		return nil
	case "name":
		zh, en, ok := strings.Cut(rest, "=")
		if zh, en = strings.TrimSpace(zh), strings.TrimSpace(en); !ok || zh == "" || en == "" {
			return unread
		}
		t.names[zh] = en
		return nil
	}
	word, name, _ := strings.Cut(rest, " ")
	k := kind(word)
	name = strings.TrimSpace(name)
	if !k.national() && k != closed && k != usual || name == "" && k != usual || utf8.RuneCountInString(name) > 60 {
		return unread
	}
	return t.add(first, special{k, name}, n)
}

func (t *Table) add(date string, x special, n int) error {
	at, err := time.ParseInLocation(time.DateOnly, date, Zone)
	if err != nil || at.Year() < 1970 || at.Year() > 2200 {
		return errs.At("calendar", "when.table.line", n, cut(date))
	}
	d, _ := split(at)
	if _, twice := t.days[d]; twice {
		return errs.At("calendar", "when.table.twice", n, date)
	}
	t.days[d] = x
	return nil
}

// cut is what is said again of a line that cannot be read.
func cut(line string) string {
	if r := []rune(line); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return line
}

func readPeriod(s string) (p Period, ok bool) {
	from, to, ok := strings.Cut(s, "-")
	a, okA := readClock(from)
	b, okB := readClock(to)
	return Period{a, b}, ok && okA && okB
}

func readClock(s string) (time.Duration, bool) {
	if s == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

// readJSON reads a year of holiday-cn.
func (t *Table) readJSON(text string) error {
	var year struct {
		Days []struct {
			Name     string `json:"name"`
			Date     string `json:"date"`
			IsOffDay bool   `json:"isOffDay"`
		} `json:"days"`
	}
	if err := json.Unmarshal([]byte(text), &year); err != nil || len(year.Days) == 0 {
		return errs.At("calendar", "when.table.json")
	}
	for i, x := range year.Days {
		k := work
		if x.IsOffDay {
			k = off
		}
		name := strings.Join(strings.Fields(x.Name), "")
		if name == "" || utf8.RuneCountInString(name) > 60 {
			return errs.At("calendar", "when.table.json")
		}
		if err := t.add(x.Date, special{k, name}, i+1); err != nil {
			return err
		}
	}
	return nil
}

// Periods are the hours that the table sets, none if it sets none.
func (t Table) Periods() []Period { return slices.Clone(t.periods) }

// Days are the days that the table speaks of, in order.
func (t Table) Days() []TableDay {
	var days []TableDay
	for d, x := range t.days {
		days = append(days, TableDay{Date: join(d, 0), Kind: string(x.kind), Name: i18n.Text{ZH: x.name, EN: t.names[x.name]}})
	}
	slices.SortFunc(days, func(a, b TableDay) int { return cmp.Compare(a.Date.Unix(), b.Date.Unix()) })
	return days
}

// ShippedText is the calendar file of the holidays that come with the program.
func ShippedText() string { return holidays }

// Special are the days of a year that are not what their day of the week says.
func (c *Calendar) Special(year int) []TableDay {
	t := Table{days: map[day]special{}, names: c.names}
	for d, x := range c.days {
		if join(d, 0).Year() == year {
			t.days[d] = x
		}
	}
	return t.Days()
}

// String is the period as a calendar file has it: "09:00-12:00".
func (p Period) String() string {
	clock := func(d time.Duration) string {
		return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
	}
	return clock(p.From) + "-" + clock(p.To)
}
