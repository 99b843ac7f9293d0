// SPDX-License-Identifier: Apache-2.0

package volunteers_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
)

// The whole path: opt in, a task, a sign-up, hours confirmed by two, points, an offer,
// a code at the shop, settled with the town.
func TestWholePath(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		_, err := w.Volunteers.Join(w.ctx, v, volunteers.Joining{})
		w.fails(err, errs.Conflict, "volunteers.already")
		h := w.earned(v)
		w.has(v, 16) // two hours at 8
		if m := w.mine(v); m.Minutes != 120 || m.Hours[0].Hours.Points != 16 || m.Hours[0].Hours.State != volunteers.Confirmed {
			t.Errorf("%+v", m)
		}
		w.fails(w.Volunteers.Confirm(w.ctx, w.As("sun"), h.ID), errs.Conflict, "volunteers.move")

		o := w.offer(10, 2)
		r, err := w.Volunteers.Take(w.ctx, v, o.ID, 0)
		w.must(err)
		w.has(v, 6)
		_, err = w.Volunteers.Take(w.ctx, v, o.ID, 0)
		w.fails(err, errs.Conflict, "volunteers.points.short")
		w.has(v, 6)
		code := w.mine(v).Redemptions[0].Code
		_, err = w.Volunteers.HandOver(w.ctx, w.As("deng"), code)
		w.fails(err, errs.Invalid, "volunteers.code.none") // another member's
		_, err = w.Volunteers.HandOver(w.ctx, w.As("tang"), code[:4]+"-"+code[4:])
		w.must(err)
		_, err = w.Volunteers.HandOver(w.ctx, w.As("tang"), code)
		w.fails(err, errs.Invalid, "volunteers.code.used")
		w.fails(w.Volunteers.Cancel(w.ctx, v, r.ID, 0, ""), errs.Conflict, "volunteers.move")

		unit := w.As("tang").Unit
		w.fails(w.Volunteers.Settle(w.ctx, w.As("wang"), unit, 10, "三月结算"), errs.Denied, scope.DeniedNeed)
		w.fails(w.Volunteers.Settle(w.ctx, w.As("admin"), unit, 11, "三月结算"), errs.Invalid, "volunteers.settle.more")
		w.must(w.Volunteers.Settle(w.ctx, w.As("admin"), unit, 10, "三月结算"))
		w.has(v, 6)
		p, err := w.Volunteers.PotOf(w.ctx, volunteers.QuarterOf(w.Clock.Now()))
		w.must(err)
		if !p.Issued.Hidden || !p.Outstanding.Hidden || p.Settled.Points != 10 || p.Members != 0 {
			t.Errorf("the pot of one volunteer: %+v", p)
		}
		rep, err := trail.Verify(w.ctx, w.DB, trail.Options{Now: w.Clock.Now(), Records: w.Records()})
		w.must(err)
		if f := rep.FirstFault; f != nil && f.Kind != trail.Unsealed {
			t.Errorf("the trail: %+v", f)
		}
	})
}

