// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"slices"
	"strings"
	"time"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const answerColumns = `id, kind, title, asked, body, source, url, doc_number, issued_on, from_on, until_on, replaced_by, unit_id, town_id, village_id, grid_id, courtyard_id,
	origin, retired, published_at, published_by, changed_at, version`

func scanAnswer(r sqldb.Scanner) (a Answer, err error) {
	var published, changed sqldb.Time
	err = r.Scan(&a.ID, &a.Kind, &a.Title, &a.Asked, &a.Body, &a.Source, &a.URL, &a.DocNumber, &a.IssuedOn, &a.FromOn, &a.UntilOn, &a.ReplacedBy, &a.Unit,
		&a.Path[scope.Town], &a.Path[scope.Village], &a.Path[scope.Grid], &a.Path[scope.Courtyard], &a.Origin, &a.Retired, &published, &a.PublishedBy, &changed, &a.Version)
	a.PublishedAt, a.ChangedAt = published.Time, changed.Time
	return a, err
}

func insertAnswer(tx *sqldb.Tx, a Answer) error {
	_, err := tx.Exec(`INSERT INTO answer (`+answerColumns+`) VALUES (`+sqldb.List(23, 1)+`)`,
		a.ID, a.Kind, a.Title, a.Asked, a.Body, a.Source, a.URL, a.DocNumber, a.IssuedOn, a.FromOn, a.UntilOn, a.ReplacedBy, a.Unit,
		a.Path[scope.Town], a.Path[scope.Village], a.Path[scope.Grid], a.Path[scope.Courtyard], a.Origin, a.Retired, sqldb.At(a.PublishedAt), a.PublishedBy, sqldb.At(a.ChangedAt), a.Version)
	return err
}

// saveAnswer writes an answer back, unless someone else changed it since it was loaded.
func saveAnswer(tx *sqldb.Tx, a *Answer) error {
	a.Version++
	return tx.One(`
		UPDATE answer
		SET title = $3, asked = $4, body = $5, source = $6, url = $7, doc_number = $8, issued_on = $9, from_on = $10, until_on = $11, replaced_by = $12, unit_id = $13,
			town_id = $14, village_id = $15, grid_id = $16, courtyard_id = $17, retired = $18, changed_at = $19, version = $20
		WHERE id = $1 AND version = $2`,
		a.ID, a.Version-1, a.Title, a.Asked, a.Body, a.Source, a.URL, a.DocNumber, a.IssuedOn, a.FromOn, a.UntilOn, a.ReplacedBy, a.Unit,
		a.Path[scope.Town], a.Path[scope.Village], a.Path[scope.Grid], a.Path[scope.Courtyard], a.Retired, sqldb.At(a.ChangedAt), a.Version)
}

func loadAnswer(tx *sqldb.Tx, d id.ID) (Answer, error) {
	return sqldb.Get(tx, scanAnswer, "answer.none", `SELECT `+answerColumns+` FROM answer WHERE id = $1`, d)
}

// answerOf is the answer with an origin.
func answerOf(tx *sqldb.Tx, origin string) (Answer, error) {
	return sqldb.Get(tx, scanAnswer, "answer.none", `SELECT `+answerColumns+` FROM answer WHERE origin = $1`, origin)
}

