// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// Raise is the act with which a matter begins.
const Raise = raised

// Heard lists the acts of which other programs may hear, in the order of a matter's
// life.
var Heard = []Act{
	Raise, SplitOff, Accept, Decline, Ask, Answer, Add, Classify, Correct, Confirm, Dispatch, SendBack, Decide, Take, Inform, Reply, AssistAct, Handle, AskExtension, Extend, RefuseExtension, RecountAct, Suspend, Resume,
	WhistleAct, Respond, Urge, Supervise, Note, Verify, Close, Rate, Reopen, AppealAct, GrantAppeal, RefuseAppeal, AskReview, GrantReview, RefuseReview, Withdraw, Settle, Join, Unjoin, Split, Unsplit, SupportAct, UnsupportAct, Moderate, Restore, Forget,
}

// A Deed is an act that the trail tells of, with the matter as it stands now and the
// line that the act left in its story.
type Deed struct {
	Row    trail.Row
	Act    Act
	Matter Matter
	Line   Step // zero if it left none
}

// Deeds finds what the rows of the trail tell of: the acts of [Heard], in their
// order, but for what an import brought in, which is no news.
func (s *Service) Deeds(tx *sqldb.Tx, rows []trail.Row) (ds []Deed, err error) {
	known := map[ID]Matter{}
	for _, r := range rows {
		if r.Noun != "matter" || !slices.Contains(Heard, Act(r.Act)) || r.Kind == scope.System && r.Actor == Importer {
			continue
		}
		m, ok := known[r.Record]
		if !ok {
			m, err = s.load(tx, r.Record)
			if errs.KindOf(err) == errs.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			known[r.Record] = m
		}
		d := Deed{Row: r, Act: Act(r.Act), Matter: m}
		if d.Act != Raise {
			if d.Line, err = lineOf(tx, m.ID, d.Act, r.At); err != nil {
				return nil, err
			}
		}
		ds = append(ds, d)
	}
	return ds, nil
}

// MayHear reports whether the actor may know of a deed: who sees the inside of the
// matter of everything, others of what left a line for them, moved the matter or
// changed what they read.
func (s *Service) MayHear(tx *sqldb.Tx, by scope.Actor, d Deed) bool {
	v := s.view(tx, by, d.Matter)
	return v == Inside || v > Nothing && (d.Line.Public || d.Act == Raise || d.Row.From != d.Row.To || d.Act == Moderate || d.Act == Restore || d.Act == Forget)
}

// Sees reports whether the actor may see anything of the deed's matter.
func (s *Service) Sees(tx *sqldb.Tx, by scope.Actor, d Deed) bool { return s.maySee(tx, by, d.Matter) }

// MayHide reports whether an act may have taken a matter away from its readers: who
// keeps a copy has to know.
func (a Act) MayHide() bool { return a == Moderate || a == Classify || a == Correct }

// LineOf is the line that an act left at a moment in what a reader sees of a story;
// ok is false if it left none for them.
func (w Whole) LineOf(act Act, at time.Time) (p Step, ok bool) {
	i := slices.IndexFunc(w.Steps, func(p Step) bool { return p.Act == act && p.At.Equal(at) })
	if i < 0 {
		return p, false
	}
	return w.Steps[i], true
}
