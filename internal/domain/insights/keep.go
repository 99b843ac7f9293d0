// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"maps"
	"math"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A Keeper keeps the counts up with the trail. Several processes may each have
// one; each row is then counted by one of them.
type Keeper struct{ s *Service }

// NewKeeper returns the keeper of the counts.
func (s *Service) NewKeeper() *Keeper { return &Keeper{s} }

// maxSeq is beyond every row of the trail.
const maxSeq = math.MaxInt64

// keepRows is how many rows of the trail are counted in one transaction: many,
// since what they change of the counts is much the same.
const keepRows = 1000

// Step counts what the next rows of the trail tell of, at least as many as asked
// if there are, and reports how many: 0 when there is nothing left. It is a
// Conflict if another process was first.
func (k *Keeper) Step(ctx context.Context, rows int) (int, error) {
	s := k.s
	b, err := s.follower.Next(ctx, s.db, max(rows, keepRows))
	if err != nil || b.Empty() {
		return 0, err
	}
	lives, now, touched := s.matters.JustRaised(b.Rows)
	// Read before the transaction that writes, so that nobody waits for it. Of what
	// happens in between nothing is counted; how a matter stands now may be newer than
	// the rows, and is written again with the later ones.
	var rs []reading
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if rs, err = s.readings(tx, touched); err != nil {
			return err
		}
		open, err := s.matters.OpenNow(tx, touched)
		maps.Copy(now, open)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, l := range lives {
		rs = append(rs, read(s.calendar(), l))
	}
	from, to := b.Bounds()
	counts := tally{}
	for _, r := range rs {
		counts.take(r, from, to)
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := s.follower.Done(tx, b); err != nil {
			return err
		}
		if err := addCounts(tx, counts); err != nil {
			return err
		}
		if err := addEvents(tx, rs, from, to); err != nil {
			return err
		}
		return s.setOpen(tx, touched, rs, now)
	})
	return max(1, len(b.Rows)), err
}

// Lag is how many rows of the trail are not yet counted, at the most.
func (k *Keeper) Lag(ctx context.Context) (int64, error) { return k.s.follower.Lag(ctx, k.s.db) }

// Anew forgets all counts, so that the next steps make them from the beginning.
func (k *Keeper) Anew(ctx context.Context) error {
	return k.s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := clearCounts(tx); err != nil {
			return err
		}
		return k.s.follower.Restart(tx)
	})
}

// concerned are the matters that the rows tell of, each once.
func concerned(rows []trail.Row) []id.ID {
	var ids []id.ID
	seen := map[id.ID]bool{}
	for _, r := range rows {
		if r.Noun == "matter" && !seen[r.Record] {
			seen[r.Record] = true
			ids = append(ids, r.Record)
		}
	}
	return ids
}

// readings are what the lives of the matters give to be counted.
func (s *Service) readings(tx *sqldb.Tx, ids []id.ID) ([]reading, error) {
	lives, err := s.matters.Lives(tx, ids)
	if err != nil {
		return nil, err
	}
	rs := make([]reading, len(lives))
	for i, l := range lives {
		rs[i] = read(s.calendar(), l)
	}
	return rs, nil
}

// recent is what has happened since the counts were kept.
type recent struct {
	mark    int64
	behind  bool // there is more than is looked at: the numbers are not as of now
	touched []id.ID
	rs      []reading
	now     map[id.ID]matters.OpenNow
}

// recentRows is how much is added up at reading. The keeper is never so far behind
// but in a storm, of which the page then says so.
const recentRows = 2000

func (s *Service) recent(tx *sqldb.Tx) (c recent, err error) {
	rows, from, err := s.follower.Pending(tx, recentRows)
	if err != nil {
		return c, err
	}
	c.mark, c.behind = from, len(rows) == recentRows
	c.touched = concerned(rows)
	if c.rs, err = s.readings(tx, c.touched); err != nil {
		return c, err
	}
	c.now, err = s.matters.OpenNow(tx, c.touched)
	return c, err
}
