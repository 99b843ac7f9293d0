// SPDX-License-Identifier: Apache-2.0

package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"yuanba/internal/app"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/sim"
)

// mark is set in a town that bench has made: its value is one more than the
// matters that were filled in.
const mark = "bench.town"

// KeysOf is where the keys of a town lie: beside its database, so that it can be
// used again.
func KeysOf(dsn, dir string) string {
	if sqldb.IsPostgres(dsn) {
		return filepath.Join(dir, "keys.json")
	}
	return dsn + ".keys.json"
}

// MakeTown makes a town with so many matters in the database, or finds that it is
// there already: the shipped places, the organisation and the cast. Its files are
// in dir, its keys where [KeysOf] says. Any other database it leaves alone, and
// says so.
func MakeTown(ctx context.Context, dsn, dir string, fill int, progress func(string, int, int)) (have int, engine string, err error) {
	cfg, _, err := app.Load("", func(string) string { return "" }, map[string]string{"db": dsn, "files": filepath.Join(dir, "files"), "keys": KeysOf(dsn, dir)})
	if err != nil {
		return 0, "", err
	}
	c := &clock{}
	c.set(yearAgo())
	a, err := app.New(ctx, cfg, app.Options{Demo: true, Relaxed: true, Clock: c.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	var made int64
	if err := a.DB.Read(ctx, func(tx *sqldb.Tx) (err error) { made, err = sqldb.Mark(tx, mark); return err }); err != nil {
		return 0, "", err
	}
	if _, founded := a.Places.Tree().City(); founded && made == 0 {
		return 0, "", fmt.Errorf("%s holds a town that was not made for measuring: measure it while it is served, with --url", dsn)
	} else if !founded {
		if err := sim.Found(ctx, sim.Town{DB: a.DB, Places: a.Places, Orgs: a.Orgs, Access: a.Access, People: a.People, Matters: a.Matters, Calendar: a.Calendars.Town()}); err != nil {
			return 0, "", err
		}
		made = 1
	}
	have = int(made) - 1
	if have < fill {
		f := &filler{App: a, clock: c, progress: progress}
		if err := f.fill(ctx, have, fill); err != nil {
			return 0, "", err
		}
		have = fill
	}
	if err := a.DB.Write(ctx, func(tx *sqldb.Tx) error { return sqldb.SetMark(tx, mark, int64(have)+1) }); err != nil {
		return 0, "", err
	}
	return have, string(a.DB.Engine()), nil
}
