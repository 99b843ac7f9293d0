// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const newsColumns = `id, account, resident_id, place_id, what, ref, at, read_at`

func scanNews(r sqldb.Scanner) (n News, err error) {
	var account, who id.ID
	var at, read sqldb.Time
	err = r.Scan(&n.ID, &account, &who, &n.Place, &n.What, &n.Ref, &at, &read)
	n.At, n.ReadAt = at.Time, read.Time
	switch {
	case account != 0:
		n.To = people.Owner{Kind: people.OwnedByAccount, ID: account}
	case who != 0:
		n.To = people.Owner{Kind: people.OwnedByResident, ID: who}
	}
	return n, err
}

// owner is whose news are meant, as the columns have it.
func owner(to people.Owner) (account, who id.ID) {
	if to.Kind == people.OwnedByAccount {
		return to.ID, 0
	}
	return 0, to.ID
}

func insertNews(tx *sqldb.Tx, n News) error {
	account, who := owner(n.To)
	_, err := tx.Exec(`INSERT INTO village_news (`+newsColumns+`) VALUES (`+sqldb.List(8, 1)+`)`,
		n.ID, account, who, n.Place, string(n.What), n.Ref, sqldb.At(n.At), sqldb.At(n.ReadAt))
	return err
}

func newsOf(tx *sqldb.Tx, to people.Owner, before id.ID, most int) ([]News, error) {
	account, who := owner(to)
	var w sqldb.Where
	if who != 0 {
		w.Add("resident_id = ? AND resident_id <> 0", who)
	} else {
		w.Add("account = ? AND account <> 0", account)
	}
	if before != 0 {
		w.Add("id < ?", before)
	}
	n := w.Arg(most)
	return sqldb.All(tx, scanNews, `SELECT `+newsColumns+` FROM village_news `+w.SQL()+` ORDER BY id DESC LIMIT `+n, w.Args()...)
}

func newsWith(tx *sqldb.Tx, refs []id.ID) ([]News, error) {
	var w sqldb.Where
	sqldb.In(&w, "id", refs...)
	return sqldb.All(tx, scanNews, `SELECT `+newsColumns+` FROM village_news `+w.SQL()+` ORDER BY id`, w.Args()...)
}

func unreadNews(tx *sqldb.Tx, to people.Owner) (int, error) {
	account, who := owner(to)
	n, err := sqldb.Int(tx.Row(`
		SELECT count(*)
		FROM (SELECT 1 FROM village_news WHERE resident_id = $1 AND account = $2 AND read_at IS NULL LIMIT 100) AS new`, who, account))
	return int(n), err
}

func readNews(tx *sqldb.Tx, to people.Owner) error {
	account, who := owner(to)
	_, err := tx.Exec(`UPDATE village_news SET read_at = $1 WHERE resident_id = $2 AND account = $3 AND read_at IS NULL`, sqldb.At(tx.Now()), who, account)
	return err
}

// deleteNews deletes news written before a moment, a few at a time.
func deleteNews(tx *sqldb.Tx, before time.Time, most int) (int, error) {
	n, err := tx.Exec(`DELETE FROM village_news WHERE id IN (SELECT id FROM village_news WHERE id < $1 ORDER BY id LIMIT $2)`, id.First(before), most)
	return int(n), err
}

// lateMissives are letters without a reply whose time is over, of which nobody has been
// told since, the oldest first.
func lateMissives(tx *sqldb.Tx, now time.Time, told Tiding, most int) ([]Missive, error) {
	return sqldb.All(tx, scanMissive, `
		SELECT `+missiveColumns+` FROM missive m
		WHERE m.state IN ('sent', 'taken') AND m.due_at < $1 AND NOT EXISTS (SELECT 1 FROM village_news n WHERE n.ref = m.id AND n.what = $2 AND n.at >= m.due_at)
		ORDER BY m.due_at, m.id LIMIT $3`, sqldb.At(now), string(told), most)
}

// lateQuestions are questions without an answer whose time is over, of which nobody has
// been told since, the oldest first.
func lateQuestions(tx *sqldb.Tx, now time.Time, told Tiding, most int) ([]Remark, error) {
	return sqldb.All(tx, scanRemark, `
		SELECT `+remarkColumns+` FROM remark x
		WHERE x.state = 'open' AND x.due_at < $1 AND NOT EXISTS (SELECT 1 FROM village_news n WHERE n.ref = x.id AND n.what = $2 AND n.at >= x.due_at)
		ORDER BY x.due_at, x.id LIMIT $3`, sqldb.At(now), string(told), most)
}
