// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const (
	overlap   = 15 * time.Minute // asked about again, since clocks differ
	atOnce    = 50               // requests asked about in one question
	maxRounds = 20               // questions in one turn
)

// Exchange asks every other system what happened there. One that does not answer
// keeps nobody from asking the others; why it did not is kept with its connection.
func (s *Service) Exchange(ctx context.Context) error {
	cs, err := s.ListConnections(ctx, scope.Program("exchange"))
	if err != nil {
		return err
	}
	for _, c := range cs {
		if !c.Active {
			continue
		}
		began := s.DB.Now()
		err := s.turn(ctx, &c, began)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.AskedAt, c.Fault = began, ""
		if err != nil {
			c.Fault = faultOf(err)
			s.Log.WarnContext(ctx, "exchange", "connection", c.ID.String(), "err", err)
		}
		if err := s.DB.Write(ctx, func(tx *sqldb.Tx) error { return saveProgress(tx, c) }); err != nil {
			return err
		}
	}
	return nil
}

// turn asks one system.
func (s *Service) turn(ctx context.Context, c *Connection, now time.Time) error {
	wire, err := s.dial(*c)
	if err != nil {
		return err
	}
	if c.Push {
		told, err := s.updates(ctx, wire, c, now)
		if err == nil {
			err = s.statuses(ctx, wire, *c, told)
		}
		if err != nil {
			return err
		}
	}
	if c.Pull {
		return s.requests(ctx, wire, c, now)
	}
	return nil
}

// updates takes in what happened there to what was sent there. told is false if the
// other system does not tell such things.
func (s *Service) updates(ctx context.Context, wire *georeport.Client, c *Connection, now time.Time) (told bool, err error) {
	from := c.ToldUntil.Add(-overlap)
	if oldest := now.Add(-georeport.Span + time.Hour); from.Before(oldest) {
		from = oldest
	}
	us, err := wire.Updates(ctx, from, now.Add(time.Minute))
	var r *georeport.Refused
	if errors.As(err, &r) && (r.Missing() || r.Status == 400) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	until := now
	for i, u := range us {
		t, err := s.byRemote(ctx, c.ID, u.RequestID.Text())
		if err != nil {
			return false, err
		}
		if t.State != Sent {
			continue
		}
		name := u.ID.Text()
		if name == "" {
			name = u.Updated.Text() + " " + u.RequestID.Text()
		}
		ended, _ := georeport.Ended(u.Status.Text())
		if err := s.take(ctx, *c, t, said{name, u.Words.Text(), u.MediaURL.Text(), ended}); err != nil {
			return false, err
		}
		if at, ok := georeport.ParseStamp(u.Updated.Text()); ok && i == georeport.MostAnswers-1 {
			until = at // there may be more
		}
	}
	c.ToldUntil = until
	return true, nil
}

func (s *Service) byRemote(ctx context.Context, connection id.ID, remote string) (t Transfer, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		t, err = byRemote(tx, connection, remote)
		return err
	})
	return t, err
}

// said is what another system says of a request.
type said struct {
	name  string // by which it is taken once
	words string
	photo string // its address; "" if there is none
	done  bool
}

// take writes into the matter's story what was said there; what is done is the unit's
// result. What the matter cannot take as it stands is left out.
func (s *Service) take(ctx context.Context, c Connection, t Transfer, x said) error {
	words := x.words
	if words == "" {
		words = i18n.T(i18n.ZH, "transfer.state.open")
		if x.done {
			words = i18n.T(i18n.ZH, "transfer.state.closed")
		}
	}
	words = i18n.T(i18n.ZH, "transfer.said", c.Name, words)
	if r := []rune(words); len(r) > matters.MaxWords {
		words = string(r[:matters.MaxWords-1]) + "…"
	}
	err := s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		line, fresh, err := s.Matters.TakeReportIn(tx, c.actor(), t.Number, matters.Report{Mark: c.mark(x.name), Words: words, Done: x.done})
		if err != nil || !fresh || x.photo == "" {
			return err
		}
		return jobs.Enqueue(nil, tx, Fetch, Fetching{t.Matter, line, x.photo}, jobs.Opts{Queue: Queue, MaxTries: fetchTries})
	})
	switch errs.KindOf(err) {
	case errs.Conflict, errs.NotFound, errs.Invalid:
		s.Log.InfoContext(ctx, "exchange: left out", "matter", t.Number, "err", err)
	default:
		if err != nil {
			return err
		}
	}
	if !x.done {
		return nil
	}
	if err != nil {
		w, err := s.Matters.Get(ctx, scope.Program("exchange"), t.Number)
		if err != nil {
			return err
		}
		if w.Matter.Lead == c.Unit && (w.Matter.State == matters.Suspended || w.Matter.State == matters.AskedHandler) {
			return nil // it is the unit's result as soon as the matter goes on
		}
	}
	return s.end(ctx, t, Ended, "")
}

