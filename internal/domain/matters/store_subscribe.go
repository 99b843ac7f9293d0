// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"encoding/json"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func insertSubscription(tx *sqldb.Tx, by scope.Actor, target string) error {
	_, err := tx.Exec(`
		INSERT INTO matter_subscription (id, account, resident_id, target, email, at) VALUES ($1, $2, $3, $4, FALSE, $5)
		ON CONFLICT DO NOTHING`, tx.NewID(), by.Account, by.Resident, target, sqldb.At(tx.Now()))
	return err
}

func deleteSubscription(tx *sqldb.Tx, by scope.Actor, target string) error {
	_, err := tx.Exec(`DELETE FROM matter_subscription WHERE target = $1 AND resident_id = $2 AND account = $3`, target, by.Resident, by.Account)
	return err
}

func subscriptionsOf(tx *sqldb.Tx, by scope.Actor) ([]Subscription, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (u Subscription, err error) {
		var at sqldb.Time
		err = r.Scan(&u.ID, &u.Target, &at)
		u.At = at.Time
		return u, err
	}, `SELECT id, target, at FROM matter_subscription WHERE resident_id = $1 AND account = $2 ORDER BY id DESC LIMIT 500`, by.Resident, by.Account)
}

// subscribers are those who want to hear of one of the targets.
func subscribers(tx *sqldb.Tx, targets []string) ([]reader, error) {
	var w sqldb.Where
	sqldb.In(&w, "target", targets...)
	return sqldb.All(tx, scanReader, `SELECT account, resident_id FROM matter_subscription `+w.SQL()+` ORDER BY id LIMIT 5000`, w.Args()...)
}

func scanReader(r sqldb.Scanner) (x reader, err error) {
	err = r.Scan(&x.account, &x.resident)
	return x, err
}

// concerned are the reporter and the supporters of a matter and of those joined to it.
func concerned(tx *sqldb.Tx, m Matter) ([]reader, error) {
	rs, err := sqldb.All(tx, sqldb.ID, `
		SELECT resident_id FROM matter_support WHERE matter_id = $1 AND resident_id <> 0
		UNION
		SELECT resident_id FROM matter WHERE joined_to = $1 AND joined_to <> 0 AND resident_id <> 0
		LIMIT 5000`, m.ID)
	if err != nil {
		return nil, err
	}
	var who []reader
	if m.Resident != 0 {
		who = append(who, reader{resident: m.Resident})
	}
	for _, r := range rs {
		who = append(who, reader{resident: r})
	}
	return who, nil
}

func insertNotice(tx *sqldb.Tx, r reader, matter ID, key, args string) error {
	_, err := tx.Exec(`INSERT INTO matter_notice (id, account, resident_id, matter_id, what, args, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.NewID(), r.account, r.resident, matter, key, args, sqldb.At(tx.Now()))
	return err
}

// mineNotices is the condition of somebody's own notices.
func mineNotices(by scope.Actor) (w sqldb.Where) {
	if by.Resident != 0 {
		w.Add("n.resident_id = ? AND n.resident_id <> 0", by.Resident)
	} else {
		w.Add("n.account = ? AND n.account <> 0", by.Account)
	}
	return w
}

func (s *Service) noticesOf(tx *sqldb.Tx, by scope.Actor, before id.ID) ([]Notice, error) {
	w := mineNotices(by)
	if before != 0 {
		w.Add("n.id < ?", before)
	}
	return sqldb.All(tx, func(r sqldb.Scanner) (n Notice, err error) {
		var at, read sqldb.Time
		var args string
		n.Card, err = s.scanCardAnd(r, &n.ID, &n.Key, &args, &at, &read)
		if err == nil {
			err = json.Unmarshal([]byte(args), &n.Args)
		}
		n.At, n.ReadAt = at.Time, read.Time
		return n, err
	}, `
		SELECT `+cardColumns+`, n.id, n.what, n.args, n.at, n.read_at
		FROM matter_notice n
		JOIN matter m ON m.id = n.matter_id
		`+w.SQL()+`
		ORDER BY n.id DESC
		LIMIT 50`, w.Args()...)
}

func readNotices(tx *sqldb.Tx, by scope.Actor) error {
	w := mineNotices(by)
	w.Add("n.read_at IS NULL")
	at := w.Arg(sqldb.At(tx.Now()))
	_, err := tx.Exec(`UPDATE matter_notice AS n SET read_at = `+at+` `+w.SQL(), w.Args()...)
	return err
}
