// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"io"
	"slices"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// How an import goes: it reads so many rows ahead, to take in the oldest first,
// and writes so many in one transaction.
const (
	importAhead   = 50_000
	importAtOnce  = 250
	indexAtImport = 2_000
)

// Progress is told how much of a long work is done, in whatever it counts in.
type Progress func(stage string, done, total int64)

// An Importing is a file of matters and how to take it.
type Importing struct {
	File     io.Reader
	Read     func(io.Reader) (matters.ImportReader, error)
	Dry      bool                         // only say what would happen
	Fault    func(matters.RowFault) error // called for everything that is wrong with a row
	Progress Progress
}

// ImportMatters takes in a file of matters, as [matters.Service.TakeForeign]
// does, in portions; what was taken in stays when it is broken off, and the next
// run goes on from there. Rows that make no sense are left out and told. An error
// is of the file as a whole, or of the database; then Taken says how far it came.
func (a *App) ImportMatters(ctx context.Context, in Importing) (all matters.Taken, err error) {
	if in.Progress == nil {
		in.Progress = func(string, int64, int64) {}
	}
	r, err := in.Read(in.File)
	if err != nil {
		return all, err
	}
	for more := true; more; {
		var rows []matters.Foreign
		rows, more, err = readAhead(ctx, r, &all, in)
		if err == nil && !in.Dry {
			err = a.furnish(ctx, rows)
		}
		if err == nil {
			err = a.takeRows(ctx, rows, &all, in)
		}
		if err != nil {
			return all, err
		}
	}
	if in.Dry {
		return all, nil
	}
	return all, a.Settle(ctx, in.Progress)
}

// readAhead reads the next rows, the oldest first, and counts those that cannot
// be read.
func readAhead(ctx context.Context, r matters.ImportReader, all *matters.Taken, in Importing) (rows []matters.Foreign, more bool, err error) {
	for n := 0; n < importAhead; n++ {
		f, err := r.Next()
		var bad *matters.RowFault
		switch {
		case errors.Is(err, io.EOF):
			slices.SortStableFunc(rows, byTime)
			return rows, false, nil
		case errors.As(err, &bad):
			broken := matters.Taken{Read: 1}
			broken.Reject(bad.Row, bad.ID, bad.Err)
			if err := tell(all, broken, in); err != nil {
				return nil, false, err
			}
			continue
		case err != nil:
			return nil, false, err
		}
		if n%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, false, err
			}
		}
		rows = append(rows, f)
	}
	slices.SortStableFunc(rows, byTime)
	return rows, true, nil
}

func byTime(a, b matters.Foreign) int { return a.RaisedAt.Compare(b.RaisedAt) }

func (a *App) takeRows(ctx context.Context, rows []matters.Foreign, all *matters.Taken, in Importing) error {
	begin, by := int64(all.Read), scope.Program(matters.Importer)
	total := begin + int64(len(rows))
	for some := range slices.Chunk(rows, importAtOnce) {
		in.Progress("rows", int64(all.Read), total)
		part, err := a.takeSome(ctx, by, some, in.Dry)
		if err != nil {
			return err
		}
		if err := tell(all, part, in); err != nil {
			return err
		}
	}
	in.Progress("rows", total, total)
	return nil
}

// takeSome takes in one portion. Where the town is too busy it tries again: an
// import is in less of a hurry than the people who wait.
func (a *App) takeSome(ctx context.Context, by scope.Actor, rows []matters.Foreign, dry bool) (matters.Taken, error) {
	for {
		part, err := a.Matters.TakeForeign(ctx, by, rows, dry)
		if err == nil || errs.KindOf(err) != errs.Busy || ctx.Err() != nil {
			return part, err
		}
	}
}

// tell adds a part to the whole, and its faults to where they are kept.
func tell(all *matters.Taken, part matters.Taken, in Importing) error {
	for _, f := range part.Faults {
		if in.Fault == nil {
			break
		}
		if err := in.Fault(f); err != nil {
			return err
		}
	}
	part.Faults = nil
	all.Add(part)
	return nil
}

// Settle brings what follows the trail up to it and seals it: what the program
// does beside the requests while it serves, and a command before it ends.
func (a *App) Settle(ctx context.Context, progress Progress) error {
	left, err := a.Indexer.Lag(ctx)
	if err != nil {
		return err
	}
	for done := int64(0); ; {
		n, err := a.Indexer.Step(ctx, indexAtImport)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		done += int64(n)
		if progress != nil {
			progress("search", min(done, left), left)
		}
	}
	for {
		n, err := a.Sealer.Seal(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// A DivisionImporting is a file of the tree of places and how to take it.
type DivisionImporting struct {
	places.DivisionImport
	Grids bool // propose grids for the villages that have none, and about where all lies
	Found bool // make the units and posts that a town begins with, where there are none
}

// proposal is the seed of what is proposed: the same for every town.
const proposal = 1

// ImportDivisions takes in a tree of places, as [places.Service.ImportDivisions]
// does.
func (a *App) ImportDivisions(ctx context.Context, in DivisionImporting) (places.Result, error) {
	by := scope.Program(matters.Importer)
	res, err := a.Places.ImportDivisions(ctx, by, in.DivisionImport)
	if err != nil || in.Dry {
		return res, err
	}
	if in.Grids {
		if err := a.Places.Furnish(ctx, by, places.Generate(a.Places.Tree(), proposal, nil), in.On); err != nil {
			return res, err
		}
	}
	if !in.Found {
		return res, nil
	}
	ground := orgs.GroundOf(a.Places.Tree())
	return res, a.DB.Write(ctx, func(tx *sqldb.Tx) error { return a.Orgs.Found(tx, by, ground) })
}

// ImportBoundaries gives places their outlines, as
// [places.Service.ImportBoundaries] does.
func (a *App) ImportBoundaries(ctx context.Context, in places.BoundaryImport) (places.Result, error) {
	return a.Places.ImportBoundaries(ctx, scope.Program(matters.Importer), in)
}
