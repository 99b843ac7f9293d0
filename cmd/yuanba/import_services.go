// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
)

// importServices brings in what can be had at counters.
func (c *cli) importServices() *cobra.Command {
	var in importing
	cmd := &cobra.Command{
		Use:   "services FILE",
		Short: "bring in service items as government service sites publish them",
		Long: `Import services takes in items of a service catalogue: one JSON object on each line,
packed with gzip or not, with the fields of the provinces' service sites: TASK_CODE,
TASK_NAME, DEPT_NAME, matter_type, theme_category, service_object_name, material_intro,
accept_standard, handle_time, handle_time_limit, handle_location, consult_phone and
others. An agency after which a unit of the town is named is that unit; another is
kept as a name. Each item is taken in once, and is afterwards the town's to correct.`,
		Example: "  yuanba import services items.ndjson.gz --db town.db --dry-run --faults faults.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, true, func(f io.Reader, a *app.App, faults *faultFile) error {
				bar := c.bar()
				taken, err := a.ImportServices(cmd.Context(), app.ServiceImporting{
					File: f, Dry: in.dry, Progress: bar.show,
					Fault: func(f matters.RowFault) error { return faults.add(f.Row, f.ID, f.Field, c.say(f.Err)) },
				})
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
