// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"strings"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/scope"
)

// everyVolunteer asks for everything of the volunteers: everybody reads what there is to help with and what earns what; who serves residents
// signs them up, and nobody else does.
func (w *town) everyVolunteer() {
	t := w.t
	t.Helper()
	ctx, now := t.Context(), w.Clock.Now()
	place := w.Place("文君街道", "宝塔社区")[scope.Village]
	first, err := w.Volunteers.DrawUp(ctx, w.As("wang"), volunteers.Drawing{Title: "清扫院落", Act: "clean", Place: place, PlaceWords: "社区门口", Begins: now.Add(time.Hour), Ends: now.Add(3 * time.Hour), Seats: 1, Open: true,
		Repeat: volunteers.Weekly, Until: volunteers.DayOf(now) + 8})
	if err != nil {
		t.Fatal(err)
	}
	who := w.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	if _, err := w.Volunteers.Join(ctx, who, volunteers.Joining{}); err != nil {
		t.Fatal(err)
	}
	open := w.stranger()
	if a := open.want(200, open.get("/volunteers/tariff")); !strings.Contains(string(a.body), `"code":"clean"`) {
		t.Errorf("%s", a.body)
	}
	if a := open.want(200, open.get("/volunteers/tasks?place="+place.String())); len(a.list("items")) != 2 {
		t.Errorf("%s", a.body)
	}
	open.want(422, open.get("/volunteers/tasks?place=nowhere"))
	at := "/volunteers/tasks/" + first.ID.String()
	if a := open.want(200, open.get(at)); len(a.list("others")) != 1 || a.text("series") != first.ID.String() {
		t.Errorf("%s", a.body)
	}
	open.want(200, open.get("/volunteers/pot"))
	open.want(422, open.get("/volunteers/pot?quarter=soon"))

	in := map[string]any{"resident": who.Resident.String()}
	app := w.key(access.NewKey{Name: "A program of nobody", Scopes: []access.KeyScope{access.APIRead}, PerMinute: 6000})
	app.want(403, app.post(at+"/acts/sign_up", in))
	app.want(403, app.get("/volunteers/statements/"+who.Resident.String()))
	desk := w.key(access.NewKey{Name: "Who organises", Scopes: []access.KeyScope{access.APIRead, access.APIAct}, Account: w.As("wang").Account, PerMinute: 6000})
	desk.want(422, desk.post(at+"/acts/sign_up", map[string]any{"resident": "nobody"}))
	if a := desk.want(200, desk.post(at+"/acts/sign_up", in)); a.text("state") != "listed" {
		t.Errorf("%s", a.body)
	}
	desk.want(409, desk.post(at+"/acts/sign_up", in))
	if a := open.want(200, open.get(at)); !strings.Contains(string(a.body), `"listed":1`) || strings.Contains(string(a.body), "周") {
		t.Errorf("%s", a.body)
	}
	if a := desk.want(200, desk.post(at+"/acts/withdraw", in)); a.text("state") != "withdrawn" {
		t.Errorf("%s", a.body)
	}
	if a := desk.want(200, desk.get("/volunteers/statements/"+who.Resident.String())); len(a.list("lines")) != 0 || a.text("quarter") == "" {
		t.Errorf("%s", a.body)
	}
}
