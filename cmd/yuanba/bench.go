// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/bench"
	"yuanba/internal/kit/obs"
)

// bench measures an installation over HTTP.
func (c *cli) bench() *cobra.Command {
	var o bench.Options
	var modes []string
	var seconds float64
	cmd := &cobra.Command{
		Use:     "bench",
		Short:   "measure how much this machine, or a running town, can bear",
		GroupID: groupWatch,
		Long: `Bench raises matters, takes them through their whole life, lists, searches and
reads, over HTTP as people do, and says how many of each were done in a second and
how long one took. It makes a town of its own in a temporary folder, starts this
program on it and stops it at the end; nothing of yours is touched.

The modes are ` + modeList() + `.
"bare" is the ceiling: one row inserted behind net/http, on the same database.
The modes take turns, so that the figures of one run can be compared.

With --url a running installation is measured instead, within its limits: what it
answers with 429 or 503 is counted as refused and tried again when it says so.
The modes raise and life leave matters behind there.`,
		Example: `  yuanba bench
  yuanba bench --modes bare,raise --clients 64 --seconds 10 --json
  yuanba bench --db big.db --fill 1000000 --modes list,inbox,search --clients 1,16
  yuanba bench --url https://town.example --modes list,search --clients 4`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, m := range modes {
				o.Modes = append(o.Modes, bench.Mode(m))
			}
			self, err := os.Executable()
			if err != nil {
				return err
			}
			c.spend(cmd.Context())
			o.For, o.Program = time.Duration(seconds*float64(time.Second)), []string{self}
			o.Log = func(line string) { fmt.Fprintf(c.stderr, "· %s\n", line) }
			if isTerminal(c.stderr) {
				o.Progress = func(stage string, done, total int) { fmt.Fprintf(c.stderr, "\r  %s %d of %d ", stage, done, total) }
			}
			rep, err := bench.Run(cmd.Context(), o)
			if err != nil {
				return err
			}
			if err := c.answer(rep, rep.Write); err != nil {
				return err
			}
			return failed(rep)
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&modes, "modes", nil, "what is measured, all if not given")
	f.IntSliceVar(&o.Clients, "clients", []int{1, 16, 64}, "how many at once")
	f.Float64Var(&seconds, "seconds", 5, "how long each measurement takes")
	f.IntVar(&o.Rounds, "rounds", 2, "how often the modes take turns")
	f.IntVar(&o.Most, "most", 200_000, "requests of one measurement at the most")
	f.IntVar(&o.Fill, "fill", 0, "`matters` that are in the town before")
	f.StringVar(&o.DB, "db", "", "keep the town in this database: the `path` of a file, or a postgres:// URL")
	f.StringVar(&o.Bare, "bare-db", "", "`database` of the bare inserts, if not a file")
	f.StringVar(&o.URL, "url", "", "`address` of a running installation to be measured instead")
	f.StringVar(&o.Profile, "profile", "", "write profiles of the server's work into this `folder`")
	cmd.AddCommand(c.benchBare(), c.benchTown())
	return cmd
}

func modeList() string {
	var names []string
	for _, m := range bench.Modes {
		names = append(names, string(m))
	}
	return strings.Join(names, ", ")
}

// failed is an error if anything measured went wrong: figures of requests that
// failed are no figures.
func failed(rep bench.Report) error {
	for _, r := range rep.Rows {
		if r.Failed > 0 || r.Done == 0 {
			return fmt.Errorf("%s with %d at once: %d done, %d failed: %s", r.Mode, r.Clients, r.Done, r.Failed, r.Fault)
		}
	}
	return nil
}

// benchBare is the server of the bare inserts, a child of bench.
func (c *cli) benchBare() *cobra.Command {
	var db, listen string
	cmd := &cobra.Command{
		Use: "bare", Hidden: true, Short: "serve bare inserts, for bench", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.spend(cmd.Context())
			return bench.ServeBare(cmd.Context(), db, listen)
		},
	}
	cmd.Flags().StringVar(&db, "db", "", "database")
	cmd.Flags().StringVar(&listen, "listen", "", "address")
	return cmd
}

// benchTown is serve with profiles, a child of bench.
func (c *cli) benchTown() *cobra.Command {
	cmd := &cobra.Command{
		Use: "town", Hidden: true, Short: "serve a town with profiles, for bench", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			log, err := obs.Logger(c.stderr, cfg.LogLevel(), cfg.Log.Format)
			if err != nil {
				return err
			}
			c.spend(cmd.Context())
			a, err := app.New(cmd.Context(), cfg, app.Options{Demo: true, Log: log})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.Close()) }()
			h, err := a.Handler(version)
			if err != nil {
				return err
			}
			l, err := a.Listen()
			if err != nil {
				return err
			}
			mux := http.NewServeMux()
			mux.Handle("/", h)
			mux.HandleFunc("GET /debug/pprof/profile", func(w http.ResponseWriter, r *http.Request) {
				if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
					return
				}
				pprof.Profile(w, r)
			})
			return a.Serve(cmd.Context(), l, mux)
		},
	}
	c.settings(cmd, [2]string{"listen", "`address` to serve at"})
	return cmd
}
