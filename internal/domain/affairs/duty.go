// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Shift is who is on duty in a village on a day.
type Shift struct {
	Place id.ID
	On    places.Day
	Name  string
	Phone string // an official one
	Hours string
}

// SetShift writes who is on duty on a day into the roster; an empty name takes the day
// out again. Needs publish there; Invalid beside on, name, phone or hours.
func (s *Service) SetShift(ctx context.Context, by scope.Actor, in Shift) error {
	at, err := s.PlaceOf(in.Place)
	if err != nil {
		return err
	}
	in.Name, in.Phone, in.Hours = strings.TrimSpace(in.Name), strings.TrimSpace(in.Phone), strings.TrimSpace(in.Hours)
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if d := Edits(by, at.Path, tx.Now()); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		var l errs.List
		if _, _, ok := Period(in.On).Span(); !ok || Period(in.On).Pace() != AtOnce || in.On < places.DayOf(tx.Now()) {
			l.Add("on", "affairs.duty.on")
		}
		if n := utf8.RuneCountInString(in.Name); n > 20 {
			l.Add("name", "form.long", 20, n-20)
		}
		if n := utf8.RuneCountInString(in.Hours); n > 40 {
			l.Add("hours", "form.long", 40, n-40)
		}
		if in.Name != "" {
			phone, err := people.ParsePhone(in.Phone)
			if err != nil {
				l.Add("phone", "affairs.duty.phone")
			}
			in.Phone = phone.Plain()
		}
		if err := l.Err(); err != nil {
			return err
		}
		if err := saveShift(tx, at.Path, in); err != nil {
			return err
		}
		roster, err := rosterOf(tx, in.Place)
		if err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "village_duty", Record: in.Place, Act: "set", Note: string(in.On), Digest: roster})
	})
}

// Shifts are who is on duty in a place from a day on, at most so many. Everybody may read
// them.
func (s *Service) Shifts(ctx context.Context, place id.ID, from places.Day, most int) (ss []Shift, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ss, err = listShifts(tx, place, from, min(most, 60))
		return err
	})
	return ss, err
}
