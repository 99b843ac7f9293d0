// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

const hookColumns = "id, name, url, key_id, acts, categories, place_id, lang, secret, former, former_until, state, why, created_at, created_by, version, streak, failing_at, rest_until, good_at"

func scanHook(r sqldb.Scanner) (h Hook, err error) {
	var acts, categories string
	var former, created, failing, rest, good sqldb.Time
	if err := r.Scan(&h.ID, &h.Name, &h.URL, &h.Key, &acts, &categories, &h.Place, &h.Lang, &h.secret, &h.former, &former, &h.State, &h.Why, &created, &h.CreatedBy, &h.Version,
		&h.Streak, &failing, &rest, &good); err != nil {
		return h, err
	}
	for a := range strings.FieldsSeq(acts) {
		h.Acts = append(h.Acts, matters.Act(a))
	}
	h.Categories = strings.Fields(categories)
	h.FormerUntil, h.CreatedAt, h.FailingAt, h.RestUntil, h.GoodAt = former.Time, created.Time, failing.Time, rest.Time, good.Time
	return h, nil
}

func loadHook(tx *sqldb.Tx, d id.ID) (Hook, error) {
	return sqldb.Get(tx, scanHook, "webhook.none", `SELECT `+hookColumns+` FROM webhook WHERE id = $1`, d)
}

func insertHook(tx *sqldb.Tx, h Hook) error {
	_, err := tx.Exec(`INSERT INTO webhook (`+hookColumns+`) VALUES (`+sqldb.List(20, 1)+`)`,
		h.ID, h.Name, h.URL, h.Key, joined(h.Acts), strings.Join(h.Categories, " "), h.Place, h.Lang, h.secret, h.former, sqldb.At(h.FormerUntil), h.State, h.Why, sqldb.At(h.CreatedAt), h.CreatedBy, h.Version,
		h.Streak, sqldb.At(h.FailingAt), sqldb.At(h.RestUntil), sqldb.At(h.GoodAt))
	return err
}

// saveHook writes what was settled, unless someone else changed it first.
func saveHook(tx *sqldb.Tx, h *Hook) error {
	h.Version++
	return tx.One(`
		UPDATE webhook
		SET name = $3, url = $4, key_id = $5, acts = $6, categories = $7, place_id = $8, lang = $9, secret = $10, former = $11, former_until = $12, state = $13, why = $14, version = $15
		WHERE id = $1 AND version = $2`,
		h.ID, h.Version-1, h.Name, h.URL, h.Key, joined(h.Acts), strings.Join(h.Categories, " "), h.Place, h.Lang, h.secret, h.former, sqldb.At(h.FormerUntil), h.State, h.Why, h.Version)
}

// saveProgress writes how the sending goes.
func saveProgress(tx *sqldb.Tx, h Hook) error {
	return tx.One(`UPDATE webhook SET streak = $2, failing_at = $3, rest_until = $4, good_at = $5 WHERE id = $1`, h.ID, h.Streak, sqldb.At(h.FailingAt), sqldb.At(h.RestUntil), sqldb.At(h.GoodAt))
}

// dropHook deletes a hook and what became of its deliveries.
func dropHook(tx *sqldb.Tx, d id.ID) error {
	if _, err := tx.Exec(`DELETE FROM webhook_delivery WHERE webhook_id = $1`, d); err != nil {
		return err
	}
	return tx.One(`DELETE FROM webhook WHERE id = $1`, d)
}

// listHooks returns the hooks, of one key if key is not 0, the newest first.
func listHooks(tx *sqldb.Tx, key id.ID, limit int) ([]Hook, error) {
	var w sqldb.Where
	if key != 0 {
		w.Add("key_id = ?", key)
	}
	n := w.Arg(limit)
	return sqldb.All(tx, scanHook, `SELECT `+hookColumns+` FROM webhook `+w.SQL()+` ORDER BY id DESC LIMIT `+n, w.Args()...)
}

