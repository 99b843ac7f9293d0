// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"io"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// A ServiceImporting is a file of service items and how to take it.
type ServiceImporting struct {
	File     io.Reader
	Dry      bool                         // only say what would happen
	Fault    func(matters.RowFault) error // called for everything that is wrong with a row
	Progress Progress
}

// ImportServices takes in a file of service items, as [desk.Service.TakeForeign] does,
// in portions; what was taken in stays when it is broken off, and the next run goes on
// from there. Rows that make no sense are left out and told.
func (a *App) ImportServices(ctx context.Context, in ServiceImporting) (all matters.Taken, err error) {
	r, err := desk.ReadItems(in.File)
	if err != nil {
		return all, err
	}
	by := scope.Program(matters.Importer)
	told := Importing{Fault: in.Fault}
	for more := true; more; {
		var some []desk.Foreign
		for len(some) < importAtOnce && more {
			f, err := r.Next()
			var bad *matters.RowFault
			switch {
			case errors.Is(err, io.EOF):
				more = false
			case errors.As(err, &bad):
				broken := matters.Taken{Read: 1}
				broken.Reject(bad.Row, bad.ID, bad.Err)
				if err := tell(&all, broken, told); err != nil {
					return all, err
				}
			case err != nil:
				return all, err
			default:
				some = append(some, f)
			}
		}
		if err := ctx.Err(); err != nil {
			return all, err
		}
		part, err := a.Desk.TakeForeign(ctx, by, some, in.Dry)
		for errs.KindOf(err) == errs.Busy && err != nil && ctx.Err() == nil { // an import is in less of a hurry than the people who wait
			part, err = a.Desk.TakeForeign(ctx, by, some, in.Dry)
		}
		if err != nil {
			return all, err
		}
		if err := tell(&all, part, told); err != nil {
			return all, err
		}
		if in.Progress != nil {
			in.Progress("rows", int64(all.Read), int64(all.Read))
		}
	}
	if in.Dry {
		return all, nil
	}
	return all, a.Settle(ctx, in.Progress)
}
