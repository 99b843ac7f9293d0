// SPDX-License-Identifier: Apache-2.0

// Package sqldb gives the program one database with two engines.
//
// Every query is written once, in the SQL that SQLite and PostgreSQL share, with
// $1, $2, ... for its arguments. Both engines run writes as if one at a time:
// SQLite because it has one writer, which commits waiting transactions together
// (see sqlite.go), PostgreSQL at isolation level SERIALIZABLE, where a
// transaction that loses a race is run again (see postgres.go). The traps of the
// two dialects and the house rule for each are the cases of conformance_test.go.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
)

// An Engine is one of the two kinds of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// A DB is the program's database. It is safe for several goroutines.
type DB struct {
	engine engine
	clock  func() time.Time
	ids    *id.Source
	blocks numberBlocks
	tracer atomic.Pointer[func(query string, args []any)]
	full   atomic.Bool // the last transaction could not be written for want of room
	beside *DB         // see Beside; nil if it is this one
}

// engine is what the two kinds of database do differently.
type engine interface {
	name() Engine
	write(ctx context.Context, db *DB, guarded bool, f func(*Tx) error) error
	read(ctx context.Context, db *DB, f func(*Tx) error) error
	next(tx *Tx, series string) (int64, error)
	pool() *sql.DB // for migrations, jobs and checks only
	queue() int    // transactions waiting to be written
	close() error
}

// Options are the choices of Open. The zero value is right for a service.
type Options struct {
	Clock   func() time.Time // default time.Now; a simulation brings its own
	IDs     *id.Source       // default a source of system chance
	Readers int              // reading connections at the most; default 8
	Queue   int              // transactions that may wait to be written before Write says Busy; default 1024
	Relaxed bool             // commit without waiting for the disk: for making a demonstration town, never for serving one

	glance bool // open for a moment only: see Look
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.IDs == nil {
		o.IDs = id.NewSource(nil)
	}
	if o.Readers == 0 {
		o.Readers = 8
	}
	if o.Queue == 0 {
		o.Queue = 1024
	}
	return o
}

// Open opens the database at dsn: a postgres:// URL, or the path of a SQLite
// file, which it makes if there is none. It does not migrate; see Migrate.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if err := named(dsn); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	open := openSQLite
	if IsPostgres(dsn) {
		open = openPostgres
	}
	e, err := open(ctx, dsn, o)
	if err != nil {
		return nil, opening(dsn, err)
	}
	db := newDB(e, o)
	if db.Engine() == SQLite {
		if db.beside, err = openBeside(ctx, dsn, o); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}

func newDB(e engine, o Options) *DB {
	return &DB{engine: e, clock: o.Clock, ids: o.IDs, blocks: numberBlocks{m: map[string]*block{}}}
}

// IsPostgres reports whether dsn names a PostgreSQL database.
func IsPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Engine says which kind of database this is: for the operator's eyes, and for
// the few packages that speak to one engine only (see the law in internal/arch).
func (db *DB) Engine() Engine { return db.engine.name() }

// Pool is the plain connection pool, for tools that bring their own SQL, such as
// integrity checks. Domain code has no use for it.
func (db *DB) Pool() *sql.DB { return db.engine.pool() }

// Trace has f called with every statement before it runs, until it is set again;
// nil ends it. It is for tests of what the engine is asked, and for finding out
// what is slow. f must be safe for several goroutines.
func (db *DB) Trace(f func(query string, args []any)) {
	if f == nil {
		db.tracer.Store(nil)
		return
	}
	db.tracer.Store(&f)
}

func (db *DB) traced(query string, args []any) {
	if f := db.tracer.Load(); f != nil {
		(*f)(query, args)
	}
}

// Queue is the number of transactions waiting to be written.
func (db *DB) Queue() int { return db.engine.queue() }

// Now is the database's clock, in UTC to the millisecond.
func (db *DB) Now() time.Time { return db.clock().UTC().Truncate(time.Millisecond) }

// NewID makes an ID outside a transaction, for what must be named before it is
// written, such as an uploaded file.
func (db *DB) NewID() id.ID { return db.ids.New(db.Now()) }

// Ping says whether the database can be read.
func (db *DB) Ping(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error { _, err := Int(tx.Row(`SELECT 1`)); return err })
}

// Close waits for the transactions under way and closes the database. Closing
// again does nothing.
func (db *DB) Close() error {
	err := db.engine.close()
	if db.beside != nil {
		err = errors.Join(err, db.beside.Close())
	}
	return err
}

// Write runs f in a transaction and commits it unless f returns an error. When
// Write returns nil, what f wrote is on disk. Write may run f more than once, so
// f must touch nothing but tx. It is Busy if too many transactions wait already.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return db.write(ctx, false, f)
}

// WriteGuarded is Write for a transaction that decides by nothing but the record
// that it also changes, under the guard of a version. Two of them on one record
// still exclude each other; but PostgreSQL no longer watches what each has read
// beside, which at SERIALIZABLE makes transactions on neighbouring records lose to
// each other, since it watches pages of an index and not rows. What rests on other
// records or on their absence, such as the last free seat, is for Write.
func (db *DB) WriteGuarded(ctx context.Context, f func(*Tx) error) error {
	return db.write(ctx, true, f)
}

func (db *DB) write(ctx context.Context, guarded bool, f func(*Tx) error) error {
	err := db.engine.write(ctx, db, guarded, f)
	switch full := errs.KindOf(err) == errs.Full; {
	case full:
		db.full.Store(true)
	case err == nil && db.full.Load():
		db.full.Store(false)
	}
	return err
}

// Full reports whether the last transaction found no room on the disk. Reading
// goes on; the next one that is written ends it.
func (db *DB) Full() bool { return db.full.Load() }

