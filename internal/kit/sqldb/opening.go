// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// openWithin bounds how long a server may take to answer when it is first called.
const openWithin = 10 * time.Second

// Look says which schema the database at dsn has, 0 if it is not there yet or is
// empty, and changes nothing about it. It is an error, one sentence, if it cannot
// be opened, if a program newer than files has made it, or if it holds the tables
// of another program: such a database is never touched.
func Look(ctx context.Context, dsn string, files fs.FS) (have int64, err error) {
	if !IsPostgres(dsn) {
		if info, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) && named(dsn) == nil || err == nil && info.Size() == 0 {
			return 0, nil
		}
	}
	db, err := OpenToRead(ctx, dsn, Options{Readers: 1, glance: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if have, err = db.SchemaVersion(ctx); err != nil {
		return 0, err
	}
	_, newest, err := filesFor(db.Engine(), files)
	if err != nil {
		return 0, err
	}
	return have, fits(have, newest)
}

// fits refuses a schema that is newer than this program.
func fits(have, newest int64) error {
	if have > newest {
		return fmt.Errorf("this database was made by a newer program (its schema is %d, this program knows %d): run that program, or restore a backup made before", have, newest)
	}
	return nil
}

// named says why dsn cannot be the name of a database.
func named(dsn string) error {
	if dsn == "" {
		return errors.New("no database is named: give --db the path of a file, or a postgres:// URL")
	}
	if scheme, _, ok := strings.Cut(dsn, "://"); ok && !IsPostgres(dsn) {
		return fmt.Errorf("%s:// is no kind of database this program knows: give --db the path of a file, or a postgres:// URL", scheme)
	}
	return nil
}

// opening makes the fault of opening the database at dsn one sentence, which
// holds no password.
func opening(dsn string, err error) error {
	if IsPostgres(dsn) {
		return calling(dsn, err)
	}
	var le *sqlite.Error
	if !errors.As(err, &le) {
		return err
	}
	switch le.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		if kind, err := kindOf(dsn); err == nil && kind == Postgres {
			return fmt.Errorf("%s is a backup of a PostgreSQL database: restore it to an empty one, and look at that", dsn)
		}
		return fmt.Errorf("%s is no database", dsn)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%s is damaged, or only the beginning of a database: restore the last good backup", dsn)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%s cannot be opened: see that this program may read and write it, and the folder it is in", dsn)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%s is held by another program", dsn)
	}
	return fmt.Errorf("%s: %w", dsn, err)
}

// calling is the fault of calling a server.
func calling(dsn string, err error) error {
	var parse *pgconn.ParseConfigError
	u, uerr := url.Parse(dsn)
	if errors.As(err, &parse) || uerr != nil {
		return errors.New("the address of the database cannot be read: write it like postgres://user@host:5432/name")
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return fmt.Errorf("the PostgreSQL server at %s refuses: %s", u.Host, pg.Message)
	}
	why := err
	var op *net.OpError
	var dns *net.DNSError
	var sys *os.SyscallError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = fmt.Errorf("it does not answer within %s", openWithin)
	case errors.As(err, &dns):
		why = errors.New("there is no host of this name")
	case errors.As(err, &sys):
		why = sys.Err
	case errors.As(err, &op):
		why = op.Err
	}
	// pgx tells of each address it has tried, on a line of its own.
	return fmt.Errorf("the PostgreSQL server at %s cannot be reached: %s", u.Host, strings.Join(strings.Fields(why.Error()), " "))
}
