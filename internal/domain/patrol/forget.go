// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// How long what rounds know of homes is kept: what was seen in one for as long as the year's
// appraisal may be asked about, with whom a visit was agreed and why for two years after
// its end.
const (
	KeepSeen   = 366 * 24 * time.Hour
	KeepAgreed = 2 * 365 * 24 * time.Hour
)

// forgottenSlots is the mark of the slot before which nothing seen in a home is kept, and
// slotsAtOnce how many slots one turn takes.
const (
	forgottenSlots = "patrol.forgotten"
	slotsAtOnce    = 20
)

// ForgetOld deletes the personal facts of rounds that were kept long enough: with whom a
// visit was agreed and why, and the words, answers and pictures of what was seen in a home.
// That there was an agreement, and that somebody was visited, stays. It is the retention
// job's: it takes at most so many agreements, and reports how many there were, or as many
// as it may take if there is more to do.
func (s *Service) ForgetOld(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("retention")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		vs, err := endedBefore(tx, tx.Now().Add(-KeepAgreed), most)
		if err != nil {
			return err
		}
		for _, v := range vs {
			v.Resident, v.need, v.EndedWhy = 0, nil, ""
			if err := blankVisit(tx, v); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "patrol_visit", Record: v.ID, Act: "forget", Note: v.Number, Digest: v.digest()}); err != nil {
				return err
			}
		}
		n = len(vs)
		more, err := s.forgetSeen(tx, by, SlotAt(tx.Now().Add(-KeepSeen)))
		if more {
			n = most
		}
		return err
	})
	return n, err
}

// forgetSeen blanks what was seen in homes in the slots before one, the oldest first;
// more says that it did not get there.
func (s *Service) forgetSeen(tx *sqldb.Tx, by scope.Actor, before Slot) (more bool, err error) {
	at, err := sqldb.Mark(tx, forgottenSlots)
	if err != nil {
		return false, err
	}
	slot := Slot(at)
	if slot == 0 {
		if slot, err = firstSlot(tx, before); err != nil {
			return false, err
		}
	}
	for i := 0; slot < before; slot++ {
		if i++; i > slotsAtOnce {
			more = true
			break
		}
		if err := s.forgetSlot(tx, by, slot); err != nil {
			return false, err
		}
	}
	return more, sqldb.SetMark(tx, forgottenSlots, int64(slot))
}

func (s *Service) forgetSlot(tx *sqldb.Tx, by scope.Actor, slot Slot) error {
	es, err := seenInHomes(tx, slot)
	if err != nil {
		return err
	}
	var grids []id.ID
	for _, e := range es {
		if !e.forget() {
			continue
		}
		if err := blankEntry(tx, e); err != nil {
			return err
		}
		if g := e.Path[scope.Grid]; len(grids) == 0 || grids[len(grids)-1] != g {
			grids = append(grids, g)
		}
	}
	var lines []trail.Entry
	for _, g := range grids {
		r, ok, err := roundOf(tx, g, slot)
		if err != nil || !ok {
			return err
		}
		sum, err := enteredDigest(tx, g, slot, r.ID)
		if err != nil {
			return err
		}
		lines = append(lines, trail.Entry{Noun: "patrol_round", Record: r.ID, Act: "forget", Digest: sum})
	}
	return trail.AppendAll(tx, by, lines)
}

// forget takes out of an entry what it tells of a home, and says whether it told anything.
func (e *Entry) forget() (told bool) {
	told = e.Words != "" || len(e.Files) > 0
	for i := range e.Did {
		told = told || len(e.Did[i].Answers) > 0
		e.Did[i].Answers = nil
	}
	e.Words, e.Files = "", nil
	return told
}

// EndForgotten ends the agreements with residents whom the town was asked to forget: nobody
// goes to see them any more. It is a job of the night.
func (s *Service) EndForgotten(ctx context.Context) error {
	by := scope.Program("retention")
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		vs, err := agreed(tx, 0)
		if err != nil {
			return err
		}
		for len(vs) > 0 {
			some := vs[:min(len(vs), 500)]
			vs = vs[len(some):]
			ids := make([]id.ID, len(some))
			for i, v := range some {
				ids[i] = v.Resident
			}
			cards, err := s.people.Cards(tx, ids...)
			if err != nil {
				return err
			}
			for _, v := range some {
				if !cards[v.Resident].Forgotten {
					continue
				}
				v.EndedAt, v.EndedBy = tx.Now(), by.Name
				if err := endVisit(tx, v); err != nil {
					return err
				}
				if err := trail.Append(tx, by, trail.Entry{Noun: "patrol_visit", Record: v.ID, Act: "end", Note: v.Number, Digest: v.digest()}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
