// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"sync"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/hook"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

var noTime time.Time

const (
	abreast    = 4                // messages that are under way to one address at once
	atOnce     = 64               // looked up at once
	mostInTurn = 1000             // sent before others have their turn
	testWithin = 10 * time.Second // since somebody waits for what comes of it
)

// Send sends what waits for a hook and is due: it is what a job of the kind [Send]
// does. Of each matter the acts arrive one after the other, in the order in which
// they were done; different matters may overtake each other.
func (s *Service) Send(ctx context.Context, _ *jobs.Job, p Sending) error {
	for n := 0; ; {
		h, r, ds, err := s.next(ctx, p.Hook)
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		if errs.KindOf(err) == errs.Denied {
			return s.disable(ctx, p.Hook, "webhook.why.key")
		}
		if err != nil || len(ds) == 0 {
			return err
		}
		if n += len(ds); n > mostInTurn {
			return s.promise(ctx, p.Hook)
		}
		for len(ds) > 0 {
			k := abreast
			if h.Streak >= patience { // one asks whether it is back
				k = 1
			}
			some := ds[:min(k, len(ds))]
			ds = ds[len(some):]
			results := make([]result, len(some))
			var all sync.WaitGroup
			for i, d := range some {
				all.Go(func() { results[i] = s.try(ctx, h, r, d) })
			}
			all.Wait()
			if ctx.Err() != nil { // stopped by us; what arrived meanwhile is sent once more
				return ctx.Err()
			}
			if h, err = s.record(ctx, h.ID, results); err != nil {
				return err
			}
			if h.State != Active || h.RestUntil.After(s.DB.Now()) {
				break
			}
		}
		if h.State != Active {
			return nil
		}
		if h.RestUntil.After(s.DB.Now()) {
			return s.promise(ctx, p.Hook)
		}
	}
}

// next is what is to be sent to a hook now; nothing if it rests or is not active, and
// then the job for the moment when something will be is promised.
func (s *Service) next(ctx context.Context, hook id.ID) (h Hook, r reader, ds []Delivery, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if h, err = loadHook(tx, hook); err != nil || h.State != Active || h.RestUntil.After(tx.Now()) {
			return err
		}
		if r, err = s.reader(tx, h); err != nil {
			return err
		}
		ds, err = nextDeliveries(tx, hook, atOnce)
		return err
	})
	if err == nil && len(ds) == 0 && h.State == Active {
		err = s.promise(ctx, hook)
	}
	return h, r, ds, err
}

// promise has what waits for a hook sent when it is due.
func (s *Service) promise(ctx context.Context, hook id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		h, err := loadHook(tx, hook)
		if errs.KindOf(err) == errs.NotFound {
			return nil
		}
		if err != nil || h.State != Active {
			return err
		}
		due, err := dueOf(tx, hook)
		if err != nil || due.IsZero() {
			return err
		}
		if h.RestUntil.After(due) {
			due = h.RestUntil
		}
		return s.wake(tx, hook, due)
	})
}

// A result is what came of one try.
type result struct {
	delivery Delivery
	fate     Fate // Waiting: it is to be tried again
	status   int
	took     time.Duration
	answer   []byte
	fault    string
	after    time.Duration // not before
	over     bool          // the address wants no more of it at all
}

// try sends one delivery once.
func (s *Service) try(ctx context.Context, h Hook, r reader, d Delivery) result {
	res := result{delivery: d, fate: Waiting}
	body, err := s.Write(ctx, r.Machine, h, d)
	switch {
	case errs.KindOf(err) == errs.NotFound:
		res.fate, res.fault = Withheld, "webhook.fault.withheld"
		return res
	case err != nil:
		s.Log.ErrorContext(ctx, "webhook: message", "delivery", d.ID.String(), "err", err)
		res.fault = "webhook.fault.own"
		return res
	}
	secrets, err := s.secrets(h)
	if err != nil {
		s.Log.ErrorContext(ctx, "webhook: secret", "hook", h.ID.String(), "err", err)
		res.fault = "webhook.fault.own"
		return res
	}
	began := s.DB.Now()
	a, err := s.Sender().Send(ctx, h.URL, hook.Message{Name: d.ID.String(), At: began, Body: body, Secrets: secrets})
	if err != nil {
		s.Log.ErrorContext(ctx, "webhook: sending", "hook", h.ID.String(), "err", err)
		res.fault = "webhook.fault.own"
		return res
	}
	res.status, res.answer, res.after, res.took = a.Status, a.Body, a.After, s.DB.Now().Sub(began)
	switch a.Fault {
	case "":
		res.fate = Delivered
	case hook.Over:
		res.fate, res.over = Failed, true
		fallthrough
	case hook.Inside, hook.Slow, hook.Silent, hook.Elsewhere, hook.Refused:
		res.fault = "webhook.fault." + string(a.Fault)
	}
	return res
}

