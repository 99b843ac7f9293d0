// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"context"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Service keeps the hot issues of a town.
type Service struct {
	db      *sqldb.DB
	matters *matters.Service
	places  *places.Service
}

// Needs are the services below this one.
type Needs struct {
	DB      *sqldb.DB
	Matters *matters.Service
	Places  *places.Service
}

// New returns the service.
func New(n Needs) *Service { return &Service{db: n.DB, matters: n.Matters, places: n.Places} }

// A Kept is an issue as it was last counted.
type Kept struct {
	ID         id.ID
	Path       scope.Path // the smallest place that all members lie in
	Category   string     // of most members
	Name       string     // from public members alone, "" if there are none
	Heat       Heat
	OpenHeat   Heat // of what everybody may read
	From, To   time.Time
	CountedAt  time.Time
	ProposedAt time.Time // zero: not proposed as a topic
	ProposedBy string
	Proposed   string
	Version    int
}

// A Member is a matter of an issue.
type Member struct {
	Matter id.ID
	Score  float64
	ByHand bool
}

// A Filter narrows a list of issues.
type Filter struct {
	Place    scope.Scope
	Proposed bool
	Most     int // 50 if 0, never more than 100
}

// List returns the issues of the actor's places, the hottest first: to those at
// work there with all their members, to everybody else those that at least two
// people made public, with the heat of what is public.
func (s *Service) List(ctx context.Context, by scope.Actor, f Filter) (ks []Kept, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		ks, err = list(tx, s.sight(by, tx.Now()), f, s.city())
		return err
	})
	return ks, err
}

// Get returns an issue with its members, as far as the actor may see it. It is
// NotFound if there is none, or none for them.
func (s *Service) Get(ctx context.Context, by scope.Actor, d id.ID) (k Kept, members []Member, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if k, err = s.see(tx, by, d); err != nil {
			return err
		}
		members, err = membersOf(tx, d)
		return err
	})
	return k, members, err
}

// see is an issue that the actor may see: in full, or what everybody may.
func (s *Service) see(tx *sqldb.Tx, by scope.Actor, d id.ID) (Kept, error) {
	k, err := load(tx, d, s.city())
	if err != nil {
		return k, err
	}
	if s.Inside(by, k, tx.Now()) {
		return k, nil
	}
	if k.OpenHeat.Total == 0 {
		return k, errs.New(errs.NotFound, "hot.none")
	}
	return k, nil
}

// Inside reports whether the actor sees what is private of the issue.
func (s *Service) Inside(by scope.Actor, k Kept, now time.Time) bool {
	ps := s.sight(by, now)
	return ps.Whole() || ps.Scopes().Contains(k.Path)
}

// sight is where the actor sees whole issues. A post for some categories only sees
// what everybody does: an issue may hold others.
func (s *Service) sight(by scope.Actor, now time.Time) scope.Parts {
	var out scope.Parts
	for _, p := range append(by.Parts("see", now), by.Parts("audit", now)...) {
		if len(p.Categories) == 0 {
			out = append(out, p)
		}
	}
	return out
}

func (s *Service) city() id.ID {
	city, _ := s.places.Tree().City() // 0 before the town has places
	return city.ID
}

// May reports whether the actor may do an act to the issue: merging and splitting
// need intake where all of it lies, proposing needs command.
func (s *Service) May(by scope.Actor, k Kept, act string, now time.Time) bool {
	return by.May(needs[act], scope.Target{Path: k.Path, At: now}).OK
}

// The acts, and what each needs.
var needs = map[string]scope.Need{"merge": "intake", "split": "intake", "propose": "command", "recall": "command"}

const (
	shortest = 4
	longest  = 500
)

// change is what every act on an issue goes through.
func (s *Service) change(ctx context.Context, by scope.Actor, d id.ID, act string, do func(tx *sqldb.Tx, k *Kept) (note string, err error)) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		k, err := s.see(tx, by, d)
		if err != nil {
			return err
		}
		if dec := by.May(needs[act], scope.Target{Path: k.Path, At: tx.Now()}); !dec.OK {
			return errs.New(errs.Denied, dec.Key, dec.Args...)
		}
		note, err := do(tx, &k)
		if err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "hot_issue", Record: d, Act: act, Note: note})
	})
}

