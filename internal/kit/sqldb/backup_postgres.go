// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
)

// backupPostgres lets PostgreSQL's own program copy the state that a transaction
// of ours sees, has that state checked, and the copy read through.
func backupPostgres(ctx context.Context, dsn, to string, _ func(done, total int64), check func(*DB) error) (err error) {
	e, err := openPostgres(ctx, dsn, Options{Readers: 4})
	if err != nil {
		return opening(dsn, err)
	}
	p := e.(*post)
	db := newDB(toRead{p}, Options{}.withDefaults())
	defer func() { err = errors.Join(err, db.Close()) }()
	t, err := p.begin(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer t.Rollback() //nolint:errcheck // it has read and nothing else
	if err := t.QueryRowContext(ctx, `SELECT pg_export_snapshot()`).Scan(&p.snapshot); err != nil {
		return fmt.Errorf("state to copy: %w", err)
	}
	if err := private(to); err != nil {
		return err
	}
	if err := postgresTool(ctx, dsn, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--snapshot="+p.snapshot, "--file="+to); err != nil {
		return err
	}
	if err := postgresTool(ctx, "", "pg_restore", "--file="+os.DevNull, to); err != nil {
		return err
	}
	return check(db)
}

// restorePostgres fills an empty database.
func restorePostgres(ctx context.Context, backup, dsn string) error {
	db, err := Open(ctx, dsn, Options{Readers: 1})
	if err != nil {
		return err
	}
	var tables int64
	err = db.Read(ctx, func(tx *Tx) (err error) {
		tables, err = Int(tx.Row(`SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()`))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("the database is not empty, it has %d tables: a backup is restored to an empty one", tables)
	}
	return postgresTool(ctx, dsn, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", backup)
}

// postgresTool runs one of PostgreSQL's programs on the database at dsn; "" if it
// needs none. The password goes by the environment, where others do not see it.
func postgresTool(ctx context.Context, dsn, name string, args ...string) error {
	path, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s was not found: install PostgreSQL's client programs, of the server's version or newer, on this machine", name)
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Env = os.Environ()
	if dsn != "" {
		u, err := url.Parse(dsn)
		if err != nil {
			return errors.New("the address of the database cannot be read")
		}
		if word, ok := u.User.Password(); ok {
			cmd.Env = append(cmd.Env, "PGPASSWORD="+word)
			u.User = url.User(u.User.Username())
		}
		args = append(args, "--dbname="+u.String())
	}
	var said bytes.Buffer
	cmd.Args, cmd.Stderr, cmd.Stdout = append(cmd.Args, args...), &said, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s failed: %s", name, strings.Join(strings.Fields(said.String()), " "))
	}
	return nil
}
