// SPDX-License-Identifier: Apache-2.0

// Package jobs does work outside the transaction that asked for it.
//
// A transaction touches only the database. What must happen elsewhere, or later,
// it promises with [Enqueue]: the job is a row of the same transaction, so it is
// there if, and only if, the rest is. A [Queue] then runs it, in this process or
// another one, at least once: a job that fails is tried again after longer and
// longer pauses, and one whose process was killed is run again when its lease
// ends. Work is therefore written so that doing it twice does no harm, or ends
// with [Job.Finish] in the transaction that does it, which makes it once.
//
// The [Timetable] holds what recurs. Exactly one process runs each turn.
//
// All times are the database's clock, so that a simulation can play a year by
// moving the clock and calling [Queue.RunDue].
package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// A State says what is to be expected of a job.
type State string

// The states of a job.
const (
	Waiting State = "waiting" // for its moment, or for its next try
	Running State = "running" // in some process, or in one that was killed
	Done    State = "done"    // and forgotten after a day
	Failed  State = "failed"  // it will not be tried again unless somebody asks
)

// States lists the states, in the order of a job's life.
var States = []State{Waiting, Running, Done, Failed}

// A Kind names a kind of job, such as "matters.remind", whose arguments are an A.
// A is kept as JSON: let it hold IDs, not private facts.
type Kind[A any] string

// Opts are the choices of one job. The zero value is a job to be done at once,
// tried at most 12 times, which is some two days.
type Opts struct {
	At       time.Time // not before
	Unique   string    // if set: of this kind, only one job with this text waits
	Queue    string    // default "default"
	MaxTries int       // default 12
}

// The default queue, and how often its jobs are tried.
const (
	DefaultQueue = "default"
	defaultTries = 12
)

// Enqueue promises a job in the transaction tx. If a job of this kind with the
// same Unique text waits already, that one is kept, and brought forward if it is
// due later; one that runs does not count, since it may have begun too early to
// know what this transaction does. The two do not run side by side.
func Enqueue[A any](q *Queue, tx *sqldb.Tx, kind Kind[A], args A, o Opts) error {
	b, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	j := Job{
		ID: tx.NewID(), Queue: o.Queue, Kind: string(kind), Args: b, Only: o.Unique,
		State: Waiting, Due: o.At, MaxTries: o.MaxTries, Made: tx.Now(),
	}
	if j.Queue == "" {
		j.Queue = DefaultQueue
	}
	if j.MaxTries == 0 {
		j.MaxTries = defaultTries
	}
	if j.Due.Before(j.Made) {
		j.Due = j.Made
	}
	if err := insert(tx, &j); err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	if q != nil {
		tx.AfterCommit(q.wake)
	}
	return nil
}

// Handle says how jobs of a kind are done. It is called before Start, once for
// each kind. work gets a context that ends when the job's time is up or the
// process stops; if it returns an error the job is tried again, unless the error
// is [Cancel]'s or [Snooze]'s. The error's text is kept with the job and shown to
// administrators, so it holds no private facts; long numbers in it are masked.
func Handle[A any](q *Queue, kind Kind[A], work func(ctx context.Context, j *Job, args A) error) {
	if q.kinds[string(kind)] != nil {
		panic("jobs: two handlers for " + string(kind))
	}
	q.kinds[string(kind)] = func(ctx context.Context, j *Job) error {
		var args A
		if err := json.Unmarshal(j.Args, &args); err != nil {
			return Cancel(fmt.Errorf("arguments: %w", err))
		}
		return work(ctx, j, args)
	}
}

// A Job is a row of the table of jobs.
type Job struct {
	ID       id.ID
	Queue    string
	Kind     string
	Args     json.RawMessage
	Only     string
	State    State
	Due      time.Time // Waiting: when to run; Running: when its lease ends; Done and Failed: when it ended
	Tries    int       // begun so far
	MaxTries int
	Made     time.Time
	Fault    string // of the last try
	AskedBy  string // who had it run again

	holder string
}

// Finish marks the job as done in a transaction of its own work: what the
// transaction does is then done exactly once. It is a Conflict if the job has
// been given to another process meanwhile.
func (j *Job) Finish(tx *sqldb.Tx) error {
	done := *j
	done.State, done.Due, done.Fault = Done, tx.Now(), ""
	return move(tx, j, &done)
}

// cancelled and snoozed are what a worker's error says about the next try.
type (
	cancelled struct{ err error }
	snoozed   struct{ span time.Duration }
)

func (c cancelled) Error() string { return c.err.Error() }
func (c cancelled) Unwrap() error { return c.err }
func (s snoozed) Error() string   { return "not before " + s.span.String() }

// Cancel is the error of a worker whose job would fail however often it is tried.
func Cancel(err error) error { return cancelled{err} }

// Snooze is the error of a worker whose moment has not come: the job is tried
// again after d, and this try is not counted.
func Snooze(d time.Duration) error { return snoozed{d} }

// after is the job as it is after a try that ended with err at now.
func (j *Job) after(err error, now time.Time) *Job {
	k := *j
	k.holder = ""
	var c cancelled
	var s snoozed
	switch {
	case err == nil:
		k.State, k.Due, k.Fault = Done, now, ""
	case errors.As(err, &s):
		k.State, k.Due, k.Tries = Waiting, now.Add(s.span), k.Tries-1
	case errors.As(err, &c) || k.Tries >= k.MaxTries:
		k.State, k.Due, k.Fault = Failed, now, faultText(err)
	default:
		k.State, k.Due, k.Fault = Waiting, now.Add(pause(j.ID, k.Tries)), faultText(err)
	}
	return &k
}

// maxPause bounds the pause between two tries.
const maxPause = 24 * time.Hour

// pause is how long a job waits after so many tries: the fourth power of their
// number in seconds, a tenth more or less, so that what failed together does not
// come back together. The tenth depends on the job alone and can be foretold.
func pause(job id.ID, tries int) time.Duration {
	p := time.Duration(tries*tries*tries*tries) * time.Second
	p = min(p, maxPause)
	x := uint64(job)*0x9E3779B97F4A7C15 + uint64(tries)*0xBF58476D1CE4E5B9
	x = (x ^ x>>31) * 0x94D049BB133111EB
	return p*9/10 + time.Duration((x>>32)%1000)*(p/5)/1000
}

// newHolder is the name of a process among those that run jobs.
func newHolder() string { return rand.Text()[:16] }
