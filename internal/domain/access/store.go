// SPDX-License-Identifier: Apache-2.0

package access

import (
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const (
	accountColumns = "id, login, name, password, must_change, totp, totp_pending, totp_step, disabled, created_at, version"
	sessionColumns = "id, account_id, resident_id, name, stage, tries, agent, address, created_at, seen_at, expires_at"
)

func scanAccount(r sqldb.Scanner) (a Account, err error) {
	var created sqldb.Time
	err = r.Scan(&a.ID, &a.Login, &a.Name, &a.password, &a.MustChange, &a.totp, &a.pending, &a.step, &a.Disabled, &created, &a.Version)
	a.CreatedAt, a.SecondFactor = created.Time, len(a.totp) > 0
	return a, err
}

func scanSession(r sqldb.Scanner) (s Session, err error) {
	var created, seen, expires sqldb.Time
	err = r.Scan(&s.ID, &s.Account, &s.Resident, &s.Name, &s.Stage, &s.tries, &s.Agent, &s.Address, &created, &seen, &expires)
	s.CreatedAt, s.SeenAt, s.ExpiresAt = created.Time, seen.Time, expires.Time
	return s, err
}

func loadAccount(tx *sqldb.Tx, a id.ID) (Account, error) {
	return sqldb.Get(tx, scanAccount, "account.none", `SELECT `+accountColumns+` FROM account WHERE id = $1`, a)
}

// loadLogin is NotFound if there is no account with the folded login.
func loadLogin(tx *sqldb.Tx, login string) (Account, error) {
	return sqldb.Get(tx, scanAccount, "account.none", `SELECT `+accountColumns+` FROM account WHERE login = $1`, login)
}

func insertAccount(tx *sqldb.Tx, a Account) error {
	_, err := tx.Exec(`INSERT INTO account (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.Login, a.Name, a.password, a.MustChange, a.totp, a.pending, a.step, a.Disabled, sqldb.At(a.CreatedAt), a.Version)
	return err
}

// saveAccount writes an account back, unless someone else changed it first.
func saveAccount(tx *sqldb.Tx, a *Account) error {
	err := tx.One(`
		UPDATE account
		SET name = $3, password = $4, must_change = $5, totp = $6, totp_pending = $7, totp_step = $8, disabled = $9, version = version + 1
		WHERE id = $1 AND version = $2`,
		a.ID, a.Version, a.Name, a.password, a.MustChange, a.totp, a.pending, a.step, a.Disabled)
	a.Version++
	return err
}

// useStep takes a time step of the second factor. It is Conflict if that step,
// or a later one, has been used before.
func useStep(tx *sqldb.Tx, account id.ID, step int64) error {
	return tx.One(`UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2`, account, step)
}

// names returns the names of accounts. Accounts that do not exist are left out.
func names(tx *sqldb.Tx, ids []id.ID) (map[id.ID]string, error) {
	found := make(map[id.ID]string, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "id", ids...)
	err := tx.Each(`SELECT id, name FROM account `+w.SQL(), w.Args(), func(r sqldb.Scanner) error {
		var d id.ID
		var name string
		err := r.Scan(&d, &name)
		found[d] = name
		return err
	})
	return found, err
}

// listAccounts returns a page of accounts in the order of their logins.
func listAccounts(tx *sqldb.Tx, words string, only []id.ID, offset, limit int) ([]Account, error) {
	w := accountWhere(words, only)
	return sqldb.All(tx, scanAccount, `
		SELECT `+accountColumns+` FROM account `+w.SQL()+`
		ORDER BY login
		LIMIT `+w.Arg(limit)+` OFFSET `+w.Arg(offset), w.Args()...)
}

func countAccounts(tx *sqldb.Tx, words string, only []id.ID) (int64, error) {
	w := accountWhere(words, only)
	return sqldb.Int(tx.Row(`SELECT count(*) FROM account `+w.SQL(), w.Args()...))
}

// accountWhere selects by the beginning of the login or the name; only, if not
// nil, are the accounts to choose from.
func accountWhere(words string, only []id.ID) *sqldb.Where {
	w := &sqldb.Where{}
	if words != "" {
		const last = "\U0010FFFF" // sorts behind everything that begins with the words
		w.Add("(login >= ? AND login < ? OR name >= ? AND name < ?)", Fold(words), Fold(words)+last, words, words+last)
	}
	if only != nil {
		sqldb.In(w, "id", only...)
	}
	return w
}

func countAll(tx *sqldb.Tx) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM account`))
}

func replaceRecoveryCodes(tx *sqldb.Tx, account id.ID, hashes [][]byte) error {
	if _, err := tx.Exec(`DELETE FROM recovery_code WHERE account_id = $1`, account); err != nil {
		return err
	}
	for _, h := range hashes {
		if _, err := tx.Exec(`INSERT INTO recovery_code (account_id, hash) VALUES ($1, $2)`, account, h); err != nil {
			return err
		}
	}
	return nil
}

// useRecoveryCode is Conflict if there is no such code that is unused.
func useRecoveryCode(tx *sqldb.Tx, account id.ID, hash []byte) error {
	return tx.One(`UPDATE recovery_code SET used_at = $3 WHERE account_id = $1 AND hash = $2 AND used_at IS NULL`,
		account, hash, sqldb.At(tx.Now()))
}

