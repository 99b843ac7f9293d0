// SPDX-License-Identifier: Apache-2.0

package volunteers_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A town with what the tests of this package do again and again.
type town struct {
	*apptest.Town
	t   *testing.T
	ctx context.Context //nolint:containedctx // one test
	n   int
}

func each(t *testing.T, f func(w *town)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) { f(&town{Town: w, t: t, ctx: t.Context()}) })
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// fails holds that an act is refused in the given way.
func (w *town) fails(err error, kind errs.Kind, key string) {
	w.t.Helper()
	if ps := errs.Public(err); len(ps) == 0 || ps[0].Kind != kind || ps[0].Key != key {
		w.t.Errorf("%v, want %s %s", err, kind, key)
	}
}

// number adds the check digit of GB 11643 to 17 digits.
func number(n string) string {
	sum := 0
	for i, f := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(n[i]-'0') * f
	}
	return n + string("10X98765432"[sum%11])
}

// resident is somebody of 宝塔社区.
func (w *town) resident() scope.Actor {
	w.t.Helper()
	w.n++
	return w.Resident("周敏", number(fmt.Sprintf("99999919700101%03d", w.n)), fmt.Sprintf("1990002%04d", w.n)).Actor()
}

// volunteer is a resident who helps.
func (w *town) volunteer() scope.Actor {
	w.t.Helper()
	by := w.resident()
	_, err := w.Volunteers.Join(w.ctx, by, volunteers.Joining{})
	w.must(err)
	return by
}

// drawing is a task in 宝塔社区 that begins in an hour and lasts for two.
func (w *town) drawing() volunteers.Drawing {
	now := w.Clock.Now()
	return volunteers.Drawing{Title: "清扫院落", Act: "clean", Place: w.Place("文君街道", "宝塔社区")[scope.Village], PlaceWords: "社区门口", Begins: now.Add(time.Hour), Ends: now.Add(3 * time.Hour), Seats: 10, Open: true}
}

func (w *town) task(by string, seats int) volunteers.Task {
	w.t.Helper()
	in := w.drawing()
	in.Seats = seats
	t, err := w.Volunteers.DrawUp(w.ctx, w.As(by), in)
	w.must(err)
	return t
}

// helped is a task at which volunteers were, whose hours nobody has said.
func (w *town) helped(by ...scope.Actor) volunteers.Task {
	w.t.Helper()
	t := w.task("wang", max(1, len(by)))
	for _, v := range by {
		_, err := w.Volunteers.SignUp(w.ctx, v, t.ID, 0)
		w.must(err)
	}
	w.Clock.Add(time.Hour)
	w.must(w.Volunteers.Start(w.ctx, w.As("wang"), t.ID))
	w.Clock.Add(2 * time.Hour)
	return t
}

// earned has a volunteer's two hours at a task confirmed by two.
func (w *town) earned(by scope.Actor) volunteers.Hours {
	w.t.Helper()
	t := w.helped(by)
	h, err := w.Volunteers.Say(w.ctx, by, volunteers.Saying{Task: t.ID, Minutes: 120})
	w.must(err)
	w.must(w.Volunteers.Confirm(w.ctx, w.As("wang"), h.ID))
	w.must(w.Volunteers.Confirm(w.ctx, w.As("xu"), h.ID))
	return h
}

func (w *town) mine(by scope.Actor) volunteers.Mine {
	w.t.Helper()
	m, err := w.Volunteers.Mine(w.ctx, by, 0)
	w.must(err)
	return m
}

// has holds how many points somebody has, and that all points add up.
func (w *town) has(by scope.Actor, points int64) {
	w.t.Helper()
	if m := w.mine(by); m.Points != points {
		w.t.Errorf("%d points, want %d", m.Points, points)
	}
	w.must(w.Volunteers.Verify(w.ctx))
}

// sql runs a statement past the program.
func (w *town) sql(text string, args ...any) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(text, args...)
		return err
	}))
}

func (w *town) offer(points, stock int) volunteers.Offer {
	w.t.Helper()
	o, err := w.Volunteers.Offer(w.ctx, w.As("tang"), volunteers.Offering{Title: "一袋米", Points: points, Stock: stock, Until: w.Clock.Now().AddDate(0, 2, 0)})
	w.must(err)
	w.must(w.Volunteers.Approve(w.ctx, w.As("wang"), o.ID))
	return o
}
