// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"context"
	"flag"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// The walks are the same each time, so that whoever changes something learns what
// they broke and not what chance found today. Other walks: -rapid.seed=N.
func init() {
	if err := flag.Set("rapid.seed", "510183"); err != nil {
		panic(err)
	}
}

// A walker does whatever comes to mind to a few matters.
type walker struct {
	*desk
	ctx    context.Context
	people []scope.Actor
	slips  []matters.Slip
	photos int
	did    map[matters.Act]int // beside the road
}

// Whoever does whatever in whatever order: a matter never leaves the table of
// moves, every refusal is one of the four kinds and changes nothing, the buttons
// shown are exactly what can be done, and what follows from the state always
// holds. Whatever was done, beside the road too, the trail agrees with the matter
// and with everything that belongs to it.
func TestRandomWalk(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		d := newDesk(t, town)
		witness := newWitness(d)
		other := town.Resident("陈秀英", "999999194703070029", "19900000003").Actor()
		people := []scope.Actor{d.zhao, d.wu, d.zheng, d.sun, town.As("he"), town.As("audit"), town.As("yu"), d.resident, other, stranger}
		seen := map[matters.State]int{}
		did, acts, photos := map[matters.Act]int{}, 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			w := &walker{desk: d, ctx: t.Context(), people: people, did: did, photos: photos}
			for range 2 {
				by := pick(rt, "who raises", []scope.Actor{d.resident, other})
				slip, err := d.Matters.Raise(w.ctx, by, matters.Raising{Body: "下水道堵了三天。", Place: d.baota[scope.Village], Public: rapid.Bool().Draw(rt, "public"), Files: []matters.NewFile{w.photo()}})
				if err != nil {
					rt.Fatal(err)
				}
				w.slips = append(w.slips, slip)
			}
			for range rapid.IntRange(20, 35).Draw(rt, "acts") {
				w.step(rt)
				acts++
				if rapid.IntRange(0, 2).Draw(rt, "beside the road") == 0 {
					w.aside(rt)
				}
				for _, slip := range w.slips {
					seen[w.holds(rt, slip).State]++
				}
				if days := rapid.SampledFrom([]int{0, 0, 0, 1, 3, 17}).Draw(rt, "days"); days > 0 {
					d.Clock.Add(time.Duration(days)*24*time.Hour + 7*time.Minute)
					if _, err := d.Matters.ResumeUnanswered(w.ctx, 100); err != nil {
						rt.Fatal(err)
					}
				}
			}
			w.fits(rt)
			photos = w.photos
		})
		for _, s := range matters.Flow.States() {
			if seen[s] == 0 {
				t.Errorf("in %d acts nothing was ever %s", acts, s)
			}
		}
		for _, a := range asides {
			if did[a] == 0 {
				t.Errorf("beside %d acts nothing was ever done by %s", acts, a)
			}
		}
		t.Logf("%d acts, and %v", acts, did)
		d.verifyTrail()
		witness.check(t)
		if n := d.forgetAll(); n == 0 {
			t.Error("nothing was ever forgotten")
		}
		d.verifyTrail()
	})
}

// pick draws one of them by its place, which is all that a failing case says.
func pick[T any](rt *rapid.T, what string, of []T) T {
	return of[rapid.IntRange(0, len(of)-1).Draw(rt, what)]
}

