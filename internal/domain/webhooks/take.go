// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Taker follows the trail and notes what is to be sent where. One is enough;
// several processes may each have one, and each act is then noted by one of them.
type Taker struct {
	s        *Service
	follower trail.Follower
}

// NewTaker returns the town's taker.
func (s *Service) NewTaker() *Taker {
	return &Taker{s: s, follower: trail.Follower{Name: "webhooks"}}
}

// Step notes what at most the given number of rows of the trail tell of, and reports
// how many rows it has done: 0 when there is nothing left. It is a Conflict if
// another process was first.
func (t *Taker) Step(ctx context.Context, rows int) (int, error) {
	b, err := t.follower.Next(ctx, t.s.DB, rows)
	if err != nil || b.Empty() {
		return 0, err
	}
	ds, err := t.s.deliveries(ctx, b.Rows)
	if err != nil {
		return 0, err
	}
	err = t.s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := t.follower.Done(tx, b); err != nil {
			return err
		}
		return t.s.noteAll(tx, ds)
	})
	return max(1, len(b.Rows)), err
}

// Lag is how many rows of the trail are not yet noted, at the most.
func (t *Taker) Lag(ctx context.Context) (int64, error) { return t.follower.Lag(ctx, t.s.DB) }

// deliveries are those that the rows of the trail give rise to. They are found
// outside the writing transaction, so that the writer is not kept.
func (s *Service) deliveries(ctx context.Context, rows []trail.Row) (ds []Delivery, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		ds = nil
		hooks, err := activeHooks(tx)
		if err != nil || len(hooks) == 0 {
			return err
		}
		if err := trail.AddStates(tx, rows); err != nil {
			return err
		}
		deeds, err := s.Matters.Deeds(tx, rows)
		if err != nil {
			return err
		}
		for _, h := range hooks {
			r, err := s.reader(tx, h)
			if errs.KindOf(err) == errs.Denied {
				continue // it is disabled when something is sent, or anew
			}
			if err != nil {
				return err
			}
			for _, d := range deeds {
				if !h.Wants(d.Act, d.Matter.Category) || !r.within(d.Matter.Path) || d.Row.At.Before(h.CreatedAt) {
					continue
				}
				gone := false
				if !s.Matters.MayHear(tx, r.Actor, d) {
					if !d.Act.MayHide() || s.Matters.Sees(tx, r.Actor, d) {
						continue
					}
					if gone, err = hasHeard(tx, h.ID, d.Matter.ID); err != nil {
						return err
					}
					if !gone {
						continue
					}
				}
				ds = append(ds, Delivery{Hook: h.ID, Seq: d.Row.Seq, Matter: d.Matter.ID, Number: d.Matter.Number, Act: d.Act, Was: matters.State(d.Row.From), Became: matters.State(d.Row.To),
					At: d.Row.At, Gone: gone, Fate: Waiting})
			}
		}
		return nil
	})
	return ds, err
}

// noteAll writes deliveries, and promises the jobs that send them. A hook that was
// removed meanwhile gets none.
func (s *Service) noteAll(tx *sqldb.Tx, ds []Delivery) error {
	there := map[id.ID]bool{}
	for _, d := range ds {
		ok, asked := there[d.Hook]
		if !asked {
			_, err := loadHook(tx, d.Hook)
			if err != nil && errs.KindOf(err) != errs.NotFound {
				return err
			}
			ok = err == nil
			there[d.Hook] = ok
		}
		if !ok {
			continue
		}
		d.ID, d.MadeAt, d.DueAt = tx.NewID(), tx.Now(), tx.Now()
		if err := insertDelivery(tx, d); err != nil {
			return err
		}
	}
	for hook, ok := range there {
		if ok {
			if err := s.wake(tx, hook, tx.Now()); err != nil {
				return err
			}
		}
	}
	return nil
}

// A reader is with whose eyes a hook reads, and where.
type reader struct {
	access.Machine
	place scope.Scope
}

func (r reader) within(p scope.Path) bool { return r.place.Contains(p) && r.Key.In().Contains(p) }

// reader returns with whose eyes a hook reads: those of its key if that may read more
// than everybody, else everybody's. It is Denied if the key is good no longer.
func (s *Service) reader(tx *sqldb.Tx, h Hook) (r reader, err error) {
	r.Actor = scope.Actor{Kind: scope.Machine, Name: h.Name}
	if h.Place != 0 {
		p, ok := s.Places.Tree().Get(h.Place)
		if !ok {
			return r, errs.New(errs.Denied, "webhook.place")
		}
		r.place = scope.Of(p.Path)
	}
	if h.Key == 0 {
		return r, nil
	}
	m, err := s.Access.MachineIn(tx, h.Key)
	if err != nil {
		return r, err
	}
	if !m.Key.May(access.Webhooks) {
		return r, errs.New(errs.Denied, "webhook.key")
	}
	r.Key = m.Key
	if m.Key.May(access.APIRead) {
		r.Actor = m.Actor
	}
	return r, nil
}

// Queue is where the jobs of this package wait, apart from others: an address may be
// slow.
const Queue = "webhooks"

// Send is the kind of jobs that send what waits for a hook.
const Send jobs.Kind[Sending] = "webhooks.send"

// A Sending says for which hook something waits.
type Sending struct {
	Hook id.ID `json:"hook"`
}

// wake promises a job that sends what waits for a hook. One at a time sends there.
func (s *Service) wake(tx *sqldb.Tx, hook id.ID, at time.Time) error {
	return jobs.Enqueue(nil, tx, Send, Sending{hook}, jobs.Opts{Queue: Queue, Unique: "webhook:" + hook.String(), At: at})
}