// Hours take two people, of whom one leads or is of the committee, and never oneself.
func TestTwoConfirm(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		a, b, c, away := w.volunteer(), w.volunteer(), w.volunteer(), w.volunteer()
		task := w.helped(a, b, c)
		h, err := w.Volunteers.Say(w.ctx, a, volunteers.Saying{Task: task.ID, Minutes: 60})
		w.must(err)
		_, err = w.Volunteers.Say(w.ctx, a, volunteers.Saying{Task: task.ID, Minutes: 60})
		w.fails(err, errs.Conflict, "volunteers.hours.said")
		_, err = w.Volunteers.Say(w.ctx, b, volunteers.Saying{Task: task.ID, Minutes: 121})
		w.fails(err, errs.Invalid, "volunteers.hours.minutes")
		_, err = w.Volunteers.Say(w.ctx, away, volunteers.Saying{Task: task.ID, Minutes: 60})
		w.fails(err, errs.Conflict, "volunteers.hours.no_place")

		w.fails(w.Volunteers.Confirm(w.ctx, a, h.ID), errs.Denied, "volunteers.hours.witness")
		w.fails(w.Volunteers.Confirm(w.ctx, away, h.ID), errs.NotFound, "volunteers.hours.none")
		w.must(w.Volunteers.Confirm(w.ctx, b, h.ID))
		w.fails(w.Volunteers.Confirm(w.ctx, b, h.ID), errs.Conflict, "volunteers.hours.again")
		w.fails(w.Volunteers.Confirm(w.ctx, c, h.ID), errs.Conflict, "volunteers.hours.leader") // two companions are not enough
		w.has(a, 0)
		w.must(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID))
		w.has(a, 8)

		// The leader's own word is the first of the two.
		whole, err := w.Volunteers.GetTask(w.ctx, w.As("wang"), task.ID)
		w.must(err)
		for _, p := range whole.People {
			if p.Hours == nil {
				h, err := w.Volunteers.SayOf(w.ctx, w.As("wang"), p.SignUp.ID, 30)
				w.must(err)
				if h.State != volunteers.Seen {
					t.Errorf("said by the leader: %s", h.State)
				}
				w.fails(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID), errs.Conflict, "volunteers.hours.again")
				w.must(w.Volunteers.Confirm(w.ctx, a, h.ID))
			}
		}
		w.has(b, 4)
		// Who only reads sees nobody's name.
		whole, err = w.Volunteers.GetTask(w.ctx, away, task.ID)
		w.must(err)
		if len(whole.People) != 0 {
			t.Errorf("a stranger to the task sees %+v", whole.People)
		}
	})
}

func TestRefusedAndAppealed(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		a, b := w.volunteer(), w.volunteer()
		task := w.helped(a, b)
		h, err := w.Volunteers.Say(w.ctx, a, volunteers.Saying{Task: task.ID, Minutes: 120})
		w.must(err)
		w.must(w.Volunteers.Confirm(w.ctx, b, h.ID))
		w.fails(w.Volunteers.Refuse(w.ctx, w.As("wang"), h.ID, "不"), errs.Invalid, "volunteers.words")
		w.must(w.Volunteers.Refuse(w.ctx, w.As("wang"), h.ID, "只来了半小时。"))
		w.fails(w.Volunteers.Appeal(w.ctx, b, h.ID, 0, "我一直都在。"), errs.Denied, "volunteers.hours.own")
		w.must(w.Volunteers.Appeal(w.ctx, a, h.ID, 0, "我一直都在，后半段在楼上。"))
		w.fails(w.Volunteers.Grant(w.ctx, w.As("wang"), h.ID, "问过邻居了。"), errs.Denied, "volunteers.hours.other")
		w.must(w.Volunteers.Grant(w.ctx, w.As("sun"), h.ID, "问过邻居，属实。"))
		w.has(a, 0)
		w.must(w.Volunteers.Confirm(w.ctx, b, h.ID))
		w.has(a, 16)
		// What was confirmed by mistake is taken back by an entry that names the earning,
		// as far as the points are there.
		o := w.offer(10, 1)
		_, err = w.Volunteers.Take(w.ctx, a, o.ID, 0)
		w.must(err)
		w.must(w.Volunteers.TakeBack(w.ctx, w.As("sun"), h.ID, "登记错了任务。"))
		w.has(a, 0)
		st, err := w.Volunteers.Statement(w.ctx, a, 0, volunteers.QuarterOf(w.Clock.Now()))
		w.must(err)
		if n := len(st.Lines); n != 3 || st.Lines[2].Signed != -6 || st.Lines[2].Reverses != st.Lines[0].ID || st.Closing != 0 || st.In != 16 || st.Out != 16 || st.Minutes != 0 {
			t.Errorf("%+v", st)
		}
		_, err = w.Volunteers.Statement(w.ctx, w.As("wang"), 0, volunteers.QuarterOf(w.Clock.Now()))
		w.fails(err, errs.Denied, "volunteers.residents")
		_, err = w.Volunteers.Statement(w.ctx, w.As("wu"), a.Resident, volunteers.QuarterOf(w.Clock.Now()))
		w.fails(err, errs.Denied, scope.DeniedNeed)
	})
}

