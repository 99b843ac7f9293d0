// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"yuanba/internal/domain/calendars"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/bus"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/seal"
	"yuanba/internal/kit/sqldb"
)

// A Service carries out what people do to matters.
type Service struct {
	db        *sqldb.DB
	places    *places.Service
	orgs      *orgs.Service
	people    *people.Service
	letters   *letters.Service
	calendars *calendars.Service
	seal      *seal.Box
	bus       *bus.Bus
	random    io.Reader
	rules     Rules
	catalogue atomic.Pointer[Catalogue]
	timing    atomic.Pointer[Timing]
	guide     Guide // nil: there are no rules

	known       known       // what was written here lately
	triedLimits triedMemory // what other limits would have made of the last months

	toIndex, toTell, toCount fresh // for the followers of the trail
}

// Rules are what a town sets for its matters. The zero Rules are the defaults.
type Rules struct {
	Prefix       string        // of numbers; default QL
	ReopenFor    time.Duration // how long the reporter may say that it is not solved; default 15 days
	KeepPersonal time.Duration // how long contacts are kept after closing; default 2 years
}

func (r Rules) withDefaults() Rules {
	if r.Prefix == "" {
		r.Prefix = "QL"
	}
	if r.ReopenFor == 0 {
		r.ReopenFor = 15 * 24 * time.Hour
	}
	if r.KeepPersonal == 0 {
		r.KeepPersonal = 2 * 365 * 24 * time.Hour
	}
	return r
}

// Needs are the services below and beside this one.
type Needs struct {
	DB        *sqldb.DB
	Places    *places.Service
	Orgs      *orgs.Service
	People    *people.Service
	Letters   *letters.Service // nil: nobody is written to
	Calendars *calendars.Service
	Seal      *seal.Box
	Bus       *bus.Bus
	Random    io.Reader // where query codes and links come from: crypto/rand.Reader, but for a simulation
	Rules     Rules
	Catalogue *Catalogue // until LoadCatalogue; nil is an empty one
}

// New returns the service. The categories are those in the database; see
// LoadCatalogue, which must be called once before anything is raised.
func New(n Needs) *Service {
	s := &Service{db: n.DB, places: n.Places, orgs: n.Orgs, people: n.People, letters: n.Letters, calendars: n.Calendars, seal: n.Seal, bus: n.Bus, random: n.Random, rules: n.Rules.withDefaults()}
	s.catalogue.Store(&Catalogue{})
	usual := UsualTiming()
	s.timing.Store(&usual)
	if n.Catalogue != nil {
		s.catalogue.Store(n.Catalogue)
	}
	return s
}

// secret fills b with chance.
func (s *Service) secret(b []byte) error {
	if s.random == nil {
		return errors.New("matters was given no source of chance: set Needs.Random")
	}
	_, err := io.ReadFull(s.random, b)
	return err
}

// Rules are the town's rules in force.
func (s *Service) Rules() Rules { return s.rules }

// Catalogue is the town's categories as they stand now.
func (s *Service) Catalogue() *Catalogue { return s.catalogue.Load() }

func (s *Service) city() id.ID {
	city, _ := s.places.Tree().City() // 0 before the town has places
	return city.ID
}

// An edit is what one act does to a matter beside its change of state: the pure
// rule of the act. It returns the line for the story. Where the table leaves a
// choice of the state that follows, the edit sets it.
type edit func(tx *sqldb.Tx, m *Matter) (Step, error)

// change is the one door through which a matter changes. It loads the matter,
// asks the table of moves and the permission, runs the act's own rule, sets whose
// turn it is and until when, saves under the guard of the version, and writes the
// story and the trail, all in one transaction. The guard excludes others from this
// matter; an act whose rule looks at another one, such as Join, writes a line in
// the story of that one too, and so excludes them there.
//
// What is remembered of the matter is tried first, without asking the database
// whether it is still so: if the guard finds it so, it was. Nobody is refused by
// what is remembered alone.
//
// It is NotFound if there is no such matter for this actor, Conflict if the act
// is not possible in its state (somebody else was quicker), Denied if it is not
// this actor's to do.
func (s *Service) change(ctx context.Context, by scope.Actor, d ID, act Act, rule edit, files ...NewFile) error {
	if s.known.get(d) != nil {
		err := s.db.WriteGuarded(ctx, func(tx *sqldb.Tx) error {
			m := s.known.get(d)
			if m == nil {
				return errs.New(errs.Conflict, "record.changed")
			}
			_, err := s.changeOf(tx, by, *m, act, rule, files...)
			return err
		})
		if k := errs.KindOf(err); err == nil || k == errs.Busy || k == errs.Full {
			return err
		}
	}
	return s.db.WriteGuarded(ctx, func(tx *sqldb.Tx) error {
		_, err := s.changeIn(tx, by, d, act, rule, files...)
		return err
	})
}

// changeIn is change inside a transaction that does more.
func (s *Service) changeIn(tx *sqldb.Tx, by scope.Actor, d ID, act Act, rule edit, files ...NewFile) (Matter, error) {
	m, err := s.load(tx, d)
	if err != nil {
		return m, err
	}
	return s.changeOf(tx, by, m, act, rule, files...)
}

