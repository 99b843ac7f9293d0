// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/when"
)

// A Pace is how often something has to be opened.
type Pace string

// The paces, from the quickest on.
const (
	AtOnce    Pace = "at_once"
	Monthly   Pace = "monthly"
	Quarterly Pace = "quarterly"
	Yearly    Pace = "yearly"
)

// Paces lists the paces, the quickest first.
var Paces = []Pace{AtOnce, Monthly, Quarterly, Yearly}

// An Item is one thing that has to be opened.
type Item struct {
	Code   string    `json:"code"`
	Kind   Kind      `json:"kind"` // Party, Village or Finance
	Name   i18n.Text `json:"name"`
	Pace   Pace      `json:"rhythm"`
	Busy   Pace      `json:"busy,omitempty"` // instead, where much money moves
	Within int       `json:"within"`         // working days after the end of the period, or after what happened
	Basis  i18n.Text `json:"basis"`
}

// A Rhythm is what has to be opened how often, from a day on.
type Rhythm struct {
	Number   int        `json:"-"` // 0: the one that is shipped
	From     places.Day `json:"-"`
	Note     string     `json:"-"`
	Actor    string     `json:"-"`
	At       time.Time  `json:"-"`
	BusyFrom int        `json:"busy_from"` // so many entries in a quarter are "much": the next is due monthly
	Items    []Item     `json:"items"`
}

//go:embed data/rhythm.json
var rhythmFile []byte

// Shipped is the rhythm of the law. A town may ask for more, never for less.
var Shipped = sync.OnceValue(func() Rhythm {
	var r Rhythm
	if err := json.Unmarshal(rhythmFile, &r); err != nil {
		panic(err) // the file is in the binary, and the tests read it
	}
	return r
})

// Item returns the item with the code.
func (r Rhythm) Item(code string) (Item, bool) {
	i := slices.IndexFunc(r.Items, func(x Item) bool { return x.Code == code })
	if i < 0 {
		return Item{}, false
	}
	return r.Items[i], true
}

const maxWithin = 30 // working days

// check holds a rhythm against the law: the same items, none slower.
func (r Rhythm) check() error {
	law := Shipped()
	if r.BusyFrom < 1 || r.BusyFrom > law.BusyFrom {
		return errs.At("busy_from", "affairs.rhythm.busy", law.BusyFrom)
	}
	if len(r.Items) != len(law.Items) {
		return errs.New(errs.Invalid, "affairs.rhythm.items")
	}
	for i, x := range r.Items {
		l := law.Items[i]
		switch {
		case x.Code != l.Code:
			return errs.New(errs.Invalid, "affairs.rhythm.items")
		case !slices.Contains(Paces, x.Pace):
			return errs.At("pace_"+x.Code, "form.choice")
		case slices.Index(Paces, x.Pace) > slices.Index(Paces, l.Pace), (x.Pace == AtOnce) != (l.Pace == AtOnce):
			return errs.At("pace_"+x.Code, "affairs.rhythm.slow", l.Name, i18n.Key("affairs.pace."+string(l.Pace)))
		case x.Within < 1 || x.Within > min(l.Within, maxWithin):
			return errs.At("within_"+x.Code, "affairs.rhythm.within", l.Within)
		}
	}
	return nil
}

// A Period is a stretch of the calendar for which something is opened: "2026",
// "2026-Q1", "2026-03", or, of what has to be opened at once, the day it happened,
// "2026-03-05".
type Period string

// PeriodOf is the period of the pace in which a moment lies.
func PeriodOf(p Pace, t time.Time) Period {
	t = t.In(i18n.Zone)
	switch p {
	case Yearly:
		return Period(t.Format("2006"))
	case Quarterly:
		return Period(fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3))
	case Monthly:
		return Period(t.Format("2006-01"))
	case AtOnce:
		return Period(t.Format(time.DateOnly))
	}
	return ""
}

// Pace is the pace of which p is a period; "" if it is none.
func (p Period) Pace() Pace {
	switch {
	case len(p) == 4:
		return Yearly
	case len(p) == 7 && p[5] == 'Q':
		return Quarterly
	case len(p) == 7:
		return Monthly
	case len(p) == 10:
		return AtOnce
	}
	return ""
}

// Span is the first moment of the period and the first after it; ok is false if it is
// no period.
func (p Period) Span() (from, to time.Time, ok bool) {
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, i18n.Zone) }
	switch p.Pace() {
	case Yearly:
		y, err := strconv.Atoi(string(p))
		return day(y, 1, 1), day(y+1, 1, 1), err == nil && y > 1949
	case Quarterly:
		y, err := strconv.Atoi(string(p[:4]))
		q := int(p[6] - '0')
		return day(y, 3*q-2, 1), day(y, 3*q+1, 1), err == nil && y > 1949 && p[4] == '-' && q >= 1 && q <= 4
	case Monthly:
		t, err := time.ParseInLocation("2006-01", string(p), i18n.Zone)
		return t, t.AddDate(0, 1, 0), err == nil && t.Year() > 1949
	case AtOnce:
		t, err := time.ParseInLocation(time.DateOnly, string(p), i18n.Zone)
		return t, t.AddDate(0, 0, 1), err == nil && t.Year() > 1949
	}
	return from, to, false
}

// Text is the period as an argument of a message.
func (p Period) Text() i18n.Text { return i18n.Text{ZH: p.Say(i18n.ZH), EN: p.Say(i18n.EN)} }

