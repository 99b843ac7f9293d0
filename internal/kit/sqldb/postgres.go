// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"yuanba/internal/kit/errs"
)

// post is the engine for a site that outgrows one machine.
type post struct {
	db      *sql.DB
	numbers *sql.DB // one connection, for next: those of db may all wait for a number
	limit   int64
	// snapshot, if set, is the state that every reading transaction sees: see backupPostgres.
	snapshot string
	waiting  atomic.Int64
}

func openPostgres(ctx context.Context, dsn string, o Options) (engine, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(max(16, o.Readers+8))
	db.SetMaxIdleConns(max(16, o.Readers+8))
	ping, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if err := db.PingContext(ping); err != nil {
		db.Close()
		return nil, err
	}
	numbers, err := sql.Open("pgx", dsn)
	if err != nil {
		db.Close()
		return nil, err
	}
	numbers.SetMaxOpenConns(1)
	return &post{db: db, numbers: numbers, limit: int64(o.Queue)}, nil
}

func (e *post) name() Engine  { return Postgres }
func (e *post) pool() *sql.DB { return e.db }
func (e *post) queue() int    { return int(e.waiting.Load()) }
func (e *post) close() error  { return errors.Join(e.numbers.Close(), e.db.Close()) }

// tries bounds how often a transaction that lost a race is run again.
const tries = 60

// findings bounds how often one that found something taken is.
const findings = 4

func (e *post) write(ctx context.Context, db *DB, guarded bool, f func(*Tx) error) error {
	level := sql.LevelSerializable
	if guarded {
		level = sql.LevelRepeatableRead
	}
	if e.waiting.Add(1) > e.limit {
		e.waiting.Add(-1)
		return errs.New(errs.Busy, "db.busy")
	}
	defer e.waiting.Add(-1)
	found := 0
	for try := 0; ; try++ {
		err := e.once(ctx, db, &sql.TxOptions{Isolation: level}, f)
		if taken(err) && found < findings {
			found++
		} else if err == nil || !lostRace(err) {
			return translatePG(err)
		}
		if try == tries {
			return &errs.Error{Kind: errs.Busy, Key: "db.busy", Err: err}
		}
		if err := backoff(ctx, try); err != nil {
			return err
		}
	}
}

func (e *post) read(ctx context.Context, db *DB, f func(*Tx) error) error {
	return e.once(ctx, db, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, f)
}

func (e *post) once(ctx context.Context, db *DB, o *sql.TxOptions, f func(*Tx) error) error {
	t, err := e.begin(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback()                  //nolint:errcheck // after a commit there is nothing to roll back
	if o.ReadOnly && e.snapshot != "" { // PostgreSQL takes it as a constant only; it is its own word
		if _, err := t.ExecContext(ctx, `SET TRANSACTION SNAPSHOT '`+strings.ReplaceAll(e.snapshot, "'", "")+`'`); err != nil {
			return err
		}
	}
	tx := &Tx{ctx: ctx, db: db, q: postTx{t}, now: db.Now()}
	if err := protect(tx, f); err != nil {
		return err
	}
	if o.ReadOnly {
		return nil
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	tx.committed()
	return nil
}

// begin begins a transaction. A connection that somebody's going away has broken
// is dropped by the pool, but under load it may be handed to one who waits first:
// nothing has happened yet, so they take another.
func (e *post) begin(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error) {
	for try := 0; ; try++ {
		t, err := e.db.BeginTx(ctx, o)
		if !errors.Is(err, driver.ErrBadConn) || try == tries {
			return t, err
		}
		if err := backoff(ctx, try); err != nil {
			return nil, err
		}
	}
}

// next takes numbers from a block of this process, since a counter counted
// inside SERIALIZABLE transactions would make each of them lose to the other.
func (e *post) next(tx *Tx, series string) (int64, error) {
	return tx.db.blocks.next(series, func(n int64) (last int64, err error) {
		err = e.numbers.QueryRowContext(tx.ctx, `
			INSERT INTO counter (series, n) VALUES ($1, $2)
			ON CONFLICT (series) DO UPDATE SET n = counter.n + $2
			RETURNING n`, series, n).Scan(&last)
		return last, err
	})
}

// blockSize is how many numbers a process takes at once: as many as may be left
// out of a series by a restart.
const blockSize = 20

type block struct{ next, last int64 }

type numberBlocks struct {
	mu sync.Mutex
	m  map[string]*block
}

func (b *numberBlocks) next(series string, take func(n int64) (last int64, err error)) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.m[series]
	if k == nil || k.next > k.last {
		last, err := take(blockSize)
		if err != nil {
			return 0, err
		}
		k = &block{next: last - blockSize + 1, last: last}
		b.m[series] = k
	}
	k.next++
	return k.next - 1, nil
}

// lostRace reports whether err means that another transaction won.
func lostRace(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// taken reports whether somebody else was quicker with what there is one of. Run again, the
// transaction sees it and can say so in words; a few times only, since a row that breaks its
// key each time is a fault of the program.
func taken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// translatePG gives the faults that a person can be told about their public form.
func translatePG(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "53100": // disk_full
		return &errs.Error{Kind: errs.Full, Key: "db.full", Err: err}
	case "53300", "57P01", "57P02", "57P03": // too many connections, shutting down
		return &errs.Error{Kind: errs.Busy, Key: "db.busy", Err: err}
	}
	return err
}

type postTx struct{ t *sql.Tx }

func (p postTx) exec(ctx context.Context, q string, args []any) (sql.Result, error) {
	return p.t.ExecContext(ctx, q, args...)
}

func (p postTx) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	return p.t.QueryContext(ctx, q, args...)
}

func (p postTx) queryRow(ctx context.Context, q string, args []any) *sql.Row {
	return p.t.QueryRowContext(ctx, q, args...)
}
