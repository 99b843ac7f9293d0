// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// Get returns a job. If there is none it is NotFound.
func Get(tx *sqldb.Tx, job id.ID) (*Job, error) { return get(tx, job) }

// Again has a failed job run again, or one that waits run now, with as many tries
// as in the beginning. by is the name of who asks. It is a Conflict if the job
// runs or is done, or if another one does its work already.
func (q *Queue) Again(tx *sqldb.Tx, job id.ID, by string) error {
	j, err := get(tx, job)
	if err != nil {
		return err
	}
	if j.State != Failed && j.State != Waiting {
		return errs.New(errs.Conflict, "jobs.not_failed")
	}
	other, err := twin(tx, j)
	if err != nil {
		return err
	}
	if other {
		return errs.New(errs.Conflict, "jobs.waits_already")
	}
	k := *j
	k.State, k.Due, k.Tries, k.AskedBy = Waiting, tx.Now(), 0, by
	tx.AfterCommit(q.wake)
	return move(tx, j, &k)
}

// Forget takes away a job that failed, waits or is done. It is a Conflict if the
// job runs.
func (q *Queue) Forget(tx *sqldb.Tx, job id.ID) error {
	j, err := get(tx, job)
	if err != nil {
		return err
	}
	if j.State == Running {
		return errs.New(errs.Conflict, "jobs.runs")
	}
	return remove(tx, j)
}

// Stats count what this process has done since it started.
type Stats struct {
	Begun   int64 // tries begun, of jobs
	Done    int64 // jobs done
	Retried int64 // tries that failed and will be repeated
	Failed  int64 // jobs that will not be tried again
	Rescued int64 // jobs taken over from a process that was killed
	Turns   int64 // turns of the timetable run
	Faults  int64 // of these, turns that failed
}

// Stats returns what this process has done since it started.
func (q *Queue) Stats() Stats {
	return Stats{
		Begun: q.begun.Load(), Done: q.done.Load(), Retried: q.retried.Load(), Failed: q.failed.Load(),
		Rescued: q.rescued.Load(), Turns: q.turned.Load(), Faults: q.faults.Load(),
	}
}
