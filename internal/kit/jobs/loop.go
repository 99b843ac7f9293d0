// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"context"
	"time"

	"yuanba/internal/kit/sqldb"
)

// poll bounds how long a process does not look for what others have enqueued.
// What it enqueues itself it knows at once.
const poll = time.Second

// grace is how long a job has to end after it was told to.
const grace = 2 * time.Second

// Start begins to run what is due, in the background, until Stop.
func (q *Queue) Start() {
	if q.started.Swap(true) {
		panic("jobs: started twice")
	}
	go q.loop()
	go q.beat()
}

// Stop takes no more jobs and waits for those that run. When ctx ends first, they
// are told to end, and go back to wait for another process. The error says that
// some did not: they run again when their lease ends.
func (q *Queue) Stop(ctx context.Context) error {
	q.stopOnce.Do(func() { close(q.stopping) })
	if !q.started.Load() {
		return nil
	}
	<-q.looped
	idle := make(chan struct{})
	go func() {
		q.running.Wait()
		close(idle)
	}()
	defer q.halt()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	q.halt()
	select {
	case <-idle:
		return nil
	case <-time.After(grace):
		return ctx.Err()
	}
}

// loop hands out what is due whenever there may be something.
func (q *Queue) loop() {
	defer close(q.looped)
	for {
		wait, err := q.hand(q.work)
		if err != nil {
			q.o.Log.Error("jobs", "err", err)
			wait = poll
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.stopping:
			timer.Stop()
			return
		case <-q.signal:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// hand starts what is due and there is room for, and says when to look again.
func (q *Queue) hand(ctx context.Context) (time.Duration, error) {
	turns, err := q.dueTurns(ctx)
	if err != nil {
		return 0, err
	}
	for _, t := range turns {
		ok, err := q.takeTurn(ctx, t)
		if err != nil {
			return 0, err
		}
		if ok {
			q.setTurn(t.Name, true)
			q.running.Go(func() {
				defer q.wake()
				defer q.setTurn(t.Name, false)
				q.runTurn(ctx, t)
			})
		}
	}
	for _, name := range q.queues {
		js, err := q.claim(ctx, name, q.room(name))
		if err != nil {
			return 0, err
		}
		q.hold(name, len(js))
		for _, j := range js {
			q.running.Go(func() {
				defer q.wake()
				defer q.hold(name, -1)
				q.run(ctx, j)
			})
		}
	}
	next, err := q.NextDue(ctx)
	if err != nil || next.IsZero() {
		return poll, err
	}
	return min(poll, max(time.Millisecond, next.Sub(q.db.Now()))), nil
}

// beat makes the leases of what runs here end later, again and again.
func (q *Queue) beat() {
	tick := time.NewTicker(q.o.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-q.work.Done():
			return
		case <-tick.C:
		}
		if !q.anything() {
			continue
		}
		err := q.db.Write(q.work, func(tx *sqldb.Tx) error { return extend(tx, q.holder, tx.Now().Add(q.o.Lease)) })
		if err != nil && q.work.Err() == nil {
			q.o.Log.Error("leases of jobs not extended", "err", err)
		}
	}
}

func (q *Queue) room(name string) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.o.Workers[name] - q.busy[name]
}

func (q *Queue) free(name string) bool { return q.room(name) > 0 }

func (q *Queue) hold(name string, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy[name] += n
}

func (q *Queue) setTurn(name string, runs bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.turns[name] = runs
}

func (q *Queue) runsHere(name string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.turns[name]
}

func (q *Queue) anything() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range q.busy {
		if n > 0 {
			return true
		}
	}
	for _, runs := range q.turns {
		if runs {
			return true
		}
	}
	return false
}
