// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Standings is how it stands with a village's open affairs now: of each item at most
// so many periods, the newest first. Everybody may read it.
func (s *Service) Standings(ctx context.Context, place id.ID, most int) (r Rhythm, all []Standing, err error) {
	at, err := s.PlaceOf(place)
	if err != nil {
		return r, nil, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if r, err = rhythmAt(tx, tx.Now()); err != nil {
			return err
		}
		p, err := loadPage(tx, at)
		if err != nil || p.Opened == "" {
			return err
		}
		f := Facts{Since: p.Opened}
		if f.Opened, err = openedAt(tx, place); err != nil {
			return err
		}
		if f.Entries, err = quarters(tx, place); err != nil {
			return err
		}
		all = Stand(r, f, s.Calendars.Town(), tx.Now(), most)
		return nil
	})
	return r, all, err
}

// A VillageState is how it stands with the open affairs of one village, for a list of them.
type VillageState struct {
	Place   places.Place
	Opened  bool // it has a page
	Missing int  // items that are overdue now
	Asked   int  // items that were due in the newest period of each
	OnTime  int  // of those, opened in time
}

// Villages is how it stands with the open affairs of the villages of a town, or of the
// whole city with 0, in the order of their codes. Everybody may read it: it says what
// villages owe their people, and nothing of people.
func (s *Service) Villages(ctx context.Context, town id.ID) (vs []VillageState, err error) {
	tree := s.Places.Tree()
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := rhythmAt(tx, tx.Now())
		if err != nil {
			return err
		}
		facts, err := factsOf(tx, town)
		if err != nil {
			return err
		}
		cal := s.Calendars.Town()
		for _, p := range tree.All(places.Village) {
			if town != 0 && p.Path[scope.Town] != town {
				continue
			}
			v := VillageState{Place: p}
			if f, ok := facts[p.ID]; ok && f.Since != "" {
				v.Opened = true
				for _, x := range Stand(r, *f, cal, tx.Now(), 1) {
					switch {
					case x.At.IsZero() && !x.Late:
						continue // not due yet
					case x.Missing():
						v.Missing++
					case !x.Late:
						v.OnTime++
					}
					v.Asked++
				}
			}
			vs = append(vs, v)
		}
		return nil
	})
	return vs, err
}

// Rhythms returns every edition of what has to be opened how often, the newest first;
// the last is the law's. Everybody may read them.
func (s *Service) Rhythms(ctx context.Context) (rs []Rhythm, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		rs, err = rhythms(tx)
		return err
	})
	return rs, err
}

// Revise puts another rhythm in force from today on. What was due before is counted by
// today's too: it can only ask for more. Needs administer in the whole town; Invalid,
// beside the field, if it asks for less than the law, and beside note.
func (s *Service) Revise(ctx context.Context, by scope.Actor, r Rhythm, note string, saw int) error {
	note = strings.TrimSpace(note)
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if d := by.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if err := r.check(); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(note); n == 0 || n > MaxWhy {
			return errs.At("note", "affairs.why", MaxWhy)
		}
		last, err := rhythmAt(tx, tx.Now())
		if err != nil {
			return err
		}
		if last.Number != saw {
			return errs.New(errs.Conflict, "record.changed")
		}
		r.Number, r.From, r.Note, r.Actor, r.At = last.Number+1, places.DayOf(tx.Now()), note, by.Name, tx.Now()
		items, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := insertRhythm(tx, r, string(items), by.Account); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "village_rhythm", Record: id.ID(r.Number), Act: "revise", Note: note, Digest: r.digest(string(items), by.Account)})
	})
}

func (r Rhythm) digest(items string, account id.ID) []byte {
	return trail.Digest("village_rhythm/1", r.Number, string(r.From), items, r.Note, account, r.Actor, r.At)
}

// rhythmAt is the rhythm in force: the newest that began.
func rhythmAt(tx *sqldb.Tx, now time.Time) (Rhythm, error) {
	rs, err := rhythms(tx)
	if err != nil {
		return Rhythm{}, err
	}
	today := places.DayOf(now)
	for _, r := range rs {
		if r.From <= today {
			return r, nil
		}
	}
	return Shipped(), nil
}
