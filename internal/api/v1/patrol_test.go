// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"strings"

	"yuanba/internal/domain/patrol"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// everyRound asks for everything that can be asked about rounds: a phone sends what was
// done; what it sends again is known, and what is wrong with one entry keeps no other
// waiting. Who walked there settles what they put right on the spot, and nobody else does.
func (w *town) everyRound(zhao, wu *caller) {
	ctx := w.t.Context()
	grid := w.Places.Tree().Children(w.Place("文君街道", "宝塔社区")[scope.Village])[0]
	d, err := w.Patrol.Propose(ctx, w.As("wu"), patrol.Duty{Unit: w.As("wu").Unit, Name: i18n.Text{ZH: "看供水井", EN: "Look at wells"}, What: "看一看。", Kind: patrol.AtPoint, Often: patrol.EachRound, Minutes: 3,
		Basis: "城市供水条例第二十条", Spec: patrol.Spec{Points: []patrol.PointKind{patrol.Manhole}}})
	if err != nil {
		w.t.Fatal(err)
	}
	li := w.as("li")
	if a := wu.ask("POST", "/patrol/givings", "application/json", []byte(`{"duty": "`+d.String()+`", "place": "`+grid.Code+`"}`)); a.status != 409 || !strings.Contains(string(a.body), "duty.not_admitted") && !strings.Contains(string(a.body), "职责清单") && !strings.Contains(string(a.body), "duty list") {
		w.t.Errorf("not admitted: %d %s", a.status, a.body)
	}
	if err := w.Patrol.Admit(ctx, w.As("yu"), d, "确有必要。"); err != nil {
		w.t.Fatal(err)
	}
	if a := wu.ask("POST", "/patrol/givings", "application/json", []byte(`{"duty": "`+d.String()+`", "place": "`+grid.Code+`"}`)); a.status != 201 {
		w.t.Errorf("given: %d %s", a.status, a.body)
	}
	p, err := w.Patrol.AddPoint(ctx, w.As("wang"), patrol.NewPoint{Grid: grid.ID, Kind: patrol.Manhole, Name: "东门供水井", At: grid.Point})
	if err != nil {
		w.t.Fatal(err)
	}
	entry := `{"content": "phone-0000000000001", "point": "` + p.String() + `", "made_at": "` + w.Clock.Now().UTC().Format("2006-01-02T15:04:05Z") + `", "found": {"words": "井盖翘起一个角。", "public": true}, "need": {"words": "老人来不了窗口。", "name": "陈大爷", "phone": "19900000001", "whose": "女儿"}}`
	wrong := `{"content": "short", "point": "` + p.String() + `", "made_at": "` + w.Clock.Now().UTC().Format("2006-01-02T15:04:05Z") + `"}`
	a := li.ask("POST", "/patrol/entries", "application/json", []byte(`{"entries": [`+wrong+`, `+entry+`, `+entry+`]}`))
	if s := string(a.body); a.status != 200 || strings.Count(s, `"refused"`) != 1 || strings.Count(s, `"received"`) != 1 || strings.Count(s, `"known"`) != 1 || !strings.Contains(s, "QL-2026-") || strings.Count(s, `"visit":"SM-2026-`) != 1 {
		w.t.Errorf("entered: %d %s", a.status, a.body)
	}
	if a := li.ask("GET", "/patrol/rounds", "", nil); a.status != 200 || !strings.Contains(string(a.body), grid.ID.String()) {
		w.t.Errorf("rounds: %d %s", a.status, a.body)
	}
	if a := w.stranger().ask("GET", "/patrol/duties", "", nil); a.status != 200 || !strings.Contains(string(a.body), d.String()) {
		w.t.Errorf("duties: %d %s", a.status, a.body)
	}
	a = li.want(201, li.post("/matters", map[string]any{"body": "The cover of a well is tilted.", "place": grid.ID.String(), "channel": "grid"}))
	settle, did := "/matters/"+a.text("number")+"/acts/settle", map[string]any{"words": "Put straight on the spot."}
	for _, other := range []*caller{zhao, wu, w.as("wang")} {
		other.want(403, other.post(settle, did))
	}
	if a := li.want(422, li.post(settle, map[string]any{"words": " "})); a.field("words") == "" {
		w.t.Errorf("settled without a word: %s", a.body)
	}
	if a := li.want(200, li.post(settle, did)); a.text("state") != "closed" {
		w.t.Errorf("settled: %s", a.body)
	}
	li.want(409, li.post(settle, did))
}
