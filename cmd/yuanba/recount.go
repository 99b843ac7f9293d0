// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
)

// recount counts what a town is proud of once more, slowly.
func (c *cli) recount() *cobra.Command {
	want := app.Expected{Rounds: -1, Bookings: -1, Questions: -1}
	cmd := &cobra.Command{
		Use:     "recount",
		GroupID: groupWatch,
		Short:   "count coverage, seats, points and questions again, row by row",
		Long: `Recount counts again, slowly and from the rows alone, and compares with what the
pages say:

  coverage   what was due in every round and what of it was covered, by grid and week
  seats      nobody has a seat while another has it, none beyond those of the counter
  points     at the end of every day the balances add up to zero, none of a
             volunteer or a member was ever below it
  numbers    of bookings and questions, by their rows, their stories and the trail

It changes nothing, works beside a serving Yuanba and on a backup, and ends with 0
only if all counts are equal. What both counts read, such as how somebody showed
that they were at a point, is held by the trail: verify finds it altered.`,
		Example: "  yuanba recount --db town.db\n  yuanba recount --db whole.db --rounds 554800 --bookings 71200 --questions 96400 --json | jq .ok",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			bar := c.bar()
			v, err := app.RecountAll(cmd.Context(), cfg.DB, want, bar.of("counting"))
			bar.end()
			if err != nil {
				return err
			}
			if err := c.answer(v, func(w io.Writer) { writeRecount(w, v) }); err != nil {
				return err
			}
			if !v.OK {
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&want.Rounds, "rounds", -1, "how many rounds there must be; not looked at if below 0")
	cmd.Flags().IntVar(&want.Bookings, "bookings", -1, "how many bookings there must be")
	cmd.Flags().IntVar(&want.Questions, "questions", -1, "how many questions there must be, those answered at once included")
	c.settings(cmd)
	return cmd
}

// mostFaults is how many faults are printed; --json has all.
const mostFaults = 20

func writeRecount(w io.Writer, v app.Recount) {
	k, s, p, q := v.Coverage, v.Seats, v.Points, v.Questions
	least := "" // no week is whole
	if k.Least > 0 {
		least = fmt.Sprintf(", at least %d in a week", k.Least)
	}
	fmt.Fprintf(w, "coverage   %d rounds on %d of %d grids in %d windows%s; %d stops due, %d covered; %d figures of grids and weeks\n", k.Rounds, k.Walked, k.Grids, k.Slots, least, k.Due, k.Done, k.GridWeeks)
	fmt.Fprintf(w, "seats      %d bookings, %d with a seat at %d times of %d counters, at most %d at once\n", s.Bookings, s.Seated, s.Times, s.Counters, s.Fullest)
	fmt.Fprintf(w, "points     %d entries on %d days between %d volunteers, %d members and %d pots; %d points held\n", p.Entries, p.Days, p.Volunteers, p.Members, p.Pots, p.Held)
	fmt.Fprintf(w, "questions  %d: %d answered at once, %d not, %d sent to a unit, of which %d have their reply\n", q.Asked, q.Helped, q.Missed, q.Sent, q.Answered)
	for i, f := range v.Faults {
		if i == mostFaults {
			fmt.Fprintf(w, "✗ and %d more\n", len(v.Faults)-mostFaults)
			break
		}
		fmt.Fprintf(w, "✗ %s: %s\n", f.Of, f.What)
	}
	if v.OK {
		fmt.Fprintln(w, "✓ all counts are equal")
	}
}
