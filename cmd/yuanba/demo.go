// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"yuanba/internal/app"
)

// demo makes the demonstration town if there is none, and serves it.
func (c *cli) demo() *cobra.Command {
	only, whole := false, false
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "make the demonstration town, and serve it",
		GroupID: groupRun,
		Long: `Make the demonstration town, a simulated year of Qionglai with 14 streets and
towns and 189 villages, unless the file is there already; then serve it. Everybody
in it is invented. The cast signs in with one click.`,
		Example: "  yuanba demo --db var/demo.db --listen localhost:8080",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.set["db"] == "" {
				c.set["db"] = "var/demo.db"
			}
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			if _, err := os.Stat(cfg.DB); errors.Is(err, fs.ErrNotExist) {
				if err := c.makeDemo(cmd, cfg, whole); err != nil {
					return err
				}
			}
			if only {
				return nil
			}
			return c.run(cmd.Context(), cfg, app.Options{Demo: true})
		},
	}
	cmd.Flags().BoolVar(&whole, "whole", false, "play everything that the article counts in a year, not its last weeks alone: takes minutes")
	cmd.Flags().BoolVar(&only, "only", false, "make the town and do not serve it")
	c.settings(cmd, [2]string{"listen", "`address` to serve at"})
	return cmd
}

// isTerminal reports whether somebody watches w: a bar is not drawn into a file.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (c *cli) makeDemo(cmd *cobra.Command, cfg app.Config, whole bool) error {
	start := time.Now()
	var bar *progressbar.ProgressBar
	err := app.Demo(cmd.Context(), cfg, start, whole, func(_ string, done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(c.stderr), progressbar.OptionSetDescription("making the town"),
				progressbar.OptionShowCount(), progressbar.OptionSetVisibility(isTerminal(c.stderr)), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(40))
		}
		if total > 1 {
			_ = bar.Set(done) // a bar that cannot be drawn is no reason to stop
		}
	})
	if bar != nil {
		_ = bar.Finish()
		fmt.Fprintln(c.stderr)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.stderr, "made %s in %s\n", cfg.DB, time.Since(start).Round(100*time.Millisecond))
	return nil
}
