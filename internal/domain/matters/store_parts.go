// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"bytes"
	"database/sql"
	"errors"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// lastStep is the latest line of a matter's story; its ID is 0 if there is none.
func lastStep(tx *sqldb.Tx, matter ID) (Step, error) {
	p, err := scanStep(tx.Row(`SELECT `+stepColumns+` FROM matter_step WHERE matter_id = $1 ORDER BY id DESC LIMIT 1`, matter))
	if errors.Is(err, sql.ErrNoRows) {
		return Step{}, nil
	}
	return p, err
}

func joinNumbers(ns []string) string { return strings.Join(ns, "、") }

// numbersOf are the numbers that joinNumbers put together.
func numbersOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '、' })
}

func joinedTo(tx *sqldb.Tx, matter ID) (int64, error) {
	return sqldb.Int(tx.Row(`SELECT count(*) FROM matter WHERE joined_to = $1 AND joined_to <> 0`, matter))
}

// joinedHere are the matters that were joined to one.
func (s *Service) joinedHere(tx *sqldb.Tx, matter ID) ([]Matter, error) {
	return sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter WHERE joined_to = $1 AND joined_to <> 0 ORDER BY id LIMIT 1000`, matter)
}

// brings is how many a matter that follows t adds to t's supporters: its own, and
// its reporter, but for those who are counted there already and t's own reporter.
// A browser without account is known at one matter only, and at its parts.
func brings(tx *sqldb.Tx, m, t Matter) (int, error) {
	n, err := sqldb.Int(tx.Row(`
		SELECT count(*) FROM matter_support s
		WHERE s.matter_id = $1 AND (s.resident_id = 0 OR s.resident_id <> $3) AND NOT EXISTS (
			SELECT 1 FROM matter_support x
			WHERE x.matter_id = $2 AND (x.resident_id <> 0 AND x.resident_id = s.resident_id OR x.browser <> '' AND x.browser = s.browser))`,
		m.ID, t.ID, t.Resident))
	if err != nil || m.Resident != 0 && m.Resident == t.Resident || len(m.codeIndex) > 0 && bytes.Equal(m.codeIndex, t.codeIndex) {
		return int(n), err
	}
	there, err := sqldb.Int(tx.Row(`SELECT count(*) FROM matter_support WHERE matter_id = $1 AND resident_id = $2 AND resident_id <> 0`, t.ID, m.Resident))
	if there == 0 {
		n++
	}
	return int(n), err
}

// copySupports gives a part the supporters of the matter it was split from: what
// they said was of the whole.
func copySupports(tx *sqldb.Tx, from, to ID) error {
	type row struct {
		Support
		browser string
	}
	var last id.ID
	for n := 0; ; {
		some, err := sqldb.All(tx, func(r sqldb.Scanner) (p row, err error) {
			var at sqldb.Time
			err = r.Scan(&p.ID, &p.Matter, &p.Resident, &p.Contact, &p.Words, &p.Public, &p.Hidden, &at, &p.browser)
			p.At = at.Time
			return p, err
		}, `SELECT `+supportColumns+`, browser FROM matter_support WHERE matter_id = $1 AND id > $2 ORDER BY id LIMIT 500`, from, last)
		if err != nil {
			return err
		}
		for _, p := range some {
			last, p.ID, p.Matter = p.ID, tx.NewID(), to
			if _, err := insertSupport(tx, p.Support, p.browser); err != nil {
				return err
			}
			n++
		}
		if len(some) == 0 {
			return countSupporters(tx, to, n)
		}
	}
}

// countSupporters adds n, which may be negative, to a matter's supporters.
func countSupporters(tx *sqldb.Tx, matter ID, n int) error {
	return tx.One(`UPDATE matter SET supporters = supporters + $2 WHERE id = $1`, matter, n)
}

// copyFiles gives a part the files of the matter it was split from.
func copyFiles(tx *sqldb.Tx, from, to ID) error {
	files, err := filesOf(tx, from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Step != 0 || f.Hidden {
			continue
		}
		if err := insertFiles(tx, to, 0, f.Public, []NewFile{{Hash: f.Hash, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height}}); err != nil {
			return err
		}
	}
	return nil
}

// waitingSince are the matters whose reporter's time to answer is over, and the
// suspended ones whose day has come.
func waitingSince(tx *sqldb.Tx, now time.Time, most int) ([]ID, error) {
	asked, err := sqldb.All(tx, sqldb.ID, `
		SELECT id FROM matter
		WHERE state IN ('asked_intake', 'asked_handler') AND due_at <= $1
		ORDER BY due_at
		LIMIT $2`, sqldb.At(now), most)
	if err != nil {
		return nil, err
	}
	woken, err := sqldb.All(tx, sqldb.ID, `
		SELECT id FROM matter
		WHERE resume_at IS NOT NULL AND resume_at <= $1
		ORDER BY resume_at
		LIMIT $2`, sqldb.At(now), most)
	return append(asked, woken...), err
}

const supportColumns = `id, matter_id, resident_id, contact_id, words, public, hidden, at`

func scanSupport(r sqldb.Scanner) (p Support, err error) {
	var at sqldb.Time
	err = r.Scan(&p.ID, &p.Matter, &p.Resident, &p.Contact, &p.Words, &p.Public, &p.Hidden, &at)
	p.At = at.Time
	return p, err
}

func supportsOf(tx *sqldb.Tx, matter ID) ([]Support, error) {
	return sqldb.All(tx, scanSupport, `SELECT `+supportColumns+` FROM matter_support WHERE matter_id = $1 ORDER BY id LIMIT 500`, matter)
}

// insertSupport reports 0 if this supporter is there already.
func insertSupport(tx *sqldb.Tx, p Support, browser string) (int64, error) {
	return tx.Exec(`
		INSERT INTO matter_support (id, matter_id, resident_id, contact_id, browser, words, public, hidden, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT DO NOTHING`,
		p.ID, p.Matter, p.Resident, p.Contact, browser, p.Words, p.Public, p.Hidden, sqldb.At(p.At))
}

const assistColumns = `id, matter_id, unit_id, asked_at, asked_by, words, answered_at, answer, active`

func scanAssist(r sqldb.Scanner) (a Assist, err error) {
	var asked, answered sqldb.Time
	err = r.Scan(&a.ID, &a.Matter, &a.Unit, &asked, &a.AskedBy, &a.Words, &answered, &a.Answer, &a.Active)
	a.AskedAt, a.AnsweredAt = asked.Time, answered.Time
	return a, err
}

func assistsOf(tx *sqldb.Tx, matter ID) ([]Assist, error) {
	return sqldb.All(tx, scanAssist, `SELECT `+assistColumns+` FROM matter_assist WHERE matter_id = $1 ORDER BY id LIMIT 200`, matter)
}

func insertAssist(tx *sqldb.Tx, a Assist) error {
	if _, err := tx.Exec(`INSERT INTO matter_assist (`+assistColumns+`) VALUES (`+sqldb.List(9, 1)+`)`,
		a.ID, a.Matter, a.Unit, sqldb.At(a.AskedAt), a.AskedBy, a.Words, sqldb.At(a.AnsweredAt), a.Answer, a.Active); err != nil {
		return err
	}
	return tx.One(`UPDATE matter SET assisting = assisting + 1 WHERE id = $1`, a.Matter)
}

// endAssists ends the parts of an earlier dispatch that were never answered.
func endAssists(tx *sqldb.Tx, matter ID) error {
	n, err := tx.Exec(`UPDATE matter_assist SET active = FALSE WHERE matter_id = $1 AND active`, matter)
	if err != nil || n == 0 {
		return err
	}
	return tx.One(`UPDATE matter SET assisting = 0 WHERE id = $1`, matter)
}

func answerAssist(tx *sqldb.Tx, matter ID, unit id.ID, said string) error {
	n, err := tx.Exec(`
		UPDATE matter_assist SET answered_at = $3, answer = $4
		WHERE matter_id = $1 AND unit_id = $2 AND active AND answered_at IS NULL`, matter, unit, sqldb.At(tx.Now()), said)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "matter.assist.none")
	}
	return err
}

// calledUnits are the units that assist a matter or were called to it.
func calledUnits(tx *sqldb.Tx, matter ID) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `
		SELECT unit_id FROM matter_assist WHERE matter_id = $1 AND active
		UNION
		SELECT r.unit_id FROM matter_response r JOIN matter_whistle h ON h.id = r.whistle_id WHERE h.matter_id = $1
		LIMIT 300`, matter)
}

func whistlesOf(tx *sqldb.Tx, matter ID) ([]Whistle, error) {
	ws, err := sqldb.All(tx, func(r sqldb.Scanner) (w Whistle, err error) {
		var at, due, ended sqldb.Time
		err = r.Scan(&w.ID, &w.Matter, &w.Blower, &w.Words, &at, &due, &ended)
		w.At, w.Due, w.EndedAt = at.Time, due.Time, ended.Time
		return w, err
	}, `SELECT id, matter_id, blower, words, at, due_at, ended_at FROM matter_whistle WHERE matter_id = $1 ORDER BY id LIMIT 50`, matter)
	if err != nil {
		return nil, err
	}
	for i := range ws {
		if ws[i].Responses, err = responsesOf(tx, ws[i].ID); err != nil {
			return nil, err
		}
	}
	return ws, nil
}

func responsesOf(tx *sqldb.Tx, whistle id.ID) ([]Response, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (p Response, err error) {
		var at sqldb.Time
		err = r.Scan(&p.Whistle, &p.Unit, &p.Responder, &p.Words, &at)
		p.At = at.Time
		return p, err
	}, `SELECT whistle_id, unit_id, responder, words, at FROM matter_response WHERE whistle_id = $1 ORDER BY unit_id LIMIT 100`, whistle)
}

func insertWhistle(tx *sqldb.Tx, w Whistle, account id.ID, units []id.ID) error {
	if _, err := tx.Exec(`INSERT INTO matter_whistle (id, matter_id, blown_by, blower, words, at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		w.ID, w.Matter, account, w.Blower, w.Words, sqldb.At(w.At), sqldb.At(w.Due)); err != nil {
		return err
	}
	for _, u := range units {
		if _, err := tx.Exec(`INSERT INTO matter_response (whistle_id, unit_id, account, responder, words) VALUES ($1, $2, 0, '', '')`, w.ID, u); err != nil {
			return err
		}
	}
	return nil
}

// endWhistles ends what is under way for a matter.
func endWhistles(tx *sqldb.Tx, matter ID) error {
	_, err := tx.Exec(`UPDATE matter_whistle SET ended_at = $2 WHERE matter_id = $1 AND ended_at IS NULL`, matter, sqldb.At(tx.Now()))
	return err
}

// answerWhistle records a unit's response, and ends the whistle with the last.
func answerWhistle(tx *sqldb.Tx, matter ID, unit id.ID, by scope.Actor, said string) error {
	whistle, err := sqldb.Get(tx, sqldb.ID, "matter.whistle.none", `
		SELECT h.id FROM matter_whistle h
		JOIN matter_response r ON r.whistle_id = h.id
		WHERE h.matter_id = $1 AND r.unit_id = $2 AND r.at IS NULL AND h.ended_at IS NULL
		LIMIT 1`, matter, unit)
	if err != nil {
		return err
	}
	if err := tx.One(`UPDATE matter_response SET account = $3, responder = $4, words = $5, at = $6 WHERE whistle_id = $1 AND unit_id = $2 AND at IS NULL`,
		whistle, unit, by.Account, by.Name, said, sqldb.At(tx.Now())); err != nil {
		return err
	}
	_, err = tx.Exec(`
		UPDATE matter_whistle SET ended_at = $2
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM matter_response WHERE whistle_id = $1 AND at IS NULL)`, whistle, sqldb.At(tx.Now()))
	return err
}

const invitationColumns = `id, matter_id, party, question, invited_by, at, expires_at, answered_at, answer, revoked_at`

func scanInvitation(r sqldb.Scanner) (v Invitation, err error) {
	var at, expires, answered, revoked sqldb.Time
	err = r.Scan(&v.ID, &v.Matter, &v.Party, &v.Question, &v.InvitedBy, &at, &expires, &answered, &v.Answer, &revoked)
	v.At, v.ExpiresAt, v.AnsweredAt, v.RevokedAt = at.Time, expires.Time, answered.Time, revoked.Time
	return v, err
}

func invitationsOf(tx *sqldb.Tx, matter ID) ([]Invitation, error) {
	return sqldb.All(tx, scanInvitation, `SELECT `+invitationColumns+` FROM matter_invitation WHERE matter_id = $1 ORDER BY id LIMIT 100`, matter)
}

func invitationByToken(tx *sqldb.Tx, token []byte) (Invitation, error) {
	return sqldb.Get(tx, scanInvitation, "matter.invite.none", `SELECT `+invitationColumns+` FROM matter_invitation WHERE token = $1`, token)
}

func insertInvitation(tx *sqldb.Tx, v Invitation, token []byte) error {
	_, err := tx.Exec(`INSERT INTO matter_invitation (id, matter_id, party, question, token, invited_by, at, expires_at, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')`,
		v.ID, v.Matter, v.Party, v.Question, token, v.InvitedBy, sqldb.At(v.At), sqldb.At(v.ExpiresAt))
	return err
}

func revokeInvitation(tx *sqldb.Tx, invitation id.ID) error {
	return tx.One(`UPDATE matter_invitation SET revoked_at = $2 WHERE id = $1 AND answered_at IS NULL AND revoked_at IS NULL`, invitation, sqldb.At(tx.Now()))
}

func answerInvitation(tx *sqldb.Tx, invitation id.ID, answer string) error {
	n, err := tx.Exec(`UPDATE matter_invitation SET answered_at = $2, answer = $3 WHERE id = $1 AND answered_at IS NULL AND revoked_at IS NULL`, invitation, sqldb.At(tx.Now()), answer)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "matter.invite.answered")
	}
	return err
}

