// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// keepReplies is how long a program that got no answer may ask for it again.
const keepReplies = 24 * time.Hour

// A reply is what was answered to a program that gave its question a name of its
// own, an idempotency key. The answer is sealed, since it may hold the query code of
// a slip, which is kept nowhere else.
type reply struct {
	ID     id.ID
	Key    id.ID  // the API key
	name   []byte // SHA-256 of the program's name for the question
	asked  []byte // SHA-256 of what was asked
	answer []byte // sealed; nil until it is there
	At     time.Time
}

var answerColumn = seal.Column{Table: "exchange_reply", Name: "answer"}

// Once does in one transaction what a program asks under a name of its own, and
// keeps the answer. If the program has asked the same under that name within a day,
// again is true, the answer is the one of then, and nothing is done: also if both
// ask at the same time. It is Invalid, beside Idempotency-Key, if it asked something
// else under that name. What failed has not been asked.
func (s *Service) Once(ctx context.Context, key id.ID, name string, asked []byte, do func(tx *sqldb.Tx) ([]byte, error)) (answer []byte, again bool, err error) {
	named, what := sha256.Sum256([]byte(name)), sha256.Sum256(asked)
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		answer, again = nil, false
		if err := dropReply(tx, key, named[:], tx.Now().Add(-keepReplies)); err != nil {
			return err
		}
		r := reply{ID: tx.NewID(), Key: key, name: named[:], asked: what[:], At: tx.Now()}
		first, err := claimReply(tx, r)
		if err != nil {
			return err
		}
		if !first {
			again = true
			answer, err = s.repeat(tx, r)
			return err
		}
		if answer, err = do(tx); err != nil {
			return err
		}
		sealed, err := s.Seal.Seal(answerColumn, r.ID, seal.NewText(string(answer)))
		if err != nil {
			return err
		}
		return saveAnswer(tx, r.ID, sealed)
	})
	return answer, again, err
}

// repeat is the answer of then.
func (s *Service) repeat(tx *sqldb.Tx, r reply) ([]byte, error) {
	was, err := loadReply(tx, r.Key, r.name)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(was.asked, r.asked) != 1 {
		return nil, errs.At("Idempotency-Key", "api.once.other")
	}
	plain, err := s.Seal.Open(answerColumn, was.ID, was.answer)
	if err != nil {
		return nil, err
	}
	return []byte(plain.Plain()), nil
}

// SweepReplies deletes the answers that nobody may ask for any more.
func (s *Service) SweepReplies(ctx context.Context) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error { return sweepReplies(tx, tx.Now().Add(-keepReplies)) })
}
