// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// importRules puts a file of rules of where matters go in use.
func (c *cli) importRules() *cobra.Command {
	var in importing
	var reason string
	cmd := &cobra.Command{
		Use:   "rules FILE",
		Short: "put a list of rules of where matters go in use",
		Long: `Import rules reads a list of rules as /admin/rules hands it out: CSV with the columns
name and unit, and any of the others. A unit is named as it is in the town. The list
takes the place of the one in use and is its next edition; one that is in use already
changes nothing. If a row is wrong, nothing is taken.`,
		Example: "  yuanba import rules rules.csv --db town.db --reason 'The rules of the year'",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, false, func(f io.Reader, a *app.App, faults *faultFile) error {
				rules, wrong, err := routing.ReadTable(f, a.Routing.Town())
				if err != nil {
					return errors.Join(err, faults.close())
				}
				bad := map[int]bool{}
				for _, w := range wrong {
					bad[w.Line] = true
					if err := faults.add(w.Line, "", w.Column, i18n.T(c.lang(), w.Key, w.Args...)); err != nil {
						return err
					}
				}
				t := matters.Taken{Read: len(rules) + len(bad), Rejected: len(bad)}
				if len(bad) == 0 && !in.dry {
					changed, err := a.Routing.Install(cmd.Context(), scope.Program(matters.Importer), rules, strings.TrimSpace(reason))
					if err != nil {
						return errors.Join(fmt.Errorf("%s: %w", args[0], err), faults.close())
					}
					if t.Added = len(rules); !changed {
						t.Added, t.Unchanged = 0, len(rules)
					}
					if err := a.Settle(cmd.Context(), nil); err != nil {
						return err
					}
				} else if len(bad) == 0 {
					t.Added = len(rules)
				}
				return c.imported(t, in, faults, faults.close())
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "yuanba import rules", "why, as it stands in the trail")
	return in.flags(c, cmd)
}