// answersWith are the answers with the IDs, in their order; those that are not there
// are left out.
func answersWith(tx *sqldb.Tx, ids []id.ID) ([]Answer, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	as, err := sqldb.All(tx, scanAnswer, `SELECT `+answerColumns+` FROM answer `+w.SQL(), w.Args()...)
	slices.SortFunc(as, func(a, b Answer) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return as, err
}

// listAnswers returns those that match, the newest first.
func listAnswers(tx *sqldb.Tx, f AnswerFilter, most int) ([]Answer, error) {
	var w sqldb.Where
	if !f.Retired {
		w.Add("retired = ''")
	}
	if f.Kind != "" {
		w.Add("kind = ?", f.Kind)
	}
	if f.Unit != 0 {
		w.Add("unit_id = ?", f.Unit)
	}
	if f.Before != 0 {
		w.Add("id < ?", f.Before)
	}
	n := w.Arg(most)
	return sqldb.All(tx, scanAnswer, `SELECT `+answerColumns+` FROM answer `+w.SQL()+` ORDER BY id DESC LIMIT `+n, w.Args()...)
}

// replacedBy are the answers in whose place another stands.
func replacedBy(tx *sqldb.Tx, d id.ID) ([]Answer, error) {
	return sqldb.All(tx, scanAnswer, `SELECT `+answerColumns+` FROM answer WHERE replaced_by = $1 ORDER BY id DESC LIMIT 20`, d)
}

// eachFound calls f with every answer that can be found, in one order.
func eachFound(tx *sqldb.Tx, f func(Answer)) error {
	return tx.Each(`SELECT `+answerColumns+` FROM answer WHERE retired = '' ORDER BY id`, nil, func(r sqldb.Scanner) error {
		a, err := scanAnswer(r)
		if err == nil {
			f(a)
		}
		return err
	})
}

// EachAnswerDigest calls f with what every answer's last line in the trail must be.
func EachAnswerDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+answerColumns+` FROM answer ORDER BY id`, nil, func(r sqldb.Scanner) error {
		a, err := scanAnswer(r)
		if err != nil {
			return err
		}
		return f(a.ID, a.digest())
	})
}

// stale says that what is found in has changed.
func stale(tx *sqldb.Tx) error {
	return tx.One(`UPDATE answer_shelf SET version = version + 1 WHERE id = 1`)
}

func shelfVersion(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT version FROM answer_shelf WHERE id = 1`))
}

// repliesIn are the categories of matters whose replies are answers.
func repliesIn(tx *sqldb.Tx) (map[string]bool, error) {
	text, err := sqldb.Text(tx.Row(`SELECT categories FROM answer_shelf WHERE id = 1`))
	in := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		in[w] = true
	}
	return in, err
}

func setRepliesIn(tx *sqldb.Tx, categories []string) error {
	return tx.One(`UPDATE answer_shelf SET categories = $1 WHERE id = 1`, strings.Join(categories, " "))
}

// countDay adds to what an answer did on a day.
func countDay(tx *sqldb.Tx, answer id.ID, day string, helped, missed int) error {
	_, err := tx.Exec(`
		INSERT INTO answer_day (answer_id, day, helped, missed) VALUES ($1, $2, $3, $4)
		ON CONFLICT (answer_id, day) DO UPDATE SET helped = answer_day.helped + excluded.helped, missed = answer_day.missed + excluded.missed`, answer, day, helped, missed)
	return err
}

// helpedBy is how often answers answered somebody, and did not.
func helpedBy(tx *sqldb.Tx, answer id.ID) (helped, missed int, err error) {
	err = tx.Row(`SELECT COALESCE(SUM(helped), 0), COALESCE(SUM(missed), 0) FROM answer_day WHERE answer_id = $1`, answer).Scan(&helped, &missed)
	return helped, missed, err
}

func counts(tx *sqldb.Tx, from, to, now time.Time) (c Counts, err error) {
	if err = tx.Row(`SELECT COALESCE(SUM(helped), 0), COALESCE(SUM(missed), 0) FROM answer_day WHERE day >= $1 AND day <= $2`, Day(from), Day(to)).Scan(&c.Helped, &c.Missed); err != nil {
		return c, err
	}
	err = tx.Row(`
		SELECT COUNT(*), COALESCE(SUM(CASE WHEN answered_at IS NOT NULL THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state = 'asked' AND due_at < $3 THEN 1 ELSE 0 END), 0)
		FROM question WHERE id >= $1 AND id < $2`, id.First(midnight(from)), id.First(midnight(to).AddDate(0, 0, 1)), sqldb.At(now)).Scan(&c.Sent, &c.Answered, &c.Late)
	return c, err
}

// midnight is when the town's day of a moment begins.
func midnight(at time.Time) time.Time {
	y, m, d := at.In(i18n.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
}
