// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/sqldb"
)

// Options are the choices of New. The zero value is right for a service.
type Options struct {
	Workers   map[string]int // how many jobs of each queue run at once in this process; default 4 of "default"
	Timetable Timetable      // what recurs
	Zone      *time.Location // in which the timetable's times of day are meant; default China's
	Lease     time.Duration  // how long a job is held by a process that says nothing; default a minute
	Timeout   time.Duration  // how long a try may take; default ten minutes
	Keep      time.Duration  // how long done jobs are kept; default a day
	Log       *slog.Logger   // default slog.Default
}

// A Queue runs jobs and turns of the timetable in this process. Handlers are
// added before Start or RunDue, and none afterwards.
type Queue struct {
	db     *sqldb.DB
	o      Options
	holder string
	kinds  map[string]func(context.Context, *Job) error
	queues []string

	signal   chan struct{} // holds one if there may be something to do
	stopping chan struct{}
	looped   chan struct{} // closed when the loop has ended
	stopOnce sync.Once
	started  atomic.Bool
	running  sync.WaitGroup
	work     context.Context //nolint:containedctx // the life of the process, in which jobs run
	halt     context.CancelFunc

	mu    sync.Mutex
	busy  map[string]int       // jobs running here, by queue
	turns map[string]bool      // turns running here
	pass  map[string]time.Time // turns not wanted before

	begun, done, retried, failed, rescued, turned, faults atomic.Int64
}

