// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/sqldb"
)

// ensureAccount is the account of a holder, which it makes if there is none.
func ensureAccount(tx *sqldb.Tx, h holder) (id.ID, error) {
	d, err := sqldb.Get(tx, sqldb.ID, "volunteers.none", `SELECT id FROM volunteer_account WHERE kind = $1 AND ref = $2`, string(h.kind), h.ref)
	if errs.KindOf(err) != errs.NotFound {
		return d, err
	}
	d = tx.NewID()
	if _, err := tx.Exec(`INSERT INTO volunteer_account (id, kind, ref, balance) VALUES ($1, $2, $3, 0) ON CONFLICT (kind, ref) DO NOTHING`, d, string(h.kind), h.ref); err != nil {
		return 0, err
	}
	return sqldb.Get(tx, sqldb.ID, "volunteers.none", `SELECT id FROM volunteer_account WHERE kind = $1 AND ref = $2`, string(h.kind), h.ref)
}

// debit takes points from an account that has them; only a pot need not.
func debit(tx *sqldb.Tx, account id.ID, points int64) (bool, error) {
	n, err := tx.Exec(`UPDATE volunteer_account SET balance = balance - $2 WHERE id = $1 AND (kind = 'pot' OR balance >= $2)`, account, points)
	return n == 1, err
}

func credit(tx *sqldb.Tx, account id.ID, points int64) error {
	return tx.One(`UPDATE volunteer_account SET balance = balance + $2 WHERE id = $1`, account, points)
}

// balanceOf is how many points a holder has; 0 if they never had any.
func balanceOf(tx *sqldb.Tx, kind Kind, ref id.ID) (int64, error) {
	n, err := sqldb.Get(tx, sqldb.Int, "volunteers.none", `SELECT balance FROM volunteer_account WHERE kind = $1 AND ref = $2`, string(kind), ref)
	if errs.KindOf(err) == errs.NotFound {
		return 0, nil
	}
	return n, err
}

const entryColumns = `id, at, day, act, code, from_id, to_id, points, record, reverses, note, account, actor`

func scanEntry(r sqldb.Scanner) (e Entry, err error) {
	var at sqldb.Time
	err = r.Scan(&e.ID, &at, &e.Day, &e.Act, &e.Code, &e.From, &e.To, &e.Points, &e.Record, &e.Reverses, &e.Note, &e.Account, &e.Actor)
	e.At = at.Time
	return e, err
}

func insertEntry(tx *sqldb.Tx, e Entry) error {
	_, err := tx.Exec(`INSERT INTO volunteer_entry (`+entryColumns+`) VALUES (`+sqldb.List(13, 1)+`)`,
		e.ID, sqldb.At(e.At), int64(e.Day), string(e.Act), e.Code, e.From, e.To, e.Points, e.Record, e.Reverses, e.Note, e.Account, e.Actor)
	return err
}

// earnedIn is how often a line earned something for a volunteer on days of a month;
// what was corrected counts still, as its act was done.
func earnedIn(tx *sqldb.Tx, volunteer id.ID, code string, from, to Day) (int64, error) {
	return sqldb.Int(tx.Row(`
		SELECT count(*) FROM volunteer_entry e JOIN volunteer_account a ON a.id = e.to_id
		WHERE a.kind = 'volunteer' AND a.ref = $1 AND e.act = 'earn' AND e.code = $2 AND e.day >= $3 AND e.day < $4`, volunteer, code, int64(from), int64(to)))
}

// earning is the entry by which one thing earned something; false if it earned nothing.
func earning(tx *sqldb.Tx, volunteer, record id.ID) (Entry, bool, error) {
	e, err := sqldb.Get(tx, scanEntry, "volunteers.none", `
		SELECT `+entryColumns+` FROM volunteer_entry
		WHERE act = 'earn' AND record = $2 AND to_id = (SELECT id FROM volunteer_account WHERE kind = 'volunteer' AND ref = $1)`, volunteer, record)
	if errs.KindOf(err) == errs.NotFound {
		return e, false, nil
	}
	return e, err == nil, err
}

// entriesOf are the entries of an account on the days from, to, the oldest first.
func entriesOf(tx *sqldb.Tx, account id.ID, from, to Day, most int) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `
		SELECT `+entryColumns+` FROM volunteer_entry WHERE (from_id = $1 OR to_id = $1) AND day >= $2 AND day < $3 ORDER BY id LIMIT $4`, account, int64(from), int64(to), most)
}

