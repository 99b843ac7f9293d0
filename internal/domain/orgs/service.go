// SPDX-License-Identifier: Apache-2.0

package orgs

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// administer is the need of every act here; package access documents it, and
// its test sees that the two agree.
const administer scope.Need = "administer"

// A Service carries out what administrators do to the organisation, and holds
// the directory. It is safe for several goroutines.
type Service struct {
	db    *sqldb.DB
	roles func(string) bool

	dir   atomic.Pointer[Directory]
	stale atomic.Bool
	mu    sync.Mutex // held while the directory is read anew
}

// Options are the choices of New.
type Options struct {
	// Role reports whether a post may have the role; nil allows any.
	Role func(role string) bool
}

// New returns the service of the organisation in db.
func New(db *sqldb.DB, o Options) *Service {
	s := &Service{db: db, roles: o.Role}
	s.stale.Store(true)
	return s
}

// Load reads the directory anew.
func (s *Service) Load(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.load(ctx)
}

func (s *Service) load(ctx context.Context) error {
	s.stale.Store(false) // before reading: a change while we read makes it stale again
	err := s.db.Read(ctx, func(tx *sqldb.Tx) error {
		d, err := loadDirectory(tx)
		if err == nil {
			s.dir.Store(d)
		}
		return err
	})
	if err != nil {
		s.stale.Store(true)
	}
	return err
}

// Directory returns the organisation as it is: with every act that this process
// has committed, and those of others as far as Check has seen them. Within a
// transaction it does not show what that transaction itself has done. If the
// database cannot be read it is the last one known.
func (s *Service) Directory() *Directory {
	if d := s.dir.Load(); d != nil && !s.stale.Load() {
		return d
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale.Load() || s.dir.Load() == nil {
		if err := s.load(context.Background()); err != nil {
			slog.Error("directory of the organisation not read", "err", err)
			if s.dir.Load() == nil {
				return newDirectory(0, nil, nil, nil, nil)
			}
		}
	}
	return s.dir.Load()
}

// Check sees whether another process has changed the organisation since the
// directory was read; if so, the next call of Directory reads it anew. It costs
// one look at one row, so whoever reads on behalf of a person calls it first.
func (s *Service) Check(tx *sqldb.Tx) error {
	v, err := loadVersion(tx)
	if err != nil {
		return err
	}
	if d := s.dir.Load(); d != nil && d.version != v {
		s.stale.Store(true)
	}
	return nil
}

// changed makes every process read the directory anew after the commit.
func (s *Service) changed(tx *sqldb.Tx) error {
	tx.AfterCommit(func() { s.stale.Store(true) })
	return bumpVersion(tx)
}

// allow refuses unless the actor administers the place at path, and all below it.
func allow(tx *sqldb.Tx, by scope.Actor, path scope.Path) error {
	if d := by.May(administer, scope.Target{Path: path, At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// History returns who held a post, or which posts an account held, the newest
// first, at most limit of them. One of the two IDs is given, the other is 0.
func (s *Service) History(ctx context.Context, account, post id.ID, limit int) (hs []Holding, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		hs, err = history(tx, account, post, limit)
		return err
	})
	return hs, err
}
