// SPDX-License-Identifier: Apache-2.0

package sqldb

import (
	"database/sql"
	"errors"
)

// Mark returns the number kept under a name: how far something has got, or which
// record is meant. It is 0 if nothing was kept.
func Mark(tx *Tx, name string) (int64, error) {
	n, err := Int(tx.Row(`SELECT value FROM mark WHERE name = $1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// SetMark keeps a number under a name.
func SetMark(tx *Tx, name string, value int64) error {
	_, err := tx.Exec(`INSERT INTO mark (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`, name, value)
	return err
}
