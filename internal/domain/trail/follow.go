// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"context"
	"math"
	"sync"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Follower reads every row of the trail exactly once, in the order of Seq, and
// remembers in the database how far it has come: the search index and the feeds
// are followers. Several processes may share a name; each row is then done by
// one of them. It is used by pointer.
//
// Rows become visible in another order than that of their Seq: of two
// transactions on PostgreSQL the one with the smaller Seq may commit last. So a
// follower goes only as far as the trail is settled, see horizon.
type Follower struct {
	Name string // its mark in the database

	// Beside says that what the follower makes lies beside the database, and its
	// mark with it: see [sqldb.DB.Beside].
	Beside bool

	horizon horizon
}

// A Batch is what a follower is to do next. Of each row it has who did what to
// which record and when, and not the rest.
type Batch struct {
	Rows []Row
	from int64
	to   int64
}

// Empty reports whether there is nothing to do, not even a mark to move.
func (b Batch) Empty() bool { return b.to <= b.from }

// Bounds are the Seq after which the batch begins, and the one with which it ends.
func (b Batch) Bounds() (from, to int64) { return b.from, b.to }

// Next returns the rows after the follower's mark, at most limit of them. It
// reads in transactions of its own and must not be called within one. Rows of
// transactions still under way, and those behind them, are left for the next
// call; Next waits for them a moment if there is nothing else.
func (f *Follower) Next(ctx context.Context, db *sqldb.DB, limit int) (Batch, error) {
	var b Batch
	err := f.horizon.each(ctx, db, func(tx *sqldb.Tx, settled int64) (done bool, err error) {
		if b.from, err = f.mark(tx, db); err != nil {
			return false, err
		}
		if settled <= b.from {
			return false, nil
		}
		b.Rows, err = between(tx, b.from, settled, limit)
		b.to = settled
		if len(b.Rows) == limit {
			b.to = b.Rows[limit-1].Seq
		}
		return true, err
	})
	return b, err
}

// Done moves the follower's mark beyond the batch, in the transaction that did
// what there was to do: of the database, or of the one beside it. It is a Conflict if another process was first: then
// nothing of the batch may be done by this one.
func (f *Follower) Done(tx *sqldb.Tx, b Batch) error {
	if b.Empty() {
		return nil
	}
	if f.Beside && len(b.Rows) > 0 {
		if err := setMark(tx, f.witness(), int64(b.Rows[len(b.Rows)-1].Record)); err != nil {
			return err
		}
	}
	return moveMark(tx, f.Name, b.from, b.to)
}

// Lag is how many numbers the trail is ahead of the follower's mark: an upper
// bound of the rows not yet done. It reads in a transaction of its own.
func (f *Follower) Lag(ctx context.Context, db *sqldb.DB) (n int64, err error) {
	err = db.Read(ctx, func(tx *sqldb.Tx) error {
		at, err := f.mark(tx, db)
		if err != nil {
			return err
		}
		e, err := end(tx)
		n = e - at
		return err
	})
	return n, err
}

// mark is how far the follower has come; tx is a transaction of db.
func (f *Follower) mark(tx *sqldb.Tx, db *sqldb.DB) (n int64, err error) {
	if !f.Beside || !db.Apart() {
		return mark(tx, f.Name)
	}
	err = db.Beside().Read(tx.Context(), func(tx *sqldb.Tx) error {
		n, err = mark(tx, f.Name)
		return err
	})
	return n, err
}

// witness is the name under which a follower whose mark lies beside the database
// keeps which record the row at its mark was about.
func (f *Follower) witness() string { return f.Name + ".record" }