// activeHooks are those to which something is sent.
func activeHooks(tx *sqldb.Tx) ([]Hook, error) {
	return sqldb.All(tx, scanHook, `SELECT `+hookColumns+` FROM webhook WHERE state = 'active' ORDER BY id LIMIT $1`, Most)
}

// dropFormer forgets the secrets that are good no longer.
func dropFormer(tx *sqldb.Tx) error {
	_, err := tx.Exec(`UPDATE webhook SET former = NULL, former_until = NULL WHERE former_until < $1`, sqldb.At(tx.Now()))
	return err
}

const deliveryColumns = "id, webhook_id, seq, matter_id, number, act, was, became, at, gone, state, tries, made_at, due_at, tried_at, ended_at, status, took, answer, fault"

func scanDelivery(r sqldb.Scanner) (d Delivery, err error) {
	var at, made, due, tried, ended sqldb.Time
	var took int64
	err = r.Scan(&d.ID, &d.Hook, &d.Seq, &d.Matter, &d.Number, &d.Act, &d.Was, &d.Became, &at, &d.Gone, &d.Fate, &d.Tries, &made, &due, &tried, &ended, &d.Status, &took, &d.answer, &d.Fault)
	d.At, d.MadeAt, d.DueAt, d.TriedAt, d.EndedAt, d.Took = at.Time, made.Time, due.Time, tried.Time, ended.Time, time.Duration(took)*time.Millisecond
	return d, err
}

func insertDelivery(tx *sqldb.Tx, d Delivery) error {
	_, err := tx.Exec(`INSERT INTO webhook_delivery (`+deliveryColumns+`) VALUES (`+sqldb.List(20, 1)+`)`,
		d.ID, d.Hook, d.Seq, d.Matter, d.Number, d.Act, d.Was, d.Became, sqldb.At(d.At), d.Gone, d.Fate, d.Tries, sqldb.At(d.MadeAt), sqldb.At(d.DueAt), sqldb.At(d.TriedAt), sqldb.At(d.EndedAt),
		d.Status, d.Took.Milliseconds(), d.answer, d.Fault)
	return err
}

func saveDelivery(tx *sqldb.Tx, d Delivery) error {
	return tx.One(`UPDATE webhook_delivery SET state = $2, tries = $3, due_at = $4, tried_at = $5, ended_at = $6, status = $7, took = $8, answer = $9, fault = $10 WHERE id = $1`,
		d.ID, d.Fate, d.Tries, sqldb.At(d.DueAt), sqldb.At(d.TriedAt), sqldb.At(d.EndedAt), d.Status, d.Took.Milliseconds(), d.answer, d.Fault)
}

func loadDelivery(tx *sqldb.Tx, hook, d id.ID) (Delivery, error) {
	return sqldb.Get(tx, scanDelivery, "webhook.delivery.none", `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE id = $1 AND webhook_id = $2`, d, hook)
}

// nextDeliveries are the first ones of their matters that are due, in order.
func nextDeliveries(tx *sqldb.Tx, hook id.ID, limit int) ([]Delivery, error) {
	return sqldb.All(tx, scanDelivery, `
		SELECT `+deliveryColumns+` FROM webhook_delivery d
		WHERE webhook_id = $1 AND state = 'waiting' AND due_at <= $2 AND NOT EXISTS (
			SELECT 1 FROM webhook_delivery e WHERE e.webhook_id = d.webhook_id AND e.matter_id = d.matter_id AND e.matter_id <> 0 AND e.state = 'waiting' AND e.seq < d.seq)
		ORDER BY seq
		LIMIT $3`, hook, sqldb.At(tx.Now()), limit)
}

