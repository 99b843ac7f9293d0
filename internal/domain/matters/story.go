// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A part is a row that belongs to a matter and stands beside it in a table of its
// own: a line of its story, a file, a "me too", what an assisting unit was asked
// and said, a whistle and the responses to it, an invitation, a
// moderation, a stage that has ended, an appeal about one.
//
// A matter keeps one hash over all of them, in the order of their IDs, and its
// digest covers that hash: so the check of the trail finds out when one of them
// was altered, added or taken away. An act adds its parts to the hash as it stands
// and reads none of the others. That it goes on from what was and not from what it
// finds also means that no later act makes good what somebody altered.
//
// Not parts are what only says whom to tell: subscriptions, notices, reminders.
type part interface {
	table() *partTable
	key() id.ID    // its place among the parts of its matter
	values() []any // for the columns of its table
}

// digestOf is the SHA-256 of a part: the name of its table and all its columns.
func digestOf(p part) []byte {
	fields := append(make([]any, 0, 16), p.table().name)
	for _, v := range p.values() {
		if t, ok := v.(sqldb.Time); ok {
			v = t.Time
		}
		fields = append(fields, v)
	}
	return trail.Digest(fields...)
}

// A chain is the hash over the parts of a matter: the key of the last of them in 8
// bytes, then SHA-256(what stood there before ‖ its digest) in 32. It is empty if
// there is none.
type chain []byte

const chainKey = 8 // bytes

func (c chain) last() id.ID {
	if len(c) == 0 {
		return 0
	}
	return id.ID(binary.BigEndian.Uint64(c))
}

func (c chain) hash() []byte {
	if len(c) == 0 {
		return nil
	}
	return c[chainKey:]
}

// with is the chain after one more part.
func (c chain) with(key id.ID, digest []byte) chain {
	sum := sha256.Sum256(append(append(make([]byte, 0, 2*sha256.Size), c.hash()...), digest...))
	next := binary.BigEndian.AppendUint64(make([]byte, 0, chainKey+sha256.Size), uint64(key))
	return append(next, sum[:]...)
}

// add gives the matter more parts, in the order of their keys. They are written
// with the matter, by keep.
func (m *Matter) add(ps ...part) {
	for _, p := range ps {
		if m.apart = m.apart || p.key() < m.story.last(); !m.apart {
			m.story = m.story.with(p.key(), digestOf(p))
		}
		m.fresh = append(m.fresh, p)
	}
}

// keep writes a matter in the given way, its new parts, and the row of the trail
// that says so: it is the one door to all three. The entry needs no more than the
// act, the state before, and for whom it was done.
func (s *Service) keep(tx *sqldb.Tx, by scope.Actor, m *Matter, write func(*sqldb.Tx, *Matter) error, e trail.Entry) error {
	if m.apart { // the clock of another process is ahead of this one's
		if err := rewrite(tx, m, func() error { return nil }); err != nil {
			return err
		}
	}
	t := m.asTexts() // once for the row and its digest
	m.texts = &t
	if err := write(tx, m); err != nil {
		return err
	}
	e.Noun, e.Record, e.To, e.Digest = "matter", m.ID, string(m.State), m.digest()
	m.texts = nil
	if err := writeFresh(tx, m); err != nil {
		return err
	}
	s.remember(tx, m)
	return trail.Append(tx, by, e)
}

func writeFresh(tx *sqldb.Tx, m *Matter) error {
	ps := m.fresh
	m.fresh = nil
	return insertParts(tx, ps)
}

// rewrite lets f change parts that are there already, which few acts do, and takes
// the hash over all of them anew. If they were not what the matter's own hash says,
// they still are not afterwards.
func rewrite(tx *sqldb.Tx, m *Matter, f func() error) error {
	if !m.apart {
		if err := writeFresh(tx, m); err != nil {
			return err
		}
	}
	was, err := storyOf(tx, m.ID)
	if err != nil {
		return err
	}
	if err := writeFresh(tx, m); err != nil {
		return err
	}
	if err := f(); err != nil {
		return err
	}
	now, err := storyOf(tx, m.ID)
	if err != nil {
		return err
	}
	if !bytes.Equal(was, m.story) {
		now = now.with(now.last(), append(was.hash(), m.story.hash()...))
	}
	m.story, m.apart = now, false
	return nil
}

// EachDigest calls f with every matter, in the order of their IDs, and the digest
// of its present state and that of its parts, for the check of the trail.
func (s *Service) EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return s.eachWithStory(tx, func(m Matter, found chain) error {
		digest := m.digest()
		if !bytes.Equal(found, m.story) || m.stored != m.Turn() {
			digest = trail.Digest("matter with other parts", digest, []byte(found), string(m.stored)) // fits no row
		}
		return f(m.ID, digest)
	})
}
