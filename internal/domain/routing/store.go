// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"database/sql"
	"errors"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const columns = `id, subject, at, learnt, tested, from_at, until_at, right_new, right_old, against_id, kept`

func scanTrial(r sqldb.Scanner) (t Trial, err error) {
	var at, from, until sqldb.Time
	err = r.Scan(&t.ID, &t.Subject, &at, &t.Learnt, &t.Tested, &from, &until, &t.RightNew, &t.RightOld, &t.Against, &t.Kept)
	t.At, t.From, t.Until = at.Time, from.Time, until.Time
	return t, err
}

func insertTrial(tx *sqldb.Tx, t Trial) error {
	return tx.One(`INSERT INTO routing_trial (`+columns+`) VALUES (`+sqldb.List(11, 1)+`)`,
		t.ID, string(t.Subject), sqldb.At(t.At), t.Learnt, t.Tested, sqldb.At(t.From), sqldb.At(t.Until), t.RightNew, t.RightOld, t.Against, t.Kept)
}

func trialOf(tx *sqldb.Tx, d id.ID) (Trial, error) {
	return scanTrial(tx.Row(`SELECT `+columns+` FROM routing_trial WHERE id = $1`, d))
}

func newestTrials(tx *sqldb.Tx, sub Subject, most int) ([]Trial, error) {
	return sqldb.All(tx, scanTrial, `SELECT `+columns+` FROM routing_trial WHERE subject = $1 ORDER BY id DESC LIMIT $2`, string(sub), most)
}

// eachTrial calls f with every trial, oldest first.
func eachTrial(tx *sqldb.Tx, f func(Trial) error) error {
	for after := id.ID(0); ; {
		ts, err := sqldb.All(tx, scanTrial, `SELECT `+columns+` FROM routing_trial WHERE id > $1 ORDER BY id LIMIT 1000`, after)
		if err != nil || len(ts) == 0 {
			return err
		}
		for _, t := range ts {
			if err := f(t); err != nil {
				return err
			}
			after = t.ID
		}
	}
}

// stored is a row of routing_model.
type stored struct {
	trial  id.ID
	report string
	model  []byte
}

// trialInUse is the trial whose model is in use, 0 if there is none.
func trialInUse(tx *sqldb.Tx, sub Subject) (d id.ID, err error) {
	err = tx.Row(`SELECT trial_id FROM routing_model WHERE subject = $1`, string(sub)).Scan(&d)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return d, err
}

func modelInUse(tx *sqldb.Tx, sub Subject) (m stored, err error) {
	err = tx.Row(`SELECT trial_id, report, model FROM routing_model WHERE subject = $1`, string(sub)).Scan(&m.trial, &m.report, &m.model)
	return m, err
}

func setModel(tx *sqldb.Tx, sub Subject, m stored) error {
	return tx.One(`
		INSERT INTO routing_model (subject, trial_id, report, model) VALUES ($1, $2, $3, $4)
		ON CONFLICT (subject) DO UPDATE SET trial_id = excluded.trial_id, report = excluded.report, model = excluded.model`,
		string(sub), m.trial, m.report, m.model)
}
