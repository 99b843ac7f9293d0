// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"strconv"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/when"
)

// A Face is by what the town is looked at.
type Face string

// The faces. The key of All is "".
const (
	All        Face = "all"
	ByPlace    Face = "place"
	ByUnit     Face = "unit"
	ByCategory Face = "category"
)

// Faces lists every face.
func Faces() []Face { return []Face{All, ByPlace, ByUnit, ByCategory} }

// A Day is a date in the town's time, counted from 1 January 1970.
type Day int64

// DayOf is the day of a moment.
func DayOf(t time.Time) Day {
	t = t.In(when.Zone)
	return Day(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Begin is the first moment of the day.
func (d Day) Begin() time.Time {
	t := d.date()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, when.Zone).UTC()
}

// date is the day as a date without a zone.
func (d Day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is the date as people write it in addresses.
func (d Day) String() string { return d.date().Format(time.DateOnly) }

// month is twelve times the year and the month.
func (d Day) month() int64 {
	t := d.date()
	return int64(t.Year())*12 + int64(t.Month()) - 1
}

// firstOfMonth is the first day of a month.
func firstOfMonth(month int64) Day {
	return Day(time.Date(int(month/12), time.Month(month%12)+1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

type span string

const (
	days   span = "day"
	months span = "month"
)

// cell is a row of counts.
type cell struct {
	span span
	face Face
	bin  int64
	key  string
}

// A tally is what is to be added to the counts.
type tally map[cell][]int64

// keys calls f with each face and key under which something is counted.
func (w whose) keys(f func(face Face, key string)) {
	f(All, "")
	for _, d := range []id.ID{w.town, w.village} {
		if d != 0 {
			f(ByPlace, idKey(d))
		}
	}
	if w.unit != 0 {
		f(ByUnit, idKey(w.unit))
	}
	if w.category != "" {
		f(ByCategory, w.category)
	}
}

// idKey is the key of a place or a unit.
func idKey(d id.ID) string { return strconv.FormatInt(int64(d), 10) }

func (t tally) add(w whose, at time.Time, column int) {
	d := DayOf(at)
	w.keys(func(face Face, key string) {
		for _, c := range []cell{{days, face, int64(d), key}, {months, face, d.month(), key}} {
			row := t[c]
			if row == nil {
				row = make([]int64, len(counted))
				t[c] = row
			}
			row[column]++
		}
	})
}

// take adds what a reading gives of the rows of the trail after from, and up to
// and with to.
func (t tally) take(r reading, from, to int64) {
	within := func(seq int64) bool { return seq > from && seq <= to }
	for _, e := range r.events {
		if !within(e.seq) {
			continue
		}
		t.add(e.whose, e.at, place[string(e.measure)])
		if e.late {
			t.add(e.whose, e.at, place[string(e.measure)+late])
		}
	}
	for _, e := range r.stock {
		if !within(e.seq) {
			continue
		}
		column := place[string(Open)+out]
		if e.late {
			column = place[string(Open)+in]
		}
		t.add(e.whose, e.at, column)
	}
	for _, s := range r.spells {
		if within(s.seq) {
			t.add(s.whose, s.from, place[string(s.kind)+in])
			t.add(s.whose, s.until, place[string(s.kind)+out])
		}
	}
}
