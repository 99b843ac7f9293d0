// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// A LimitChange is another limit for one stage of what is in a category.
type LimitChange struct {
	Category string // its code; "": of what is not yet classified
	Urgent   bool   // of what is urgent, if the category has limits of its own for that
	Stage    Stage
	Limit    when.Limit
}

// String is the change as [Service.ReadChanges] reads it.
func (c LimitChange) String() string {
	parts := []string{cmp.Or(c.Category, usualCode), string(c.Stage), c.Limit.String()}
	if c.Urgent {
		parts = append(parts, "urgent")
	}
	return strings.Join(parts, ", ")
}

// usualCode names the limits of what is not yet classified.
const usualCode = "usual"

// MaxChanges is how many limits can be changed at once.
const MaxChanges = 400

// CurrentLimit is the limit that a change would take the place of; ok is false if
// there is none.
func (s *Service) CurrentLimit(c LimitChange) (l when.Limit, ok bool) {
	if c.Category == "" {
		return s.Timing().Usual.Of(c.Stage), !c.Urgent
	}
	k, ok := s.Catalogue().Get(c.Category)
	switch {
	case !ok:
		return l, false
	case !c.Urgent:
		return k.Limits.Of(c.Stage), true
	case k.Limits.Urgent == nil:
		return l, false
	}
	return k.Limits.Urgent.Of(c.Stage), true
}

// check says what is wrong with the changes: a category or stage that is not there,
// a limit that is none, the same one twice, too many.
func (s *Service) check(changes []LimitChange) error {
	if n := len(changes); n == 0 || n > MaxChanges {
		return errs.At("changes", "limits.many", MaxChanges)
	}
	seen := map[LimitChange]bool{}
	for i, c := range changes {
		limit := c.Limit
		c.Limit = when.Limit{}
		_, ok := s.CurrentLimit(c)
		switch {
		case !slices.Contains(Stages(), c.Stage):
			return errs.At("changes", "limits.stage", i+1)
		case !ok && c.Urgent:
			return errs.At("changes", "limits.urgent", i+1)
		case !ok:
			return errs.At("changes", "limits.category", i+1)
		case limit.N < 1 || limit.N > maxLimit:
			return errs.At("changes", "limits.limit", i+1)
		case seen[c]:
			return errs.At("changes", "limits.twice", i+1)
		}
		seen[c] = true
	}
	return nil
}

// A TriedStage is a clock that would have ended otherwise than it did.
type TriedStage struct {
	Matter   ID
	Stage    Stage
	Category string // "": it was not yet classified
	Unit     id.ID  // whose turn it was; of the whole the unit that led
	Due      time.Time
	Would    time.Time // when it would have been due
	EndedAt  time.Time
	Late     bool // it was
	Later    bool // it would have been
}

// A TriedSum is how the clocks of a category or a unit did, and would have done.
type TriedSum struct {
	Category string
	Unit     id.ID
	Ended    int
	Late     int
	Later    int // how many would have been late
}

// A TriedLimits is what other limits would have made of the clocks that ended in
// some months.
type TriedLimits struct {
	From     time.Time
	Ended    int          // clocks that the changes concern
	Late     int          // of these were
	Later    int          // of these would have been
	Newly    []TriedStage // that would have been late, and were not
	NoLonger []TriedStage // that were late, and would not have been
	Category []TriedSum
	Unit     []TriedSum
}

// triedMemory keeps the last of them: its lists are read page after page.
type triedMemory struct {
	sync.Mutex
	key  string
	last TriedLimits
}

// TryLimits says which of the clocks that ended in the last months would have been
// late under other limits, and which no longer: by the very calendars, pauses and
// extensions under which they ran, as [Service.Explain] derives them. When a later
// stage began is left as it was: people would have gone on as they did. Needs
// administer. It is Invalid, beside changes or months, if something is wrong.
func (s *Service) TryLimits(ctx context.Context, by scope.Actor, changes []LimitChange, months int) (t TriedLimits, err error) {
	if d := by.May("administer", scope.Target{At: s.db.Now()}); !d.OK {
		return t, errs.New(errs.Denied, d.Key, d.Args...)
	}
	if err := s.check(changes); err != nil {
		return t, err
	}
	if months < 1 || months > 24 {
		return t, errs.At("months", "limits.months", 24)
	}
	s.triedLimits.Lock()
	defer s.triedLimits.Unlock()
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if err := s.calendars.Check(tx); err != nil {
			return err
		}
		y, m, d := tx.Now().In(when.Zone).AddDate(0, -months, 0).Date()
		from := time.Date(y, m, d, 0, 0, 0, 0, when.Zone)
		last, err := lastStage(tx)
		if err != nil {
			return err
		}
		key := from.String() + last.String() + changesKey(changes)
		if s.triedLimits.key == key {
			t = s.triedLimits.last
			return nil
		}
		if t, err = s.tryLimits(tx, changes, from); err == nil {
			s.triedLimits.key, s.triedLimits.last = key, t
		}
		return err
	})
	return t, err
}

func changesKey(changes []LimitChange) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString("\n" + c.String())
	}
	return b.String()
}

// rulesOf are whose limits a clock ran by: the code of a category, "" of what was not
// yet classified, and whether they were those of what is urgent.
func rulesOf(rules string) (category string, urgent bool) {
	code, rest, _ := strings.Cut(rules, "/")
	if code == usualCode {
		return "", false
	}
	return code, strings.HasSuffix(rest, "/urgent")
}

