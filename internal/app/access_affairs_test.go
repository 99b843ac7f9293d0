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
	{route: "GET /affairs/{id}/edit", path: "/affairs/{place}/edit", want: "200 wang"},
	{route: "GET /affairs/{id}/face", path: "/affairs/{place}/face", want: "200 wang"},
	{route: "GET /affairs/{id}/write", path: "/affairs/{place}/write?kind=finance", want: "200 wang"},
	{route: "GET /affairs/{id}/book", path: "/affairs/{place}/book", want: "200 wang"},
	{route: "GET /notices/{id}", path: "/notices/{notice}", want: "200 everybody"},
	{route: "GET /notices/{id}", path: "/notices/{draft}", want: "404 everybody; 200 wang"},
	{route: "GET /notices/{id}/amend", path: "/notices/{notice}/amend", want: "200 wang"},
	{route: "GET /notices/{id}/withdraw", path: "/notices/{notice}/withdraw", want: "200 wang"},
	{route: "GET /ledger/{id}", path: "/ledger/{entry}", want: "200 everybody"},
	{route: "GET /papers/{name}", path: "/papers/none", want: "404 everybody"},
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
	case strings.HasPrefix(route, "POST /affairs/"), strings.HasPrefix(route, "POST /notices/"), strings.HasPrefix(route, "POST /ledger/"):
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
	p, _ := x.Places.Tree().Get(place)
	x.at["notice"], x.at["draft"], x.at["entry"], x.at["code"] = n.String(), d.String(), e.String(), p.Code
}
