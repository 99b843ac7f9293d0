// SPDX-License-Identifier: Apache-2.0

package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A Counter is a window or an officer at which people are served by appointment.
type Counter struct {
	ID      id.ID
	Unit    id.ID
	Path    scope.Path // where it stands
	Active  bool
	Version int64
	Plan
}

// A Plan says when a counter serves how many.
type Plan struct {
	Name    i18n.Text `json:"name"`
	Room    string    `json:"room,omitempty"`    // where in the house
	Items   []string  `json:"items,omitempty"`   // codes; none: everything of the unit that can be booked
	Officer id.ID     `json:"officer,omitempty"` // the account of who sits there; 0: whoever is on duty
	Hours   string    `json:"hours,omitempty"`   // "09:00-11:30 14:00-16:30"; "": the unit's own
	Days    string    `json:"days,omitempty"`    // "1 3 5", Monday is 1; "": every working day
	Minutes int       `json:"minutes"`           // the length of one time
	Seats   int       `json:"seats"`             // how many at once
	Ahead   int       `json:"ahead"`             // how many days ahead one may book
}

// digest is over everything that is kept of the counter, and the days on which it is closed.
func (c Counter) digest(closings []byte) []byte {
	return trail.Digest("desk_counter/2", c.ID, c.Unit, c.Path[scope.Town], c.Path[scope.Village], c.Path[scope.Grid], c.Path[scope.Courtyard], c.plan(), c.Active, c.Version, closings)
}

func (c *Counter) check() error {
	var faults errs.List
	if c.Name.ZH = words(&faults, "name_zh", c.Name.ZH, least, 60); c.Name.EN != "" {
		c.Name.EN = words(&faults, "name_en", c.Name.EN, least, 60)
	}
	c.Room = words(&faults, "room", c.Room, 0, 60)
	if c.Items = pieces(c.Items); len(c.Items) > 200 {
		faults.Add("items", "desk.item.pieces", 200)
	}
	if c.Minutes < 5 || c.Minutes > int(longest/time.Minute) {
		faults.Add("minutes", "form.range", 5, int(longest/time.Minute))
	}
	if c.Seats < 1 || c.Seats > 50 {
		faults.Add("seats", "form.range", 1, 50)
	}
	if c.Ahead < 1 || c.Ahead > 90 {
		faults.Add("ahead", "form.range", 1, 90)
	}
	if c.Hours = strings.Join(strings.Fields(c.Hours), " "); c.Hours != "" {
		if ps, ok := periods(c.Hours); !ok || len(ps) == 0 {
			faults.Add("hours", "desk.counter.hours")
		}
	}
	if c.Days = strings.Join(strings.Fields(c.Days), " "); c.Days != "" {
		for d := range strings.FieldsSeq(c.Days) {
			if n, err := strconv.Atoi(d); err != nil || n < 1 || n > 7 {
				faults.Add("days", "desk.counter.days")
				break
			}
		}
	}
	return faults.Err()
}

// periods reads hours as people write them.
func periods(hours string) ([]when.Period, bool) {
	t, err := when.ReadTable("hours " + hours)
	if err != nil {
		return nil, false
	}
	return t.Periods(), true
}

// KeepCounter writes down a counter, a new one if its ID is 0, for those who may
// change what its unit offers (else Denied). What is wrong is Invalid beside its field.
// What is booked already stays booked.
func (s *Service) KeepCounter(ctx context.Context, by scope.Actor, c Counter) (d id.ID, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		d, err = s.keepCounter(tx, by, c)
		return err
	})
	return d, err
}

