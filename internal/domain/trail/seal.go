// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// A Sealer takes rows into the tree and signs checkpoints. Any number of them may
// work at once, in any number of processes: every row is sealed exactly once.
type Sealer struct {
	db      *sqldb.DB
	signer  note.Signer
	public  string
	keys    []note.Verifier
	made    bool
	mu      sync.Mutex // one run at a time in this process
	horizon horizon
}

// NewSealer returns a sealer for the database. At the town's first start it makes
// the key that signs, see MadeKey.
func NewSealer(db *sqldb.DB, keys Keys) (*Sealer, error) {
	signer, public, made, err := keys.load()
	if err != nil {
		return nil, err
	}
	vs, err := verifiers(public)
	if err != nil {
		return nil, err
	}
	return &Sealer{db: db, signer: signer, public: public, keys: vs, made: made}, nil
}

// PublicKey is the public half of the key that signs, and of others that are
// believed, one a line.
func (s *Sealer) PublicKey() string { return s.public }

// MadeKey reports whether NewSealer made the key: then its public half is to be
// shown to the operator, who prints it and keeps it outside this machine.
func (s *Sealer) MadeKey() bool { return s.made }

// batchRows is how many rows are sealed with one transaction and one checkpoint.
const batchRows = 32 * 1024

// Seal seals all rows that are settled and not yet sealed, and returns how many
// they were. Rows are read and hashed outside the writing transaction, which then
// stores whole tiles and a checkpoint only. It is called every few seconds.
func (s *Sealer) Seal(ctx context.Context) (sealed int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		n, more, err := s.batch(ctx)
		sealed += n
		if err != nil || !more {
			return sealed, err
		}
	}
}

// batch seals up to batchRows rows. That another process sealed them first is no
// error: the next batch goes on from there.
func (s *Sealer) batch(ctx context.Context) (n int64, more bool, err error) {
	var t *tree
	var before int64
	err = s.horizon.each(ctx, s.db, func(tx *sqldb.Tx, settled int64) (bool, error) {
		if t, err = loadTree(tx); err != nil {
			return false, err
		}
		if err := s.trust(tx, t); err != nil {
			return false, err
		}
		before = t.size
		if settled <= t.last {
			return false, nil
		}
		var h leafHasher
		err := eachRow(tx, t.last, settled, batchRows, func(r *Row) error {
			t.add(r.Seq, h.hash(r))
			return nil
		})
		return true, err
	})
	if err != nil {
		return 0, false, fmt.Errorf("seal: %w", err)
	}
	if n = t.size - before; n == 0 {
		return 0, false, nil
	}
	root, err := t.root()
	if err != nil {
		return 0, false, fmt.Errorf("seal: %w", err)
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.store(tx, t, root) })
	if errs.KindOf(err) == errs.Conflict {
		return 0, true, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("seal: %w", err)
	}
	return n, n == batchRows, nil
}

// trust makes sure that the tree ends where the last checkpoint says, so that
// nothing is ever signed on top of a tree that somebody has changed.
func (s *Sealer) trust(tx *sqldb.Tx, t *tree) error {
	stored, err := lastCheckpoint(tx)
	if errs.KindOf(err) == errs.NotFound && t.size == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := readCheckpoint(stored.note, s.keys)
	if err != nil {
		return fmt.Errorf("the last one cannot be believed; run verify, and if its key was lost, add the public half to %s: %w", publicFile, err)
	}
	root, err := t.root()
	if err != nil {
		return err
	}
	if c.Size != t.size || c.Root != root {
		return fmt.Errorf("the tree of %d rows is not the one that was signed with %d; run verify", t.size, c.Size)
	}
	return nil
}

func (s *Sealer) store(tx *sqldb.Tx, t *tree, root tlog.Hash) error {
	c := Checkpoint{Size: t.size, Root: root, At: tx.Now(), Seq: t.last}
	if err := c.sign(s.signer); err != nil {
		return err
	}
	for _, e := range t.changed() {
		if err := storeTile(tx, e); err != nil {
			return err
		}
	}
	return insertCheckpoint(tx, &c)
}
