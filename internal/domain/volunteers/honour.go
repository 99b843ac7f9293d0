// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"strings"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Honour is thanks by name: for so many confirmed hours, or in the committee's own
// words. It is never spent, and nothing is ever added up of honours.
type Honour struct {
	ID        id.ID
	Volunteer id.ID
	Hours     int64 // 0 for words
	Words     string
	Actor     string // who thanks; "" the town
	At        time.Time
}

func (h Honour) digest() []byte {
	return trail.Digest("volunteer_honour/1", h.ID, h.Volunteer, h.Hours, h.Words, h.Actor, h.At)
}

// honoured is for how many hours the town thanks by itself.
var honoured = []int64{10, 50, 100, 200, 500, 1000}

// honour thanks a volunteer for every threshold that the last minutes have crossed.
func (s *Service) honour(tx *sqldb.Tx, v Volunteer, last int64) error {
	beginning := time.Unix(0, 0).Add(time.Millisecond)
	has, err := confirmedMinutes(tx, v.ID, beginning, tx.Now().Add(time.Millisecond))
	if err != nil {
		return err
	}
	total := has + last // these are not saved yet
	got, err := honoursOf(tx, v.ID)
	if err != nil {
		return err
	}
	for _, n := range honoured {
		if total < 60*n || thankedFor(got, n) {
			continue
		}
		if err := s.thank(tx, scope.Program("volunteers"), Honour{Volunteer: v.ID, Hours: n}); err != nil {
			return err
		}
	}
	return nil
}

func thankedFor(hs []Honour, hours int64) bool {
	for _, h := range hs {
		if h.Hours == hours {
			return true
		}
	}
	return false
}

func (s *Service) thank(tx *sqldb.Tx, by scope.Actor, h Honour) error {
	h.ID, h.At = tx.NewID(), tx.Now()
	if err := insertHonour(tx, h); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "volunteer_honour", Record: h.ID, Act: "thank", Digest: h.digest()})
}

// Thank honours, in words, a volunteer whose hours were confirmed. Needs to organise
// where the task was (Denied).
func (s *Service) Thank(ctx context.Context, by scope.Actor, hours id.ID, words string) error {
	words = strings.TrimSpace(words)
	if err := because(words); err != nil {
		return err
	}
	return s.changeHours(ctx, by, hours, func(tx *sqldb.Tx, h *Hours, t Task) error {
		if d := by.May(organise, scope.Target{Path: t.Path, At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if h.State != Confirmed {
			return errs.New(errs.Conflict, "volunteers.thank.confirmed")
		}
		return s.thank(tx, by, Honour{Volunteer: h.Volunteer, Words: words, Actor: by.Name})
	})
}

type thanked struct {
	Honour
	resident id.ID
}

// A Thanks is an honour as everybody may see it: of those who want it shown, under the
// mask of their name.
type Thanks struct {
	Name  string
	Hours int64
	Words string
	At    time.Time
}

// Thanked are the newest honours in a part of the town, of those who want theirs shown.
func (s *Service) Thanked(ctx context.Context, in scope.Scope, most int) (out []Thanks, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ts, err := thanks(tx, in, most)
		if err != nil {
			return err
		}
		ids := make([]id.ID, len(ts))
		for i, t := range ts {
			ids[i] = t.resident
		}
		cards, err := s.people.Cards(tx, ids...)
		if err != nil {
			return err
		}
		for _, t := range ts {
			if c, ok := cards[t.resident]; ok && c.Name != "" && !c.Forgotten {
				out = append(out, Thanks{Name: c.Name, Hours: t.Hours, Words: t.Words, At: t.At})
			}
		}
		return nil
	})
	return out, err
}

// names are the masks of residents' names, by resident.
func (s *Service) names(tx *sqldb.Tx, ids []id.ID) (map[id.ID]people.Card, error) {
	return s.people.Cards(tx, ids...)
}