// Belongs reports whether the mark of a follower beside the database is a mark in
// this trail: the row it has come to is there, and about the record that it was
// about. If not, somebody has put a database in the place of another, or an older
// state in the place of a newer, and what the follower made is to be made anew.
func (f *Follower) Belongs(ctx context.Context, db *sqldb.DB) (ok bool, err error) {
	if !f.Beside || !db.Apart() {
		return true, nil
	}
	var at, record int64
	err = db.Beside().Read(ctx, func(tx *sqldb.Tx) error {
		if at, err = mark(tx, f.Name); err != nil {
			return err
		}
		record, err = mark(tx, f.witness())
		return err
	})
	if err != nil || at == 0 {
		return err == nil, err
	}
	err = db.Read(ctx, func(tx *sqldb.Tx) error {
		ok, err = isAbout(tx, at, id.ID(record))
		return err
	})
	return ok, err
}

// Pending are the rows behind the follower's mark that this transaction sees, at
// most limit of them, in order: what is not yet done, for who has to know
// everything as of now. Of each row it has what a [Batch] has.
func (f *Follower) Pending(tx *sqldb.Tx, limit int) (rows []Row, from int64, err error) {
	if from, err = mark(tx, f.Name); err != nil {
		return nil, 0, err
	}
	rows, err = between(tx, from, math.MaxInt64, limit)
	return rows, from, err
}

// Restart moves the follower's mark to the beginning, for an index that is made
// anew.
func (f *Follower) Restart(tx *sqldb.Tx) error { return dropMark(tx, f.Name) }

// Skip moves the follower's mark to the end: what was written before is not its any
// more. For one that begins to follow when something is allowed.
func (f *Follower) Skip(tx *sqldb.Tx) error {
	e, err := end(tx)
	if err != nil {
		return err
	}
	return setMark(tx, f.Name, e)
}

// A horizon finds the Seq up to which the trail is settled: every row up to it
// can be seen, and a number that is missing will never come, because its
// transaction was rolled back.
//
// Nobody gets a number before being seen as a writer (view trail_writer), and
// nobody ceases to be a writer before the rows can be seen. So: read the highest
// number given out, then the writers. When none of these is a writer any more,
// all rows up to that number are in every state of the database read from then
// on. No writer is made to wait, and one long transaction delays the followers
// but hides nothing from them. On SQLite there never is a writer to be seen, and
// the horizon is the end.
type horizon struct {
	mu      sync.Mutex
	settled int64               // the trail is settled up to here
	next    int64               // and up to here as soon as
	writers map[string]struct{} // all of these are gone
}

// patience bounds how long a follower waits for rows that are just being written.
const patience = 100 * time.Millisecond

// each calls f in a transaction that sees every row up to settled, until f is
// done, or the trail has no more to give, or patience is at its end.
func (h *horizon) each(ctx context.Context, db *sqldb.DB, f func(tx *sqldb.Tx, settled int64) (done bool, err error)) error {
	for pause, waited := time.Millisecond, time.Duration(0); ; pause *= 2 {
		settled, ahead, err := h.look(ctx, db)
		if err != nil {
			return err
		}
		done := false
		err = db.Read(ctx, func(tx *sqldb.Tx) error {
			done, err = f(tx, settled)
			return err
		})
		if err != nil || done || !ahead || waited > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			waited += pause
		}
	}
}

// look moves the horizon on and says whether there are numbers ahead of it.
func (h *horizon) look(ctx context.Context, db *sqldb.DB) (settled int64, ahead bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var e int64
	var now map[string]struct{}
	err = db.Read(ctx, func(tx *sqldb.Tx) error {
		if e, err = end(tx); err != nil { // first the end, then the writers
			return err
		}
		now, err = writers(tx)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	switch {
	case len(now) == 0:
		h.settled, h.next, h.writers = e, e, nil
	case h.gone(now):
		h.settled, h.next, h.writers = max(h.settled, h.next), e, now
	}
	return h.settled, h.settled < e, nil
}

// gone reports whether none of the writers awaited is among those there now.
func (h *horizon) gone(now map[string]struct{}) bool {
	for w := range h.writers {
		if _, still := now[w]; still {
			return false
		}
	}
	return true
}
