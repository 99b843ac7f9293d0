// SPDX-License-Identifier: Apache-2.0

// Package apptest gives each test the whole program on a fresh town: the shipped
// places, the organisation and the cast, on every engine, with a clock that
// stands still until it is told to go on.
package apptest

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yuanba/internal/app"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/sim"
)

// Monday is the moment at which every town begins: a working day, 9:30.
var Monday = time.Date(2026, 3, 2, 9, 30, 0, 0, i18n.Zone)

// A Town is the program with its cast.
type Town struct {
	*app.App
	Clock *sqldbtest.Clock
	t     testing.TB
}

// Each runs f as a sub-test on a fresh town of each engine at hand.
func Each(t *testing.T, f func(t *testing.T, town *Town)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, New(t))
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			f(t, NewPostgres(t))
		})
	}
}

// New returns a fresh town on SQLite.
func New(t testing.TB) *Town {
	t.Helper()
	files, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "town.db")
	if err := files.Write(path); err != nil {
		t.Fatal(err)
	}
	return open(t, path, dir)
}

// NewPostgres returns a fresh town in the cluster that [sqldbtest.PostgresEnv] names.
func NewPostgres(t testing.TB) *Town {
	t.Helper()
	_, dsn := sqldbtest.PostgresAt(t)
	town := open(t, dsn, t.TempDir())
	if err := populate(town.App); err != nil {
		t.Fatal(err)
	}
	return town
}

// As returns a member of the cast as an actor: "zhao", "wu", "sun" …
func (w *Town) As(login string) scope.Actor {
	w.t.Helper()
	ctx := context.Background()
	token, _, err := w.Access.SignInAs(ctx, login, access.Client{Address: "192.0.2.1", Agent: "test"})
	if err != nil {
		w.t.Fatal(err)
	}
	by, err := w.Access.Actor(ctx, token)
	if err != nil {
		w.t.Fatal(err)
	}
	return by
}

// Place returns the path of a place by its names from the town down.
func (w *Town) Place(names ...string) scope.Path {
	w.t.Helper()
	p, ok := placeNamed(w.App, names...)
	if !ok {
		w.t.Fatalf("no place %v", names)
	}
	return p
}

// Resident verifies an invented resident at the desk of 宝塔社区.
func (w *Town) Resident(name, idNumber, phone string) people.Resident {
	w.t.Helper()
	r, err := w.People.Verify(context.Background(), w.As("he"), people.Verifying{Name: name, IDNumber: idNumber, Phone: phone, Place: w.Place("文君街道", "宝塔社区")})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// open opens the program on a database that is there.
func open(t testing.TB, dsn, dir string) *Town { return openWith(t, dsn, dir, nil) }

// openWith is open with a source of secrets; nil is the system's.
func openWith(t testing.TB, dsn, dir string, random io.Reader) *Town {
	t.Helper()
	clock := sqldbtest.NewClock(Monday)
	a, err := start(dsn, dir, clock.Now, random)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Town{App: a, Clock: clock, t: t}
}

// Again stops the program, lets f have a hand in the file of the database, and
// starts it on that again.
func (w *Town) Again(f func(path string) error) *Town {
	w.t.Helper()
	path := w.Config.DB
	if err := w.Close(); err != nil {
		w.t.Fatal(err)
	}
	if err := f(path); err != nil {
		w.t.Fatal(err)
	}
	return open(w.t, path, filepath.Dir(w.Config.KeysPath()))
}

// Reopened starts the program a second time on the database of the town, which need
// not have been closed: as after it was killed.
func (w *Town) Reopened() *Town {
	w.t.Helper()
	clock := sqldbtest.NewClock(w.Clock.Now())
	a, err := start(w.Config.DB, filepath.Dir(w.Config.KeysPath()), clock.Now, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := a.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return &Town{App: a, Clock: clock, t: w.t}
}

// keys are those of every town of this test process, since towns are copies.
var keys = sync.OnceValues(func() (*seal.File, error) { return seal.Forgotten() })

func config(dsn, dir string) (app.Config, []app.Setting, error) {
	return app.Load("", func(string) string { return "" }, map[string]string{"db": dsn, "files": filepath.Join(dir, "files"), "keys": filepath.Join(dir, "keys.json"),
		"limits.rate": "100000", "limits.burst": "100000", "limits.raise": "100000"}) // a test is one address in a hurry
}

func start(dsn, dir string, clock func() time.Time, random io.Reader) (*app.App, error) {
	cfg, _, err := config(dsn, dir)
	if err != nil {
		return nil, err
	}
	k, err := keys()
	if err != nil {
		return nil, err
	}
	return app.New(context.Background(), cfg, app.Options{Demo: true, Clock: clock, Keys: k, Random: random, Log: slog.New(slog.DiscardHandler)})
}

// template is the file of a founded town, made once for all tests of a package.
var template = sync.OnceValues(func() (sqldbtest.Files, error) {
	dir, err := os.MkdirTemp("", "yuanba-town")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "town.db")
	a, err := start(path, dir, func() time.Time { return Monday.Add(-time.Hour) }, nil)
	if err != nil {
		return nil, err
	}
	if err := populate(a); err != nil {
		return nil, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return sqldbtest.ReadFiles(path)
})

func populate(a *app.App) error {
	return sim.Found(context.Background(), sim.Town{DB: a.DB, Places: a.Places, Orgs: a.Orgs, Access: a.Access, People: a.People, Matters: a.Matters, Calendar: a.Calendars.Town()})
}

func placeNamed(a *app.App, names ...string) (scope.Path, bool) {
	tree := a.Places.Tree()
	p, ok := tree.City()
	for _, name := range names {
		var found places.Place
		for _, c := range tree.Children(p.ID) {
			if c.Name.ZH == name {
				found = c
			}
		}
		if found.ID == 0 {
			return scope.Path{}, false
		}
		p = found
	}
	return p.Path, ok
}