func (s *Service) keepCounter(tx *sqldb.Tx, by scope.Actor, c Counter) (id.ID, error) {
	act := "add"
	var was Counter
	if c.ID != 0 {
		var err error
		if was, err = loadCounter(tx, c.ID); err != nil {
			return 0, err
		}
		c.Unit, c.Path, act = was.Unit, was.Path, "change"
	} else if u, ok := s.Orgs.Directory().Unit(c.Unit); ok && u.Active {
		c.Path = u.Path
	} else {
		return 0, errs.At("unit", "desk.item.unit")
	}
	if err := mayKeep(by, c.Unit, c.Path, tx.Now()); err != nil {
		return 0, err
	}
	if err := c.check(); err != nil {
		return 0, err
	}
	if c.Version != was.Version && c.ID != 0 {
		return 0, errs.New(errs.Conflict, "record.changed")
	}
	cat, err := s.catalogue(tx)
	if err != nil {
		return 0, err
	}
	for _, code := range c.Items {
		if i, ok := cat.Get(code); !ok || !i.Active {
			return 0, errs.At("items", "desk.counter.item", code)
		}
	}
	if c.Officer != 0 && !slices.Contains(s.Orgs.Directory().Members(c.Unit, tx.Now()), c.Officer) {
		return 0, errs.At("officer", "desk.counter.officer")
	}
	if c.ID == 0 {
		c.ID, c.Version = tx.NewID(), 1
		err = insertCounter(tx, c)
	} else {
		err = saveCounter(tx, c)
		c.Version++
	}
	if err != nil {
		return 0, err
	}
	return c.ID, noteCounter(tx, by, c, act, "")
}

// noteCounter leaves the line of an act on a counter in the trail.
func noteCounter(tx *sqldb.Tx, by scope.Actor, c Counter, act, note string) error {
	closings, err := closingsOf(tx, c.ID)
	if err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "desk_counter", Record: c.ID, Act: act, Note: note, Digest: c.digest(closings)})
}

// Counter returns a counter; NotFound if there is none. Counters are everybody's to
// know.
func (s *Service) Counter(ctx context.Context, d id.ID) (c Counter, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		c, err = loadCounter(tx, d)
		return err
	})
	return c, err
}

// ListCounters are the counters at which the actor serves, or which they keep: those
// of the places in which they are at a desk, and of their own units. The auditor sees
// all.
func (s *Service) ListCounters(ctx context.Context, by scope.Actor) (cs []Counter, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ss := append(by.Scopes(needDesk, tx.Now()), by.Scopes("audit", tx.Now())...)
		if cs, err = listCountersIn(tx, ss); err != nil {
			return err
		}
		for _, u := range by.Units("handle", tx.Now()) {
			more, err := listCounters(tx, u)
			if err != nil {
				return err
			}
			for _, c := range more {
				if !slices.ContainsFunc(cs, func(x Counter) bool { return x.ID == c.ID }) {
					cs = append(cs, c)
				}
			}
		}
		return nil
	})
	return cs, err
}

// needDesk is the need of those who serve at a counter.
const needDesk scope.Need = "desk"

// serves reports whether an item can be booked at the counter.
func (c Counter) serves(i Item) bool {
	if !c.Active || !i.Active || !i.Booking {
		return false
	}
	if len(c.Items) == 0 {
		return i.Unit == c.Unit
	}
	return slices.Contains(c.Items, i.Code)
}

// A Slot is a time at a counter.
type Slot struct {
	Counter id.ID
	At      time.Time
	Ends    time.Time
	Seats   int // at once
	Left    int // of them not given
}

// slots are the times of a counter on the day of t, by its plan and its unit's
// calendar alone.
func (c Counter) slots(cal *when.Calendar, t time.Time) (ss []Slot) {
	if !cal.Workday(t) {
		return nil
	}
	local := t.In(when.Zone)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, when.Zone)
	if c.Days != "" {
		weekday := (int(local.Weekday())+6)%7 + 1
		if !slices.Contains(strings.Fields(c.Days), strconv.Itoa(weekday)) {
			return nil
		}
	}
	ps := cal.Periods()
	if c.Hours != "" {
		if own, ok := periods(c.Hours); ok {
			ps = own
		}
	}
	length := time.Duration(c.Minutes) * time.Minute
	for _, p := range ps {
		for at := p.From; at+length <= p.To; at += length {
			ss = append(ss, Slot{Counter: c.ID, At: midnight.Add(at), Ends: midnight.Add(at + length), Seats: c.Seats, Left: c.Seats})
		}
	}
	return ss
}

