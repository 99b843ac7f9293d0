// SPDX-License-Identifier: Apache-2.0

package field

import (
	"strconv"
	"strings"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const phoneColumns = "id, account_id, name, token, state, made_at, seen_at, ahead, waits, lost_at, ended_at, version"

func scanPhone(r sqldb.Scanner) (p Phone, err error) {
	var made, seen, lost, ended sqldb.Time
	var ahead int64
	err = r.Scan(&p.ID, &p.Account, &p.Name, &p.token, &p.State, &made, &seen, &ahead, &p.Waits, &lost, &ended, &p.Version)
	p.MadeAt, p.SeenAt, p.LostAt, p.EndedAt, p.Ahead = made.Time, seen.Time, lost.Time, ended.Time, time.Duration(ahead)*time.Millisecond
	return p, err
}

func insertPhone(tx *sqldb.Tx, p Phone) error {
	_, err := tx.Exec(`INSERT INTO field_phone (`+phoneColumns+`) VALUES (`+sqldb.List(12, 1)+`)`,
		p.ID, p.Account, p.Name, p.token, p.State, sqldb.At(p.MadeAt), sqldb.At(p.SeenAt), p.Ahead.Milliseconds(), p.Waits, sqldb.At(p.LostAt), sqldb.At(p.EndedAt), p.Version)
	return err
}

// savePhone writes what became of a phone, unless someone else was faster.
func savePhone(tx *sqldb.Tx, p *Phone) error {
	p.Version++
	return tx.One(`UPDATE field_phone SET state = $3, seen_at = $4, waits = $5, lost_at = $6, ended_at = $7, version = $8 WHERE id = $1 AND version = $2`,
		p.ID, p.Version-1, p.State, sqldb.At(p.SeenAt), p.Waits, sqldb.At(p.LostAt), sqldb.At(p.EndedAt), p.Version)
}

// saveSeen writes that a phone called.
func saveSeen(tx *sqldb.Tx, phone id.ID, ahead time.Duration, waits int64) error {
	return tx.One(`UPDATE field_phone SET seen_at = $2, ahead = $3, waits = $4 WHERE id = $1`, phone, sqldb.At(tx.Now()), ahead.Milliseconds(), waits)
}

func loadPhone(tx *sqldb.Tx, d id.ID) (Phone, error) {
	return sqldb.Get(tx, scanPhone, "field.phone.none", `SELECT `+phoneColumns+` FROM field_phone WHERE id = $1`, d)
}

func phoneByToken(tx *sqldb.Tx, token []byte) (Phone, error) {
	return sqldb.Get(tx, scanPhone, "field.phone.unknown", `SELECT `+phoneColumns+` FROM field_phone WHERE token = $1`, token)
}

// phonesOf are the phones of an account, in one state if that is not "", those in use first.
func phonesOf(tx *sqldb.Tx, account id.ID, state PhoneState, limit int) ([]Phone, error) {
	var w sqldb.Where
	w.Add("account_id = ?", account)
	if state != "" {
		w.Add("state = ?", state)
	}
	n := w.Arg(limit)
	return sqldb.All(tx, scanPhone, `SELECT `+phoneColumns+` FROM field_phone `+w.SQL()+` ORDER BY CASE state WHEN 'lost' THEN 0 WHEN 'in_use' THEN 1 ELSE 2 END, seen_at DESC, id DESC LIMIT `+n, w.Args()...)
}

// allPhones are the phones of the town that still count for something.
func allPhones(tx *sqldb.Tx, offset, limit int) ([]Phone, error) {
	return sqldb.All(tx, scanPhone, `SELECT `+phoneColumns+` FROM field_phone ORDER BY CASE state WHEN 'lost' THEN 0 WHEN 'in_use' THEN 1 ELSE 2 END, seen_at DESC, id DESC LIMIT $1 OFFSET $2`, limit, offset)
}

// claim makes an envelope this transaction's own; first is false if it was accepted
// before. A transaction that brings the same meanwhile waits.
func claim(tx *sqldb.Tx, account id.ID, e Envelope, ahead time.Duration) (first bool, err error) {
	n, err := tx.Exec(`INSERT INTO field_envelope (id, account_id, hash, phone_id, kind, made_at, ahead, happened_at, sure, taken_at, noun, record_id) VALUES (`+sqldb.List(12, 1)+`) ON CONFLICT (account_id, hash) DO NOTHING`,
		e.ID, account, e.Hash.bytes(), e.Phone.ID, e.Kind, sqldb.At(e.MadeAt), ahead.Milliseconds(), sqldb.At(e.At), e.Sure, sqldb.At(tx.Now()), "", 0)
	return n == 1, err
}

// saveOutcome writes what an envelope has become, and that its files were asked for.
func saveOutcome(tx *sqldb.Tx, e Envelope, out Outcome) error {
	if err := tx.One(`UPDATE field_envelope SET noun = $2, record_id = $3 WHERE id = $1`, e.ID, out.Noun, out.Record); err != nil {
		return err
	}
	for _, f := range e.Files {
		if _, err := tx.Exec(`UPDATE field_file SET envelope_id = $3 WHERE account_id = (SELECT account_id FROM field_envelope WHERE id = $1) AND arrived = $2 AND envelope_id IS NULL`, e.ID, Hash(f.Arrived).bytes(), e.ID); err != nil {
			return err
		}
	}
	return nil
}

func loadOutcome(tx *sqldb.Tx, account id.ID, h Hash) (Outcome, error) {
	return sqldb.Get(tx, func(r sqldb.Scanner) (o Outcome, err error) {
		err = r.Scan(&o.Noun, &o.Record)
		return o, err
	}, "field.envelope.none", `SELECT noun, record_id FROM field_envelope WHERE account_id = $1 AND hash = $2`, account, h.bytes())
}

// missing are those of the hashes that the account's envelopes do not have.
func missing(tx *sqldb.Tx, account id.ID, hs []Hash) (not []Hash, err error) {
	if len(hs) == 0 {
		return nil, nil
	}
	args := []any{account}
	marks := make([]string, 0, len(hs))
	for _, h := range hs {
		args = append(args, h.bytes())
		marks = append(marks, "$"+strconv.Itoa(len(args)))
	}
	there := map[string]bool{}
	err = tx.Each(`SELECT hash FROM field_envelope WHERE account_id = $1 AND hash IN (`+strings.Join(marks, ",")+`)`, args, func(r sqldb.Scanner) error {
		var b []byte
		err := r.Scan(&b)
		there[string(b)] = true
		return err
	})
	for _, h := range hs {
		if !there[string(h.bytes())] {
			not = append(not, h)
		}
	}
	return not, err
}

const conflictColumns = "id, envelope_id, noun, record_id, town_id, village_id, grid_id, courtyard_id, account_id, state, fields_sealed, made_at, moved_at, settled_by, version"

func scanConflict(r sqldb.Scanner) (k Conflict, err error) {
	var made, moved sqldb.Time
	err = r.Scan(&k.ID, &k.Envelope, &k.Noun, &k.Record, &k.Path[scope.Town], &k.Path[scope.Village], &k.Path[scope.Grid], &k.Path[scope.Courtyard], &k.Account, &k.State, &k.sealed, &made, &moved, &k.SettledBy, &k.Version)
	k.MadeAt, k.MovedAt = made.Time, moved.Time
	return k, err
}

func insertConflict(tx *sqldb.Tx, k Conflict) error {
	_, err := tx.Exec(`INSERT INTO field_conflict (`+conflictColumns+`) VALUES (`+sqldb.List(15, 1)+`)`,
		k.ID, k.Envelope, k.Noun, k.Record, k.Path[scope.Town], k.Path[scope.Village], k.Path[scope.Grid], k.Path[scope.Courtyard], k.Account, k.State, k.sealed, sqldb.At(k.MadeAt), sqldb.At(k.MovedAt), k.SettledBy, k.Version)
	return err
}

// saveConflict writes a conflict's move, unless someone else was faster.
func saveConflict(tx *sqldb.Tx, k *Conflict) error {
	k.Version++
	return tx.One(`UPDATE field_conflict SET state = $3, moved_at = $4, settled_by = $5, version = $6 WHERE id = $1 AND version = $2`, k.ID, k.Version-1, k.State, sqldb.At(k.MovedAt), k.SettledBy, k.Version)
}

func loadConflict(tx *sqldb.Tx, d id.ID) (Conflict, error) {
	return sqldb.Get(tx, scanConflict, "field.conflict.none", `SELECT `+conflictColumns+` FROM field_conflict WHERE id = $1`, d)
}

// listConflicts are the conflicts of some places in a state, the oldest first.
func listConflicts(tx *sqldb.Tx, in scope.Scopes, state State, limit int) ([]Conflict, error) {
	var w sqldb.Where
	w.Add("state = ?", state)
	in.Where(&w, "")
	n := w.Arg(limit)
	return sqldb.All(tx, scanConflict, `SELECT `+conflictColumns+` FROM field_conflict `+w.SQL()+` ORDER BY made_at, id LIMIT `+n, w.Args()...)
}

// oldConflicts are those settled before a time.
func oldConflicts(tx *sqldb.Tx, before time.Time, limit int) ([]Conflict, error) {
	return sqldb.All(tx, scanConflict, `SELECT `+conflictColumns+` FROM field_conflict WHERE state = 'settled' AND moved_at < $1 ORDER BY moved_at LIMIT $2`, sqldb.At(before), limit)
}

func dropConflict(tx *sqldb.Tx, d id.ID) error {
	return tx.One(`DELETE FROM field_conflict WHERE id = $1`, d)
}

// Digests are how the records of this domain are compared with the trail.
func Digests() map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error {
	return map[string]func(*sqldb.Tx, func(id.ID, []byte) error) error{
		"field_phone": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return tx.Each(`SELECT `+phoneColumns+` FROM field_phone ORDER BY id`, nil, func(r sqldb.Scanner) error {
				p, err := scanPhone(r)
				if err != nil {
					return err
				}
				return f(p.ID, p.Digest())
			})
		},
		"field_conflict": func(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
			return tx.Each(`SELECT `+conflictColumns+` FROM field_conflict ORDER BY id`, nil, func(r sqldb.Scanner) error {
				k, err := scanConflict(r)
				if err != nil {
					return err
				}
				return f(k.ID, k.Digest())
			})
		},
	}
}
