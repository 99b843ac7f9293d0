// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"context"
	"fmt"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// StepAndDie does what Step does, and ends with err before it is on disk, as a
// killed process does.
func StepAndDie(ctx context.Context, n *Notifier, err error) error {
	b, nerr := n.follower.Next(ctx, n.s.db, 1000)
	if nerr != nil {
		return nerr
	}
	ns, nerr := n.s.notices(ctx, b.Rows)
	if nerr != nil {
		return nerr
	}
	return n.s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := n.follower.Done(tx, b); err != nil {
			return err
		}
		if err := insertNotices(tx, ns); err != nil {
			return err
		}
		return err
	})
}

// Fits reports whether the last row of the trail about a matter agrees with it and
// with everything that belongs to it.
func Fits(ctx context.Context, s *Service, d ID) error {
	return s.db.Read(ctx, func(tx *sqldb.Tx) error {
		r, err := trail.Last(tx, "matter", d)
		if err != nil {
			return err
		}
		m, err := s.read(tx, d)
		if err != nil {
			return err
		}
		last := len(m.loaded) - 1 // the version
		for name, known := range map[string]*Matter{"remembered": s.known.get(d), "remembered under its number": s.known.numbered(m.Number)} {
			if known != nil && known.Version == m.Version {
				if is, was := fmt.Sprint(m.values()), fmt.Sprint(known.values()); is != was {
					return fmt.Errorf("after %s it is %s as\n%s\nand is\n%s", r.Act, name, was, is)
				}
				if is, was := fmt.Sprint(m.loaded[:last]), fmt.Sprint(known.loaded[:last]); is != was {
					return fmt.Errorf("after %s it is %s as loaded\n%s\nand is\n%s", r.Act, name, was, is)
				}
			}
		}
		found, err := storyOf(tx, d)
		switch {
		case err != nil:
			return err
		case !bytes.Equal(found, m.story):
			return fmt.Errorf("after %s its parts are not what it says", r.Act)
		case !bytes.Equal(r.Digest, m.digest()):
			return fmt.Errorf("the row of %s does not fit it", r.Act)
		}
		return nil
	})
}

// AddBehind adds a line with the given ID to a matter's story.
func AddBehind(ctx context.Context, s *Service, d ID, line id.ID, words string) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		m.add(Step{ID: line, Matter: d, At: tx.Now(), Act: Note, Words: words})
		return s.keep(tx, scope.Program("test"), &m, saveBeside, trail.Entry{Act: string(Note), From: string(m.State)})
	})
}

// Refit makes the trail agree with a matter as it stands.
func Refit(tx *sqldb.Tx, s *Service, d ID) error {
	m, err := s.load(tx, d)
	if err != nil {
		return err
	}
	if m.story, err = storyOf(tx, d); err != nil {
		return err
	}
	return s.keep(tx, scope.Program("test"), &m, saveBeside, trail.Entry{Act: "refit", From: string(m.State)})
}

// PartColumns are the tables of what belongs to a matter, with the columns that
// are in its hash.
func PartColumns() map[string]string {
	all := map[string]string{}
	for _, t := range partTables() {
		all[t.name] = t.columns
	}
	return all
}

// WithoutStory is m as its own row has it.
func WithoutStory(m Matter) Matter {
	m.story, m.loaded = nil, nil
	return m
}

// KnownAfter is how many matters, and numbers of matters, are remembered after n
// others were written, and whether the last of them is among them.
func KnownAfter(n int) (matters, numbers int, last bool) {
	var k known
	for i := range n {
		k.put(&Matter{ID: ID(i + 1), Number: fmt.Sprint(i + 1), Version: 1})
	}
	return len(k.new) + len(k.old), len(k.numbers), k.get(ID(n)) != nil && k.numbered(fmt.Sprint(n)) != nil
}

// KnownMost is how many are remembered at the most.
const KnownMost = 2 * knownMost