// statuses asks how those stand that were sent and not ended there; told is whether
// their updates were heard already. It also asks for the names of those that have a
// token alone.
func (s *Service) statuses(ctx context.Context, wire *georeport.Client, c Connection, told bool) error {
	after := id.ID(0)
	for range maxRounds {
		var ts []Transfer
		if err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
			ts, err = sentTransfers(tx, c.ID, after, atOnce)
			return err
		}); err != nil || len(ts) == 0 {
			return err
		}
		after = ts[len(ts)-1].ID
		var names []string
		for i, t := range ts {
			if t.Remote == "" && t.Token != "" {
				remote, err := wire.ByToken(ctx, t.Token)
				var r *georeport.Refused
				if err != nil && !(errors.As(err, &r) && r.Missing()) {
					return err
				}
				if remote == "" {
					continue
				}
				if ts[i], err = s.update(ctx, t.ID, func(t *Transfer, _ time.Time) { t.Remote = remote }); err != nil {
					return err
				}
				if err := s.tell(ctx, c, ts[i]); err != nil {
					return err
				}
			}
			names = append(names, ts[i].Remote)
		}
		if len(names) == 0 {
			continue
		}
		list, err := wire.Requests(ctx, url.Values{"service_request_id": {strings.Join(names, ",")}})
		if err != nil {
			return err
		}
		for _, r := range list {
			i := slices.IndexFunc(ts, func(t Transfer) bool { return t.Remote == r.ID.Text() })
			if i < 0 || r.ID.Text() == "" {
				continue
			}
			if err := s.heard(ctx, c, ts[i], r, told); err != nil {
				return err
			}
		}
	}
	return nil
}

// heard takes in how one stands there.
func (s *Service) heard(ctx context.Context, c Connection, t Transfer, r georeport.Request, told bool) error {
	heard := r.Status.Text() + " " + r.Updated.Text() + " " + r.StatusNotes.Text()
	done, _ := georeport.Ended(r.Status.Text())
	if heard == t.Heard && !done {
		return nil
	}
	if done || !told && t.Heard != "" {
		if err := s.take(ctx, c, t, said{name: r.Status.Text() + " " + r.Updated.Text(), words: r.StatusNotes.Text(), done: done}); err != nil {
			return err
		}
	}
	_, err := s.update(ctx, t.ID, func(t *Transfer, _ time.Time) { t.Heard = heard })
	return err
}

// requests takes in what was asked for there: once each, and not what was sent
// there from here.
func (s *Service) requests(ctx context.Context, wire *georeport.Client, c *Connection, now time.Time) error {
	from, to := c.PulledUntil.Add(-overlap), now.Add(time.Minute)
	if oldest := now.Add(-georeport.Span + time.Hour); from.Before(oldest) {
		from = oldest
	}
	for range maxRounds {
		list, err := wire.Requests(ctx, url.Values{"start_date": {string(georeport.Stamp(from, time.UTC))}, "end_date": {string(georeport.Stamp(to, time.UTC))}})
		if err != nil {
			return err
		}
		oldest, err := s.takeIn(ctx, *c, list)
		if err != nil {
			return err
		}
		if len(list) < georeport.MostAnswers || oldest.IsZero() || !oldest.Before(to) {
			break
		}
		to = oldest.Add(time.Second)
	}
	c.PulledUntil = now
	return nil
}

// opened reports whether something is left to be done about a request.
func opened(r georeport.Request) bool {
	ended, ok := georeport.Ended(r.Status.Text())
	return ok && !ended
}

// takeIn takes in requests as matters, and returns when the oldest was made.
func (s *Service) takeIn(ctx context.Context, c Connection, list []georeport.Request) (oldest time.Time, err error) {
	var fresh []matters.Foreign
	for i, r := range list {
		if at, ok := georeport.ParseStamp(r.Requested.Text()); ok && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
		ours, err := s.byRemote(ctx, c.ID, r.ID.Text())
		if err != nil {
			return oldest, err
		}
		if ours.ID != 0 || !opened(r) {
			continue
		}
		f, err := matters.ForeignRequest(r, originOf(c.ID), i+1)
		if err != nil {
			s.Log.WarnContext(ctx, "exchange: not taken in", "connection", c.ID.String(), "err", err)
			continue
		}
		fresh = append(fresh, f)
	}
	if len(fresh) == 0 {
		return oldest, nil
	}
	taken, err := s.Matters.TakeForeign(ctx, c.actor(), fresh, false)
	for _, f := range taken.Faults {
		s.Log.WarnContext(ctx, "exchange: not taken in", "connection", c.ID.String(), "err", f.Err)
	}
	return oldest, err
}
