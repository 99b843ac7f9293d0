// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"encoding/json"
	"fmt"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const (
	connectionColumns = "id, name, endpoint, jurisdiction, secret, unit_id, push, pull, tell, services, active, created_at, told_until, pulled_until, asked_at, fault, version"
	transferColumns   = "id, connection_id, matter_id, number, state, remote, token, heard, fault, made_at, tried_at, sent_at, ended_at, version"
)

func scanConnection(r sqldb.Scanner) (c Connection, err error) {
	var services string
	var created, told, pulled, asked sqldb.Time
	if err := r.Scan(&c.ID, &c.Name, &c.Endpoint, &c.Jurisdiction, &c.secret, &c.Unit, &c.Push, &c.Pull, &c.Tell, &services, &c.Active, &created, &told, &pulled, &asked, &c.Fault, &c.Version); err != nil {
		return c, err
	}
	c.CreatedAt, c.ToldUntil, c.PulledUntil, c.AskedAt = created.Time, told.Time, pulled.Time, asked.Time
	if err := json.Unmarshal([]byte(services), &c.Services); err != nil {
		return c, fmt.Errorf("services of connection %s: %w", c.ID, err)
	}
	return c, nil
}

func scanTransfer(r sqldb.Scanner) (t Transfer, err error) {
	var made, tried, sent, ended sqldb.Time
	err = r.Scan(&t.ID, &t.Connection, &t.Matter, &t.Number, &t.State, &t.Remote, &t.Token, &t.Heard, &t.Fault, &made, &tried, &sent, &ended, &t.Version)
	t.MadeAt, t.TriedAt, t.SentAt, t.EndedAt = made.Time, tried.Time, sent.Time, ended.Time
	return t, err
}

func loadConnection(tx *sqldb.Tx, d id.ID) (Connection, error) {
	return sqldb.Get(tx, scanConnection, "connection.none", `SELECT `+connectionColumns+` FROM exchange_connection WHERE id = $1`, d)
}

func insertConnection(tx *sqldb.Tx, c Connection) error {
	_, err := tx.Exec(`INSERT INTO exchange_connection (`+connectionColumns+`) VALUES (`+sqldb.List(17, 1)+`)`,
		c.ID, c.Name, c.Endpoint, c.Jurisdiction, c.secret, c.Unit, c.Push, c.Pull, c.Tell, servicesJSON(c.Services), c.Active,
		sqldb.At(c.CreatedAt), sqldb.At(c.ToldUntil), sqldb.At(c.PulledUntil), sqldb.At(c.AskedAt), c.Fault, c.Version)
	return err
}

// saveConnection writes what an administrator settled, unless someone else changed
// it first.
func saveConnection(tx *sqldb.Tx, c Connection) error {
	return tx.One(`
		UPDATE exchange_connection
		SET name = $3, endpoint = $4, jurisdiction = $5, secret = $6, unit_id = $7, push = $8, pull = $9, tell = $10, services = $11, active = $12, version = version + 1
		WHERE id = $1 AND version = $2`,
		c.ID, c.Version, c.Name, c.Endpoint, c.Jurisdiction, c.secret, c.Unit, c.Push, c.Pull, c.Tell, servicesJSON(c.Services), c.Active)
}

// saveProgress writes how far the exchange has come, which never goes back.
func saveProgress(tx *sqldb.Tx, c Connection) error {
	_, err := tx.Exec(`
		UPDATE exchange_connection
		SET told_until = CASE WHEN told_until < $2 THEN $2 ELSE told_until END, pulled_until = CASE WHEN pulled_until < $3 THEN $3 ELSE pulled_until END, asked_at = $4, fault = $5
		WHERE id = $1`,
		c.ID, sqldb.At(c.ToldUntil), sqldb.At(c.PulledUntil), sqldb.At(c.AskedAt), c.Fault)
	return err
}

// listConnections returns the connections, those in use first.
func listConnections(tx *sqldb.Tx, limit int) ([]Connection, error) {
	return sqldb.All(tx, scanConnection, `SELECT `+connectionColumns+` FROM exchange_connection ORDER BY active DESC, id LIMIT $1`, limit)
}

