// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const (
	entryColumns = `id, place_id, town_id, village_id, number, on_day, from_account, to_account, amount, words, party, decided, paper, paper_type, paper_size, counters, members, at, account, actor`
	// countered is the entry that undoes one.
	countered = `COALESCE((SELECT c.id FROM ledger_entry c WHERE c.counters = e.id AND c.counters <> 0), 0)`
)

func scanEntry(r sqldb.Scanner) (e Entry, err error) {
	var at sqldb.Time
	err = r.Scan(&e.ID, &e.Place, &e.Path[scope.Town], &e.Path[scope.Village], &e.Number, &e.On, &e.From, &e.To, &e.Amount, &e.Words, &e.Party, &e.Decided,
		&e.Paper.Hash, &e.Paper.Type, &e.Paper.Size, &e.Counters, &e.Members, &at, &e.Account, &e.Actor, &e.Countered)
	e.At = at.Time
	return e, err
}

func loadEntry(tx *sqldb.Tx, d ID) (Entry, error) {
	return sqldb.Get(tx, scanEntry, "ledger.none", `SELECT `+entryColumns+`, `+countered+` FROM ledger_entry e WHERE id = $1`, d)
}

func insertEntry(tx *sqldb.Tx, e Entry) error {
	return tx.One(`INSERT INTO ledger_entry (`+entryColumns+`) VALUES (`+sqldb.List(20, 1)+`) ON CONFLICT DO NOTHING`,
		e.ID, e.Place, e.Path[scope.Town], e.Path[scope.Village], e.Number, string(e.On), string(e.From), string(e.To), int64(e.Amount), e.Words, e.Party, e.Decided,
		e.Paper.Hash, e.Paper.Type, e.Paper.Size, e.Counters, e.Members, sqldb.At(e.At), e.Account, e.Actor)
}

// keepEntry says anew who reads the words of an entry.
func keepEntry(tx *sqldb.Tx, e Entry) error {
	return tx.One(`UPDATE ledger_entry SET members = $2 WHERE id = $1 AND members <> $2`, e.ID, e.Members)
}

func lastNumber(tx *sqldb.Tx, place id.ID) (n int, err error) {
	err = tx.Row(`SELECT COALESCE(max(number), 0) FROM ledger_entry WHERE place_id = $1`, place).Scan(&n)
	return n, err
}

// firstDay is the day of the first entry of a ledger, "" if it has none.
func firstDay(tx *sqldb.Tx, place id.ID) (d places.Day, err error) {
	err = tx.Row(`SELECT COALESCE(min(on_day), '') FROM ledger_entry WHERE place_id = $1`, place).Scan(&d)
	return d, err
}

// held is what is in an account now.
func held(tx *sqldb.Tx, place id.ID, a Account) (f Fen, err error) {
	err = tx.Row(`SELECT CAST(COALESCE(sum(CASE WHEN to_account = $2 THEN amount WHEN from_account = $2 THEN -amount ELSE 0 END), 0) AS BIGINT) FROM ledger_entry WHERE place_id = $1`, place, string(a)).Scan(&f)
	return f, err
}

// balanceBefore is what a village had at the beginning of a day.
func balanceBefore(tx *sqldb.Tx, place id.ID, day places.Day) (f Fen, err error) {
	err = tx.Row(`
		SELECT CAST(COALESCE(sum((CASE WHEN to_account IN ('bank', 'cash') THEN amount ELSE 0 END) - (CASE WHEN from_account IN ('bank', 'cash') THEN amount ELSE 0 END)), 0) AS BIGINT)
		FROM ledger_entry WHERE place_id = $1 AND on_day < $2`, place, string(day)).Scan(&f)
	return f, err
}

// maxEntries bounds what one statement shows: more than a village books in a year.
const maxEntries = 5000

// listEntries are the entries of a ledger from a day on and before another.
func listEntries(tx *sqldb.Tx, place id.ID, from, to places.Day) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+`, `+countered+` FROM ledger_entry e WHERE place_id = $1 AND on_day >= $2 AND on_day < $3 ORDER BY on_day, number LIMIT $4`,
		place, string(from), string(to), maxEntries)
}

func eachEntry(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+entryColumns+`, 0 FROM ledger_entry ORDER BY id`, nil, func(r sqldb.Scanner) error {
		e, err := scanEntry(r)
		if err != nil {
			return err
		}
		return f(e.ID, e.digest())
	})
}