// Fifty people spend their last points, all at once, each in several places: nobody
// spends what they have not, and no offer gives more than it has.
func TestLastPoints(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		w.earned(v) // 16
		cheap, rare := w.offer(5, 100), w.offer(1, 1)
		rich := make([]scope.Actor, 0, 5)
		for range 5 {
			rich = append(rich, w.volunteer())
			w.earned(rich[len(rich)-1])
		}
		var wait sync.WaitGroup
		var mu sync.Mutex
		took, got := 0, 0
		for i := range 50 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				_, err := w.Volunteers.Take(w.ctx, v, cheap.ID, 0)
				_, last := w.Volunteers.Take(w.ctx, rich[i%len(rich)], rare.ID, 0)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					took++
				case errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Busy:
					t.Error(err)
				}
				switch {
				case last == nil:
					got++
				case errs.KindOf(last) != errs.Conflict && errs.KindOf(last) != errs.Busy:
					t.Error(last)
				}
			}()
		}
		wait.Wait()
		if took != 3 || got != 1 {
			t.Errorf("%d took for 5 points of 16, %d the last piece", took, got)
		}
		w.has(v, 1)
		o, err := w.Volunteers.GetOffer(w.ctx, v, rare.ID)
		w.must(err)
		if o.Left() != 0 {
			t.Errorf("%d left", o.Left())
		}
	})
}

// Of the last seat one has it, the others wait, and who withdraws gives it to who
// waits longest.
func TestSeats(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		task := w.task("wang", 1)
		vs := make([]scope.Actor, 8)
		for i := range vs {
			vs[i] = w.volunteer()
		}
		var wait sync.WaitGroup
		errors_ := make([]error, len(vs))
		for i, v := range vs {
			wait.Add(1)
			go func() {
				defer wait.Done()
				_, errors_[i] = w.Volunteers.SignUp(w.ctx, v, task.ID, 0)
			}()
		}
		wait.Wait()
		w.must(errors.Join(errors_...))
		states := func() (listed, waiting int) {
			whole, err := w.Volunteers.GetTask(w.ctx, w.As("wang"), task.ID)
			w.must(err)
			for _, p := range whole.People {
				switch p.SignUp.State {
				case volunteers.Listed:
					listed++
				case volunteers.Waiting:
					waiting++
				case volunteers.Withdrawn:
				}
			}
			if listed != whole.Task.Listed {
				t.Errorf("%d are listed, the task says %d", listed, whole.Task.Listed)
			}
			return listed, waiting
		}
		if l, n := states(); l != 1 || n != len(vs)-1 {
			t.Errorf("%d have a place, %d wait", l, n)
		}
		for _, v := range vs {
			if m := w.mine(v); m.Tasks[0].SignUp.State == volunteers.Listed {
				w.must(w.Volunteers.Withdraw(w.ctx, v, task.ID, 0))
				w.must(w.Volunteers.Return(w.ctx, v, task.ID, 0))
				break
			}
		}
		if l, n := states(); l != 1 || n != len(vs)-1 {
			t.Errorf("%d have a place, %d wait", l, n)
		}
		in := w.drawing()
		in.Seats = 3
		w.must(w.Volunteers.Revise(w.ctx, w.As("wang"), task.ID, in))
		if l, n := states(); l != 3 || n != len(vs)-3 {
			t.Errorf("of three places %d are taken, %d wait", l, n)
		}
		in.Seats = 2
		w.fails(w.Volunteers.Revise(w.ctx, w.As("wang"), task.ID, in), errs.Invalid, "volunteers.task.fewer")
		w.must(w.Volunteers.CallOff(w.ctx, w.As("wang"), task.ID, "下大雨，改天再来。"))
		_, err := w.Volunteers.SignUp(w.ctx, w.volunteer(), task.ID, 0)
		w.fails(err, errs.Conflict, "volunteers.task.closed")
	})
}

