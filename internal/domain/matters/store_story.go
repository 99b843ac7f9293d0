// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"strings"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A partTable is a table of parts. Only this file writes to one: what does not go
// through add or rewrite would not be in the matter's hash.
type partTable struct {
	name    string
	columns string // all of them
	one     string // the statement that inserts one
	each    string // the query of the parts of matters from $1 to $2: matter, then columns, by matter and key
	scan    func(sqldb.Scanner) (part, error)
}

func tableOf[P part](name, columns string, scan func(sqldb.Scanner) (P, error)) *partTable {
	return &partTable{name, columns, `INSERT INTO ` + name + ` (` + columns + `) VALUES (` + sqldb.List(1+strings.Count(columns, ","), 1) + `)`,
		`SELECT matter_id, ` + columns + ` FROM ` + name + ` WHERE matter_id >= $1 AND matter_id <= $2 ORDER BY matter_id, id`,
		func(r sqldb.Scanner) (part, error) { return scan(r) }}
}

// The tables of parts.
var (
	stepTable       = tableOf("matter_step", stepColumns, scanStep)
	fileTable       = tableOf("matter_file", fileColumns, scanFile)
	supportTable    = tableOf("matter_support", supportColumns, scanSupport)
	assistTable     = tableOf("matter_assist", assistColumns, scanAssist)
	whistleTable    = tableOf("matter_whistle", whistleColumns, scanWhistle)
	responseTable   = responsesOfMatters()
	invitationTable = tableOf("matter_invitation", invitationColumns, scanInvitation)
	moderationTable = tableOf("matter_moderation", moderationColumns, scanModeration)
	endedTable      = tableOf("matter_stage", stageColumns, scanEnded)
	appealTable     = tableOf("matter_appeal", appealColumns, scanAppeal)
)

// responsesOfMatters is the table whose rows belong to a whistle, and come after
// it, by unit.
func responsesOfMatters() *partTable {
	t := tableOf("matter_response", responseColumns, scanResponse)
	t.each = `SELECT h.matter_id, r.` + strings.ReplaceAll(responseColumns, ", ", ", r.") + `
		FROM matter_whistle h
		JOIN matter_response r ON r.whistle_id = h.id
		WHERE h.matter_id >= $1 AND h.matter_id <= $2
		ORDER BY h.matter_id, r.whistle_id, r.unit_id`
	return t
}

// partTables are all of them; a response comes after its whistle.
func partTables() []*partTable {
	return []*partTable{stepTable, fileTable, supportTable, assistTable, whistleTable, responseTable, invitationTable, moderationTable, endedTable, appealTable}
}

func (p Step) table() *partTable       { return stepTable }
func (f File) table() *partTable       { return fileTable }
func (p Support) table() *partTable    { return supportTable }
func (a Assist) table() *partTable     { return assistTable }
func (w Whistle) table() *partTable    { return whistleTable }
func (p Response) table() *partTable   { return responseTable }
func (v Invitation) table() *partTable { return invitationTable }
func (o Moderation) table() *partTable { return moderationTable }
func (e Ended) table() *partTable      { return endedTable }
func (a Appeal) table() *partTable     { return appealTable }

func (p Step) key() id.ID       { return p.ID }
func (f File) key() id.ID       { return f.ID }
func (p Support) key() id.ID    { return p.ID }
func (a Assist) key() id.ID     { return a.ID }
func (w Whistle) key() id.ID    { return w.ID }
func (p Response) key() id.ID   { return p.Whistle }
func (v Invitation) key() id.ID { return v.ID }
func (o Moderation) key() id.ID { return o.ID }
func (e Ended) key() id.ID      { return e.ID }
func (a Appeal) key() id.ID     { return a.ID }

// insertParts writes parts, those of one table with one statement. It is a
// Conflict if somebody who says "me too" has said it before.
func insertParts(tx *sqldb.Tx, ps []part) error {
	for len(ps) > 0 {
		t := ps[0].table()
		n := slices.IndexFunc(ps, func(p part) bool { return p.table() != t })
		if n < 0 {
			n = len(ps)
		}
		n = min(n, 64)
		query, args := t.one, ps[0].values()
		for _, p := range ps[1:n] {
			v := p.values()
			query += ",(" + sqldb.List(len(v), 1+len(args)) + ")"
			args = append(args, v...)
		}
		if t == supportTable {
			query += ` ON CONFLICT DO NOTHING`
		}
		done, err := tx.Exec(query, args...)
		if err != nil {
			return err
		}
		if int(done) < n {
			return errs.New(errs.Conflict, "matter.support.once")
		}
		ps = ps[n:]
	}
	return nil
}

// insertStories writes the parts of new matters.
func insertStories(tx *sqldb.Tx, ms []Matter) error {
	var all []part
	for i := range ms {
		all = append(all, ms[i].fresh...)
	}
	slices.SortStableFunc(all, func(a, b part) int { return strings.Compare(a.table().name, b.table().name) })
	return insertParts(tx, all)
}