// under is the run as it would have been under other limits; ok is false if they do
// not concern it.
func (r Run) under(other map[LimitChange]when.Limit) (x Run, ok bool) {
	code, urgent := rulesOf(r.Rules)
	x = r
	x.Legs = slices.Clone(r.Legs)
	stages := Stages()
	at := max(0, slices.Index(stages, r.Stage))
	if r.Stage == StageWhole {
		at = max(0, slices.Index(stages, r.First))
	}
	for i, l := range x.Legs {
		if l.Extends || at >= len(stages) {
			continue
		}
		if to, changed := other[LimitChange{Category: code, Urgent: urgent, Stage: stages[at]}]; changed {
			x.Legs[i].Limit, ok = to, true
		}
		at++
	}
	return x, ok
}

func (s *Service) tryLimits(tx *sqldb.Tx, changes []LimitChange, from time.Time) (t TriedLimits, err error) {
	other := map[LimitChange]when.Limit{}
	var codes []string
	for _, c := range changes {
		limit := c.Limit
		c.Limit = when.Limit{}
		other[c] = limit
		if code := cmp.Or(c.Category, usualCode); !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	t.From = from
	byCategory, byUnit := map[string]*TriedSum{}, map[id.ID]*TriedSum{}
	err = eachEnded(tx, codes, from, func(e Ended, lead id.ID) {
		run, ok := e.Run.under(other)
		if !ok {
			return
		}
		code, _ := rulesOf(e.Run.Rules)
		x := TriedStage{Matter: e.Matter, Stage: e.Run.Stage, Category: code, Unit: cmp.Or(e.Unit, lead), Due: e.Due, EndedAt: e.EndedAt, Late: e.Late}
		x.Would = s.dueOf(run, Clocks{Stops: e.Stops})
		x.Later = !x.Would.IsZero() && e.EndedAt.After(x.Would)
		t.add(x, byCategory, byUnit)
	})
	if err != nil {
		return t, err
	}
	newest := func(a, b TriedStage) int {
		return cmp.Or(b.EndedAt.Compare(a.EndedAt), cmp.Compare(b.Matter, a.Matter))
	}
	slices.SortStableFunc(t.Newly, newest)
	slices.SortStableFunc(t.NoLonger, newest)
	for _, x := range byCategory {
		t.Category = append(t.Category, *x)
	}
	for _, x := range byUnit {
		t.Unit = append(t.Unit, *x)
	}
	most := func(a, b TriedSum) int {
		return cmp.Or(cmp.Compare(b.Ended, a.Ended), strings.Compare(a.Category, b.Category), cmp.Compare(a.Unit, b.Unit))
	}
	slices.SortFunc(t.Category, most)
	slices.SortFunc(t.Unit, most)
	return t, nil
}

func (t *TriedLimits) add(x TriedStage, byCategory map[string]*TriedSum, byUnit map[id.ID]*TriedSum) {
	c, u := byCategory[x.Category], byUnit[x.Unit]
	if c == nil {
		c = &TriedSum{Category: x.Category}
		byCategory[x.Category] = c
	}
	if u == nil {
		u = &TriedSum{Unit: x.Unit}
		byUnit[x.Unit] = u
	}
	t.Ended, c.Ended, u.Ended = t.Ended+1, c.Ended+1, u.Ended+1
	if x.Late {
		t.Late, c.Late, u.Late = t.Late+1, c.Late+1, u.Late+1
	}
	if x.Later {
		t.Later, c.Later, u.Later = t.Later+1, c.Later+1, u.Later+1
	}
	switch {
	case x.Later && !x.Late:
		t.Newly = append(t.Newly, x)
	case x.Late && !x.Later:
		t.NoLonger = append(t.NoLonger, x)
	}
}

// SetLimits puts other limits in use, all of them at once or none; what has begun
// keeps its own. was are the limits that were there when they were tried: it is
// Conflict if somebody has changed one of them since. Needs administer, and a reason.
func (s *Service) SetLimits(ctx context.Context, by scope.Actor, changes []LimitChange, was []when.Limit, note string) error {
	if d := by.May("administer", scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	if err := s.check(changes); err != nil {
		return err
	}
	note, err := noteOf(note)
	if err != nil {
		return err
	}
	cats, usual, timing := map[string]Category{}, s.Timing().Usual, s.Timing()
	for i, c := range changes {
		if now, _ := s.CurrentLimit(c); i >= len(was) || now != was[i] {
			return errs.New(errs.Conflict, "limits.changed")
		}
		if c.Category == "" {
			usual.Set(c.Stage, c.Limit)
			continue
		}
		k, ok := cats[c.Category]
		if !ok {
			k, _ = s.Catalogue().Get(c.Category)
			if k.Limits.Urgent != nil {
				urgent := *k.Limits.Urgent
				k.Limits.Urgent = &urgent
			}
		}
		if c.Urgent {
			k.Limits.Urgent.Set(c.Stage, c.Limit)
		} else {
			k.Limits.Set(c.Stage, c.Limit)
		}
		cats[c.Category] = k
	}
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, k := range cats {
			spec, err := saveCategory(tx, k)
			if err != nil {
				return err
			}
			if err := keepCategory(tx, k.Code, spec); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "category", Record: recordOf(k.Code), Act: "limits", Note: note, Digest: categoryDigest(k.Code, spec, k.Active)}); err != nil {
				return err
			}
		}
		if usual == timing.Usual {
			return nil
		}
		timing.Usual = usual
		b, err := json.Marshal(timing)
		if err != nil {
			return err
		}
		return s.settle(tx, by, timing, string(b), note)
	})
	if err != nil {
		return err
	}
	return s.LoadCatalogue(ctx)
}
