// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"time"

	"yuanba/internal/kit/sqldb"
)

// oldMissives are letters that ended before a moment and whose writer is still known.
func oldMissives(tx *sqldb.Tx, before time.Time, most int) ([]Missive, error) {
	return sqldb.All(tx, scanMissive, `SELECT `+missiveColumns+` FROM missive WHERE state IN ('replied', 'withdrawn') AND COALESCE(replied_at, sent_at) < $1 AND resident_id <> 0 ORDER BY COALESCE(replied_at, sent_at), id LIMIT $2`, sqldb.At(before), most)
}

func blankMissive(tx *sqldb.Tx, m Missive) error {
	return tx.One(`UPDATE missive SET resident_id = 0, body_sealed = NULL, reply_sealed = NULL, version = $2 WHERE id = $1 AND version = $3`, m.ID, m.Version, m.Version-1)
}

// oldHidden are remarks of before a moment that are hidden and whose words are still there.
func oldHidden(tx *sqldb.Tx, before time.Time, most int) ([]Remark, error) {
	return sqldb.All(tx, scanRemark, `SELECT `+remarkColumns+` FROM remark WHERE state IN ('hidden', 'upheld') AND at < $1 AND body <> '' ORDER BY at, id LIMIT $2`, sqldb.At(before), most)
}
