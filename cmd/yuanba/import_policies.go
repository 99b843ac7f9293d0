// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sheet"
)

// maxPolicies is how many bytes of a file of policies are read, unpacked.
const maxPolicies = 1 << 30

// importPolicies publishes policies from a file.
func (c *cli) importPolicies() *cobra.Command {
	var in importing
	cmd := &cobra.Command{
		Use:   "policies FILE",
		Short: "publish policies, to be found by who asks",
		Long: `Import policies publishes policies: one JSON object on each line, packed with gzip or
not, with title and text, and, where there are such, id, source, url, number (of the
document), date, from and until (days as 2026-03-01), unit (the name of the unit that
knows) and replaces: the id of one that it takes the place of, which stands before it in
the file or was taken in before. Source or unit must be named.

A policy is known by its id, else by its number, else by its title. What was taken in
before is brought up to date if the file says something else; the same file a second
time changes nothing.`,
		Example: "  yuanba import policies policies.ndjson --db town.db --faults faults.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.takeIn(cmd.Context(), args[0], in, false, func(f io.Reader, a *app.App, faults *faultFile) error {
				text, err := sheet.Open(f, maxPolicies, fmt.Errorf("%s: the file is larger than %d MB", args[0], maxPolicies>>20))
				if err != nil {
					return errors.Join(err, faults.close())
				}
				got, err := a.Questions.Import(cmd.Context(), scope.Program(matters.Importer), text, in.dry, func(x questions.RowFault) error {
					field := ""
					if es := errs.Public(x.Err); len(es) > 0 {
						field = es[0].Field
					}
					return faults.add(x.Row, x.ID, field, c.say(x.Err))
				})
				t := matters.Taken{Read: got.Read, Added: got.Added + got.Changed, Unchanged: got.Unchanged, Rejected: got.Rejected}
				return c.imported(t, in, faults, errors.Join(err, faults.close()))
			})
		},
	}
	return in.flags(c, cmd)
}
