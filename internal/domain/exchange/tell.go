// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
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
}

// Moved hears what was done to a matter: if it came in from another system that
// wants to know, and everybody may read what was done, it is told there.
func (s *Service) Moved(tx *sqldb.Tx, m matters.Matter, line matters.Step) error {
	connection, remote, ok := cameFrom(m)
	if !ok || !line.Public || !m.VisibleToAll() {
		return nil
	}
	c, err := loadConnection(tx, connection)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil || !c.Active || !c.Tell || strings.HasPrefix(line.Detail, c.mark("")) {
		return err
	}
	return jobs.Enqueue(nil, tx, Tell, Telling{c.ID, remote, m.Number, line.ID}, jobs.Opts{Queue: Queue, MaxTries: maxTries})
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
	if err != nil || !c.Active || !c.Tell {
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
	if !matters.OpenAfter(line.Act) {
		v.Set("status", georeport.Closed)
	}
	if line.Words == "" {
		v.Set("description", i18n.T(i18n.ZH, "matter.did."+string(line.Act)))
	}
	wire, err := s.dial(c)
	if err != nil {
		return err
	}
	err = wire.SendUpdate(ctx, v)
	var r *georeport.Refused
	if errors.As(err, &r) {
		switch {
		case r.ForGood():
			return jobs.Cancel(err)
		case r.After > 0:
			return jobs.Snooze(r.After)
		}
	}
	return err
}
