// SPDX-License-Identifier: Apache-2.0

// Package sim makes a year of a town: a seeded, deterministic simulation of the
// cast, of generated residents, grid workers and clerks, who act through the same
// use cases as the pages do, in virtual time.
//
// The same seed and end make the same town. It is the demonstration, the load
// under the tests of invariants, and the proof that the whole can be played
// without a clock on the wall.
package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/questions"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
	"yuanba/internal/sim/texts"
)

// Solved is how many matters raised through the village platform are solved in
// the year: the figure of the newspaper article of May 2020.
const Solved = 5432

// A Clock is the simulation's time.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock returns a clock that shows t.
func NewClock(t time.Time) *Clock { return &Clock{t: t} }

// Now is the time the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *Clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// A Town is the services through which the simulation acts.
type Town struct {
	DB         *sqldb.DB
	Places     *places.Service
	Orgs       *orgs.Service
	Access     *access.Service
	People     *people.Service
	Matters    *matters.Service
	Questions  *questions.Service  // nil: nobody asks
	Desk       *desk.Service       // nil: nobody books, and nobody is visited at home
	Affairs    *affairs.Service    // nil: the villages say nothing
	Patrol     *patrol.Service     // nil: nobody walks rounds
	Field      *field.Service      // nil: nobody has a phone in the field
	Blobs      *blob.Keeper        // nil: there are no pictures and papers
	Routing    *routing.Service    // nil: there are no rules of dispatch
	Volunteers *volunteers.Service // nil: nobody volunteers
	Calendar   *when.Calendar
	Clock      *Clock // the clock of DB
}

// A Plan says what is to be simulated. The zero Plan but for End is the
// demonstration.
type Plan struct {
	Seed     uint64
	End      time.Time // the last moment; the year before it passes
	Solved   int       // matters of the village platform that are solved; default [Solved]
	Others   int       // matters that came in otherwise or went otherwise; default 900
	Whole    bool      // everything that the article counts in a year, not only its last weeks: takes minutes
	Open     int       // matters still under way at the end; default 420
	Asked    int       // questions of the year; default a fortieth of [Asked], or all of them
	Rounds   int       // for how many days before the end rounds are walked; default some days, or with Whole the year
	Bookings int       // at the counters of one street; default some of them, or with Whole [WholeBookings]
	Progress func(done, total int)
}

func (p Plan) withDefaults() Plan {
	if p.Solved == 0 {
		p.Solved = Solved
	}
	if p.Others == 0 {
		p.Others = 900
	}
	if p.Open == 0 {
		p.Open = 420
	}
	switch {
	case p.Asked > 0:
	case p.Whole:
		p.Asked = Asked
	default:
		p.Asked = Asked / 40
	}
	if p.Rounds == 0 {
		p.Rounds = someRounds
		if p.Whole {
			p.Rounds = WholeRounds
		}
	}
	if p.Bookings == 0 {
		p.Bookings = someBookings
		if p.Whole {
			p.Bookings = WholeBookings
		}
	}
	if p.Progress == nil {
		p.Progress = func(int, int) {}
	}
	return p
}

// IDs returns a source of IDs whose chance follows the seed.
func IDs(seed uint64) *id.Source {
	rnd := rand.New(rand.NewPCG(seed, 0x1d5))
	return id.NewSource(rnd.Uint32)
}

// Chance returns a source of secrets that follows the seed: for a demonstration,
// whose secrets guard nothing.
func Chance(seed uint64) io.Reader {
	var s [32]byte
	binary.BigEndian.PutUint64(s[:], seed)
	return rand.NewChaCha8(s)
}

// Make plays the year on an empty town. The database's clock must be the town's
// Clock.
func Make(ctx context.Context, t Town, plan Plan) error {
	s := &simulation{Town: t, plan: plan.withDefaults(), ctx: ctx, rnd: rand.New(rand.NewPCG(plan.Seed, 0x5eed))}
	s.start, s.writer = s.plan.End.AddDate(-1, 0, 0), texts.NewWriter(s.rnd)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"places", s.layOut}, {"outlines", s.outline}, {"organisation", s.found}, {"people", s.settle}, {"templates", s.prepare}, {"rules", s.rule}, {"questions", s.askAll}, {"proxies", s.actForChen}, {"villages", s.sayIn}, {"rounds", s.patrols}, {"counters", s.serve}, {"volunteers", s.help}, {"year", s.year}, {"field", s.goOut},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("simulate %s: %w", step.name, err)
		}
	}
	return nil
}

// Found lays out the places, the organisation and the cast, without residents and
// without a year: the beginning of every test. Acts happen at the database's own
// clock.
func Found(ctx context.Context, t Town) error {
	t.Clock = NewClock(t.DB.Now())
	s := &simulation{Town: t, plan: Plan{Seed: 1}.withDefaults(), ctx: ctx, rnd: rand.New(rand.NewPCG(1, 1)), start: t.DB.Now()}
	if err := s.layOut(); err != nil {
		return err
	}
	return s.found()
}

// simulation is Make at work.
type simulation struct {
	Town
	plan  Plan
	ctx   context.Context //nolint:containedctx // one call of Make
	rnd   *rand.Rand
	start time.Time

	staff     map[id.ID][]scope.Actor // by unit
	cast      map[string]scope.Actor
	residents []scope.Actor
	homes     []scope.Path // where each of them lives
	villages  []places.Place
	events    events
	writer    *texts.Writer
	done      int
	total     int

	registered int
}

// founder is who sets the town up, before there are accounts.
var founder = scope.Program("founding")

// chance reports true with probability p.
func (s *simulation) chance(p float64) bool { return s.rnd.Float64() < p }

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }
