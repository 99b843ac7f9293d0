// SPDX-License-Identifier: Apache-2.0

package patrol_test

import (
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// A ward is a town with the first grid of 宝塔社区 made ready for rounds.
type ward struct {
	*apptest.Town
	t    *testing.T
	grid places.Place
}

func each(t *testing.T, f func(t *testing.T, w *ward)) {
	t.Helper()
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		v := town.Place("文君街道", "宝塔社区")
		f(t, &ward{town, t, town.Places.Tree().Children(v[scope.Village])[0]})
	})
}

func (w *ward) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *ward) refused(err error, kind errs.Kind, key string) {
	w.t.Helper()
	if es := errs.Public(err); len(es) == 0 || es[0].Kind != kind || es[0].Key != key {
		w.t.Fatalf("got %v, want %s %s", err, kind, key)
	}
}

var (
	pipes = patrol.Duty{Name: i18n.Text{ZH: "看供水井盖", EN: "Look at the water covers"}, What: "看井盖在不在、响不响。", Kind: patrol.AtPoint, Often: patrol.EachRound, Minutes: 3,
		Basis: "城市供水条例第二十条", Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}, Categories: []string{"manhole"},
			Fields: []patrol.Field{{Key: "f1", Label: i18n.Text{ZH: "井盖完好"}, Kind: patrol.YesNo, Fact: "井盖完好"}}}}
	elders = patrol.Duty{Name: i18n.Text{ZH: "看望独居老人", EN: "Look in on old people who live alone"}, What: "看看人好不好、缺什么。", Kind: patrol.AtHome, Often: patrol.Weekly, Minutes: 15,
		Basis: "居家养老服务条例第十二条", Spec: patrol.Spec{Reads: []people.Field{people.FieldName, people.FieldAddress}}}
)

// proposed is a duty that 吴科长 has proposed; admitted one that the city has admitted.
func (w *ward) proposed(d patrol.Duty) id.ID {
	w.t.Helper()
	d.Unit = w.As("wu").Unit
	x, err := w.Patrol.Propose(w.t.Context(), w.As("wu"), d)
	w.must(err)
	return x
}

func (w *ward) admitted(d patrol.Duty) id.ID {
	w.t.Helper()
	x := w.proposed(d)
	w.must(w.Patrol.Admit(w.t.Context(), w.As("yu"), x, "负担不重，确有必要。"))
	return x
}

// point is a manhole in the grid.
func (w *ward) point() id.ID {
	w.t.Helper()
	p, err := w.Patrol.AddPoint(w.t.Context(), w.As("wang"), patrol.NewPoint{Grid: w.grid.ID, Kind: patrol.Manhole, Name: "东门供水井", At: w.grid.Point})
	w.must(err)
	return p
}

func (w *ward) given(d, place id.ID) {
	w.t.Helper()
	_, err := w.Patrol.Give(w.t.Context(), w.As("wu"), d, place)
	w.must(err)
}

// tomorrow is the beginning of the next morning's window, its rounds drawn up.
func (w *ward) tomorrow() patrol.Slot {
	w.t.Helper()
	slot := patrol.SlotAt(w.Clock.Now()).Morning() + 2
	from, _ := patrol.ShippedHours.Window(slot)
	w.Clock.Set(from.Add(time.Minute))
	_, err := w.Patrol.MakeRounds(w.t.Context())
	w.must(err)
	return slot
}

func (w *ward) walk() patrol.Walk {
	w.t.Helper()
	ws, err := w.Patrol.Today(w.t.Context(), w.As("li"))
	w.must(err)
	for _, x := range ws {
		if x.Grid.ID == w.grid.ID {
			return x
		}
	}
	w.t.Fatalf("%d rounds, none of the grid", len(ws))
	return patrol.Walk{}
}

