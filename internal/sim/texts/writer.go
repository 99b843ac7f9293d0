// SPDX-License-Identifier: Apache-2.0

package texts

import "math/rand/v2"

// A Writer writes for a whole town and never the same body twice. It is not safe
// for several goroutines at once; a simulation has one.
type Writer struct {
	rnd  *rand.Rand
	seen map[string]bool
}

// NewWriter starts a town's worth of letters from a source of chance.
func NewWriter(rnd *rand.Rand) *Writer {
	return &Writer{rnd: rnd, seen: map[string]bool{}}
}

// tries is how often a body may come out as one before. Bodies repeat less than
// once in a thousand, so this many in a row do not happen while words last.
const tries = 100

// Write is the package's Write with a body this Writer has not written before.
// Only when a caller asks one situation for more bodies than its words allow
// does it give up and repeat one.
func (w *Writer) Write(s Situation, slots Slots) Written {
	var out Written
	for range tries {
		if out = Write(w.rnd, s, slots); !w.seen[out.Body] {
			break
		}
	}
	w.seen[out.Body] = true
	return out
}