// step lets somebody try something.
func (w *walker) step(rt *rapid.T) {
	slip, by := pick(rt, "matter", w.slips), pick(rt, "who", w.people)
	was := w.whole(rt, scope.Program("test"), slip)
	mine, err := w.Matters.Get(w.ctx, by, slip.Number)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		rt.Fatal(err)
	}
	act := rapid.SampledFrom(matters.Flow.Acts()).Draw(rt, "act")
	if rapid.IntRange(0, 3).Draw(rt, "sensible") > 0 {
		by, act = w.sensible(rt, slip, by, act)
		if mine, err = w.Matters.Get(w.ctx, by, slip.Number); err != nil && errs.KindOf(err) != errs.NotFound {
			rt.Fatal(err)
		}
	}
	to := pick(rt, "other", w.slips)
	err = w.do(rt, by, slip, act, to)
	now := w.whole(rt, scope.Program("test"), slip)
	if err == nil {
		w.moved(rt, was, now, act)
		if !slices.Contains(mine.Acts, act) {
			rt.Fatalf("%s did %s, which was not offered", by.Name, act)
		}
		return
	}
	k := errs.KindOf(err)
	if k != errs.Conflict && k != errs.Denied && k != errs.NotFound && k != errs.Invalid {
		rt.Fatalf("%s by %s: %v", act, by.Name, err)
	}
	if slices.Contains(mine.Acts, act) && act != matters.Join && act != matters.Unsplit && !(act == matters.Close && k == errs.Denied) {
		rt.Fatalf("%s was offered to %s in %s and refused: %v", act, by.Name, was.Matter.State, err)
	}
	if now.Matter.Version != was.Matter.Version || len(now.Steps) != len(was.Steps) {
		rt.Fatalf("%s was refused and left a trace", act)
	}
}

// onward are the acts that carry a matter on.
var onward = []matters.Act{matters.Accept, matters.Classify, matters.Dispatch, matters.Decide, matters.Take, matters.Handle, matters.Verify, matters.Close}

// sensible is somebody who can do something, often what carries the matter on.
func (w *walker) sensible(rt *rapid.T, slip matters.Slip, by scope.Actor, act matters.Act) (scope.Actor, matters.Act) {
	type move struct {
		by  scope.Actor
		act matters.Act
	}
	var all, on, back []move
	for _, x := range w.people {
		mine, err := w.Matters.Get(w.ctx, x, slip.Number)
		if err != nil {
			continue
		}
		for _, a := range mine.Acts {
			all = append(all, move{x, a})
			if slices.Contains(onward, a) {
				on = append(on, move{x, a})
			}
			if a == matters.SendBack && mine.Matter.State == matters.Dispatched {
				back = append(back, move{x, a})
			}
		}
	}
	if len(back) > 0 && rapid.Bool().Draw(rt, "not ours") { // often enough to be disputed
		on = back
	}
	if len(on) > 0 && rapid.Bool().Draw(rt, "onward") {
		all = on
	}
	if len(all) == 0 {
		return by, act
	}
	one := pick(rt, "possible", all)
	return one.by, one.act
}

// moved checks that an act led where the table says.
func (w *walker) moved(rt *rapid.T, was, now matters.Whole, act matters.Act) {
	to, err := matters.Flow.Lead(was.Matter.State, act, now.Matter.State)
	if act == matters.Rate && err == nil && now.Matter.State == matters.Handling { // not solved, and reopened
		to, err = matters.Flow.Lead(matters.Closed, matters.Reopen, now.Matter.State)
	}
	if act == matters.ShowName || act == matters.HideName { // beside the road, in any state
		to, err = was.Matter.State, nil
	}
	if err != nil || to != now.Matter.State {
		rt.Fatalf("%s led from %s to %s: %v", act, was.Matter.State, now.Matter.State, err)
	}
	if now.Matter.Version <= was.Matter.Version || len(now.Steps) <= len(was.Steps) {
		rt.Fatalf("%s left no trace", act)
	}
	if m, o := now.Matter, was.Matter; m.Number != o.Number || m.Resident != o.Resident || !m.RaisedAt.Equal(o.RaisedAt) || m.SplitFrom != o.SplitFrom {
		rt.Fatalf("%s changed what never changes: %+v", act, m)
	}
}

