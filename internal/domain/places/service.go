// SPDX-License-Identifier: Apache-2.0

package places

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// administer is the need of every act here; package access documents it.
const administer scope.Need = "administer"

// A Service carries out what administrators do to the tree of places, and holds
// the tree. It is safe for several goroutines.
type Service struct {
	db    *sqldb.DB
	tree  atomic.Pointer[Tree]
	stale atomic.Bool
	mu    sync.Mutex // held while the tree is read anew
}

// New returns the service of the places in db.
func New(db *sqldb.DB) *Service {
	s := &Service{db: db}
	s.stale.Store(true)
	return s
}

// Load reads the tree anew.
func (s *Service) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx)
}

func (s *Service) load(ctx context.Context) error {
	s.stale.Store(false) // before reading: a change while we read makes it stale again
	err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
		t, err := loadTree(tx, s.tree.Load())
		if err == nil {
			s.tree.Store(t)
		}
		return err
	})
	if err != nil {
		s.stale.Store(true)
	}
	return err
}

// Tree returns the places as they are: with every act that this process has
// committed, and those of others as far as Check has seen them. Within a
// transaction it does not show what that transaction itself has done. If the
// database cannot be read it is the last one known, or one without places.
func (s *Service) Tree() *Tree {
	if t := s.tree.Load(); t != nil && !s.stale.Load() {
		return t
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale.Load() || s.tree.Load() == nil {
		if err := s.load(context.Background()); err != nil {
			slog.Error("tree of places not read", "err", err)
			if s.tree.Load() == nil {
				return newTree(0, nil)
			}
		}
	}
	return s.tree.Load()
}

// Check sees whether another process has changed the places since the tree was
// read; if so, the next call of Tree reads it anew. It costs one look at one
// row, so whoever reads on behalf of a person calls it first.
func (s *Service) Check(tx *sqldb.Tx) error {
	v, err := loadVersion(tx)
	if err != nil {
		return err
	}
	if t := s.tree.Load(); t != nil && t.version != v {
		s.stale.Store(true)
	}
	return nil
}

// within returns the tree as the transaction sees it.
func (s *Service) within(tx *sqldb.Tx) (*Tree, error) {
	v, err := loadVersion(tx)
	if err != nil {
		return nil, err
	}
	if t := s.tree.Load(); t != nil && t.version == v {
		return t, nil
	}
	return loadTree(tx, s.tree.Load())
}

// change is the one door through which the tree changes. rule proposes changes
// to the tree as it is; if there are any, they must leave a sound tree, and are
// written with their history and their lines in the trail.
func (s *Service) change(ctx context.Context, by scope.Actor, on Day, rule func(*plan) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		t, err := s.within(tx)
		if err != nil {
			return err
		}
		p := &plan{tx: tx, by: by, tree: t, on: on, today: DayOf(tx.Now()), at: map[id.ID]int{}}
		if err := rule(p); err != nil {
			return err
		}
		if len(p.changes) == 0 {
			return nil
		}
		if err := p.check(); err != nil {
			return err
		}
		if err := bumpVersion(tx, t.version); err != nil {
			return err
		}
		for _, c := range p.changes {
			if err := p.apply(c); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { s.stale.Store(true) })
		return nil
	})
}
