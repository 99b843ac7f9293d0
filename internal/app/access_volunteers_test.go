// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"slices"
	"time"

	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/scope"
)

func init() { doors = slices.Concat(volunteerDoors, doors) }

// helping makes a task that is open, hours that were said at another, and an offer
// that waits to be approved; of the two residents one is a volunteer.
func (x *walk) helping(chen scope.Actor) {
	x.t.Helper()
	ctx, wang, s := x.t.Context(), x.As("wang"), x.Volunteers
	_, err := s.Join(ctx, chen, volunteers.Joining{})
	x.must(err)
	draw := func(in time.Duration) volunteers.Task {
		now := x.DB.Now()
		t, err := s.DrawUp(ctx, wang, volunteers.Drawing{Title: "清扫院落", Act: "clean", Place: x.Place("文君街道", "宝塔社区")[scope.Village], PlaceWords: "社区门口", Begins: now.Add(in), Ends: now.Add(in + 2*time.Hour), Seats: 10, Open: true})
		x.must(err)
		return t
	}
	task, begun := draw(48*time.Hour), draw(30*time.Minute)
	_, err = s.SignUp(ctx, chen, begun.ID, 0)
	x.must(err)
	x.must(s.Start(ctx, wang, begun.ID))
	h, err := s.Say(ctx, chen, volunteers.Saying{Task: begun.ID, Minutes: 60})
	x.must(err)
	o, err := s.Offer(ctx, x.As("tang"), volunteers.Offering{Title: "一把青菜", Points: 10, Stock: 5, Until: x.DB.Now().AddDate(0, 1, 0)})
	x.must(err)
	x.at["task"], x.at["said"], x.at["offer"] = task.ID.String(), h.ID.String(), o.ID.String()
}

