// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

func count(t *testing.T, db *sqldb.DB) (n int64) {
	t.Helper()
	err := db.Read(t.Context(), func(tx *sqldb.Tx) (err error) {
		n, err = sqldb.Int(tx.Row(`SELECT n FROM counter WHERE series = 'backup'`))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestBackupWhileWriting: what was acknowledged before is in the copy, and the
// copy is sound, whatever is written meanwhile.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	db, path := sqldbtest.SQLiteAt(t)
	ctx, stop := context.WithCancel(t.Context())
	var written atomic.Int64
	busy := make(chan error, 1)
	begun := make(chan bool)
	go func() {
		for ctx.Err() == nil {
			err := db.Write(context.Background(), func(tx *sqldb.Tx) error {
				_, err := tx.Next("backup")
				return err
			})
			if err != nil {
				busy <- err
				return
			}
			if written.Add(1) == 1 {
				close(begun)
			}
		}
		busy <- nil
	}()
	<-begun
	copied := filepath.Join(t.TempDir(), "copy.db")
	before := written.Load()
	if err := sqldb.Backup(ctx, path, copied, nil, nil); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-busy; err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the copy: %v %v", info.Mode(), err)
	}
	if err := os.Chmod(copied, 0o400); err != nil {
		t.Fatal(err)
	}
	c, err := sqldb.OpenToRead(t.Context(), copied, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, c); n < before || n > written.Load() {
		t.Errorf("the copy has %d of %d to %d", n, before, written.Load())
	}
	if err := c.Write(t.Context(), func(*sqldb.Tx) error { return nil }); err == nil {
		t.Error("what was opened to be read was written")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if others, _ := filepath.Glob(copied + "*"); len(others) != 1 {
		t.Errorf("reading left %v behind", others)
	}
	if err := sqldb.Backup(t.Context(), path, copied, nil, nil); err == nil {
		t.Error("a backup was overwritten")
	}
	if err := sqldb.Restore(t.Context(), copied, path); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("a town was overwritten: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "new.db")
	if err := sqldb.Restore(t.Context(), copied, fresh); err != nil {
		t.Fatal(err)
	}
	r, err := sqldb.Open(t.Context(), fresh, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, r); n < before {
		t.Errorf("the restored has %d of %d", n, before)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenToReadOfNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none := filepath.Join(dir, "none.db")
	if _, err := sqldb.OpenToRead(t.Context(), none, sqldb.Options{}); err == nil {
		t.Error("a database that is not there was opened")
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("it was made")
	}
	letter := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(letter, []byte(strings.Repeat("Dear town, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.OpenToRead(t.Context(), letter, sqldb.Options{}); err == nil {
		t.Error("a letter was opened")
	}
	if err := sqldb.Restore(t.Context(), letter, filepath.Join(dir, "new.db")); err == nil {
		t.Error("a letter was restored")
	}
	if err := sqldb.Backup(t.Context(), none, filepath.Join(dir, "copy.db"), nil, nil); err == nil {
		t.Error("nothing was backed up")
	}
}

// TestBackupPostgres: by PostgreSQL's own programs where they are, else a
// sentence that names them.
func TestBackupPostgres(t *testing.T) {
	t.Parallel()
	if os.Getenv(sqldbtest.PostgresEnv) == "" {
		return // counted as not run: see sqldbtest.Each
	}
	db, dsn := sqldbtest.PostgresAt(t)
	err := db.Write(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO counter (series, n) VALUES ('backup', 7)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.pg")
	var checked int64
	err = sqldb.Backup(t.Context(), dsn, copied, nil, func(state *sqldb.DB) error {
		// What is written after the copy is not in what is checked.
		_, err := db.Pool().ExecContext(t.Context(), `UPDATE counter SET n = 8 WHERE series = 'backup'`)
		checked = count(t, state)
		return err
	})
	if _, missing := exec.LookPath("pg_dump"); missing != nil {
		if err == nil || !strings.Contains(err.Error(), "pg_dump was not found") {
			t.Errorf("without pg_dump: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if checked != 7 {
		t.Errorf("what was checked has %d, want what was copied: 7", checked)
	}
	if err := sqldb.Restore(t.Context(), copied, dsn); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a town was overwritten: %v", err)
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/") + "_anew"
	if _, err := db.Pool().ExecContext(t.Context(), `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Pool().ExecContext(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	u.Path = "/" + name
	if err := sqldb.Restore(t.Context(), copied, u.String()); err != nil {
		t.Fatal(err)
	}
	r, err := sqldb.OpenToRead(t.Context(), u.String(), sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n := count(t, r); n != 7 {
		t.Errorf("restored %d, want 7", n)
	}
	if err := r.Write(t.Context(), func(*sqldb.Tx) error { return nil }); err == nil {
		t.Error("what was opened to be read was written")
	}
	if err := sqldb.Restore(t.Context(), copied, filepath.Join(t.TempDir(), "new.db")); err == nil {
		t.Error("a copy of the one engine became a file of the other")
	}
}
