// SPDX-License-Identifier: Apache-2.0

package access

import (
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const keyColumns = `id, name, hint, hash, scopes, account_id, unit_id, city_id, town_id, village_id, grid_id, courtyard_id,
	per_minute, created_at, created_by, expires_at, revoked_at, used_on, version`

func scanKey(r sqldb.Scanner) (k APIKey, err error) {
	var scopes string
	var created, expires, revoked, used sqldb.Time
	err = r.Scan(&k.ID, &k.Name, &k.Hint, &k.hash, &scopes, &k.Account, &k.Unit, &k.Path[0], &k.Path[1], &k.Path[2], &k.Path[3], &k.Path[4],
		&k.PerMinute, &created, &k.CreatedBy, &expires, &revoked, &used, &k.Version)
	k.Scopes = splitScopes(scopes)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.UsedOn = created.Time, expires.Time, revoked.Time, used.Time
	return k, err
}

func loadKey(tx *sqldb.Tx, k id.ID) (APIKey, error) {
	return sqldb.Get(tx, scanKey, "key.none", `SELECT `+keyColumns+` FROM api_key WHERE id = $1`, k)
}

func keyByHash(tx *sqldb.Tx, hash []byte) (APIKey, error) {
	return sqldb.Get(tx, scanKey, "key.none", `SELECT `+keyColumns+` FROM api_key WHERE hash = $1`, hash)
}

// keyNamed reports whether a key in use has the name.
func keyNamed(tx *sqldb.Tx, name string) (bool, error) {
	_, err := sqldb.Get(tx, sqldb.ID, "key.none", `SELECT id FROM api_key WHERE name = $1 AND revoked_at IS NULL LIMIT 1`, name)
	if errs.KindOf(err) == errs.NotFound {
		return false, nil
	}
	return err == nil, err
}

func insertKey(tx *sqldb.Tx, k APIKey) error {
	_, err := tx.Exec(`INSERT INTO api_key (`+keyColumns+`) VALUES (`+sqldb.List(19, 1)+`)`,
		k.ID, k.Name, k.Hint, k.hash, joinScopes(k.Scopes), k.Account, k.Unit, k.Path[0], k.Path[1], k.Path[2], k.Path[3], k.Path[4],
		k.PerMinute, sqldb.At(k.CreatedAt), k.CreatedBy, sqldb.At(k.ExpiresAt), sqldb.At(k.RevokedAt), sqldb.At(k.UsedOn), k.Version)
	return err
}

// saveKey writes a key's end back, unless someone else changed it first.
func saveKey(tx *sqldb.Tx, k *APIKey) error {
	err := tx.One(`UPDATE api_key SET revoked_at = $3, version = version + 1 WHERE id = $1 AND version = $2`, k.ID, k.Version, sqldb.At(k.RevokedAt))
	k.Version++
	return err
}

// useKey notes the last day on which a key was used.
func useKey(tx *sqldb.Tx, k id.ID, day time.Time) error {
	_, err := tx.Exec(`UPDATE api_key SET used_on = $2 WHERE id = $1 AND (used_on IS NULL OR used_on < $2)`, k, sqldb.At(day))
	return err
}

// listKeys returns the keys in use and then those that were revoked, the newest
// first.
func listKeys(tx *sqldb.Tx, limit int) ([]APIKey, error) {
	return sqldb.All(tx, scanKey, `SELECT `+keyColumns+` FROM api_key ORDER BY revoked_at IS NOT NULL, id DESC LIMIT $1`, limit)
}

// KeyDigests calls f with every key and the digest of its state, for the check of
// the trail. f must not use the transaction.
func KeyDigests(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+keyColumns+` FROM api_key ORDER BY id`, nil, func(r sqldb.Scanner) error {
		k, err := scanKey(r)
		if err != nil {
			return err
		}
		return f(k.ID, k.Digest())
	})
}