// Say names the period: 2026年第1季度, 2026年3月.
func (p Period) Say(lang i18n.Lang) string {
	from, _, ok := p.Span()
	if !ok {
		return string(p)
	}
	switch p.Pace() {
	case Yearly:
		return i18n.T(lang, "affairs.period.year", string(p))
	case Quarterly:
		return i18n.T(lang, "affairs.period.quarter", string(p[:4]), string(p[6:]))
	case Monthly:
		return i18n.T(lang, "affairs.period.month", string(p[:4]), i18n.Key("affairs.month."+strconv.Itoa(int(from.Month()))))
	case AtOnce:
		return i18n.Date(lang, from)
	}
	return string(p)
}

// An Opened is what was opened for a period.
type Opened struct {
	Item   string
	Period Period
	Notice ID
	At     time.Time // zero: it is still being written
}

// A Standing is how it stands with an item and a period: when it was due, and whether
// it was opened by then.
type Standing struct {
	Item   Item
	Period Period
	Due    time.Time // the end of the last day on which it is not late
	Notice ID        // 0: it has not been opened
	At     time.Time // when it was
	Late   bool      // it is overdue, or came after it was due
}

// Missing reports whether it is due and not there.
func (s Standing) Missing() bool { return s.At.IsZero() && s.Late }

// A Facts is what Stand has to know of a village.
type Facts struct {
	Since   places.Day     // its page was opened; nothing before is asked for
	Opened  []Opened       // with what is being written of great matters
	Entries map[Period]int // entries of the ledger by quarter
}

// Stand works out how it stands with every item of open affairs at a moment, the
// newest period first, at most so many periods of each: with the paces of the
// rhythm, and working days of the calendar. It is a pure function, so the state of
// any past day can be worked out again. Of items that are opened at once it knows
// what was written down.
func Stand(r Rhythm, f Facts, cal *when.Calendar, now time.Time, most int) (all []Standing) {
	since, _, ok := Period(f.Since).Span()
	if !ok {
		return nil
	}
	for _, item := range r.Items {
		n := 0
		for _, p := range item.periods(r, f, since, now) {
			if n == most {
				break
			}
			n++
			all = append(all, item.stand(f, cal, now, p))
		}
	}
	return all
}

// stand is how it stands with one period.
func (x Item) stand(f Facts, cal *when.Calendar, now time.Time, p Period) Standing {
	s := Standing{Item: x, Period: p, Due: x.due(cal, p)}
	s.Notice, s.At = x.openedFor(f, p)
	if s.At.IsZero() {
		s.Late = now.After(s.Due)
	} else {
		s.Late = s.At.After(s.Due)
	}
	return s
}

// openedFor is what was opened for a period, and when: for it alone, for the quarter
// in which a month lies, or for each month of a quarter.
func (x Item) openedFor(f Facts, p Period) (n ID, at time.Time) {
	from, to, _ := p.Span()
	months := 0
	for _, o := range f.Opened {
		if o.Item != x.Code || o.At.IsZero() {
			continue
		}
		begin, end, ok := o.Period.Span()
		switch {
		case !ok:
		case o.Period == p, p.Pace() == Monthly && !from.Before(begin) && !to.After(end):
			return o.Notice, o.At
		case p.Pace() == Quarterly && o.Period.Pace() == Monthly && !begin.Before(from) && !end.After(to):
			if months++; o.At.After(at) {
				n, at = o.Notice, o.At
			}
		}
	}
	if months < 3 {
		return 0, time.Time{}
	}
	return n, at
}

// due is the end of the last working day on which a period may be opened in time.
func (x Item) due(cal *when.Calendar, p Period) time.Time {
	from, to, _ := p.Span()
	if p.Pace() == AtOnce {
		to = from // counted from the day it happened
	}
	day, left := to.Add(-time.Second), x.Within
	if p.Pace() == AtOnce {
		day = to
	}
	for left > 0 {
		day = day.AddDate(0, 0, 1)
		if cal.Workday(day) {
			left--
		}
	}
	y, m, d := day.In(i18n.Zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, i18n.Zone).Add(-time.Second)
}

// periods are those that have ended, the newest first, back to the first one that
// began after the page was opened; of what is opened at once, what happened.
func (x Item) periods(r Rhythm, f Facts, since, now time.Time) (ps []Period) {
	if x.Pace == AtOnce {
		for _, o := range f.Opened {
			if o.Item == x.Code && !slices.Contains(ps, o.Period) {
				ps = append(ps, o.Period)
			}
		}
		slices.Sort(ps)
		slices.Reverse(ps)
		return ps
	}
	at := now
	for {
		p := PeriodOf(x.Pace, at)
		from, _, _ := p.Span()
		if x.Busy != "" && x.Pace == Quarterly && x.Busy == Monthly && f.Entries[PeriodOf(Quarterly, from.Add(-time.Hour))] >= r.BusyFrom {
			for m := 2; m >= 0; m-- {
				if month := PeriodOf(Monthly, from.AddDate(0, m, 0)); ended(month, since, now) {
					ps = append(ps, month)
				}
			}
		} else if ended(p, since, now) {
			ps = append(ps, p)
		}
		if at = from.Add(-time.Hour); at.Before(since) {
			return ps
		}
	}
}

// ended reports whether a period is over, and began no earlier than the page.
func ended(p Period, since, now time.Time) bool {
	from, to, _ := p.Span()
	return !from.Before(since) && !now.Before(to)
}
