// SPDX-License-Identifier: Apache-2.0

package matters

import "sync"

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
