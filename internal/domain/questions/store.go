// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const questionColumns = `id, number, state, words, town_id, village_id, grid_id, courtyard_id, unit_id, resident_id, contact_id, query_code, asked_by, asked_for,
	asked_at, moved_at, due_at, reply, cites, answered_at, passed, reopened, answer_id, forgotten_at, story, version`

var insertQuestion = sqldb.NewInsert("INSERT INTO question ("+questionColumns+") VALUES", "("+sqldb.List(26, 1)+")")

func scanQuestion(r sqldb.Scanner) (q Question, err error) {
	var asked, moved, due, answered, forgotten sqldb.Time
	var cites string
	err = r.Scan(&q.ID, &q.Number, &q.State, &q.Words, &q.Path[scope.Town], &q.Path[scope.Village], &q.Path[scope.Grid], &q.Path[scope.Courtyard], &q.Unit, &q.Resident, &q.Contact, &q.codeIndex, &q.AskedBy, &q.AskedFor,
		&asked, &moved, &due, &q.Reply, &cites, &answered, &q.Passed, &q.Reopened, &q.Answer, &forgotten, &q.story, &q.Version)
	q.AskedAt, q.MovedAt, q.Due, q.AnsweredAt, q.ForgottenAt = asked.Time, moved.Time, due.Time, answered.Time, forgotten.Time
	q.Cites = splitIDs(cites)
	return q, err
}

func insert(tx *sqldb.Tx, q Question) error {
	return tx.Add(insertQuestion, q.ID, q.Number, q.State, q.Words, q.Path[scope.Town], q.Path[scope.Village], q.Path[scope.Grid], q.Path[scope.Courtyard], q.Unit, q.Resident, q.Contact, q.codeIndex, q.AskedBy, q.AskedFor,
		sqldb.At(q.AskedAt), sqldb.At(q.MovedAt), sqldb.At(q.Due), q.Reply, joinIDs(q.Cites), sqldb.At(q.AnsweredAt), q.Passed, q.Reopened, q.Answer, sqldb.At(q.ForgottenAt), q.story, q.Version)
}

// save writes a question back, unless someone else changed it since it was loaded.
func save(tx *sqldb.Tx, q *Question) error {
	q.Version++
	return tx.One(`
		UPDATE question
		SET state = $3, words = $4, unit_id = $5, resident_id = $6, contact_id = $7, query_code = $8, asked_by = $9, asked_for = $10, moved_at = $11, due_at = $12,
			reply = $13, cites = $14, answered_at = $15, passed = $16, reopened = $17, answer_id = $18, forgotten_at = $19, story = $20, version = $21
		WHERE id = $1 AND version = $2`,
		q.ID, q.Version-1, q.State, q.Words, q.Unit, q.Resident, q.Contact, q.codeIndex, q.AskedBy, q.AskedFor, sqldb.At(q.MovedAt), sqldb.At(q.Due),
		q.Reply, joinIDs(q.Cites), sqldb.At(q.AnsweredAt), q.Passed, q.Reopened, q.Answer, sqldb.At(q.ForgottenAt), q.story, q.Version)
}

func loadNumber(tx *sqldb.Tx, number string) (Question, error) {
	return sqldb.Get(tx, scanQuestion, "question.none", `SELECT `+questionColumns+` FROM question WHERE number = $1`, strings.ToUpper(strings.TrimSpace(number)))
}

// questionsWith are those with the IDs, in no order.
func questionsWith(tx *sqldb.Tx, ids []id.ID) ([]Question, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	return sqldb.All(tx, scanQuestion, `SELECT `+questionColumns+` FROM question `+w.SQL(), w.Args()...)
}

// listQuestions returns those that match, the newest first, or the most pressing first
// where they wait.
func listQuestions(tx *sqldb.Tx, f Filter, in scope.Scopes, most int) ([]Question, error) {
	var w sqldb.Where
	order := "id DESC"
	if len(f.Units) > 0 {
		sqldb.In(&w, "unit_id", f.Units...)
	}
	if f.Resident != 0 || len(f.numbers) > 0 {
		var conds []string
		var args []any
		if f.Resident != 0 {
			conds, args = append(conds, "resident_id = ? AND resident_id <> 0"), append(args, f.Resident)
		}
		for _, n := range f.numbers {
			conds, args = append(conds, "number = ?"), append(args, n)
		}
		w.Any(conds, args...)
	}
	if f.Slips != nil {
		sqldb.In(&w, "id", f.Slips...)
	}
	switch f.State {
	case "":
	case Asked:
		w.Add("state = 'asked'")
		order = "due_at, id"
	default:
		w.Add("state = ?", f.State)
	}
	if f.Before != 0 {
		w.Add("id < ?", f.Before)
	}
	if in != nil {
		in.Where(&w, "")
	}
	n := w.Arg(most)
	return sqldb.All(tx, scanQuestion, `SELECT `+questionColumns+` FROM question `+w.SQL()+` ORDER BY `+order+` LIMIT `+n, w.Args()...)
}

// waiting is how many questions wait for units, and how many of them are late.
func waiting(tx *sqldb.Tx, units []id.ID, now time.Time) (n, late int, err error) {
	var w sqldb.Where
	w.Add("state = 'asked'")
	sqldb.In(&w, "unit_id", units...)
	at := w.Arg(sqldb.At(now))
	err = tx.Row(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at < `+at+` THEN 1 ELSE 0 END), 0) FROM question `+w.SQL(), w.Args()...).Scan(&n, &late)
	return n, late, err
}

