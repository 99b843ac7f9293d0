// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// forgetting is the trail's word for it.
const forgetting = "forget"

// ForgetOld deletes what tells of the askers of questions that ended longer ago than
// the town keeps it: who they are, how to reach them, their slip's code, and their
// words, which are theirs; what the unit replied stays. It is the retention job's, and
// reports how many it forgot.
func (s *Service) ForgetOld(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("retention")
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		n = 0
		old, err := oldQuestions(tx, tx.Now().Add(-s.Rules.KeepPersonal), most)
		if err != nil {
			return err
		}
		for _, q := range old {
			if err := s.forget(tx, by, q); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (s *Service) forget(tx *sqldb.Tx, by scope.Actor, q Question) error {
	if q.Contact != 0 {
		if err := s.People.ForgetContact(tx, by, q.Contact); err != nil {
			return err
		}
	}
	if err := blankSteps(tx, q.ID); err != nil {
		return err
	}
	q.Words, q.Resident, q.Contact, q.AskedBy, q.AskedFor, q.codeIndex, q.ForgottenAt = "", 0, 0, 0, "", nil, tx.Now()
	ps, err := steps(tx, q.ID)
	if err != nil {
		return err
	}
	q.story = nil
	for _, p := range ps {
		q.story = p.link(q.story)
	}
	if err := save(tx, &q); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "question", Record: q.ID, Act: forgetting, From: string(q.State), To: string(q.State), Digest: q.digest()})
}
