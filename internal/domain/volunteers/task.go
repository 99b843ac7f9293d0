// SPDX-License-Identifier: Apache-2.0

package volunteers

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Task is something to help with.
type Task struct {
	ID         id.ID
	State      TaskState
	Title      string
	Body       string
	Act        string // code of the tariff
	Path       scope.Path
	PlaceWords string // where to meet
	Leader     id.ID  // the account
	LeaderName string
	Unit       id.ID
	Begins     time.Time
	Ends       time.Time
	Seats      int
	Listed     int
	Reason     string // why it was called off
	Series     id.ID  // the first of those drawn up with it; 0: it is held once
	Version    int
}

// Digest is the task's canonical state for the trail; how many have a place is no
// part of it.
func (t Task) Digest() []byte {
	return trail.Digest("volunteer_task/2", t.ID, string(t.State), t.Title, t.Body, t.Act, t.Path[1], t.Path[2], t.Path[3], t.Path[4], t.PlaceWords, t.Leader, t.LeaderName, t.Unit, t.Begins, t.Ends, t.Seats, t.Reason, t.Series)
}

// Full reports whether nobody more gets a place.
func (t Task) Full() bool { return t.Listed >= t.Seats }

// Begun reports whether hours can be said.
func (t Task) Begun() bool { return t.State == Running || t.State == TaskDone }

// A Drawing is what is said of a task.
type Drawing struct {
	Title      string
	Body       string
	Act        string
	Place      id.ID
	PlaceWords string
	Begins     time.Time
	Ends       time.Time
	Seats      int
	Open       bool   // it is opened at once
	Repeat     Repeat // of what is drawn up: how often it is held again
	Until      Day    // and until when
}

const (
	mostSeats = 500
	longestOf = 12 * time.Hour
)

// check says what is wrong with a drawing, beside its fields.
func (in *Drawing) check(t Tariff) error {
	var faults errs.List
	in.Title, in.Body, in.PlaceWords = strings.TrimSpace(in.Title), strings.TrimSpace(in.Body), strings.TrimSpace(in.PlaceWords)
	if n := utf8.RuneCountInString(in.Title); n < 2 || n > 60 {
		faults.Add("title", "volunteers.task.title")
	}
	if n := utf8.RuneCountInString(in.Body); n > 1000 {
		faults.Add("body", "volunteers.task.body")
	}
	if l, ok := t.Line(in.Act); !ok || l.By != ByTask {
		faults.Add("act", "volunteers.task.act")
	}
	if n := utf8.RuneCountInString(in.PlaceWords); n < 2 || n > 60 {
		faults.Add("place_words", "volunteers.task.where")
	}
	switch {
	case in.Begins.IsZero():
		faults.Add("begins", "volunteers.task.begins")
	case in.Ends.IsZero() || !in.Ends.After(in.Begins) || in.Ends.Sub(in.Begins) > longestOf:
		faults.Add("ends", "volunteers.task.ends", int(longestOf/time.Hour))
	}
	if in.Seats < 1 || in.Seats > mostSeats {
		faults.Add("seats", "volunteers.task.seats", mostSeats)
	}
	return faults.Err()
}

// DrawUp makes a task, which who draws it up leads; one that is repeated is made once for
// each time, each to be signed up for by itself, and the first is returned. It needs to
// organise in the place (Denied); Invalid beside the field, also beside repeat or until.
func (s *Service) DrawUp(ctx context.Context, by scope.Actor, in Drawing) (t Task, err error) {
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		times, err := in.checkRepeat()
		if err != nil {
			return err
		}
		t = Task{}
		for _, at := range times {
			x, each := Task{ID: tx.NewID(), State: DrawnUp, Leader: by.Account, LeaderName: by.Name, Unit: by.Unit, Version: 1}, in
			each.Begins, each.Ends = at, at.Add(in.Ends.Sub(in.Begins))
			if in.Ends.IsZero() {
				each.Ends = in.Ends
			}
			if err := s.draw(tx, by, &x, each); err != nil {
				return err
			}
			if x.Begins.Before(tx.Now()) {
				return errs.At("begins", "volunteers.task.past")
			}
			if in.Open {
				x.State = Open
			}
			if t.ID == 0 {
				t = x
			}
			if len(times) > 1 {
				x.Series = t.ID
				t.Series = t.ID
			}
			if err := insertTask(tx, x); err != nil {
				return err
			}
			if err := trail.Append(tx, by, trail.Entry{Noun: "volunteer_task", Record: x.ID, Act: "draw_up", To: string(x.State), Digest: x.Digest()}); err != nil {
				return err
			}
		}
		return nil
	})
	return t, err
}

