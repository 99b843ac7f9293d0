// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/mail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Carrier takes a letter to where it goes. Its error is a *mail.Fault if the
// letter was not taken. It is called outside any transaction.
type Carrier interface {
	Send(ctx context.Context, m mail.Message) error
}

// needAdminister is the need of those who see the fate of letters.
const needAdminister scope.Need = "administer"

// A Service writes letters. It is safe for several goroutines.
type Service struct {
	Needs
	sources map[string]Source
}

// Needs are the services below and beside this one, and what is said of the town.
type Needs struct {
	DB      *sqldb.DB
	People  *people.Service
	Access  *access.Service
	Seal    *seal.Box
	Carrier Carrier          // nil: there are no letters, and none are offered
	Address string           // of the pages, as a link begins
	Town    func() i18n.Text // the town's name
	Phone   string           // which people ring who have a question; may be empty
	Gather  time.Duration    // default [Gather]
}

// New returns the service.
func New(n Needs) *Service {
	if n.Gather == 0 {
		n.Gather = Gather
	}
	return &Service{Needs: n, sources: map[string]Source{}}
}

// Hear says who knows what the news of a source say. It is called before anything
// is sent, once for each source.
func (s *Service) Hear(source string, from Source) { s.sources[source] = from }

// Offered reports whether letters can be sent at all. Where they cannot, nobody
// is asked for an address and nothing is promised. A nil Service offers none.
func (s *Service) Offered() bool { return s != nil && s.Carrier != nil }

// Post is the kind of job that sends one letter.
const Post jobs.Kind[Parcel] = "letters.post"

// Queue is the queue of these jobs: a slow mail server holds up nothing else.
const Queue = "letters"

// maxTries is how often a letter is tried: for some two days.
const maxTries = 16

// A Parcel names the letter to be sent.
type Parcel struct {
	Letter id.ID `json:"letter"`
}

// enqueue has a letter sent when it is due.
func enqueue(tx *sqldb.Tx, l Letter) error {
	return jobs.Enqueue(nil, tx, Post, Parcel{l.ID}, jobs.Opts{At: l.DueAt, Unique: l.ID.String(), Queue: Queue, MaxTries: maxTries})
}

// List is the fate of the letters in a state, the newest first: at most so many,
// from the first one before the given ID if that is not 0. The actor must
// administer the town (Denied).
func (s *Service) List(ctx context.Context, by scope.Actor, state State, before id.ID, most int) (ls []Letter, counts map[State]int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		if counts, err = countLetters(tx); err != nil {
			return err
		}
		ls, err = listLetters(tx, state, before, most)
		return err
	})
	return ls, counts, err
}

// Waits is how many letters wait for their moment.
func (s *Service) Waits(ctx context.Context) (n int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		counts, err := countLetters(tx)
		n = counts[Waiting]
		return err
	})
	return n, err
}

// administers is Denied for all who do not administer the town.
func administers(tx *sqldb.Tx, by scope.Actor) error {
	if d := by.May(needAdminister, scope.Target{At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// KeepFate is how long the fate of a letter is kept.
const KeepFate = 180 * 24 * time.Hour

// keepIndexes is how long the blind indexes of a confirmation are kept, since its
// limits count a day.
const keepIndexes = 25 * time.Hour

// Sweep deletes what is no longer needed: addresses that were not confirmed in
// time and those of accounts that are disabled, the indexes by which confirmations
// are counted, and the fate of old letters. It is a job's.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		n, err := s.People.SweepMailboxes(ctx, sweepAtOnce)
		if err != nil {
			return err
		}
		if n < sweepAtOnce {
			break
		}
	}
	if err := s.sweepAccounts(ctx); err != nil {
		return err
	}
	for {
		var n int64
		if err := s.DB.Write(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = sweepLetters(tx, tx.Now().Add(-keepIndexes), tx.Now().Add(-KeepFate), sweepAtOnce)
			return err
		}); err != nil || n == 0 {
			return err
		}
	}
}

const sweepAtOnce = 200

// sweepAccounts ends the mailboxes of accounts that are disabled.
func (s *Service) sweepAccounts(ctx context.Context) error {
	var last id.ID
	for {
		var some []people.Mailbox
		if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
			some, err = s.People.AccountMailboxes(tx, last, sweepAtOnce)
			return err
		}); err != nil || len(some) == 0 {
			return err
		}
		for _, m := range some {
			last = m.ID
			a, err := s.Access.Get(ctx, m.Owner.ID)
			if err != nil {
				return err
			}
			if !a.Disabled {
				continue
			}
			if err := s.DB.Write(ctx, func(tx *sqldb.Tx) error {
				return s.People.EndMailboxes(tx, scope.Program("retention"), m.Owner, people.RuleTerm)
			}); err != nil {
				return err
			}
		}
	}
}
