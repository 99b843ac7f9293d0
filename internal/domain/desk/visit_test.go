// SPDX-License-Identifier: Apache-2.0

package desk_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// need finds a need in a grid of 宝塔社区, as 李网格 does on a round.
func (o *office) need(origin string) desk.Slip {
	o.t.Helper()
	grid := o.Places.Tree().Children(o.Place("文君街道", "宝塔社区")[scope.Village])[0]
	li := o.As("li")
	var s desk.Slip
	o.must(o.DB.Write(o.t.Context(), func(tx *sqldb.Tx) (err error) {
		s, err = o.Desk.FindIn(tx, li, desk.Finding{Item: "id-card", Place: grid.ID, Need: "79 岁，患癌，来不了派出所。", Finder: desk.OnRound, Origin: origin,
			Contact: people.ContactInput{Name: "陈某", Phone: "19900000001"}})
		return err
	}))
	return s
}

func (o *office) home(by scope.Actor, number string) desk.SeenVisit {
	o.t.Helper()
	x, err := o.Desk.Visit(o.t.Context(), by, number)
	o.must(err)
	return x
}

// The article's story: found on a round, station and street told at once, the family
// called, a time arranged that suits both, done at home and signed for, followed up,
// closed; each turn with its clock.
func TestHomeVisit(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		s := o.need("entry:1")
		if again := o.need("entry:1"); again.ID != s.ID || again.Code != "" {
			t.Errorf("an entry that arrives twice becomes %+v, was %+v", again, s)
		}
		x := o.home(o.lin, s.Number)
		if x.State != desk.Found || x.DeskUnit != o.lin.Unit || x.ServeUnit != o.he.Unit || x.Due.IsZero() || x.State.Turn() != desk.TurnDesk {
			t.Errorf("%+v", x.HomeVisit)
		}
		for _, who := range []string{"wu", "wang", "tang"} {
			if _, err := o.Desk.Visit(ctx, o.As(who), s.Number); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s reads it: %v", who, err)
			}
		}
		if err := o.Desk.Arrange(ctx, o.he, s.ID, desk.Arranging{}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("arranged without consent: %v", err)
		}
		if err := o.Desk.Call(ctx, o.lin, s.ID, desk.SaidYes, ""); errs.KindOf(err) != errs.Invalid {
			t.Errorf("consent without words: %v", err)
		}
		o.must(o.Desk.Call(ctx, o.lin, s.ID, desk.NoAnswer, ""))
		o.must(o.Desk.Call(ctx, o.lin, s.ID, desk.SaidYes, "女儿接的电话，同意上门。"))
		x = o.home(o.he, s.Number)
		officers, workers, err := o.Desk.Officers(ctx, x.HomeVisit)
		o.must(err)
		li := o.As("li")
		if !slices.ContainsFunc(officers, func(p desk.Person) bool { return p.Account == o.he.Account && p.Name == "何警官" }) || !slices.ContainsFunc(workers, func(p desk.Person) bool { return p.Account == li.Account }) {
			t.Fatalf("officers %v, workers %v", officers, workers)
		}
		free, err := o.Desk.FreeTimes(ctx, x.HomeVisit, o.he.Account, li.Account, 60)
		o.must(err)
		cal := o.Calendars.Town()
		for _, f := range free {
			if !cal.Open(f.At) || !cal.Open(f.Ends.Add(-time.Minute)) {
				t.Errorf("%s is no working time", f.At)
			}
		}
		a := desk.Arranging{At: free[1].At, Minutes: 60, Officer: o.he.Account, Worker: li.Account, Papers: "户口簿、旧身份证"}
		bad := a
		bad.At, bad.Officer = at("03:00"), o.lin.Account
		if err := o.Desk.Arrange(ctx, o.he, s.ID, bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("somebody of another unit: %v", err)
		}
		bad.Officer = o.he.Account
		if err := o.Desk.Arrange(ctx, o.he, s.ID, bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("at night: %v", err)
		}
		o.must(o.Desk.Arrange(ctx, o.he, s.ID, a))

		// The same officer is not free for another then.
		other := o.need("entry:2")
		o.must(o.Desk.Call(ctx, o.lin, other.ID, desk.SaidYes, "儿子同意。"))
		err = o.Desk.Arrange(ctx, o.he, other.ID, a)
		if es := errs.Public(err); len(es) != 1 || es[0].Field != "at" || errs.KindOf(err) != errs.Invalid {
			t.Errorf("at two homes at once: %v", err)
		}
		again, err := o.Desk.FreeTimes(ctx, o.home(o.he, other.Number).HomeVisit, o.he.Account, li.Account, 60)
		o.must(err)
		if slices.ContainsFunc(again, func(f desk.Slot) bool { return f.At.Equal(a.At) }) {
			t.Error("a time that is taken is proposed")
		}
		// Nor is he while somebody has booked him at his counter.
		booked, err := o.Desk.Book(ctx, nobody, desk.Wish{Item: "id-card", At: at("14:00"), Contact: guest("邻居甲")})
		o.must(err)
		_ = booked
		b := a
		b.At = at("14:00")
		if err := o.Desk.Arrange(ctx, o.he, other.ID, b); errs.KindOf(err) != errs.Invalid {
			t.Errorf("at home and at the counter at once: %v", err)
		}

		o.Clock.Set(a.At.Add(30 * time.Minute))
		if err := o.Desk.Do(ctx, o.he, s.ID, "采集了照片和指纹。", desk.NewFile{}, desk.Paper); errs.KindOf(err) != errs.Invalid {
			t.Errorf("done without a receipt: %v", err)
		}
		o.must(o.Desk.Do(ctx, o.he, s.ID, "采集了照片和指纹，受理换领。", desk.NewFile{Hash: "abc", Type: "image/png"}, desk.Drawn))
		if yes, err := o.Desk.NeedsFile(ctx, "abc"); !yes || err != nil {
			t.Errorf("the receipt is not needed: %v", err)
		}
		o.must(o.Desk.FollowUp(ctx, o.lin, s.ID, desk.NoAnswer, ""))
		o.must(o.Desk.FollowUp(ctx, o.lin, s.ID, desk.AllIsWell, "说办好了。"))
		o.must(o.Desk.Finish(ctx, o.he, s.ID))
		x = o.home(o.lin, s.Number)
		if x.State != desk.Closed || x.ConsentAt.IsZero() || len(x.Steps) != 8 {
			t.Errorf("%s after %d steps", x.State, len(x.Steps))
		}
		// Whoever only holds the slip sees how it stands, not what was said inside.
		slip := o.home(scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{s.ID}}, s.Number)
		for _, p := range slip.Steps {
			if p.Words != "" {
				t.Errorf("the holder of the slip reads %q", p.Words)
			}
		}
		open, _, err := o.Desk.ListVisits(ctx, o.lin, desk.VisitFilter{Open: true})
		o.must(err)
		none, _, err := o.Desk.ListVisits(ctx, o.As("wu"), desk.VisitFilter{})
		o.must(err)
		if len(open) != 1 || open[0].ID != other.ID || len(none) != 0 {
			t.Errorf("%d open, %d for the water bureau", len(open), len(none))
		}

		o.Clock.Set(o.Clock.Now().Add(desk.KeepVisit + 24*time.Hour))
		if n, err := o.Desk.ForgetOld(ctx, 100); err != nil || n < 2 {
			t.Errorf("%d forgotten: %v", n, err)
		}
		if x := o.home(o.As("lin"), s.Number); x.Need != "" || x.HomeVisit.Receipt.Hash != "" || x.Contact != 0 {
			t.Errorf("%+v", x.HomeVisit)
		}
	})
}