// draw puts what is said of a task into it.
func (s *Service) draw(tx *sqldb.Tx, by scope.Actor, t *Task, in Drawing) error {
	es, err := editions(tx)
	if err != nil {
		return err
	}
	if err := in.check(InForce(es, DayOf(in.Begins)).Tariff); err != nil {
		return err
	}
	p, ok := s.places.Tree().Get(in.Place)
	if !ok || !p.Open() {
		return errs.At("place", "volunteers.task.place")
	}
	if d := by.May(organise, scope.Target{Path: p.Path, At: tx.Now()}); !d.OK {
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	if in.Seats < t.Listed {
		return errs.At("seats", "volunteers.task.fewer", t.Listed)
	}
	t.Title, t.Body, t.Act, t.Path, t.PlaceWords, t.Begins, t.Ends, t.Seats = in.Title, in.Body, in.Act, p.Path, in.PlaceWords, in.Begins, in.Ends, in.Seats
	return nil
}

// changeTask is what every act on a task goes through.
func (s *Service) changeTask(ctx context.Context, by scope.Actor, d id.ID, act Act, do func(tx *sqldb.Tx, t *Task) error) error {
	return s.db.Write(ctx, func(tx *sqldb.Tx) error {
		t, err := s.seeTask(tx, by, d)
		if err != nil {
			return err
		}
		return s.moveTask(tx, by, t, act, do)
	})
}

func (s *Service) moveTask(tx *sqldb.Tx, by scope.Actor, t Task, act Act, do func(tx *sqldb.Tx, t *Task) error) error {
	if d := by.May(organise, scope.Target{Path: t.Path, At: tx.Now()}); !d.OK { // every move needs it
		return errs.New(errs.Denied, d.Key, d.Args...)
	}
	m, err := TaskFlow.Find(t.State, act)
	if err != nil {
		return moved("volunteer_task", string(act), string(t.State))
	}
	was := t.State
	t.State = m.To
	if err := do(tx, &t); err != nil {
		return err
	}
	if err := saveTask(tx, &t); err != nil {
		return err
	}
	if act == Revise { // there may be more places now
		if err := s.fill(tx, t.ID); err != nil {
			return err
		}
	}
	return trail.Append(tx, by, trail.Entry{Noun: "volunteer_task", Record: t.ID, Act: string(act), From: string(was), To: string(t.State), Digest: t.Digest()})
}

// seeTask is a task that the actor may see: one that is only drawn up is for those
// who organise there.
func (s *Service) seeTask(tx *sqldb.Tx, by scope.Actor, d id.ID) (Task, error) {
	t, err := loadTask(tx, d, s.city())
	if err == nil && t.State == DrawnUp && !s.Organises(by, t, tx.Now()) && !by.Has("audit") {
		return t, errs.New(errs.NotFound, "volunteers.task.none")
	}
	return t, err
}

// Organises reports whether the actor organises where the task is.
func (s *Service) Organises(by scope.Actor, t Task, now time.Time) bool {
	return by.May(organise, scope.Target{Path: t.Path, At: now}).OK
}

// MayTask reports whether the actor may do an act to the task as it stands.
func (s *Service) MayTask(by scope.Actor, t Task, act Act, now time.Time) bool {
	m, err := TaskFlow.Find(t.State, act)
	return err == nil && by.May(m.Need, scope.Target{Path: t.Path, At: now}).OK
}

// Revise says anew what a task is, until it has begun. Needs to organise there.
func (s *Service) Revise(ctx context.Context, by scope.Actor, d id.ID, in Drawing) error {
	return s.changeTask(ctx, by, d, Revise, func(tx *sqldb.Tx, t *Task) error { return s.draw(tx, by, t, in) })
}

// Open lets volunteers sign up for a task. Needs to organise there.
func (s *Service) Open(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeTask(ctx, by, d, OpenTask, func(tx *sqldb.Tx, t *Task) error {
		if t.Ends.Before(tx.Now()) {
			return errs.New(errs.Conflict, "volunteers.task.over")
		}
		return nil
	})
}

// Start says that a task has begun; the program does it at the hour, if nobody has.
// Needs to organise there.
func (s *Service) Start(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeTask(ctx, by, d, Start, func(tx *sqldb.Tx, t *Task) error {
		if tx.Now().Before(t.Begins.Add(-early)) {
			return errs.New(errs.Conflict, "volunteers.task.early")
		}
		return nil
	})
}

// early is how long before its hour a task may begin.
const early = time.Hour

// Finish says that a task is done: hours still are said and confirmed for a while.
// Needs to organise there.
func (s *Service) Finish(ctx context.Context, by scope.Actor, d id.ID) error {
	return s.changeTask(ctx, by, d, Finish, func(*sqldb.Tx, *Task) error { return nil })
}

// CallOff says that a task does not take place, and why; those who signed up are
// written to. Needs to organise there.
func (s *Service) CallOff(ctx context.Context, by scope.Actor, d id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := because(reason); err != nil {
		return err
	}
	return s.changeTask(ctx, by, d, CallOffAct, func(tx *sqldb.Tx, t *Task) error { return s.calledOff(tx, t, reason) })
}

// calledOff says why a task does not take place, and tells those who signed up.
func (s *Service) calledOff(tx *sqldb.Tx, t *Task, reason string) error {
	t.Reason = reason
	ups, err := signUpsOf(tx, t.ID)
	if err != nil {
		return err
	}
	for _, u := range ups {
		if u.State != Withdrawn {
			if err := s.tell(tx, u.Volunteer, NewsOfSignUps, u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// Turn begins the tasks whose hour has come, and ends those whose end is some hours
// past: at most so many, and says how many.
func (s *Service) Turn(ctx context.Context, most int) (n int, err error) {
	by := scope.Program("volunteers")
	err = s.db.Write(ctx, func(tx *sqldb.Tx) error {
		ts, err := tasksToTurn(tx, s.city(), most)
		if err != nil {
			return err
		}
		n = len(ts)
		for _, t := range ts {
			act := Start
			if t.State == Running {
				act = Finish
			}
			if err := s.moveTask(tx, by, t, act, func(*sqldb.Tx, *Task) error { return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// A TaskFilter picks tasks.
type TaskFilter struct {
	Place scope.Scope
	From  time.Time // tasks that end after
	All   bool      // those that are drawn up or called off too, where the actor organises
	Acts  []string
	Most  int
}

// ListTasks are the tasks of a part of the town that the actor may see, the next one
// first.
func (s *Service) ListTasks(ctx context.Context, by scope.Actor, f TaskFilter) (ts []Task, err error) {
	err = s.db.Read(ctx, func(tx *sqldb.Tx) error {
		var own scope.Scopes
		if f.All {
			own = by.Scopes(organise, tx.Now())
			if by.Has("audit") {
				own = scope.All
			}
		}
		ts, err = listTasks(tx, s.city(), f, own)
		return err
	})
	return ts, err
}

// moved is a Conflict in words: what was to be done to what is in another state.
func moved(noun, act, state string) error {
	return errs.New(errs.Conflict, "volunteers.move", keyOf(noun, "act", act), keyOf(noun, "state", state))
}