func TestRound(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		d, p := w.admitted(pipes), w.point()
		w.given(d, w.grid.Path[scope.Village])
		w.tomorrow()
		x := w.walk()
		if len(x.Round.Due) != 1 || x.Round.Due[0].Point != p || x.Cover.Due != 1 || x.Cover.Done != 0 {
			t.Fatalf("due: %+v, %+v", x.Round, x.Cover)
		}
		li := w.As("li")
		point := x.Points[p]
		in := patrol.Entering{Content: "entry-of-li-000001", Point: p, MadeAt: w.Clock.Now(), Code: point.Code[:4] + "-" + point.Code[4:], Did: []patrol.Did{{Duty: d, Answers: map[string]string{"f1": "no"}}},
			Found: &patrol.Found{Words: "供水井盖翘起一个角，晚上看不见。", Public: true}}
		r, err := w.Patrol.Enter(ctx, li, in)
		w.must(err)
		in.MadeAt = in.MadeAt.Add(time.Second) // a form that is sent twice
		again, err := w.Patrol.Enter(ctx, li, in)
		w.must(err)
		if r.Known || r.Proof != patrol.ByCode || r.Number == "" || !again.Known || again.Entry != r.Entry || again.Matter != r.Matter {
			t.Errorf("received %+v, again %+v", r, again)
		}
		in.Words = "别的话"
		_, err = w.Patrol.Enter(ctx, li, in)
		w.refused(err, errs.Conflict, "patrol.entry.differs")
		m, err := w.Matters.Get(ctx, w.As("zhao"), r.Number)
		w.must(err)
		if m.Matter.Channel != matters.Grid || m.Matter.Path != w.grid.Path || m.Matter.At == nil || m.Matter.State != matters.Received {
			t.Errorf("the matter: %+v", m.Matter)
		}
		if x = w.walk(); x.Cover.Done != 1 || len(x.Entries) != 1 || x.Entries[0].Result != patrol.Finding {
			t.Errorf("covered: %+v, %+v", x.Cover, x.Entries)
		}
		_, err = w.Patrol.Enter(ctx, w.As("wu"), patrol.Entering{Content: "entry-of-wu-000001", Point: p, MadeAt: w.Clock.Now()})
		w.refused(err, errs.Denied, scope.DeniedNeed)

		for n := int64(1); n > 0; {
			n, err = w.Sealer.Seal(ctx)
			w.must(err)
		}
		rep, err := trail.Verify(ctx, w.DB, trail.Options{PublicKey: w.Sealer.PublicKey(), Records: w.Records(), Now: w.DB.Now()})
		w.must(err)
		if rep.FirstFault != nil {
			key, args := rep.FirstFault.Message()
			t.Errorf("the trail: %s", i18n.T(i18n.EN, key, args...))
		}
	})
}

// What is trivial is put right at once: raised and ended by the same person, in their
// words, and by nobody else.
func TestSettle(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx, p := t.Context(), w.point()
		r, err := w.Patrol.Enter(ctx, w.As("li"), patrol.Entering{Content: "entry-of-li-000002", Point: p, MadeAt: w.Clock.Now(),
			Found: &patrol.Found{Words: "井口堆了一袋垃圾。", Settled: "当场提走，丢进收集点了。", Public: true}})
		w.must(err)
		m, err := w.Matters.Get(ctx, w.As("zhao"), r.Number)
		w.must(err)
		if m.Matter.State != matters.Closed || m.Matter.Result != "当场提走，丢进收集点了。" || len(m.Steps) != 1 || m.Steps[0].Act != matters.Settle {
			t.Errorf("settled: %+v, %+v", m.Matter, m.Steps)
		}
		slip, err := w.Matters.Raise(ctx, w.As("wang"), matters.Raising{Body: "路灯不亮。", Place: w.grid.ID, Public: true})
		w.must(err)
		w.refused(w.Matters.Settle(ctx, w.As("li"), slip.ID, "换了灯泡，亮了。"), errs.Denied, "matter.settle.own")
	})
}

