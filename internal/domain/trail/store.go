// SPDX-License-Identifier: Apache-2.0

package trail

import (
	"slices"
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const columns = `seq, at, account, actor, kind, noun, record, act, from_state, to_state, behalf, note, digest`

const insertColumns = `INSERT INTO trail (at, account, actor, kind, noun, record, act, from_state, to_state, behalf, note, digest) VALUES `

var insertOne = sqldb.NewInsert(insertColumns, `(`+sqldb.List(12, 1)+`)`)

// values are the arguments for insertColumns.
func (r *Row) values() []any {
	digest := r.Digest
	if digest == nil {
		digest = []byte{}
	}
	return []any{sqldb.At(r.At), r.Account, r.Actor, string(r.Kind), r.Noun, r.Record, r.Act, r.From, r.To, r.For, r.Note, digest}
}

func insert(tx *sqldb.Tx, r *Row) error {
	return tx.Add(insertOne, r.values()...)
}

// insertAll inserts rows in their order, many with one statement.
func insertAll(tx *sqldb.Tx, rows []*Row) error {
	for some := range slices.Chunk(rows, 64) {
		var marks strings.Builder
		var args []any
		for i, r := range some {
			if i > 0 {
				marks.WriteByte(',')
			}
			marks.WriteString("(" + sqldb.List(12, 1+12*i) + ")")
			args = append(args, r.values()...)
		}
		if _, err := tx.Exec(insertColumns+marks.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

func scan(s sqldb.Scanner) (Row, error) {
	var r Row
	var at sqldb.Time
	var kind string
	err := s.Scan(&r.Seq, &at, &r.Account, &r.Actor, &kind, &r.Noun, &r.Record, &r.Act, &r.From, &r.To, &r.For, &r.Note, &r.Digest)
	r.At, r.Kind = at.Time, scope.Kind(kind)
	return r, err
}

// Story returns the rows about one record, oldest first, at most limit of them,
// from the first with a Seq greater than after.
func Story(tx *sqldb.Tx, noun string, record id.ID, after int64, limit int) ([]Row, error) {
	return sqldb.All(tx, scan, `
		SELECT `+columns+`
		FROM trail
		WHERE noun = $1 AND record = $2 AND seq > $3
		ORDER BY seq
		LIMIT $4`, noun, record, after, limit)
}

// Stories returns the rows about each of the records, oldest first, without who
// acted and what they noted. few: the records are those of one batch, and a story
// is complete or wrong.
func Stories(tx *sqldb.Tx, noun string, records []id.ID) (map[id.ID][]Row, error) {
	var w sqldb.Where
	w.Add("noun = ?", noun)
	sqldb.In(&w, "record", records...)
	stories := map[id.ID][]Row{}
	err := tx.Each(`SELECT seq, at, record, act, from_state, to_state FROM trail `+w.SQL()+` ORDER BY record, seq`, w.Args(), func(s sqldb.Scanner) error {
		r := Row{Noun: noun}
		var at sqldb.Time
		err := s.Scan(&r.Seq, &at, &r.Record, &r.Act, &r.From, &r.To)
		r.At = at.Time
		stories[r.Record] = append(stories[r.Record], r)
		return err
	})
	return stories, err
}

// Latest returns the rows about one record, newest first, at most limit of them,
// from the first with a Seq smaller than before; 0 means from the end.
func Latest(tx *sqldb.Tx, noun string, record id.ID, before int64, limit int) ([]Row, error) {
	return sqldb.All(tx, scan, `
		SELECT `+columns+`
		FROM trail
		WHERE noun = $1 AND record = $2 AND ($3 = 0 OR seq < $3)
		ORDER BY seq DESC
		LIMIT $4`, noun, record, before, limit)
}

// Last returns the newest row about one record. If there is none it is NotFound.
func Last(tx *sqldb.Tx, noun string, record id.ID) (Row, error) {
	return sqldb.Get(tx, scan, "trail.none", `
		SELECT `+columns+`
		FROM trail
		WHERE noun = $1 AND record = $2
		ORDER BY seq DESC
		LIMIT 1`, noun, record)
}

// Known is how many records of a kind the trail knows of: as many as there must be, where
// none is ever taken away.
func Known(tx *sqldb.Tx, noun string) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(DISTINCT record) FROM trail WHERE noun = $1`, noun))
}

// Newest returns the last rows of the trail that this transaction sees, newest
// first, as far as a [Batch] has them, with the state that each led to. It looks back
// no further than a thousand numbers, of which some may never have become a row.
func Newest(tx *sqldb.Tx, limit int) ([]Row, error) {
	last, err := end(tx)
	if err != nil {
		return nil, err
	}
	return sqldb.All(tx, func(s sqldb.Scanner) (r Row, err error) {
		var at sqldb.Time
		err = s.Scan(&r.Seq, &at, &r.Kind, &r.Noun, &r.Record, &r.Act, &r.To)
		r.At = at.Time
		return r, err
	}, `SELECT seq, at, kind, noun, record, act, to_state FROM trail WHERE seq > $1 ORDER BY seq DESC LIMIT $2`, last-1000, limit)
}

// Since returns the rows with a Seq greater than after that this transaction
// sees, in order, at most limit of them. It is for pages: a row that commits late
// may have a smaller Seq than one already seen, so what must miss nothing is a
// [Follower].
func Since(tx *sqldb.Tx, after int64, limit int) ([]Row, error) {
	return sqldb.All(tx, scan, `
		SELECT `+columns+`
		FROM trail
		WHERE seq > $1
		ORDER BY seq
		LIMIT $2`, after, limit)
}

// between returns the rows after one Seq and up to another, in order, as far as
// a [Batch] has them.
func between(tx *sqldb.Tx, after, upTo int64, limit int) ([]Row, error) {
	return sqldb.All(tx, func(s sqldb.Scanner) (r Row, err error) {
		var at sqldb.Time
		err = s.Scan(&r.Seq, &at, &r.Account, &r.Actor, &r.Kind, &r.Noun, &r.Record, &r.Act)
		r.At = at.Time
		return r, err
	}, `
		SELECT seq, at, account, actor, kind, noun, record, act
		FROM trail
		WHERE seq > $1 AND seq <= $2
		ORDER BY seq
		LIMIT $3`, after, upTo, limit)
}

// AddStates adds to the rows of a [Batch] the states before and after their acts, for
// who has to know them.
func AddStates(tx *sqldb.Tx, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	at := make(map[int64]int, len(rows))
	for i, r := range rows {
		at[r.Seq] = i
	}
	return tx.Each(`SELECT seq, from_state, to_state FROM trail WHERE seq >= $1 AND seq <= $2`, []any{rows[0].Seq, rows[len(rows)-1].Seq}, func(s sqldb.Scanner) error {
		var seq int64
		var from, to string
		err := s.Scan(&seq, &from, &to)
		if i, ok := at[seq]; ok {
			rows[i].From, rows[i].To = from, to
		}
		return err
	})
}

// end is the highest Seq given to a row so far, whether it can be seen or not.
func end(tx *sqldb.Tx) (int64, error) { return sqldb.Int(tx.Row(`SELECT seq FROM trail_end`)) }

// writers are the transactions that may have been given a Seq and are not over.
func writers(tx *sqldb.Tx) (map[string]struct{}, error) {
	m := map[string]struct{}{}
	err := tx.Each(`SELECT id FROM trail_writer`, nil, func(s sqldb.Scanner) error {
		w, err := sqldb.Text(s)
		m[w] = struct{}{}
		return err
	})
	return m, err
}

func mark(tx *sqldb.Tx, name string) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT COALESCE(max(value), 0) FROM trail_mark WHERE name = $1`, name))
}

func moveMark(tx *sqldb.Tx, name string, from, to int64) error {
	return tx.One(`
		INSERT INTO trail_mark (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = $2
		WHERE trail_mark.value = $3`, name, to, from)
}

// setMark keeps what goes with a mark.
func setMark(tx *sqldb.Tx, name string, value int64) error {
	_, err := tx.Exec(`INSERT INTO trail_mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value)
	return err
}

// isAbout reports whether there is a row with this Seq, about this record.
func isAbout(tx *sqldb.Tx, seq int64, record id.ID) (bool, error) {
	n, err := sqldb.Int(tx.Row(`SELECT count(*) FROM trail WHERE seq = $1 AND record = $2`, seq, record))
	return n == 1, err
}

func dropMark(tx *sqldb.Tx, name string) error {
	_, err := tx.Exec(`DELETE FROM trail_mark WHERE name = $1`, name)
	return err
}