// volunteerDoors are the routes of the counter of volunteers.
var volunteerDoors = []door{
	{route: "GET /volunteers", path: "/volunteers", want: "200 everybody"},
	{route: "GET /volunteers/tariff", path: "/volunteers/tariff", want: "200 everybody"},
	{route: "GET /volunteers/pot", path: "/volunteers/pot", want: "200 everybody"},
	{route: "GET /volunteers/offers", path: "/volunteers/offers", want: "200 everybody"},
	{route: "GET /volunteers/me", path: "/volunteers/me", want: "200 residents"},
	{route: "GET /volunteers/me", path: "/volunteers/me?for={resident}", want: "200 chen he wang sun xu"},
	{route: "GET /volunteers/me/statement", path: "/volunteers/me/statement", want: "200 chen; 404 zhou"},
	{route: "GET /volunteers/leave", path: "/volunteers/leave", want: "200 chen; 404 zhou"},
	{route: "GET /volunteers/work", path: "/volunteers/work", want: "200 li wang sun xu gao audit"},
	{route: "GET /volunteers/draw", path: "/volunteers/draw", want: "200 li wang sun xu"},
	{route: "GET /volunteers/tasks/{id}", path: "/volunteers/tasks/{task}", want: "200 everybody"},
	{route: "GET /volunteers/tasks/{id}/task.ics", path: "/volunteers/tasks/{task}/task.ics", want: "200 everybody"},
	{route: "GET /volunteers/tasks/{id}/revise", path: "/volunteers/tasks/{task}/revise", want: "200 wang sun xu"},
	{route: "GET /volunteers/tasks/{id}/call_off", path: "/volunteers/tasks/{task}/call_off", want: "200 wang sun xu"},
	{route: "GET /volunteers/hours/{id}/{act}", path: "/volunteers/hours/{said}/refuse", want: "200 li wang sun xu gao"},
	{route: "GET /volunteers/hours/{id}/{act}", path: "/volunteers/hours/{said}/none", want: "404 everybody"},
	{route: "GET /volunteers/shop", path: "/volunteers/shop", want: "200 tang deng"},
	{route: "GET /volunteers/offers/add", path: "/volunteers/offers/add", want: "200 tang deng"},
	{route: "GET /volunteers/offers/{id}", path: "/volunteers/offers/{offer}", want: "404 everybody; 200 tang wang sun gao audit"},
	{route: "GET /volunteers/offers/{id}/amend", path: "/volunteers/offers/{offer}/amend", want: "404 everybody; 200 tang; 403 wang sun gao audit"},
	{route: "GET /volunteers/offers/{id}/decline", path: "/volunteers/offers/{offer}/decline", want: "404 everybody; 200 wang sun gao; 403 tang audit"},
	{route: "GET /volunteers/redemptions/{id}/cancel", path: "/volunteers/redemptions/{none}/cancel", want: "200 residents tang deng"},
	{route: "POST /volunteers/tariff", path: "/volunteers/tariff", want: "422 admin"},
	{route: "POST /volunteers/pot", path: "/volunteers/pot", form: []string{"points", "3", "note", "三月结算"}, want: "422 admin"},
	{route: "POST /volunteers/draw", path: "/volunteers/draw", form: []string{"title", "清扫院落"}, want: "422 li wang sun xu"},
	{route: "POST /volunteers/tasks/{id}/revise", path: "/volunteers/tasks/{task}/revise", form: []string{"title", "清扫院落"}, want: "422 wang sun xu"},
	{route: "POST /volunteers/tasks/{id}/{act}", path: "/volunteers/tasks/{task}/call_off", form: []string{"words", "下大雨，改天再来。"}, want: "303 wang; 409 sun xu"},
	{route: "POST /volunteers/tasks/{id}/{act}", path: "/volunteers/tasks/{task}/sign_up", want: "303 - zhou; 409 chen"},
	{route: "POST /volunteers/hours/{id}/{act}", path: "/volunteers/hours/{said}/refuse", form: []string{"words", "只来了半小时。"}, want: "404 everybody; 303 wang; 409 sun xu he gao; 403 chen"},
	{route: "POST /volunteers/offers/add", path: "/volunteers/offers/add", form: []string{"title", "一袋米"}, want: "422 tang deng"},
	{route: "POST /volunteers/offers/{id}/amend", path: "/volunteers/offers/{offer}/amend", form: []string{"title", "一袋米"}, want: "404 everybody; 422 tang; 403 wang sun gao audit"},
	{route: "POST /volunteers/offers/{id}/{act}", path: "/volunteers/offers/{offer}/decline", form: []string{"words", "分值太高了。"}, want: "404 everybody; 303 wang; 409 sun gao tang audit"},
	{route: "POST /volunteers/shop", path: "/volunteers/shop", form: []string{"code", "AB3D-7XYZ"}, want: "422 tang deng"},
	{route: "POST /volunteers/redemptions/{id}/cancel", path: "/volunteers/redemptions/{none}/cancel", form: []string{"words", "卖完了，对不起。"}, want: "404 residents tang deng"},
	{route: "POST /volunteers/choose", path: "/volunteers/choose", want: "303 chen; 404 zhou"},
	{route: "POST /volunteers/join", path: "/volunteers/join", want: "303 zhou; 409 chen"},
	{route: "POST /volunteers/leave", path: "/volunteers/leave", want: "303 residents"},
	{route: "POST /volunteers/rejoin", path: "/volunteers/rejoin", want: "303 residents"},
}

// volunteerOf is who sends junk to a route of volunteers.
func volunteerOf(route string) string {
	switch route {
	case "POST /volunteers/tariff", "POST /volunteers/pot":
		return "admin"
	case "POST /volunteers/offers/add", "POST /volunteers/offers/{id}/amend", "POST /volunteers/shop", "POST /volunteers/redemptions/{id}/cancel":
		return "tang"
	case "POST /volunteers/join", "POST /volunteers/choose", "POST /volunteers/leave", "POST /volunteers/rejoin":
		return "chen"
	}
	return "wang"
}
