// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// worker is what the program does beside answering requests.
type worker struct {
	followers []*follower
	stop      context.CancelFunc
	done      sync.WaitGroup
}

// A follower does what the trail tells of, a moment after it has happened, so
// that nothing that happens waits for it. It is no job: it has a mark of its own
// in the database, and runs in every process.
type follower struct {
	name  string // as in /metrics
	step  func(ctx context.Context, rows int) (int, error)
	lag   func(ctx context.Context) (int64, error)
	rows  int // of the trail that one step takes
	wakes chan struct{}
}

func (a *App) followers() []*follower {
	return []*follower{
		{"matter.search", a.Indexer.Step, a.Indexer.Lag, besideRows, make(chan struct{}, 1)},
		{"matter.notices", a.Notifier.Step, a.Notifier.Lag, followRows, make(chan struct{}, 1)},
		{"webhooks", a.Hooks.Step, a.Hooks.Lag, followRows, make(chan struct{}, 1)},
		{"routing.sort", a.Routing.Step, a.Routing.Lag, followRows, make(chan struct{}, 1)},
		{"insights", a.Keeper.Step, a.Keeper.Lag, followRows, make(chan struct{}, 1)},
	}
}

// wake tells the followers of the trail that there is something to do. It never
// waits.
func (a *App) wake() {
	a.Live.Wake()
	for _, f := range a.work.followers {
		select {
		case f.wakes <- struct{}{}:
		default:
		}
	}
}

const (
	// followEvery bounds how long a follower sleeps when nobody wakes it: another
	// process may have written.
	followEvery = time.Second
	// gather is how long a follower waits for more after something has happened,
	// so that a busy town is followed in batches: the larger they are, the less
	// each matter costs. With the step itself it stays well under two seconds.
	gather = 600 * time.Millisecond
	// followRows is how many rows of the trail one step of a follower takes: few
	// enough that those who write meanwhile do not wait for long.
	followRows = 500
	// besideRows is how many where nobody waits: the search index has a writer of its
	// own, and costs the less the more is written of it at once.
	besideRows = 2000
	// heedEvery is how soon this process knows what another has settled: limits,
	// categories, calendars, places, posts.
	heedEvery = 2 * time.Second
	// flushEvery is how often this process writes down which of its sessions were
	// used. Every process has its own to tell, so it is no line of the timetable.
	flushEvery = time.Minute
)

// Start begins the work beside the requests: the followers of the trail, the
// jobs and the timetable. It is called at most once; Stop ends it.
func (a *App) Start(ctx context.Context) {
	ctx, a.work.stop = context.WithCancel(ctx)
	for _, f := range a.work.followers {
		a.work.done.Go(func() { a.follow(ctx, f) })
	}
	a.work.done.Go(func() { a.flush(ctx) })
	a.work.done.Go(func() { a.watch(ctx) })
	a.work.done.Go(func() { a.Live.Run(ctx) })
	a.Jobs.Start()
}

// Stop ends the work and waits for what is under way, for as long as the
// configuration allows. Jobs that do not end in time go back to wait.
func (a *App) Stop() {
	if a.work.stop == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Limits.Stop)
	defer cancel()
	if err := a.Jobs.Stop(ctx); err != nil {
		a.log.Warn("jobs under way were left; they run again when their lease ends", "err", err)
	}
	a.Live.Close()
	a.work.stop()
	a.work.done.Wait()
	a.work.stop = nil
	if err := a.Access.Flush(ctx); err != nil {
		a.log.Error("when sessions were last used was not written down", "err", err)
	}
}

// follow keeps a follower up with the trail.
func (a *App) follow(ctx context.Context, f *follower) {
	for {
		if err := f.catchUp(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("following the trail", "follower", f.name, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-f.wakes:
			select {
			case <-ctx.Done():
				return
			case <-time.After(gather):
			}
		case <-time.After(followEvery):
		}
	}
}

// catchUp takes steps until there is nothing left. That another process was
// first is no error: the next step goes on from there.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		n, err := f.step(ctx, f.rows)
		if errs.KindOf(err) == errs.Conflict && ctx.Err() == nil {
			continue
		}
		if err != nil || n == 0 {
			return err
		}
	}
}

// CatchUp brings everything that follows the trail up to it: the search index,
// people's news and the counts.
func (a *App) CatchUp(ctx context.Context) error {
	for _, f := range a.work.followers {
		if err := f.catchUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// watch keeps this process up with what others settle.
func (a *App) watch(ctx context.Context) {
	tick := time.NewTicker(heedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.Heed(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("what other processes have settled was not read", "err", err)
		}
	}
}

// Heed reads what another process, or the command line, has settled since this one
// read it. It looks at a version of each, and reads no more where nothing was settled.
func (a *App) Heed(ctx context.Context) error {
	return a.DB.Read(ctx, func(tx *sqldb.Tx) error {
		for _, check := range []func(*sqldb.Tx) error{a.Places.Check, a.Orgs.Check, a.Matters.Heed} {
			if err := check(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) flush(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := a.Access.Flush(ctx); err != nil && !errors.Is(err, context.Canceled) {
			a.log.Error("when sessions were last used was not written down", "err", err)
		}
	}
}
