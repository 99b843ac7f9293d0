// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/sim"
)

// DemoSeed is the seed of the demonstration town.
const DemoSeed = 510183

// Demo makes the demonstration town in the configured database, a file that must
// not be there yet: a year of it, up to the last full hour before now. It is made
// aside and takes its name only when it is whole, so that the making leaves
// nothing else behind, broken off or not.
func Demo(ctx context.Context, cfg Config, now time.Time, whole bool, progress func(stage string, done, total int)) (err error) {
	if sqldb.IsPostgres(cfg.DB) {
		return errors.New("the demonstration town is made in a file: give --db a path")
	}
	if _, err := os.Stat(cfg.DB); err == nil {
		return fmt.Errorf("%s is there already", cfg.DB)
	}
	making := cfg
	making.DB, making.Files, making.Keys = cfg.DB+".making", cfg.FilesPath(), cfg.KeysPath()
	sweep := func() {
		for _, db := range []string{making.DB, making.DB + sqldb.BesideEnd} {
			for _, end := range []string{"", "-wal", "-shm", ".migrate"} {
				if rerr := os.Remove(db + end); rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
					err = errors.Join(err, rerr)
				}
			}
		}
	}
	sweep()
	defer sweep() // of a whole one the lock files alone are left
	if err := makeTown(ctx, making, now, whole, progress); err != nil {
		return err
	}
	if err := os.Rename(making.DB+sqldb.BesideEnd, cfg.DB+sqldb.BesideEnd); err != nil {
		return err
	}
	return os.Rename(making.DB, cfg.DB)
}

// demoMark is set in a database that was empty when a demonstration began in it.
const demoMark = "demonstration"

// pretend makes sure that a demonstration is one: its cast signs in without any
// proof, so a town with people or places of its own is refused.
func (a *App) pretend(ctx context.Context) error {
	nobody, err := a.Access.Empty(ctx)
	if err != nil {
		return err
	}
	_, laidOut := a.Places.Tree().City()
	marked := false
	if err := a.DB.Read(ctx, func(tx *sqldb.Tx) error {
		n, err := sqldb.Mark(tx, demoMark)
		marked = n > 0
		return err
	}); err != nil || marked {
		return err
	}
	if !nobody || laidOut {
		return errors.New("this is no demonstration town: in a demonstration anybody signs in as anyone, which a real town must not allow; serve it without --demo, or name another file with --db")
	}
	return a.DB.Write(ctx, func(tx *sqldb.Tx) error { return sqldb.SetMark(tx, demoMark, 1) })
}

// enterKey makes sure that a demonstration has a key with which programs can be
// tried. It is made from the town's keys, so that it can be shown again.
func (a *App) enterKey(ctx context.Context) error {
	from, err := a.key("demonstration")
	if err != nil {
		return err
	}
	a.demo, err = a.Access.EnterKey(ctx, scope.Program("demonstration"), from, access.NewKey{
		Name: "演示", Scopes: []access.KeyScope{access.RequestsWrite}, PerMinute: 600,
	})
	return err
}

// acting is the town as the simulation acts in it, whole.
func (a *App) acting(clock *sim.Clock) sim.Town {
	return sim.Town{DB: a.DB, Places: a.Places, Orgs: a.Orgs, Access: a.Access, People: a.People, Matters: a.Matters, Desk: a.Desk, Questions: a.Questions, Affairs: a.Affairs, Patrol: a.Patrol, Field: a.Field, Blobs: a.Blobs, Routing: a.Routing, Volunteers: a.Volunteers, Calendar: a.Calendars.Town(), Clock: clock}
}

func makeTown(ctx context.Context, cfg Config, now time.Time, whole bool, progress func(stage string, done, total int)) (err error) {
	end := now.In(i18n.Zone).Truncate(time.Hour)
	clock := sim.NewClock(end.AddDate(-1, -1, 0))
	a, err := New(ctx, cfg, Options{Demo: true, Clock: clock.Now, IDs: sim.IDs(DemoSeed), Relaxed: true, Random: sim.Chance(DemoSeed), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	plan := sim.Plan{Seed: DemoSeed, End: end, Whole: whole, Progress: func(done, total int) { progress("year", done, total) }}
	if err := sim.Make(ctx, a.acting(clock), plan); err != nil {
		return err
	}
	progress("search", 0, 1)
	if err := a.CatchUp(ctx); err != nil {
		return err
	}
	if err := a.Hot.Count(ctx); err != nil {
		return err
	}
	if _, err := a.Matters.Remind(ctx); err != nil {
		return err
	}
	if err := a.Routing.Learn(ctx); err != nil {
		return err
	}
	progress("seal", 0, 1)
	for {
		n, err := a.Sealer.Seal(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}
