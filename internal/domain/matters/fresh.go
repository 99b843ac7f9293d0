// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"sync"

	"yuanba/internal/domain/trail"
)

// fresh are the matters that were raised here a moment ago, for one follower of the
// trail: what it is told of within a second it need not read again. They are as
// they were raised, so they serve only where the trail tells of no more than that;
// what happened since has a later line, and is read then.
//
// It is for speed alone. What is not here is read.
type fresh struct {
	mu sync.Mutex
	m  map[ID]*Matter
}

// freshMost bounds what is kept where nobody takes it: where another process
// follows the trail for this one.
const freshMost = 8_192

func (f *fresh) put(m *Matter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.m == nil || len(f.m) >= freshMost {
		f.m = map[ID]*Matter{}
	}
	f.m[m.ID] = m
}

// take returns the matter and forgets it, or nil.
func (f *fresh) take(d ID) *Matter {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.m[d]
	delete(f.m, d)
	return m
}

// JustRaised takes out of the rows of a follower's batch the matters that were
// raised here a moment ago and of which the batch tells nothing else: their lives
// and how they stand, as [Service.Lives] and [Service.OpenNow] would read them, but
// for what a later batch tells. The other matters of the rows are others, each once.
// It gives each matter once, to one follower.
func (s *Service) JustRaised(rows []trail.Row) (lives []Life, open map[ID]OpenNow, others []ID) {
	told := make(map[ID]int, len(rows))
	for _, r := range rows {
		if r.Noun == "matter" {
			told[r.Record]++
		}
	}
	open = make(map[ID]OpenNow, len(rows))
	for _, r := range rows {
		n := told[r.Record]
		if r.Noun != "matter" || n == 0 {
			continue
		}
		told[r.Record] = 0
		m := s.toCount.take(r.Record)
		if m == nil || n > 1 || Act(r.Act) != raised {
			others = append(others, r.Record)
			continue
		}
		now := m.Standing()
		lives = append(lives, Life{ID: m.ID, Number: m.Number, Channel: m.Channel, Origin: m.Origin != "",
			Moments: []Moment{{Seq: r.Seq, At: m.RaisedAt, Act: raised, After: now}}})
		open[m.ID] = OpenNow{ID: m.ID, Standing: now, MovedAt: m.MovedAt, WarnAt: m.WarnAt, At: m.At, Everybody: m.VisibleToAll()}
	}
	return lives, open, others
}
