// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"io"
	"log/slog"
	"net/url"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/hook"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// Needs are the services below and beside this one.
type Needs struct {
	DB      *sqldb.DB
	Places  *places.Service
	People  *people.Service
	Access  *access.Service
	Letters *letters.Service
	Matters *matters.Service
	Seal    *seal.Box
	Random  io.Reader // where secrets come from
	Log     *slog.Logger
	Sender  func() *hook.Sender
	// Plain reports whether an address may do without encryption: one in the town's
	// own network.
	Plain func(*url.URL) bool
	// Write writes the message of a delivery, as the reader may read the matter now. It
	// is NotFound if they may not read it.
	Write func(ctx context.Context, by access.Machine, h Hook, d Delivery) ([]byte, error)
}

// A Service keeps hooks and sends to them. It is safe for several goroutines.
type Service struct{ Needs }

// New returns the service.
func New(n Needs) *Service {
	if n.Log == nil {
		n.Log = slog.Default()
	}
	return &Service{n}
}

var (
	secretColumn = seal.Column{Table: "webhook", Name: "secret"}
	formerColumn = seal.Column{Table: "webhook", Name: "former"}
	answerColumn = seal.Column{Table: "webhook_delivery", Name: "answer"}
)

// Who settles hooks: an administrator of the city, or a program for those of its key.
type Who struct {
	Actor scope.Actor
	Key   id.ID // 0: by the permissions of the actor
}

func (w Who) may(tx *sqldb.Tx) error {
	if w.Key != 0 {
		return nil
	}
	if d := w.Actor.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// looks refuses unless they administer or audit, or ask for their own.
func (w Who) looks(tx *sqldb.Tx) error {
	if w.Key == 0 && w.Actor.May(access.Audit, scope.Target{At: tx.Now()}).OK {
		return nil
	}
	return w.may(tx)
}

// load returns a hook that is theirs. It is NotFound if it is another's.
func (w Who) load(tx *sqldb.Tx, d id.ID) (Hook, error) {
	h, err := loadHook(tx, d)
	if err == nil && w.Key != 0 && h.Key != w.Key {
		return Hook{}, errs.New(errs.NotFound, "webhook.none")
	}
	return h, err
}

// Add makes a hook and returns it with its secret, which is shown this once. It is
// Invalid beside name, url, events, categories, place, lang or key, and a Conflict if
// there are too many. What is done from now on is sent there.
func (s *Service) Add(ctx context.Context, who Who, in Settling) (secret string, h Hook, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		secret, h, err = s.AddIn(tx, who, in)
		return err
	})
	return secret, h, err
}

// AddIn is Add in a transaction that does more.
func (s *Service) AddIn(tx *sqldb.Tx, who Who, in Settling) (secret string, h Hook, err error) {
	if err := who.may(tx); err != nil {
		return "", h, err
	}
	h = Hook{ID: tx.NewID(), State: Active, CreatedAt: tx.Now(), CreatedBy: who.Actor.Account, Version: 1}
	if err := s.settle(tx, who, &h, in); err != nil {
		return "", h, err
	}
	most := Most
	if h.Key != 0 {
		most = MostOfKey
	}
	hs, err := listHooks(tx, h.Key, most)
	if err != nil {
		return "", h, err
	}
	if len(hs) >= most {
		return "", h, errs.New(errs.Conflict, "webhook.many", most)
	}
	if secret, err = hook.NewSecret(s.Random); err != nil {
		return "", h, err
	}
	if h.secret, err = s.Seal.Seal(secretColumn, h.ID, seal.NewText(secret)); err != nil {
		return "", h, err
	}
	if err := insertHook(tx, h); err != nil {
		return "", h, err
	}
	return secret, h, note(tx, who, h, "add", "")
}

