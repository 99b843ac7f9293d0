// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"slices"
	"strings"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
)

func init() { doors = slices.Concat(villageDoors, doors) }

// villageDoors are the routes of the villages' pages. Wang edits that of the place.
var villageDoors = []door{
	{route: "GET /v/{code}", path: "/v/none", want: "404 everybody"},
	{route: "GET /v/{code}", path: "/v/{code}", want: "303 everybody"},
	{route: "GET /affairs", path: "/affairs", want: "200 everybody"},
	{route: "GET /affairs/rhythm", path: "/affairs/rhythm", want: "200 everybody"},
	{route: "GET /affairs/{id}", path: "/affairs/{place}", want: "200 everybody"},
	{route: "GET /affairs/{id}/open", path: "/affairs/{place}/open", want: "200 everybody"},
	{route: "GET /affairs/{id}/notices", path: "/affairs/{place}/notices?kind=notice", want: "200 everybody"},
	{route: "GET /affairs/{id}/ledger", path: "/affairs/{place}/ledger", want: "200 everybody"},
	{route: "GET /affairs/{id}/ledger/print", path: "/affairs/{place}/ledger/print?period=2026", want: "200 everybody"},
	{route: "POST /affairs/{id}/ledger/reach", path: "/affairs/{place}/ledger/reach", form: []string{"reach", "nobody"}, want: "422 wang"},
	{route: "POST /ledger/{id}/reach", path: "/ledger/{entry}/reach", form: []string{"reach", "members"}, want: "303 wang"},
	{route: "GET /affairs/{id}/edit", path: "/affairs/{place}/edit", want: "200 wang"},
	{route: "GET /affairs/{id}/face", path: "/affairs/{place}/face", want: "200 wang"},
	{route: "GET /affairs/{id}/write", path: "/affairs/{place}/write?kind=finance", want: "200 wang"},
	{route: "GET /affairs/{id}/book", path: "/affairs/{place}/book", want: "200 wang"},
	{route: "GET /notices/{id}", path: "/notices/{notice}", want: "200 everybody"},
	{route: "GET /notices/{id}", path: "/notices/{draft}", want: "404 everybody; 200 wang"},
	{route: "GET /notices/{id}/amend", path: "/notices/{notice}/amend", want: "200 wang"},
	{route: "GET /notices/{id}/withdraw", path: "/notices/{notice}/withdraw", want: "200 wang"},
	{route: "GET /ledger/{id}", path: "/ledger/{entry}", want: "200 everybody"},
	{route: "GET /feeds/villages/{file}", path: "/feeds/villages/{place}.ics", want: "200 everybody"},
	{route: "GET /feeds/villages/{file}", path: "/feeds/villages/none.ics", want: "404 everybody"},
	{route: "GET /wechat/card", path: "/wechat/card?path=/affairs/{place}", want: "404 everybody"}, // no public account is set up
	{route: "GET /papers/{name}", path: "/papers/none", want: "404 everybody"},
	{route: "GET /affairs/{id}/talk", path: "/affairs/{place}/talk", want: "200 everybody"},
	{route: "GET /remarks", path: "/remarks", want: "200 wang zhao sun admin"},
	{route: "GET /remarks/{id}", path: "/remarks/{remark}", want: "200 everybody"},
	{route: "GET /join", path: "/join", want: "200 everybody"},
	{route: "GET /affairs/{id}/members", path: "/affairs/{place}/members", want: "200 everybody"},
	{route: "GET /codes/{id}/end", path: "/codes/{joincode}/end", want: "404 everybody; 200 wang"},
	{route: "POST /codes/{id}/end", path: "/codes/{joincode}/end", want: "303 wang"},
	{route: "GET /memberships/{id}/refuse", path: "/memberships/{none}/refuse", want: "200 wang"},
	{route: "GET /affairs/{id}/box", path: "/affairs/{place}/box", want: "200 everybody"},
	{route: "GET /missives/{id}", path: "/missives/{missive}", want: "404 everybody; 200 zhou"},
	{route: "GET /affairs/{id}/duty", path: "/affairs/{place}/duty", want: "200 everybody"},
	{route: "POST /affairs/{id}/say", path: "/affairs/{place}/say", form: []string{"kind", "comment"}, want: "422 zhou"},
	{route: "POST /notices/{id}/say", path: "/notices/{notice}/say", form: []string{"kind", "question"}, want: "422 residents"},
	{route: "POST /ledger/{id}/say", path: "/ledger/{entry}/say", form: []string{"kind", "question"}, want: "422 residents"},
	{route: "POST /remarks/{id}/{act}", path: "/remarks/{remark}/hide", form: []string{"words", "不好"}, want: "422 wang"},
	{route: "POST /remarks/{id}/{act}", path: "/remarks/{remark}/reshow", want: "409 zhao sun admin"},
	{route: "POST /remarks/{id}/{act}", path: "/remarks/{remark}/appeal", form: []string{"words", "不公平"}, want: "409 zhou"},
	{route: "POST /join", path: "/join", form: []string{"code", "AAAA-AAAA-AAAA"}, want: "422 residents"},
	{route: "POST /affairs/{id}/codes", path: "/affairs/{place}/codes", form: []string{"most", "0"}, want: "422 wang"},
	{route: "POST /memberships/{id}/{act}", path: "/memberships/{member}/admit", want: "409 wang"},
	{route: "POST /memberships/{id}/{act}", path: "/memberships/{member}/leave", want: "303 zhou"},
	{route: "POST /affairs/{id}/join", path: "/affairs/{place}/join", want: "303 residents"},
	{route: "POST /affairs/{id}/box", path: "/affairs/{place}/box", form: []string{"to", "secretary"}, want: "422 residents"},
	{route: "POST /missives/{id}/{act}", path: "/missives/{missive}/reply", form: []string{"body", "好"}, want: "404 everybody; 403 zhou"},
	{route: "POST /affairs/{id}/duty", path: "/affairs/{place}/duty", form: []string{"on", "2020-01-01"}, want: "422 wang"},
	{route: "POST /affairs/rhythm", path: "/affairs/rhythm", form: []string{"busy_from", "30", "note", "照旧"}, want: "422 admin"},
	{route: "POST /affairs/{id}/face", path: "/affairs/{place}/face", form: []string{"version", "0"}, want: "422 wang"},
	{route: "POST /affairs/{id}/write", path: "/affairs/{place}/write", form: []string{"kind", "notice"}, want: "422 wang"},
	{route: "POST /affairs/{id}/book", path: "/affairs/{place}/book", form: []string{"what", "out_works"}, want: "422 wang"},
	{route: "POST /notices/{id}/amend", path: "/notices/{notice}/amend", form: []string{"kind", "notice"}, want: "422 wang"},
	{route: "POST /notices/{id}/withdraw", path: "/notices/{notice}/withdraw", want: "422 wang"},
	{route: "POST /notices/{id}/publish", path: "/notices/{notice}/publish", want: "409 wang"},
	{route: "POST /notices/{id}/discard", path: "/notices/{notice}/discard", want: "409 wang"},
	{route: "POST /notices/{id}/restore", path: "/notices/{notice}/restore", want: "409 wang"},
	{route: "POST /ledger/{id}/counter", path: "/ledger/{entry}/counter", want: "422 wang"},
}

