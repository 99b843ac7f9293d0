// SPDX-License-Identifier: Apache-2.0

package affairs

import (
	"context"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// KeepWords is how long the words of a letter are kept after its end, and those of a remark
// that stays hidden.
const KeepWords = 2 * 365 * 24 * time.Hour

// ForgetOld deletes the words of letters that were answered or taken back longer ago than
// they are kept, and who wrote them, and the words of remarks that were hidden for as long.
// That there was a letter, when it was answered and by which post, and why a remark was
// hidden, stays. It is the retention job's: at most so many of each, and it reports the
// greater number.
func (s *Service) ForgetOld(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("retention")
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		before := tx.Now().Add(-KeepWords)
		ms, err := oldMissives(tx, before, most)
		if err != nil {
			return err
		}
		for _, m := range ms {
			m.Resident, m.body, m.reply = 0, nil, nil
			m.Version++
			if err := blankMissive(tx, m); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "missive", Record: m.ID, Act: "forget", Digest: m.digest()}); err != nil {
				return err
			}
		}
		xs, err := oldHidden(tx, before, most)
		if err != nil {
			return err
		}
		for _, x := range xs {
			x.Body, x.Appeal = "", ""
			x.Version++
			if err := saveRemark(tx, x); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "remark", Record: x.ID, Act: "forget", Digest: x.digest()}); err != nil {
				return err
			}
		}
		n = max(len(ms), len(xs))
		return nil
	})
	return n, err
}
