// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"strings"
	"sync"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// known are the matters that were written here lately, each as the last act left
// it: of what goes from hand to hand within minutes nobody reads sixty columns for
// every hand.
//
// It is for speed alone, and is believed only as long as the database has the same
// version; see [Service.load]. A matter in it is never changed, but replaced.
type known struct {
	mu       sync.Mutex
	new, old map[ID]*Matter
	numbers  map[string]ID // of both
}

// knownMost is how many matters are remembered in each of the two halves: when the
// new one is full it becomes the old one, and what was in that is forgotten.
const knownMost = 1024

// put remembers a matter, unless a later state of it is remembered.
func (k *known) put(m *Matter) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if was := k.find(m.ID); was != nil && was.Version >= m.Version {
		return
	}
	if k.new == nil || len(k.new) >= knownMost {
		for d, o := range k.old {
			if k.new[d] == nil {
				delete(k.numbers, o.Number)
			}
		}
		k.new, k.old = make(map[ID]*Matter, knownMost), k.new
	}
	if k.numbers == nil {
		k.numbers = map[string]ID{}
	}
	k.new[m.ID], k.numbers[m.Number] = m, m.ID
}

func (k *known) find(d ID) *Matter {
	if m := k.new[d]; m != nil {
		return m
	}
	return k.old[d]
}

// get returns the matter, or nil.
func (k *known) get(d ID) *Matter {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.find(d)
}

// numbered returns the matter with a number, or nil.
func (k *known) numbered(number string) *Matter {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d, ok := k.numbers[number]; ok {
		return k.find(d)
	}
	return nil
}

// remember keeps a matter in mind as the transaction leaves it.
func (s *Service) remember(tx *sqldb.Tx, m *Matter) {
	left := *m
	tx.AfterCommit(func() { s.known.put(&left) })
}

// Matter returns the matter with the given number without what stands beside it,
// and how much of it the actor sees. It is NotFound if there is none for them.
func (s *Service) Matter(ctx context.Context, by scope.Actor, number string) (m Matter, v View, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if m, err = s.loadNumber(tx, clean(number)); err != nil {
			return err
		}
		if v = s.view(tx, by, m); v == Nothing {
			return errs.New(errs.NotFound, "matter.none")
		}
		return nil
	})
	return m, v, err
}

// ToAct is Matter for those who are about to do an act to it. Where another process
// has just changed the matter it may return it as it was before that: the act looks
// again, and is not possible then or is refused.
func (s *Service) ToAct(ctx context.Context, by scope.Actor, number string) (Matter, error) {
	if m := s.known.numbered(clean(number)); m != nil && glance(by, *m, s.db.Now()) > Nothing {
		return *m, nil
	}
	m, _, err := s.Matter(ctx, by, number)
	return m, err
}

// clean is a number as it is kept.
func clean(number string) string { return strings.ToUpper(strings.TrimSpace(number)) }

// glance is how much of m the actor sees by what is known of both, without asking
// who else was called to it: they may see more.
func glance(by scope.Actor, m Matter, now time.Time) View {
	switch {
	case by.Kind == scope.System:
		return Inside
	case (by.Kind == scope.Staff || by.Kind == scope.Machine) && leads(by, m, now):
		return Inside
	case isReporter(by, m), m.RaisedBy != 0 && m.RaisedBy == by.Account && by.May("raise_for", m.Target("raise_for", now)).OK:
		return Reporter
	case m.VisibleToAll():
		return Outside
	}
	return Nothing
}
