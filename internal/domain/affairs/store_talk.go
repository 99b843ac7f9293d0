// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const remarkColumns = `id, place_id, town_id, village_id, kind, state, notice_id, entry_id, resident_id, body, at, due_at, ends_at, answer, answered_at, answered_by,
	why, why_words, hidden_by, hidden_post, appeal, decision, decided_post, was, version`

func scanRemark(r sqldb.Scanner) (x Remark, err error) {
	var at, due, ends, answered sqldb.Time
	err = r.Scan(&x.ID, &x.Place, &x.Path[scope.Town], &x.Path[scope.Village], &x.Kind, &x.State, &x.Notice, &x.Entry, &x.Resident, &x.Body, &at, &due, &ends, &x.Answer, &answered, &x.AnsweredBy,
		&x.Why, &x.WhyWords, &x.HiddenBy, &x.HiddenPost, &x.Appeal, &x.Decision, &x.DecidedPost, &x.Was, &x.Version)
	x.At, x.Due, x.Ends, x.AnsweredAt = at.Time, due.Time, ends.Time, answered.Time
	return x, err
}

func loadRemark(tx *sqldb.Tx, d ID) (Remark, error) {
	return sqldb.Get(tx, scanRemark, "remark.none", `SELECT `+remarkColumns+` FROM remark WHERE id = $1`, d)
}

func insertRemark(tx *sqldb.Tx, x Remark) error {
	_, err := tx.Exec(`INSERT INTO remark (`+remarkColumns+`) VALUES (`+sqldb.List(25, 1)+`)`,
		x.ID, x.Place, x.Path[scope.Town], x.Path[scope.Village], string(x.Kind), string(x.State), x.Notice, x.Entry, x.Resident, x.Body, sqldb.At(x.At), sqldb.At(x.Due), sqldb.At(x.Ends), x.Answer, sqldb.At(x.AnsweredAt), x.AnsweredBy,
		x.Why, x.WhyWords, x.HiddenBy, x.HiddenPost, x.Appeal, x.Decision, x.DecidedPost, string(x.Was), x.Version)
	return err
}

func saveRemark(tx *sqldb.Tx, x Remark) error {
	return tx.One(`
		UPDATE remark
		SET state = $3, body = $4, answer = $5, answered_at = $6, answered_by = $7, why = $8, why_words = $9, hidden_by = $10, hidden_post = $11, appeal = $12, decision = $13, decided_post = $14, was = $15, version = $16
		WHERE id = $1 AND version = $2`,
		x.ID, x.Version-1, string(x.State), x.Body, x.Answer, sqldb.At(x.AnsweredAt), x.AnsweredBy, x.Why, x.WhyWords, x.HiddenBy, x.HiddenPost, x.Appeal, x.Decision, x.DecidedPost, string(x.Was), x.Version)
}

func listRemarks(tx *sqldb.Tx, q RemarkQuery) ([]Remark, error) {
	var w sqldb.Where
	if q.Place != 0 {
		w.Add("place_id = ?", q.Place)
	}
	if q.Notice != 0 {
		w.Add("notice_id = ?", q.Notice)
	}
	if q.Entry != 0 {
		w.Add("entry_id = ?", q.Entry)
	}
	if q.Place == 0 && q.Notice == 0 && q.Entry == 0 {
		w.Add("1 = 0")
	}
	if len(q.Kinds) > 0 {
		sqldb.In(&w, "kind", q.Kinds...)
	}
	if len(q.States) > 0 {
		sqldb.In(&w, "state", q.States...)
	}
	n := w.Arg(q.Most)
	return sqldb.All(tx, scanRemark, `SELECT `+remarkColumns+` FROM remark `+w.SQL()+` ORDER BY at DESC, id DESC LIMIT `+n, w.Args()...)
}

// waitingRemarks are those in a state in which somebody has to answer or to decide, in the
// reader's places, the oldest first.
func waitingRemarks(tx *sqldb.Tx, in scope.Scopes, state RemarkState, most int) ([]Remark, error) {
	var w sqldb.Where
	w.Add("state = ?", string(state))
	w.Add("state IN ('open', 'appealed')") // the engine's word that an index of these few will do
	limitTo(&w, in)
	n := w.Arg(most)
	return sqldb.All(tx, scanRemark, `SELECT `+remarkColumns+` FROM remark `+w.SQL()+` ORDER BY at, id LIMIT `+n, w.Args()...)
}

// limitTo limits a list of villages' records to subtrees of towns and villages: what lies
// deeper has no page.
func limitTo(w *sqldb.Where, in scope.Scopes) {
	if in.Whole() {
		return
	}
	var conds []string
	var args []any
	for _, s := range in {
		switch s.Level {
		case scope.Town:
			conds, args = append(conds, "town_id = ?"), append(args, s.ID)
		case scope.Village:
			conds, args = append(conds, "village_id = ?"), append(args, s.ID)
		case scope.City, scope.Grid, scope.Courtyard:
		}
	}
	w.Any(conds, args...)
}

// saidSince counts what a resident said since a moment.
func saidSince(tx *sqldb.Tx, resident id.ID, since time.Time) (n int, err error) {
	err = tx.Row(`SELECT count(*) FROM remark WHERE resident_id = $1 AND at >= $2`, resident, sqldb.At(since)).Scan(&n)
	return n, err
}

func endedRemarks(tx *sqldb.Tx, now time.Time, most int) ([]ID, error) {
	return sqldb.All(tx, sqldb.ID, `SELECT id FROM remark WHERE state = 'shown' AND ends_at IS NOT NULL AND ends_at < $1 ORDER BY ends_at, id LIMIT $2`, sqldb.At(now), most)
}

func eachRemark(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+remarkColumns+` FROM remark ORDER BY id`, nil, func(r sqldb.Scanner) error {
		x, err := scanRemark(r)
		if err != nil {
			return err
		}
		return f(x.ID, x.digest())
	})
}

const memberColumns = `id, place_id, town_id, village_id, resident_id, state, way, voucher_id, asked_at, joined_at, why, version`

func scanMember(r sqldb.Scanner) (m Membership, err error) {
	var asked, joined sqldb.Time
	err = r.Scan(&m.ID, &m.Place, &m.Path[scope.Town], &m.Path[scope.Village], &m.Resident, &m.State, &m.Way, &m.Voucher, &asked, &joined, &m.Why, &m.Version)
	m.AskedAt, m.JoinedAt = asked.Time, joined.Time
	return m, err
}

func loadMember(tx *sqldb.Tx, d ID) (Membership, error) {
	return sqldb.Get(tx, scanMember, "membership.missing", `SELECT `+memberColumns+` FROM membership WHERE id = $1`, d)
}

func memberOf(tx *sqldb.Tx, place, resident id.ID) (Membership, bool, error) {
	m, err := sqldb.Get(tx, scanMember, "membership.missing", `SELECT `+memberColumns+` FROM membership WHERE place_id = $1 AND resident_id = $2`, place, resident)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return m, false, nil
	}
	return m, err == nil, err
}

// saveMember writes a membership, new or as it is now.
func saveMember(tx *sqldb.Tx, m Membership) error {
	if m.Version == 1 {
		return tx.One(`INSERT INTO membership (`+memberColumns+`) VALUES (`+sqldb.List(12, 1)+`) ON CONFLICT DO NOTHING`,
			m.ID, m.Place, m.Path[scope.Town], m.Path[scope.Village], m.Resident, string(m.State), string(m.Way), m.Voucher, sqldb.At(m.AskedAt), sqldb.At(m.JoinedAt), m.Why, m.Version)
	}
	return tx.One(`UPDATE membership SET state = $3, way = $4, voucher_id = $5, asked_at = $6, joined_at = $7, why = $8, version = $9 WHERE id = $1 AND version = $2`,
		m.ID, m.Version-1, string(m.State), string(m.Way), m.Voucher, sqldb.At(m.AskedAt), sqldb.At(m.JoinedAt), m.Why, m.Version)
}

func listMembers(tx *sqldb.Tx, place id.ID, state MemberState, most int) ([]Membership, error) {
	return sqldb.All(tx, scanMember, `SELECT `+memberColumns+` FROM membership WHERE place_id = $1 AND state = $2 ORDER BY asked_at, id LIMIT $3`, place, string(state), most)
}

func eachMember(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+memberColumns+` FROM membership ORDER BY id`, nil, func(r sqldb.Scanner) error {
		m, err := scanMember(r)
		if err != nil {
			return err
		}
		return f(m.ID, m.digest())
	})
}

func scanCode(r sqldb.Scanner) (c Code, err error) {
	var until sqldb.Time
	err = r.Scan(&c.ID, &c.Place, &c.Most, &c.Used, &until, &c.Ended)
	c.Until = until.Time
	return c, err
}

const codeColumns = `id, place_id, most, used, until_at, ended`

func insertMemberCode(tx *sqldb.Tx, at scope.Path, c Code, hash []byte, account id.ID) error {
	_, err := tx.Exec(`INSERT INTO membership_code (id, place_id, town_id, village_id, hash, most, used, until_at, made_at, account, ended) VALUES (`+sqldb.List(11, 1)+`)`,
		c.ID, c.Place, at[scope.Town], at[scope.Village], hash, c.Most, 0, sqldb.At(c.Until), sqldb.At(tx.Now()), account, false)
	return err
}

func codeWith(tx *sqldb.Tx, hash []byte) (Code, bool, error) {
	c, err := sqldb.Get(tx, scanCode, "membership.code", `SELECT `+codeColumns+` FROM membership_code WHERE hash = $1`, hash)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return c, false, nil
	}
	return c, err == nil, err
}

func loadCode(tx *sqldb.Tx, d ID) (Code, error) {
	return sqldb.Get(tx, scanCode, "membership.code.none", `SELECT `+codeColumns+` FROM membership_code WHERE id = $1`, d)
}

// useMemberCode counts one more, unless somebody else took the last one.
func useMemberCode(tx *sqldb.Tx, c Code) error {
	return tx.One(`UPDATE membership_code SET used = used + 1 WHERE id = $1 AND used < most AND NOT ended`, c.ID)
}

func endMemberCode(tx *sqldb.Tx, d ID) error {
	return tx.One(`UPDATE membership_code SET ended = $2 WHERE id = $1`, d, true)
}

func listCodes(tx *sqldb.Tx, place id.ID, now time.Time, most int) ([]Code, error) {
	return sqldb.All(tx, scanCode, `SELECT `+codeColumns+` FROM membership_code WHERE place_id = $1 AND NOT ended AND until_at > $2 AND used < most ORDER BY made_at DESC, id DESC LIMIT $3`, place, sqldb.At(now), most)
}

const missiveColumns = `id, place_id, town_id, village_id, resident_id, addressee, state, body_sealed, reply_sealed, sent_at, due_at, replied_at, replied_post, version`

func scanMissive(r sqldb.Scanner) (m Missive, err error) {
	var sent, due, replied sqldb.Time
	err = r.Scan(&m.ID, &m.Place, &m.Path[scope.Town], &m.Path[scope.Village], &m.Resident, &m.To, &m.State, &m.body, &m.reply, &sent, &due, &replied, &m.RepliedPost, &m.Version)
	m.SentAt, m.Due, m.RepliedAt = sent.Time, due.Time, replied.Time
	return m, err
}

func loadMissive(tx *sqldb.Tx, d ID) (Missive, error) {
	return sqldb.Get(tx, scanMissive, "missive.none", `SELECT `+missiveColumns+` FROM missive WHERE id = $1`, d)
}

func insertMissive(tx *sqldb.Tx, m Missive) error {
	_, err := tx.Exec(`INSERT INTO missive (`+missiveColumns+`) VALUES (`+sqldb.List(14, 1)+`)`,
		m.ID, m.Place, m.Path[scope.Town], m.Path[scope.Village], m.Resident, string(m.To), string(m.State), m.body, m.reply, sqldb.At(m.SentAt), sqldb.At(m.Due), sqldb.At(m.RepliedAt), m.RepliedPost, m.Version)
	return err
}

func saveMissive(tx *sqldb.Tx, m Missive) error {
	return tx.One(`UPDATE missive SET state = $3, body_sealed = $4, reply_sealed = $5, sent_at = $6, due_at = $7, replied_at = $8, replied_post = $9, version = $10 WHERE id = $1 AND version = $2`,
		m.ID, m.Version-1, string(m.State), m.body, m.reply, sqldb.At(m.SentAt), sqldb.At(m.Due), sqldb.At(m.RepliedAt), m.RepliedPost, m.Version)
}

func listMissives(tx *sqldb.Tx, place, resident id.ID, most int) ([]Missive, error) {
	var w sqldb.Where
	w.Add("place_id = ?", place)
	if resident != 0 {
		w.Add("resident_id = ?", resident)
	}
	n := w.Arg(most)
	return sqldb.All(tx, scanMissive, `SELECT `+missiveColumns+` FROM missive `+w.SQL()+` ORDER BY CASE WHEN state IN ('sent', 'taken') THEN 0 ELSE 1 END, sent_at DESC, id DESC LIMIT `+n, w.Args()...)
}

func eachMissive(tx *sqldb.Tx, f func(id.ID, []byte) error) error {
	return tx.Each(`SELECT `+missiveColumns+` FROM missive ORDER BY id`, nil, func(r sqldb.Scanner) error {
		m, err := scanMissive(r)
		if err != nil {
			return err
		}
		return f(m.ID, m.digest())
	})
}

// saveShift writes a day of the roster, or takes it out.
func saveShift(tx *sqldb.Tx, at scope.Path, x Shift) error {
	if x.Name == "" {
		_, err := tx.Exec(`DELETE FROM village_duty WHERE place_id = $1 AND on_day = $2`, x.Place, string(x.On))
		return err
	}
	_, err := tx.Exec(`INSERT INTO village_duty (place_id, on_day, town_id, village_id, name, phone, hours) VALUES (`+sqldb.List(7, 1)+`)
		ON CONFLICT (place_id, on_day) DO UPDATE SET name = excluded.name, phone = excluded.phone, hours = excluded.hours`,
		x.Place, string(x.On), at[scope.Town], at[scope.Village], x.Name, x.Phone, x.Hours)
	return err
}

func listShifts(tx *sqldb.Tx, place id.ID, from places.Day, most int) ([]Shift, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (x Shift, err error) {
		err = r.Scan(&x.Place, &x.On, &x.Name, &x.Phone, &x.Hours)
		return x, err
	}, `SELECT place_id, on_day, name, phone, hours FROM village_duty WHERE place_id = $1 AND on_day >= $2 ORDER BY on_day LIMIT $3`, place, string(from), most)
}