// settle puts what was settled into the hook, if it makes sense.
func (s *Service) settle(tx *sqldb.Tx, who Who, h *Hook, in Settling) error {
	l := in.check(func(category string) bool { _, ok := s.Matters.Catalogue().Get(category); return ok }, s.Plain)
	if who.Key != 0 {
		in.Key = who.Key
	}
	var within scope.Scope
	if in.Key != 0 {
		m, err := s.Access.MachineIn(tx, in.Key)
		switch {
		case errs.KindOf(err) == errs.Denied:
			l.Add("key", "webhook.key")
		case err != nil:
			return err
		}
		within = m.Key.In()
		if in.Key != h.Key || h.CreatedBy == 0 {
			h.CreatedBy = m.Key.CreatedBy
		}
	} else if h.Key != 0 || h.CreatedBy == 0 {
		h.CreatedBy = who.Actor.Account
	}
	if in.Place != 0 {
		p, ok := s.Places.Tree().Get(in.Place)
		switch {
		case !ok:
			l.Add("place", "matter.place.unknown")
		case !within.Contains(p.Path):
			l.Add("place", "webhook.place")
		case p.Parent == 0:
			in.Place = 0
		}
	}
	if err := l.Err(); err != nil {
		return err
	}
	h.settle(in)
	h.Key = in.Key
	return nil
}

func note(tx *sqldb.Tx, who Who, h Hook, act string, from State) error {
	return trail.Append(tx, who.Actor, trail.Entry{Noun: "webhook", Record: h.ID, Act: act, From: string(from), To: string(h.State), Note: h.Name, Digest: h.Digest()})
}

// change is the one door through which what is settled of a hook changes.
func (s *Service) change(ctx context.Context, who Who, d id.ID, act string, edit func(tx *sqldb.Tx, h *Hook) error) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := who.may(tx); err != nil {
			return err
		}
		h, err := who.load(tx, d)
		if err != nil {
			return err
		}
		from := h.State
		if err := edit(tx, &h); err != nil {
			return err
		}
		if err := saveHook(tx, &h); err != nil {
			return err
		}
		return note(tx, who, h, act, from)
	})
}

// Edit changes what is settled of a hook. It fails as Add does, and is a Conflict if
// somebody else changed it meanwhile; Version 0 does not mind.
func (s *Service) Edit(ctx context.Context, who Who, d id.ID, in Settling) error {
	return s.change(ctx, who, d, "edit", func(tx *sqldb.Tx, h *Hook) error {
		if in.Version != 0 {
			h.Version = in.Version
		}
		return s.settle(tx, who, h, in)
	})
}

// Rotate gives a hook another secret, which is shown this once. For [FormerFor] what
// is sent is signed with both.
func (s *Service) Rotate(ctx context.Context, who Who, d id.ID) (secret string, err error) {
	err = s.change(ctx, who, d, "rotate", func(tx *sqldb.Tx, h *Hook) error {
		was, err := s.Seal.Open(secretColumn, h.ID, h.secret)
		if err != nil {
			return err
		}
		if secret, err = hook.NewSecret(s.Random); err != nil {
			return err
		}
		if h.secret, err = s.Seal.Seal(secretColumn, h.ID, seal.NewText(secret)); err != nil {
			return err
		}
		h.FormerUntil = tx.Now().Add(FormerFor)
		h.former, err = s.Seal.Seal(formerColumn, h.ID, was)
		return err
	})
	return secret, err
}

// Pause stops sending to a hook; what happens meanwhile is not told there. It is a
// Conflict if nothing is sent anyway.
func (s *Service) Pause(ctx context.Context, who Who, d id.ID) error {
	return s.change(ctx, who, d, "pause", func(_ *sqldb.Tx, h *Hook) error {
		if h.State != Active {
			return errs.New(errs.Conflict, "webhook.already")
		}
		h.State = Paused
		return nil
	})
}

// Resume sends to a hook again, first what still waits for it. It is a Conflict if it
// is active, or if its key is good no longer.
func (s *Service) Resume(ctx context.Context, who Who, d id.ID) error {
	return s.change(ctx, who, d, "resume", func(tx *sqldb.Tx, h *Hook) error {
		if h.State == Active {
			return errs.New(errs.Conflict, "webhook.already")
		}
		if h.Key != 0 {
			if _, err := s.Access.MachineIn(tx, h.Key); errs.KindOf(err) == errs.Denied {
				return errs.New(errs.Conflict, "webhook.key")
			} else if err != nil {
				return err
			}
		}
		h.State, h.Why = Active, ""
		h.Streak, h.FailingAt, h.RestUntil = 0, noTime, noTime
		if err := saveProgress(tx, *h); err != nil {
			return err
		}
		if err := hurry(tx, h.ID); err != nil {
			return err
		}
		return s.wake(tx, h.ID, tx.Now())
	})
}