// holds checks what follows from the state of a matter.
func (w *walker) holds(rt *rapid.T, slip matters.Slip) matters.Matter {
	m := w.whole(rt, scope.Program("test"), slip).Matter
	led := []matters.State{matters.Dispatched, matters.Handling, matters.AskedHandler, matters.Suspended, matters.Handled, matters.Verified, matters.Closed}
	before := []matters.State{matters.Received, matters.AskedIntake, matters.Accepted, matters.Classified, matters.Disputed, matters.Joined, matters.Declined}
	turn := m.Turn()
	for what, ok := range map[string]bool{
		"a unit's turn has a unit":                  (m.TurnUnit != 0) == (turn != "" && turn != matters.TurnReporter),
		"what is somebody's turn is due":            m.Due.IsZero() == (turn == ""),
		"what is over has an end, and only that":    m.ClosedAt.IsZero() == m.State.Open(),
		"a unit leads from the dispatch on":         m.Lead != 0 || !slices.Contains(led, m.State),
		"and none before":                           m.Lead == 0 || !slices.Contains(before, m.State),
		"the turn of a unit is the lead unit's":     turn != matters.TurnHandle || m.TurnUnit == m.Lead,
		"what follows another says which":           (m.JoinedTo != 0) == (m.State == matters.Joined),
		"and keeps what it had":                     (m.Kept != matters.Kept{}) == (m.State == matters.Joined),
		"what is suspended wakes":                   m.ResumeAt.IsZero() == (m.State != matters.Suspended),
		"who accepted it is known":                  m.Acceptor != 0 || !slices.Contains(led, m.State),
		"it is classified before it is sent":        m.Category != "" || !slices.Contains(led, m.State),
		"extended twice and suspended once at most": m.Extensions <= 2 && m.Suspensions <= 1,
		"what was decided was disputed":             !m.Decided || m.Disputes == 2,
		"and is disputed once":                      m.Disputes <= 2,
		"who commands decides":                      m.State != matters.Disputed || m.Disputes == 2 && !m.Decided,
		"nobody is counted who is not there":        m.Supporters >= 0,
		"the promise is a time":                     !m.Promised.IsZero(),
	} {
		if !ok {
			rt.Fatalf("not so: %s: %+v", what, m)
		}
	}
	w.explained(rt, m)
	if err := w.DB.Read(w.ctx, func(tx *sqldb.Tx) error {
		rows, err := trail.Story(tx, "matter", m.ID, 0, 1000)
		if len(rows) != m.Version {
			rt.Fatalf("%d rows in the trail for version %d", len(rows), m.Version)
		}
		return err
	}); err != nil {
		rt.Fatal(err)
	}
	return m
}

// explained checks that what a matter says of its ends is what follows from its
// clocks, whatever has happened to it.
func (w *walker) explained(rt *rapid.T, m matters.Matter) {
	x, err := w.Matters.Explain(w.ctx, scope.Program("test"), m.Number)
	if err != nil {
		rt.Fatal(err)
	}
	if m.State.Stage() == "" {
		return
	}
	whole, stage := x.Clocks[0], x.Clocks[len(x.Clocks)-1]
	if whole.Run.Stage != matters.StageWhole || stage.Run.Stage != m.State.Stage() {
		rt.Fatalf("the clocks of a matter that is %s are of %s and %s", m.State, whole.Run.Stage, stage.Run.Stage)
	}
	if !whole.Due.IsZero() && !whole.Due.Truncate(time.Millisecond).Equal(m.Promised) {
		rt.Fatalf("%s, promised for %s, which does not follow from %+v, %v: %s", m.State, m.Promised, whole.Run, m.Clocks.Stops, whole.Due)
	}
	if m.TurnUnit != 0 && !stage.Due.Truncate(time.Millisecond).Equal(m.Due) {
		rt.Fatalf("due %s, which does not follow from %+v", m.Due, stage.Run)
	}
	for _, k := range x.Clocks {
		if k.Ended != nil && !k.Due.Truncate(time.Millisecond).Equal(k.Ended.Due) {
			rt.Fatalf("%s was due %s, which does not follow from %+v", k.Run.Stage, k.Ended.Due, k.Run)
		}
	}
}

func (w *walker) whole(rt *rapid.T, by scope.Actor, slip matters.Slip) matters.Whole {
	x, err := w.Matters.Get(w.ctx, by, slip.Number)
	if err != nil {
		rt.Fatal(err)
	}
	return x
}

