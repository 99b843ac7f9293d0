// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
	"yuanba/internal/schema"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"yuanba": main})
}

// TestStories plays the stories in testdata/script, each in a folder of its own.
func TestStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// call runs the program with no environment and returns its exit status and what
// it printed.
func call(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(context.Background(), args, func(string) string { return "" }, strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

// diagnosis is the answer of doctor --json.
type diagnosis struct {
	OK       bool
	Findings []finding
}

func (d diagnosis) about(what string) finding {
	for _, f := range d.Findings {
		if f.About == what {
			return f
		}
	}
	return finding{}
}

func examined(t *testing.T, want int, args ...string) diagnosis {
	t.Helper()
	status, out, stderr := call(t, append([]string{"doctor", "--json"}, args...)...)
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("not one JSON value: %v\n%s%s", err, out, stderr)
	}
	if status != want {
		t.Errorf("exit status %d, want %d:\n%s%s", status, want, out, stderr)
	}
	return d
}

// dsns gives f the address of a fresh town on every engine.
func dsns(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		_, path := sqldbtest.SQLiteAt(t)
		f(t, path)
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			_, url := sqldbtest.PostgresAt(t)
			f(t, url)
		})
	}
}

func TestDoctorOfASoundTown(t *testing.T) {
	t.Parallel()
	dsns(t, func(t *testing.T, dsn string) {
		d := examined(t, 0, "--db", dsn)
		if !d.OK || d.about("database").State != "ok" || d.about("soundness").State != "ok" {
			t.Errorf("a sound town: %+v", d)
		}
		if d := examined(t, 0, "--db", dsn, "--quick"); d.about("soundness").State != "" {
			t.Errorf("--quick read the whole database: %+v", d)
		}
	})
}

func TestDoctorOfANewerTown(t *testing.T) {
	t.Parallel()
	dsns(t, func(t *testing.T, dsn string) {
		db, err := sqldb.Open(context.Background(), dsn, sqldb.Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(context.Background(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, $1)`, true)
			return err
		})
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if f := examined(t, 1, "--db", dsn).about("database"); f.State != "wrong" || !strings.Contains(f.Says, "9999") || f.Do == "" {
			t.Errorf("a newer town: %+v", f)
		}
	})
}

func TestDoctorOfADamagedTown(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "town.db")
	db, err := sqldb.Open(t.Context(), path, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Migrate(t.Context(), path, schema.Files), db.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b)/2+8192 && i < len(b); i++ {
		b[i] ^= 0x5a
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if d := examined(t, 1, "--db", path); d.OK {
		t.Errorf("two pages of nonsense were not noticed: %+v", d)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	cases := []struct {
		name         string
		now, written time.Time
		state        string
	}{
		{"right", now, now.Add(-time.Hour), "ok"},
		{"no database", now, time.Time{}, "ok"},
		{"behind the database", now, now.Add(time.Hour), "wrong"},
		{"reset to 1970", time.Unix(0, 0), time.Time{}, "wrong"},
	}
	for _, c := range cases {
		if f := clock(c.now, c.written); f.State != c.state {
			t.Errorf("%s: %+v, want %s", c.name, f, c.state)
		}
	}
}

func TestInterruptedIsNotAFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, stderr bytes.Buffer
	if status := run(ctx, []string{"version"}, func(string) string { return "" }, nil, &out, &stderr); status != 0 || out.Len() == 0 {
		t.Errorf("status %d: %s", status, &stderr)
	}
}