// Read runs f in a transaction that sees one state of the database and cannot
// change it.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return db.engine.read(ctx, db, f)
}

// A Tx is a transaction. All of it happens at one moment, Now. It is used by one
// goroutine, and it carries its own context: statements take none.
type Tx struct {
	ctx   context.Context //nolint:containedctx // a transaction is the scope of one request's work
	db    *DB
	q     querier
	now   time.Time
	after []func()
	dirty func() error // called before the first change, if set
	fault error        // of the first statement that failed: nothing may commit after it
}

// querier is what a transaction needs of a connection.
type querier interface {
	exec(ctx context.Context, q string, args []any) (sql.Result, error)
	query(ctx context.Context, q string, args []any) (*sql.Rows, error)
	queryRow(ctx context.Context, q string, args []any) *sql.Row
}

// Now is the moment at which the transaction happens, in UTC to the millisecond.
func (tx *Tx) Now() time.Time { return tx.now }

// Context is the context of the request for which the transaction runs.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine says which kind of database this is.
func (tx *Tx) Engine() Engine { return tx.db.Engine() }

// NewID makes the ID of a new record.
func (tx *Tx) NewID() id.ID { return tx.db.ids.New(tx.now) }

// Next returns the next number of a series, counted from 1. On SQLite a number
// is given only if the transaction commits; on PostgreSQL numbers are taken in
// blocks, so that some may be left out after a restart, but never given twice.
func (tx *Tx) Next(series string) (int64, error) { return tx.db.engine.next(tx, series) }

// AfterCommit arranges for f to run if, and only after, the transaction commits.
// It is for what is held in memory, such as caches: work for elsewhere is a job.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Exec runs a statement that changes rows, and reports how many it changed. If it
// fails, the transaction cannot commit any more, even if f goes on: what may fail
// says ON CONFLICT.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if tx.dirty != nil {
		if err := tx.dirty(); err != nil {
			return 0, err
		}
		tx.dirty = nil
	}
	if err := tx.settle(); err != nil {
		return 0, err
	}
	tx.db.traced(query, args)
	res, err := tx.q.exec(tx.ctx, query, args)
	if err != nil {
		return 0, tx.failed(err)
	}
	return res.RowsAffected()
}

// One runs a statement that must change exactly one row. If it changes none, the
// row is gone or no longer as the caller saw it, and One is a Conflict.
func (tx *Tx) One(query string, args ...any) error {
	n, err := tx.Exec(query, args...)
	switch {
	case err != nil:
		return err
	case n == 0:
		return errs.New(errs.Conflict, "record.changed")
	case n > 1:
		return fmt.Errorf("%d rows changed where one was meant: %s", n, query)
	}
	return nil
}

// Row runs a query for one row; its Scan gives sql.ErrNoRows if there is none.
// It may be an INSERT … RETURNING.
func (tx *Tx) Row(query string, args ...any) *sql.Row {
	if err := tx.mayChange(query); err != nil {
		slog.Error("savepoint", "err", err) // the statement that follows fails too
	}
	_ = tx.settle() // notes the fault: the transaction fails, whatever the row says
	tx.db.traced(query, args)
	return tx.q.queryRow(tx.ctx, query, args)
}

// mayChange prepares for undoing a statement that is more than a SELECT.
func (tx *Tx) mayChange(query string) error {
	if tx.dirty == nil || strings.HasPrefix(strings.TrimLeft(query, " \n\t"), "SELECT") {
		return nil
	}
	dirty := tx.dirty
	tx.dirty = nil
	return dirty()
}

// A Scanner is a row that can be read.
type Scanner interface{ Scan(dest ...any) error }

// Each runs a query and calls f for each row. f must not use the transaction:
// one of the engines cannot run a second statement while rows are open.
func (tx *Tx) Each(query string, args []any, f func(Scanner) error) error {
	if err := tx.mayChange(query); err != nil {
		return err
	}
	if err := tx.settle(); err != nil {
		return err
	}
	tx.db.traced(query, args)
	rows, err := tx.q.query(tx.ctx, query, args)
	if err != nil {
		return tx.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// All runs a query and returns what scan makes of each row.
func All[T any](tx *Tx, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := tx.Each(query, args, func(r Scanner) error {
		v, err := scan(r)
		if err == nil {
			all = append(all, v)
		}
		return err
	})
	return all, err
}

// Get runs a query for one row and returns what scan makes of it. If there is
// none it is NotFound with the given message key.
func Get[T any](tx *Tx, scan func(Scanner) (T, error), missing, query string, args ...any) (T, error) {
	v, err := scan(tx.Row(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, errs.New(errs.NotFound, missing)
	}
	return v, err
}

// Int is a scan for queries of one number.
func Int(r Scanner) (n int64, err error) { err = r.Scan(&n); return n, err }

// ID is a scan for queries of one ID.
func ID(r Scanner) (d id.ID, err error) { err = r.Scan(&d); return d, err }

// Text is a scan for queries of one text.
func Text(r Scanner) (s string, err error) { err = r.Scan(&s); return s, err }

// failed notes that a statement failed.
func (tx *Tx) failed(err error) error {
	if tx.fault == nil {
		tx.fault = err
	}
	return err
}

func (tx *Tx) committed() {
	for _, f := range tx.after {
		f()
	}
}

// protect runs f and turns a panic into an error, so that one transaction's
// fault is not the fate of those that commit with it. A statement that failed is
// the transaction's fault whatever f makes of it: PostgreSQL would not go on.
func protect(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in transaction: %v\n%s", p, stack())
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if tx.fault != nil {
		return fmt.Errorf("the transaction went on after a statement had failed: %w", tx.fault)
	}
	return nil
}