// before is what an account had at the beginning of a day.
func before(tx *sqldb.Tx, account id.ID, day Day) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT COALESCE(sum(CASE WHEN to_id = $1 THEN points ELSE -points END), 0) FROM volunteer_entry WHERE (from_id = $1 OR to_id = $1) AND day < $2`, account, int64(day)))
}

func scanAccount(r sqldb.Scanner) (a Account, err error) {
	err = r.Scan(&a.ID, &a.Kind, &a.Ref, &a.Balance)
	return a, err
}

// accountOf is the account of a holder; false if they never had any points.
func accountOf(tx *sqldb.Tx, kind Kind, ref id.ID) (Account, bool, error) {
	a, err := sqldb.Get(tx, scanAccount, "volunteers.none", `SELECT id, kind, ref, balance FROM volunteer_account WHERE kind = $1 AND ref = $2`, string(kind), ref)
	if errs.KindOf(err) == errs.NotFound {
		return a, false, nil
	}
	return a, err == nil, err
}

// everyAccount and everyEntry are all there are, for Verify.
func everyAccount(tx *sqldb.Tx) ([]Account, error) {
	return sqldb.All(tx, scanAccount, `SELECT id, kind, ref, balance FROM volunteer_account ORDER BY id`)
}

func everyEntry(tx *sqldb.Tx) ([]Entry, error) {
	return sqldb.All(tx, scanEntry, `SELECT `+entryColumns+` FROM volunteer_entry ORDER BY id`)
}

// held are the points of what was taken at a member and not handed over yet: they may
// still go back to who took it, and are not the town's to settle.
const held = `COALESCE((SELECT sum(r.points) FROM volunteer_redemption r WHERE r.unit_id = a.ref AND r.state = 'taken'), 0)`

// members are the accounts of members that have points to settle, with so many.
func members(tx *sqldb.Tx) ([]Account, error) {
	return sqldb.All(tx, scanAccount, `SELECT a.id, a.kind, a.ref, a.balance - `+held+` FROM volunteer_account a WHERE a.kind = 'member' AND a.balance > `+held+` ORDER BY a.id LIMIT 500`)
}

// dueTo is how many points of a member the town may settle.
func dueTo(tx *sqldb.Tx, unit id.ID) (int64, error) {
	n, err := sqldb.Get(tx, sqldb.Int, "volunteers.none", `SELECT a.balance - `+held+` FROM volunteer_account a WHERE a.kind = 'member' AND a.ref = $1`, unit)
	if errs.KindOf(err) == errs.NotFound {
		return 0, nil
	}
	return n, err
}

// A sum is how much changed hands for a reason, in how many entries, of how many
// volunteers.
type sum struct {
	act             EntryAct
	points, entries int64
	people          int64
}

// sumsOf are those of a pot, or of all if pot is 0, on the days from, to.
func sumsOf(tx *sqldb.Tx, pot id.ID, from, to Day) ([]sum, error) {
	var w sqldb.Where
	w.Add("e.day >= ?", int64(from))
	w.Add("e.day < ?", int64(to))
	if pot != 0 {
		w.Add("(e.from_id = ? OR e.to_id = ?)", pot, pot)
	}
	return sqldb.All(tx, func(r sqldb.Scanner) (x sum, err error) {
		err = r.Scan(&x.act, &x.points, &x.entries, &x.people)
		return x, err
	}, `
		SELECT e.act, sum(e.points), count(*), count(DISTINCT CASE WHEN e.act IN ('earn','return') THEN e.to_id ELSE e.from_id END)
		FROM volunteer_entry e `+w.SQL()+` GROUP BY e.act ORDER BY e.act`, w.Args()...)
}

// outstanding is what volunteers, and what members, have all together.
func outstanding(tx *sqldb.Tx) (volunteers, members, holders int64, err error) {
	err = tx.Row(`
		SELECT COALESCE(sum(CASE WHEN kind = 'volunteer' THEN balance ELSE 0 END), 0), COALESCE(sum(CASE WHEN kind = 'member' THEN balance ELSE 0 END), 0),
			COALESCE(sum(CASE WHEN kind = 'volunteer' AND balance > 0 THEN 1 ELSE 0 END), 0)
		FROM volunteer_account`).Scan(&volunteers, &members, &holders)
	return volunteers, members, holders, err
}

// EachEntryDigest is EachDigest of the entries of the ledger.
func EachEntryDigest(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	return tx.Each(`SELECT `+entryColumns+` FROM volunteer_entry ORDER BY id`, nil, func(r sqldb.Scanner) error {
		e, err := scanEntry(r)
		if err != nil {
			return err
		}
		return f(e.ID, e.Digest())
	})
}
