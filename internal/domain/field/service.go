// SPDX-License-Identifier: Apache-2.0

package field

import (
	"context"
	"io"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/pieces"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// KeepFor is how long a phone keeps what was acknowledged: a town that is put back from
// a backup younger than this loses nothing that phones have brought.
const KeepFor = 7 * 24 * time.Hour

// Needs are the services below and beside this one.
type Needs struct {
	DB     *sqldb.DB
	Access *access.Service
	Seal   *seal.Box
	Blobs  *blob.Keeper
	Pieces *pieces.Store
	Random io.Reader // where secrets come from
}

// A Service takes in what phones bring. It is safe for several goroutines.
type Service struct {
	Needs
	kinds map[string]Kind
	books map[string]Book
}

// New returns the service. It takes only changes, and knows no record, until it is told
// of a [Kind] and a [Book].
func New(n Needs) *Service {
	s := &Service{Needs: n, kinds: map[string]Kind{}, books: map[string]Book{}}
	s.Hear(Kind{Name: ChangeKind, Accept: s.acceptChange})
	return s
}

// Hear has envelopes of a kind taken in. It is called while the program is put together.
func (s *Service) Hear(k Kind) { s.kinds[k.Name] = k }

// Open has the records of a book changed by phones. It is called while the program is put together.
func (s *Service) Open(b Book) { s.books[b.Noun] = b }

// MaxHave is how many envelopes a phone may ask about in one call.
const MaxHave = 500

// A Call is what a phone says when it calls.
type Call struct {
	Now   time.Time // by its clock
	Waits int       // how much it holds that has not been acknowledged
	Have  []Hash    // what it keeps of what was acknowledged, at most MaxHave
}

// An Answered is what a phone hears.
type Answered struct {
	Phone   Phone
	Now     time.Time
	KeepFor time.Duration
	Missing []Hash // of those it asked about, which the town does not have
}

// Call is a phone that calls. One that is lost is told so, whoever holds it: it is in
// the state that comes back, and nothing else is said. Otherwise the actor must be its
// owner. NotFound if the secret is no phone's, as after the town was put back from
// before it was registered: then it registers again.
func (s *Service) Call(ctx context.Context, by scope.Actor, token string, in Call) (a Answered, err error) {
	var p Phone
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if p, err = phoneByToken(tx, hashToken(token)); err != nil {
			return err
		}
		a = Answered{Phone: p, Now: tx.Now(), KeepFor: KeepFor}
		if p.State != InUse {
			return nil
		}
		if _, err := s.mine(tx, by, token); err != nil {
			return err
		}
		if len(in.Have) > MaxHave {
			return errs.New(errs.Invalid, "field.have.many", MaxHave)
		}
		a.Missing, err = missing(tx, p.Account, in.Have)
		return err
	})
	if err != nil || p.State != InUse {
		return a, err
	}
	return a, s.see(ctx, p, in)
}

// see notes that a phone called, to the minute.
func (s *Service) see(ctx context.Context, p Phone, in Call) error {
	now, waits := s.DB.Now(), int64(max(0, in.Waits))
	if now.Sub(p.SeenAt) < time.Minute && p.Waits == waits {
		return nil
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		return saveSeen(tx, p.ID, ClockOf(in.Now, tx.Now()).Ahead, waits)
	})
}

// Sweep forgets what has served its purpose: files that no envelope has asked for within
// [unaskedFor], settled conflicts after [settledFor], and half-sent files.
func (s *Service) Sweep(ctx context.Context) error {
	if _, err := s.Pieces.Sweep(ctx); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := sweepFiles(tx, tx.Now().Add(-unaskedFor)); err != nil {
			return err
		}
		return s.sweepConflicts(tx, tx.Now().Add(-settledFor))
	})
}

const (
	unaskedFor = 30 * 24 * time.Hour
	settledFor = 90 * 24 * time.Hour
)
