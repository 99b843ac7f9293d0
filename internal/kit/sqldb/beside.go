// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"fmt"
	"io/fs"
)

// BesideEnd is what the name of the file that lies beside a SQLite database ends
// with; see [DB.Beside].
const BesideEnd = "-search"

// besideFiles is the folder of the migrations for what lies beside.
const besideFiles = "beside"

// Beside is the database of what can be made anew from this one at any time, such
// as the search index. With SQLite it is a file of its own: what is written there,
// much at once, keeps nobody waiting who writes here, and no backup carries it.
// PostgreSQL has many writers, and Beside is the same database, as it is where a
// database is opened to be read only.
//
// What is made there must not be believed to belong to this database without a
// look: somebody may have put an older one in its place.
func (db *DB) Beside() *DB {
	if db.beside == nil {
		return db
	}
	return db.beside
}

// Apart reports whether Beside is another database than this one.
func (db *DB) Apart() bool { return db.beside != nil }

func openBeside(ctx context.Context, path string, o Options) (*DB, error) {
	name := path + BesideEnd
	e, err := openSQLite(ctx, name, o)
	if err != nil {
		return nil, madeAnew(name, opening(name, err))
	}
	return newDB(e, o), nil
}

// migrateBeside brings the schema of what lies beside up to the newest.
func (db *DB) migrateBeside(ctx context.Context, path string, files fs.FS) error {
	if _, err := fs.Stat(files, besideFiles); err != nil {
		return nil //nolint:nilerr // there is nothing of the kind
	}
	own, err := fs.Sub(files, besideFiles)
	if err != nil {
		return err
	}
	name := path + BesideEnd
	if err := db.beside.Migrate(ctx, name, own); err != nil {
		return madeAnew(name, err)
	}
	return nil
}

// madeAnew says what to do about a fault of the file beside.
func madeAnew(name string, err error) error {
	return fmt.Errorf("%w; the file %s holds nothing but the search index: if it is damaged, remove it, and it is made anew", err, name)
}
