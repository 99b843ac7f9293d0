// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// An Edition is a list of rules that was put in use. It is never changed: what fired
// can be read years later, and a new one changes nothing that was settled before.
type Edition struct {
	Number int // from 1; 0: none yet, and no rule is asked
	Rules  Rules
	Reason string
	Actor  string
	At     time.Time
}

// A Draft is the list as it is being changed. It fires nothing.
type Draft struct {
	Rules   Rules
	Base    int // the edition that it began with
	Version int // 0: there is none, and Rules are those in use
	Actor   string
	At      time.Time
}

// Changed reports whether there is one.
func (d Draft) Changed() bool { return d.Version > 0 }

func encode(rs Rules) []byte {
	if rs == nil {
		rs = Rules{}
	}
	b, err := json.Marshal(rs)
	if err != nil {
		panic(err) // numbers and texts can always be written
	}
	return b
}

func decode(text string) (rs Rules, err error) {
	if err = json.Unmarshal([]byte(text), &rs); err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	return rs, nil
}

// Town is what rules are asked in now.
func (s *Service) Town() Town {
	return Town{Catalogue: s.matters.Catalogue(), Units: s.orgs.Directory(), Places: s.places.Tree(), Calendar: s.calendars.Town()}
}

// inUse is the newest edition, read anew if another process has put one in use.
func (s *Service) inUseNow(tx *sqldb.Tx) (Edition, error) {
	n, err := newestEdition(tx)
	if err != nil {
		return Edition{}, err
	}
	if e := s.edition.Load(); e != nil && e.Number == n {
		return *e, nil
	}
	e, err := editionOf(tx, n)
	if err == nil {
		s.edition.Store(&e)
	}
	return e, err
}

// mayRead lets in administrators and auditors of the whole town.
func (s *Service) mayRead(by scope.Actor) error {
	at := scope.Target{At: s.db.Now()}
	if by.May(access.Audit, at).OK {
		return nil
	}
	return s.mayChange(by)
}

func (s *Service) mayChange(by scope.Actor) error {
	if d := by.May(access.Administer, scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	return nil
}

// Rules returns the list in use and the one under change. Needs administer or audit
// in the whole town.
func (s *Service) Rules(ctx context.Context, by scope.Actor) (e Edition, d Draft, err error) {
	if err = s.mayRead(by); err != nil {
		return e, d, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		if e, err = s.inUseNow(tx); err != nil {
			return err
		}
		d, err = s.draft(tx, e)
		return err
	})
	return e, d, err
}

// draft is the list under change; without one that in use.
func (s *Service) draft(tx *sqldb.Tx, e Edition) (Draft, error) {
	d, ok, err := draftOf(tx)
	if err == nil && !ok {
		d = Draft{Rules: e.Rules, Base: e.Number}
	}
	return d, err
}

// Editions are those that were in use, the newest first, at most so many. Needs
// administer or audit in the whole town.
func (s *Service) Editions(ctx context.Context, by scope.Actor, most int) (es []Edition, err error) {
	if err = s.mayRead(by); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		es, err = newestEditions(tx, most)
		return err
	})
	return es, err
}

// Edition returns the rules that were in use under a number. Whoever sees a matter
// from the inside may know what sent it somewhere.
func (s *Service) Edition(ctx context.Context, n int) (e Edition, err error) {
	if now := s.edition.Load(); now != nil && now.Number == n {
		return *now, nil
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		e, err = editionOf(tx, n)
		return err
	})
	return e, err
}

// edit changes the list under change, seen at version, with a line in the trail. It
// is a Conflict if somebody changed it since. Needs administer in the whole town.
func (s *Service) edit(ctx context.Context, by scope.Actor, version int, act, note string, f func(tx *sqldb.Tx, rs Rules) (Rules, string, error)) error {
	if err := s.mayChange(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		e, err := s.inUseNow(tx)
		if err != nil {
			return err
		}
		d, err := s.draft(tx, e)
		if err != nil {
			return err
		}
		if d.Version != version {
			return errs.New(errs.Conflict, "rule.changed")
		}
		rs, name, err := f(tx, slices.Clone(d.Rules))
		if err != nil {
			return err
		}
		if err := rs.check(); err != nil {
			return err
		}
		d.Rules, d.Actor, d.At = rs.versioned(e.Rules), by.Name, tx.Now()
		d.Version = max(d.Version+1, int(tx.Now().UnixMilli())) // one that was given up does not come again
		if note != "" {
			name = note
		}
		if err := setDraft(tx, d); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "routing_draft", Record: draftRecord, Act: act, Note: name, Digest: d.digest()})
	})
}

// SetRule adds a rule to the end of the list under change (ID 0), or changes one.
// Invalid is beside the fields of [Rule.Check]. Needs administer in the whole town.
func (s *Service) SetRule(ctx context.Context, by scope.Actor, version int, r Rule) error {
	r = r.Tidy()
	if err := s.mayChange(by); err != nil {
		return err
	}
	if err := r.Check(s.Town()); err != nil {
		return err
	}
	act := "change"
	if r.ID == 0 {
		act = "add"
	}
	return s.edit(ctx, by, version, act, "", func(tx *sqldb.Tx, rs Rules) (Rules, string, error) {
		if r.ID == 0 {
			r.ID = tx.NewID()
			return append(rs, r), r.Name, nil
		}
		i := rs.at(r.ID)
		if i < 0 {
			return nil, "", errs.New(errs.NotFound, "rule.missing")
		}
		rs[i] = r
		return rs, r.Name, nil
	})
}

