// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Verify records that the result was checked and is there. met says that the
// category's closing condition was looked at and holds; without it nothing is
// verified. Needs verify in the place.
func (s *Service) Verify(ctx context.Context, by scope.Actor, d ID, met bool, note string, files ...NewFile) error {
	note, err := words("words", note, 0)
	if err != nil {
		return err
	}
	if !met {
		return errs.At("met", "matter.verify.met")
	}
	if len(files) > MaxFiles {
		return errs.At("files", "matter.files.many", MaxFiles)
	}
	err = s.change(ctx, by, d, Verify, func(*sqldb.Tx, *Matter) (Step, error) {
		return Step{Public: true, Words: note}, nil
	}, files...)
	return err
}

// Close ends a verified matter; words are the final reply, or "" to let the
// unit's stand. Only who accepted it may, or who covers for them or supervises.
func (s *Service) Close(ctx context.Context, by scope.Actor, d ID, reply string) error {
	reply, err := words("words", reply, 0)
	if err != nil {
		return err
	}
	err = s.change(ctx, by, d, Close, func(_ *sqldb.Tx, m *Matter) (Step, error) {
		if reply != "" {
			m.Result = reply
		}
		return Step{Public: true, Words: reply}, nil
	})
	return err
}