// changeOf is change of a matter that was read, perhaps a while ago.
func (s *Service) changeOf(tx *sqldb.Tx, by scope.Actor, m Matter, act Act, rule edit, files ...NewFile) (Matter, error) {
	if !s.maySee(tx, by, m) {
		return m, errs.New(errs.NotFound, "matter.none")
	}
	if err := expected(tx, m); err != nil {
		return m, err
	}
	m, err := s.move(tx, by, m, act, rule, files...)
	if err == nil && act == Classify {
		m, err = s.dispatchAtOnce(tx, m)
	}
	return m, err
}

// move is changeOf for who may see the matter, as it stands.
func (s *Service) move(tx *sqldb.Tx, by scope.Actor, m Matter, act Act, rule edit, files ...NewFile) (Matter, error) {
	mv, err := Flow.Find(m.State, act)
	if err != nil {
		return m, s.tooLate(tx, by, m, act)
	}
	behalf, err := s.allow(by, m, mv.Need, act, tx.Now())
	if err != nil {
		return m, err
	}
	if err := s.hindrance(tx, by, m, act); err != nil {
		return m, err
	}
	before := m
	step, err := rule(tx, &m)
	if err != nil {
		return m, err
	}
	if m.State, err = Flow.Lead(before.State, act, m.State); err != nil {
		return m, err
	}
	s.turnTo(&m, before.State, tx.Now())
	for _, e := range m.ended {
		e.ID = tx.NewID()
		m.add(e)
	}
	m.ended = nil
	return m, s.record(tx, by, &m, act, before, behalf, step, files, save)
}

// record writes a matter in the given way, with the story's line and the trail's
// for an act that was done; before is the matter as it was.
func (s *Service) record(tx *sqldb.Tx, by scope.Actor, m *Matter, act Act, before Matter, behalf string, step Step, files []NewFile, write func(*sqldb.Tx, *Matter) error) error {
	step.ID, step.Matter, step.At, step.Act = tx.NewID(), m.ID, tx.Now(), act
	step.Account, step.Actor, step.Unit, step.Behalf = by.Account, by.Name, by.Unit, behalf != ""
	step.was = wasBefore(before.Standing(), m.Standing())
	if by.Kind == scope.Resident || by.Kind == scope.Anonymous {
		step.Actor = "" // the story says the reporter, a neighbour: not even the mask of a name
		if act == UnsupportAct {
			step.Account = 0 // nor who it was
		}
	}
	m.add(step)
	m.addFiles(tx, step.ID, step.Public && !step.confidential, files)
	if err := s.keep(tx, by, m, write, trail.Entry{Act: string(act), From: string(before.State), For: behalf}); err != nil {
		return err
	}
	return bus.Tell(s.bus, tx, by, Moved{Matter: *m, Act: act, From: before.State, Step: step})
}

// allow decides whether the actor may do what the move needs, and on whose
// behalf it is done. Beyond the posts of the actor it holds that only who
// accepted a matter closes it, or somebody who covers or commands.
func (s *Service) allow(by scope.Actor, m Matter, need scope.Need, act Act, now time.Time) (behalf string, err error) {
	if need == byReporter {
		if isReporter(by, m) {
			return "", nil
		}
		d := by.May("raise_for", m.Target("raise_for", now))
		if !d.OK {
			return "", errs.New(errs.Denied, "matter.not_reporter")
		}
		return "reporter", nil
	}
	d := by.May(need, m.Target(need, now))
	if !d.OK {
		return "", errs.New(errs.Denied, d.Key, d.Args...)
	}
	if act == Close && m.Acceptor != 0 && m.Acceptor != by.Account && by.Kind != scope.System &&
		d.Grant.Covering == "" && !by.May("supervise", m.Target("supervise", now)).OK {
		return "", errs.New(errs.Denied, "matter.close.acceptor")
	}
	return "", nil
}

// isReporter reports whether the actor is the one who raised the matter: signed
// in as its resident, or holding the code on its slip, which is that of the
// matter's parts too.
func isReporter(by scope.Actor, m Matter) bool {
	return by.Resident != 0 && by.Resident == m.Resident ||
		m.ForgottenAt.IsZero() && (slices.Contains(by.Slips, m.ID) || m.SplitFrom != 0 && slices.Contains(by.Slips, m.SplitFrom))
}

// tooLate says why an act is not possible now: what was done last, and by whom,
// if the actor may know.
func (s *Service) tooLate(tx *sqldb.Tx, by scope.Actor, m Matter, act Act) error {
	if act == Unsplit {
		return errs.New(errs.Conflict, "matter.unsplit.late")
	}
	last, err := lastStep(tx, m.ID)
	if err != nil {
		return err
	}
	state := i18n.Key("matter.state." + string(m.State))
	if last.ID == 0 || s.view(tx, by, m) != Inside {
		return errs.New(errs.Conflict, "matter.move", i18n.Key("matter.act."+string(act)), state)
	}
	var who any = last.Actor
	if last.Actor == "" {
		who = i18n.Key("matter.turn.reporter")
	}
	return errs.New(errs.Conflict, "matter.move.after", i18n.Key("matter.act."+string(act)), who, i18n.Key("matter.act."+string(last.Act)), state)
}
