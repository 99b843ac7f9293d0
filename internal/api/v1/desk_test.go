// SPDX-License-Identifier: Apache-2.0

package v1_test

import (
	"strings"
	"testing"
	"time"

	v1 "yuanba/internal/api/v1"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/i18n"
)

// notHere are the acts on bookings, home visits and questions that have no operation,
// with the reason.
var notHere = map[string]string{
	"booking_offer":    "the program's own, when a place is freed",
	"booking_lapse":    "the program's own, when an offer or the days of waiting are over",
	"booking_new_slip": "whoever asks stands at the desk, or is signed in on the page",
	"visit_new_slip":   "it is printed for who stands there, at the desk or at the door",
	"visit_call":       "the desk notes on the page what the family said, with their sealed telephone before it",
	"visit_arrange":    "officer and grid worker are chosen on the page, by when both are free",
	"visit_postpone":   "of an arrangement, which is made on the page",
	"visit_do":         "the receipt is signed on the page, on the spot",
	"visit_follow_up":  "the desk notes on the page what the family said, with their sealed telephone before it",
	"visit_finish":     "after it, on the same page",
	"question_publish": "an editor reads it on the page and takes out what names the asker",
}

// Every move of a booking, a home visit and a question can be done here, or a reason
// says why not.
func TestEveryMove(t *testing.T) {
	t.Parallel()
	have, there := map[string]bool{}, map[string]bool{}
	for _, o := range v1.Operations() {
		have[o.ID] = true
	}
	for _, a := range desk.BookingFlow.Acts() {
		there["booking_"+string(a)] = true
	}
	for _, a := range desk.VisitFlow.Acts() {
		there["visit_"+string(a)] = true
	}
	for _, a := range questions.Flow.Acts() {
		there["question_"+string(a)] = true
	}
	for a := range there {
		if have[a] == (notHere[a] != "") {
			t.Errorf("%s: has an operation: %t; has a reason to have none: %q", a, have[a], notHere[a])
		}
	}
	for a := range notHere {
		if !there[a] {
			t.Errorf("there is no move %s", a)
		}
	}
}

// everyService asks for everything that can be asked of the desk.
func (w *town) everyService(app *caller) {
	w.t.Helper()
	ctx, by := w.t.Context(), w.As("lin")
	lin, sees := w.as("lin"), w.stranger()
	_, err := w.Desk.Keep(ctx, by, desk.Item{Code: "old-age-card", Unit: by.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "老年人优待证办理", EN: "Card for the elderly"}, Papers: []string{"户口簿"}, Booking: true, AtHome: true}}, "")
	w.must(err)
	_, err = w.Desk.KeepCounter(ctx, by, desk.Counter{Unit: by.Unit, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "综合窗口"}, Minutes: 30, Seats: 1, Ahead: 14}})
	w.must(err)
	if l := sees.want(200, sees.get("/services?q=elderly&at_home=true&limit=5")); l.text("items", "0", "code") != "old-age-card" {
		w.t.Errorf("%s", l.body)
	}
	sees.want(400, sees.get("/services?unit=none"))
	if s := sees.want(200, sees.get("/services/old-age-card")); s.text("name") != "Card for the elderly" {
		w.t.Errorf("%s", s.body)
	}
	sees.want(404, sees.get("/services/none"))
	sees.want(404, sees.get("/services/none/times"))
	free := sees.want(200, sees.get("/services/old-age-card/times"))
	counter := free.text("items", "0", "counter", "id")
	times := free.json["items"].([]any)[0].(map[string]any)["times"].([]any)
	at := func(n int) string { return times[n].(map[string]any)["at"].(string) }
	wish := func(n int) map[string]any {
		return map[string]any{"service": "old-age-card", "counter": counter, "at": at(n), "name": "邻居甲", "phone": "19900000123"}
	}
	slip := app.want(201, app.post("/bookings", wish(4), "Idempotency-Key", "booked"))
	if again := app.want(201, app.post("/bookings", wish(4), "Idempotency-Key", "booked")); again.text("number") != slip.text("number") {
		w.t.Errorf("%s and %s", slip.body, again.body)
	}
	if a := app.want(409, app.post("/bookings", wish(4))); a.field("at") != "booking.full" {
		w.t.Errorf("%s", a.body)
	}
	for field, bad := range map[string]any{"counter": "none", "name": "", "phone": "", "channel": "pigeon", "at": "2020-01-01T01:00:00Z"} {
		x := wish(5)
		x[field] = bad
		if a := app.want(422, app.post("/bookings", x)); a.field(field) == "" {
			w.t.Errorf("%s: %s", field, a.body)
		}
	}
	path, code := "/bookings/"+slip.text("number"), map[string]any{"code": slip.text("query_code")}
	w.onlyBySlip(app, path, "booked", code)
	for _, secret := range []string{"邻居甲", "19900000123", "邻*"} {
		if a := lin.want(200, lin.get(path)); strings.Contains(string(a.body), secret) {
			w.t.Errorf("%s: %s", secret, a.body)
		}
	}
	if a := app.want(200, app.post(path+"/acts/move", map[string]any{"code": code["code"], "at": at(5)})); a.text("at") != at(5) {
		w.t.Errorf("%s", a.body)
	}
	app.want(404, app.post(path+"/acts/cancel", nil))
	app.want(409, app.post(path+"/acts/accept", code))
	if a := app.want(200, app.post(path+"/acts/cancel", code)); a.text("state") != "cancelled" {
		w.t.Errorf("%s", a.body)
	}
	app.want(409, app.post(path+"/acts/pass", code))
	w.theDay(lin, app, counter, at(6)[:10], slip.text("number"))
	w.atTheCounter(lin, app, wish, at(6), len(times))

	need := map[string]any{"service": "old-age-card", "place": w.village(), "need": "She cannot walk down the stairs.", "name": "邻居乙", "phone": "19900000124", "for_words": "邻居"}
	slip = app.want(201, app.post("/visits", need))
	path, code = "/visits/"+slip.text("number"), map[string]any{"code": slip.text("query_code")}
	w.onlyBySlip(app, path, "found", code)
	lin.want(200, lin.get(path))
	if l := lin.want(200, lin.get("/visits?open=true&turn=desk&limit=5")); !strings.Contains(string(l.body), slip.text("number")) || strings.Contains(string(l.body), "邻居乙") {
		w.t.Errorf("%s", l.body)
	}
	app.want(403, app.get("/visits"))
	lin.want(400, lin.get("/visits?turn=nobody"))
	need["place"] = "none"
	if a := app.want(422, app.post("/visits", need)); a.field("place") == "" {
		w.t.Errorf("%s", a.body)
	}
	code["words"] = "Her son took her there."
	if a := app.want(200, app.post(path+"/acts/withdraw", code)); a.text("state") != "withdrawn" {
		w.t.Errorf("%s", a.body)
	}
}

