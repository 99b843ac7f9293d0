// SPDX-License-Identifier: Apache-2.0

package matters_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// Who opens which page: the status for a stranger, another resident (周敏), the
// reporter (陈婆婆), the dispatcher, an officer of a unit that has nothing to do
// with it, and the auditor.
func TestWhoOpensWhat(t *testing.T) {
	t.Parallel()
	w := open(t)
	pub, priv, held := w.at(matters.Received).Number, w.raise(w.guest("chen"), matters.Raising{Body: "隔壁半夜吵架，不想让人晓得。"}).Number, w.at(matters.Handling).Number
	who := []string{"", "zhou", "chen", "zhao", "wu", "audit"}
	visitors := map[string]*visitor{}
	for _, x := range who {
		visitors[x] = w.visit(x)
	}
	const ok, gone, away, no, late = 200, 404, 303, 403, 409
	for _, c := range []struct {
		path string
		want [6]int
	}{
		{"/raise", [6]int{ok, ok, ok, ok, no, no}},
		{"/raise/done", [6]int{away, away, away, away, away, away}},
		{"/query", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/mine", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/news", [6]int{away, ok, ok, ok, ok, ok}},
		{"/news?before=x", [6]int{away, 422, 422, 422, 422, 422}},
		{"/matters", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters?place=x", [6]int{422, 422, 422, 422, 422, 422}},
		{"/matters?from=gestern", [6]int{422, 422, 422, 422, 422, 422}},
		{"/matters?state=lost&category=none&channel=none", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters?q=%FF%FE", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters?q=%27%3B+DROP+TABLE+matter%3B+--", [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters?q=" + strings.Repeat("%E9%95%BF", 3000), [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters/" + pub, [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters/" + strings.ToLower(pub), [6]int{ok, ok, ok, ok, ok, ok}},
		{"/matters/" + priv, [6]int{gone, gone, ok, ok, gone, ok}},
		{"/matters/" + priv + "/slip", [6]int{gone, gone, ok, ok, gone, ok}},
		{"/matters/" + pub + "/slip", [6]int{gone, gone, ok, ok, gone, ok}},
		{"/matters/QL-2019-000001", [6]int{gone, gone, gone, gone, gone, gone}},
		{"/matters/%FF%FE", [6]int{gone, gone, gone, gone, gone, gone}},
		{"/matters/" + pub + "/decline", [6]int{away, no, no, ok, no, no}},
		{"/matters/" + pub + "/withdraw", [6]int{away, no, ok, ok, no, no}},
		{"/matters/" + pub + "/dispatch", [6]int{late, late, late, late, late, late}},
		{"/matters/" + pub + "/support", [6]int{ok, ok, ok, ok, no, no}},
		{"/matters/" + priv + "/decline", [6]int{gone, gone, no, ok, gone, no}},
		{"/matters/" + held + "/handle", [6]int{away, no, no, no, ok, no}},
		{"/matters/" + held + "/note", [6]int{away, no, no, ok, ok, no}},
		{"/matters/" + held + "/whistle", [6]int{away, no, no, no, no, no}},
		{"/matters/" + held + "/invite", [6]int{away, no, no, ok, ok, no}},
		{"/matters/" + held + "/moderate", [6]int{away, no, no, ok, no, no}},
		{"/matters/" + held + "/raise", [6]int{gone, gone, gone, gone, gone, gone}},
		{"/inbox", [6]int{away, no, no, ok, ok, ok}},
		{"/inbox?after=x", [6]int{422, 422, 422, 422, 422, 422}},
		{"/answer/none", [6]int{gone, gone, gone, gone, gone, gone}},
		{"/files/none/none", [6]int{gone, gone, gone, gone, gone, gone}},
	} {
		for i, x := range who {
			if a := visitors[x].get(c.path); a.code != c.want[i] {
				t.Errorf("%q at %.80s: %d, not %d", x, c.path, a.code, c.want[i])
			}
		}
	}
	for _, x := range who {
		visitors[x].get("/matters").says("!半夜吵架" + map[string]string{"chen": "x", "zhao": "x", "audit": "x"}[x])
	}
}

// an act with a form that is filled in rightly, and those of the six who may.
type actCase struct {
	act   matters.Act
	state matters.State
	by    string   // who may, beside which nobody of the others does
	also  []string // others who may too: on the reporter's behalf, or everybody
	form  []string
	query func(w *town, m matters.Matter) string
	setup func(w *town, m matters.Matter)
	as    func(w *town, m matters.Matter) matters.Matter // on which of the matter's relatives
}

// matter is one on which the act is possible.
func (c actCase) matter(w *town) matters.Matter {
	m := w.at(c.state)
	if c.as != nil {
		m = c.as(w, m)
	}
	if c.setup != nil {
		c.setup(w, m)
	}
	return m
}

func actCases(w *town) []actCase {
	t := w.t
	unit := func(login string) func(*town, matters.Matter) string {
		return func(*town, matters.Matter) string { return "?unit=" + w.As(login).Unit.String() }
	}
	day := w.Clock.Now().AddDate(0, 0, 8).Format("2006-01-02")
	leak := w.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code
	water, police := w.As("wu").Unit.String(), w.As("he").Unit.String()
	village, _ := w.Place("文君街道", "宝塔社区").Last()
	hide := func(w *town, m matters.Matter) {
		if a := w.visit("zhao").post("/matters/"+m.Number+"/moderate", "part", "title", "words", "水管冻裂", "reason", "标题里有门牌号。"); a.code != 303 {
			w.t.Fatal(a.code, a.body)
		}
	}
	part := func(w *town, m matters.Matter) matters.Matter {
		numbers, err := w.Matters.Split(t.Context(), w.As("zhao"), m.ID, []matters.Part{{Title: "路面结冰", Body: "水流到路上结了冰。"}})
		if err != nil {
			t.Fatal(err)
		}
		return w.whole(numbers[0]).Matter
	}
	moreTime := func(w *town, m matters.Matter) {
		if err := w.Matters.AskExtension(t.Context(), w.As("wu"), m.ID, when.Limit{N: 1, Unit: when.WorkDays}, "等配件到货。"); err != nil {
			t.Fatal(err)
		}
	}
	sorted := func(w *town, m matters.Matter) { // without a person
		lead := w.As("wu").Unit
		if err := w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
			_, err := w.Matters.Sort(tx, m.ID, matters.Sorting{Accept: true, Category: "drain", Lead: lead})
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	late := func(w *town, _ matters.Matter) matters.Matter { return w.late() }
	appealed := func(w *town, m matters.Matter) {
		if err := w.Matters.Appeal(t.Context(), w.As("wu"), m.ID, "连下暴雨，进不了场。"); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(w *town, m matters.Matter) {
		appealed(w, m)
		if err := w.Matters.RefuseAppeal(t.Context(), w.As("sun"), m.ID, "事先没有申请延期。"); err != nil {
			t.Fatal(err)
		}
	}
	again := func(w *town, m matters.Matter) {
		refused(w, m)
		if err := w.Matters.AskReview(t.Context(), w.As("wu"), m.ID, "补上了值班记录。"); err != nil {
			t.Fatal(err)
		}
	}
	walked := func(w *town, _ matters.Matter) matters.Matter { // who walked there wrote it down
		grid := w.Places.Tree().Children(village)[0].ID
		slip, err := w.Matters.Raise(t.Context(), w.As("li"), matters.Raising{Body: "井盖翘起一个角。", Place: grid, Public: true, Channel: matters.Grid})
		if err != nil {
			t.Fatal(err)
		}
		return w.whole(slip.Number).Matter
	}
	endOfOther := func(w *town, m matters.Matter) {
		w.on(w.whole(m.Number).Origins[0].ID, matters.Received, matters.Closed)
	}
	return []actCase{
		{act: matters.Accept, state: matters.Received, by: "zhao"},
		{act: matters.Decline, state: matters.Received, by: "zhao", form: []string{"words", "不归本市管，请向省里反映。"}},
		{act: matters.Ask, state: matters.Received, by: "zhao", form: []string{"words", "在哪个门口？"}},
		{act: matters.Ask, state: matters.Handling, by: "wu", form: []string{"words", "几点漏的？"}},
		{act: matters.Answer, state: matters.AskedIntake, by: "chen", also: []string{"zhao"}, form: []string{"words", "东门。"}},
		{act: matters.Add, state: matters.Handling, by: "chen", also: []string{"zhao"}, form: []string{"words", "今天漏得更凶了。"}},
		{act: matters.Classify, state: matters.Accepted, by: "zhao", form: []string{"category", leak, "place", village.String(), "title", "水管冻裂", "words", "请先看"}},
		{act: matters.Dispatch, state: matters.Classified, by: "zhao", also: []string{"sun"}, form: []string{"lead", water, "assist", police, "words", "一起去"}},
		{act: matters.SendBack, state: matters.Classified, by: "zhao", also: []string{"sun"}, form: []string{"words", "类别不对，请重新分。"}},
		{act: matters.SendBack, state: matters.Dispatched, by: "wu", form: []string{"words", "不归我们，是物业的管子。"}},
		{act: matters.SendBack, state: matters.Handled, by: "zheng", form: []string{"words", "还在滴，请再修。"}},
		{act: matters.Correct, state: matters.Received, by: "zhao", form: []string{"category", "lamp", "words", "是路灯。"}, setup: sorted},
		{act: matters.Confirm, state: matters.Received, by: "zhao", setup: sorted},
		{act: matters.Decide, state: matters.Classified, by: "sun", form: []string{"lead", water, "words", "管网归水务局管。"}, as: func(w *town, m matters.Matter) matters.Matter { return w.disputed(m) }},
		{act: matters.Take, state: matters.Dispatched, by: "wu"},
		{act: matters.Handle, state: matters.Handling, by: "wu", form: []string{"words", "换了水管，已经不漏。"}},
		{act: matters.AskExtension, state: matters.Handling, by: "wu", form: []string{"n", "1", "unit", "work_days", "words", "等配件到货。"}},
		{act: matters.Extend, state: matters.Handling, by: "sun", form: []string{"words", "同意，请抓紧。"}, setup: moreTime},
		{act: matters.RefuseExtension, state: matters.Handling, by: "sun", form: []string{"words", "库里有配件。"}, setup: moreTime},
		{act: matters.AppealAct, state: matters.Closed, by: "wu", form: []string{"words", "连下暴雨，进不了场。"}, as: late},
		{act: matters.GrantAppeal, state: matters.Closed, by: "sun", form: []string{"words", "有值班记录，属实。"}, as: late, setup: appealed},
		{act: matters.RefuseAppeal, state: matters.Closed, by: "sun", form: []string{"words", "事先没有申请延期。"}, as: late, setup: appealed},
		{act: matters.AskReview, state: matters.Closed, by: "wu", form: []string{"words", "补上了值班记录。"}, as: late, setup: refused},
		{act: matters.GrantReview, state: matters.Closed, by: "yu", form: []string{"words", "有值班记录，属实。"}, as: late, setup: again},
		{act: matters.RefuseReview, state: matters.Closed, by: "yu", form: []string{"words", "记录对不上。"}, as: late, setup: again},
		{act: matters.Suspend, state: matters.Handling, by: "sun", form: []string{"until", day, "words", "等开春化冻。"}},
		{act: matters.Resume, state: matters.Suspended, by: "sun", form: []string{"words", "化冻了，接着办。"}},
		{act: matters.Resume, state: matters.AskedIntake, by: "zhao", form: []string{"words", "已经电话问到了。"}},
		{act: matters.Verify, state: matters.Handled, by: "zheng", form: []string{"met", "1", "words", "看过了。"}},
		{act: matters.Close, state: matters.Verified, by: "zhao", form: []string{"words", "已经办好。"}},
		{act: matters.Rate, state: matters.Closed, by: "chen", also: []string{"zhao"}, form: []string{"solved", "yes", "satisfied", "5", "words", "谢谢"}},
		{act: matters.Reopen, state: matters.Closed, by: "chen", also: []string{"zhao"}, form: []string{"words", "又漏了，请再来。"}},
		{act: matters.Reopen, state: matters.Declined, by: "chen", also: []string{"zhao"}, form: []string{"words", "明明是市里的管子。"}},
		{act: matters.Withdraw, state: matters.Received, by: "chen", also: []string{"zhao"}, form: []string{"words", "自己修好了。"}},
		{act: matters.Settle, state: matters.Received, by: "li", form: []string{"words", "当场扶正了。"}, as: walked},
		{act: matters.ShowName, state: matters.Received, by: "chen", also: []string{"zhao"}},
		{act: matters.HideName, state: matters.Closed, by: "chen", also: []string{"zhao"}, setup: func(w *town, m matters.Matter) {
			w.visit("chen").post("/matters/" + m.Number + "/show_name").is(303)
		}},
		{act: matters.Join, state: matters.Received, by: "zhao", form: []string{"to", w.at(matters.Received).Number, "words", "同一根水管。"}},
		{act: matters.Unjoin, state: matters.Joined, by: "zhao"},
		{act: matters.Split, state: matters.Accepted, by: "zhao", form: []string{"title1", "路面结冰", "body1", "水流到路上结了冰。"}},
		{act: matters.Split, state: matters.Classified, by: "zhao", form: []string{"title1", "路面结冰", "body1", "水流到路上结了冰。"}},
		{act: matters.Unsplit, state: matters.Accepted, by: "zhao", form: []string{"words", "还是一起办。"}, as: part},
		{act: matters.Rate, state: matters.Joined, by: "chen", also: []string{"zhao"}, form: []string{"solved", "yes"}, setup: endOfOther},
		{act: matters.Reopen, state: matters.Joined, by: "chen", also: []string{"zhao"}, form: []string{"words", "还是在漏。"}, setup: endOfOther},
		{act: matters.Urge, state: matters.Handling, by: "sun", form: []string{"words", "今天下班前关阀。"}},
		{act: matters.Supervise, state: matters.Handling, by: "sun", form: []string{"words", "每天报一次。"}},
		{act: matters.Note, state: matters.Handling, by: "wu", also: []string{"zhao", "sun", "zheng", "he", "yu"}, form: []string{"words", "备件在路上。"}},
		{act: matters.Inform, state: matters.Handling, by: "wu", form: []string{"words", "阀门已关，明天换管子。"}},
		{act: matters.WhistleAct, state: matters.Handling, by: "sun", form: []string{"units", water, "units", police, "hours", "2", "words", "一起到现场。"}},
		{act: matters.Respond, state: matters.Handling, by: "he", form: []string{"words", "已到现场。"}, query: unit("he"), setup: func(w *town, m matters.Matter) {
			w.visit("sun").post("/matters/"+m.Number+"/whistle", "units", water, "units", police, "hours", "2", "words", "一起到现场。").is(303)
		}},
		{act: matters.AssistAct, state: matters.Handling, by: "he", form: []string{"words", "拉了警戒线。"}, query: unit("he")},
		{act: matters.Invite, state: matters.Handling, by: "wu", also: []string{"zhao", "sun"}, form: []string{"party", "物业公司", "words", "管子是谁家的？", "days", "7"}},
		{act: matters.Revoke, state: matters.Handling, by: "wu", also: []string{"zhao", "sun"}, setup: func(w *town, m matters.Matter) {
			w.visit("wu").post("/matters/"+m.Number+"/invite", "party", "物业公司", "words", "管子是谁家的？", "days", "7").is(200)
		}, query: func(w *town, m matters.Matter) string {
			return "?invitation=" + w.whole(m.Number).Invitations[0].ID.String()
		}},
		{act: matters.Moderate, state: matters.Handling, by: "zhao", also: []string{"sun"}, form: []string{"part", "body", "words", "水管冻裂了。", "reason", "内容里有门牌号。"}},
		{act: matters.Restore, state: matters.Handling, by: "zhao", also: []string{"sun"}, form: []string{"reason", "重新看过，没有门牌号。"}, setup: hide,
			query: func(w *town, m matters.Matter) string {
				return "?moderation=" + w.whole(m.Number).Moderations[0].ID.String()
			}},
		{act: matters.SupportAct, state: matters.Handling, by: "zhou", also: []string{"", "zhao"}, form: []string{"words", "我家也是。", "public", "1"}},
		{act: matters.UnsupportAct, state: matters.Handling, by: "zhou", setup: func(w *town, m matters.Matter) {
			w.visit("zhou").post("/matters/"+m.Number+"/support", "words", "我家也是。", "public", "1").is(303)
		}},
	}
}

// Every act of the table of moves and beside it has its page, which does it for
// who may, and for nobody else: not by a form that was never shown to them.
func TestEveryActForWhoMay(t *testing.T) {
	t.Parallel()
	w := open(t)
	all := []string{"", "zhou", "chen", "zhao", "li", "wu", "sun", "he", "zheng", "yu", "audit"}
	visitors := map[string]*visitor{}
	for _, x := range all {
		visitors[x] = w.visit(x)
		visitors[x].get("/raise") // gives a browser its mark
	}
	seen := map[matters.Act]bool{}
	for _, c := range actCases(w) {
		seen[c.act] = true
		t.Run(fmt.Sprintf("%s/%s", c.act, c.state), func(t *testing.T) {
			m := c.matter(w)
			path := "/matters/" + m.Number + "/" + string(c.act)
			if c.query != nil {
				path += c.query(w, m)
			}
			before := w.whole(m.Number)
			for _, x := range all {
				if x == c.by || slices.Contains(c.also, x) {
					continue
				}
				if a := visitors[x].post(path, c.form...); a.code != 403 && a.code != 404 && a.code != 409 {
					t.Errorf("%q: %d", x, a.code)
				}
			}
			if after := w.whole(m.Number); after.Matter.Version != before.Matter.Version || len(after.Steps) != len(before.Steps) {
				t.Fatalf("somebody who may not did it: %d steps became %d", len(before.Steps), len(after.Steps))
			}
			if a := visitors[c.by].get(path); a.code != 200 {
				t.Errorf("the page for %q: %d", c.by, a.code)
			}
			if a := visitors[c.by].post(path, c.form...); a.code != 303 && !(c.act == matters.Invite && a.code == 200) {
				t.Fatalf("%q: %d\n%s", c.by, a.code, a.body)
			}
			if after := w.whole(m.Number); len(after.Steps) <= len(before.Steps) {
				t.Error("nothing was written")
			}
			if a := visitors[c.by].get("/matters/" + m.Number); a.code != 200 || strings.Contains(a.body, "⟦") {
				t.Errorf("the matter after it: %d", a.code)
			}
		})
	}
	for _, a := range matters.Flow.Acts() {
		if !seen[a] {
			t.Errorf("nobody tries %s", a)
		}
	}
}
