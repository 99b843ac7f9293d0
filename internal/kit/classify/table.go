// SPDX-License-Identifier: Apache-2.0

package classify

import "math/bits"

// A key is the hash of a word or a run of characters. Of some hundred thousand, a
// few share one; they count as the same.
type key uint32

// A table finds numbers by key: open addressing, at most half full. Before it
// looks, it asks a set of bits that stays in the processor's cache, since most
// of what is asked for is not there.
type table struct {
	slots []slot
	shift uint
	may   []uint64
	n     int
}

type slot struct {
	key key
	val int32 // one more than the number; 0 is empty
}

func newTable(n int) *table {
	b := max(3, bits.Len(uint(max(n, 1)*2-1)))                                                          //nolint:gosec // not negative
	return &table{slots: make([]slot, 1<<b), shift: uint(32 - b), may: make([]uint64, max(1, 1<<b>>3))} //nolint:gosec // below 32
}

func (t *table) first(k key) int { return int(uint32(k) * 0x9e3779b1 >> t.shift) }

func (t *table) get(k key) (int32, bool) {
	b := int(k) & (len(t.may)<<6 - 1)
	if t.may[b>>6]&(1<<(b&63)) == 0 {
		return 0, false
	}
	for i := t.first(k); ; i = (i + 1) & (len(t.slots) - 1) {
		switch s := t.slots[i]; {
		case s.val == 0:
			return 0, false
		case s.key == k:
			return s.val - 1, true
		}
	}
}

// put stores v under k unless something is there; it returns what is there then.
func (t *table) put(k key, v int32) int32 {
	if 2*(t.n+1) > len(t.slots) {
		g := newTable(2 * t.n)
		for _, s := range t.slots {
			if s.val != 0 {
				g.put(s.key, s.val-1)
			}
		}
		*t = *g
	}
	for i := t.first(k); ; i = (i + 1) & (len(t.slots) - 1) {
		switch s := &t.slots[i]; {
		case s.val == 0:
			*s = slot{k, v + 1}
			b := int(k) & (len(t.may)<<6 - 1)
			t.may[b>>6] |= 1 << (b & 63)
			t.n++
			return v
		case s.key == k:
			return s.val - 1
		}
	}
}

// keys are the keys of the numbers 0 to n-1.
func (t *table) keys(n int) []key {
	ks := make([]key, n)
	for _, s := range t.slots {
		if s.val != 0 {
			ks[s.val-1] = s.key
		}
	}
	return ks
}
