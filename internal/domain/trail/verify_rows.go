// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

const (
	beforeAll = math.MinInt64
	maxSeq    = math.MaxInt64
	stepTiles = 64 // tiles checked in one reading transaction
)

// errFault ends a query after a fault was found.
var errFault = errors.New("fault found")

// A walk recomputes the tree from the rows, from the first leaf to the last that
// was sealed when it began. Each step is a transaction of its own: rows and
// hashes are only ever added, so later ones cannot disturb earlier ones.
type walk struct {
	db    *sqldb.DB
	keys  []note.Verifier
	rep   *Report
	fault *Fault

	size  int64 // leaves to check
	total int64
	at    int64 // leaves checked
	last  int64 // seq of the last of them

	roots    []tlog.Hash // of the complete subtrees over the leaves checked, as the bits of at
	hasher   leafHasher
	good     int64 // leaves under the last checkpoint that agreed
	goodSeq  int64 // the first seq after these, once known
	tileSeq  int64 // first seq of the present tile
	newest   tlog.Hash
	signedAt time.Time
	older    *Checkpoint
}

func (w *walk) found(f Fault) error {
	w.fault = &f
	return errFault
}

// start learns how far the tree and the checkpoints go.
func (w *walk) start(ctx context.Context, older []byte) error {
	if len(older) > 0 {
		c, err := kept(string(older), w.keys)
		if err != nil {
			return fmt.Errorf("older checkpoint: %w", err)
		}
		w.older = &c
	}
	var signed int64
	next := int64(1) // the row after the last one sealed
	err := w.db.Read(ctx, func(tx *sqldb.Tx) error {
		t, err := lastTile(tx, 0)
		if err == nil {
			if err := t.shape(); err != nil || t.n < 0 {
				return w.found(Fault{Kind: Damaged, Detail: fmt.Sprintf("tile 0/%d: %v", t.n, err)})
			}
			w.size = t.n*tileWidth + int64(t.width())
			next = t.seq(t.width()-1) + 1
		} else if errs.KindOf(err) != errs.NotFound {
			return err
		}
		if err := w.levels(tx); err != nil {
			return err
		}
		c, err := lastCheckpoint(tx)
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		signed = c.size
		return err
	})
	if err != nil {
		return ignoreFault(err)
	}
	w.total, w.rep.Size = w.size, signed
	switch {
	case w.older != nil && w.older.Size > w.size:
		w.fault = &Fault{Kind: CutOff, Size: w.older.Size, Seq: next, Detail: fmt.Sprintf("the checkpoint kept outside has %d rows, the tree %d", w.older.Size, w.size)}
	case signed > w.size:
		w.fault = &Fault{Kind: CutOff, Size: signed, Seq: next, Detail: fmt.Sprintf("the last checkpoint has %d rows, the tree %d", signed, w.size)}
	case signed < w.size:
		w.fault = &Fault{Kind: Unsigned, Size: w.size, Detail: fmt.Sprintf("the last checkpoint has %d rows, the tree %d", signed, w.size)}
	}
	return nil
}

// levels makes sure that every level above the leaves has as many entries as
// complete subtrees there are, no fewer and no more.
func (w *walk) levels(tx *sqldb.Tx) error {
	for level, want := int64(1), w.size/tileWidth; ; level, want = level+1, want/tileWidth {
		t, err := lastTile(tx, level)
		var have int64
		switch {
		case err == nil:
			have = t.n*tileWidth + int64(t.stored)
		case errs.KindOf(err) != errs.NotFound:
			return err
		}
		if have != want {
			return w.found(Fault{Kind: Damaged, Detail: fmt.Sprintf("level %d has %d entries instead of %d", level, have, want)})
		}
		if have == 0 {
			return nil
		}
	}
}

func ignoreFault(err error) error {
	if errors.Is(err, errFault) {
		return nil
	}
	return err
}

// A stretch is what one step needs to have at hand.
type stretch struct {
	tiles  []*tile
	leaves int64
	upper  map[tileKey]*tile
	signed []storedCheckpoint
}

// step checks the next stretch of leaves.
func (w *walk) step(ctx context.Context) error {
	return ignoreFault(w.db.Read(ctx, func(tx *sqldb.Tx) error {
		s, err := w.stretch(tx)
		if err != nil {
			return err
		}
		first, i := w.at, int64(0)
		end := w.seqAt(s, s.leaves-1)
		err = eachRow(tx, w.last, end, int(s.leaves), func(r *Row) error {
			want := w.seqAt(s, i)
			t := s.tiles[i/tileWidth]
			switch {
			case r.Seq < want:
				return w.found(Fault{Kind: Inserted, Seq: r.Seq, Noun: r.Noun, Record: r.Record})
			case r.Seq > want:
				return w.found(Fault{Kind: Removed, Seq: want})
			}
			h := w.hasher.hash(r)
			if h != t.entry(int(i%tileWidth)) {
				return w.found(Fault{Kind: Altered, Seq: r.Seq, Noun: r.Noun, Record: r.Record})
			}
			i++
			return w.leaf(s, r.Seq, h)
		})
		if err == nil && w.at-first < s.leaves {
			return w.found(Fault{Kind: Removed, Seq: w.seqAt(s, w.at-first)})
		}
		return err
	}))
}

func (w *walk) seqAt(s *stretch, i int64) int64 { return s.tiles[i/tileWidth].seq(int(i % tileWidth)) }