// dueOf is when the next delivery of a hook is due; zero if none waits. One that
// waits for another of its matter is due with that one.
func dueOf(tx *sqldb.Tx, hook id.ID) (time.Time, error) {
	var at sqldb.Time
	err := tx.Row(`
		SELECT min(due_at) FROM webhook_delivery d
		WHERE webhook_id = $1 AND state = 'waiting' AND NOT EXISTS (
			SELECT 1 FROM webhook_delivery e WHERE e.webhook_id = d.webhook_id AND e.matter_id = d.matter_id AND e.matter_id <> 0 AND e.state = 'waiting' AND e.seq < d.seq)`, hook).Scan(&at)
	return at.Time, err
}

// waitingHooks are the active hooks for which something is due.
func waitingHooks(tx *sqldb.Tx) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `
		SELECT id FROM webhook h
		WHERE state = 'active' AND (rest_until IS NULL OR rest_until <= $1) AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = h.id AND d.state = 'waiting' AND d.due_at <= $1)
		ORDER BY id
		LIMIT $2`, sqldb.At(tx.Now()), Most)
}

// hasHeard reports whether a hook may have been told of a matter.
func hasHeard(tx *sqldb.Tx, hook, matter id.ID) (yes bool, err error) {
	_, err = sqldb.Get(tx, sqldb.ID, "webhook.delivery.none", `SELECT id FROM webhook_delivery WHERE webhook_id = $1 AND matter_id = $2 AND tried_at IS NOT NULL LIMIT 1`, hook, matter)
	if errs.KindOf(err) == errs.NotFound {
		return false, nil
	}
	return err == nil, err
}

// hurry has everything that waits for a hook tried at once: the address is back.
func hurry(tx *sqldb.Tx, hook id.ID) error {
	_, err := tx.Exec(`UPDATE webhook_delivery SET due_at = $2 WHERE webhook_id = $1 AND state = 'waiting' AND due_at > $2`, hook, sqldb.At(tx.Now()))
	return err
}

// listDeliveries returns the deliveries of a hook, of one fate if that is not "", the
// newest first, from the first one before the given ID if that is not 0.
func listDeliveries(tx *sqldb.Tx, hook id.ID, fate Fate, before id.ID, limit int) ([]Delivery, error) {
	var w sqldb.Where
	w.Add("webhook_id = ?", hook)
	if fate != "" {
		w.Add("state = ?", fate)
	}
	if before != 0 {
		w.Add("id < ?", before)
	}
	n := w.Arg(limit)
	return sqldb.All(tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_delivery `+w.SQL()+` ORDER BY id DESC LIMIT `+n, w.Args()...)
}

// countDeliveries counts the deliveries of a hook by their fate.
func countDeliveries(tx *sqldb.Tx, hook id.ID) (map[Fate]int, error) {
	counts := map[Fate]int{}
	err := tx.Each(`SELECT state, count(*) FROM webhook_delivery WHERE webhook_id = $1 GROUP BY state`, []any{hook}, func(r sqldb.Scanner) error {
		var f Fate
		var n int
		err := r.Scan(&f, &n)
		counts[f] = n
		return err
	})
	return counts, err
}

// oldDeliveries are those that have waited since before a time.
func oldDeliveries(tx *sqldb.Tx, before time.Time, limit int) ([]Delivery, error) {
	return sqldb.All(tx, scanDelivery, `SELECT `+deliveryColumns+` FROM webhook_delivery WHERE state = 'waiting' AND made_at < $1 LIMIT $2`, sqldb.At(before), limit)
}

// sweepDeliveries deletes what ended before a time.
func sweepDeliveries(tx *sqldb.Tx, before time.Time, limit int) (int64, error) {
	return tx.Exec(`DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE ended_at < $1 LIMIT $2)`, sqldb.At(before), limit)
}

// Digests calls f with every hook and the digest of its state, for the check of the
// trail. f must not use the transaction.
func Digests(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+hookColumns+` FROM webhook ORDER BY id`, nil, func(r sqldb.Scanner) error {
		h, err := scanHook(r)
		if err != nil {
			return err
		}
		return f(h.ID, h.Digest())
	})
}
