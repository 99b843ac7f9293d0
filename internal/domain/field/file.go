// SPDX-License-Identifier: Apache-2.0

package field

import (
	"context"
	"io"

	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/pieces"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Come is how much has come of a file, and whether all of it has: it is then kept.
func (s *Service) Come(ctx context.Context, by scope.Actor, h blob.Hash, length int64) (have int64, whole bool, err error) {
	f, err := s.piecesOf(by, h, length)
	if err != nil {
		return 0, false, err
	}
	if whole, err = s.kept(ctx, f); err != nil || whole {
		return length, whole, err
	}
	have, err = s.Pieces.Have(f)
	return have, false, err
}

// Piece takes a piece of a file, from the byte at on, and returns how much of it is there
// then, also when it fails. With the last one the file is whole: it is cleaned and kept,
// and whole is true. It is Invalid if the file is not taken, with the sentence why: not of
// a kind that is, too large, broken; to send it again is no use. It is a Conflict if the
// piece does not follow what is there, or if other bytes came than were promised.
func (s *Service) Piece(ctx context.Context, by scope.Actor, h blob.Hash, length, at int64, r io.Reader) (have int64, whole bool, err error) {
	f, err := s.piecesOf(by, h, length)
	if err != nil {
		return 0, false, err
	}
	if whole, err = s.kept(ctx, f); err != nil || whole {
		return length, whole, err
	}
	if have, err = s.Pieces.Append(ctx, f, at, r); err != nil || have < length {
		return have, false, err
	}
	err = s.Pieces.Take(f, func(r io.Reader) error {
		b, err := s.Blobs.Take(ctx, r, blob.Default())
		if err != nil {
			return err
		}
		return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
			return keepFile(tx, by.Account, File{Arrived: h, Length: length, Blob: b})
		})
	})
	switch {
	case err == nil:
		return length, true, nil
	case errs.KindOf(err) == errs.Conflict: // begun again, or another was faster
		if whole, kerr := s.kept(ctx, f); kerr != nil || whole {
			return length, whole, kerr
		}
		have, herr := s.Pieces.Have(f)
		if herr != nil {
			return 0, false, herr
		}
		return have, false, err
	}
	return have, false, err
}

func (s *Service) piecesOf(by scope.Actor, h blob.Hash, length int64) (pieces.File, error) {
	f := pieces.File{Of: by.Account, Hash: h, Length: length}
	if err := staff(by); err != nil {
		return f, err
	}
	return f, s.Pieces.Check(f)
}

// kept reports whether a file is here, in whole and cleaned.
func (s *Service) kept(ctx context.Context, f pieces.File) (yes bool, err error) {
	var files []File
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		files, err = filesOf(tx, f.Of, []blob.Hash{f.Hash})
		return err
	})
	return len(files) > 0, err
}

// NeedsFile reports whether a file is to be kept for an envelope that has not come yet,
// for the job that deletes those that nobody needs. Once it has come, the record that it
// became needs the file, or nobody does.
func (s *Service) NeedsFile(ctx context.Context, hash string) (yes bool, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		yes, err = fileWaits(tx, blob.Hash(hash))
		return err
	})
	return yes, err
}

// FilesOf are the files of an envelope that was accepted, in their order.
func (s *Service) FilesOf(ctx context.Context, by scope.Actor, arrived []blob.Hash) (files []File, err error) {
	if err := staff(by); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		files, err = filesOf(tx, by.Account, arrived)
		return err
	})
	return files, err
}
