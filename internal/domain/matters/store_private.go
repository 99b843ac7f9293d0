// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"database/sql"
	"errors"

	"yuanba/internal/kit/sqldb"
)

// filesWith are the files of all matters with the same bytes, the newest first.
func filesWith(tx *sqldb.Tx, hash string) ([]File, error) {
	return sqldb.All(tx, scanFile, `SELECT `+fileColumns+` FROM matter_file WHERE hash = $1 ORDER BY id DESC LIMIT 100`, hash)
}

// publicStep is the act with which a file came, "" if it is not for everybody.
func publicStep(tx *sqldb.Tx, f File) (act Act, err error) {
	err = tx.Row(`SELECT act FROM matter_step WHERE id = $1 AND matter_id = $2 AND public`, f.Step, f.Matter).Scan(&act)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return act, err
}
