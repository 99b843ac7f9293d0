// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"database/sql"
	"errors"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const editionColumns = `number, spec, reason, actor, at`

func scanEdition(r sqldb.Scanner) (e Edition, err error) {
	var spec string
	var at sqldb.Time
	if err = r.Scan(&e.Number, &spec, &e.Reason, &e.Actor, &at); err != nil {
		return e, err
	}
	e.At = at.Time
	e.Rules, err = decode(spec)
	return e, err
}

// newestEdition is the number of the list in use, 0 if there is none.
func newestEdition(tx *sqldb.Tx) (n int, err error) {
	err = tx.Row(`SELECT COALESCE(max(number), 0) FROM routing_edition`).Scan(&n)
	return n, err
}

// editionOf is an edition; number 0 has no rules.
func editionOf(tx *sqldb.Tx, n int) (Edition, error) {
	if n == 0 {
		return Edition{}, nil
	}
	return sqldb.Get(tx, scanEdition, "rule.missing", `SELECT `+editionColumns+` FROM routing_edition WHERE number = $1`, n)
}

func newestEditions(tx *sqldb.Tx, most int) ([]Edition, error) {
	return sqldb.All(tx, scanEdition, `SELECT `+editionColumns+` FROM routing_edition ORDER BY number DESC LIMIT $1`, most)
}

func insertEdition(tx *sqldb.Tx, e Edition, account id.ID) error {
	return tx.One(`INSERT INTO routing_edition (number, spec, reason, account, actor, at) VALUES (`+sqldb.List(6, 1)+`)`,
		e.Number, string(encode(e.Rules)), e.Reason, account, e.Actor, sqldb.At(e.At))
}

// draftOf is the list under change; ok is false if there is none.
func draftOf(tx *sqldb.Tx) (d Draft, ok bool, err error) {
	var spec string
	var at sqldb.Time
	err = tx.Row(`SELECT base, version, spec, actor, at FROM routing_draft WHERE id = $1`, draftRecord).Scan(&d.Base, &d.Version, &spec, &d.Actor, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	if err != nil {
		return d, false, err
	}
	d.At = at.Time
	d.Rules, err = decode(spec)
	return d, err == nil, err
}

func setDraft(tx *sqldb.Tx, d Draft) error {
	return tx.One(`
		INSERT INTO routing_draft (id, base, version, spec, actor, at) VALUES (`+sqldb.List(6, 1)+`)
		ON CONFLICT (id) DO UPDATE SET base = excluded.base, version = excluded.version, spec = excluded.spec, actor = excluded.actor, at = excluded.at`,
		draftRecord, d.Base, d.Version, string(encode(d.Rules)), d.Actor, sqldb.At(d.At))
}

func dropDraft(tx *sqldb.Tx) error {
	_, err := tx.Exec(`DELETE FROM routing_draft WHERE id = $1`, draftRecord)
	return err
}
