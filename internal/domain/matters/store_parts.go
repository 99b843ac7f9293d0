// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"database/sql"
	"errors"
	"strings"
	"time"

	"yuanba/internal/kit/id"
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

// stepOf is one line of a matter's story.
func stepOf(tx *sqldb.Tx, matter ID, d id.ID) (Step, error) {
	return sqldb.Get(tx, scanStep, "matter.none", `SELECT `+stepColumns+` FROM matter_step WHERE id = $1 AND matter_id = $2`, d, matter)
}

// lineOf is the line that an act left in the story of a matter at a moment; zero if
// it left none.
func lineOf(tx *sqldb.Tx, matter ID, act Act, at time.Time) (Step, error) {
	p, err := scanStep(tx.Row(`SELECT `+stepColumns+` FROM matter_step WHERE matter_id = $1 AND at = $2 AND act = $3 ORDER BY id LIMIT 1`, matter, sqldb.At(at), act))
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

// copyFiles gives a part the files of the matter it was split from.
func copyFiles(tx *sqldb.Tx, from ID, to *Matter) error {
	files, err := filesOf(tx, from)
	for _, f := range files {
		if f.Step == 0 && !f.Hidden {
			to.add(File{ID: tx.NewID(), Matter: to.ID, Hash: f.Hash, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Public: f.Public, At: tx.Now()})
		}
	}
	return err
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

// values are the arguments for assistColumns.
func (a Assist) values() []any {
	return []any{a.ID, a.Matter, a.Unit, sqldb.At(a.AskedAt), a.AskedBy, a.Words, sqldb.At(a.AnsweredAt), a.Answer, a.Active}
}

// calledUnits are the units that assist a matter or were called to it.
func calledUnits(tx *sqldb.Tx, matter ID) ([]id.ID, error) {
	return sqldb.All(tx, sqldb.ID, `
		SELECT unit_id FROM matter_assist WHERE matter_id = $1 AND active
		UNION
		SELECT r.unit_id FROM matter_response r JOIN matter_whistle h ON h.id = r.whistle_id WHERE h.matter_id = $1
		LIMIT 300`, matter)
}

const whistleColumns = `id, matter_id, blown_by, blower, words, at, due_at, ended_at`

func scanWhistle(r sqldb.Scanner) (w Whistle, err error) {
	var at, due, ended sqldb.Time
	err = r.Scan(&w.ID, &w.Matter, &w.blownBy, &w.Blower, &w.Words, &at, &due, &ended)
	w.At, w.Due, w.EndedAt = at.Time, due.Time, ended.Time
	return w, err
}

// values are the arguments for whistleColumns.
func (w Whistle) values() []any {
	return []any{w.ID, w.Matter, w.blownBy, w.Blower, w.Words, sqldb.At(w.At), sqldb.At(w.Due), sqldb.At(w.EndedAt)}
}

func whistlesOf(tx *sqldb.Tx, matter ID) ([]Whistle, error) {
	ws, err := sqldb.All(tx, scanWhistle, `SELECT `+whistleColumns+` FROM matter_whistle WHERE matter_id = $1 ORDER BY id LIMIT 50`, matter)
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

const responseColumns = `whistle_id, unit_id, account, responder, words, at`

func scanResponse(r sqldb.Scanner) (p Response, err error) {
	var at sqldb.Time
	err = r.Scan(&p.Whistle, &p.Unit, &p.account, &p.Responder, &p.Words, &at)
	p.At = at.Time
	return p, err
}

// values are the arguments for responseColumns.
func (p Response) values() []any {
	return []any{p.Whistle, p.Unit, p.account, p.Responder, p.Words, sqldb.At(p.At)}
}

func responsesOf(tx *sqldb.Tx, whistle id.ID) ([]Response, error) {
	return sqldb.All(tx, scanResponse, `SELECT `+responseColumns+` FROM matter_response WHERE whistle_id = $1 ORDER BY unit_id LIMIT 100`, whistle)
}

const invitationColumns = `id, matter_id, party, question, token, invited_by, at, expires_at, answered_at, answer, revoked_at`

func scanInvitation(r sqldb.Scanner) (v Invitation, err error) {
	var at, expires, answered, revoked sqldb.Time
	err = r.Scan(&v.ID, &v.Matter, &v.Party, &v.Question, &v.token, &v.InvitedBy, &at, &expires, &answered, &v.Answer, &revoked)
	v.At, v.ExpiresAt, v.AnsweredAt, v.RevokedAt = at.Time, expires.Time, answered.Time, revoked.Time
	return v, err
}

func invitationsOf(tx *sqldb.Tx, matter ID) ([]Invitation, error) {
	return sqldb.All(tx, scanInvitation, `SELECT `+invitationColumns+` FROM matter_invitation WHERE matter_id = $1 ORDER BY id LIMIT 100`, matter)
}

func invitationByToken(tx *sqldb.Tx, token []byte) (Invitation, error) {
	return sqldb.Get(tx, scanInvitation, "matter.invite.none", `SELECT `+invitationColumns+` FROM matter_invitation WHERE token = $1`, token)
}

// values are the arguments for invitationColumns.
func (v Invitation) values() []any {
	return []any{v.ID, v.Matter, v.Party, v.Question, v.token, v.InvitedBy, sqldb.At(v.At), sqldb.At(v.ExpiresAt), sqldb.At(v.AnsweredAt), v.Answer, sqldb.At(v.RevokedAt)}
}

const moderationColumns = `id, matter_id, part, original, reason, moderator, at, undone_at`

func scanModeration(r sqldb.Scanner) (o Moderation, err error) {
	var at, undone sqldb.Time
	err = r.Scan(&o.ID, &o.Matter, &o.Part, &o.Original, &o.Reason, &o.Moderator, &at, &undone)
	o.At, o.UndoneAt = at.Time, undone.Time
	return o, err
}

// values are the arguments for moderationColumns.
func (o Moderation) values() []any {
	return []any{o.ID, o.Matter, o.Part, o.Original, o.Reason, o.Moderator, sqldb.At(o.At), sqldb.At(o.UndoneAt)}
}

func moderationsOf(tx *sqldb.Tx, matter ID) ([]Moderation, error) {
	return sqldb.All(tx, scanModeration, `SELECT `+moderationColumns+` FROM matter_moderation WHERE matter_id = $1 ORDER BY id LIMIT 200`, matter)
}

func loadModeration(tx *sqldb.Tx, matter ID, d id.ID) (Moderation, error) {
	return sqldb.Get(tx, scanModeration, "matter.moderate.none", `SELECT `+moderationColumns+` FROM matter_moderation WHERE id = $1 AND matter_id = $2 AND undone_at IS NULL`, d, matter)
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
