// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"database/sql"
	"errors"

	"yuanba/internal/kit/sqldb"
)

// forgetParts deletes what is personal in the parts of a matter: see ForgetOld.
// The reporter's own lines are those of no account and no unit.
func forgetParts(tx *sqldb.Tx, m Matter) error {
	const reporters = `matter_id = $1 AND (step_id = 0 OR step_id IN (SELECT id FROM matter_step WHERE matter_id = $1 AND account = 0 AND unit_id = 0 AND act <> 'reply'))`
	files := reporters
	if m.Public {
		files += ` AND type LIKE 'audio/%'`
	}
	for _, q := range []string{
		`DELETE FROM matter_file WHERE ` + files,
		`UPDATE matter_support SET resident_id = 0, contact_id = 0, browser = '' WHERE matter_id = $1`,
		`UPDATE matter_moderation SET original = '' WHERE matter_id = $1`,
		`DELETE FROM matter_notice WHERE matter_id = $1 AND resident_id <> 0`,
	} {
		if _, err := tx.Exec(q, m.ID); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM matter_subscription WHERE target = $1 AND resident_id <> 0`, "matter:"+m.ID.String())
	return err
}

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