// Who leaves spends points or gives them back, and says what becomes of the honours.
func TestLeave(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		v := w.volunteer()
		w.earned(v)
		o := w.offer(6, 1)
		r, err := w.Volunteers.Take(w.ctx, v, o.ID, 0)
		w.must(err)
		task := w.task("wang", 1)
		_, err = w.Volunteers.SignUp(w.ctx, v, task.ID, 0)
		w.must(err)
		w.fails(w.Volunteers.Leave(w.ctx, v, volunteers.Leaving{}), errs.Invalid, "volunteers.leave.points")
		w.must(w.Volunteers.Leave(w.ctx, v, volunteers.Leaving{GiveBack: true, Keep: true}))
		w.has(v, 0)
		w.must(w.Volunteers.Cancel(w.ctx, v, r.ID, 0, "")) // the points go on to the pot
		w.has(v, 0)
		whole, err := w.Volunteers.GetTask(w.ctx, w.As("wang"), task.ID)
		w.must(err)
		if whole.Task.Listed != 0 {
			t.Error("who left still has a place")
		}
		_, err = w.Volunteers.Take(w.ctx, v, o.ID, 0)
		w.fails(err, errs.Conflict, "volunteers.join_first")
		w.must(w.Volunteers.Rejoin(w.ctx, v, 0))
		w.fails(w.Volunteers.Rejoin(w.ctx, v, 0), errs.Conflict, "volunteers.move")
	})
}

// Somebody without a telephone does all of it at the desk; nobody else may for them.
func TestForOthers(t *testing.T) {
	t.Parallel()
	each(t, func(w *town) {
		granny := w.resident()
		_, err := w.Volunteers.Join(w.ctx, w.As("wu"), volunteers.Joining{For: granny.Resident})
		w.fails(err, errs.Denied, scope.DeniedNeed)
		_, err = w.Volunteers.Join(w.ctx, w.volunteer(), volunteers.Joining{For: granny.Resident})
		w.fails(err, errs.Denied, scope.DeniedNeed)
		v, err := w.Volunteers.Join(w.ctx, w.As("he"), volunteers.Joining{For: granny.Resident, Shown: true})
		w.must(err)
		if v.JoinedBy != w.As("he").Account {
			t.Errorf("joined by %s", v.JoinedBy)
		}
		task := w.task("xu", 3)
		_, err = w.Volunteers.SignUp(w.ctx, w.As("he"), task.ID, granny.Resident)
		w.must(err)
		w.Clock.Add(time.Hour)
		n, err := w.Volunteers.Turn(w.ctx, 200)
		w.must(err)
		if n != 1 {
			t.Errorf("%d tasks turned", n)
		}
		_, err = w.Volunteers.Say(w.ctx, w.As("he"), volunteers.Saying{Task: task.ID, For: granny.Resident, Minutes: 60})
		w.must(err)
		m, err := w.Volunteers.Mine(w.ctx, w.As("he"), granny.Resident)
		w.must(err)
		h := m.Hours[0].Hours
		if h.State != volunteers.Said {
			t.Errorf("the desk is no witness: %s", h.State)
		}
		w.must(w.Volunteers.Confirm(w.ctx, w.As("xu"), h.ID))
		w.must(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID))
		w.must(w.Volunteers.Thank(w.ctx, w.As("wang"), h.ID, "下雨天也来给大家送伞，谢谢您。"))
		ts, err := w.Volunteers.Thanked(w.ctx, scope.Scope{}, 10)
		w.must(err)
		if len(ts) != 1 || ts[0].Name != "周*" {
			t.Errorf("%+v", ts)
		}
		w.must(w.Volunteers.Choose(w.ctx, w.As("he"), volunteers.Joining{For: granny.Resident}))
		if ts, err = w.Volunteers.Thanked(w.ctx, scope.Scope{}, 10); err != nil || len(ts) != 0 {
			t.Errorf("who does not want it is shown: %+v, %v", ts, err)
		}
	})
}
