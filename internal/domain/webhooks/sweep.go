// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"strings"
	"unicode"

	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// sweptAtOnce is how many rows one transaction deletes.
const sweptAtOnce = 1000

// Sweep forgets what became of deliveries after [Keep], gives up what has waited for
// as long, and forgets the secrets that are good no longer. It is a job's.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.DB.Write(ctx, dropFormer); err != nil {
		return err
	}
	for {
		var old []Delivery
		var n int64
		err := s.DB.Write(ctx, func(tx *sqldb.Tx) (err error) {
			before := tx.Now().Add(-Keep)
			if old, err = oldDeliveries(tx, before, sweptAtOnce); err != nil {
				return err
			}
			for _, d := range old {
				d.Fate, d.EndedAt, d.Fault = Failed, tx.Now(), "webhook.fault.old"
				if err := saveDelivery(tx, d); err != nil {
					return err
				}
			}
			n, err = sweepDeliveries(tx, before, sweptAtOnce)
			return err
		})
		if err != nil || n == 0 && len(old) == 0 {
			return err
		}
	}
}

// Wake promises what is due and for which no job waits: those of a process that was
// killed once too often. It is a job's.
func (s *Service) Wake(ctx context.Context) error {
	var hooks []id.ID
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		hooks, err = waitingHooks(tx)
		return err
	}); err != nil || len(hooks) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		for _, h := range hooks {
			if err := s.wake(tx, h, tx.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// readable is the beginning of an answer as a person may read it.
func readable(b []byte) seal.Text {
	text := strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf)) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(b), "\uFFFD"))
	if text = strings.TrimSpace(text); text == "" {
		return seal.Text{}
	}
	return seal.NewText(text)
}

// NewsOfHooks is the name under which letters know what this domain tells: its
// references are hooks.
const NewsOfHooks = "webhooks"

// tell promises a letter to who made a hook that was disabled.
func (s *Service) tell(tx *sqldb.Tx, h Hook) error {
	if h.CreatedBy == 0 || !s.Letters.Offered() {
		return nil
	}
	boxes, err := s.People.MailboxesOf(tx, people.OwnedByAccount, []id.ID{h.CreatedBy})
	if err != nil {
		return err
	}
	for _, box := range boxes[h.CreatedBy] {
		if err := s.Letters.Promise(tx, box, false, letters.Item{Source: NewsOfHooks, Ref: h.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Lines implements [letters.Source]: which hook is disabled, if it still is.
func (s *Service) Lines(tx *sqldb.Tx, to people.Owner, refs []id.ID) (lines []letters.Line, err error) {
	for _, ref := range refs {
		h, err := loadHook(tx, ref)
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if h.State != Disabled || to.Kind != people.OwnedByAccount || to.ID != h.CreatedBy {
			continue
		}
		lines = append(lines, letters.Line{Key: "webhook.news", Args: []any{h.Name}, Number: h.Name, State: "webhook.state.disabled", At: tx.Now(), Path: "/admin/webhooks/" + h.ID.String()})
	}
	return lines, nil
}
