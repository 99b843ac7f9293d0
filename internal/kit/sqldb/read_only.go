// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// OpenToRead opens a database that is there and changes nothing about it: for
// checks, and for backups, which may lie where nothing can be written. Write
// fails. A file that a serving program uses may be opened too.
func OpenToRead(ctx context.Context, dsn string, o Options) (*DB, error) {
	if err := named(dsn); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	open := openLiteToRead
	if IsPostgres(dsn) {
		open = openPostgres
	}
	e, err := open(ctx, dsn, o)
	if err != nil {
		return nil, opening(dsn, err)
	}
	return newDB(toRead{e}, o), nil
}

// toRead is an engine that does not write.
type toRead struct{ engine }

var errToRead = errors.New("the database was opened to be read only")

func (toRead) write(context.Context, *DB, bool, func(*Tx) error) error { return errToRead }

// liteToRead is a SQLite file without a writer.
type liteToRead struct{ *lite }

func (e liteToRead) pool() *sql.DB { return e.rdb }
func (e liteToRead) queue() int    { return 0 }

func (e liteToRead) close() error {
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			c.close()
		}
	}
	for range cap(e.readers) {
		e.readers <- nil // so that closing again does nothing
	}
	return e.rdb.Close()
}

func openLiteToRead(ctx context.Context, path string, o Options) (engine, error) {
	if err := isLite(path); err != nil {
		return nil, err
	}
	e := &lite{readers: make(chan *liteConn, o.Readers)}
	for range o.Readers {
		e.readers <- nil
	}
	modes := []string{"mode=ro"}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
		modes = append(modes, "mode=ro&immutable=1") // where not even the lock of a reader can be written
	}
	if _, err := os.Stat(path + "-wal"); o.glance && errors.Is(err, os.ErrNotExist) {
		slices.Reverse(modes) // nobody has it open: a glance leaves no locks behind
	}
	var faults error
	for _, mode := range modes {
		db, err := sql.Open("sqlite", liteDSN(path, "busy_timeout(10000)", "query_only(1)", "cache_size(-8192)", "temp_store(MEMORY)", "trusted_schema(0)")+"&"+mode)
		if err != nil {
			return nil, err
		}
		if err = readable(ctx, db); err == nil {
			e.rdb = db
			return liteToRead{e}, nil
		}
		if faults == nil {
			faults = err
		}
		if err := db.Close(); err != nil {
			return nil, err
		}
	}
	return nil, faults
}

func readable(ctx context.Context, db *sql.DB) error {
	var n int
	return db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master`).Scan(&n)
}

// magic begins every SQLite file.
const magic = "SQLite format 3\x00"

// isLite says in one sentence why path is no database that can be opened.
func isLite(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s does not exist", path)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case info.Size() == 0:
		return fmt.Errorf("%s is empty", path)
	}
	return nil
}

// kindOf tells by which engine a backup was made.
func kindOf(path string) (Engine, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, len(magic))
	n, _ := f.Read(head) // a file that is shorter is none of them
	switch {
	case string(head[:n]) == magic:
		return SQLite, nil
	case strings.HasPrefix(string(head[:n]), "PGDMP"):
		return Postgres, nil
	}
	return "", fmt.Errorf("%s is no backup of this program", filepath.Base(path))
}
