// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"slices"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// NewsOfQuestions is the name under which letters know that a question was answered:
// its references are questions.
const NewsOfQuestions = "questions"

// write promises a letter to an asker who has a mailbox.
func (s *Service) write(tx *sqldb.Tx, q Question) error {
	if q.Resident == 0 || !s.Letters.Offered() {
		return nil
	}
	boxes, err := s.People.MailboxesOf(tx, people.OwnedByResident, []id.ID{q.Resident})
	if err != nil {
		return err
	}
	for _, box := range boxes[q.Resident] {
		if err := s.Letters.Promise(tx, box, false, letters.Item{Source: NewsOfQuestions, Ref: q.ID, Topic: people.Own}); err != nil {
			return err
		}
	}
	return nil
}

// Lines implements [letters.Source]: a letter passes through many hands, so it says the
// number of a question and nothing of its words.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	qs, err := questionsWith(tx, refs)
	if err != nil || to.Kind != people.OwnedByResident {
		return nil, err
	}
	slices.SortFunc(qs, func(a, b Question) int { return slices.Index(refs, a.ID) - slices.Index(refs, b.ID) })
	for _, q := range qs {
		if q.Resident != to.ID || q.AnsweredAt.IsZero() {
			continue
		}
		lines = append(lines, letters.Line{Key: "question.news.answered", Args: []any{q.Number}, Number: q.Number, State: "question.state." + string(q.State), At: q.AnsweredAt, Path: "/questions/" + q.Number})
	}
	return lines, nil
}
