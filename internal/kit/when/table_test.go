// SPDX-License-Identifier: Apache-2.0

package when_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/when"
)

func TestTableOverCalendar(t *testing.T) {
	t.Parallel()
	table, err := when.ReadTable(`# the notice of 2027, and what is our own
hours 08:30-11:30 14:30-18:00

2027-01-01 off 元旦
2027-02-05 lieu 春节
2027-02-06 off 春节
2027-02-14 work 春节
2026-03-05 closed 搬迁
2026-05-04 usual
name 元旦 = New Year's Day
name 搬迁 = moving house
`)
	if err != nil {
		t.Fatal(err)
	}
	town := when.Default()
	c := town.With(table)
	for day, want := range map[string]bool{
		"2027-01-01": false, "2027-02-05": false, "2027-02-14": true, "2026-03-05": false, "2026-05-04": true, "2026-05-05": false, "2026-02-14": true,
	} {
		if c.Workday(at(day+" 12:00")) != want {
			t.Errorf("%s: worked %v", day, !want)
		}
	}
	if !c.InLieu(at("2027-02-05 10:00")) || c.InLieu(at("2027-02-06 10:00")) || !c.Known(2027) || town.Known(2027) || c.KnownUntil() != 2027 {
		t.Error("the year 2027 is not as the table says")
	}
	if name, free := c.Holiday(at("2026-03-05 10:00")); name.ZH != "搬迁" || name.EN != "moving house" || !free {
		t.Errorf("the office is closed for %v, %v", name, free)
	}
	if c.Open(at("2026-03-04 14:00")) || !c.Open(at("2026-03-04 17:45")) || c.PerDay() != 6*time.Hour+30*time.Minute || town.PerDay() != 7*time.Hour {
		t.Error("the hours are not the table's")
	}
	if got := c.Unknown(at("2026-12-31 23:59"), at("2029-01-01 00:00")); !slices.Equal(got, []int{2028, 2029}) {
		t.Errorf("unknown: %v", got)
	}
	if days := table.Days(); len(days) != 6 || days[0].Kind != "closed" || days[0].Name.ZH != "搬迁" || table.Periods()[0].String() != "08:30-11:30" {
		t.Errorf("%v", days)
	}
	if n := len(c.Special(2027)); n != 4 {
		t.Errorf("%d special days in 2027", n)
	}
	// a unit's closing is not a holiday, and does not make a year known
	unit, err := when.ReadTable("2031-01-02 closed 盘点\n2031-01-03 usual")
	if err != nil {
		t.Fatal(err)
	}
	if u := c.With(unit); u.Known(2031) || u.Workday(at("2031-01-02 10:00")) {
		t.Error("a closing made a year known")
	}
}

// A file of holiday-cn is a year's notice.
func TestTableFromJSON(t *testing.T) {
	t.Parallel()
	table, err := when.ReadTable(`{"$schema":"x","year":2027,"papers":["https://www.gov.cn"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true},{"name":"元旦","date":"2027-01-03","isOffDay":false}]}`)
	if err != nil {
		t.Fatal(err)
	}
	c := when.Default().With(table)
	if c.Workday(at("2027-01-01 10:00")) || !c.Workday(at("2027-01-03 10:00")) || !c.Known(2027) {
		t.Error("not as the file says")
	}
}

func TestTableFaults(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"2027-01-01 off":                       "when.table.line", // of what?
		"2027-13-01 off 元旦":                    "when.table.line",
		"1950-01-01 off 元旦":                    "when.table.line",
		"2027-01-01 party 元旦":                  "when.table.line",
		"hello":                                "when.table.line",
		"name 元旦":                              "when.table.line",
		"hours 9-12":                           "when.table.line",
		"hours":                                "when.table.hours",
		"hours 13:30-17:30 09:00-12:00":        "when.table.hours",
		"hours 09:00-12:00 11:00-17:30":        "when.table.hours",
		"hours 09:00-12:00\nhours 09:00-12:00": "when.table.twice",
		"2027-01-01 off 元旦\n2027-01-01 work 元旦": "when.table.twice",
		"{}":                               "when.table.json",
		`{"days":[{"date":"2027-01-01"}]}`: "when.table.json",
		"\xff\xfe":                         "when.table.utf8",
		strings.Repeat("# a remark\n", when.MaxTable): "when.table.long",
	} {
		_, err := when.ReadTable(text)
		public := errs.Public(err)
		if errs.KindOf(err) != errs.Invalid || len(public) != 1 || public[0].Key != key || public[0].Field != "calendar" {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add("hours 09:00-12:00\n2027-01-01 off 元旦\nname 元旦 = New Year")
	f.Add(`{"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		table, err := when.ReadTable(text)
		if err != nil {
			return
		}
		c := when.Default().With(table)
		if due := c.Add(at("2026-12-30 10:00"), when.Limit{N: 2, Unit: when.WorkDays}); !due.After(at("2026-12-30 10:00")) {
			t.Fatalf("due %s", due)
		}
	})
}
