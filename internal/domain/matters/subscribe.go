// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Subscription is what somebody wants to hear of: a matter, a place or a
// category, as "matter:ID", "place:ID" or "category:CODE".
type Subscription struct {
	ID     id.ID
	Target string
	At     time.Time
}

// A Notice is a line of somebody's page of news.
type Notice struct {
	ID     id.ID
	Card   Card
	Key    string
	Args   []string
	At     time.Time
	ReadAt time.Time
}

// Subscribe lets a signed-in person hear of a target; a second time changes
// nothing.
func (s *Service) Subscribe(ctx context.Context, by scope.Actor, target string) error {
	if by.Account == 0 && by.Resident == 0 {
		return errs.New(errs.Denied, scope.DeniedSignIn)
	}
	if err := s.checkTarget(ctx, by, target); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return insertSubscription(tx, by, target) })
}

func (s *Service) checkTarget(ctx context.Context, by scope.Actor, target string) error {
	kind, rest, _ := strings.Cut(target, ":")
	if kind == "category" {
		if _, ok := s.Catalogue().Get(rest); ok {
			return nil
		}
		return errs.At("target", "matter.category.unknown")
	}
	d, err := id.Parse(rest)
	if err != nil {
		return errs.At("target", "matter.subscribe.target")
	}
	switch kind {
	case "place":
		if _, ok := s.places.Tree().Get(d); ok {
			return nil
		}
	case "matter":
		return s.db.Read(ctx, func(tx *sqldb.Tx) error {
			m, err := s.load(tx, d)
			if err == nil && !s.maySee(tx, by, m) {
				err = errs.New(errs.NotFound, "matter.none")
			}
			return err
		})
	}
	return errs.At("target", "matter.subscribe.target")
}

// Unsubscribe ends one of the actor's own subscriptions.
func (s *Service) Unsubscribe(ctx context.Context, by scope.Actor, target string) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return deleteSubscription(tx, by, target) })
}

// Subscriptions are the actor's own.
func (s *Service) Subscriptions(ctx context.Context, by scope.Actor) (ss []Subscription, err error) {
	if by.Account == 0 && by.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ss, err = subscriptionsOf(tx, by)
		return err
	})
	return ss, err
}

// Notices are the actor's news, newest first.
func (s *Service) Notices(ctx context.Context, by scope.Actor, before id.ID) (ns []Notice, err error) {
	if by.Account == 0 && by.Resident == 0 {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ns, err = s.noticesOf(tx, by, before)
		return err
	})
	return ns, err
}

// ReadNotices marks the actor's news as read.
func (s *Service) ReadNotices(ctx context.Context, by scope.Actor) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return readNotices(tx, by) })
}

// told are the acts of which reporters, supporters and subscribers hear.
var told = map[Act]bool{
	Accept: true, Decline: true, Ask: true, Dispatch: true, Take: true, Handle: true, Extend: true, Suspend: true,
	Resume: true, Close: true, Reopen: true, Join: true, Unjoin: true,
}

// Spread writes the notices of an act that was done: to the reporter, the
// supporters, and the subscribers of the matter, its places and its category who
// may read it. It runs as a job after the act, so that no act waits for it.
func (s *Service) Spread(ctx context.Context, d ID, act Act) (n int, err error) {
	if !told[act] && act != "raise" {
		return 0, nil
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		m, err := s.load(tx, d)
		if err != nil {
			return err
		}
		n, err = s.spread(tx, m, act)
		return err
	})
	return n, err
}

func (s *Service) spread(tx *sqldb.Tx, m Matter, act Act) (int, error) {
	targets := []string{"matter:" + m.ID.String(), "category:" + m.Category}
	for _, p := range m.Path {
		if p != 0 {
			targets = append(targets, "place:"+p.String())
		}
	}
	who, err := subscribers(tx, targets)
	if err != nil {
		return 0, err
	}
	if act != "raise" {
		near, err := concerned(tx, m)
		if err != nil {
			return 0, err
		}
		who = append(near, who...)
	}
	key := "matter.notice." + string(act)
	args, err := json.Marshal([]string{m.Number, m.Title})
	if err != nil {
		return 0, err
	}
	seen := map[reader]bool{}
	for _, r := range who {
		if seen[r] || r.resident != m.Resident && !m.VisibleToAll() && r.account == 0 {
			continue
		}
		seen[r] = true
		if err := insertNotice(tx, r, m.ID, key, string(args)); err != nil {
			return 0, err
		}
	}
	return len(seen), nil
}

// A reader is who gets a notice: a staff account or a resident.
type reader struct{ account, resident id.ID }