// villageEditor says who sends junk to a route of the villages' pages; "" if it is none.
func villageEditor(route string) string {
	switch {
	case route == "POST /affairs/rhythm":
		return "admin"
	case slices.Contains([]string{"POST /affairs/{id}/say", "POST /notices/{id}/say", "POST /ledger/{id}/say", "POST /join", "POST /affairs/{id}/join", "POST /affairs/{id}/box", "POST /missives/{id}/{act}"}, route):
		return "zhou"
	case strings.HasPrefix(route, "POST /remarks/"), strings.HasPrefix(route, "POST /memberships/"):
		return "wang"
	case strings.HasPrefix(route, "POST /affairs/"), strings.HasPrefix(route, "POST /notices/"), strings.HasPrefix(route, "POST /codes/"), strings.HasPrefix(route, "POST /ledger/"):
		return "wang"
	}
	return ""
}

// prepareVillage opens the page of a place, with a notice, a draft and an entry.
func (x *walk) prepareVillage(place id.ID) {
	x.t.Helper()
	ctx, wang := x.t.Context(), x.As("wang")
	x.must(x.Affairs.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说，账目请看。"}))
	n, err := x.Affairs.Announce(ctx, wang, place, affairs.Writing{Kind: affairs.Plain, Title: "周四停水", Body: "上午九点到下午两点。"})
	x.must(err)
	d, err := x.Affairs.Write(ctx, wang, place, affairs.Writing{Kind: affairs.Diary, Title: "走了三个院子", Body: "记下两处塌陷。"})
	x.must(err)
	e, err := x.Affairs.Book(ctx, wang, place, affairs.Booking{On: places.DayOf(x.DB.Now()), From: affairs.Opening, To: affairs.Bank, Amount: 100_00, Words: "建账时的结余"})
	x.must(err)
	zhou := x.guest("zhou")
	m, err := x.Affairs.AskIn(ctx, zhou, place)
	x.must(err)
	say, err := x.Affairs.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Place: place, Body: "路灯修得快。"})
	x.must(err)
	letter, err := x.Affairs.Send(ctx, zhou, place, affairs.ToSecretary, "停车位的事。")
	x.must(err)
	_, err = x.Affairs.MakeCode(ctx, wang, place, 5, 5)
	x.must(err)
	codes, err := x.Affairs.Codes(ctx, wang, place)
	x.must(err)
	x.at["joincode"] = codes[0].ID.String()
	x.at["member"], x.at["remark"], x.at["missive"] = m.ID.String(), say.String(), letter.String()
	p, _ := x.Places.Tree().Get(place)
	x.at["notice"], x.at["draft"], x.at["entry"], x.at["code"] = n.String(), d.String(), e.String(), p.Code
}