// window is from when to when one may book at the counter.
func (c Counter) window(now time.Time) (from, until time.Time) {
	local := now.In(when.Zone)
	return now, time.Date(local.Year(), local.Month(), local.Day()+c.Ahead+1, 0, 0, 0, 0, when.Zone)
}

// open are the times of the counter from a moment until another, with how many seats
// are left of each; those on days on which it is closed are left out.
func (s *Service) open(tx *sqldb.Tx, c Counter, from, until time.Time) (ss []Slot, err error) {
	closed, err := listClosings(tx, c.ID, dayOf(from), dayOf(until))
	if err != nil {
		return nil, err
	}
	given, err := taken(tx, c.ID, from, until.Add(longest))
	if err != nil {
		return nil, err
	}
	cal, _ := s.Calendars.Current(c.Unit)
	for day := from; dayOf(day) <= dayOf(until); day = day.Add(24 * time.Hour) {
		if slices.ContainsFunc(closed, func(x Closing) bool { return x.Day == dayOf(day) }) {
			continue
		}
		for _, x := range c.slots(cal, day) {
			if x.At.Before(from) || !x.At.Before(until) {
				continue
			}
			for len(given) > 0 && !given[0].ends.After(x.At) {
				given = given[1:] // over, for this time and for all that follow
			}
			x.Left = max(0, x.Seats-len(seatsOf(given[:begun(given, x.Ends)], x.At, x.Ends)))
			ss = append(ss, x)
		}
	}
	return ss, nil
}

// begun is how many of the seats, in the order of their beginning, are given before a moment.
func begun(given []held, before time.Time) int {
	n, _ := slices.BinarySearchFunc(given, before, func(h held, t time.Time) int { return h.at.Compare(t) })
	return n
}

// A Choice is a counter at which an item can be booked, with its times.
type Choice struct {
	Counter Counter
	Slots   []Slot // until one may book; those that are full too
}

// Times are the counters at which an item can be booked now, with their times. An item
// that is not offered is NotFound.
func (s *Service) Times(ctx context.Context, code string) (cs []Choice, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		cs, err = s.times(tx, code)
		return err
	})
	return cs, err
}

func (s *Service) times(tx *sqldb.Tx, code string) (cs []Choice, err error) {
	i, err := s.item(tx, code)
	if err != nil {
		return nil, err
	}
	if err := s.Calendars.Check(tx); err != nil {
		return nil, err
	}
	all, err := s.countersFor(tx, i)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		from, until := c.window(tx.Now())
		ss, err := s.open(tx, c, from, until)
		if err != nil {
			return nil, err
		}
		cs = append(cs, Choice{c, ss})
	}
	return cs, nil
}

// countersFor are the counters at which an item can be booked: those of its unit, and
// those of others that name it.
func (s *Service) countersFor(tx *sqldb.Tx, i Item) (out []Counter, err error) {
	all, err := listCountersIn(tx, scope.All)
	for _, c := range all {
		if c.serves(i) {
			out = append(out, c)
		}
	}
	return out, err
}

// nearest are up to n free times nearest to a moment, in their order.
func nearest(ss []Slot, at time.Time, n int) (out []Slot) {
	for _, x := range ss {
		if x.Left > 0 {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return int(a.At.Sub(at).Abs() - b.At.Sub(at).Abs()) })
	out = out[:min(n, len(out))]
	slices.SortFunc(out, func(a, b Slot) int { return a.At.Compare(b.At) })
	return out
}

// sayTimes are times in words, for a sentence: 3月5日（周四）09:30、10:00.
func sayTimes(ss []Slot, now time.Time) i18n.Text {
	var t i18n.Text
	for _, lang := range i18n.Langs {
		comma, last := "、", ""
		if lang == i18n.EN {
			comma = ", "
		}
		var b strings.Builder
		for k, x := range ss {
			if k > 0 {
				b.WriteString(comma)
			}
			if day := i18n.Day(lang, x.At, now.In(when.Zone).Year()); day != last {
				b.WriteString(day + " ")
				last = day
			}
			b.WriteString(x.At.In(when.Zone).Format("15:04"))
		}
		if lang == i18n.EN {
			t.EN = b.String()
		} else {
			t.ZH = b.String()
		}
	}
	return t
}
