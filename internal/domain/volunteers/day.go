// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"fmt"
	"strconv"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/when"
)

// A Day is a day of the town, counted since 1970.
type Day int64

// DayOf is the day of a moment.
func DayOf(t time.Time) Day {
	t = t.In(when.Zone)
	return Day(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (d Day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Begin is the first moment of the day.
func (d Day) Begin() time.Time {
	t := d.date()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, when.Zone)
}

// month is the first day of the month, and of the one after it.
func (d Day) month() (from, to Day) {
	t := d.date()
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return Day(first.Unix() / 86400), Day(first.AddDate(0, 1, 0).Unix() / 86400)
}

// A Quarter is a quarter of a year: four times the year, and 0 to 3.
type Quarter int64

// QuarterOf is the quarter of a moment.
func QuarterOf(t time.Time) Quarter {
	t = t.In(when.Zone)
	return Quarter(4*t.Year() + (int(t.Month())-1)/3)
}

// ParseQuarter reads a quarter as String writes it.
func ParseQuarter(s string) (Quarter, error) {
	var y, q int
	if n, err := fmt.Sscanf(s, "%4d-Q%1d", &y, &q); n != 2 || err != nil || len(s) != 7 || q < 1 || q > 4 || y < 2000 {
		return 0, errs.At("quarter", "volunteers.quarter")
	}
	return Quarter(4*y + q - 1), nil
}

// String is the quarter as in addresses: 2026-Q1.
func (q Quarter) String() string { return strconv.Itoa(q.Year()) + "-Q" + strconv.Itoa(q.Number()) }

// Year is the year that the quarter is of.
func (q Quarter) Year() int { return int(q / 4) }

// Number is 1 to 4.
func (q Quarter) Number() int { return int(q%4) + 1 }

// Days are its first day, and the first of the next.
func (q Quarter) Days() (from, to Day) { return q.first(), (q + 1).first() }

func (q Quarter) first() Day {
	return Day(time.Date(q.Year(), time.Month(3*(q%4)+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (q Quarter) before() Quarter { return q - 1 }