// Remove deletes a hook, its secrets, and what became of its deliveries.
func (s *Service) Remove(ctx context.Context, who Who, d id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := who.may(tx); err != nil {
			return err
		}
		h, err := who.load(tx, d)
		if err != nil {
			return err
		}
		if err := dropHook(tx, d); err != nil {
			return err
		}
		return trail.Append(tx, who.Actor, trail.Entry{Noun: "webhook", Record: d, Act: "remove", From: string(h.State), Note: h.Name, Digest: trail.Gone()})
	})
}

// List returns the hooks, the newest first: all of them to who administers or audits,
// those of its key to a program. few: there are at most [Most].
func (s *Service) List(ctx context.Context, who Who) (hs []Hook, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := who.looks(tx); err != nil {
			return err
		}
		hs, err = listHooks(tx, who.Key, Most)
		return err
	})
	return hs, err
}

// Get returns one hook, and how many deliveries it has of each fate.
func (s *Service) Get(ctx context.Context, who Who, d id.ID) (h Hook, counts map[Fate]int, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := who.looks(tx); err != nil {
			return err
		}
		if h, err = who.load(tx, d); err != nil {
			return err
		}
		counts, err = countDeliveries(tx, d)
		return err
	})
	return h, counts, err
}

// Deliveries returns what became of the deliveries of a hook, of one fate if that is
// not "", the newest first: at most so many, from the first one before the given ID
// if that is not 0.
func (s *Service) Deliveries(ctx context.Context, who Who, hook id.ID, fate Fate, before id.ID, most int) (ds []Delivery, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := who.looks(tx); err != nil {
			return err
		}
		if _, err := who.load(tx, hook); err != nil {
			return err
		}
		ds, err = listDeliveries(tx, hook, fate, before, most)
		return err
	})
	return ds, err
}

// Delivery returns one delivery, with the first bytes of the last answer.
func (s *Service) Delivery(ctx context.Context, who Who, hook, d id.ID) (x Delivery, answer string, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := who.looks(tx); err != nil {
			return err
		}
		if _, err := who.load(tx, hook); err != nil {
			return err
		}
		x, err = loadDelivery(tx, hook, d)
		return err
	})
	if err != nil || len(x.answer) == 0 {
		return x, "", err
	}
	open, err := s.Seal.Open(answerColumn, x.ID, x.answer)
	if err != nil {
		return x, "", err
	}
	return x, open.Plain(), nil
}

// Again has a delivery sent once more, under the same name, whatever became of it
// before. It is a Conflict if it waits, or if nothing is sent to the hook.
func (s *Service) Again(ctx context.Context, who Who, hook, d id.ID) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		if err := who.may(tx); err != nil {
			return err
		}
		h, err := who.load(tx, hook)
		if err != nil {
			return err
		}
		x, err := loadDelivery(tx, hook, d)
		switch {
		case err != nil:
			return err
		case h.State != Active:
			return errs.New(errs.Conflict, "webhook.not_active")
		case x.Fate == Waiting || x.Seq == 0:
			return errs.New(errs.Conflict, "webhook.delivery.waiting")
		}
		x.Fate, x.Tries, x.DueAt, x.EndedAt, x.Fault = Waiting, 0, tx.Now(), noTime, ""
		if err := saveDelivery(tx, x); err != nil {
			return err
		}
		if err := trail.Append(tx, who.Actor, trail.Entry{Noun: "webhook", Record: hook, Act: "again", From: string(h.State), To: string(h.State), Note: x.Number + " " + string(x.Event()), Digest: h.Digest()}); err != nil {
			return err
		}
		return s.wake(tx, hook, tx.Now())
	})
}
