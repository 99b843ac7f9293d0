// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes one consistent state of the database at dsn to the file to,
// which must not be there yet, while others read and write. The file is on disk
// when Backup returns nil, and nobody but its owner can read it. progress, if not
// nil, is told how many bytes of about how many are written.
//
// check, if not nil, is given what was copied, to be read: of SQLite the file
// itself; of PostgreSQL, whose copies cannot be read in place, the very state of
// the database that its program copied. If check finds fault there is no file.
func Backup(ctx context.Context, dsn, to string, progress func(done, total int64), check func(*DB) error) (err error) {
	if err := named(dsn); err != nil {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s is there already", to)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removed(to))
		}
	}()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	backup := backupLite
	if IsPostgres(dsn) {
		backup = backupPostgres
	}
	if check == nil {
		check = func(*DB) error { return nil }
	}
	if err := backup(ctx, dsn, to, progress, check); err != nil {
		return err
	}
	return onDisk(to)
}

// Restore makes the database at dsn of a backup. A file must not be there yet; a
// PostgreSQL database must be there and be empty. A backup is restored to the
// engine it was made by.
func Restore(ctx context.Context, backup, dsn string) (err error) {
	kind, err := kindOf(backup)
	if err = errors.Join(err, named(dsn)); err != nil {
		return err
	}
	switch {
	case kind == Postgres && IsPostgres(dsn):
		return restorePostgres(ctx, backup, dsn)
	case kind == SQLite && !IsPostgres(dsn):
		return restoreLite(backup, dsn)
	case kind == SQLite:
		return errors.New("this backup is a SQLite file: restore it to a file, not to PostgreSQL")
	}
	return errors.New("this backup was made of a PostgreSQL database: restore it to one, not to a file")
}

// BackupEngine tells by which engine a backup was made.
func BackupEngine(path string) (Engine, error) { return kindOf(path) }

// onDisk waits until a file and its name are on disk.
func onDisk(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// removed removes a file that was not finished.
func removed(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