// do is the act with what its form asks, rightly filled in.
func (w *walker) do(rt *rapid.T, by scope.Actor, slip matters.Slip, act matters.Act, to matters.Slip) error {
	const why = "有理由，写在这里。"
	m, ctx, d := w.Matters, w.ctx, slip.ID
	soon := w.Clock.Now().AddDate(0, 0, 3)
	switch act {
	case matters.Accept:
		return m.Accept(ctx, by, d)
	case matters.Decline:
		return m.Decline(ctx, by, d, why)
	case matters.Ask:
		return m.Ask(ctx, by, d, why)
	case matters.Answer:
		return m.Answer(ctx, by, d, why, w.photo())
	case matters.Add:
		return m.Add(ctx, by, d, why, w.photo())
	case matters.ShowName:
		return m.ShowName(ctx, by, d)
	case matters.HideName:
		return m.HideName(ctx, by, d)
	case matters.Classify:
		return m.Classify(ctx, by, d, matters.Classifying{Category: "drain", Answers: w.answers("drain"), Urgent: rapid.Bool().Draw(rt, "urgent")})
	case matters.Dispatch:
		return m.Dispatch(ctx, by, d, matters.Dispatching{Lead: w.water, Assist: []id.ID{w.people[4].Unit}, Words: "请看一下。"})
	case matters.SendBack:
		return m.SendBack(ctx, by, d, why)
	case matters.Correct:
		return m.Correct(ctx, by, d, "lamp", why)
	case matters.Confirm:
		return m.Confirm(ctx, by, d)
	case matters.Decide:
		return m.Decide(ctx, by, d, matters.Deciding{Lead: w.water, Reason: why})
	case matters.Take:
		return m.Take(ctx, by, d, "")
	case matters.Handle:
		return m.Handle(ctx, by, d, why, w.photo())
	case matters.Extend:
		return m.Extend(ctx, by, d, "")
	case matters.AskExtension:
		return m.AskExtension(ctx, by, d, when.Limit{N: 1, Unit: w.get(slip.Number).Matter.Clocks.Stage.Limit().Unit}, why)
	case matters.RefuseExtension:
		return m.RefuseExtension(ctx, by, d, why)
	case matters.AppealAct:
		return m.Appeal(ctx, by, d, why)
	case matters.GrantAppeal:
		return m.GrantAppeal(ctx, by, d, why)
	case matters.RefuseAppeal:
		return m.RefuseAppeal(ctx, by, d, why)
	case matters.AskReview:
		return m.AskReview(ctx, by, d, why)
	case matters.GrantReview:
		return m.GrantReview(ctx, by, d, why)
	case matters.RefuseReview:
		return m.RefuseReview(ctx, by, d, why)
	case matters.Suspend:
		return m.Suspend(ctx, by, d, soon, why)
	case matters.Resume:
		return m.Resume(ctx, by, d, why)
	case matters.Verify:
		return m.Verify(ctx, by, d, true, "")
	case matters.Close:
		return m.Close(ctx, by, d, "")
	case matters.Rate:
		return m.Rate(ctx, by, d, matters.Rating{Solved: rapid.SampledFrom([]matters.Solved{matters.Yes, matters.Partly, matters.No}).Draw(rt, "solved")})
	case matters.Reopen:
		return m.Reopen(ctx, by, d, why)
	case matters.Withdraw:
		return m.Withdraw(ctx, by, d, "")
	case matters.Join:
		return m.Join(ctx, by, d, to.ID, why)
	case matters.Unjoin:
		return m.Unjoin(ctx, by, d)
	case matters.Split:
		numbers, err := m.Split(ctx, by, d, []matters.Part{{Title: "路灯不亮", Body: "井口边的路灯也不亮"}})
		for _, n := range numbers {
			w.slips = append(w.slips, matters.Slip{ID: w.get(n).Matter.ID, Number: n})
		}
		return err
	case matters.Unsplit:
		return m.Unsplit(ctx, by, d, why)
	case matters.Urge:
		return m.Urge(ctx, by, d, why)
	case matters.Supervise:
		return m.Supervise(ctx, by, d, why)
	case matters.Settle:
		return m.Settle(ctx, by, d, why)
	default:
		rt.Fatalf("nobody knows how to %s", act)
		return nil
	}
}
