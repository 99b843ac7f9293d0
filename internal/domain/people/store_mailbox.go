// SPDX-License-Identifier: Apache-2.0

package people

import (
	"time"

	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

const mailboxColumns = `id, owner, owner_id, channel, address_sealed, lang, wanted, topics, asked_at, expires_at, confirmed_at, refused_at, ended_at`

func scanMailbox(row sqldb.Scanner) (m Mailbox, err error) {
	var owner, channel, lang, topics string
	var asked, expires, confirmed, refused, ended sqldb.Time
	err = row.Scan(&m.ID, &owner, &m.Owner.ID, &channel, &m.sealed, &lang, &m.Wanted, &topics, &asked, &expires, &confirmed, &refused, &ended)
	m.Owner.Kind, m.Channel, m.Lang, m.Topics = Ownership(owner), notify.Channel(channel), i18n.Lang(lang), readTopics(topics)
	m.AskedAt, m.ExpiresAt, m.ConfirmedAt, m.RefusedAt, m.EndedAt = asked.Time, expires.Time, confirmed.Time, refused.Time, ended.Time
	return m, err
}

func openMailbox(box *seal.Box) func(sqldb.Scanner) (Mailbox, error) {
	return func(row sqldb.Scanner) (Mailbox, error) {
		m, err := scanMailbox(row)
		if err != nil {
			return m, err
		}
		t, err := box.Open(mailboxAddress, m.ID, m.sealed)
		if !t.Empty() {
			m.Address = reach(m.Channel, t.Plain())
		}
		return m, err
	}
}

func mailbox(tx *sqldb.Tx, box *seal.Box, d id.ID) (Mailbox, error) {
	return sqldb.Get(tx, openMailbox(box), "people.mailbox.none", `
		SELECT `+mailboxColumns+`
		FROM mailbox
		WHERE id = $1`, d)
}

// mailboxesOf are an owner's mailboxes. few: one of each channel at most.
func mailboxesOf(tx *sqldb.Tx, box *seal.Box, of Owner) ([]Mailbox, error) {
	return sqldb.All(tx, openMailbox(box), `
		SELECT `+mailboxColumns+`
		FROM mailbox
		WHERE owner = $1 AND owner_id = $2 AND ended_at IS NULL
		ORDER BY id`, string(of.Kind), of.ID)
}

// readyMailboxes calls f with the mailboxes of these owners to which news may be
// sent, sealed. few: at most one of each owner and channel.
func readyMailboxes(tx *sqldb.Tx, kind Ownership, ids []id.ID, f func(Mailbox)) error {
	var w sqldb.Where
	w.Add("owner = ?", string(kind))
	sqldb.In(&w, "owner_id", ids...)
	w.Add("ended_at IS NULL AND wanted AND confirmed_at IS NOT NULL AND refused_at IS NULL")
	return tx.Each(`SELECT `+mailboxColumns+` FROM mailbox `+w.SQL(), w.Args(), func(row sqldb.Scanner) error {
		m, err := scanMailbox(row)
		if err == nil {
			f(m.closed())
		}
		return err
	})
}

func accountMailboxes(tx *sqldb.Tx, after id.ID, limit int) ([]Mailbox, error) {
	return sqldb.All(tx, func(row sqldb.Scanner) (Mailbox, error) {
		m, err := scanMailbox(row)
		return m.closed(), err
	}, `
		SELECT `+mailboxColumns+`
		FROM mailbox
		WHERE owner = 'account' AND ended_at IS NULL AND id > $1
		ORDER BY id
		LIMIT $2`, after, limit)
}

func insertMailbox(tx *sqldb.Tx, m Mailbox) error {
	return tx.One(`
		INSERT INTO mailbox (`+mailboxColumns+`, ended_rule)
		VALUES (`+sqldb.List(13, 1)+`, '')`,
		m.ID, string(m.Owner.Kind), m.Owner.ID, string(m.Channel), m.sealed, string(m.Lang), m.Wanted, writeTopics(m.Topics), sqldb.At(m.AskedAt), sqldb.At(m.ExpiresAt),
		sqldb.At(m.ConfirmedAt), sqldb.At(m.RefusedAt), sqldb.At(m.EndedAt))
}

// saveMailbox writes what may change of a mailbox that has not ended.
func saveMailbox(tx *sqldb.Tx, m Mailbox) error {
	return tx.One(`
		UPDATE mailbox
		SET wanted = $1, asked_at = $2, expires_at = $3, confirmed_at = $4, refused_at = $5, topics = $6
		WHERE id = $7 AND ended_at IS NULL`,
		m.Wanted, sqldb.At(m.AskedAt), sqldb.At(m.ExpiresAt), sqldb.At(m.ConfirmedAt), sqldb.At(m.RefusedAt), writeTopics(m.Topics), m.ID)
}

// endMailbox deletes the address and leaves a tombstone.
func endMailbox(tx *sqldb.Tx, d id.ID, rule string) error {
	return tx.One(`
		UPDATE mailbox
		SET address_sealed = NULL, ended_at = $1, ended_rule = $2
		WHERE id = $3 AND ended_at IS NULL`, sqldb.At(tx.Now()), rule, d)
}

// unconfirmedMailboxes are those whose link is too old.
func unconfirmedMailboxes(tx *sqldb.Tx, before time.Time, limit int) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `
		SELECT id
		FROM mailbox
		WHERE confirmed_at IS NULL AND ended_at IS NULL AND expires_at <= $1
		ORDER BY expires_at
		LIMIT $2`, sqldb.At(before), limit)
}
