// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"

	"yuanba/internal/kit/sqldb"
)

// TestLogIsTakenIn holds that the log of a file that is written to without end
// begins anew again and again, and that what it held is in the file after closing.
func TestLogIsTakenIn(t *testing.T) {
	t.Parallel()
	const writers, each, bytes = 4, 150, 100_000 // several times as much as makes the log begin anew
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "log.db")
	db, err := sqldb.Open(ctx, path, sqldb.Options{Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	write := func(q string, args ...any) error {
		return db.Write(ctx, func(tx *sqldb.Tx) error { _, err := tx.Exec(q, args...); return err })
	}
	if err := write(`CREATE TABLE heap (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	var g errgroup.Group
	for range writers {
		g.Go(func() error {
			for range each {
				if err := write(`INSERT INTO heap (bytes) VALUES (zeroblob($1))`, bytes); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	// With each further commit the log is looked at again, until it has begun anew.
	for log := int64(sqldb.AnewPages); log >= sqldb.AnewPages; {
		if err := write(`INSERT INTO heap (bytes) VALUES (zeroblob($1))`, bytes); err != nil {
			t.Fatal(err)
		}
		var busy, taken int64
		if err := db.Pool().QueryRowContext(ctx, `PRAGMA wal_checkpoint(NOOP)`).Scan(&busy, &log, &taken); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if file, err := os.Stat(path); err != nil || file.Size() < writers*each*bytes {
		t.Errorf("the file has %d bytes after closing (%v)", file.Size(), err)
	}
}