// A link is what a part adds to the chain.
type link struct {
	key    id.ID
	digest []byte
}

func chainOf(links []link) (c chain) {
	slices.SortStableFunc(links, func(a, b link) int {
		if a.key < b.key {
			return -1
		}
		if a.key > b.key {
			return 1
		}
		return 0
	})
	for _, l := range links {
		c = c.with(l.key, l.digest)
	}
	return c
}

// linksOf reads the parts of the matters from one ID to another.
func linksOf(tx *sqldb.Tx, from, to ID) (map[ID][]link, error) {
	links := map[ID][]link{}
	for _, t := range partTables() {
		err := tx.Each(t.each, []any{from, to}, func(r sqldb.Scanner) error {
			var of ID
			p, err := t.scan(after{r, &of})
			if err == nil {
				links[of] = append(links[of], link{p.key(), digestOf(p)})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return links, nil
}

// after scans a column before those that somebody else scans.
type after struct {
	r     sqldb.Scanner
	first any
}

// Scan implements sqldb.Scanner.
func (a after) Scan(dest ...any) error { return a.r.Scan(append([]any{a.first}, dest...)...) }

// storyOf is the chain over the parts of a matter as they stand.
func storyOf(tx *sqldb.Tx, matter ID) (chain, error) {
	links, err := linksOf(tx, matter, matter)
	return chainOf(links[matter]), err
}

// eachWithStory calls f with every matter and the chain over its parts as they
// stand, some hundreds of matters at a time: each table is read once, in order.
func (s *Service) eachWithStory(tx *sqldb.Tx, f func(m Matter, found chain) error) error {
	for last := ID(0); ; {
		ms, err := sqldb.All(tx, s.scan, `SELECT `+columns+` FROM matter WHERE id > $1 ORDER BY id LIMIT 500`, last)
		if err != nil || len(ms) == 0 {
			return err
		}
		first := ms[0].ID
		last = ms[len(ms)-1].ID
		links, err := linksOf(tx, first, last)
		if err != nil {
			return err
		}
		for _, m := range ms {
			if err := f(m, chainOf(links[m.ID])); err != nil {
				return err
			}
		}
	}
}

// saveBeside writes back what acts beside the road change of m: the hash over its
// parts, and what is counted of them.
func saveBeside(tx *sqldb.Tx, m *Matter) error {
	m.Version++
	m.loaded = m.values()
	return tx.One(`UPDATE matter SET story = $3, supporters = $4, assisting = $5, version = version + 1 WHERE id = $1 AND version = $2`,
		m.ID, m.Version-1, []byte(m.story), m.Supporters, m.Assisting)
}

// endAssists ends the parts of an earlier dispatch that were never answered.
func endAssists(tx *sqldb.Tx, m *Matter) error {
	if m.Assisting == 0 {
		return nil
	}
	m.Assisting = 0
	return rewrite(tx, m, func() error {
		_, err := tx.Exec(`UPDATE matter_assist SET active = FALSE WHERE matter_id = $1 AND active`, m.ID)
		return err
	})
}

func answerAssist(tx *sqldb.Tx, m *Matter, unit id.ID, said string) error {
	return rewrite(tx, m, func() error {
		n, err := tx.Exec(`
			UPDATE matter_assist SET answered_at = $3, answer = $4
			WHERE matter_id = $1 AND unit_id = $2 AND active AND answered_at IS NULL`, m.ID, unit, sqldb.At(tx.Now()), said)
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "matter.assist.none")
		}
		return err
	})
}

// endWhistles ends what is under way for a matter.
func endWhistles(tx *sqldb.Tx, m *Matter) error {
	return rewrite(tx, m, func() error {
		_, err := tx.Exec(`UPDATE matter_whistle SET ended_at = $2 WHERE matter_id = $1 AND ended_at IS NULL`, m.ID, sqldb.At(tx.Now()))
		return err
	})
}

// answerWhistle records a unit's response, and ends the whistle with the last.
func answerWhistle(tx *sqldb.Tx, m *Matter, unit id.ID, by scope.Actor, said string) error {
	whistle, err := sqldb.Get(tx, sqldb.ID, "matter.whistle.none", `
		SELECT h.id FROM matter_whistle h
		JOIN matter_response r ON r.whistle_id = h.id
		WHERE h.matter_id = $1 AND r.unit_id = $2 AND r.at IS NULL AND h.ended_at IS NULL
		LIMIT 1`, m.ID, unit)
	if err != nil {
		return err
	}
	return rewrite(tx, m, func() error {
		if err := tx.One(`UPDATE matter_response SET account = $3, responder = $4, words = $5, at = $6 WHERE whistle_id = $1 AND unit_id = $2 AND at IS NULL`,
			whistle, unit, by.Account, by.Name, said, sqldb.At(tx.Now())); err != nil {
			return err
		}
		_, err = tx.Exec(`
			UPDATE matter_whistle SET ended_at = $2
			WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM matter_response WHERE whistle_id = $1 AND at IS NULL)`, whistle, sqldb.At(tx.Now()))
		return err
	})
}

// saveAppeal records what was decided about an appeal, or that a review of it was
// asked for, unless somebody was quicker.
func saveAppeal(tx *sqldb.Tx, m *Matter, was, is Appeal) error {
	x := is.Review
	return rewrite(tx, m, func() error {
		return tx.One(`
			UPDATE matter_appeal SET decision = $2, decider = $3, decided_by = $4, reason = $5, decided_at = $6,
				review_account = $7, review_actor = $8, review_words = $9, review_at = $10, review = $11, reviewer = $12, reviewed_by = $13, review_reason = $14, reviewed_at = $15
			WHERE id = $1 AND decision = $16 AND review = $17`,
			is.ID, string(is.Decision), is.Decider, is.DecidedBy, is.Reason, sqldb.At(is.DecidedAt),
			x.Account, x.Actor, x.Words, sqldb.At(x.At), string(x.Decision), x.Decider, x.DecidedBy, x.Reason, sqldb.At(x.DecidedAt),
			string(was.Decision), string(was.Review.Decision))
	})
}

func revokeInvitation(tx *sqldb.Tx, m *Matter, invitation id.ID) error {
	return rewrite(tx, m, func() error {
		return tx.One(`UPDATE matter_invitation SET revoked_at = $2 WHERE id = $1 AND answered_at IS NULL AND revoked_at IS NULL`, invitation, sqldb.At(tx.Now()))
	})
}

func answerInvitation(tx *sqldb.Tx, m *Matter, invitation id.ID, answer string) error {
	return rewrite(tx, m, func() error {
		n, err := tx.Exec(`UPDATE matter_invitation SET answered_at = $2, answer = $3 WHERE id = $1 AND answered_at IS NULL AND revoked_at IS NULL`, invitation, sqldb.At(tx.Now()), answer)
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "matter.invite.answered")
		}
		return err
	})
}

