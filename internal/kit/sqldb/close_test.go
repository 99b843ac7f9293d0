// SPDX-License-Identifier: Apache-2.0

package sqldb_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"yuanba/internal/kit/sqldb"
)

// A closed SQLite database is one file: nothing is left in the log beside it,
// and the file may be copied as it is.
func TestCloseLeavesOneFile(t *testing.T) {
	t.Parallel()
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "town.db")
	db, err := sqldb.Open(ctx, path, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`CREATE TABLE thing (n BIGINT NOT NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Read(ctx, func(tx *sqldb.Tx) error {
		_, err := sqldb.Int(tx.Row(`SELECT count(*) FROM thing`))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, beside := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + beside); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left behind", beside)
		}
	}
	if b, err := os.ReadFile(path); err != nil || len(b) < 8192 {
		t.Errorf("the file holds %d bytes, %v: the table is not in it", len(b), err)
	}
}
