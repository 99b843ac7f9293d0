// SPDX-License-Identifier: Apache-2.0

package exchange

import (
	"context"
	"log/slog"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/georeport"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/jobs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// Needs are the services below and beside this one.
type Needs struct {
	DB      *sqldb.DB
	Orgs    *orgs.Service
	Places  *places.Service
	Matters *matters.Service
	Seal    *seal.Box
	Log     *slog.Logger
	// Dial makes what asks another system, guarded against being led inside.
	Dial func(endpoint, jurisdiction, key string) *georeport.Client
	// Fetch gets a photo that another system names, guarded likewise, and keeps it
	// without what tells who made it. What will never succeed is an error of
	// [jobs.Cancel].
	Fetch func(ctx context.Context, address string) (matters.NewFile, error)
	// Photo is the address of a photo that everybody may see, for another system to
	// fetch it within a day.
	Photo func(f matters.File) string
}

// A Service exchanges matters with other systems. It is safe for several goroutines.
type Service struct{ Needs }

// New returns the service.
func New(n Needs) *Service {
	if n.Log == nil {
		n.Log = slog.Default()
	}
	return &Service{n}
}

var secretColumn = seal.Column{Table: "exchange_connection", Name: "secret"}

func administers(tx *sqldb.Tx, by scope.Actor) error {
	if d := by.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// looks refuses unless the actor administers or audits.
func looks(tx *sqldb.Tx, by scope.Actor) error {
	if d := by.May(access.Audit, scope.Target{At: tx.Now()}); d.OK {
		return nil
	}
	return administers(tx, by)
}

// Connect makes a connection. The actor must administer the city. It is Invalid
// beside name, endpoint, jurisdiction, unit, ways or services. What is asked for
// there comes in from now on.
func (s *Service) Connect(ctx context.Context, by scope.Actor, in Connecting) (c Connection, err error) {
	err = s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		c = Connection{ID: tx.NewID(), CreatedAt: tx.Now(), ToldUntil: tx.Now(), PulledUntil: tx.Now(), Version: 1}
		if err := s.settle(tx, by, &c, in); err != nil {
			return err
		}
		if err := insertConnection(tx, c); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "connection", Record: c.ID, Act: "connect", To: c.state(), Note: c.Name, Digest: c.Digest()})
	})
	return c, err
}

// Edit changes a connection, or takes it out of use. It fails as Connect does, and
// is Conflict if somebody else changed it meanwhile.
func (s *Service) Edit(ctx context.Context, by scope.Actor, d id.ID, in Connecting) error {
	return s.DB.Write(ctx, func(tx *sqldb.Tx) error {
		c, err := loadConnection(tx, d)
		if err != nil {
			return err
		}
		from := c.state()
		c.Version = in.Version
		if err := s.settle(tx, by, &c, in); err != nil {
			return err
		}
		if err := saveConnection(tx, c); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "connection", Record: c.ID, Act: "edit", From: from, To: c.state(), Note: c.Name, Digest: c.Digest()})
	})
}

func (c Connection) state() string {
	if c.Active {
		return "active"
	}
	return "inactive"
}

// settle puts what an administrator settled into the connection.
func (s *Service) settle(tx *sqldb.Tx, by scope.Actor, c *Connection, in Connecting) error {
	if err := administers(tx, by); err != nil {
		return err
	}
	l := in.check(func(category string) bool { _, ok := s.Matters.Catalogue().Get(category); return ok })
	if u, ok := s.Orgs.Directory().Unit(in.Unit); !ok || !u.Active {
		l.Add("unit", "unit.none")
	}
	if err := l.Err(); err != nil {
		return err
	}
	c.Name, c.Endpoint, c.Jurisdiction, c.Unit, c.Push, c.Pull, c.Tell, c.Services, c.Active = in.Name, in.Endpoint, in.Jurisdiction, in.Unit, in.Push, in.Pull, in.Tell, in.Services, in.Active
	switch {
	case in.Key != "":
		sealed, err := s.Seal.Seal(secretColumn, c.ID, seal.NewText(in.Key))
		if err != nil {
			return err
		}
		c.secret = sealed
	case in.DropKey:
		c.secret = nil
	}
	return nil
}

// mostConnections is how many connections a page lists and a turn asks: a town has
// a handful.
const mostConnections = 200

// ListConnections returns the connections. The actor must administer or audit.
func (s *Service) ListConnections(ctx context.Context, by scope.Actor) (cs []Connection, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := looks(tx, by); err != nil {
			return err
		}
		cs, err = listConnections(tx, mostConnections)
		return err
	})
	return cs, err
}

// Connection returns one with its newest transfers. The actor must administer or
// audit.
func (s *Service) Connection(ctx context.Context, by scope.Actor, d id.ID, most int) (c Connection, ts []Transfer, err error) {
	err = s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := looks(tx, by); err != nil {
			return err
		}
		if c, err = loadConnection(tx, d); err != nil {
			return err
		}
		ts, err = listTransfers(tx, d, most)
		return err
	})
	return c, ts, err
}

// Offered asks the other system which services it has. The actor must administer.
// It is Busy, with the reason, if it does not answer.
func (s *Service) Offered(ctx context.Context, by scope.Actor, d id.ID) (list []georeport.Service, err error) {
	var c Connection
	if err := s.DB.Read(ctx, func(tx *sqldb.Tx) error {
		if err := administers(tx, by); err != nil {
			return err
		}
		c, err = loadConnection(tx, d)
		return err
	}); err != nil {
		return nil, err
	}
	w, err := s.dial(c)
	if err != nil {
		return nil, err
	}
	if list, err = w.Services(ctx); err != nil {
		return nil, &errs.Error{Kind: errs.Busy, Key: "connection.silent", Args: []any{faultOf(err)}, Err: err}
	}
	return list, nil
}

// dial is what asks the other system.
func (s *Service) dial(c Connection) (*georeport.Client, error) {
	key := ""
	if c.HasKey() {
		open, err := s.Seal.Open(secretColumn, c.ID, c.secret)
		if err != nil {
			return nil, err
		}
		key = open.Plain()
	}
	return s.Dial(c.Endpoint, c.Jurisdiction, key), nil
}

// actor is who does here what the other system did.
func (c Connection) actor() scope.Actor {
	return scope.Actor{Kind: scope.System, Name: c.Name, Unit: c.Unit}
}

// maxFault bounds what is kept of an error, in bytes.
const maxFault = 300

// faultOf is an error as an administrator reads it.
func faultOf(err error) string {
	text := []rune(err.Error())
	if len(text) > maxFault {
		text = append(text[:maxFault-1], '…')
	}
	return string(text)
}

// Queue is where the jobs of this package wait, apart from others: another system
// may be slow.
const Queue = "exchange"

// Push is the kind of jobs that send a matter.
const Push jobs.Kind[Pushing] = "exchange.push"

// A Pushing says which transfer is to be sent.
type Pushing struct {
	Transfer id.ID `json:"transfer"`
}

// maxTries is how often a transfer is tried before it is given up: with the pauses
// of package jobs, for about two days.
const maxTries = 16

func enqueue(tx *sqldb.Tx, t Transfer) error {
	return jobs.Enqueue(nil, tx, Push, Pushing{t.ID}, jobs.Opts{Queue: Queue, Unique: "transfer:" + t.ID.String(), MaxTries: maxTries})
}
