// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// ReadFile returns what is recorded of the file with the given hash, if the actor
// may read it now: in some matter it is among what [Service.Get] would show them.
// It is NotFound "blob.gone" otherwise. To know the address of a file, or its
// hash, is not enough.
func (s *Service) ReadFile(ctx context.Context, by scope.Actor, hash string) (f File, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := filesWith(tx, hash)
		if err != nil {
			return err
		}
		for _, x := range all {
			ok, err := s.mayRead(tx, by, x)
			if err != nil {
				return err
			}
			if ok {
				f = x
				return nil
			}
		}
		return errs.New(errs.NotFound, "blob.gone")
	})
	return f, err
}

func (s *Service) mayRead(tx *sqldb.Tx, by scope.Actor, f File) (bool, error) {
	m, err := s.load(tx, f.Matter)
	if err != nil {
		return false, err
	}
	switch v := s.view(tx, by, m); {
	case v == Nothing:
		return false, nil
	case v == Inside:
		return true, nil
	case f.Step == 0:
		return mayOpen(f, raised, v), nil
	default:
		act, err := publicStep(tx, f)
		return mayOpen(f, act, v), err
	}
}

// NeedsFile reports whether some matter still has the file, for the job that
// deletes those that none has.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		all, err := filesWith(tx, hash)
		yes = len(all) > 0
		return err
	})
	return yes, err
}