// secrets are those with which a hook's messages are signed now.
func (s *Service) secrets(h Hook) ([]string, error) {
	secret, err := s.Seal.Open(secretColumn, h.ID, h.secret)
	if err != nil {
		return nil, err
	}
	all := []string{secret.Plain()}
	if len(h.former) > 0 && s.DB.Now().Before(h.FormerUntil) {
		former, err := s.Seal.Open(formerColumn, h.ID, h.former)
		if err != nil {
			return nil, err
		}
		all = append(all, former.Plain())
	}
	return all, nil
}

// record writes down what came of some tries, and what follows for the hook.
func (s *Service) record(ctx context.Context, hook id.ID, results []result) (h Hook, err error) {
	disabled := ""
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		disabled = ""
		if h, err = loadHook(tx, hook); err != nil {
			return err
		}
		for _, r := range results {
			d, err := loadDelivery(tx, hook, r.delivery.ID)
			if errs.KindOf(err) == errs.NotFound || err == nil && d.Fate != Waiting {
				continue
			}
			if err != nil {
				return err
			}
			if err := s.settleTry(tx, &h, d, r); err != nil {
				return err
			}
			if r.over {
				disabled = "webhook.why.gone"
			}
		}
		if err := saveProgress(tx, h); err != nil {
			return err
		}
		if disabled == "" && !h.FailingAt.IsZero() && !tx.Now().Before(h.FailingAt.Add(DisableAfter)) {
			disabled = "webhook.why.failing"
		}
		if disabled == "" {
			return nil
		}
		return s.disableIn(tx, &h, disabled)
	})
	return h, err
}

// settleTry writes down what came of one try.
func (s *Service) settleTry(tx *sqldb.Tx, h *Hook, d Delivery, r result) error {
	now := tx.Now()
	d.Status, d.Took, d.Fault, d.Fate, d.EndedAt = r.status, r.took, r.fault, r.fate, noTime
	if r.fate != Withheld {
		d.Tries++
		d.TriedAt = now
	}
	var err error
	if d.answer, err = s.Seal.Seal(answerColumn, d.ID, readable(r.answer)); err != nil {
		return err
	}
	switch {
	case d.Seq == 0 && d.Fate == Waiting: // a test is tried once
		d.Fate, d.EndedAt = Failed, now
	case d.Fate == Waiting && d.Tries >= Tries:
		d.Fate, d.EndedAt = Failed, now
	case d.Fate == Waiting:
		d.DueAt = now.Add(max(pause(d.ID, d.Tries), r.after))
	default:
		d.EndedAt = now
	}
	if err := saveDelivery(tx, d); err != nil {
		return err
	}
	switch {
	case r.fate == Withheld || d.Seq == 0 && r.fate != Delivered:
	case r.fate == Delivered:
		was := h.Streak
		h.Progress = Progress{GoodAt: now}
		if was >= patience { // it is back: nobody waits any longer than need be
			return hurry(tx, h.ID)
		}
	default:
		if h.Streak++; h.FailingAt.IsZero() {
			h.FailingAt = now
		}
		rest := r.after
		if h.Streak >= patience {
			rest = max(rest, pause(h.ID, h.Streak-patience+2))
		}
		if until := now.Add(rest); rest > 0 && until.After(h.RestUntil) {
			h.RestUntil = until
		}
	}
	return nil
}

// disable stops sending to a hook for good, and tells who made it.
func (s *Service) disable(ctx context.Context, hook id.ID, why string) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		h, err := loadHook(tx, hook)
		if err != nil || h.State != Active {
			return err
		}
		return s.disableIn(tx, &h, why)
	})
}

func (s *Service) disableIn(tx *sqldb.Tx, h *Hook, why string) error {
	if h.State != Active {
		return nil
	}
	h.State, h.Why = Disabled, why
	if err := saveHook(tx, h); err != nil {
		return err
	}
	s.Log.WarnContext(tx.Context(), "webhook disabled", "hook", h.ID.String(), "why", why)
	if err := note(tx, Who{Actor: scope.Program("webhooks")}, *h, "disable", Active); err != nil {
		return err
	}
	return s.tell(tx, *h)
}

// Test sends a message that tells of nothing to a hook, at once and once, whatever
// its state, and returns what came of it.
func (s *Service) Test(ctx context.Context, who Who, hook id.ID) (d Delivery, err error) {
	var h Hook
	if err := s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := who.may(tx); err != nil {
			return err
		}
		if h, err = who.load(tx, hook); err != nil {
			return err
		}
		d = Delivery{ID: tx.NewID(), Hook: hook, At: tx.Now(), Fate: Waiting, MadeAt: tx.Now(), DueAt: tx.Now().Add(time.Minute)}
		return insertDelivery(tx, d)
	}); err != nil {
		return d, err
	}
	within, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	r := s.try(within, h, reader{Machine: access.Machine{Actor: scope.Program("webhooks")}}, d)
	ctx = context.WithoutCancel(ctx)
	if _, err := s.record(ctx, hook, []result{r}); err != nil {
		return d, err
	}
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		d, err = loadDelivery(tx, hook, d.ID)
		return err
	})
	return d, err
}
