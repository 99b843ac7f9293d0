// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// ReadFile returns what is recorded of a photo or recording of an entry with the given
// hash, if the actor sees the rounds of the grid it is from; NotFound "blob.gone"
// otherwise. To know its address is not enough.
func (s *Service) ReadFile(ctx context.Context, by scope.Actor, hash string) (f matters.NewFile, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		es, err := entriesWith(tx, hash)
		if err != nil {
			return err
		}
		for _, e := range es {
			if s.maySee(tx, by, e.Path) == nil {
				f = e.Files[slices.IndexFunc(e.Files, func(x matters.NewFile) bool { return x.Hash == hash })]
				return nil
			}
		}
		return errs.New(errs.NotFound, "blob.gone")
	})
	return f, err
}

// NeedsFile reports whether some entry has the file, for the job that deletes those that
// nothing has.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		es, err := entriesWith(tx, hash)
		yes = len(es) > 0
		return err
	})
	return yes, err
}
