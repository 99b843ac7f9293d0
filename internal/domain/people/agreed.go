// SPDX-License-Identifier: Apache-2.0

package people

import (
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// RevealAgreedIn is [Service.RevealAgreed] of a resident in a transaction that does more,
// with the version of what is shown.
func (s *Service) RevealAgreedIn(tx *sqldb.Tx, by scope.Actor, q Request, home scope.Path) (shown Revealed, version int64, err error) {
	q.Purpose = VisitAgreed
	if shown, err = s.revealIn(tx, by, q, &home, q.check(VisitAgreed)); err != nil {
		return Revealed{}, 0, err
	}
	r, err := load(tx, s.box, q.Of.ID)
	return shown, r.Version, err
}

// Readdress puts right where a resident lives, as they say themselves on a visit to which
// they have agreed: the caller has seen that it is one, and that the actor is who visits.
// The place that they belong to is the desk's to say and stays. It is Invalid beside
// address, Denied if the actor may not reveal it at the home, and a Conflict if the
// resident's record is not at the version any more.
func (s *Service) Readdress(tx *sqldb.Tx, by scope.Actor, d id.ID, version int64, address string, home scope.Path) error {
	if err := staffMay(by, needReveal, home, tx.Now()); err != nil {
		return err
	}
	c, err := ContactInput{Address: address}.parse()
	if err != nil {
		return err
	}
	if c.address.Empty() {
		return errs.At("address", "people.address.empty")
	}
	return s.change(tx, by, d, "readdress", version, func(r *Resident) error {
		r.Address = c.address
		return nil
	})
}

// VisitAnswers is what a look at the answers of a visit shows: no fact of the record of a
// person, and so none of [Fields].
const VisitAnswers Field = "visit_answers"

// AnswersSeen is what somebody at work read of what was answered in a home.
type AnswersSeen struct {
	Resident id.ID
	Visit    string // its number
	Why      string
	Post     string // that allows it
}

// NoteAnswers writes down that a department read what was answered in the home of a
// resident on a visit to which they have agreed: a look, on their own page and in the trail. The domain of visits alone calls it, and has
// seen that the actor may.
func (s *Service) NoteAnswers(tx *sqldb.Tx, by scope.Actor, seen AnswersSeen) error {
	return s.note(tx, by, "answers", Look{Of: OfResident(seen.Resident), Purpose: AnswersRead, Fields: []Field{VisitAnswers}, About: seen.Visit, Why: seal.NewText(seen.Why), Post: seen.Post})
}
