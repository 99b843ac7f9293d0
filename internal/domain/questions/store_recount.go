// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// eachAsked calls f with every question, and with whether it has a reply.
func eachAsked(tx *sqldb.Tx, f func(d id.ID, state string, replied bool) error) error {
	return tx.Each(`SELECT id, state, answered_at FROM question ORDER BY id`, nil, func(r sqldb.Scanner) error {
		var d id.ID
		var state string
		var answered sqldb.Time
		if err := r.Scan(&d, &state, &answered); err != nil {
			return err
		}
		return f(d, state, !answered.IsZero())
	})
}

// eachDay calls f with how often each answer answered somebody on each day.
func eachDay(tx *sqldb.Tx, f func(day string, helped, missed int) error) error {
	return tx.Each(`SELECT day, helped, missed FROM answer_day ORDER BY answer_id, day`, nil, func(r sqldb.Scanner) error {
		var day string
		var helped, missed int
		if err := r.Scan(&day, &helped, &missed); err != nil {
			return err
		}
		return f(day, helped, missed)
	})
}

// countAsked is how many stories begin, and how many have a reply.
func countAsked(tx *sqldb.Tx) (asked, answered int64, err error) {
	err = tx.Row(`SELECT count(DISTINCT CASE WHEN act = 'ask' THEN question_id END), count(DISTINCT CASE WHEN act = 'answer' THEN question_id END) FROM question_step`).Scan(&asked, &answered)
	return asked, answered, err
}
