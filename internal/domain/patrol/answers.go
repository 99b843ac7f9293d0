// SPDX-License-Identifier: Apache-2.0

package patrol

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// How many answers a page of the list holds, and how many a file at most.
const (
	AnswersAtOnce  = 50
	AnswersInAFile = 20000
)

// An Answering says which answers to a duty are asked for.
type Answering struct {
	Duty  id.ID
	Place id.ID // 0: wherever the department works
	Week  Slot  // the first slot of the week
	After id.ID // the last entry of the page before; 0: from the beginning
	Open  bool  // also what was answered in homes: a look at each of them
}

// An Answer is what somebody entered of one duty at a point, or in a home.
type Answer struct {
	Entry   id.ID
	Slot    Slot
	Path    scope.Path
	At      time.Time
	Point   id.ID // one of the two is 0
	Visit   id.ID
	Where   string // the name of the point, or the number of the visit
	Proof   Proof
	Result  Result
	Answers map[string]string // by the key of the field, also those that a merge lent

	resident id.ID
}

// Answers are those of a duty, by day and grid.
type Answers struct {
	Duty   Duty
	List   []Answer
	More   bool
	Closed bool    // what was answered in the homes is not shown: nobody has asked for it
	Lent   []Merge // that hold, and answer fields of the duty
	Within scope.Scope
}

// Answers shows a department what grid workers answered to its duty in a week, the last
// round first, grid by grid, within the places that it serves; a page at a time. It is for
// who handles what the department has, and for who admits duties; Denied to others. What
// was answered in homes is left out unless it is asked for by Open: then each home's is a
// look, in the trail and on the resident's own page.
func (s *Service) Answers(ctx context.Context, by scope.Actor, in Answering) (a Answers, err error) {
	do := s.db.Read
	if in.Open {
		do = s.db.Write
	}
	err = do(ctx, func(tx *sqldb.Tx) error {
		a, err = s.answers(tx, by, in, AnswersAtOnce)
		return err
	})
	return a, err
}

// AnswersFile is all of Answers at once, for a file in the format how: the trail says who
// took how many, and each home that is in it is a look. It is Conflict
// "duty.answers.many" if there are more than [AnswersInAFile].
func (s *Service) AnswersFile(ctx context.Context, by scope.Actor, in Answering, how string) (a Answers, err error) {
	in.Open, in.After = true, 0
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if a, err = s.answers(tx, by, in, AnswersInAFile); err != nil {
			return err
		}
		if a.More {
			return errs.New(errs.Conflict, "duty.answers.many", AnswersInAFile)
		}
		return trail.Append(tx, by, trail.Entry{Noun: "export", Record: tx.NewID(), Act: "export", Note: fmt.Sprintf("%d answers to duty %s, %s", len(a.List), a.Duty.ID, how)})
	})
	return a, err
}

func (s *Service) answers(tx *sqldb.Tx, by scope.Actor, in Answering, most int) (a Answers, err error) {
	if a.Duty, err = loadDuty(tx, in.Duty); err != nil {
		return a, err
	}
	post, err := s.mayReadAnswers(tx, by, a.Duty)
	if err != nil {
		return a, err
	}
	if a.Within, err = s.answersWithin(a.Duty, in.Place); err != nil {
		return a, err
	}
	if a.List, err = answersTo(tx, in, a.Within, most+1); err != nil {
		return a, err
	}
	if a.More = len(a.List) > most; a.More {
		a.List = a.List[:most]
	}
	ms, err := mergesNow(tx)
	if err != nil {
		return a, err
	}
	for _, m := range ms {
		if m.Field.Duty == a.Duty.ID {
			a.Lent = append(a.Lent, m)
		}
	}
	if a.Duty.Kind != AtHome {
		return a, nil
	}
	if a.Closed = !in.Open; a.Closed {
		for i := range a.List {
			a.List[i].Answers = nil
		}
		return a, nil
	}
	return a, s.noteAnswers(tx, by, a, post)
}

// noteAnswers writes down that the answers of homes were read, once for each home.
func (s *Service) noteAnswers(tx *sqldb.Tx, by scope.Actor, a Answers, post string) error {
	seen := map[id.ID]bool{}
	for _, x := range a.List {
		if x.Visit == 0 || x.resident == 0 || seen[x.Visit] || len(x.Answers) == 0 {
			continue
		}
		seen[x.Visit] = true
		if err := s.people.NoteAnswers(tx, by, people.AnswersSeen{Resident: x.resident, Visit: x.Where, Why: a.Duty.Name.ZH, Post: post}); err != nil {
			return err
		}
	}
	return nil
}

// mayReadAnswers is nil for who admits duties, and for who handles what the duty's
// department has; with the post that allows it.
func (s *Service) mayReadAnswers(tx *sqldb.Tx, by scope.Actor, d Duty) (post string, err error) {
	if may := by.May(access.Admit, scope.Target{Path: s.cityPath(), At: tx.Now()}); may.OK {
		return may.Grant.Post, nil
	}
	u, _ := s.orgs.Directory().Unit(d.Unit)
	may := by.May(access.Handle, scope.Target{Path: u.Path, Unit: d.Unit, At: tx.Now()})
	if !may.OK {
		return "", errs.New(errs.Denied, may.Key, may.Args...)
	}
	return may.Grant.Post, nil
}

// answersWithin is the part of a place that the duty's department serves; Denied if it
// serves nothing of it.
func (s *Service) answersWithin(d Duty, place id.ID) (scope.Scope, error) {
	u, _ := s.orgs.Directory().Unit(d.Unit)
	mine := u.Serves()
	if place == 0 {
		return mine, nil
	}
	p, ok := s.places.Tree().Get(place)
	switch at := scope.Of(p.Path); {
	case !ok:
		return mine, errs.New(errs.NotFound, "patrol.place.none")
	case mine.Contains(p.Path):
		return at, nil
	case at.Contains(u.Path):
		return mine, nil
	}
	return mine, errs.New(errs.Denied, scope.DeniedPlace, p.Name)
}

// Has reports whether anything was answered.
func (x Answer) Has() bool { return len(x.Answers) > 0 }

// of keeps what was answered of one duty; false if the entry is not of it.
func (x *Answer) of(duty id.ID, did []Did) bool {
	i := slices.IndexFunc(did, func(d Did) bool { return d.Duty == duty })
	if i < 0 {
		return false
	}
	x.Answers = did[i].Answers
	return true
}
