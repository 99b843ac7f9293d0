// SPDX-License-Identifier: Apache-2.0

package people

import (
	"context"
	"fmt"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// The needs of the acts of this package; package access documents them, and its
// test sees that they agree.
const (
	needReveal scope.Need = "reveal" // see private facts in full, for a purpose
	needDesk   scope.Need = "desk"   // serve residents at a desk
)

// A Service keeps residents and contacts. It is safe for several goroutines.
type Service struct {
	db     *sqldb.DB
	box    *seal.Box
	sender Sender
	digits func(n int) string
	limits Limits
}

// Options are the choices of New. The zero value is right for a service without
// a way to send texts to telephones: asking for a code is then Busy.
type Options struct {
	Sender Sender
	Digits func(n int) string // random digits of codes; default the system's chance
	Limits Limits             // default those of [UsualLimits]
}

// New returns the service of the people in db, sealed in box.
func New(db *sqldb.DB, box *seal.Box, o Options) *Service {
	if o.Digits == nil {
		o.Digits = seal.Digits
	}
	if o.Limits == (Limits{}) {
		o.Limits = UsualLimits
	}
	return &Service{db: db, box: box, sender: o.Sender, digits: o.Digits, limits: o.Limits}
}

// CheckKeys notes, the first time, which keys the private columns are sealed
// with, and is an error ever after if they are others: a database that was
// restored without its keys must not go on with new ones.
func (s *Service) CheckKeys(ctx context.Context) error {
	print, err := s.box.Fingerprint()
	if err != nil {
		return err
	}
	known, err := s.SealedWith(ctx)
	if err != nil {
		return err
	}
	if known == "" {
		if err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
			if err := noteKeys(tx, print); err != nil {
				return err
			}
			known, err = keysOf(tx)
			return err
		}); err != nil {
			return err
		}
	}
	if known != print {
		return fmt.Errorf("the private facts in this database are sealed with the keys %s, but the file of keys holds %s: put back the keys that belong to the database", known, print)
	}
	return nil
}

// SealedWith is the fingerprint of the keys that the private columns are sealed
// with, "" if none was noted yet. It needs no keys.
func (s *Service) SealedWith(ctx context.Context) (print string, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		print, err = keysOf(tx)
		return err
	})
	return print, err
}

// Get returns the resident, closed. If there is none it is NotFound.
func (s *Service) Get(ctx context.Context, d id.ID) (r Resident, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r, err = load(tx, s.box, d)
		return err
	})
	return r.closed(), err
}

// GetIn is Get in a transaction.
func (s *Service) GetIn(tx *sqldb.Tx, d id.ID) (Resident, error) {
	r, err := load(tx, s.box, d)
	return r.closed(), err
}

// Cards returns what may be shown of the residents, by ID. Those that do not
// exist are left out.
func (s *Service) Cards(tx *sqldb.Tx, ids ...id.ID) (map[id.ID]Card, error) {
	rs, err := residents(tx, s.box, ids)
	if err != nil {
		return nil, err
	}
	cards := make(map[id.ID]Card, len(rs))
	for _, r := range rs {
		cards[r.ID] = r.Card()
	}
	return cards, nil
}

// Settings are what residents choose for themselves.
type Settings struct {
	Lang  i18n.Lang
	Large bool
	Place scope.Path // where they live; the page offers the tree of places
}

// Settle keeps the actor's own settings. Only a resident can, for themselves.
func (s *Service) Settle(ctx context.Context, by scope.Actor, in Settings) error {
	if _, ok := i18n.Parse(string(in.Lang)); !ok {
		return errs.At("lang", "people.lang.unknown")
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		return s.change(tx, by, by.Resident, "settle", 0, func(r *Resident) error {
			if !isSelf(by, r.ID) {
				return errs.New(errs.Denied, "people.own.only")
			}
			r.Lang, r.Large, r.Place = in.Lang, in.Large, in.Place
			return nil
		})
	})
}

// isSelf reports whether the actor is the resident.
func isSelf(by scope.Actor, d id.ID) bool {
	return by.Kind == scope.Resident && by.Resident == d && d != 0
}

// register writes a new resident.
func (s *Service) register(tx *sqldb.Tx, by scope.Actor, act string, r *Resident) error {
	r.ID, r.RegisteredAt, r.Version = tx.NewID(), tx.Now(), 1
	if r.Lang == "" {
		r.Lang = i18n.ZH
	}
	if err := r.seal(s.box, Resident{}); err != nil {
		return err
	}
	if err := insert(tx, *r); err != nil {
		return err
	}
	if by.Kind == scope.Anonymous || by.Kind == "" {
		by = r.Actor()
	}
	return trail.Append(tx, by, trail.Entry{Noun: "resident", Record: r.ID, Act: act, Digest: r.digest()})
}

// change is the one door to a resident's record: it loads, edits, seals, saves
// and writes the line in the trail. A version other than 0 must be the record's.
// A forgotten resident cannot change any more: Conflict.
func (s *Service) change(tx *sqldb.Tx, by scope.Actor, d id.ID, act string, version int64, edit func(*Resident) error) error {
	before, err := load(tx, s.box, d)
	if err != nil {
		return err
	}
	if before.Forgotten() {
		return errs.New(errs.Conflict, "people.forgotten")
	}
	if version != 0 && version != before.Version {
		return errs.New(errs.Conflict, "record.changed")
	}
	after := before
	if err := edit(&after); err != nil {
		return err
	}
	if err := after.seal(s.box, before); err != nil {
		return err
	}
	after.Version++
	if err := save(tx, after, before.Version); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "resident", Record: d, Act: act, Digest: after.digest()})
}
