// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/scope"
)

// importPoints brings in the points that rounds come to.
func (c *cli) importPoints() *cobra.Command {
	var in importing
	cmd := &cobra.Command{
		Use:   "points FILE",
		Short: "bring in the points that rounds come to",
		Long: `Import points takes in spots that rounds come to: a CSV file, or one JSON object on
each line, packed with gzip or not, with kind, name, lon and lat in WGS-84, and, where
the file has them, id and grid. kind is fire_lane, hydrant, river, slope, waste, manhole,
power, playground, shop, site or noticeboard, or what the pages call it. grid is the code,
number or name of a grid; without one it is the grid that the map has there.

A point is known by its id, or, where the file has none, by all that its row says. It is
due from the next round on; its code is printed from the page of its grid.`,
		Example: "  yuanba import points points.csv --db town.db --dry-run --faults faults.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, false, func(f io.Reader, a *app.App, faults *faultFile) error {
				bar := c.bar()
				taken, err := a.Patrol.ImportPoints(cmd.Context(), scope.Program(matters.Importer), patrol.PointImporting{
					File: f, Dry: in.dry, Progress: func(done int) { bar.show("rows", int64(done), int64(done)) },
					Fault: func(f matters.RowFault) error { return faults.add(f.Row, f.ID, f.Field, c.say(f.Err)) },
				})
				if err == nil && !in.dry {
					err = a.Settle(cmd.Context(), bar.show)
				}
				bar.end()
				if errors.Is(err, context.Canceled) {
					err = errors.New("broken off; run it again, and it goes on from here")
				}
				return c.imported(taken, in, faults, errors.Join(err, faults.close()))
			})
		},
	}
	return in.flags(c, cmd)
}
