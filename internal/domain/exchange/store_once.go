// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const replyColumns = "id, key_id, name, asked, answer, made_at"

func scanReply(r sqldb.Scanner) (x reply, err error) {
	var made sqldb.Time
	err = r.Scan(&x.ID, &x.Key, &x.name, &x.asked, &x.answer, &made)
	x.At = made.Time
	return x, err
}

// claimReply makes the reply to come this transaction's own; first is false if
// there is one under that name. A transaction that asks the same meanwhile waits.
func claimReply(tx *sqldb.Tx, r reply) (first bool, err error) {
	n, err := tx.Exec(`INSERT INTO exchange_reply (`+replyColumns+`) VALUES (`+sqldb.List(6, 1)+`) ON CONFLICT (key_id, name) DO NOTHING`, r.ID, r.Key, r.name, r.asked, r.answer, sqldb.At(r.At))
	return n == 1, err
}

func saveAnswer(tx *sqldb.Tx, d id.ID, answer []byte) error {
	return tx.One(`UPDATE exchange_reply SET answer = $2 WHERE id = $1`, d, answer)
}

func loadReply(tx *sqldb.Tx, key id.ID, name []byte) (reply, error) {
	return sqldb.Get(tx, scanReply, "record.changed", `SELECT `+replyColumns+` FROM exchange_reply WHERE key_id = $1 AND name = $2`, key, name)
}

// dropReply deletes a reply that is from before the time.
func dropReply(tx *sqldb.Tx, key id.ID, name []byte, before time.Time) error {
	_, err := tx.Exec(`DELETE FROM exchange_reply WHERE key_id = $1 AND name = $2 AND made_at < $3`, key, name, sqldb.At(before))
	return err
}

func sweepReplies(tx *sqldb.Tx, before time.Time) error {
	_, err := tx.Exec(`DELETE FROM exchange_reply WHERE made_at < $1`, sqldb.At(before))
	return err
}
