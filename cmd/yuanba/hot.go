// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/domain/hotissues"
	"yuanba/internal/kit/i18n"
)

// hotIssue is one issue in the answer of yuanba hot.
type hotIssue struct {
	Rank       int       `json:"rank"`
	Heat       float64   `json:"heat"`
	Name       string    `json:"name"`
	Place      string    `json:"place,omitempty"`
	From       string    `json:"from"`
	To         string    `json:"to"`
	People     int       `json:"people"`
	Supporters int       `json:"supporters"`
	Why        hotWhy    `json:"why"`
	Subjects   []string  `json:"subjects"`
	Members    []string  `json:"members"`
	Scores     []float64 `json:"scores"`
}

// hotWhy is what the heat is made of.
type hotWhy struct {
	Voices float64 `json:"voices"`
	Now    int     `json:"people_in_last_14_days"`
	Usual  float64 `json:"usual_in_14_days"`
	Growth float64 `json:"growth"`
	Chance float64 `json:"chance"`
}

// hot ranks what many people wrote about.
func (c *cli) hot() *cobra.Command {
	var since, until string
	least := 2
	cmd := &cobra.Command{
		Use:     "hot FILE",
		Short:   "rank what many people wrote about",
		GroupID: groupWatch,
		Args:    cobra.ExactArgs(1),
		Long: `Hot reads messages from a CSV file, packed with gzip or not, with the columns id,
user, subject, time, detail, likes and dislikes in any order, puts together what is
about the same thing at the same place, and prints the issues, the hottest first, as
one JSON list: rank, heat, name, members (the ids, the earliest first), scores
(beside them: how well each belongs), place, from, to, and why the heat is what it is.

Who writes often counts once. The order of the rows changes nothing. A row that makes
no sense is left out and told; the exit status is 0 only if none was. The formula and
its weights are in docs/hot.md. No database is needed.`,
		Example: "  yuanba hot messages.csv.gz > issues.json\n  yuanba hot messages.csv --since 2019-01-01 --until 2019-06-30 --min 3 | jq '.[0].name'",
		RunE: func(_ *cobra.Command, args []string) error {
			if least < 2 {
				return usageError{errors.New("--min: an issue needs at least two people")}
			}
			from, err := day(since, "--since")
			if err != nil {
				return err
			}
			to, err := day(until, "--until")
			if err != nil {
				return err
			}
			if len(until) <= len("2019-06-30") && !to.IsZero() {
				to = to.Add(24*time.Hour - time.Nanosecond) // the whole day
			}
			f, err := c.source(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			faults, err := c.openFaults("")
			if err != nil {
				return err
			}
			left := 0
			ms, err := hotissues.ReadFile(f, func(line int, err error) {
				left++
				_ = faults.add(line, "", "", c.say(err)) // without a file it only prints
			})
			if err != nil {
				return err
			}
			ms = slices.DeleteFunc(ms, func(m hotissues.Message) bool { return m.At.Before(from) || !to.IsZero() && m.At.After(to) })
			out := []hotIssue{}
			for _, i := range hotissues.Find(ms, hotissues.Options{Now: to, People: least}) {
				out = append(out, shownIssue(ms, i))
			}
			c.said = true
			e := json.NewEncoder(c.stdout)
			e.SetIndent("", "  ")
			e.SetEscapeHTML(false)
			if err := e.Encode(out); err != nil {
				return err
			}
			if left > 0 {
				fmt.Fprintf(c.stderr, "yuanba: %d of %d rows left out\n", left, left+len(ms))
				return errSaid
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "only messages from this `day` or moment on")
	cmd.Flags().StringVar(&until, "until", "", "only messages up to this `day` or moment; heat is counted as of then")
	cmd.Flags().IntVar(&least, "min", least, "only issues that at least so many different `people` wrote about")
	return cmd
}

func day(s, flag string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := hotissues.Time(s)
	if err != nil {
		return t, usageError{fmt.Errorf("%s: not a day or a moment: write 2019-06-30 or 2019-06-30T09:30", flag)}
	}
	return t, nil
}

func shownIssue(ms []hotissues.Message, i hotissues.Issue) hotIssue {
	at := func(t time.Time) string { return t.In(i18n.Zone).Format(time.DateTime) }
	h := i.Heat
	out := hotIssue{
		Rank: i.Rank, Heat: h.Total, Name: i.Name, Place: i.Place, From: at(i.From), To: at(i.To), People: h.People, Supporters: h.Supporters,
		Why: hotWhy{Voices: h.Voices, Now: h.Now, Usual: h.Usual, Growth: h.Growth, Chance: h.Chance}, Subjects: i.Words, Scores: i.Scores,
	}
	for _, m := range i.Members {
		out.Members = append(out.Members, ms[m].ID)
	}
	return out
}