// onlyBySlip reads something by its slip, which is there for no stranger's key.
func (w *town) onlyBySlip(app *caller, path, state string, code map[string]any) {
	w.t.Helper()
	if a := app.want(200, app.post(path+"/read", code)); a.text("state") != state {
		w.t.Errorf("%s", a.body)
	}
	for _, wrong := range []string{"", "AAAAAAAA"} {
		if a := app.want(422, app.post(path+"/read", map[string]any{"code": wrong})); a.field("code") == "" {
			w.t.Errorf("%s", a.body)
		}
	}
	other := w.key(access.NewKey{Name: "other " + path, Scopes: []access.KeyScope{access.APIRead}})
	other.want(404, other.get(path))
}

// theDay reads the counters of a clerk and the day of one.
func (w *town) theDay(lin, app *caller, counter, day, cancelled string) {
	w.t.Helper()
	if l := lin.want(200, lin.get("/counters")); !strings.Contains(string(l.body), counter) {
		w.t.Errorf("%s", l.body)
	}
	path := "/counters/" + counter + "/day"
	d := lin.want(200, lin.get(path+"?day="+day))
	if d.text("day") != day || len(d.list("times")) == 0 || strings.Contains(string(d.body), cancelled) {
		w.t.Errorf("%s", d.body)
	}
	lin.want(200, lin.get(path))
	lin.want(400, lin.get(path+"?day=tomorrow"))
	lin.want(404, lin.get("/counters/none/day"))
	app.want(403, app.get(path))
}

// atTheCounter serves who booked, and offers what is freed to who waits.
func (w *town) atTheCounter(lin, app *caller, wish func(int) map[string]any, day string, all int) {
	w.t.Helper()
	came := app.want(201, app.post("/bookings", wish(6))).text("number")
	var last string
	for n := range all { // until nothing is free
		if a := app.post("/bookings", wish(n)); a.status == 201 {
			last = a.text("number")
		}
	}
	queued := func() (string, map[string]any) {
		x := wish(7)
		x["wait"], x["days"] = true, 30
		a := app.want(201, app.post("/bookings", x))
		return "/bookings/" + a.text("number"), map[string]any{"code": a.text("query_code")}
	}
	first, code := queued()
	second, code2 := queued()
	app.want(404, app.post("/bookings/"+last+"/acts/cancel", nil))
	if a := lin.want(200, lin.post("/bookings/"+last+"/acts/call_off", map[string]any{"words": "The clerk is ill."})); a.text("state") != "called_off" {
		w.t.Errorf("%s", a.body)
	}
	if a := app.want(200, app.post(first+"/acts/pass", code)); a.text("state") != "waiting" {
		w.t.Errorf("%s", a.body)
	}
	if a := app.want(200, app.post(second+"/acts/accept", code2)); a.text("state") != "booked" {
		w.t.Errorf("%s", a.body)
	}
	at, err := time.Parse(time.RFC3339, day)
	w.must(err)
	w.Clock.Set(at)
	path := "/bookings/" + came + "/acts/"
	app.want(403, app.post(path+"arrive", nil))
	for _, x := range [][2]string{{"miss", "missed"}, {"take_back", "booked"}, {"arrive", "arrived"}, {"serve", "served"}} {
		if a := lin.want(200, lin.post(path+x[0], nil)); a.text("state") != x[1] {
			w.t.Errorf("%s: %s", x[0], a.body)
		}
	}
	lin.want(409, lin.post(path+"serve", nil))
}

