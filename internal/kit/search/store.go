// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// sums returns what is known of the docs that are in the index already.
func sums(tx *sqldb.Tx, docs Prepared) (map[id.ID]int64, error) {
	have := make(map[id.ID]int64, len(docs))
	args := make([]any, len(docs), batch)
	for i := range docs {
		args[i] = docs[i].doc.id
	}
	for size := 1; size < 4*batch; size *= 4 { // few texts of the query, so that they stay prepared
		if full := min(size, batch); len(args) <= full {
			for len(args) < full {
				args = append(args, 0) // no ID
			}
			break
		}
	}
	err := tx.Each(`SELECT id, sum FROM search_doc WHERE id IN (`+sqldb.List(len(args), 1)+`)`, args, func(r sqldb.Scanner) error {
		var d id.ID
		var sum int64
		err := r.Scan(&d, &sum)
		have[d] = sum
		return err
	})
	return have, err
}

const (
	newLite = `INSERT INTO search_doc (id, noun, title, body, exact, at, sum) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	putLite = newLite + `
		ON CONFLICT (id) DO UPDATE SET noun = excluded.noun, title = excluded.title, body = excluded.body,
			exact = excluded.exact, at = excluded.at, sum = excluded.sum`
	putLiteTerms = `INSERT OR REPLACE INTO search_term (rowid, terms) VALUES ($1, $2)`
	newLiteTerms = `INSERT INTO search_term (rowid, terms) VALUES ($1, $2)` // which looks for nothing to replace
	// The terms are the program's own, so no parser and no dictionary is asked.
	putPost = `
		INSERT INTO search_doc (id, noun, title, body, exact, at, sum, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector(string_to_array($8, ' ')))
		ON CONFLICT (id) DO UPDATE SET noun = excluded.noun, title = excluded.title, body = excluded.body,
			exact = excluded.exact, at = excluded.at, sum = excluded.sum, terms = excluded.terms`
)

// write writes an entry; known says that there is one under its ID already.
func write(tx *sqldb.Tx, e entry, known bool) error {
	f, terms, sum := e.doc, e.terms, e.sum
	args := []any{f.id, f.noun, f.title, f.body, f.exact, f.at.UnixMilli(), sum}
	if tx.Engine() == sqldb.Postgres {
		_, err := tx.Exec(putPost, append(args, terms)...)
		return err
	}
	row, q := newLite, newLiteTerms
	if known {
		row, q = putLite, putLiteTerms
	}
	if _, err := tx.Exec(row, args...); err != nil {
		return err
	}
	_, err := tx.Exec(q, f.id, terms)
	return err
}

func remove(tx *sqldb.Tx, noun string, d id.ID) error {
	n, err := tx.Exec(`DELETE FROM search_doc WHERE id = $1 AND noun = $2`, d, noun)
	if err != nil || n == 0 || tx.Engine() == sqldb.Postgres {
		return err
	}
	_, err = tx.Exec(`DELETE FROM search_term WHERE rowid = $1`, d)
	return err
}

func clearAll(tx *sqldb.Tx) error {
	if _, err := tx.Exec(`DELETE FROM search_doc`); err != nil || tx.Engine() == sqldb.Postgres {
		return err
	}
	_, err := tx.Exec(`INSERT INTO search_term (search_term) VALUES ('delete-all')`)
	return err
}

// tidyPages bounds one step of tidying, and with it how long others wait.
const tidyPages = 1_000

func tidy(tx *sqldb.Tx, first bool) (more bool, err error) {
	if tx.Engine() == sqldb.Postgres {
		_, err := tx.Exec(`SELECT gin_clean_pending_list('search_doc_terms')`)
		return false, err
	}
	pages := tidyPages
	if first {
		pages = -tidyPages // all segments from now on, not only enough of one size
	}
	changes := func() (int64, error) { return sqldb.Int(tx.Row(`SELECT total_changes()`)) }
	before, err := changes()
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(`INSERT INTO search_term (search_term, rank) VALUES ('merge', $1)`, pages); err != nil {
		return false, err
	}
	after, err := changes()
	return after-before >= 2, err // a step that does nothing changes one row
}

func count(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM search_doc`))
}

const (
	findLite = `
		SELECT d.id, d.noun, d.title, d.body, d.exact, d.at
		FROM search_term CROSS JOIN search_doc d ON d.id = search_term.rowid
		WHERE search_term MATCH $1 AND search_term.rowid < $2
		ORDER BY search_term.rowid DESC
		LIMIT $3`
	// The newest records one after the other: the inner LIMIT keeps the engine
	// from looking up the terms instead.
	walkPost = `
		SELECT id, noun, title, body, exact, at
		FROM (SELECT id, noun, title, body, exact, at, terms FROM search_doc WHERE id < $2 ORDER BY id DESC LIMIT $4) newest
		WHERE terms @@ $1::tsquery
		ORDER BY id DESC
		LIMIT $3`
	edgePost = `SELECT coalesce(min(id), 0), count(*) FROM (SELECT id FROM search_doc WHERE id < $1 ORDER BY id DESC LIMIT $2) newest`
	// All records with the terms, then the newest of them: MATERIALIZED keeps the
	// engine from walking instead, + 0 from gathering all older records first,
	// OFFSET 0 from reading the whole table for few.
	termsPost = `
		WITH found AS MATERIALIZED (SELECT id FROM search_doc WHERE terms @@ $1::tsquery AND id + 0 < $2)
		SELECT d.id, d.noun, d.title, d.body, d.exact, d.at
		FROM (SELECT id FROM found ORDER BY id DESC LIMIT $3) f
		CROSS JOIN LATERAL (SELECT id, noun, title, body, exact, at FROM search_doc WHERE id = f.id OFFSET 0) d
		ORDER BY d.id DESC`
)

// candidates returns the newest n records older than before that have the terms.
func (x Index) candidates(tx *sqldb.Tx, e expr, before id.ID, n int) ([]folded, error) {
	if tx.Engine() == sqldb.Postgres {
		return x.candidatesPost(tx, e.post(), before, n)
	}
	return sqldb.All(tx, scan, findLite, e.lite(), before, n)
}

const (
	walkFirst = 1_500 // records walked over to learn how frequent the terms are
	rare      = 100   // fewer than one in so many is looked up, others are walked to
)

// candidatesPost walks from the newest record back as long as enough of those
// passed have the terms, and looks up the terms when they prove rare. The
// engine's own guess at which is the better way was wrong by a factor of a
// thousand for terms that are not among its most frequent.
func (x Index) candidatesPost(tx *sqldb.Tx, match string, before id.ID, n int) (found []folded, err error) {
	walked := 0
	for k := cmp.Or(x.walk, walkFirst); ; k *= 4 {
		var edge id.ID
		var there int
		if err := tx.Row(edgePost, before, k).Scan(&edge, &there); err != nil {
			return nil, err
		}
		some, err := sqldb.All(tx, scan, walkPost, match, before, n-len(found), k)
		if err != nil {
			return nil, err
		}
		found, walked, before = append(found, some...), walked+there, edge
		if len(found) == n || there < k {
			return found, nil
		}
		if len(found)*rare < walked {
			break
		}
	}
	some, err := sqldb.All(tx, scan, termsPost, match, before, n-len(found))
	return append(found, some...), err
}

func scan(r sqldb.Scanner) (f folded, err error) {
	var at int64
	err = r.Scan(&f.id, &f.noun, &f.title, &f.body, &f.exact, &at)
	f.at = time.UnixMilli(at).UTC()
	return f, err
}
