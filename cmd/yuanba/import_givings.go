// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/scope"
)

// importGivings gives duties to places by a file.
func (c *cli) importGivings() *cobra.Command {
	var in importing
	cmd := &cobra.Command{
		Use:   "duties FILE",
		Short: "give admitted duties to the grids of places",
		Long: `Import duties reads CSV with the columns duty and place: the duty by its name or
number, the place by its code, number or name. Each duty is given to all grids of its
place. Only duties that the city has admitted can be given; what is given already is
left as it is. If a row is wrong, nothing is given.`,
		Example: "  yuanba import duties duties.csv --db town.db --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, false, func(f io.Reader, a *app.App, faults *faultFile) error {
				rows, err := patrol.ReadGivings(f)
				if err != nil {
					return errors.Join(fmt.Errorf("%s: %s", args[0], c.say(err)), faults.close())
				}
				fresh, wrong, err := a.Patrol.ImportGivings(cmd.Context(), scope.Program(matters.Importer), rows, in.dry)
				if err != nil {
					return errors.Join(err, faults.close())
				}
				for _, w := range wrong {
					if err := faults.add(w.Line, "", w.Field, c.say(w.Err)); err != nil {
						return err
					}
				}
				t := matters.Taken{Read: len(rows), Rejected: len(wrong)}
				if len(wrong) == 0 {
					t.Added, t.Unchanged = fresh, len(rows)-fresh
				}
				return c.imported(t, in, faults, faults.close())
			})
		},
	}
	return in.flags(c, cmd)
}
