// SPDX-License-Identifier: Apache-2.0

package apptest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"yuanba/internal/app"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/sim"
)

// A small year: enough that every list has something true in it.
var small = sim.Plan{Seed: 20200502, End: Monday, Solved: 40, Others: 20, Open: 28, Bookings: 150}

// Lived returns a town on SQLite in which a small year has passed: residents,
// those of the cast among them, and some ninety matters in every state. Its
// chance follows a seed, so that the same test makes the same codes.
func Lived(t testing.TB) *Town {
	t.Helper()
	files, err := lived()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "town.db")
	if err := files.Write(path); err != nil {
		t.Fatal(err)
	}
	return openWith(t, path, dir, sim.Chance(small.Seed))
}

// LivedPostgres is Lived in the cluster that [sqldbtest.PostgresEnv] names.
func LivedPostgres(t testing.TB) *Town {
	t.Helper()
	_, dsn := sqldbtest.PostgresAt(t)
	dir := t.TempDir()
	if err := live(dsn, dir); err != nil {
		t.Fatal(err)
	}
	return openWith(t, dsn, dir, sim.Chance(small.Seed))
}

// lived is the file of such a town, made once for all tests of a package.
var lived = sync.OnceValues(func() (sqldbtest.Files, error) {
	dir, err := os.MkdirTemp("", "yuanba-lived")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "town.db")
	if err := live(path, dir); err != nil {
		return nil, err
	}
	return sqldbtest.ReadFiles(path)
})

// live makes the town in a database that is not there yet or empty.
func live(dsn, dir string) error {
	cfg, _, err := config(dsn, dir)
	if err != nil {
		return err
	}
	k, err := keys()
	if err != nil {
		return err
	}
	clock := sim.NewClock(small.End.AddDate(-1, -1, 0))
	a, err := app.New(context.Background(), cfg, app.Options{Demo: true, Clock: clock.Now, IDs: sim.IDs(small.Seed), Relaxed: true,
		Random: sim.Chance(small.Seed), Keys: k, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	err = sim.Make(context.Background(), sim.Town{DB: a.DB, Places: a.Places, Orgs: a.Orgs, Access: a.Access, People: a.People, Routing: a.Routing,
		Matters: a.Matters, Desk: a.Desk, Calendar: a.Calendars.Town(), Clock: clock}, small)
	if err == nil {
		err = a.CatchUp(context.Background())
	}
	if cerr := a.Close(); err == nil {
		err = cerr
	}
	return err
}

// ServeHere is Serve, with the address that it returns as the town's own: what
// names itself by it can be followed.
func (w *Town) ServeHere() string {
	w.t.Helper()
	s := httptest.NewUnstartedServer(nil)
	w.Config.URL = "http://" + s.Listener.Addr().String()
	h, err := w.Handler("unversioned")
	if err != nil {
		w.t.Fatal(err)
	}
	s.Config.Handler = h
	s.Start()
	w.t.Cleanup(s.Close)
	return s.URL
}

// Serve serves the town's pages on a port of the loopback until the test ends,
// with the work beside the requests, and returns the address.
func (w *Town) Serve() string {
	w.t.Helper()
	h, err := w.Handler("unversioned") // pictures of pages name no version
	if err != nil {
		w.t.Fatal(err)
	}
	s := httptest.NewServer(h)
	w.Start(context.Background())
	w.t.Cleanup(func() {
		s.Close()
		w.Stop()
	})
	return s.URL
}