// A family that does not want it is not visited; who tells it must say enough.
func TestFamilyDeclines(t *testing.T) {
	t.Parallel()
	each(t, func(o *office) {
		ctx := o.t.Context()
		s := o.need("")
		o.must(o.Desk.Call(ctx, o.lin, s.ID, desk.SaidNo, "说自己能去。"))
		if err := o.Desk.Arrange(ctx, o.he, s.ID, desk.Arranging{}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("arranged though they said no: %v", err)
		}
		o.must(o.Desk.Call(ctx, o.lin, s.ID, desk.SaidYes, "又说还是来一趟好。"))
		_, err := o.Desk.Find(ctx, nobody, desk.Finding{Need: "来"})
		var fields []string
		for _, e := range errs.Public(err) {
			fields = append(fields, e.Field)
		}
		if slices.Sort(fields); !slices.Equal(fields, []string{"name", "need", "place"}) {
			t.Errorf("faults at %v", fields)
		}
		if _, err := o.Desk.Find(ctx, o.As("wu"), desk.Finding{Need: "走不动了", Place: o.Place("文君街道", "宝塔社区")[scope.Village], Contact: guest("邻居甲")}); errs.KindOf(err) != errs.Denied {
			t.Errorf("who works elsewhere finds it: %v", err)
		}
	})
}
