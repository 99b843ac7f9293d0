// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Allowance is how far the program may sort matters of a category by itself 放行.
// Nothing is allowed of a category that has none.
type Allowance struct {
	Percent  int   `json:"percent"`  // it must be so sure of the category
	Promise  int   `json:"promise"`  // of a hundred so many are to be right, or it is taken back
	Accept   bool  `json:"accept"`   // it also accepts what nobody has accepted yet
	Dispatch bool  `json:"dispatch"` // it also sends it to the unit, if it is so sure of that too
	Account  id.ID `json:"account"`  // who allowed it
	Since    int64 `json:"since"`    // when, in Unix milliseconds
}

// Begun is when it was allowed.
func (a Allowance) Begun() time.Time { return time.UnixMilli(a.Since).UTC() }

// A Stopped is an allowance that the program took back itself, because it did not
// keep what was promised.
type Stopped struct {
	Allowance
	At     int64 `json:"at"`
	Right  int   `json:"right"`
	Judged int   `json:"judged"`
}

// When is when it was taken back.
func (s Stopped) When() time.Time { return time.UnixMilli(s.At).UTC() }

// Allowances are all that is allowed. Each version that was in force is kept.
type Allowances struct {
	Version    int                  `json:"-"`
	Sample     int                  `json:"sample"` // every so manieth of what it could sort goes to a person all the same
	Categories map[string]Allowance `json:"categories"`
	Stopped    map[string]Stopped   `json:"stopped,omitempty"`
}

// Bounds of what may be allowed.
const (
	LeastPercent = 50
	MostPercent  = 99
	usualSample  = 20
	maxSample    = 100
	maxNote      = 200
)

func (a Allowances) clone() Allowances {
	a.Categories, a.Stopped = maps.Clone(a.Categories), maps.Clone(a.Stopped)
	if a.Categories == nil {
		a.Categories = map[string]Allowance{}
	}
	if a.Stopped == nil {
		a.Stopped = map[string]Stopped{}
	}
	return a
}

// An Allowed is a version of what is allowed, and why it was settled.
type Allowed struct {
	Allowances
	Note  string // "" where the program took something back
	Actor string
	At    time.Time
}

// Allowances are what is allowed now. Anybody may know.
func (s *Service) Allowances(ctx context.Context) (a Allowances, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		a, err = newestAllowances(tx)
		return err
	})
	return a, err
}

// Versions are the newest versions of what is allowed, at most so many, the newest
// first. Needs administer in the whole town, or audit.
func (s *Service) Versions(ctx context.Context, by scope.Actor, most int) (vs []Allowed, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := mayRead(tx, by); err != nil {
			return err
		}
		vs, err = allowedVersions(tx, most)
		return err
	})
	return vs, err
}

func mayRead(tx *sqldb.Tx, by scope.Actor) error {
	d := by.May(access.Administer, scope.Target{At: tx.Now()})
	if !d.OK && !by.May(access.Audit, scope.Target{At: tx.Now()}).OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// Allow allows the program to sort matters of a category, or takes that back if a is
// nil; sample is how often one goes to a person all the same. It concerns what is
// raised or accepted from now on. It is Conflict if somebody settled something else
// since version. Needs administer in the whole town, and a reason.
func (s *Service) Allow(ctx context.Context, by scope.Actor, category string, a *Allowance, sample, version int, note string) error {
	var faults errs.List
	k, ok := s.matters.Catalogue().Get(category)
	switch {
	case !ok || !k.Active:
		faults.Add("category", "matter.category.unknown")
	case a != nil && k.Stopper != nil && k.Stopper.When == nil:
		faults.Add("category", "routing.allow.stopper")
	}
	if a != nil {
		if a.Percent < LeastPercent || a.Percent > MostPercent {
			faults.Add("percent", "routing.allow.percent", LeastPercent, MostPercent)
		}
		if a.Promise < LeastPercent || a.Promise > MostPercent {
			faults.Add("promise", "routing.allow.percent", LeastPercent, MostPercent)
		}
	}
	if sample < 2 || sample > maxSample {
		faults.Add("sample", "routing.allow.sample", 2, maxSample)
	}
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > maxNote {
		faults.Add("note", "calendar.note", maxNote)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if d := by.May(access.Administer, scope.Target{At: tx.Now()}); !d.OK {
			return errs.New(errs.Denied, d.Key, d.Args...)
		}
		if err := faults.Err(); err != nil {
			return err
		}
		now, err := newestAllowances(tx)
		if err != nil {
			return err
		}
		if now.Version != version {
			return errs.New(errs.Conflict, "routing.allow.changed")
		}
		if len(now.Categories) == 0 { // it has looked at nothing while nothing was allowed
			if err := s.follower.Skip(tx); err != nil {
				return err
			}
		}
		next := now.clone()
		next.Sample = sample
		delete(next.Categories, category)
		delete(next.Stopped, category)
		if a != nil {
			x := *a
			x.Account, x.Since = by.Account, tx.Now().UnixMilli()
			next.Categories[category] = x
		}
		return settle(tx, by, next, note)
	})
}

// settle writes the next version of what is allowed.
func settle(tx *sqldb.Tx, by scope.Actor, next Allowances, note string) error {
	next.Version++
	b, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := insertAllowances(tx, next.Version, string(b), by, note); err != nil {
		return err
	}
	return trail.Append(tx, by, trail.Entry{Noun: "routing_allowance", Record: id.ID(next.Version), Act: "set", Note: note, Digest: allowanceDigest(next.Version, string(b), note)})
}

func allowanceDigest(version int, spec, note string) []byte {
	return trail.Digest("routing_allowance/1", version, spec, note)
}

// What is counted when it is asked whether a promise is kept: the newest of a
// category that persons have judged, or that ended without anybody changing them.
const (
	judgedMost  = 50
	judgedLeast = 20
)

// Broken reports whether so many right ones of those judged break a promise: if more
// were wrong than may be of so many, or, while there are few, of as many as there
// should be.
func Broken(promise, right, judged int) bool {
	return 100*(judged-right) > (100-promise)*max(judged, judgedLeast)
}

// takeBack ends an allowance that does not keep its promise, and tells who gave it.
func (s *Service) takeBack(tx *sqldb.Tx, category string) error {
	now, err := newestAllowances(tx)
	if err != nil {
		return err
	}
	a, ok := now.Categories[category]
	if !ok {
		return nil
	}
	right, judged, err := precision(tx, category, a.Begun())
	if err != nil || !Broken(a.Promise, right, judged) {
		return err
	}
	next := now.clone()
	delete(next.Categories, category)
	next.Stopped[category] = Stopped{Allowance: a, At: tx.Now().UnixMilli(), Right: right, Judged: judged}
	if err := settle(tx, scope.Program(learner), next, ""); err != nil {
		return err
	}
	s.log.Warn("sorts no more without a person", "category", category, "right", right, "judged", judged, "promised", a.Promise)
	return s.tell(tx, a.Account, next.Version+1)
}

// tell promises who allowed something a letter that it was taken back.
func (s *Service) tell(tx *sqldb.Tx, account id.ID, version int) error {
	if !s.letters.Offered() || account == 0 {
		return nil
	}
	boxes, err := s.people.MailboxesOf(tx, people.OwnedByAccount, []id.ID{account})
	if err != nil {
		return err
	}
	for _, some := range boxes {
		for _, box := range some {
			if err := s.letters.Promise(tx, box, false, newsOf(version)); err != nil {
				return err
			}
		}
	}
	return nil
}
