// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/schema"
)

// TestWhatIsNoDatabase: each way of opening says in one sentence why it cannot,
// without a password, and changes nothing.
func TestWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	letter, cut, empty := filepath.Join(dir, "letter.txt"), filepath.Join(dir, "cut.db"), filepath.Join(dir, "empty.db")
	_, whole := sqldbtest.SQLiteAt(t)
	copied := filepath.Join(dir, "whole.db")
	if err := sqldb.Backup(t.Context(), whole, copied, nil, nil); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{letter: []byte(strings.Repeat("Dear town, the lamp is out.\n", 100)), cut: b[:len(b)/3], empty: nil} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := names(t, dir)
	for dsn, want := range map[string]string{
		letter: "is no database", cut: "is damaged", dir: "is a folder", "": "no database is named", "mysql://town:geheim@host/x": "mysql:// is no kind",
		"postgres://town:geheim@127.0.0.1:1/town": "127.0.0.1:1 cannot be reached: connection refused",
		"postgres://town:geheim@bad host/town":    "cannot be read",
	} {
		_, look := sqldb.Look(t.Context(), dsn, schema.Files)
		_, open := sqldb.Open(t.Context(), dsn, sqldb.Options{})
		_, read := sqldb.OpenToRead(t.Context(), dsn, sqldb.Options{})
		for how, err := range map[string]error{"look": look, "open": open, "read": read} {
			if how == "open" && dsn == cut {
				continue // it is noticed by the first that reads
			}
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s %q: %v, want %q in one line", how, dsn, err, want)
			}
		}
	}
	for _, none := range []string{empty, filepath.Join(dir, "none.db")} {
		if have, err := sqldb.Look(t.Context(), none, schema.Files); have != 0 || err != nil {
			t.Errorf("%s: schema %d, %v", none, have, err)
		}
	}
	if after := names(t, dir); !slices.Equal(before, after) {
		t.Errorf("left behind: %v, there were %v", after, before)
	}
	if b, err := os.ReadFile(letter); err != nil || len(b) != 2800 {
		t.Errorf("the letter was changed: %d bytes, %v", len(b), err)
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "cut.db-") { // the engine begins to repair what is damaged
			all = append(all, e.Name())
		}
	}
	return all
}

// TestAnotherProgramsTables: what somebody else keeps in a database is left alone.
func TestAnotherProgramsTables(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, dsn string) {
		db, err := sqldb.Open(t.Context(), dsn, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Pool().ExecContext(t.Context(), `CREATE TABLE shop (id BIGINT)`); err != nil {
			t.Fatal(err)
		}
		_, look := sqldb.Look(t.Context(), dsn, schema.Files)
		for how, err := range map[string]error{"look": look, "migrate": db.Migrate(t.Context(), dsn, schema.Files)} {
			if err == nil || !strings.Contains(err.Error(), "another program") {
				t.Errorf("%s: %v", how, err)
			}
		}
		if _, err := db.Pool().ExecContext(t.Context(), `SELECT count(*) FROM goose_db_version`); err == nil {
			t.Error("it was migrated all the same")
		}
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); check(t, filepath.Join(t.TempDir(), "shop.db")) })
	if !pg(t) {
		return // counted as not run: see sqldbtest.Each
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		_, dsn := sqldbtest.PostgresAt(t)
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		admin, err := sqldb.Open(t.Context(), dsn, sqldb.Options{Readers: 1})
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(u.Path, "/") + "_shop"
		if _, err := admin.Pool().ExecContext(t.Context(), `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_, err := admin.Pool().ExecContext(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`)
			if err = errors.Join(err, admin.Close()); err != nil {
				t.Error(err)
			}
		})
		u.Path = "/" + name
		check(t, u.String())
	})
}

// TestBackupThatFailsItsCheck leaves no file.
func TestBackupThatFailsItsCheck(t *testing.T) {
	t.Parallel()
	_, path := sqldbtest.SQLiteAt(t)
	to, no := filepath.Join(t.TempDir(), "copy.db"), errors.New("not right")
	if err := sqldb.Backup(t.Context(), path, to, nil, func(*sqldb.DB) error { return no }); !errors.Is(err, no) {
		t.Errorf("%v, want %v", err, no)
	}
	if _, err := os.Stat(to); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy that is not right was left: %v", err)
	}
}
