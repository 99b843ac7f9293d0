// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// told is a record's digest, as the trail or the record itself tells it.
type told struct {
	record id.ID
	seq    int64
	digest []byte
}

// A difference is a record of which the trail tells something else.
type difference struct{ row, record told }

func (d difference) same(e difference) bool {
	return d.row.seq == e.row.seq && bytes.Equal(d.row.digest, e.row.digest) && bytes.Equal(d.record.digest, e.record.digest)
}

// maxDifferences bounds how many differences of one pass are remembered: more
// than a town can change while Verify looks.
const maxDifferences = 20_000

// maxPasses bounds how often a record may differ, each time in another way.
const maxPasses = 8

// verifyRecords compares the records of a kind with their last rows. The two are
// read in two states of the database, one a little later, so a record may just
// have been changed: what differs is looked at again, and is a fault if it
// differs in the same way.
func verifyRecords(ctx context.Context, db *sqldb.DB, c *Checked, rep *Report) (*Fault, error) {
	var before map[id.ID]difference
	for pass := 0; ; pass++ {
		var n int64
		diffs := map[id.ID]difference{}
		var worst *Fault
		err := compare(ctx, db, c, func(d difference) error {
			record := max(d.row.record, d.record.record)
			n++
			if told := len(d.row.digest) > 0; told && bytes.Equal(d.row.digest, d.record.digest) || d.record.record == 0 && bytes.Equal(d.row.digest, Gone()) {
				return nil
			}
			if pass > 0 {
				b, again := before[record]
				if !again {
					return nil // changed since: its next pass will be another Verify
				}
				if worst == nil && (b.same(d) || pass == maxPasses) {
					worst = d.fault(c.Noun)
				}
			}
			if len(diffs) < maxDifferences {
				diffs[record] = d
			}
			return nil
		})
		if pass == 0 {
			rep.Records += n
		}
		if err != nil || worst != nil || len(diffs) == 0 {
			return worst, err
		}
		before = diffs
	}
}

func (d difference) fault(noun string) *Fault {
	switch {
	case d.record.record == 0:
		return &Fault{Kind: RecordLost, Seq: d.row.seq, Noun: noun, Record: d.row.record}
	case len(d.row.digest) == 0:
		return &Fault{Kind: RecordUntold, Noun: noun, Record: d.record.record}
	}
	return &Fault{Kind: RecordAltered, Seq: d.row.seq, Noun: noun, Record: d.record.record}
}

// compare calls f with every record of a kind and its last row, in the order of
// the records; either may be missing.
func compare(ctx context.Context, db *sqldb.DB, c *Checked, f func(difference) error) error {
	rows, records := make(chan []told, 2), make(chan []told, 2)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return stream(ctx, db, rows, func(tx *sqldb.Tx, put func(told) error) error { return lastDigests(tx, c.Noun, put) })
	})
	g.Go(func() error {
		return stream(ctx, db, records, func(tx *sqldb.Tx, put func(told) error) error {
			var last id.ID
			return c.Each(tx, func(record id.ID, digest []byte) error {
				if record <= last {
					return fmt.Errorf("%s %s comes after %s: Each must keep to the order of IDs", c.Noun, record, last)
				}
				last = record
				return put(told{record: record, digest: slices.Clone(digest)})
			})
		})
	})
	g.Go(func() error {
		a, b := reader{in: rows}, reader{in: records}
		for a.peek() && b.peek() {
			switch x, y := a.head(), b.head(); {
			case x.record == y.record:
				if err := f(difference{a.take(), b.take()}); err != nil {
					return err
				}
			case x.record < y.record:
				if err := f(difference{row: a.take()}); err != nil {
					return err
				}
			default:
				if err := f(difference{record: b.take()}); err != nil {
					return err
				}
			}
		}
		for a.peek() {
			if err := f(difference{row: a.take()}); err != nil {
				return err
			}
		}
		for b.peek() {
			if err := f(difference{record: b.take()}); err != nil {
				return err
			}
		}
		return nil
	})
	return g.Wait()
}

// stream runs a query in a transaction of its own and sends what it puts, in
// pieces. It closes the channel only when all was sent.
func stream(ctx context.Context, db *sqldb.DB, out chan<- []told, query func(*sqldb.Tx, func(told) error) error) error {
	const piece = 512
	part := make([]told, 0, piece)
	send := func() error {
		select {
		case out <- part:
			part = make([]told, 0, piece)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := db.Read(ctx, func(tx *sqldb.Tx) error {
		return query(tx, func(t told) error {
			part = append(part, t)
			if len(part) == piece {
				return send()
			}
			return nil
		})
	})
	if err == nil {
		err = send()
	}
	close(out) // after an error the group's context ends the merge's result anyway
	return err
}

// A reader takes what a stream sends one by one.
type reader struct {
	in   <-chan []told
	part []told
}

func (r *reader) peek() bool {
	for len(r.part) == 0 {
		part, ok := <-r.in
		if !ok {
			return false
		}
		r.part = part
	}
	return true
}

func (r *reader) head() told { return r.part[0] }

func (r *reader) take() told {
	t := r.part[0]
	r.part = r.part[1:]
	return t
}