// everyQuestion asks for everything that can be asked of questions and answers.
func (w *town) everyQuestion(app, wu *caller) {
	w.t.Helper()
	ctx, sees := w.t.Context(), w.stranger()
	known, err := w.Questions.Add(ctx, w.As("admin"), questions.Writing{Title: "一户一表改造收费", Body: "一户一表改造每户收费八百元，低保户免收。", Source: "水务局", Unit: w.As("wu").Unit}, 0)
	w.must(err)
	if l := sees.want(200, sees.get("/answers?q=%E4%B8%80%E6%88%B7%E4%B8%80%E8%A1%A8%E6%94%B9%E9%80%A0&limit=3")); l.text("items", "0", "id") != known.ID.String() {
		w.t.Errorf("%s", l.body)
	}
	sees.want(400, sees.get("/answers"))
	if a := sees.want(200, sees.get("/answers/"+known.ID.String())); !strings.Contains(a.text("body"), "八百元") || a.text("force") == "" {
		w.t.Errorf("%s", a.body)
	}
	sees.want(404, sees.get("/answers/none"))
	in := map[string]any{"words": "一户一表改造要交多少钱？", "place": w.village(), "unit": w.As("wu").Unit.String(), "name": "邻居丙", "phone": "19900000125"}
	slip := app.want(201, app.post("/questions", in))
	if slip.text("near", "0", "id") != known.ID.String() {
		w.t.Errorf("%s", slip.body)
	}
	for field, bad := range map[string]string{"words": "啊", "place": "none", "unit": "none", "phone": "x"} {
		was := in[field]
		in[field] = bad
		if a := app.want(422, app.post("/questions", in)); a.field(field) == "" {
			w.t.Errorf("%s: %s", field, a.body)
		}
		in[field] = was
	}
	path, code := "/questions/"+slip.text("number"), map[string]any{"code": slip.text("query_code")}
	w.onlyBySlip(app, path, "asked", code)
	if a := wu.want(200, wu.get(path)); strings.Contains(string(a.body), "邻居丙") || strings.Contains(string(a.body), "19900000125") {
		w.t.Errorf("%s", a.body)
	}
	if l := wu.want(200, wu.get("/questions?limit=5")); l.text("items", "0", "number") != slip.text("number") || strings.Contains(string(l.body), "邻居丙") {
		w.t.Errorf("%s", l.body)
	}
	app.want(403, app.get("/questions"))
	reply := map[string]any{"words": "每户八百元，低保户免收。", "cites": []string{known.ID.String()}}
	app.want(403, app.post(path+"/acts/answer", reply))
	wu.want(422, wu.post(path+"/acts/answer", map[string]any{"words": "每户八百元。", "cites": []string{"none"}}))
	if a := wu.want(200, wu.post(path+"/acts/answer", reply)); a.text("state") != "answered" || len(a.list("cites")) != 1 {
		w.t.Errorf("%s", a.body)
	}
	wu.want(409, wu.post(path+"/acts/answer", reply))
	code["words"] = "我问的是老旧小区。"
	if a := app.want(200, app.post(path+"/acts/reopen", code)); a.text("state") != "asked" {
		w.t.Errorf("%s", a.body)
	}
	wu.want(422, wu.post(path+"/acts/pass_on", map[string]any{"unit": "none", "words": "归住建局管。"}))
	wu.want(200, wu.post(path+"/acts/pass_on", map[string]any{"unit": w.As("he").Unit.String(), "words": "归派出所管。"}))
	delete(code, "words")
	if a := app.want(200, app.post(path+"/acts/withdraw", code)); a.text("state") != "withdrawn" || a.text("unit", "id") != w.As("he").Unit.String() {
		w.t.Errorf("%s", a.body)
	}
}