const moderationColumns = `id, matter_id, part, original, reason, moderator, at, undone_at`

func scanModeration(r sqldb.Scanner) (o Moderation, err error) {
	var at, undone sqldb.Time
	err = r.Scan(&o.ID, &o.Matter, &o.Part, &o.Original, &o.Reason, &o.Moderator, &at, &undone)
	o.At, o.UndoneAt = at.Time, undone.Time
	return o, err
}

func insertModeration(tx *sqldb.Tx, o Moderation) error {
	_, err := tx.Exec(`INSERT INTO matter_moderation (`+moderationColumns+`) VALUES (`+sqldb.List(8, 1)+`)`,
		o.ID, o.Matter, o.Part, o.Original, o.Reason, o.Moderator, sqldb.At(o.At), sqldb.At(o.UndoneAt))
	return err
}

func moderationsOf(tx *sqldb.Tx, matter ID) ([]Moderation, error) {
	return sqldb.All(tx, scanModeration, `SELECT `+moderationColumns+` FROM matter_moderation WHERE matter_id = $1 ORDER BY id LIMIT 200`, matter)
}

func loadModeration(tx *sqldb.Tx, matter ID, d id.ID) (Moderation, error) {
	return sqldb.Get(tx, scanModeration, "matter.moderate.none", `SELECT `+moderationColumns+` FROM matter_moderation WHERE id = $1 AND matter_id = $2 AND undone_at IS NULL`, d, matter)
}

