// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"yuanba/internal/app"
	"yuanba/internal/kit/obs"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/schema"
)

// town opens the town of the configuration, for a command that works on it,
// perhaps beside a serving program. Whoever calls it closes it. A town that is
// not there yet is made, which is said, unless made is false: then it is an error.
func (c *cli) town(ctx context.Context, makes bool) (*app.App, error) {
	cfg, _, err := c.load()
	if err != nil {
		return nil, err
	}
	have, err := sqldb.Look(ctx, cfg.DB, schema.Files)
	if err != nil {
		return nil, err
	}
	if have == 0 {
		if !makes {
			return nil, c.noTown(cfg)
		}
		fmt.Fprintf(c.stderr, "%s is new: an empty town is made\n", dbName(cfg.DB))
	}
	log, err := obs.Logger(c.stderr, max(cfg.LogLevel(), slog.LevelWarn), cfg.Log.Format)
	if err != nil {
		return nil, err
	}
	return app.New(ctx, cfg, app.Options{Log: log})
}

// noTown says that there is no town where the configuration has one.
func (c *cli) noTown(cfg app.Config) error {
	if _, err := os.Stat(cfg.DB); !sqldb.IsPostgres(cfg.DB) && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s does not exist: name the town's database with --db", cfg.DB)
	}
	return fmt.Errorf("%s is empty, there is no town in it: name the town's database with --db", dbName(cfg.DB))
}

// A bar shows on a terminal how much of a long work is done; elsewhere nothing.
type bar struct {
	c     *cli
	b     *progressbar.ProgressBar
	stage string
}

func (c *cli) bar() *bar { return &bar{c: c} }

// show shows how much of a stage is done; another stage begins another line.
func (p *bar) show(stage string, done, total int64) {
	if !isTerminal(p.c.stderr) {
		return
	}
	if p.b == nil || p.stage != stage {
		p.end()
		p.stage = stage
		p.b = progressbar.NewOptions64(max(total, 1), progressbar.OptionSetWriter(p.c.stderr), progressbar.OptionSetDescription(stage),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(40), progressbar.OptionSetPredictTime(true))
	}
	if p.b.GetMax64() != max(total, 1) {
		p.b.ChangeMax64(max(total, 1))
	}
	_ = p.b.Set64(done) // a bar that cannot be drawn is no reason to stop
}

// of returns show for one stage.
func (p *bar) of(stage string) func(done, total int64) {
	return func(done, total int64) { p.show(stage, done, total) }
}

// end ends the line of the bar.
func (p *bar) end() {
	if p.b != nil {
		fmt.Fprintln(p.c.stderr)
	}
	p.b = nil
}
