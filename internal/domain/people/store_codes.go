// SPDX-License-Identifier: Apache-2.0

package people

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

func insertCode(tx *sqldb.Tx, c code) error {
	return tx.One(`
		INSERT INTO phone_code (id, phone_index, from_index, hash, sent_at, expires_at, tries)
		VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		c.id, c.phoneIndex, c.fromIndex, c.hash, sqldb.At(c.sentAt), sqldb.At(c.expiresAt))
}

func deleteCode(tx *sqldb.Tx, d id.ID) error {
	_, err := tx.Exec(`DELETE FROM phone_code WHERE id = $1`, d)
	return err
}

// codesTo counts the codes sent to a telephone within an hour and a day, and
// says when the last was.
func codesTo(tx *sqldb.Tx, phone []byte, now time.Time) (last time.Time, hour, day int, err error) {
	var at sqldb.Time
	err = tx.Row(`
		SELECT max(sent_at), count(*) FILTER (WHERE sent_at > $2), count(*)
		FROM phone_code
		WHERE phone_index = $1 AND sent_at > $3`,
		phone, sqldb.At(now.Add(-time.Hour)), sqldb.At(now.Add(-24*time.Hour))).Scan(&at, &hour, &day)
	return at.Time, hour, day, err
}

// codesFrom counts the codes asked for from a network address.
func codesFrom(tx *sqldb.Tx, from []byte, since time.Time) (n int, err error) {
	err = tx.Row(`
		SELECT count(*)
		FROM phone_code
		WHERE from_index = $1 AND sent_at > $2`, from, sqldb.At(since)).Scan(&n)
	return n, err
}

// newestCode returns the code last sent to the telephone, unless it was used;
// false if there is none. An older one is good no more.
func newestCode(tx *sqldb.Tx, phone []byte) (c code, ok bool, err error) {
	var expires, used sqldb.Time
	err = tx.Row(`
		SELECT id, hash, expires_at, used_at, tries
		FROM phone_code
		WHERE phone_index = $1
		ORDER BY sent_at DESC, id DESC
		LIMIT 1`, phone).Scan(&c.id, &c.hash, &expires, &used, &c.tries)
	c.expiresAt = expires.Time
	c, ok, err = one(c, err)
	return c, ok && used.IsZero(), err
}

// useCode marks the code as used, unless it was used or mistyped meanwhile.
func useCode(tx *sqldb.Tx, c code) error {
	return tx.One(`
		UPDATE phone_code
		SET used_at = $1
		WHERE id = $2 AND used_at IS NULL AND tries = $3`, sqldb.At(tx.Now()), c.id, c.tries)
}

func noteWrongTry(tx *sqldb.Tx, c code, from []byte) error {
	if err := tx.One(`
		UPDATE phone_code
		SET tries = tries + 1
		WHERE id = $1 AND used_at IS NULL AND tries = $2`, c.id, c.tries); err != nil {
		return err
	}
	return tx.One(`
		INSERT INTO phone_try (id, from_index, at)
		VALUES ($1, $2, $3)`, tx.NewID(), from, sqldb.At(tx.Now()))
}

// wrongTries counts the wrong tries from a network address.
func wrongTries(tx *sqldb.Tx, from []byte, since time.Time) (n int, err error) {
	err = tx.Row(`
		SELECT count(*)
		FROM phone_try
		WHERE from_index = $1 AND at > $2`, from, sqldb.At(since)).Scan(&n)
	return n, err
}

func sweepCodes(tx *sqldb.Tx, before time.Time) (int64, error) {
	codes, err := tx.Exec(`DELETE FROM phone_code WHERE sent_at < $1`, sqldb.At(before))
	if err != nil {
		return 0, err
	}
	tries, err := tx.Exec(`DELETE FROM phone_try WHERE at < $1`, sqldb.At(before))
	return codes + tries, err
}
