// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// backupLite copies a SQLite file, page by page in order, in one reading
// transaction: writers go on beside it.
func backupLite(ctx context.Context, path, to string, progress func(done, total int64), check func(*DB) error) error {
	if err := isLite(path); err != nil {
		return err
	}
	if err := private(to); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", liteDSN(path, "busy_timeout(10000)", "temp_store(MEMORY)", "trusted_schema(0)"))
	if err != nil {
		return err
	}
	defer db.Close()
	var total int64
	if err := db.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`).Scan(&total); err != nil {
		return opening(path, err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := db.ExecContext(ctx, `VACUUM INTO ?`, to)
		done <- err
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			if err != nil {
				return fmt.Errorf("copy: %w", translate(err))
			}
			progress(total, total)
			c, err := OpenToRead(ctx, to, Options{Readers: 4})
			if err != nil {
				return err
			}
			return errors.Join(check(c), c.Close())
		case <-tick.C:
			if info, err := os.Stat(to); err == nil {
				progress(min(info.Size(), total), total)
			}
		}
	}
}

// restoreLite copies a backup to where no file is yet. Until it is whole it has
// another name.
func restoreLite(backup, path string) (err error) {
	for _, end := range []string{"", "-wal", "-shm", "-journal", BesideEnd} {
		if _, err := os.Lstat(path + end); err == nil {
			return fmt.Errorf("%s is there already: a backup is restored to a new file", path+end)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	making := path + ".restoring"
	from, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(making, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err == nil {
		err = os.Link(making, path) // fails if somebody else made it meanwhile
	}
	if err = errors.Join(err, os.Remove(making)); err != nil {
		return err
	}
	return onDisk(path)
}
