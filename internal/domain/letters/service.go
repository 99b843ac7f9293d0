// SPDX-License-Identifier: Apache-2.0

package letters

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// needAdminister is the need of those who see the fate of letters.
const needAdminister scope.Need = "administer"

// A Service writes letters. It is safe for several goroutines.
type Service struct {
	Needs
	sources map[string]Source
	weekly  bool
}

// Needs are the services below and beside this one, and what is said of the town.
type Needs struct {
	DB     *sqldb.DB
	People *people.Service
	Access *access.Service
	Seal   *seal.Box
	// Ways are the channels that are set up; without any there are no letters, and
	// none are offered. A Notifier is called outside any transaction.
	Ways    map[notify.Channel]notify.Notifier
	Alarm   notify.Notifier  // tells the operators of letters that were given up; nil tells nobody
	Address string           // of the pages, as a link begins
	Town    func() i18n.Text // the town's name
	Phone   string           // which people ring who have a question; may be empty
	Gather  time.Duration    // default [Gather]
	Random  io.Reader        // where codes and secret addresses come from
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

// HearWeekly says that a letter of the week will be promised, under the topic of
// that name: without it nobody is asked whether they want one.
func (s *Service) HearWeekly() { s.weekly = true }

// Topics are those of which an owner may choose.
func (s *Service) Topics(of people.Ownership) []people.Topic {
	return slices.DeleteFunc(people.TopicsOf(of), func(t people.Topic) bool { return t == people.Weekly && !s.weekly })
}

// Offered reports whether letters can be sent at all. Where they cannot, nobody
// is asked for an address and nothing is promised. A nil Service offers none.
func (s *Service) Offered() bool { return s != nil && len(s.Ways) > 0 }

// Offers reports whether letters can be sent by a channel.
func (s *Service) Offers(ch notify.Channel) bool { return s != nil && s.Ways[ch] != nil }

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

// A Filter picks letters of a state; an empty Channel or Kind is any.
type Filter struct {
	State   State
	Channel notify.Channel
	Kind    Kind
}

// List is the fate of the letters that a filter picks, the newest first: at most so
// many, from the first one before the given ID if that is not 0, and how many there
// are of each state. The actor must administer the town (Denied).
func (s *Service) List(ctx context.Context, by scope.Actor, f Filter, before id.ID, most int) (ls []Letter, counts map[State]int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		if counts, err = countLetters(tx); err != nil {
			return err
		}
		ls, err = listLetters(tx, f, before, most)
		return err
	})
	return ls, counts, err
}

// secret is a text of so many characters by chance, of letters and digits that
// nobody misreads: five bits each.
func (s *Service) secret(n int) (string, error) {
	b := make([]byte, (n*5+7)/8)
	if _, err := io.ReadFull(s.Random, b); err != nil {
		return "", fmt.Errorf("chance: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)[:n], nil
}

// ListOf is the fate of the actor's own letters, the newest first, at most so many.
// It is Denied to those who are not signed in.
func (s *Service) ListOf(ctx context.Context, by scope.Actor, most int) (ls []Letter, err error) {
	of, ok := people.OwnerOf(by)
	if !ok {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ls, err = lettersOf(tx, of, most)
		return err
	})
	return ls, err
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

// MayAdminister is Denied for all who do not administer the town.
func (s *Service) MayAdminister(by scope.Actor) error { return administersAt(by, s.DB.Now()) }

// administers is Denied for all who do not administer the town.
func administers(tx *sqldb.Tx, by scope.Actor) error { return administersAt(by, tx.Now()) }

func administersAt(by scope.Actor, now time.Time) error {
	if d := by.May(needAdminister, scope.Target{At: now}); !d.OK {
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
	if err := s.DB.Write(ctx, sweepBindings); err != nil {
		return err
	}
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
