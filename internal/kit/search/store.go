// SPDX-License-Identifier: Apache-2.0

package search

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// sums returns what is known of the docs that are in the index already.
func sums(tx *sqldb.Tx, docs []Doc) (map[id.ID]int64, error) {
	have := make(map[id.ID]int64, len(docs))
	args := make([]any, len(docs), batch)
	for i := range docs {
		args[i] = docs[i].ID
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
	putLite = `
		INSERT INTO search_doc (id, noun, title, body, exact, at, sum) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET noun = excluded.noun, title = excluded.title, body = excluded.body,
			exact = excluded.exact, at = excluded.at, sum = excluded.sum`
	putLiteTerms = `INSERT OR REPLACE INTO search_term (rowid, terms) VALUES ($1, $2)`
	// The terms are the program's own, so no parser and no dictionary is asked.
	putPost = `
		INSERT INTO search_doc (id, noun, title, body, exact, at, sum, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector(string_to_array($8, ' ')))
		ON CONFLICT (id) DO UPDATE SET noun = excluded.noun, title = excluded.title, body = excluded.body,
			exact = excluded.exact, at = excluded.at, sum = excluded.sum, terms = excluded.terms`
)

func write(tx *sqldb.Tx, f folded, terms string, sum int64) error {
	args := []any{f.id, f.noun, f.title, f.body, f.exact, f.at.UnixMilli(), sum}
	if tx.Engine() == sqldb.Postgres {
		_, err := tx.Exec(putPost, append(args, terms)...)
		return err
	}
	if _, err := tx.Exec(putLite, args...); err != nil {
		return err
	}
	_, err := tx.Exec(putLiteTerms, f.id, terms)
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
	findPost = `
		SELECT id, noun, title, body, exact, at
		FROM search_doc
		WHERE terms @@ $1::tsquery AND id < $2
		ORDER BY id DESC
		LIMIT $3`
)

// candidates returns the newest n records older than before that have the terms.
func candidates(tx *sqldb.Tx, e expr, before id.ID, n int) ([]folded, error) {
	q, match := findLite, e.lite()
	if tx.Engine() == sqldb.Postgres {
		q, match = findPost, e.post()
	}
	return sqldb.All(tx, scan, q, match, before, n)
}

func scan(r sqldb.Scanner) (f folded, err error) {
	var at int64
	err = r.Scan(&f.id, &f.noun, &f.title, &f.body, &f.exact, &at)
	f.at = time.UnixMilli(at).UTC()
	return f, err
}