// stretch loads the stored hashes and checkpoints of the next leaves.
func (w *walk) stretch(tx *sqldb.Tx) (*stretch, error) {
	s := &stretch{upper: map[tileKey]*tile{}}
	var err error
	if s.tiles, err = tiles(tx, 0, w.at/tileWidth, stepTiles); err != nil {
		return nil, err
	}
	want := min(stepTiles, (w.size-w.at+tileWidth-1)/tileWidth)
	last := w.last
	for i := range want {
		n := w.at/tileWidth + i
		if i >= int64(len(s.tiles)) || s.tiles[i].n != n || s.tiles[i].shape() != nil || n < w.size/tileWidth && s.tiles[i].width() != tileWidth {
			return nil, w.found(Fault{Kind: Damaged, Seq: max(last, 0), Detail: fmt.Sprintf("tile 0/%d is missing or malformed", n)})
		}
		leaves := min(tileWidth, w.size-n*tileWidth)
		for k := range int(leaves) {
			q := s.tiles[i].seq(k)
			if q <= last {
				return nil, w.found(Fault{Kind: Reordered, Seq: q})
			}
			last = q
		}
		s.leaves += leaves
	}
	for level, shift := int64(1), tileHeight; (w.at+s.leaves)>>shift > 0; level, shift = level+1, shift+tileHeight {
		ts, err := tiles(tx, level, w.at>>shift/tileWidth, 2)
		if err != nil {
			return nil, err
		}
		for _, t := range ts {
			s.upper[t.tileKey] = t
		}
	}
	all, err := checkpoints(tx, w.at, int(s.leaves))
	for _, c := range all {
		if c.size <= w.at+s.leaves {
			s.signed = append(s.signed, c)
		}
	}
	return s, err
}

// leaf takes a leaf that is as it was sealed into the tree, compares the stored
// hashes it completes, and the checkpoints that end with it.
func (w *walk) leaf(s *stretch, seq int64, h tlog.Hash) error {
	if w.at == w.good {
		w.goodSeq = seq
	}
	if w.at%tileWidth == 0 {
		w.tileSeq = seq
	}
	i := w.at
	w.at, w.last = w.at+1, seq
	w.rep.Rows, w.rep.Sealed = w.at, w.at
	for height := 1; i&1 == 1; height, i = height+1, i>>1 {
		n := len(w.roots) - 1
		h = tlog.NodeHash(w.roots[n], h)
		w.roots = w.roots[:n]
		if height%tileHeight == 0 {
			if err := w.complete(s, int64(height/tileHeight), i>>1, h); err != nil {
				return err
			}
		}
	}
	w.roots = append(w.roots, h)
	if w.older != nil && w.older.Size == w.at && w.older.Root != w.root() {
		return w.found(Fault{Kind: Rewritten, Seq: w.goodSeq, To: seq, Size: w.at, Detail: "the root is not that of the checkpoint kept outside"})
	}
	for len(s.signed) > 0 && s.signed[0].size == w.at {
		if err := w.checkpoint(s.signed[0]); err != nil {
			return err
		}
		s.signed = s.signed[1:]
	}
	return nil
}

// complete compares the hash of a complete subtree with the stored one.
func (w *walk) complete(s *stretch, level, i int64, h tlog.Hash) error {
	t := s.upper[tileKey{level, i / tileWidth}]
	k := int(i%tileWidth) * tlog.HashSize
	switch {
	case t == nil || len(t.hashes) < k+tlog.HashSize:
		return w.found(Fault{Kind: Damaged, Seq: w.last, Detail: fmt.Sprintf("tile %d/%d is missing or too short", level, i/tileWidth)})
	case bytes.Equal(t.hashes[k:k+tlog.HashSize], h[:]):
		return nil
	case level == 1: // rows and leaf hashes agree, but not with what was computed when they were sealed
		return w.found(Fault{Kind: Rewritten, Seq: max(w.tileSeq, w.goodSeq), To: w.last, Detail: fmt.Sprintf("entry %d of tile 1/%d", i%tileWidth, i/tileWidth)})
	}
	return w.found(Fault{Kind: Damaged, Seq: w.last, Detail: fmt.Sprintf("entry %d of tile %d/%d", i%tileWidth, level, i/tileWidth)})
}

// checkpoint compares the root over the leaves so far with a stored checkpoint.
func (w *walk) checkpoint(stored storedCheckpoint) error {
	c, err := readCheckpoint(stored.note, w.keys)
	if err != nil || c.Size != stored.size || c.Seq != stored.seq || c.At.UnixMilli() != stored.at {
		return w.found(Fault{Kind: Forged, Size: stored.size, Seq: w.last, Detail: fmt.Sprint(err)})
	}
	root := w.root()
	if c.Root != root || c.Seq != w.last {
		return w.found(Fault{Kind: Rewritten, Seq: w.goodSeq, To: w.last, Size: c.Size, Detail: "the root is not the one that was signed"})
	}
	w.good, w.newest, w.signedAt = w.at, root, c.At
	w.rep.Checkpoints++
	return nil
}

// root is the root over the leaves so far.
func (w *walk) root() tlog.Hash {
	n := len(w.roots) - 1
	h := w.roots[n]
	for n--; n >= 0; n-- {
		h = tlog.NodeHash(w.roots[n], h)
	}
	return h
}
