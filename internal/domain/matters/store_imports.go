// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"

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
