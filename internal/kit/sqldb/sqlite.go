// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"yuanba/internal/kit/errs"
)

// lite is the embedded engine: one writing connection, owned by one goroutine
// that commits waiting transactions together, and a pool of read-only ones.
type lite struct {
	writes  chan *write
	done    chan struct{} // closed when the writer has stopped
	mu      sync.RWMutex  // held for reading while a write is handed over
	closed  bool
	wdb     *sql.DB
	rdb     *sql.DB
	readers chan *liteConn
	log     *checkpointer
}

// A write is a transaction that waits for the writer.
type write struct {
	ctx  context.Context
	db   *DB
	f    func(*Tx) error
	tx   *Tx
	err  error
	done chan struct{}
}

// maxBatch bounds the transactions of one common commit, and with it how long
// the first of them waits for the others.
const maxBatch = 128

// liteDSN is the one place where a SQLite address is made.
func liteDSN(path string, pragmas ...string) string {
	v := url.Values{"_pragma": pragmas}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func openSQLite(ctx context.Context, path string, o Options) (engine, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a folder: name a file in it", path)
	}
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	if err := private(path); err != nil {
		return nil, err
	}
	sync := "synchronous(FULL)"
	if o.Relaxed {
		sync = "synchronous(OFF)"
	}
	wdb, err := sql.Open("sqlite", liteDSN(path, "busy_timeout(10000)", "journal_mode(WAL)", sync,
		"foreign_keys(1)", "cache_size(-65536)", fmt.Sprintf("wal_autocheckpoint(%d)", backstop), "temp_store(MEMORY)", "trusted_schema(0)"))
	if err != nil {
		return nil, err
	}
	wdb.SetMaxOpenConns(3) // the writer's, the checkpointer's, and one for migrations and checks
	conn, err := newLiteConn(ctx, wdb)
	if err != nil {
		wdb.Close()
		return nil, err
	}
	log, err := newCheckpointer(ctx, wdb)
	if err != nil {
		conn.close()
		wdb.Close()
		return nil, err
	}
	rdb, err := sql.Open("sqlite", liteDSN(path, "busy_timeout(10000)", "query_only(1)", "cache_size(-8192)", "temp_store(MEMORY)", "trusted_schema(0)"))
	if err != nil {
		log.close()
		conn.close()
		wdb.Close()
		return nil, err
	}
	e := &lite{
		writes: make(chan *write, o.Queue), done: make(chan struct{}),
		wdb: wdb, rdb: rdb, readers: make(chan *liteConn, o.Readers), log: log,
	}
	for range o.Readers {
		e.readers <- nil // opened when first needed
	}
	go e.writer(conn)
	return e, nil
}

// private makes the file, if there is none, so that its owner alone can read it.
// SQLite gives its other files the same rights.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func (e *lite) name() Engine  { return SQLite }
func (e *lite) pool() *sql.DB { return e.wdb }
func (e *lite) queue() int    { return len(e.writes) }

func (e *lite) write(ctx context.Context, db *DB, _ bool, f func(*Tx) error) error {
	w := &write{ctx: ctx, db: db, f: f, done: make(chan struct{})}
	if err := e.hand(w); err != nil {
		return err
	}
	<-w.done // always answered: what may have been written must not be left unsaid
	if w.err == nil {
		w.tx.committed()
	}
	return w.err
}

// hand gives a transaction to the writer, unless too many wait or it has stopped.
func (e *lite) hand(w *write) error {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.closed {
		return errs.New(errs.Busy, "db.closing")
	}
	select {
	case e.writes <- w:
		return nil
	default:
		return errs.New(errs.Busy, "db.busy")
	}
}

// writer commits what waits, together, until the channel is closed.
func (e *lite) writer(c *liteConn) {
	defer close(e.done)
	for w := range e.writes {
		c.commitTogether(w, e.writes)
		if e.log.due() {
			_ = c.plain("PRAGMA wal_checkpoint(PASSIVE)") // a fault here is met by the next commit too
		}
		e.log.committed()
	}
	e.log.close()
	c.close()
}

// commitTogether runs first and whatever else waits as one transaction, commits
// it, and only then answers each. As long as all goes well nothing is prepared
// for undoing one alone, which would cost as much as a small transaction itself;
// when one fails that has changed something, everything is undone and run once
// more, each in a savepoint of its own.
func (c *liteConn) commitTogether(first *write, more <-chan *write) {
	c.tidy()
	if err := c.begin(); err != nil {
		first.finish(fmt.Errorf("begin: %w", translate(err)))
		return
	}
	batch, ok := []*write{first}, c.run(first)
gather:
	for ok && len(batch) < maxBatch {
		select {
		case w, open := <-more:
			if !open {
				break gather
			}
			batch = append(batch, w)
			ok = c.run(w)
		default:
			break gather
		}
	}
	if ok {
		if err := c.writeLater(); err != nil {
			first.err, ok = err, false // whose it is shows when each is run by itself
		}
	}
	var err error
	switch {
	case ok:
		err = c.commit()
	case len(batch) == 1:
		first.err = translate(first.err)
		_ = c.plain("ROLLBACK") // fails if the engine rolled back by itself
	default:
		err = c.runEach(batch)
	}
	if err != nil {
		_ = c.plain("ROLLBACK")
		for _, w := range batch {
			if w.err == nil {
				w.err = fmt.Errorf("commit: %w", translate(err))
			}
		}
	}
	for _, w := range batch {
		w.finish(w.err)
	}
}

