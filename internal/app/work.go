// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"sync"
	"time"
)

// worker is what the program does beside answering requests.
type worker struct {
	wakes chan struct{}
	done  sync.WaitGroup
	stop  context.CancelFunc
}

// wake tells the followers of the trail that there is something to do. It never
// waits.
func (a *App) wake() {
	select {
	case a.work.wakes <- struct{}{}:
	default:
	}
}

// followEvery bounds how long a follower sleeps when nobody wakes it: another
// process may have written.
const followEvery = time.Second

// Start begins the work beside the requests: the followers of the trail and the
// timetable. Stop ends it.
func (a *App) Start(ctx context.Context) {
	ctx, a.work.stop = context.WithCancel(ctx)
	a.work.done.Go(func() { a.follow(ctx) })
	for _, p := range a.timetable() {
		a.work.done.Go(func() { a.repeat(ctx, p) })
	}
}

// Stop ends the work and waits for what is under way.
func (a *App) Stop() {
	if a.work.stop != nil {
		a.work.stop()
		a.work.done.Wait()
	}
}

// follow keeps the search index up with the trail: it gathers what happens for a
// moment, so that a busy town is indexed in batches.
func (a *App) follow(ctx context.Context) {
	for {
		if err := a.CatchUp(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("search index", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-a.work.wakes:
			select {
			case <-ctx.Done():
				return
			case <-time.After(gather):
			}
		case <-time.After(followEvery):
		}
	}
}

// gather is how long the index waits for more after something has happened.
const gather = 200 * time.Millisecond

// indexRows is how many rows of the trail one step of the index takes.
const indexRows = 1000

// CatchUp brings the search index up to the trail.
func (a *App) CatchUp(ctx context.Context) error {
	for {
		n, err := a.Indexer.Step(ctx, indexRows)
		if err != nil || n == 0 {
			return err
		}
	}
}

// repeat runs one line of the timetable until the program stops.
func (a *App) repeat(ctx context.Context, p periodic) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(p.Every):
		}
		if err := p.Run(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			a.log.Error("job failed", "job", p.Name, "err", err)
		}
	}
}
