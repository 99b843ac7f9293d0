// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// StageLimits are how long each stage may take.
type StageLimits struct {
	Accept   when.Limit `json:"accept"`
	Dispatch when.Limit `json:"dispatch"`
	Handle   when.Limit `json:"handle"`
	Verify   when.Limit `json:"verify"`
}

// Of is the limit of a stage.
func (l StageLimits) Of(s Stage) when.Limit {
	switch s {
	case StageAccept:
		return l.Accept
	case StageDispatch:
		return l.Dispatch
	case StageHandle:
		return l.Handle
	case StageVerify:
		return l.Verify
	case StageWhole:
	}
	return when.Limit{}
}

// Set changes the limit of a stage.
func (l *StageLimits) Set(s Stage, to when.Limit) {
	switch s {
	case StageAccept:
		l.Accept = to
	case StageDispatch:
		l.Dispatch = to
	case StageHandle:
		l.Handle = to
	case StageVerify:
		l.Verify = to
	case StageWhole:
	}
}

// check refuses a stage without a limit, beside prefix and its name.
func (l StageLimits) check(faults *errs.List, prefix string) {
	for _, s := range Stages() {
		if x := l.Of(s); x.N < 1 || x.N > maxLimit {
			faults.Add(prefix+string(s), "when.limit")
		}
	}
}

// maxLimit is the greatest number of a limit of a stage.
const maxLimit = 1000

// Levels is how many levels a matter that is late is brought up to.
const Levels = 3

// Timing is what the town has settled about time beside the limits of its
// categories. Each version that was in force is kept.
type Timing struct {
	Version int                `json:"-"`
	Usual   StageLimits        `json:"usual"`    // of what is not yet classified
	Answer  when.Limit         `json:"answer"`   // how long a reporter has to answer a question
	Nudge   when.Limit         `json:"nudge"`    // so long before that they are reminded, once
	Remind  when.Limit         `json:"remind"`   // so long before its end a unit is reminded of its turn
	Levels  [Levels]when.Limit `json:"escalate"` // so long after its end the unit's head, who supervises, and who commands hear of it
}

// UsualTiming is what holds until a town settles otherwise.
func UsualTiming() Timing {
	hours := func(n int) when.Limit { return when.Limit{N: n, Unit: when.WorkHours} }
	days := func(n int) when.Limit { return when.Limit{N: n, Unit: when.WorkDays} }
	return Timing{
		Usual:  StageLimits{Accept: hours(4), Dispatch: hours(8), Handle: days(5), Verify: days(1)},
		Answer: days(5), Nudge: days(1), Remind: hours(4),
		Levels: [Levels]when.Limit{hours(1), days(1), days(3)},
	}
}

// Timing is what is settled now.
func (s *Service) Timing() Timing { return *s.timing.Load() }

func (s *Service) loadTiming(tx *sqldb.Tx) error {
	t, err := newestTiming(tx)
	if err == nil {
		s.timing.Store(&t)
	}
	return err
}

// SetTiming settles what a Timing says; what has begun keeps its limits. It is
// Conflict if somebody settled something else since version. Needs administer.
func (s *Service) SetTiming(ctx context.Context, by scope.Actor, t Timing, note string) error {
	if d := by.May("administer", scope.Target{At: s.db.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	var faults errs.List
	t.Usual.check(&faults, "usual_")
	for name, l := range map[string]when.Limit{"answer": t.Answer, "nudge": t.Nudge, "remind": t.Remind, "level1": t.Levels[0], "level2": t.Levels[1], "level3": t.Levels[2]} {
		if l.N < 1 || l.N > maxLimit {
			faults.Add(name, "when.limit")
		}
	}
	note, err := noteOf(note)
	if err := faults.Join(err); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	b, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return s.settle(tx, by, t, string(b), note) })
}

// settle writes the version of the timing after t, as spec says it.
func (s *Service) settle(tx *sqldb.Tx, by scope.Actor, t Timing, spec, note string) error {
	t.Version++
	if err := insertTiming(tx, t.Version, spec, by, note); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.timing.Store(&t) })
	return trail.Append(tx, by, trail.Entry{Noun: "timing", Record: id.ID(t.Version), Act: "set", Note: note, Digest: timingDigest(t.Version, spec, note)})
}

// noteOf is the reason for a change of what is settled, which is never left out.
func noteOf(note string) (string, error) {
	note = strings.TrimSpace(note)
	if n := utf8.RuneCountInString(note); n == 0 || n > 200 {
		return note, errs.At("note", "calendar.note", 200)
	}
	return note, nil
}

func timingDigest(version int, spec, note string) []byte {
	return trail.Digest("timing/1", version, spec, note)
}
