// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"encoding/json"
	"fmt"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const stageColumns = `id, matter_id, stage, unit_id, from_at, due_at, ended_at, ended_by, late, clock`

// values are the arguments for stageColumns.
func (e Ended) values() []any {
	clock, err := json.Marshal(Clocks{Stage: e.Run, Stops: e.Stops})
	if err != nil {
		panic(err) // numbers and limits can always be written
	}
	return []any{e.ID, e.Matter, string(e.Run.Stage), e.Unit, e.Run.From, sqldb.At(e.Due), sqldb.At(e.EndedAt), string(e.EndedBy), e.Late, string(clock)}
}

func scanEnded(r sqldb.Scanner) (e Ended, err error) {
	var due, ended sqldb.Time
	var stage, clock string
	var from int64
	if err = r.Scan(&e.ID, &e.Matter, &stage, &e.Unit, &from, &due, &ended, &e.EndedBy, &e.Late, &clock); err != nil {
		return e, err
	}
	c, err := clocksFrom(clock)
	if err != nil {
		return e, fmt.Errorf("clock of stage %s: %w", e.ID, err)
	}
	e.Run, e.Stops, e.Due, e.EndedAt = c.Stage, c.Stops, due.Time, ended.Time
	return e, nil
}

// dueAfter are matters under way of which something is due at a moment or after it, by
// ID, from the first behind after.
func (s *Service) dueAfter(tx *sqldb.Tx, due time.Time, after ID) ([]Matter, error) {
	var w sqldb.Where
	sqldb.In(&w, "state", OpenStates()...)
	w.Add("(due_at >= ? OR promised_at >= ?)", sqldb.At(due), sqldb.At(due))
	w.Add("id > ?", after)
	limit := w.Arg(recountAtOnce)
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter `+w.SQL()+` ORDER BY id LIMIT `+limit, w.Args()...)
}

// endedOf are the stages of a matter that are over, oldest first.
func endedOf(tx *sqldb.Tx, matter ID) ([]Ended, error) {
	return sqldb.All(tx, scanEnded, `SELECT `+stageColumns+` FROM matter_stage WHERE matter_id = $1 ORDER BY id LIMIT 500`, matter)
}

const appealColumns = `id, stage_id, matter_id, unit_id, account, actor, words, at, decision, decider, decided_by, reason, decided_at, ` +
	`review_account, review_actor, review_words, review_at, review, reviewer, reviewed_by, review_reason, reviewed_at`

func scanAppeal(r sqldb.Scanner) (a Appeal, err error) {
	var at, decided, asked, reviewed sqldb.Time
	x := &a.Review
	err = r.Scan(&a.ID, &a.Stage, &a.Matter, &a.Unit, &a.Account, &a.Actor, &a.Words, &at, &a.Decision, &a.Decider, &a.DecidedBy, &a.Reason, &decided,
		&x.Account, &x.Actor, &x.Words, &asked, &x.Decision, &x.Decider, &x.DecidedBy, &x.Reason, &reviewed)
	a.At, a.DecidedAt, x.At, x.DecidedAt = at.Time, decided.Time, asked.Time, reviewed.Time
	return a, err
}

func (a Appeal) values() []any {
	x := a.Review
	return []any{a.ID, a.Stage, a.Matter, a.Unit, a.Account, a.Actor, a.Words, sqldb.At(a.At), string(a.Decision), a.Decider, a.DecidedBy, a.Reason, sqldb.At(a.DecidedAt),
		x.Account, x.Actor, x.Words, sqldb.At(x.At), string(x.Decision), x.Decider, x.DecidedBy, x.Reason, sqldb.At(x.DecidedAt)}
}

// appealsOf are the appeals about a matter's stages, oldest first.
func appealsOf(tx *sqldb.Tx, matter ID) ([]Appeal, error) {
	return sqldb.All(tx, scanAppeal, `SELECT `+appealColumns+` FROM matter_appeal WHERE matter_id = $1 ORDER BY id LIMIT 500`, matter)
}

// newestTiming is what was settled last, the usual if nothing was.
func newestTiming(tx *sqldb.Tx) (Timing, error) {
	all, err := sqldb.All(tx, func(r sqldb.Scanner) (t Timing, err error) {
		var spec string
		if err = r.Scan(&t.Version, &spec); err != nil {
			return t, err
		}
		version := t.Version
		err = json.Unmarshal([]byte(spec), &t)
		t.Version = version
		return t, err
	}, `SELECT version, spec FROM matter_timing ORDER BY version DESC LIMIT 1`)
	if err != nil || len(all) == 0 {
		return UsualTiming(), err
	}
	return all[0], nil
}

func insertTiming(tx *sqldb.Tx, version int, spec string, by scope.Actor, note string) error {
	return tx.One(`INSERT INTO matter_timing (version, spec, note, account, actor, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		version, spec, note, by.Account, by.Name, sqldb.At(tx.Now()))
}

// EachTimingDigest calls f with the digest of every version of the timing, for
// the check of the trail.
func EachTimingDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT version, spec, note FROM matter_timing ORDER BY version`, nil, func(r sqldb.Scanner) error {
		var version int
		var spec, note string
		if err := r.Scan(&version, &spec, &note); err != nil {
			return err
		}
		return f(id.ID(version), timingDigest(version, spec, note))
	})
}

// keepCategory keeps a version of a category, so that the limits under which
// something was counted can be read years later.
func keepCategory(tx *sqldb.Tx, code, spec string) error {
	_, err := tx.Exec(`
		INSERT INTO category_edition (code, version, spec, at)
		SELECT code, version, CAST($2 AS TEXT), CAST($3 AS BIGINT) FROM category WHERE code = $1
		ON CONFLICT DO NOTHING`, code, spec, sqldb.At(tx.Now()))
	return err
}

// lastStage is the newest stage that is over, 0 if there is none.
func lastStage(tx *sqldb.Tx) (id.ID, error) {
	return sqldb.ID(tx.Row(`SELECT COALESCE(max(id), 0) FROM matter_stage`))
}

// fewCodes is how many categories are looked for by name; of more, every clock is read.
const fewCodes = 8

// eachEnded calls f with every clock that ended since and ran by the limits of one of
// the codes, or of some other if there are many, and with the unit that led its matter.
// few: they are read one after the other and not kept.
func eachEnded(tx *sqldb.Tx, codes []string, since time.Time, f func(e Ended, lead id.ID)) error {
	var w sqldb.Where
	w.Add("s.id >= ?", id.First(since))
	if len(codes) <= fewCodes {
		var likes []string
		var args []any
		for _, code := range codes { // letters, digits and hyphens
			likes, args = append(likes, "s.clock LIKE ?"), append(args, `%"rules":"`+code+`/%`)
		}
		w.Any(likes, args...)
	}
	return tx.Each(`SELECT s.id, s.matter_id, s.stage, s.unit_id, s.from_at, s.due_at, s.ended_at, s.ended_by, s.late, s.clock, m.lead_unit
		FROM matter_stage s JOIN matter m ON m.id = s.matter_id `+w.SQL()+` ORDER BY s.id`, w.Args(), func(r sqldb.Scanner) error {
		var lead id.ID
		e, err := scanEnded(with{r, &lead})
		if err == nil {
			f(e, lead)
		}
		return err
	})
}

// with scans one column more.
type with struct {
	r    sqldb.Scanner
	last any
}

// Scan implements [sqldb.Scanner].
func (w with) Scan(to ...any) error { return w.r.Scan(append(to, w.last)...) }
