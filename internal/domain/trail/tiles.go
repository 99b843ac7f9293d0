// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"encoding/binary"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// Tiles are those of tlog with height 8: the entry i of level L is the hash of
// the complete subtree over the leaves i·256^L up to (i+1)·256^L, and a tile is
// 256 neighbouring entries, the last tile of a level perhaps fewer.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

type tileKey struct{ level, n int64 }

// A tile is a row of trail_tile.
type tile struct {
	tileKey
	hashes []byte
	seqs   []byte // of the rows, at level 0 only
	stored int    // its width in the database, 0 if it is not there yet
}

func (t *tile) width() int { return len(t.hashes) / tlog.HashSize }

func (t *tile) entry(i int) (h tlog.Hash) {
	copy(h[:], t.hashes[i*tlog.HashSize:])
	return h
}

func (t *tile) seq(i int) int64 { return int64(binary.BigEndian.Uint64(t.seqs[i*8:])) }

// shape reports whether the columns of a stored tile fit each other.
func (t *tile) shape() error {
	if len(t.hashes) != t.stored*tlog.HashSize || t.level == 0 && len(t.seqs) != t.stored*8 || t.level > 0 && len(t.seqs) != 0 {
		return fmt.Errorf("tile %d/%d is malformed", t.level, t.n)
	}
	return nil
}

// root is the hash of the complete subtree over a full tile.
func (t *tile) root() tlog.Hash {
	hs := make([]tlog.Hash, tileWidth)
	for i := range hs {
		hs[i] = t.entry(i)
	}
	for len(hs) > 1 {
		for i := range len(hs) / 2 {
			hs[i] = tlog.NodeHash(hs[2*i], hs[2*i+1])
		}
		hs = hs[:len(hs)/2]
	}
	return hs[0]
}

// A tree is the growing edge of the stored tree. It holds the tiles that change.
type tree struct {
	size  int64
	last  int64 // seq of the last leaf
	tiles map[tileKey]*tile
}

// loadTree reads the edge of the tree: of each level the last tile.
func loadTree(tx *sqldb.Tx) (*tree, error) {
	t := &tree{tiles: map[tileKey]*tile{}}
	for level := int64(0); ; level++ {
		e, err := lastTile(tx, level)
		if errs.KindOf(err) == errs.NotFound {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		if err := e.shape(); err != nil {
			return nil, err
		}
		t.tiles[e.tileKey] = e
		if e.level == 0 {
			t.size = e.n*tileWidth + int64(e.width())
			t.last = e.seq(e.width() - 1)
		}
	}
}

// add appends a leaf, and to the levels above whatever it completes.
func (t *tree) add(seq int64, h tlog.Hash) {
	i := t.size
	t.size, t.last = t.size+1, seq
	for level := int64(0); ; level++ {
		k := tileKey{level, i / tileWidth}
		e := t.tiles[k]
		if e == nil {
			e = &tile{tileKey: k}
			t.tiles[k] = e
		}
		e.hashes = append(e.hashes, h[:]...)
		if level == 0 {
			e.seqs = binary.BigEndian.AppendUint64(e.seqs, uint64(seq))
		}
		if e.width() < tileWidth {
			return
		}
		h, i = e.root(), i/tileWidth
	}
}

// changed are the tiles that are not stored as they are now, in a fixed order.
func (t *tree) changed() []*tile {
	var all []*tile
	for _, e := range t.tiles {
		if e.width() != e.stored {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *tile) int {
		if a.level != b.level {
			return int(a.level - b.level)
		}
		return int(a.n - b.n)
	})
	return all
}

// root is the root over all leaves. The hashes it needs are those of the edge:
// within the last, partial tile of each level.
func (t *tree) root() (tlog.Hash, error) {
	return tlog.TreeHash(t.size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return hashesFrom(indexes, func(k tileKey) ([]byte, error) {
			if e := t.tiles[k]; e != nil {
				return e.hashes, nil
			}
			return nil, fmt.Errorf("tile %d/%d is missing", k.level, k.n)
		})
	}))
}

// hashesFrom answers a tlog.HashReader out of tiles.
func hashesFrom(indexes []int64, get func(tileKey) ([]byte, error)) ([]tlog.Hash, error) {
	hs := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		tt := tlog.TileForIndex(tileHeight, x)
		data, err := get(tileKey{int64(tt.L), tt.N})
		if err != nil {
			return nil, err
		}
		tt.W = len(data) / tlog.HashSize
		if hs[i], err = tlog.HashFromTile(tt, data, x); err != nil {
			return nil, err
		}
	}
	return hs, nil
}
