// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/sqldb"
)

// A Live tells those who watch that something has happened: one looks at the trail
// for all of them, at most once a second, and only while somebody watches.
type Live struct {
	s    *Service
	log  *slog.Logger
	wake chan struct{}

	mu     sync.Mutex
	seq    int64
	ears   map[*Ear]struct{}
	closed bool
}

// An Ear is somebody who watches. C has the Seq of the last row of the trail when it
// has moved on; it is closed when the program stops.
type Ear struct {
	C    chan int64
	live *Live
}

const (
	// coalesce is the least time between two tellings.
	coalesce = time.Second
	// another process may have written, and nobody here was woken.
	lookEvery = 3 * time.Second
	// mostEars bounds how many watch at once.
	mostEars = 200
)

// NewLive returns the town's. It does nothing until Run.
func (s *Service) NewLive(log *slog.Logger) *Live {
	return &Live{s: s, log: log, wake: make(chan struct{}, 1), ears: map[*Ear]struct{}{}}
}

// Wake says that something has happened here. It never waits.
func (l *Live) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Hear returns an ear that hears what happens after the row seq; it must be
// closed. ok is false if too many listen, or the program stops.
func (l *Live) Hear(seq int64) (e *Ear, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.ears) >= mostEars {
		return nil, false
	}
	e = &Ear{C: make(chan int64, 1), live: l}
	l.ears[e] = struct{}{}
	if l.seq > seq { // what was missed between the page and here
		e.C <- l.seq
	}
	l.Wake()
	return e, true
}

// Close takes the ear off.
func (e *Ear) Close() {
	e.live.mu.Lock()
	defer e.live.mu.Unlock()
	delete(e.live.ears, e)
}

// Close ends all listening, now and from now on.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	for e := range l.ears {
		close(e.C)
	}
	clear(l.ears)
}

// Run tells until ctx ends.
func (l *Live) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-time.After(lookEvery):
		}
		if l.watched() {
			if err := l.look(ctx); err != nil && ctx.Err() == nil {
				l.log.Error("looking for what happened", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(coalesce):
		}
	}
}

func (l *Live) watched() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ears) > 0
}

// look tells everybody if the trail has moved on.
func (l *Live) look(ctx context.Context) error {
	var rows []trail.Row
	err := l.s.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		rows, err = trail.Newest(tx, 1)
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if rows[0].Seq == l.seq {
		return nil
	}
	l.seq = rows[0].Seq
	for e := range l.ears {
		select {
		case <-e.C: // an older one that was not yet taken
		default:
		}
		e.C <- l.seq
	}
	return nil
}
