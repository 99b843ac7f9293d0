// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"fmt"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Hours are the two windows of a day 一日双巡, in minutes since midnight. What is done
// outside of them counts for the nearer round, but is not in its window.
type Hours struct {
	MorningFrom, MorningTo     int
	AfternoonFrom, AfternoonTo int
}

// ShippedHours are those that a town begins with.
var ShippedHours = Hours{8 * 60, 12 * 60, 14 * 60, 18 * 60}

// Bounds of the windows. Noon divides the day whatever they are, so that to which round
// something belongs never changes.
const (
	earliestHour = 5 * 60
	noonMinute   = noon * 60
	latestHour   = 23 * 60
	leastWindow  = 60
)

// orShipped are the hours, or the shipped ones if none were said.
func (h Hours) orShipped() Hours {
	if h == (Hours{}) {
		return ShippedHours
	}
	return h
}

// Window is when a round of the slot is walked.
func (h Hours) Window(s Slot) (from, to time.Time) {
	h = h.orShipped()
	day, a, b := s.Date(), h.MorningFrom, h.MorningTo
	if !s.IsMorning() {
		a, b = h.AfternoonFrom, h.AfternoonTo
	}
	return day.Add(time.Duration(a) * time.Minute), day.Add(time.Duration(b) * time.Minute)
}

// Contains reports whether a moment is in the slot's window.
func (h Hours) Contains(s Slot, t time.Time) bool {
	from, to := h.Window(s)
	return !t.Before(from) && t.Before(to)
}

// Over reports whether the slot's window has ended.
func (h Hours) Over(s Slot, now time.Time) bool {
	_, to := h.Window(s)
	return !now.Before(to)
}

// check says what is wrong with windows, beside the fields of the form.
func (h Hours) check() error {
	var l errs.List
	window := func(name string, from, to, least, most int) {
		switch {
		case from < least || from >= most:
			l.Add(name+"_from", "patrol.hours.between", clockOf(least), clockOf(most))
		case to <= least || to > most:
			l.Add(name+"_to", "patrol.hours.between", clockOf(least), clockOf(most))
		case to-from < leastWindow:
			l.Add(name+"_to", "patrol.hours.short", leastWindow)
		}
	}
	window("morning", h.MorningFrom, h.MorningTo, earliestHour, noonMinute)
	window("afternoon", h.AfternoonFrom, h.AfternoonTo, noonMinute, latestHour)
	return l.Err()
}

func clockOf(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// String writes the windows as people do: 08:00–12:00, 14:00–18:00.
func (h Hours) String() string {
	return clockOf(h.MorningFrom) + "–" + clockOf(h.MorningTo) + ", " + clockOf(h.AfternoonFrom) + "–" + clockOf(h.AfternoonTo)
}

// An HoursVersion are windows with the day from which they hold.
type HoursVersion struct {
	ID     id.ID // 0: the shipped ones
	From   Day
	Hours  Hours
	Reason string
	Actor  string
	At     time.Time
}

func (v HoursVersion) digest() []byte {
	return trail.Digest("patrol_hours/1", v.ID, int64(v.From), v.Hours.MorningFrom, v.Hours.MorningTo, v.Hours.AfternoonFrom, v.Hours.AfternoonTo, v.Reason, v.Actor, v.At)
}

// An Almanac says which windows each day has: versions by the day from which they hold.
type Almanac []HoursVersion

// On are the windows of a slot's day.
func (a Almanac) On(s Slot) Hours {
	h, from := ShippedHours, Day(-1)
	for _, v := range a {
		if v.From <= Day(s>>1) && v.From > from {
			h, from = v.Hours, v.From
		}
	}
	return h
}

// Over reports whether the slot's window has ended.
func (a Almanac) Over(s Slot, now time.Time) bool { return a.On(s).Over(s, now) }

// Almanac are the windows of all days, the shipped ones first, then in the order in which
// they were made. Everybody may read them.
func (s *Service) Almanac(ctx context.Context, _ scope.Actor) (a Almanac, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		made, err := almanac(tx)
		a = append(Almanac{{Hours: ShippedHours}}, made...)
		return err
	})
	return a, err
}

// SetHours makes the windows of the days from one on, which must be to come: what was drawn
// up and covered keeps its own. Needs admit in the city, and the reason in words. It is
// Conflict if there are windows from that very day on already.
func (s *Service) SetHours(ctx context.Context, by scope.Actor, h Hours, from Day, words string) error {
	words, werr := reasoned(words)
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := refuse(tx, by, access.Admit, scope.Target{Path: s.cityPath()}); err != nil {
			return err
		}
		if werr != nil {
			return werr
		}
		if today := DayOf(tx.Now()); from <= today || from > today+longest {
			return errs.At("from", "duty.until.wrong", longest)
		}
		if err := h.check(); err != nil {
			return err
		}
		made, err := almanac(tx)
		if err != nil {
			return err
		}
		for _, v := range made {
			if v.From == from {
				return errs.New(errs.Conflict, "patrol.hours.day")
			}
		}
		v := HoursVersion{ID: tx.NewID(), From: from, Hours: h, Reason: words, Actor: by.Name, At: tx.Now()}
		if err := insertHours(tx, v); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_hours", Record: v.ID, Act: "set", Note: h.String(), Digest: v.digest()})
	})
}