// Only what the city has admitted can be given to anybody.
func TestNotAdmitted(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		d := w.proposed(pipes)
		_, err := w.Patrol.Give(ctx, w.As("wu"), d, w.grid.ID)
		w.refused(err, errs.Conflict, "duty.not_admitted")
		w.refused(w.Patrol.Admit(ctx, w.As("wu"), d, "我们自己准入。"), errs.Denied, scope.DeniedNeed)
		w.must(w.Patrol.AdmitUntil(ctx, w.As("yu"), d, patrol.DayOf(w.Clock.Now())+2, "汛期以内。"))
		w.given(d, w.grid.ID)
		w.Clock.Add(48 * time.Hour)
		_, err = w.Patrol.Give(ctx, w.As("wu"), d, w.grid.Path[scope.Town])
		w.refused(err, errs.Conflict, "duty.not_admitted") // its day has come, and nobody has ended it yet
		if n, err := w.Patrol.EndLimited(ctx, 10); err != nil || n != 1 {
			t.Errorf("%d ended, %v", n, err)
		}
		x, err := w.Patrol.Duty(ctx, w.As("wu"), d)
		w.must(err)
		if x.State != patrol.Ended || x.Givings[0].EndedAt.IsZero() {
			t.Errorf("after its day: %+v", x)
		}
		no := w.proposed(pipes)
		w.must(w.Patrol.Refuse(ctx, w.As("yu"), no, "和环卫的巡查重复。"))
		_, err = w.Patrol.Give(ctx, w.As("wu"), no, 0)
		w.refused(err, errs.Conflict, "duty.not_admitted")
	})
}

// Of a home only what the duty names is read, and each reading is in the trail.
func TestLook(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		ctx := t.Context()
		chen := w.Resident("陈秀英", "999999194703070029", "19900000001")
		d := w.proposed(elders)
		in := patrol.Agreeing{Resident: chen.ID, Grid: w.grid.ID, Duty: d, Every: 7, Need: patrol.LivingAlone, Consent: patrol.Said}
		_, err := w.Patrol.Agree(ctx, w.As("li"), in)
		w.refused(err, errs.Conflict, "duty.not_admitted")
		w.must(w.Patrol.Admit(ctx, w.As("yu"), d, "老人需要。"))
		v, err := w.Patrol.Agree(ctx, w.As("li"), in)
		w.must(err)
		k, err := w.Patrol.Look(ctx, w.As("li"), v)
		w.must(err)
		if k.Facts.Name.Plain() != "陈秀英" || !k.Facts.Phone.Empty() || !k.Facts.IDNumber.Empty() || k.Need != patrol.LivingAlone {
			t.Errorf("shown: %+v", k)
		}
		looks, err := w.People.Looks(ctx, chen.Actor(), 10)
		w.must(err)
		if len(looks) != 1 || looks[0].Purpose != people.VisitAgreed || len(looks[0].Fields) != 2 || looks[0].About != k.Visit.Number {
			t.Errorf("looks: %+v", looks)
		}
		if _, err := w.Patrol.Look(ctx, w.As("wu"), v); errs.KindOf(err) != errs.Denied {
			t.Errorf("the bureau looks: %v", err)
		}
		w.must(w.Patrol.EndVisit(ctx, chen.Actor(), v, ""))
		_, err = w.Patrol.Look(ctx, w.As("li"), v)
		w.refused(err, errs.Conflict, "patrol.visit.ended")
	})
}

// The phone's clock may be wrong by a year.
func TestWrongClock(t *testing.T) {
	each(t, func(t *testing.T, w *ward) {
		p := w.point()
		slot := w.tomorrow()
		made := w.Clock.Now().AddDate(-1, 0, 0)
		w.Clock.Add(40 * time.Minute)
		r, err := w.Patrol.Enter(t.Context(), w.As("li"), patrol.Entering{Content: "entry-of-li-000003", Point: p, MadeAt: made, SentAt: made.Add(40 * time.Minute), At: &geo.Point{w.grid.Point[0], w.grid.Point[1]}})
		w.must(err)
		if r.Slot != slot || r.Proof != patrol.ByNear {
			t.Errorf("received %+v, want slot %d", r, slot)
		}
	})
}
