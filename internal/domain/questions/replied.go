// SPDX-License-Identifier: Apache-2.0

package questions

import (
	"context"
	"slices"
	"strings"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// MaySetReplies reports whether the actor may say of which categories the public
// replies are answers: for pages.
func (s *Service) MaySetReplies(by scope.Actor) bool {
	return by.May(access.Administer, scope.Target{At: s.DB.Now()}).OK
}

// SetRepliesIn says of which categories of matters the public replies are answers.
// Whoever administers the town may (else Denied).
func (s *Service) SetRepliesIn(ctx context.Context, by scope.Actor, categories []string) error {
	categories = slices.Compact(slices.Sorted(slices.Values(categories)))
	for _, code := range categories {
		if _, ok := s.Matters.Catalogue().Get(code); !ok {
			return errs.At("categories", "matter.category.unknown")
		}
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if d := by.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if err := setRepliesIn(tx, categories); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "answer_shelf", Record: 1, Act: "settle", Note: strings.Join(categories, " ")})
	})
}
