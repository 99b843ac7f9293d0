// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/schema"
)

// pg reports whether there is a PostgreSQL to test on.
func pg(t *testing.T) bool {
	t.Helper()
	return os.Getenv(sqldbtest.PostgresEnv) != ""
}

// helper names the variable that makes the test binary another program.
const helper = "YUANBA_SQLDB_TEST_HELPER"

// TestMain lets the tests start themselves as processes that migrate or write.
func TestMain(m *testing.M) {
	switch os.Getenv(helper) {
	case "migrate":
		os.Exit(helperMigrate(os.Args[1]))
	case "write":
		os.Exit(helperWrite(os.Args[1]))
	}
	os.Exit(m.Run())
}

// newer is the schema of a program to come: two more migrations, the second of
// which would fail if it were run twice.
func newer() fs.FS {
	files := fstest.MapFS{
		"9001_future.sql":        {Data: []byte("-- +goose Up\nCREATE TABLE future (id {{id}}, n BIGINT NOT NULL);\n")},
		"9002_more.sqlite.sql":   {Data: []byte("-- +goose Up\nINSERT INTO future (n) VALUES (1);\n")},
		"9002_more.postgres.sql": {Data: []byte("-- +goose Up\nINSERT INTO future (id, n) VALUES (1, 1);\n")},
		"README.md":              {Data: []byte("not a migration")},
		"9003_serial.sql":        {Data: []byte("-- +goose Up\nCREATE TABLE line (seq {{serial}}, s TEXT NOT NULL);\nINSERT INTO line (s) VALUES ('a');\n")},
	}
	names, err := fs.Glob(schema.Files, "*.sql")
	if err != nil {
		panic(err)
	}
	for _, n := range names {
		b, err := schema.Files.ReadFile(n)
		if err != nil {
			panic(err)
		}
		files[n] = &fstest.MapFile{Data: b}
	}
	return files
}

func helperMigrate(dsn string) int {
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{})
	if err == nil {
		err = db.Migrate(ctx, dsn, newer())
		db.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is the test binary as another program.
func process(t *testing.T, as, dsn string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, dsn)
	cmd.Env = append(os.Environ(), helper+"="+as)
	return cmd
}

// Four processes start at once on the same database: each migration happens once.
func TestFourMigrateAtOnce(t *testing.T) {
	t.Parallel()
	four := func(t *testing.T, dsn string, db func() *sqldb.DB) {
		t.Helper()
		var wg sync.WaitGroup
		for range 4 {
			cmd := process(t, "migrate", dsn)
			wg.Go(func() {
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		wg.Wait()
		for q, want := range map[string]int64{
			`SELECT count(*) FROM future`: 1, `SELECT count(*) FROM line`: 1,
			`SELECT count(*) FROM goose_db_version WHERE version_id = 9002`: 1,
			`SELECT count(*) FROM goose_db_version WHERE version_id = 1`:    1,
		} {
			if n := number(t, db(), q); n != want {
				t.Errorf("%s: %d, want %d", q, n, want)
			}
		}
		if v, err := db().SchemaVersion(ctx); v != 9003 || err != nil {
			t.Errorf("version %d, %v", v, err)
		}
	}
	t.Run("sqlite, empty", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "dir", "town.db")
		var db *sqldb.DB
		four(t, path, func() *sqldb.DB {
			if db == nil {
				var err error
				if db, err = sqldb.Open(ctx, path, sqldb.Options{}); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
			}
			return db
		})
	})
	t.Run("sqlite, of the version before, in use", func(t *testing.T) {
		t.Parallel()
		db, path := sqldbtest.SQLiteAt(t)
		four(t, path, func() *sqldb.DB { return db })
	})
	if pg(t) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			db, dsn := sqldbtest.PostgresAt(t)
			four(t, dsn, func() *sqldb.DB { return db })
		})
	}
}

// A database of a newer program is refused with a sentence and not touched.
func TestNewerIsRefused(t *testing.T) {
	t.Parallel()
	refused := func(t *testing.T, db *sqldb.DB, dsn string) {
		t.Helper()
		err := db.Migrate(ctx, dsn, schema.Files)
		if err == nil || !strings.Contains(err.Error(), "newer program") || !strings.Contains(err.Error(), "9003") {
			t.Errorf("not refused: %v", err)
		}
		if v, err := db.SchemaVersion(ctx); v != 9003 || err != nil {
			t.Errorf("version %d, %v", v, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "town.db")
		open := func() *sqldb.DB {
			db, err := sqldb.Open(ctx, path, sqldb.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return db
		}
		db := open()
		if err := db.Migrate(ctx, path, newer()); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		db = open()
		refused(t, db, path)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("the file was changed: %d bytes before, %d after, %v", len(before), len(after), err)
		}
	})
	if pg(t) {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			db, dsn := sqldbtest.PostgresAt(t)
			if err := db.Migrate(ctx, dsn, newer()); err != nil {
				t.Fatal(err)
			}
			refused(t, db, dsn)
		})
	}
}

// A migration that fails leaves what was before it, and the next try goes on.
func TestFailedMigration(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		files := newer().(fstest.MapFS)
		files["9004_broken.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE half (id {{id}});\nINSERT INTO nowhere (n) VALUES (1);\n")}
		lock := filepath.Join(t.TempDir(), "lock")
		if err := db.Migrate(ctx, lock, files); err == nil {
			t.Error("a broken migration went through")
		}
		if v, _ := db.SchemaVersion(ctx); v != 9003 {
			t.Errorf("version %d after the failure", v)
		}
		files["9004_broken.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE half (id {{id}});\n")}
		if err := db.Migrate(ctx, lock, files); err != nil {
			t.Errorf("mended: %v", err)
		}
		if n := number(t, db, `SELECT count(*) FROM half`); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}