// New returns a queue on the database. Jobs can be enqueued at once; they are run
// after Start, or by RunDue.
func New(db *sqldb.DB, o Options) *Queue {
	if o.Workers == nil {
		o.Workers = map[string]int{DefaultQueue: 4}
	}
	if o.Zone == nil {
		o.Zone = time.FixedZone("UTC+8", 8*60*60)
	}
	if o.Lease == 0 {
		o.Lease = time.Minute
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Minute
	}
	if o.Keep == 0 {
		o.Keep = 24 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	q := &Queue{
		db: db, o: o, holder: newHolder(), kinds: map[string]func(context.Context, *Job) error{},
		queues: slices.Sorted(maps.Keys(o.Workers)),
		signal: make(chan struct{}, 1), stopping: make(chan struct{}), looped: make(chan struct{}),
		busy: map[string]int{}, turns: map[string]bool{}, pass: map[string]time.Time{},
	}
	q.o.Timetable = append(slices.Clone(o.Timetable), Periodic{Name: "jobs.prune", Every: time.Hour, Run: q.prune})
	q.o.Timetable.check()
	q.work, q.halt = context.WithCancel(context.Background())
	return q
}

// wake says that there may be something to do.
func (q *Queue) wake() {
	select {
	case q.signal <- struct{}{}:
	default:
	}
}

// handled are the kinds of jobs this process knows how to do.
func (q *Queue) handled() []string { return slices.Sorted(maps.Keys(q.kinds)) }

// RunDue runs every job and every turn that is due by the database's clock, one
// after the other in a fixed order, and those that become due by it, until
// nothing is due. It returns how many it ran. What they do is theirs to report:
// the error says only that the database failed. It is how a simulation drives
// the queue; it is not used together with Start.
func (q *Queue) RunDue(ctx context.Context) (n int, err error) {
	for {
		before := n
		turns, err := q.dueTurns(ctx)
		if err != nil {
			return n, err
		}
		for _, t := range turns {
			ok, err := q.takeTurn(ctx, t)
			if err != nil {
				return n, err
			}
			if ok {
				q.runTurn(ctx, t)
				n++
			}
		}
		for _, name := range q.queues {
			js, err := q.claim(ctx, name, 64)
			if err != nil {
				return n, err
			}
			for _, j := range js {
				q.run(ctx, j)
				n++
			}
		}
		if n == before || ctx.Err() != nil {
			return n, ctx.Err()
		}
	}
}

// NextDue is when the next job or turn becomes due, or zero if there is nothing
// to come.
func (q *Queue) NextDue(ctx context.Context) (first time.Time, err error) {
	earlier := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	err = q.db.Read(ctx, func(tx *sqldb.Tx) error {
		for _, name := range q.queues {
			if !q.free(name) || len(q.kinds) == 0 {
				continue
			}
			t, err := nextDue(tx, name, q.handled())
			if err != nil {
				return err
			}
			earlier(t)
		}
		ts, err := q.loadTurns(tx)
		for _, t := range ts {
			earlier(t.from())
		}
		return err
	})
	return first, err
}

// claim takes up to limit jobs that are due, in the order in which they are.
func (q *Queue) claim(ctx context.Context, name string, limit int) (mine []*Job, err error) {
	kinds := q.handled()
	if len(kinds) == 0 || limit <= 0 {
		return nil, nil
	}
	var rescued int64
	var any bool
	err = q.db.Read(ctx, func(tx *sqldb.Tx) error { // a look costs no writing
		js, err := due(tx, name, kinds, 1)
		any = len(js) > 0
		return err
	})
	if err != nil || !any {
		return nil, err
	}
	err = q.db.Write(ctx, func(tx *sqldb.Tx) error {
		mine, rescued = nil, 0
		js, err := due(tx, name, kinds, limit)
		if err != nil {
			return err
		}
		held := map[[2]string]bool{}
		for _, j := range js {
			k := *j
			if j.State == Running { // its process was killed, or lost the database
				rescued++
				if other, err := twin(tx, j); err != nil {
					return err
				} else if other || j.Tries >= j.MaxTries {
					k = *j.after(errLost, tx.Now())
					if err := settle(tx, j, &k); err != nil {
						return err
					}
					continue
				}
			}
			if j.Only != "" && held[[2]string{j.Kind, j.Only}] {
				continue
			}
			held[[2]string{j.Kind, j.Only}] = true
			k.State, k.Due, k.Tries, k.holder = Running, tx.Now().Add(q.o.Lease), j.Tries+1, q.holder
			if err := move(tx, j, &k); err != nil {
				return err
			}
			mine = append(mine, &k)
		}
		return nil
	})
	if errs.KindOf(err) == errs.Conflict {
		return nil, nil // another process was first
	}
	q.rescued.Add(rescued)
	return mine, err
}

var errLost = errors.New("the process that ran it ended without a word")

// run does a job and writes down how it ended.
func (q *Queue) run(ctx context.Context, j *Job) {
	q.begun.Add(1)
	work, cancel := context.WithTimeout(ctx, q.o.Timeout)
	err := safely(func() error { return q.kinds[j.Kind](work, j) })
	cancel()
	stopped := ctx.Err() != nil && err != nil
	var is *Job
	werr := q.persist(ctx, func(tx *sqldb.Tx) error {
		is = j.after(err, tx.Now())
		if stopped { // by us, not by its own fault
			is = j.after(Snooze(0), tx.Now())
		}
		return settle(tx, j, is)
	})
	switch {
	case errs.KindOf(werr) == errs.Conflict && err == nil: // it has finished itself
		q.done.Add(1)
		return
	case werr != nil:
		q.o.Log.Error("job not written down; it runs again when its lease ends", "job", j.ID.String(), "kind", j.Kind, "err", werr)
		return
	}
	switch {
	case is.State == Done:
		q.done.Add(1)
	case is.State == Failed:
		q.failed.Add(1)
		q.o.Log.Error("job failed", "job", j.ID.String(), "kind", j.Kind, "tries", j.Tries, "err", is.Fault)
	case is.Tries == j.Tries:
		q.retried.Add(1)
		q.o.Log.Warn("job to be tried again", "job", j.ID.String(), "kind", j.Kind, "tries", j.Tries, "due", is.Due, "err", is.Fault)
	}
}

// persist writes, however busy the database is, for as long as the lease lasts.
func (q *Queue) persist(ctx context.Context, f func(*sqldb.Tx) error) error {
	ctx = context.WithoutCancel(ctx)
	for pause := 10 * time.Millisecond; ; pause *= 2 {
		err := q.db.Write(ctx, f)
		if errs.KindOf(err) != errs.Busy || pause > q.o.Lease/2 {
			return err
		}
		<-time.After(pause)
	}
}

// safely turns a panic of f into an error.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// prune forgets jobs that were done long ago.
func (q *Queue) prune(ctx context.Context) error {
	for {
		var n int64
		err := q.db.Write(ctx, func(tx *sqldb.Tx) (err error) {
			n, err = prune(tx, tx.Now().Add(-q.o.Keep))
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