func undoModeration(tx *sqldb.Tx, m *Matter, d id.ID) error {
	return rewrite(tx, m, func() error {
		return tx.One(`UPDATE matter_moderation SET undone_at = $2 WHERE id = $1 AND undone_at IS NULL`, d, sqldb.At(tx.Now()))
	})
}

// hidePart hides a step, a file or a support from the public, or shows it again.
func hidePart(tx *sqldb.Tx, m *Matter, kind string, d id.ID, hidden bool) error {
	return rewrite(tx, m, func() error {
		n, err := tx.Exec(`UPDATE matter_`+kind+` SET hidden = $3 WHERE id = $1 AND matter_id = $2 AND hidden <> $3`, d, m.ID, hidden)
		if err == nil && n == 0 {
			return errs.New(errs.Conflict, "matter.moderate.already")
		}
		return err
	})
}

// forgetParts deletes what is personal in the parts of a matter: see ForgetOld.
// The reporter's own lines are those of no account and no unit.
func forgetParts(tx *sqldb.Tx, m Matter) error {
	const reporters = `matter_id = $1 AND (step_id = 0 OR step_id IN (SELECT id FROM matter_step WHERE matter_id = $1 AND account = 0 AND unit_id = 0 AND act <> 'reply'))`
	files := reporters
	if m.Public {
		files += ` AND type LIKE 'audio/%'`
	}
	for _, q := range []string{
		`DELETE FROM matter_file WHERE ` + files,
		`UPDATE matter_support SET resident_id = 0, contact_id = 0, browser = '' WHERE matter_id = $1`,
		`UPDATE matter_moderation SET original = '' WHERE matter_id = $1`,
		`DELETE FROM matter_notice WHERE matter_id = $1 AND resident_id <> 0`,
	} {
		if _, err := tx.Exec(q, m.ID); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM matter_subscription WHERE target = $1 AND resident_id <> 0`, "matter:"+m.ID.String())
	return err
}

// deleteSupport takes a "me too" away, and the files that came with it. Its line in
// the story stays, and does not know any more which account it was of. The line was
// written after it, in the same moment.
func deleteSupport(tx *sqldb.Tx, m *Matter, p Support) error {
	return rewrite(tx, m, func() error {
		steps, err := sqldb.All(tx, sqldb.ID, `
			SELECT id FROM matter_step WHERE matter_id = $1 AND act = 'support' AND at = $2 AND id > $3 ORDER BY id LIMIT 1`, m.ID, sqldb.At(p.At), p.ID)
		if err != nil {
			return err
		}
		for _, step := range steps {
			if _, err := tx.Exec(`DELETE FROM matter_file WHERE matter_id = $1 AND step_id = $2`, m.ID, step); err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE matter_step SET account = 0 WHERE id = $1 AND unit_id = 0`, step); err != nil {
				return err
			}
		}
		return tx.One(`DELETE FROM matter_support WHERE id = $1`, p.ID)
	})
}
