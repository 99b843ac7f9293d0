// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

func insertSubscription(tx *sqldb.Tx, by scope.Actor, target string) error {
	_, err := tx.Exec(`
		INSERT INTO matter_subscription (id, account, resident_id, target, at) VALUES ($1, $2, $3, $4, $5)
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
