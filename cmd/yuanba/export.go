// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
)

// export takes lists out.
func (c *cli) export() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "take a list of matters out as CSV, a workbook or JSON",
		GroupID: groupMove,
		Long:    "Export takes lists out of the town as files. Each export is in the trail.",
		Example: "  yuanba export matters --to matters.xlsx --db town.db",
	}
	cmd.AddCommand(c.exportMatters())
	return cmd
}

func (c *cli) exportMatters() *cobra.Command {
	var in app.Exporting
	cmd := &cobra.Command{
		Use:   "matters",
		Short: "take a list of matters out",
		Args:  cobra.NoArgs,
		Long: `Export matters writes what the list page shows of each matter, newest first, to a
new file that nobody but its owner can read: a table as CSV or as a workbook, or one
JSON object on each line. Who raised a matter, and how to reach them, is in none.

Matters that are not public are in it too, unless --public is given. The options
narrow the list as the page's filter does; all that are given must hold.`,
		Example: `  yuanba export matters --to matters.xlsx --db town.db
  yuanba export matters --to late.csv --place 文君街道 --late
  yuanba export matters --to 2026.ndjson --since 2026-01-01 --until 2026-12-31 --public`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in.To == "" {
				return usageError{errors.New("say with --to where the list is to be")}
			}
			if in.Format == "" {
				in.Format = strings.ToLower(strings.TrimPrefix(filepath.Ext(in.To), "."))
			}
			in.Lang = c.lang()
			return c.onTown(cmd.Context(), false, func(a *app.App) error { return c.exportTo(cmd.Context(), a, in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.To, "to", "", "the new `file`")
	f.StringVar(&in.Format, "format", "", "csv, xlsx or ndjson; without it, as the file's name ends")
	f.StringVar(&in.Words, "words", "", "only what is found by these words")
	f.StringVar(&in.Place, "place", "", "only of this place: its `name` or code")
	f.StringVar(&in.Unit, "unit", "", "only what this unit leads: its `name` or key")
	f.StringVar(&in.Category, "category", "", "only of this category: its `code`")
	f.StringSliceVar(&in.States, "state", nil, "only in these `states`: received, handling, closed …")
	f.StringVar(&in.Since, "since", "", "only raised on this `day` or later (2026-03-01)")
	f.StringVar(&in.Until, "until", "", "only raised on this `day` or earlier")
	f.BoolVar(&in.Open, "open", false, "only what is still to be done")
	f.BoolVar(&in.Late, "late", false, "only what is overdue")
	f.BoolVar(&in.Urgent, "urgent", false, "only what is urgent")
	f.BoolVar(&in.Public, "public", false, "only what everybody may read")
	c.settings(cmd)
	return cmd
}

func (c *cli) exportTo(ctx context.Context, a *app.App, in app.Exporting) error {
	n, err := a.Export(ctx, in)
	if err != nil {
		return err
	}
	v := struct {
		File string `json:"file"`
		Rows int    `json:"rows"`
	}{in.To, n}
	return c.answer(v, func(w io.Writer) { fmt.Fprintf(w, "✓ %s: %d matters\n", v.File, v.Rows) })
}
