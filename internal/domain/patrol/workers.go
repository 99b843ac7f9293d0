// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Assignment says that somebody walks a grid.
type Assignment struct {
	ID      id.ID
	Path    scope.Path
	Account id.ID
	From    id.ID // who walked it before; 0: nobody
	Words   string
	BegunAt time.Time
	BegunBy string
	TakenAt time.Time // when the new one said that they have it
	EndedAt time.Time
}

func (a Assignment) digest() []byte {
	return trail.Digest("assignment/1", a.ID, whole(a.Path), a.Account, a.From, a.Words, a.BegunAt, a.BegunBy, a.TakenAt, a.EndedAt)
}

// able are those who could walk a grid: the posts of the town say so. The deepest post
// comes first.
func (s *Service) able(p scope.Path, at time.Time) (accounts []id.ID) {
	dir := s.orgs.Directory()
	type holder struct {
		account id.ID
		level   scope.Level
	}
	var hs []holder
	for l := scope.Grid; l >= scope.Village; l-- {
		u, ok := dir.Responsible("village", p)
		if !ok {
			break
		}
		for _, post := range dir.Posts(u.ID) {
			r, _ := access.RoleOf(post.Role)
			if _, level := post.Path.Last(); level != l || !slices.Contains(r.Needs, access.Patrol) || !post.In().Contains(p) {
				continue
			}
			for _, h := range dir.Holders(post.ID, at) {
				hs = append(hs, holder{h.Account, l})
				for _, c := range dir.Covers(h.ID, at) {
					if c.At(at) {
						hs = append(hs, holder{c.Account, l})
					}
				}
			}
		}
	}
	for _, h := range hs {
		if !slices.Contains(accounts, h.account) {
			accounts = append(accounts, h.account)
		}
	}
	return accounts
}

// workers are who walks a grid: those it is assigned to who still hold a post for it; if
// there are none, the holders of the nearest posts.
func (s *Service) workers(tx *sqldb.Tx, p scope.Path) ([]id.ID, error) {
	able := s.able(p, tx.Now())
	as, err := assignmentsOf(tx, p[scope.Grid])
	if err != nil {
		return nil, err
	}
	var ws []id.ID
	for _, a := range as {
		if a.EndedAt.IsZero() && slices.Contains(able, a.Account) && !slices.Contains(ws, a.Account) {
			ws = append(ws, a.Account)
		}
	}
	if len(ws) > 0 {
		return ws, nil
	}
	return able, nil
}

// Workers are who walks a grid, and who else could, for who sees its rounds.
func (s *Service) Workers(ctx context.Context, by scope.Actor, grid id.ID) (walk, could []id.ID, story []Assignment, err error) {
	g, ok := s.places.Tree().Get(grid)
	if !ok || g.Path[scope.Grid] != g.ID {
		return nil, nil, nil, errs.New(errs.NotFound, "patrol.grid.none")
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.maySee(tx, by, g.Path); err != nil {
			return err
		}
		could = s.able(g.Path, tx.Now())
		if story, err = assignmentsOf(tx, grid); err != nil {
			return err
		}
		walk, err = s.workers(tx, g.Path)
		return err
	})
	return walk, could, story, err
}

// HandOver gives a grid from one worker to another, with what there is to say: keys, who
// is ill, which dog bites. from is 0 where nobody walked it by name. Needs arrange in the
// grid. It is Invalid, beside account, if the posts of the town do not let them walk it.
func (s *Service) HandOver(ctx context.Context, by scope.Actor, grid, from, to id.ID, words string) error {
	words = strings.TrimSpace(words)
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		g, ok := s.places.Tree().Get(grid)
		if !ok || !g.Open() || g.Path[scope.Grid] != g.ID {
			return errs.At("grid", "patrol.grid.none")
		}
		if err := refuse(tx, by, access.Arrange, scope.Target{Path: g.Path}); err != nil {
			return err
		}
		var l errs.List
		between(&l, "words", words, minWords, MaxWhat)
		as, err := assignmentsOf(tx, grid)
		if err != nil {
			return err
		}
		walks := func(x id.ID) bool {
			return slices.ContainsFunc(as, func(a Assignment) bool { return a.Account == x && a.EndedAt.IsZero() })
		}
		if !slices.Contains(s.able(g.Path, tx.Now()), to) {
			l.Add("account", "patrol.worker.post")
		} else if walks(to) {
			l.Add("account", "patrol.worker.already")
		}
		if from != 0 && !walks(from) {
			l.Add("from", "patrol.worker.not")
		}
		if err := l.Err(); err != nil {
			return err
		}
		for _, a := range as {
			if a.Account != from || !a.EndedAt.IsZero() {
				continue
			}
			a.EndedAt = tx.Now()
			if err := endAssignment(tx, a); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "patrol_assignment", Record: a.ID, Act: "end", For: from.String(), Note: g.Name.ZH, Digest: a.digest()}); err != nil {
				return err
			}
		}
		a := Assignment{ID: tx.NewID(), Path: g.Path, Account: to, From: from, Words: words, BegunAt: tx.Now(), BegunBy: by.Name}
		if err := insertAssignment(tx, a); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_assignment", Record: a.ID, Act: "hand_over", For: to.String(), Note: g.Name.ZH, Digest: a.digest()})
	})
}

// TakeOver says that the actor has what was handed over to them. It is NotFound if it was
// handed over to somebody else, Conflict if they have said so.
func (s *Service) TakeOver(ctx context.Context, by scope.Actor, assignment id.ID) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		a, err := loadAssignment(tx, assignment)
		if err != nil {
			return err
		}
		switch {
		case by.Account == 0 || a.Account != by.Account || !a.EndedAt.IsZero():
			return errs.New(errs.NotFound, "patrol.assignment.none")
		case !a.TakenAt.IsZero():
			return errs.New(errs.Conflict, "patrol.assignment.taken")
		}
		a.TakenAt = tx.Now()
		if err := takeAssignment(tx, a); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "patrol_assignment", Record: a.ID, Act: "take_over", For: by.Account.String(), Digest: a.digest()})
	})
}

// grids are those that the actor walks, in the order of their codes.
func (s *Service) grids(tx *sqldb.Tx, by scope.Actor) (gs []places.Place, err error) {
	tree := s.places.Tree()
	seen := map[id.ID]bool{}
	for _, in := range by.Scopes(access.Patrol, tx.Now()) {
		if in.Level < scope.Village { // nobody walks a whole street
			continue
		}
		all := tree.Children(in.ID)
		if p, ok := tree.Get(in.ID); ok && in.Level == scope.Grid {
			all = []places.Place{p}
		}
		for _, g := range all {
			if g.Kind != places.Grid || !g.Open() || seen[g.ID] {
				continue
			}
			seen[g.ID] = true
			ws, err := s.workers(tx, g.Path)
			if err != nil {
				return nil, err
			}
			if slices.Contains(ws, by.Account) {
				gs = append(gs, g)
			}
		}
	}
	return gs, nil
}

// Handovers are those that wait for the actor to say that they have it.
func (s *Service) Handovers(ctx context.Context, by scope.Actor) (as []Assignment, err error) {
	if by.Account == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		as, err = untaken(tx, by.Account)
		return err
	})
	return as, err
}
