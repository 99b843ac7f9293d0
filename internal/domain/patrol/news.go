// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// NewsOfMissed is the name under which letters know that stops were missed: its references
// are the mornings of the days.
const NewsOfMissed = "patrol.missed"

// toldMark is the last day of which workers were written to.
const toldMark = "patrol.told"

// TellMissed promises who walks a grid a letter about what was missed there on the day
// before, once for each day, and says to how many. It is called by the timetable in the
// morning.
func (s *Service) TellMissed(ctx context.Context) (n int, err error) {
	if !s.letters.Offered() {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		from, to := Yesterday(tx.Now())
		told, err := sqldb.Mark(tx, toldMark)
		if err != nil || Slot(told) >= from {
			return err
		}
		if err := sqldb.SetMark(tx, toldMark, int64(from)); err != nil {
			return err
		}
		ws, err := s.weeks(tx, scope.All, from, to)
		if err != nil {
			return err
		}
		var who []id.ID
		for _, w := range ws {
			if len(w.Gaps) == 0 {
				continue
			}
			walk, err := s.workers(tx, s.pathOf(w.Grid()))
			if err != nil {
				return err
			}
			for _, a := range walk {
				if !slices.Contains(who, a) {
					who = append(who, a)
				}
			}
		}
		n = len(who)
		for some := range slices.Chunk(who, 200) {
			boxes, err := s.people.MailboxesOf(tx, people.OwnedByAccount, some)
			if err != nil {
				return err
			}
			for _, mine := range boxes {
				for _, box := range mine {
					if err := s.letters.Promise(tx, box, false, letters.Item{Source: NewsOfMissed, Ref: id.ID(from), Topic: people.Due}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	return n, err
}

func (s *Service) weeks(tx *sqldb.Tx, in scope.Scopes, from, to Slot) ([]GridWeek, error) {
	rs, err := rounds(tx, in, from, to)
	if err != nil {
		return nil, err
	}
	es, err := entries(tx, in, from, to)
	if err != nil {
		return nil, err
	}
	return weekOf(rs, es), nil
}

// Lines implements [letters.Source]: what was missed in the grids that the reader walks.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	if to.Kind != people.OwnedByAccount {
		return nil, nil
	}
	var in scope.Scopes
	for _, h := range s.orgs.Directory().HeldBy(to.ID, tx.Now()) {
		if r, _ := access.RoleOf(h.Post.Role); slices.Contains(r.Needs, access.Patrol) {
			in = append(in, h.Post.In())
		}
	}
	if len(in) == 0 {
		return nil, nil
	}
	for _, ref := range refs {
		from := Slot(ref)
		ws, err := s.weeks(tx, in, from, from+2)
		if err != nil {
			return nil, err
		}
		for _, w := range ws {
			walk, err := s.workers(tx, s.pathOf(w.Grid()))
			if err != nil {
				return nil, err
			}
			if len(w.Gaps) == 0 || !slices.Contains(walk, to.ID) {
				continue
			}
			g, _ := s.places.Tree().Get(w.Grid())
			lines = append(lines, letters.Line{Key: "patrol.news", Args: []any{g.Name, len(w.Gaps), from.Date()}, Number: g.Code, State: "patrol.news.short", At: from.Date(), Path: "/patrol/grids/" + g.ID.String() + "/appraisal"})
		}
	}
	return lines, nil
}
