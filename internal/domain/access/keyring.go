// SPDX-License-Identifier: Apache-2.0

package access

import (
	"crypto/sha256"
	"maps"
	"math"
	"sync"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
)

// A keyring is what is held in memory of the keys in use: who shows them, what is
// left of their minute, and on which day they were used. Only keys that exist are
// held, so that it is as small as the list of them.
type keyring struct {
	mu      sync.Mutex
	held    map[[sha256.Size]byte]heldKey
	buckets map[id.ID]bucket
	used    map[id.ID]time.Time // the day, not yet written
	n       int                 // counts what was forgotten: who read before that must not store
}

type heldKey struct {
	machine Machine
	dir     *orgs.Directory // the organisation from which the grants were taken
	at      time.Time
}

// A bucket is what is left of what a key may ask: it fills evenly, and holds a
// minute's worth.
type bucket struct {
	left float64
	at   time.Time
}

func newKeyring() *keyring {
	return &keyring{held: map[[sha256.Size]byte]heldKey{}, buckets: map[id.ID]bucket{}, used: map[id.ID]time.Time{}}
}

func (r *keyring) round() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *keyring) get(hash [sha256.Size]byte, now time.Time, dir *orgs.Directory) (Machine, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h, ok := r.held[hash]
	if age := now.Sub(h.at); !ok || age < 0 || age >= fresh || h.dir != dir {
		return Machine{}, false
	}
	return h.machine, true
}

func (r *keyring) put(hash [sha256.Size]byte, m Machine, now time.Time, dir *orgs.Directory, round int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n == round {
		r.held[hash] = heldKey{m, dir, now}
	}
}

// forget drops a key that was revoked.
func (r *keyring) forget(key id.ID) {
	r.drop(func(m Machine) bool { return m.Key.ID == key })
}

// forgetOf drops the keys that act for an account.
func (r *keyring) forgetOf(account id.ID) {
	r.drop(func(m Machine) bool { return m.Key.Account == account })
}

func (r *keyring) drop(match func(Machine) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	maps.DeleteFunc(r.held, func(_ [sha256.Size]byte, h heldKey) bool { return match(h.machine) })
}

// take counts one request of a key. It is the number of seconds to wait if there
// is none left, else 0.
func (r *keyring) take(k APIKey, now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used[k.ID] = day(now)
	full := float64(k.PerMinute)
	b, ok := r.buckets[k.ID]
	if !ok || now.Before(b.at) {
		b = bucket{full, now}
	}
	b.left = min(full, b.left+now.Sub(b.at).Seconds()*full/60)
	b.at = now
	wait := 0
	if b.left < 1 {
		wait = max(1, int(math.Ceil((1-b.left)*60/full)))
	} else {
		b.left--
	}
	r.buckets[k.ID] = b
	return wait
}

// day is the first moment of the town's day.
func day(at time.Time) time.Time {
	y, m, d := at.In(i18n.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
}

func (r *keyring) takeUsed() map[id.ID]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	used := r.used
	r.used = make(map[id.ID]time.Time, len(used))
	return used
}

func (r *keyring) giveBack(used map[id.ID]time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, at := range used {
		if at.After(r.used[k]) {
			r.used[k] = at
		}
	}
}
