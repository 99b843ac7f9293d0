// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A witness sees how each matter stands after each act, at that moment.
type witness struct {
	*desk
	seen map[matters.ID][]sight
}

type sight struct {
	Act           matters.Act
	Before, After matters.Standing
}

func newWitness(d *desk) *witness {
	w := &witness{desk: d, seen: map[matters.ID][]sight{}}
	see := func(tx *sqldb.Tx, m matters.Matter, act matters.Act) {
		tx.AfterCommit(func() {
			s := sight{Act: act, After: m.Standing()}
			if old := w.seen[m.ID]; len(old) > 0 {
				s.Before = old[len(old)-1].After
			}
			w.seen[m.ID] = append(w.seen[m.ID], s)
		})
	}
	bus.On(d.Bus, func(tx *sqldb.Tx, _ scope.Actor, e matters.Raised) error {
		see(tx, e.Matter, "raise")
		return nil
	})
	bus.On(d.Bus, func(tx *sqldb.Tx, _ scope.Actor, e matters.Moved) error {
		see(tx, e.Matter, e.Act)
		return nil
	})
	return w
}

// check holds the lives that are read back against what was seen.
func (w *witness) check(t *testing.T) {
	t.Helper()
	var lives []matters.Life
	err := w.DB.Read(t.Context(), func(tx *sqldb.Tx) (err error) {
		lives, err = w.Matters.Lives(tx, slices.Collect(maps.Keys(w.seen)))
		return err
	})
	w.must(err)
	if len(lives) != len(w.seen) || len(lives) == 0 {
		t.Fatalf("%d lives of %d matters", len(lives), len(w.seen))
	}
	for _, l := range lives {
		read := make([]sight, 0, len(l.Moments))
		for _, m := range l.Moments {
			read = append(read, sight{m.Act, m.Before, m.After})
		}
		if d := cmp.Diff(w.seen[l.ID], read); d != "" {
			t.Fatalf("the life of %s is read otherwise than it was (-was +read):\n%s", l.Number, d)
		}
	}
}

// What a life reads back is what was, although only what changed was kept.
func TestLifeIsReadBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		w := newWitness(d)
		slip := d.raise(d.resident, nil)
		d.to(slip, matters.Closed)
		d.must(d.Matters.Rate(t.Context(), d.resident, slip.ID, matters.Rating{Solved: matters.No, Satisfied: 2}))
		w.check(t)
	})
}
