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

// originOf begins the origin of every matter that came in by a connection.
func originOf(connection id.ID) string { return "open311/" + connection.String() }

// cameFrom is the connection by which a matter came in, and its name there; ok is
// false if it was raised here.
func cameFrom(m matters.Matter) (connection id.ID, remote string, ok bool) {
	system, remote, ok := strings.Cut(m.Origin, ":")
	if !ok {
		return 0, "", false
	}
	name, ok := strings.CutPrefix(system, "open311/")
	if !ok {
		return 0, "", false
	}
	connection, err := id.Parse(name)
	return connection, remote, err == nil
}

// Tell is the kind of jobs that tell another system how its request goes on.
const Tell jobs.Kind[Telling] = "exchange.tell"

// A Telling says which line of a matter's story is told where.
type Telling struct {
	Connection id.ID  `json:"connection"`
	Remote     string `json:"remote"`
	Number     string `json:"number"`
	Line       id.ID  `json:"line"`
	Transfer   id.ID  `json:"transfer,omitempty"` // of a matter that went there; 0: of one that came from there
}

// toldOnward are the acts that concern whoever works on a matter elsewhere: what the
// reporter adds, and that it is over, or not over after all.
var toldOnward = []matters.Act{matters.Add, matters.Answer, matters.Withdraw, matters.Join, matters.Decline, matters.Close, matters.Reopen}

// Moved hears what was done to a matter, and has it told where it concerns another
// system: to the one from which the matter came in, if that wants to know, and to the
// one to which it went. Told is what everybody may read.
func (s *Service) Moved(tx *sqldb.Tx, m matters.Matter, line matters.Step) error {
	if !line.Public || !m.VisibleToAll() {
		return nil
	}
	if err := s.tellBack(tx, m, line); err != nil || !slices.Contains(toldOnward, line.Act) {
		return err
	}
	ts, err := wentTo(tx, m.ID)
	if err != nil {
		return err
	}
	for _, t := range ts {
		if t.State == Ended && line.Act != matters.Reopen {
			continue // it is done there
		}
		c, err := loadConnection(tx, t.Connection)
		if err != nil {
			return err
		}
		if !c.Active || !c.Push || strings.HasPrefix(line.Detail, c.mark("")) {
			continue
		}
		if err := jobs.Enqueue(nil, tx, Tell, Telling{c.ID, t.Remote, m.Number, line.ID, t.ID}, jobs.Opts{Queue: Queue, MaxTries: maxTries}); err != nil {
			return err
		}
	}
	return nil
}

// tellBack has a line told to the system from which the matter came in.
func (s *Service) tellBack(tx *sqldb.Tx, m matters.Matter, line matters.Step) error {
	connection, remote, ok := cameFrom(m)
	if !ok {
		return nil
	}
	c, err := loadConnection(tx, connection)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || !c.Active || !c.Tell || strings.HasPrefix(line.Detail, c.mark("")) {
		return err
	}
	return jobs.Enqueue(nil, tx, Tell, Telling{Connection: c.ID, Remote: remote, Number: m.Number, Line: line.ID}, jobs.Opts{Queue: Queue, MaxTries: maxTries})
}

// Tell tells it: it is what a job of the kind [Tell] does. The line is read when it
// is told, so that what was hidden meanwhile stays here. The other system knows the
// line by its ID, and takes it once.
func (s *Service) Tell(ctx context.Context, _ *jobs.Job, p Telling) error {
	var c Connection
	err := s.DB.Read(ctx, func(tx *sqldb.Tx) (err error) {
		c, err = loadConnection(tx, p.Connection)
		return err
	})
	if err != nil || !c.Active || !c.Tell && p.Transfer == 0 {
		return err
	}
	at := p.Line.Time()
	lines, err := s.Matters.PublicSteps(ctx, at.Add(-time.Minute), at.Add(time.Minute), []string{p.Number}, p.Line-1, 1)
	if err != nil || len(lines) == 0 || lines[0].ID != p.Line {
		return err
	}
	line := lines[0]
	v := url.Values{"service_request_id": {p.Remote}, "update_id": {p.Line.String()}, "status": {georeport.Open}, "description": {line.Words},
		"updated_datetime": {string(georeport.Stamp(line.At, i18n.Zone))}}
	over := !matters.OpenAfter(line.Act)
	if over {
		v.Set("status", georeport.Closed)
	}
	if len(line.Photos) > 0 {
		v.Set("media_url", s.Photo(line.Photos[0]))
	}
	if line.Words == "" {
		v.Set("description", i18n.T(i18n.ZH, "matter.did."+string(line.Act)))
	}
	wire, err := s.dial(c)
	if err != nil {
		return err
	}
	err = wire.SendUpdate(ctx, v)
	switch {
	case err == nil && over && p.Transfer != 0:
		return s.endSent(ctx, p.Transfer, "")
	case err == nil && line.Act == matters.Reopen && p.Transfer != 0:
		return s.sendAnew(ctx, p.Transfer)
	}
	var r *georeport.Refused
	if errors.As(err, &r) {
		switch {
		case r.ForGood() && over && p.Transfer != 0: // it takes no updates: who administers sees it
			return s.endSent(ctx, p.Transfer, "transfer.untold")
		case r.ForGood():
			return jobs.Cancel(err)
		case r.After > 0:
			return jobs.Snooze(r.After)
		}
	}
	return err
}

// endSent ends a transfer that is there.
func (s *Service) endSent(ctx context.Context, d id.ID, fault string) error {
	_, err := s.update(ctx, d, func(t *Transfer, now time.Time) {
		if t.State == Sent {
			t.State, t.Fault, t.EndedAt = Ended, fault, now
		}
	})
	return err
}

// sendAnew has the other system asked again about what was done there.
func (s *Service) sendAnew(ctx context.Context, d id.ID) error {
	_, err := s.update(ctx, d, func(t *Transfer, _ time.Time) {
		if t.State == Ended {
			t.State, t.Fault, t.EndedAt = Sent, "", time.Time{}
		}
	})
	return err
}

// Fetch is the kind of jobs that get a photo which another system named.
const Fetch jobs.Kind[Fetching] = "exchange.fetch"

// A Fetching says what is to be got, and to which line of a matter's story it belongs.
type Fetching struct {
	Matter id.ID  `json:"matter"`
	Line   id.ID  `json:"line"`
	URL    string `json:"url"`
}

// fetchTries is how often a photo is asked for.
const fetchTries = 6

// FetchPhoto gets a photo and adds it to its line: it is what a job of the kind
// [Fetch] does.
func (s *Service) FetchPhoto(ctx context.Context, _ *jobs.Job, p Fetching) error {
	f, err := s.Needs.Fetch(ctx, p.URL)
	if err != nil {
		return err
	}
	err = s.Matters.Attach(ctx, scope.Program("exchange"), p.Matter, p.Line, f)
	if errs.KindOf(err) == errs.NotFound {
		return jobs.Cancel(err)
	}
	return err
}
