// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"yuanba/internal/app"
	"yuanba/internal/kit/obs"
)

// serve answers requests until it is told to stop.
func (c *cli) serve() *cobra.Command {
	demo := false
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "serve the town",
		GroupID: groupRun,
		Long: `Serve the town's pages until the program is told to stop (Ctrl-C, SIGTERM).
Requests under way are finished first; nothing that was accepted is lost.`,
		Example: "  yuanba serve --db /srv/yuanba/town.db --listen :8080",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, err := c.load()
			if err != nil {
				return err
			}
			return c.run(cmd.Context(), cfg, app.Options{Demo: demo})
		},
	}
	cmd.Flags().BoolVar(&demo, "demo", false, "let the cast of the demonstration sign in with one click")
	c.settings(cmd, [2]string{"listen", "`address` to serve at"}, [2]string{"url", "`address` by which people reach the pages"})
	return cmd
}

// run opens the town and serves it.
func (c *cli) run(ctx context.Context, cfg app.Config, o app.Options) error {
	log, err := obs.Logger(c.stderr, cfg.LogLevel(), cfg.Log.Format)
	if err != nil {
		return err
	}
	slog.SetDefault(log)
	o.Log = log
	c.spend(ctx)
	signal.Ignore(syscall.SIGXFSZ) // a limit on the size of files is answered as a full disk is
	a, err := app.New(ctx, cfg, o)
	if err != nil {
		return err
	}
	defer a.Close()
	h, err := a.Handler(version)
	if err != nil {
		return err
	}
	l, err := a.Listen()
	if err != nil {
		return err
	}
	v := struct {
		Address string `json:"address"`
	}{cfg.Address()}
	if err := c.answer(v, func(w io.Writer) { fmt.Fprintf(w, "Yuanba 院坝: %s\n", v.Address) }); err != nil {
		return errors.Join(err, l.Close())
	}
	return a.Serve(ctx, l, h)
}

// spend lets a server collect its garbage less often than a program usually
// does: a town holds little in memory, and whoever raises a matter waits for the
// processor. What has gathered it gives back when nobody has asked for a while,
// until ctx ends. The environment's GOGC overrules both.
func (c *cli) spend(ctx context.Context) {
	if c.getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		go giveBack(ctx)
	}
}

// quietFor is how long next to nothing is asked for before memory is given back,
// and quiet the most that may be asked for in that time, in bytes: the jobs and
// the followers that look every second for work need less.
const (
	quietFor = time.Second
	quiet    = 1 << 20
)

// giveBack gives the machine what the program holds and does not need, once
// after each time in which it was busy.
func giveBack(ctx context.Context) {
	allocated := func() uint64 {
		of := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
		metrics.Read(of)
		return of[0].Value.Uint64()
	}
	tick := time.NewTicker(quietFor)
	defer tick.Stop()
	for last, given := allocated(), uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := allocated()
		if now-last < quiet && now-given > 8*quiet {
			debug.FreeOSMemory()
			given = now
		}
		last = now
	}
}
