// SPDX-License-Identifier: Apache-2.0

package field

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Fate is what becomes of an envelope that came.
type Fate string

// The fates. Accepted, There and Conflicted acknowledge: the envelope and its files are
// on the disk.
const (
	Accepted   Fate = "accepted"
	There      Fate = "there"    // it was accepted before
	Conflicted Fate = "conflict" // it is here, and some of it waits for a person
	Refused    Fate = "refused"  // for what the sentence says; to send the same again is no use
	Waits      Fate = "waits"    // for the files that are named
	Later      Fate = "later"    // not now, and not for anything in it: send it again
)

// An Answer is the fate of one envelope.
type Answer struct {
	ID      Hash
	Is      Fate
	Why     []*errs.Error // of a refusal
	Files   []blob.Hash   // that it waits for
	Outcome Outcome       // of what is here
}

// A Batch is what a phone sends at once.
type Batch struct {
	Now       time.Time // by its clock
	Envelopes []Sent
}

// Accept takes envelopes in, each by itself, in their order, and answers for each. An
// error is of the whole batch: the actor is not the phone's owner, or it is not in use.
func (s *Service) Accept(ctx context.Context, by scope.Actor, token string, in Batch) ([]Answer, error) {
	if len(in.Envelopes) > MaxBatch {
		return nil, errs.New(errs.Invalid, "field.batch.many", MaxBatch)
	}
	var p Phone
	err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		if p, err = s.mine(tx, by, token); err == nil && p.State != InUse {
			err = errs.New(errs.Denied, "field.phone.ended")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	clock := ClockOf(in.Now, s.DB.Now())
	answers := make([]Answer, 0, len(in.Envelopes))
	for _, x := range in.Envelopes {
		a, err := s.acceptOne(ctx, by, p, clock, x)
		if err != nil {
			return answers, err
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// waiting is why an envelope is not taken yet.
type waiting []blob.Hash

func (w waiting) Error() string { return "the envelope waits for files" }

// acceptOne takes one envelope in; an error is that of a request that has ended.
func (s *Service) acceptOne(ctx context.Context, by scope.Actor, p Phone, clock Clock, in Sent) (Answer, error) {
	a := Answer{ID: in.ID}
	e, err := s.open(in)
	if err == nil {
		e.Phone = p
		e.At, e.Sure = clock.When(e.MadeAt, p.MadeAt)
		if err = s.lostBlobs(ctx, by, e); err == nil {
			a.Is, a.Outcome, err = s.take(ctx, by, clock, e)
		}
	}
	var w waiting
	switch {
	case err == nil:
	case errors.As(err, &w):
		a.Is, a.Files = Waits, w
	case ctx.Err() != nil:
		return a, err
	case final(err):
		a.Is, a.Why = Refused, errs.Public(err)
	default:
		if errs.KindOf(err) == errs.Internal {
			slog.ErrorContext(ctx, "envelope not taken", "kind", e.Kind, "err", err)
		}
		a.Is = Later
	}
	return a, nil
}

// final reports whether the same envelope would be refused again.
func final(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Denied, errs.NotFound:
		return true
	case errs.Conflict: // a race is none of the envelope's making
		return errs.Public(err)[0].Key != "record.changed"
	case errs.TooMany, errs.Busy, errs.Full, errs.Internal:
	}
	return false
}

// take is the one transaction in which an envelope is accepted.
func (s *Service) take(ctx context.Context, by scope.Actor, clock Clock, e Envelope) (is Fate, out Outcome, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		is, out = There, Outcome{}
		e := e
		e.ID = tx.NewID()
		first, err := claim(tx, by.Account, e, clock.Ahead)
		if err != nil {
			return err
		}
		if !first {
			out, err = loadOutcome(tx, by.Account, e.Hash)
			return err
		}
		if e.Files, err = filesOf(tx, by.Account, e.arrived); err != nil {
			return err
		}
		if w := without(e.arrived, e.Files); w != nil {
			return w
		}
		if out, err = s.kinds[e.Kind].Accept(tx, by, e); err != nil {
			return err
		}
		if is = Accepted; out.Conflict {
			is = Conflicted
		}
		return saveOutcome(tx, e, out)
	})
	return is, out, err
}

// without are the files of an envelope that are not there.
func without(arrived []blob.Hash, files []File) (w waiting) {
	there := map[blob.Hash]bool{}
	for _, f := range files {
		there[f.Arrived] = true
	}
	for _, h := range arrived {
		if !there[h] {
			w = append(w, h)
		}
	}
	return w
}

// lostBlobs forgets what is said of files whose bytes are gone, as after a backup of the
// database was put back without its files: the phone sends them again.
func (s *Service) lostBlobs(ctx context.Context, by scope.Actor, e Envelope) error {
	if len(e.arrived) == 0 {
		return nil
	}
	var files []File
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		files, err = filesOf(tx, by.Account, e.arrived)
		return err
	}); err != nil {
		return err
	}
	for _, f := range files {
		o, err := s.Blobs.Open(ctx, f.Blob.Hash.File())
		switch {
		case err == nil:
			o.Close()
		case errs.KindOf(err) == errs.NotFound:
			if err := s.DB.Write(ctx, func(tx *sqldb.Tx) error { return dropFile(tx, by.Account, f.Arrived) }); err != nil {
				return err
			}
		default:
			return err
		}
	}
	return nil
}

// BecameOf is what the envelope with the hash has become for the account, for tests and
// for asking after it: NotFound if it was never accepted.
func (s *Service) BecameOf(ctx context.Context, account id.ID, h Hash) (out Outcome, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		out, err = loadOutcome(tx, account, h)
		return err
	})
	return out, err
}