// Merge makes one issue of two: the members of other come to d, and no counting
// takes any of them away again. Needs intake where both lie.
func (s *Service) Merge(ctx context.Context, by scope.Actor, d, other id.ID) error {
	return s.change(ctx, by, d, "merge", func(tx *sqldb.Tx, k *Kept) (string, error) {
		if d == other {
			return "", errs.At("other", "hot.merge.itself")
		}
		o, err := s.see(tx, by, other)
		if errs.KindOf(err) == errs.NotFound {
			return "", errs.At("other", "hot.none")
		} else if err != nil {
			return "", err
		}
		if dec := by.May("intake", scope.Target{Path: o.Path, At: tx.Now()}); !dec.OK {
			return "", errs.New(errs.Denied, dec.Key, dec.Args...)
		}
		if !o.ProposedAt.IsZero() {
			return "", errs.At("other", "hot.merge.proposed")
		}
		if k.Path[scope.Town] != o.Path[scope.Town] {
			return "", errs.At("other", "hot.merge.town")
		}
		if err := moveMembers(tx, other, d); err != nil {
			return "", err
		}
		if err := pin(tx, d); err != nil {
			return "", err
		}
		if err := remove(tx, other); err != nil {
			return "", err
		}
		return other.String(), s.recount(tx, d)
	})
}

// Split takes some matters out of an issue and makes another of them. Both stay as
// they are made here, whatever is counted later. Needs intake.
func (s *Service) Split(ctx context.Context, by scope.Actor, d id.ID, out []id.ID) (apart id.ID, err error) {
	err = s.change(ctx, by, d, "split", func(tx *sqldb.Tx, k *Kept) (string, error) {
		members, err := membersOf(tx, d)
		if err != nil {
			return "", err
		}
		in := map[id.ID]bool{}
		for _, m := range members {
			in[m.Matter] = true
		}
		n := 0
		for _, m := range out {
			if in[m] {
				n++
				delete(in, m)
			}
		}
		if n == 0 || len(in) == 0 {
			return "", errs.At("matter", "hot.split.some")
		}
		apart = tx.NewID()
		fresh := Kept{ID: apart, Path: k.Path, Category: k.Category, From: k.From, To: k.To, CountedAt: tx.Now(), Version: 1}
		if err := insert(tx, fresh); err != nil {
			return "", err
		}
		if err := pin(tx, d); err != nil {
			return "", err
		}
		for _, m := range out {
			if err := take(tx, m, d, apart); err != nil {
				return "", err
			}
		}
		if err := s.recount(tx, d); err != nil {
			return "", err
		}
		return apart.String(), s.recount(tx, apart)
	})
	return apart, err
}

// Propose marks the issue as one that a council should talk about, with the
// reason. Needs command.
func (s *Service) Propose(ctx context.Context, by scope.Actor, d id.ID, why string) error {
	if n := utf8.RuneCountInString(why); n < shortest || n > longest {
		return errs.At("words", "hot.propose.words", shortest, longest)
	}
	return s.change(ctx, by, d, "propose", func(tx *sqldb.Tx, k *Kept) (string, error) {
		if !k.ProposedAt.IsZero() {
			return "", errs.New(errs.Conflict, "hot.propose.again", k.ProposedBy)
		}
		k.ProposedAt, k.ProposedBy, k.Proposed = tx.Now(), by.Name, why
		return "", save(tx, *k)
	})
}

// Recall takes the proposal back. Needs command.
func (s *Service) Recall(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.change(ctx, by, d, "recall", func(tx *sqldb.Tx, k *Kept) (string, error) {
		if k.ProposedAt.IsZero() {
			return "", errs.New(errs.Conflict, "hot.recall.none")
		}
		k.ProposedAt, k.ProposedBy, k.Proposed = time.Time{}, "", ""
		return "", save(tx, *k)
	})
}