func unusedRecoveryCodes(tx *sqldb.Tx, account id.ID) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL`, account))
}

func insertSession(tx *sqldb.Tx, s Session, token []byte) error {
	_, err := tx.Exec(`
		INSERT INTO session (`+sessionColumns+`, token)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.ID, s.Account, s.Resident, s.Name, s.Stage, s.tries, s.Agent, s.Address,
		sqldb.At(s.CreatedAt), sqldb.At(s.SeenAt), sqldb.At(s.ExpiresAt), token)
	return err
}

// loadToken is NotFound if no session has the token's hash.
func loadToken(tx *sqldb.Tx, token []byte) (Session, error) {
	return sqldb.Get(tx, scanSession, "session.none", `SELECT `+sessionColumns+` FROM session WHERE token = $1`, token)
}

func loadSession(tx *sqldb.Tx, s id.ID) (Session, error) {
	return sqldb.Get(tx, scanSession, "session.none", `SELECT `+sessionColumns+` FROM session WHERE id = $1`, s)
}

// saveSession gives a session another stage, end and token.
func saveSession(tx *sqldb.Tx, s Session, token []byte) error {
	return tx.One(`UPDATE session SET stage = $2, tries = 0, seen_at = $3, expires_at = $4, token = $5 WHERE id = $1`,
		s.ID, s.Stage, sqldb.At(s.SeenAt), sqldb.At(s.ExpiresAt), token)
}

func countTry(tx *sqldb.Tx, s id.ID) error {
	return tx.One(`UPDATE session SET tries = tries + 1 WHERE id = $1`, s)
}

// touch writes when a session was last seen, unless a later moment is written.
func touch(tx *sqldb.Tx, s id.ID, at time.Time) error {
	_, err := tx.Exec(`UPDATE session SET seen_at = $2 WHERE id = $1 AND seen_at < $2`, s, sqldb.At(at))
	return err
}

func deleteSession(tx *sqldb.Tx, s id.ID) error {
	return tx.One(`DELETE FROM session WHERE id = $1`, s)
}

// deleteSessions removes the sessions of an account or a resident but for one,
// which may be 0, and reports how many there were.
func deleteSessions(tx *sqldb.Tx, account, resident, but id.ID) (int64, error) {
	return tx.Exec(`DELETE FROM session WHERE account_id = $1 AND resident_id = $2 AND id <> $3`, account, resident, but)
}

// listSessions returns the newest sessions of an account or a resident.
func listSessions(tx *sqldb.Tx, account, resident id.ID, limit int) ([]Session, error) {
	return sqldb.All(tx, scanSession, `
		SELECT `+sessionColumns+` FROM session
		WHERE account_id = $1 AND resident_id = $2 AND expires_at > $3
		ORDER BY seen_at DESC, id DESC
		LIMIT $4`, account, resident, sqldb.At(tx.Now()), limit)
}

// A tally is the count of tries under one key.
type tally struct {
	n           int64
	last, until time.Time
}

// loadTally is the zero tally if there have been no tries.
func loadTally(tx *sqldb.Tx, key string) (tally, error) {
	ts, err := sqldb.All(tx, func(r sqldb.Scanner) (t tally, err error) {
		var last, until sqldb.Time
		err = r.Scan(&t.n, &last, &until)
		t.last, t.until = last.Time, until.Time
		return t, err
	}, `SELECT n, last_at, until_at FROM sign_in_try WHERE key = $1`, key)
	if err != nil || len(ts) == 0 {
		return tally{}, err
	}
	return ts[0], nil
}

func saveTally(tx *sqldb.Tx, key string, t tally) error {
	until := sqldb.Time{}
	if !t.until.IsZero() {
		until = sqldb.At(t.until)
	}
	_, err := tx.Exec(`
		INSERT INTO sign_in_try (key, n, last_at, until_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO UPDATE SET n = excluded.n, last_at = excluded.last_at, until_at = excluded.until_at`,
		key, t.n, sqldb.At(t.last), until)
	return err
}

func deleteTally(tx *sqldb.Tx, key tryKey) error {
	_, err := tx.Exec(`DELETE FROM sign_in_try WHERE key = $1`, string(key))
	return err
}

// sweep removes the sessions that are over and the tallies that no longer count.
func sweep(tx *sqldb.Tx, forgotten time.Time) error {
	if _, err := tx.Exec(`DELETE FROM session WHERE expires_at <= $1`, sqldb.At(tx.Now())); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM sign_in_try WHERE last_at <= $1 AND (until_at IS NULL OR until_at <= $2)`, sqldb.At(forgotten), sqldb.At(tx.Now()))
	return err
}

// Digests calls f with every account and the digest of its state, for the check
// of the trail. f must not use the transaction.
func Digests(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+accountColumns+` FROM account ORDER BY id`, nil, func(r sqldb.Scanner) error {
		a, err := scanAccount(r)
		if err != nil {
			return err
		}
		return f(a.ID, a.Digest())
	})
}
