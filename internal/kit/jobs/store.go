// SPDX-License-Identifier: Apache-2.0

package jobs

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const columns = `id, queue, kind, args, single, state, due, tries, most_tries, holder, made, fault, asked_by`

func scan(s sqldb.Scanner) (*Job, error) {
	var j Job
	var due, made sqldb.Time
	var args, state string
	err := s.Scan(&j.ID, &j.Queue, &j.Kind, &args, &j.Only, &state, &due, &j.Tries, &j.MaxTries, &j.holder, &made, &j.Fault, &j.AskedBy)
	j.Args, j.State, j.Due, j.Made = []byte(args), State(state), due.Time, made.Time
	return &j, err
}

func insert(tx *sqldb.Tx, j *Job) error {
	_, err := tx.Exec(`
		INSERT INTO job (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, '', $9, '', '')
		ON CONFLICT (kind, single) WHERE single <> '' AND state = 'waiting'
		DO UPDATE SET due = CASE WHEN excluded.due < job.due THEN excluded.due ELSE job.due END`,
		j.ID, j.Queue, j.Kind, string(j.Args), j.Only, string(j.State), sqldb.At(j.Due), j.MaxTries, sqldb.At(j.Made))
	return err
}

// move is the one door through which a job changes: from what it was to what it
// is to be. It is a Conflict if it is no longer what it was.
func move(tx *sqldb.Tx, was, is *Job) error {
	return tx.One(`
		UPDATE job
		SET state = $1, due = $2, tries = $3, holder = $4, fault = $5, asked_by = $6
		WHERE id = $7 AND state = $8 AND tries = $9 AND holder = $10`,
		string(is.State), sqldb.At(is.Due), is.Tries, is.holder, is.Fault, is.AskedBy,
		was.ID, string(was.State), was.Tries, was.holder)
}

// extend makes the leases of a process's running jobs end later.
func extend(tx *sqldb.Tx, holder string, until time.Time) error {
	if _, err := tx.Exec(`UPDATE job SET due = $1 WHERE state = 'running' AND holder = $2`, sqldb.At(until), holder); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE job_turn SET lease = $1 WHERE holder = $2`, sqldb.At(until), holder)
	return err
}

// alone is the condition that no other job with the same unique text runs at the
// moment $1.
const alone = `(single = '' OR NOT EXISTS (
	SELECT 1 FROM job AS other
	WHERE other.state = 'running' AND other.due > $1 AND other.kind = job.kind AND other.single = job.single))`

// due returns the jobs that may be run now: those whose process let their lease
// end, and those that wait, the longest due first. A job with a unique text is
// not among them while another one with it runs.
func due(tx *sqldb.Tx, queue string, kinds []string, limit int) ([]*Job, error) {
	lost, err := sqldb.All(tx, scan, `
		SELECT `+columns+`
		FROM job
		WHERE state = 'running' AND due <= $1 AND queue = $2 AND kind IN (`+sqldb.List(len(kinds), 4)+`)
		ORDER BY due, id
		LIMIT $3`, with(kinds, sqldb.At(tx.Now()), queue, limit)...)
	if err != nil || len(lost) == limit {
		return lost, err
	}
	waiting, err := sqldb.All(tx, scan, `
		SELECT `+columns+`
		FROM job
		WHERE state = 'waiting' AND due <= $1 AND queue = $2 AND `+alone+` AND kind IN (`+sqldb.List(len(kinds), 4)+`)
		ORDER BY due, id
		LIMIT $3`, with(kinds, sqldb.At(tx.Now()), queue, limit-len(lost))...)
	return append(lost, waiting...), err
}

func with(kinds []string, args ...any) []any {
	for _, k := range kinds {
		args = append(args, k)
	}
	return args
}

// nextDue is when the first job of the queue can be run, or zero. One that waits
// for another to end is not counted: that one's end wakes the queue.
func nextDue(tx *sqldb.Tx, queue string, kinds []string) (first time.Time, err error) {
	for _, cond := range []string{`state = 'running' AND $1 > 0`, `state = 'waiting' AND ` + alone} {
		at, err := sqldb.All(tx, sqldb.Int, `
			SELECT due
			FROM job
			WHERE `+cond+` AND queue = $2 AND kind IN (`+sqldb.List(len(kinds), 3)+`)
			ORDER BY due, id
			LIMIT 1`, with(kinds, sqldb.At(tx.Now()), queue)...)
		if err != nil {
			return first, err
		}
		for _, ms := range at {
			if t := time.UnixMilli(ms).UTC(); first.IsZero() || t.Before(first) {
				first = t
			}
		}
	}
	return first, nil
}

// settle is move for a job that may have to wait again: if another one with the
// same unique text waits meanwhile, that one takes its place.
func settle(tx *sqldb.Tx, was, is *Job) error {
	if is.State == Waiting {
		if other, err := twin(tx, was); err != nil {
			return err
		} else if other {
			return remove(tx, was)
		}
	}
	return move(tx, was, is)
}

// twin reports whether another job with the same unique text waits.
func twin(tx *sqldb.Tx, j *Job) (bool, error) {
	if j.Only == "" {
		return false, nil
	}
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM job WHERE kind = $1 AND single = $2 AND state = 'waiting' AND single <> '' AND id <> $3`, j.Kind, j.Only, j.ID))
	return n > 0, err
}

func remove(tx *sqldb.Tx, j *Job) error {
	return tx.One(`DELETE FROM job WHERE id = $1 AND state = $2 AND tries = $3 AND holder = $4`, j.ID, string(j.State), j.Tries, j.holder)
}

// get returns a job. If there is none it is NotFound.
func get(tx *sqldb.Tx, job id.ID) (*Job, error) {
	return sqldb.Get(tx, scan, "jobs.none", `SELECT `+columns+` FROM job WHERE id = $1`, job)
}

// List returns the jobs in a state, the newest first, at most limit of them, from
// the first that is older than before; 0 means from the newest.
func List(tx *sqldb.Tx, state State, before id.ID, limit int) ([]*Job, error) {
	var w sqldb.Where
	w.Add("state = ?", string(state))
	if before != 0 {
		w.Add("id < ?", before)
	}
	q := `SELECT ` + columns + ` FROM job ` + w.SQL() + ` ORDER BY id DESC LIMIT ` + w.Arg(limit)
	return sqldb.All(tx, scan, q, w.Args()...)
}

// Count returns how many jobs are in each state.
func Count(tx *sqldb.Tx) (map[State]int64, error) {
	m := map[State]int64{}
	err := tx.Each(`SELECT state, count(*) FROM job GROUP BY state`, nil, func(s sqldb.Scanner) error {
		var state string
		var n int64
		err := s.Scan(&state, &n)
		m[State(state)] = n
		return err
	})
	return m, err
}

// Overdue is for how long the job that has waited longest has been due.
func Overdue(tx *sqldb.Tx) (time.Duration, error) {
	var t sqldb.Time
	err := tx.Row(`SELECT min(due) FROM job WHERE state = 'waiting'`).Scan(&t)
	if err != nil || t.IsZero() || t.After(tx.Now()) {
		return 0, err
	}
	return tx.Now().Sub(t.Time), nil
}

// prune forgets jobs that were done before a moment, a thousand at a time.
func prune(tx *sqldb.Tx, before time.Time) (int64, error) {
	return tx.Exec(`
		DELETE FROM job
		WHERE id IN (SELECT id FROM job WHERE state = 'done' AND due < $1 ORDER BY due LIMIT 1000)`, sqldb.At(before))
}