func undoModeration(tx *sqldb.Tx, d id.ID) error {
	return tx.One(`UPDATE matter_moderation SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL`, d, sqldb.At(tx.Now()))
}

// hidePart hides a step, a file or a support from the public, or shows it again.
func hidePart(tx *sqldb.Tx, matter ID, kind string, d id.ID, hidden bool) error {
	n, err := tx.Exec(`UPDATE matter_`+kind+` SET hidden = $3 WHERE id = $1 AND matter_id = $2 AND hidden <> $3`, d, matter, hidden)
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "matter.moderate.already")
	}
	return err
}

// marked returns the line of a matter's story that the mark names, 0 if there is
// none.
func marked(tx *sqldb.Tx, matter ID, mark string) (id.ID, error) {
	if mark == "" {
		return 0, nil
	}
	lines, err := sqldb.All(tx, sqldb.ID, `SELECT id FROM matter_step WHERE matter_id = $1 AND detail = $2 ORDER BY id LIMIT 1`, matter, mark)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	return lines[0], nil
}

// lastLine returns the last line of a matter's story.
func lastLine(tx *sqldb.Tx, matter ID) (d id.ID, err error) {
	err = tx.Row(`SELECT max(id) FROM matter_step WHERE matter_id = $1`, matter).Scan(&d)
	return d, err
}
