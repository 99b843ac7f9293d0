// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"slices"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Promise has news told to the owner of a mailbox, in the transaction in which
// they are known: in the letter that waits for that mailbox already, or else in a
// new one that waits some minutes for more. What is urgent is not held up by the
// night. What its reader does not want by that channel is left out.
func (s *Service) Promise(tx *sqldb.Tx, to people.Mailbox, urgent bool, items ...Item) error {
	items = slices.DeleteFunc(slices.Clone(items), func(x Item) bool { return x.Topic != "" && !to.Hears(x.Topic) })
	if len(items) == 0 || !s.Offers(to.Channel) {
		return nil
	}
	l, ok, err := waitingFor(tx, to.ID)
	switch {
	case err != nil:
		return err
	case !ok:
		l = Letter{ID: tx.NewID(), Mailbox: to.ID, Channel: to.Channel, Owner: to.Owner.Kind, OwnerID: to.Owner.ID, Kind: News, State: Waiting, Urgent: urgent, MadeAt: tx.Now(), DueAt: due(tx.Now(), s.Gather, urgent)}
		if err := insertLetter(tx, l); err != nil {
			return err
		}
		if err := enqueue(tx, l); err != nil {
			return err
		}
	case urgent && !l.Urgent:
		l.Urgent = true
		if sooner := due(tx.Now(), s.Gather, true); sooner.Before(l.DueAt) {
			l.DueAt = sooner
		}
		if err := saveLetter(tx, l); err != nil {
			return err
		}
		if err := enqueue(tx, l); err != nil { // brings the job forward
			return err
		}
	}
	return insertItems(tx, l.ID, items)
}

// Again has a letter that was given up, or of which nobody knows whether it was
// taken, tried again. The actor must administer the town (Denied); a letter in
// another state, and a code, is a Conflict.
func (s *Service) Again(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		l, err := loadLetter(tx, d)
		if err != nil {
			return err
		}
		was := l.State
		if was != GivenUp && was != Unknown || l.Mailbox == 0 {
			return errs.New(errs.Conflict, "letter.not_given_up")
		}
		l.State, l.DueAt, l.EndedAt = Waiting, tx.Now(), time.Time{}
		if err := saveLetter(tx, l); err != nil {
			return err
		}
		if err := enqueue(tx, l); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "letter", Record: d, Act: "again", From: string(was), To: string(Waiting)})
	})
}