// connectionsOf returns the connections in use by which matters of a unit go out.
func connectionsOf(tx *sqldb.Tx, unit id.ID) ([]Connection, error) {
	return sqldb.All(tx, scanConnection, `SELECT `+connectionColumns+` FROM exchange_connection WHERE unit_id = $1 AND active AND push ORDER BY id LIMIT 20`, unit)
}

func loadTransfer(tx *sqldb.Tx, d id.ID) (Transfer, error) {
	return sqldb.Get(tx, scanTransfer, "transfer.none", `SELECT `+transferColumns+` FROM exchange_transfer WHERE id = $1`, d)
}

// transferOf is the zero transfer if the matter never went there.
func transferOf(tx *sqldb.Tx, connection, matter id.ID) (Transfer, error) {
	t, err := sqldb.Get(tx, scanTransfer, "transfer.none", `SELECT `+transferColumns+` FROM exchange_transfer WHERE connection_id = $1 AND matter_id = $2`, connection, matter)
	if errs.KindOf(err) == errs.NotFound {
		return Transfer{}, nil
	}
	return t, err
}

func insertTransfer(tx *sqldb.Tx, t Transfer) error {
	_, err := tx.Exec(`INSERT INTO exchange_transfer (`+transferColumns+`) VALUES (`+sqldb.List(14, 1)+`)`,
		t.ID, t.Connection, t.Matter, t.Number, t.State, t.Remote, t.Token, t.Heard, t.Fault, sqldb.At(t.MadeAt), sqldb.At(t.TriedAt), sqldb.At(t.SentAt), sqldb.At(t.EndedAt), t.Version)
	return err
}

// saveTransfer writes a transfer back, unless someone else changed it first.
func saveTransfer(tx *sqldb.Tx, t *Transfer) error {
	err := tx.One(`
		UPDATE exchange_transfer
		SET state = $3, remote = $4, token = $5, heard = $6, fault = $7, tried_at = $8, sent_at = $9, ended_at = $10, version = version + 1
		WHERE id = $1 AND version = $2`,
		t.ID, t.Version, t.State, t.Remote, t.Token, t.Heard, t.Fault, sqldb.At(t.TriedAt), sqldb.At(t.SentAt), sqldb.At(t.EndedAt))
	t.Version++
	return err
}

// listTransfers returns the newest transfers of a connection.
func listTransfers(tx *sqldb.Tx, connection id.ID, limit int) ([]Transfer, error) {
	return sqldb.All(tx, scanTransfer, `SELECT `+transferColumns+` FROM exchange_transfer WHERE connection_id = $1 ORDER BY id DESC LIMIT $2`, connection, limit)
}

// sentTransfers returns the transfers that are there, after the given one.
func sentTransfers(tx *sqldb.Tx, connection, after id.ID, limit int) ([]Transfer, error) {
	return sqldb.All(tx, scanTransfer, `SELECT `+transferColumns+` FROM exchange_transfer WHERE connection_id = $1 AND state = 'sent' AND id > $2 ORDER BY id LIMIT $3`, connection, after, limit)
}

// wentTo returns where a matter is or was. few: there are a handful of connections.
func wentTo(tx *sqldb.Tx, matter id.ID) ([]Transfer, error) {
	return sqldb.All(tx, scanTransfer, `SELECT `+transferColumns+` FROM exchange_transfer WHERE matter_id = $1 AND state IN ('sent', 'ended') AND remote <> '' ORDER BY id LIMIT 20`, matter)
}

// byRemote is the zero transfer if the other system's name is none of ours.
func byRemote(tx *sqldb.Tx, connection id.ID, remote string) (Transfer, error) {
	if remote == "" {
		return Transfer{}, nil
	}
	t, err := sqldb.Get(tx, scanTransfer, "transfer.none", `SELECT `+transferColumns+` FROM exchange_transfer WHERE connection_id = $1 AND remote = $2 AND remote <> '' LIMIT 1`, connection, remote)
	if errs.KindOf(err) == errs.NotFound {
		return Transfer{}, nil
	}
	return t, err
}

// Digests calls f with every connection and the digest of its state, for the check
// of the trail. f must not use the transaction.
func Digests(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+connectionColumns+` FROM exchange_connection ORDER BY id`, nil, func(r sqldb.Scanner) error {
		c, err := scanConnection(r)
		if err != nil {
			return err
		}
		return f(c.ID, c.Digest())
	})
}
