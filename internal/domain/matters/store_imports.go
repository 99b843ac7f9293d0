// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"strings"

	"yuanba/internal/kit/sqldb"
)

// originsAtOnce bounds how many origins one query looks up.
const originsAtOnce = 250

// knownOrigins are those of the origins from which a matter was taken in before.
func knownOrigins(tx *sqldb.Tx, in []Foreign) (map[string]bool, error) {
	known := map[string]bool{}
	for some := range slices.Chunk(in, originsAtOnce) {
		var w sqldb.Where
		origins := make([]string, len(some))
		for i, f := range some {
			origins[i] = f.Origin
		}
		w.Add("origin <> ''") // as the index says, so that it is used
		sqldb.In(&w, "origin", origins...)
		found, err := sqldb.All(tx, sqldb.Text, `SELECT origin FROM matter `+w.SQL()+` LIMIT 1000`, w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			known[o] = true
		}
	}
	return known, nil
}

// insertMany inserts matters, many with one statement.
func insertMany(tx *sqldb.Tx, ms []Matter) error {
	for some := range slices.Chunk(ms, 32) {
		var marks strings.Builder
		var args []any
		for i, m := range some {
			v := m.values()
			if i > 0 {
				marks.WriteByte(',')
			}
			marks.WriteString("(" + sqldb.List(len(v), 1+len(v)*i) + ")")
			args = append(args, v...)
		}
		if _, err := tx.Exec(`INSERT INTO matter (`+columns+`) VALUES `+marks.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

// punctual counts in the whole town: for a command, not for a page.
func punctual(tx *sqldb.Tx) (p Punctual, err error) {
	err = tx.Row(`SELECT count(*), COALESCE(sum(CASE WHEN promised_at IS NOT NULL AND closed_at > promised_at THEN 1 ELSE 0 END), 0) FROM matter WHERE state = 'closed'`).Scan(&p.Closed, &p.Late)
	return p, err
}
