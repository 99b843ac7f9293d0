// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// TestStoriesOnEngines plays the stories in testdata/engines, each on an empty
// database of each engine at hand: $DB is its address, $NEW that of another one,
// and $ENGINE says which it is.
func TestStoriesOnEngines(t *testing.T) {
	t.Parallel()
	play := func(t *testing.T, engine sqldb.Engine, fresh func(work, name string) (string, error)) {
		testscript.Run(t, testscript.Params{
			Dir:                 filepath.Join("testdata", "engines"),
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup: func(env *testscript.Env) error {
				for _, name := range []string{"DB", "NEW"} {
					dsn, err := fresh(env.WorkDir, name)
					if err != nil {
						return err
					}
					env.Setenv(name, dsn)
				}
				data, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data"))
				if err != nil {
					return err
				}
				env.Setenv("DATA", data)
				env.Setenv("ENGINE", string(engine))
				return nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){"bend": bend, "newer": newer, "sql": change},
			Condition: func(cond string) (bool, error) {
				if cond == "sqlite" || cond == "postgres" {
					return cond == string(engine), nil
				}
				return false, fmt.Errorf("no condition %q", cond)
			},
		})
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		play(t, sqldb.SQLite, func(work, name string) (string, error) {
			return filepath.Join(work, map[string]string{"DB": "town.db", "NEW": filepath.Join("new", "town.db")}[name]), nil
		})
	})
	if address := os.Getenv(sqldbtest.PostgresEnv); address != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			play(t, sqldb.Postgres, func(string, string) (string, error) { return emptyPostgres(t, address) })
		})
	}
}

// bend changes a word of a matter behind the program's back.
func bend(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, false, append(args, `UPDATE matter SET result = result || '!' WHERE id = (SELECT max(id) FROM matter)`))
}

// newer makes a database look as if a newer program had made it.
func newer(ts *testscript.TestScript, _ bool, args []string) {
	change(ts, false, append(args, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`))
}

// change does something to a database behind the program's back.
func change(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: sql database statement")
	}
	dsn := args[0]
	if !sqldb.IsPostgres(dsn) {
		dsn = ts.MkAbs(dsn)
	}
	ctx := context.Background()
	db, err := sqldb.Open(ctx, dsn, sqldb.Options{Readers: 1})
	ts.Check(err)
	_, err = db.Pool().ExecContext(ctx, args[1])
	ts.Check(err)
	ts.Check(db.Close())
}

// emptyPostgres makes an empty database in the cluster at address, dropped at the
// test's end.
func emptyPostgres(t *testing.T, address string) (string, error) {
	ctx := context.Background()
	admin, err := sqldb.Open(ctx, address, sqldb.Options{Readers: 1})
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("yuanba_story_%x", rand.Uint64())
	t.Cleanup(func() {
		if _, err := admin.Pool().ExecContext(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
		if err := admin.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := admin.Pool().ExecContext(ctx, `CREATE DATABASE `+name+` TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' ENCODING 'UTF8'`); err != nil {
		return "", err
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
