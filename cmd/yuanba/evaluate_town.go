// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/scope"
)

// inTown is the answer of evaluate dispatch about a town.
type inTown struct {
	matters.Punctual
	Dispatch routing.Measured `json:"dispatch"`
}

// dispatchInTown sends the matters of a town to its units by what it learnt and by its
// rules, and counts those that were late.
func (c *cli) dispatchInTown(ctx context.Context) (err error) {
	a, err := c.town(ctx, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	by := scope.Program("evaluate")
	var v inTown
	if v.Punctual, err = a.Matters.Punctual(ctx, by); err != nil {
		return err
	}
	if v.Dispatch, err = a.Routing.Measure(ctx, by); err != nil {
		return err
	}
	return c.answer(v, func(w io.Writer) {
		d := v.Dispatch
		of := func(n int) float64 { return float64(n) / float64(max(d.Tested, 1)) }
		fmt.Fprintf(w, "%d closed matters; %d closed after what was promised\n\n", v.Closed, v.Late)
		fmt.Fprintf(w, "of the newest %d of %d that a unit handled, sent where they went\n", d.Tested, d.Matters)
		fmt.Fprintf(w, "  by what was learnt from the others  %5d  accuracy %.4f\n", d.Learned, of(d.Learned))
		if d.Edition == 0 {
			fmt.Fprintln(w, "  the town has no rules in use")
			return
		}
		fmt.Fprintf(w, "  by the rules in use (edition %d)     %5d  accuracy %.4f  (%d caught)\n", d.Edition, d.Written, of(d.Written), d.Caught)
	})
}