// run runs one transaction of the batch. It reports whether the batch can be
// committed as it is: the transaction went well, or changed nothing.
func (c *liteConn) run(w *write) (ok bool) {
	changed := false
	c.protected(w, func() error { changed = true; return nil })
	return !c.broken && (w.err == nil || !changed)
}

// runEach undoes a batch and runs it again, each transaction in a savepoint, and
// commits. Its error is everybody's whose own transaction went well.
func (c *liteConn) runEach(batch []*write) error {
	_ = c.plain("ROLLBACK") // fails if the engine rolled back by itself
	if err := c.begin(); err != nil {
		return err
	}
	for _, w := range batch {
		w.err = nil
	}
	for _, w := range batch {
		if err := c.runSaved(w); err != nil {
			return err
		}
	}
	return c.commit()
}

func (w *write) finish(err error) {
	w.err = err
	close(w.done)
}

// protected runs one transaction, unless its asker has gone away while waiting.
// dirty is called before its first change.
func (c *liteConn) protected(w *write, dirty func() error) {
	if w.err = w.ctx.Err(); w.err != nil {
		return
	}
	// The statements get a context that is never cancelled: SQLite answers an
	// interrupt of one statement by rolling back everybody's transaction.
	w.tx = &Tx{ctx: context.WithoutCancel(w.ctx), db: w.db, q: c, now: w.db.Now(), dirty: dirty}
	w.err = protect(w.tx, w.f)
}

// runSaved runs one transaction of the batch inside a savepoint, which is set
// only when the transaction first changes something. Its error says that the
// engine gave up the whole batch, as it may when the disk is full.
func (c *liteConn) runSaved(w *write) (broken error) {
	saved, counted := false, maps.Clone(c.counters)
	c.protected(w, func() error {
		saved = true
		return c.plain("SAVEPOINT one")
	})
	if !saved {
		return nil
	}
	if w.err == nil {
		w.err = c.writeLater()
	}
	if w.err != nil {
		w.err, c.counters = translate(w.err), counted
		c.later.forget()
		if err := c.plain("ROLLBACK TO one"); err != nil {
			return errors.Join(w.err, err)
		}
	}
	return c.plain("RELEASE one")
}

func (e *lite) read(ctx context.Context, db *DB, f func(*Tx) error) error {
	var c *liteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	if c == nil {
		var err error
		if c, err = newLiteConn(ctx, e.rdb); err != nil {
			return err
		}
	}
	c.tidy()
	if err := c.plain("BEGIN"); err != nil {
		c.close()
		c = nil
		return fmt.Errorf("begin reading: %w", err)
	}
	err := protect(&Tx{ctx: ctx, db: db, q: c, now: db.Now()}, f)
	if rerr := c.plain("ROLLBACK"); rerr != nil {
		c.close()
		c = nil
	}
	return err
}

func (e *lite) close() error {
	e.mu.Lock()
	again := e.closed
	if !again {
		e.closed = true
		close(e.writes)
	}
	e.mu.Unlock()
	<-e.done
	if again {
		return nil
	}
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			c.close()
		}
	}
	return errors.Join(e.rdb.Close(), e.wdb.Close())
}

// next counts in memory while a batch runs, and the batch writes down how far it
// has counted before it commits: there is one writer, and no other process can
// write before the commit.
func (e *lite) next(tx *Tx, series string) (n int64, err error) {
	c, ok := tx.q.(*liteConn)
	if !ok || c.counters == nil {
		return 0, errors.New("a number is given only in a transaction that writes")
	}
	if err := tx.mayChange(""); err != nil {
		return 0, err
	}
	n, ok = c.counters[series]
	if !ok {
		if n, err = Int(c.queryRow(tx.ctx, `SELECT n FROM counter WHERE series = $1`, []any{series})); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, tx.failed(err)
		}
	}
	c.counters[series] = n + 1
	return n + 1, nil
}

// begin begins a batch, or the same again.
func (c *liteConn) begin() error {
	c.counters, c.broken = map[string]int64{}, false
	c.later.forget()
	return c.plain("BEGIN IMMEDIATE")
}

// commit writes down what was counted, and commits.
func (c *liteConn) commit() error {
	for series, n := range c.counters {
		if _, err := c.exec(context.Background(), `INSERT INTO counter (series, n) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE SET n = $2`, []any{series, n}); err != nil {
			return err
		}
	}
	return c.plain("COMMIT")
}

// translate gives the faults that a person can be told about their public form.
func translate(err error) error {
	var le *sqlite.Error
	if !errors.As(err, &le) {
		return err
	}
	switch le.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return &errs.Error{Kind: errs.Full, Key: "db.full", Err: err}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &errs.Error{Kind: errs.Busy, Key: "db.busy", Err: err}
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return &errs.Error{Kind: errs.Full, Key: "db.unwritable", Err: err}
	}
	return err
}

// backoff waits a little longer after each lost race.
func backoff(ctx context.Context, try int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(try+1) * time.Millisecond):
		return nil
	}
}
