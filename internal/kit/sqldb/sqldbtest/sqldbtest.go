// SPDX-License-Identifier: Apache-2.0

// Package sqldbtest gives each test a database of its own, on every engine.
package sqldbtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/schema"
)

// PostgresEnv names the variable with the address of a PostgreSQL cluster for
// tests. Where it is not set, the tests run on SQLite only, and the summary of
// make test says so.
const PostgresEnv = "YUANBA_TEST_PG"

// Each runs f as a sub-test on a fresh, migrated database of each engine at hand.
func Each(t *testing.T, f func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, SQLite(t))
	})
	if os.Getenv(PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			f(t, Postgres(t))
		})
	}
}

// SQLite returns a fresh, migrated SQLite database, closed at the test's end.
func SQLite(t testing.TB, opts ...sqldb.Options) *sqldb.DB {
	t.Helper()
	db, _ := SQLiteAt(t, opts...)
	return db
}

// SQLiteAt is SQLite, with the path of the file.
func SQLiteAt(t testing.TB, opts ...sqldb.Options) (*sqldb.DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.db")
	files, err := template()
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Write(path); err != nil {
		t.Fatal(err)
	}
	return open(t, path, opts), path
}

// template is an empty migrated database, and what lies beside it, by the ends of
// their names, made once for all tests of a package.
var template = sync.OnceValues(func() (Files, error) {
	dir, err := os.MkdirTemp("", "yuanba-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "t.db")
	db, err := sqldb.Open(ctx, path, sqldb.Options{Relaxed: true})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(ctx, path, schema.Files)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, err
	}
	return ReadFiles(path)
})

// Files are a SQLite database that nobody has open, and what lies beside it, by
// the ends of their names.
type Files map[string][]byte

// ReadFiles reads the database at path.
func ReadFiles(path string) (f Files, err error) {
	f = Files{}
	for _, end := range []string{"", sqldb.BesideEnd} {
		if f[end], err = os.ReadFile(path + end); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Write writes the database to path.
func (f Files) Write(path string) error {
	for end, b := range f {
		if err := os.WriteFile(path+end, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Postgres returns a fresh, migrated database in the cluster that PostgresEnv
// names, dropped at the test's end. The test fails if there is no cluster.
func Postgres(t testing.TB, opts ...sqldb.Options) *sqldb.DB {
	t.Helper()
	db, _ := PostgresAt(t, opts...)
	return db
}

// PostgresAt is Postgres, with the database's address.
func PostgresAt(t testing.TB, opts ...sqldb.Options) (*sqldb.DB, string) {
	t.Helper()
	ctx := context.Background()
	address := os.Getenv(PostgresEnv)
	admin, err := sqldb.Open(ctx, address, sqldb.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("yuanba_%x", rand.Uint64())
	from := templatePG(t, admin, address)
	if _, err := admin.Pool().ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE `+from); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	t.Cleanup(func() {
		if _, err := admin.Pool().ExecContext(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	return open(t, u.String(), opts), u.String()
}

var (
	pgOnce sync.Once
	pgName string
	errPG  error
)

// templatePG makes the migrated template database of this test process.
func templatePG(t testing.TB, admin *sqldb.DB, address string) string {
	t.Helper()
	pgOnce.Do(func() {
		ctx := context.Background()
		pgName = fmt.Sprintf("yuanba_template_%d_%x", os.Getpid(), rand.Uint32())
		if _, errPG = admin.Pool().ExecContext(ctx, `CREATE DATABASE `+pgName+` TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'`); errPG != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil {
			errPG = err
			return
		}
		u.Path = "/" + pgName
		db, err := sqldb.Open(ctx, u.String(), sqldb.Options{Readers: 1})
		if err != nil {
			errPG = err
			return
		}
		errPG = db.Migrate(ctx, "", schema.Files)
		db.Close()
	})
	if errPG != nil {
		t.Fatal(errPG)
	}
	return pgName
}

func open(t testing.TB, dsn string, opts []sqldb.Options) *sqldb.DB {
	t.Helper()
	var o sqldb.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	db, err := sqldb.Open(context.Background(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Clock is a clock that stands still until it is told to go on.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock returns a clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{t: t} }

// Now is the time the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
