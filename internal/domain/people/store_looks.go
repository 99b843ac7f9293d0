// SPDX-License-Identifier: Apache-2.0

package people

import (
	"strings"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

const lookColumns = `id, noun, subject_id, at, account, actor, post, purpose, fields, about, why_sealed`

func insertLook(tx *sqldb.Tx, box *seal.Box, l Look) error {
	why, err := box.Seal(lookWhy, l.ID, l.Why)
	if err != nil {
		return err
	}
	return tx.One(`
		INSERT INTO look (`+lookColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		l.ID, string(l.Of.Kind), l.Of.ID, sqldb.At(l.At), l.Account, l.Actor, l.Post, string(l.Purpose), l.fieldWords(), l.About, why)
}

// looks returns the looks at the subject, the newest first.
func looks(tx *sqldb.Tx, box *seal.Box, of Subject, limit int) ([]Look, error) {
	return sqldb.All(tx, func(row sqldb.Scanner) (l Look, err error) {
		var kind, purpose, fields string
		var at sqldb.Time
		var why []byte
		if err := row.Scan(&l.ID, &kind, &l.Of.ID, &at, &l.Account, &l.Actor, &l.Post, &purpose, &fields, &l.About, &why); err != nil {
			return l, err
		}
		l.Of.Kind, l.At, l.Purpose = Kind(kind), at.Time, Purpose(purpose)
		for f := range strings.SplitSeq(fields, ",") {
			l.Fields = append(l.Fields, Field(f))
		}
		l.Why, err = box.Open(lookWhy, l.ID, why)
		return l, err
	}, `
		SELECT `+lookColumns+`
		FROM look
		WHERE subject_id = $1 AND noun = $2
		ORDER BY id DESC
		LIMIT $3`, of.ID, string(of.Kind), limit)
}

// blankLooks blanks the reasons of the looks at the subject.
func blankLooks(tx *sqldb.Tx, subject id.ID) error {
	_, err := tx.Exec(`
		UPDATE look
		SET why_sealed = NULL
		WHERE subject_id = $1`, subject)
	return err
}