// oldQuestions are those that ended so long ago that what tells of the asker goes.
func oldQuestions(tx *sqldb.Tx, before time.Time, most int) ([]Question, error) {
	return sqldb.All(tx, scanQuestion, `SELECT `+questionColumns+` FROM question WHERE state <> 'asked' AND forgotten_at IS NULL AND moved_at < $1 ORDER BY moved_at LIMIT $2`, sqldb.At(before), most)
}

const stepColumns = `id, question_id, at, act, account, actor, unit_id, to_unit, words, behalf`

var insertStepRow = sqldb.NewInsert("INSERT INTO question_step ("+stepColumns+") VALUES", "("+sqldb.List(10, 1)+")")

func scanStep(r sqldb.Scanner) (p Step, err error) {
	var at sqldb.Time
	err = r.Scan(&p.ID, &p.Question, &at, &p.Act, &p.Account, &p.Actor, &p.Unit, &p.ToUnit, &p.Words, &p.Behalf)
	p.At = at.Time
	return p, err
}

func insertStep(tx *sqldb.Tx, p Step) error {
	return tx.Add(insertStepRow, p.ID, p.Question, sqldb.At(p.At), string(p.Act), p.Account, p.Actor, p.Unit, p.ToUnit, p.Words, p.Behalf)
}

func steps(tx *sqldb.Tx, question id.ID) ([]Step, error) {
	return sqldb.All(tx, scanStep, `SELECT `+stepColumns+` FROM question_step WHERE question_id = $1 ORDER BY id LIMIT 500`, question)
}

// blankSteps takes out of a story what the asker wrote.
func blankSteps(tx *sqldb.Tx, question id.ID) error {
	_, err := tx.Exec(`UPDATE question_step SET words = '' WHERE question_id = $1 AND act = 'reopen'`, question)
	return err
}

// EachDigest calls f with what every question's last line in the trail must be.
func EachDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	stories := map[id.ID][]byte{}
	if err := tx.Each(`SELECT `+stepColumns+` FROM question_step ORDER BY question_id, id`, nil, func(r sqldb.Scanner) error {
		p, err := scanStep(r)
		if err == nil {
			stories[p.Question] = p.link(stories[p.Question])
		}
		return err
	}); err != nil {
		return err
	}
	return tx.Each(`SELECT `+questionColumns+` FROM question ORDER BY id`, nil, func(r sqldb.Scanner) error {
		q, err := scanQuestion(r)
		if err != nil {
			return err
		}
		q.story = stories[q.ID]
		return f(q.ID, q.digest())
	})
}

func joinIDs(ids []id.ID) string {
	var b strings.Builder
	for i, d := range ids {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(d.String())
	}
	return b.String()
}

func splitIDs(s string) (ids []id.ID) {
	for w := range strings.FieldsSeq(s) {
		if d, err := id.Parse(w); err == nil {
			ids = append(ids, d)
		}
	}
	return ids
}