// MoveRule moves a rule one place up or down. Needs administer in the whole town.
func (s *Service) MoveRule(ctx context.Context, by scope.Actor, version int, d id.ID, up bool) error {
	return s.edit(ctx, by, version, "move", "", func(_ *sqldb.Tx, rs Rules) (Rules, string, error) {
		i := rs.at(d)
		if i < 0 {
			return nil, "", errs.New(errs.NotFound, "rule.missing")
		}
		j := i + 1
		if up {
			j = i - 1
		}
		if j >= 0 && j < len(rs) {
			rs[i], rs[j] = rs[j], rs[i]
		}
		return rs, rs[min(max(j, 0), len(rs)-1)].Name, nil
	})
}

// RetireRule takes a rule out of the list under change. Editions that had it keep
// it. Needs administer in the whole town.
func (s *Service) RetireRule(ctx context.Context, by scope.Actor, version int, d id.ID) error {
	return s.edit(ctx, by, version, "retire", "", func(_ *sqldb.Tx, rs Rules) (Rules, string, error) {
		i := rs.at(d)
		if i < 0 {
			return nil, "", errs.New(errs.NotFound, "rule.missing")
		}
		name := rs[i].Name
		return slices.Delete(rs, i, i+1), name, nil
	})
}

// ReplaceRules puts another list in the place of the one under change. A rule with
// the name of one in it goes on being that rule. Needs administer in the whole town.
func (s *Service) ReplaceRules(ctx context.Context, by scope.Actor, version int, rules Rules) error {
	if err := s.mayChange(by); err != nil {
		return err
	}
	for i, r := range rules {
		rules[i] = r.Tidy()
		if err := rules[i].Check(s.Town()); err != nil {
			return err
		}
	}
	return s.edit(ctx, by, version, "import", fmt.Sprint(len(rules)), func(tx *sqldb.Tx, rs Rules) (Rules, string, error) {
		for i, r := range rules {
			rules[i].ID = tx.NewID()
			if j := slices.IndexFunc(rs, func(x Rule) bool { return strings.EqualFold(x.Name, r.Name) }); j >= 0 {
				rules[i].ID = rs[j].ID
			}
		}
		return rules, "", nil
	})
}

// DropDraft gives up the changes. Needs administer in the whole town.
func (s *Service) DropDraft(ctx context.Context, by scope.Actor, version int) error {
	if err := s.mayChange(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d, ok, err := draftOf(tx)
		switch {
		case err != nil:
			return err
		case !ok || d.Version != version:
			return errs.New(errs.Conflict, "rule.changed")
		}
		if err := dropDraft(tx); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "routing_draft", Record: draftRecord, Act: "drop", Digest: trail.Gone()})
	})
}

// PutInUse makes the list under change, seen at version, the next edition. What was
// settled before stays as it is. Invalid is beside reason. Needs administer in the
// whole town.
func (s *Service) PutInUse(ctx context.Context, by scope.Actor, version int, reason string) error {
	if err := s.mayChange(by); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n < 4:
		return errs.At("reason", "insights.formula.reason")
	case n > 500:
		return errs.At("reason", "matter.words.long", 500)
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		d, ok, err := draftOf(tx)
		if err != nil {
			return err
		}
		n, err := newestEdition(tx)
		if err != nil {
			return err
		}
		if !ok || d.Version != version || d.Base != n {
			return errs.New(errs.Conflict, "rule.changed")
		}
		town := s.Town()
		for _, r := range d.Rules { // a place or a unit may have gone since it was written
			if err := r.Check(town); err != nil {
				return errs.New(errs.Conflict, "rule.stale", r.Name)
			}
		}
		e := Edition{Number: n + 1, Rules: d.Rules, Reason: reason, Actor: by.Name, At: tx.Now()}
		if err := insertEdition(tx, e, by.Account); err != nil {
			return err
		}
		if err := dropDraft(tx); err != nil {
			return err
		}
		return trail.AppendAll(tx, by, []trail.Entry{
			{Noun: "routing_rules", Record: id.ID(e.Number), Act: "set", Note: reason, Digest: e.digest()},
			{Noun: "routing_draft", Record: draftRecord, Act: "drop", Digest: trail.Gone()},
		})
	})
}

// draftRecord is the number under which the trail knows the list under change.
const draftRecord id.ID = 1

func (e Edition) digest() []byte {
	return trail.Digest("routing_rules/1", e.Number, string(encode(e.Rules)), e.Reason)
}

func (d Draft) digest() []byte {
	return trail.Digest("routing_draft/1", d.Base, d.Version, string(encode(d.Rules)))
}

// EachEdition and EachDraft call f with the digests of what is stored, for the check
// of the trail.
func EachEdition(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	n, err := newestEdition(tx)
	for i := 1; err == nil && i <= n; i++ {
		var e Edition
		if e, err = editionOf(tx, i); err == nil {
			err = f(id.ID(i), e.digest())
		}
	}
	return err
}

// EachDraft is EachEdition for the list under change.
func EachDraft(tx *sqldb.Tx, f func(record id.ID, digest []byte) error) error {
	d, ok, err := draftOf(tx)
	if err != nil || !ok {
		return err
	}
	return f(draftRecord, d.digest())
}
