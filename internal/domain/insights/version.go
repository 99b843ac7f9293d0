// SPDX-License-Identifier: Apache-2.0

package insights

import (
	"context"
	"encoding/json"
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

// A Version is formulas with the day from which they are in force.
type Version struct {
	ID       id.ID // 0: the shipped ones
	From     Day
	Formulas Formulas
	Reason   string
	Actor    string
	At       time.Time
}

// inForce is the version by which a period is computed: the last one in force on
// its last day.
func inForce(vs []Version, p Period) Version {
	v := vs[0]
	for _, x := range vs[1:] {
		if x.From < p.To && x.From >= v.From {
			v = x
		}
	}
	return v
}

// Versions are the versions of the formulas, the shipped one first.
func (s *Service) Versions(ctx context.Context, by scope.Actor) (vs []Version, err error) {
	if !MayRead(by) {
		return nil, errs.New(errs.Denied, scope.DeniedSignIn)
	}
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		vs, err = versions(tx)
		return err
	})
	return vs, err
}

// InForce is the version by which the period is computed.
func (s *Service) InForce(ctx context.Context, by scope.Actor, p Period) (Version, error) {
	vs, err := s.Versions(ctx, by)
	if err != nil {
		return Version{}, err
	}
	return inForce(vs, p), nil
}

// mostVersions bounds how many versions a town makes: two a year for a long time.
const mostVersions = 500

// Revise makes a version of the formulas that is in force from a day on. The day
// must not be over: what was computed stays as it was. Needs administer.
func (s *Service) Revise(ctx context.Context, by scope.Actor, f Formulas, from Day, reason string) error {
	if d := by.May(access.Administer, scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	var faults errs.List
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n < 4:
		faults.Add("reason", "insights.formula.reason")
	case n > 500:
		faults.Add("reason", "matter.words.long", 500)
	}
	switch today := DayOf(s.db.Now()); {
	case from <= today:
		faults.Add("from", "insights.formula.past")
	case from > today+2*366:
		faults.Add("from", "insights.formula.far")
	}
	if err := faults.Join(f.Check()); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	spec, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		vs, err := versions(tx)
		if err != nil {
			return err
		}
		if len(vs) > mostVersions {
			return errs.New(errs.Conflict, "insights.formula.many", mostVersions)
		}
		d := tx.NewID()
		if err := insertVersion(tx, Version{ID: d, From: from, Reason: reason, Actor: by.Name}, string(spec)); err != nil {
			return err
		}
		return trail.Append(tx, by, trail.Entry{Noun: "formula", Record: d, Act: "set", Note: from.String(), Digest: formulaDigest(d, from, string(spec), reason)})
	})
}
