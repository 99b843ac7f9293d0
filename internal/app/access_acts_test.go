// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// An actDoor is an act on a matter that is in a state: who may do it, with the form
// filled in rightly. Everybody else is refused.
type actDoor struct {
	act   matters.Act
	state matters.State
	who   string
	form  []string
	ask   string                                         // of the address
	setup func(x *walk, m matters.Matter) matters.Matter // returns the one that the act is about
	done  int                                            // status when it is done; 0 is 303
}

// Who may record what the reporter says: they, and who raises for others and works
// where it happened.
const forReporter = "chen wang zhao luo feng xu gao"

func actDoors() []actDoor {
	whistle := func(x *walk, m matters.Matter) matters.Matter {
		x.must(x.Matters.Blow(x.t.Context(), x.As("sun"), m.ID, []id.ID{x.As("wu").Unit, x.As("he").Unit}, 3600e9, "一起到现场。"))
		return m
	}
	part := func(x *walk, m matters.Matter) matters.Matter {
		numbers, err := x.Matters.Split(x.t.Context(), x.As("zhao"), m.ID, []matters.Part{{Title: "路面结冰", Body: "水流到路上结了冰。"}})
		x.must(err)
		return x.whole(numbers[0]).Matter
	}
	invite := func(x *walk, m matters.Matter) matters.Matter {
		_, err := x.Matters.Invite(x.t.Context(), x.As("zhao"), m.ID, "物业公司", "管子是谁家的？", 7)
		x.must(err)
		x.at["invitation"] = x.whole(m.Number).Invitations[0].ID.String()
		return m
	}
	hide := func(x *walk, m matters.Matter) matters.Matter {
		x.must(x.Matters.Moderate(x.t.Context(), x.As("zhao"), m.ID, matters.Moderating{Part: "title", Words: "水管冻裂", Reason: "标题里有门牌号。"}))
		x.at["moderation"] = x.whole(m.Number).Moderations[0].ID.String()
		return m
	}
	moreTime := func(x *walk, m matters.Matter) matters.Matter {
		x.must(x.Matters.AskExtension(x.t.Context(), x.As("wu"), m.ID, when.Limit{N: 1, Unit: when.WorkDays}, "等配件到货。"))
		return m
	}
	late := func(x *walk, m matters.Matter) matters.Matter {
		ctx, k := x.t.Context(), x.whole(m.Number).Matter.Category
		limit := func(l when.Limit) when.Limit {
			c, _ := x.Matters.Catalogue().Get(k)
			was := c.Limits.Handle
			c.Limits.Handle = l
			x.must(x.Matters.SetCategory(ctx, x.As("admin"), c))
			return was
		}
		was := limit(when.Limit{N: 1, Unit: when.UrgentHours})
		x.must(x.Matters.Dispatch(ctx, x.As("zhao"), m.ID, matters.Dispatching{Lead: x.As("wu").Unit}))
		limit(was)
		x.must(x.Matters.Take(ctx, x.As("wu"), m.ID, ""))
		now := x.Clock.Now()
		x.Clock.Add(2 * time.Hour)
		x.must(x.Matters.Handle(ctx, x.As("wu"), m.ID, "换了水管，已经不漏。"))
		x.Clock.Set(now) // nobody's session is to end by it
		x.must(x.Matters.Verify(ctx, x.As("zheng"), m.ID, true, ""))
		x.must(x.Matters.Close(ctx, x.As("zhao"), m.ID, ""))
		return x.whole(m.Number).Matter
	}
	appealed := func(x *walk, m matters.Matter) matters.Matter {
		m = late(x, m)
		x.must(x.Matters.Appeal(x.t.Context(), x.As("wu"), m.ID, "连下暴雨，进不了场。"))
		return m
	}
	refused := func(x *walk, m matters.Matter) matters.Matter {
		m = appealed(x, m)
		x.must(x.Matters.RefuseAppeal(x.t.Context(), x.As("sun"), m.ID, "事先没有申请延期。"))
		return m
	}
	again := func(x *walk, m matters.Matter) matters.Matter {
		m = refused(x, m)
		x.must(x.Matters.AskReview(x.t.Context(), x.As("wu"), m.ID, "补上了值班记录。"))
		return m
	}
	sorted := func(x *walk, m matters.Matter) matters.Matter { // without a person
		slip, err := x.Matters.Raise(x.t.Context(), x.guest("chen"), matters.Raising{Body: "水管冻裂了，水流到路上。", Place: x.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
		x.must(err)
		x.must(x.DB.Write(x.t.Context(), func(tx *sqldb.Tx) error {
			_, err := x.Matters.Sort(tx, slip.ID, matters.Sorting{Accept: true, Category: "drain"})
			return err
		}))
		return x.whole(slip.Number).Matter
	}
	disputed := func(x *walk, m matters.Matter) matters.Matter {
		for _, who := range []string{"wu", "he"} {
			x.must(x.Matters.Dispatch(x.t.Context(), x.As("zhao"), m.ID, matters.Dispatching{Lead: x.As(who).Unit}))
			x.must(x.Matters.SendBack(x.t.Context(), x.As(who), m.ID, "不归我们管，请另派。"))
		}
		return x.whole(m.Number).Matter
	}
	walked := func(x *walk, _ matters.Matter) matters.Matter {
		grid := x.Places.Tree().Children(x.Place("文君街道", "宝塔社区")[scope.Village])[0]
		slip, err := x.Matters.Raise(x.t.Context(), x.As("li"), matters.Raising{Body: "井盖翘起一个角。", Place: grid.ID, Public: true, Channel: matters.Grid})
		x.must(err)
		return x.whole(slip.Number).Matter
	}
	named := func(x *walk, m matters.Matter) matters.Matter {
		x.must(x.Matters.ShowName(x.t.Context(), x.guest("chen"), m.ID))
		return m
	}
	return []actDoor{
		{act: matters.Accept, state: matters.Received, who: "zhao"},
		{act: matters.Decline, state: matters.Received, who: "zhao", form: []string{"words", "不归本市管，请向省里反映。"}},
		{act: matters.Ask, state: matters.Received, who: "zhao", form: []string{"words", "在哪个门口？"}},
		{act: matters.Ask, state: matters.Handling, who: "wu", form: []string{"words", "几点漏的？"}},
		{act: matters.Answer, state: matters.AskedIntake, who: forReporter, form: []string{"words", "东门。"}},
		{act: matters.Add, state: matters.Handling, who: forReporter, form: []string{"words", "今天漏得更凶了。"}},
		{act: matters.Classify, state: matters.Accepted, who: "zhao", form: []string{"category", "{drain}", "words", "请先看"}},
		{act: matters.Dispatch, state: matters.Classified, who: "zhao sun", form: []string{"lead", "{water}"}},
		{act: matters.SendBack, state: matters.Classified, who: "zhao sun", form: []string{"words", "类别不对，请重新分。"}},
		{act: matters.SendBack, state: matters.Dispatched, who: "wu", form: []string{"words", "不归我们，是物业的管子。"}},
		{act: matters.SendBack, state: matters.Handled, who: "zheng", form: []string{"words", "还在滴，请再修。"}},
		{act: matters.SendBack, state: matters.Verified, who: "zhao", form: []string{"words", "还在滴，请再修。"}},
		{act: matters.Correct, state: matters.Classified, who: "zhao", form: []string{"category", "lamp"}, setup: sorted},
		{act: matters.Confirm, state: matters.Classified, who: "zhao", setup: sorted},
		{act: matters.Decide, state: matters.Classified, who: "sun", form: []string{"lead", "{water}", "words", "管网归水务局管。"}, setup: disputed},
		{act: matters.Take, state: matters.Dispatched, who: "wu"},
		{act: matters.Handle, state: matters.Handling, who: "wu", form: []string{"words", "换了水管，已经不漏。"}},
		{act: matters.AskExtension, state: matters.Handling, who: "wu", form: []string{"n", "1", "unit", "work_days", "words", "等配件到货。"}},
		{act: matters.Extend, state: matters.Handling, who: "wang sun gao", form: []string{"words", "同意，请抓紧。"}, setup: moreTime},
		{act: matters.RefuseExtension, state: matters.Handling, who: "wang sun gao", form: []string{"words", "库里有配件。"}, setup: moreTime},
		{act: matters.AppealAct, state: matters.Classified, who: "wu", form: []string{"words", "连下暴雨，进不了场。"}, setup: late},
		{act: matters.GrantAppeal, state: matters.Classified, who: "sun", form: []string{"words", "有值班记录，属实。"}, setup: appealed},
		{act: matters.RefuseAppeal, state: matters.Classified, who: "sun", form: []string{"words", "事先没有申请延期。"}, setup: appealed},
		{act: matters.AskReview, state: matters.Classified, who: "wu", form: []string{"words", "补上了值班记录。"}, setup: refused},
		{act: matters.GrantReview, state: matters.Classified, who: "yu", form: []string{"words", "有值班记录，属实。"}, setup: again},
		{act: matters.RefuseReview, state: matters.Classified, who: "yu", form: []string{"words", "记录对不上。"}, setup: again},
		{act: matters.Suspend, state: matters.Handling, who: "sun", form: []string{"until", "{later}", "words", "等开春化冻。"}},
		{act: matters.Resume, state: matters.Suspended, who: "sun", form: []string{"words", "化冻了，接着办。"}},
		{act: matters.Resume, state: matters.AskedIntake, who: "zhao", form: []string{"words", "已经电话问到了。"}},
		{act: matters.Verify, state: matters.Handled, who: "zheng", form: []string{"met", "1", "words", "看过了。"}},
		{act: matters.Close, state: matters.Verified, who: "zhao", form: []string{"words", "已经办好。"}},
		{act: matters.Rate, state: matters.Closed, who: forReporter, form: []string{"solved", "yes", "satisfied", "5", "words", "谢谢"}},
		{act: matters.Reopen, state: matters.Closed, who: forReporter, form: []string{"words", "又漏了，请再来。"}},
		{act: matters.Reopen, state: matters.Declined, who: forReporter, form: []string{"words", "明明是市里的管子。"}},
		{act: matters.Withdraw, state: matters.Received, who: forReporter},
		{act: matters.Settle, state: matters.Received, who: "li", form: []string{"words", "当场扶正了。"}, setup: walked},
		{act: matters.ShowName, state: matters.Handling, who: forReporter},
		{act: matters.HideName, state: matters.Handling, who: forReporter, setup: named},
		{act: matters.Join, state: matters.Received, who: "zhao", form: []string{"to", "{pub}", "words", "同一根水管。"}},
		{act: matters.Unjoin, state: matters.Joined, who: "zhao"},
		{act: matters.Split, state: matters.Accepted, who: "zhao", form: []string{"title1", "路面结冰", "body1", "水流到路上结了冰。"}},
		{act: matters.Unsplit, state: matters.Accepted, who: "zhao", form: []string{"words", "还是一起办。"}, setup: part},
		{act: matters.Urge, state: matters.Handling, who: "wang sun gao", form: []string{"words", "今天下班前关阀。"}},
		{act: matters.Supervise, state: matters.Handling, who: "sun", form: []string{"words", "每天报一次。"}},
		{act: matters.Note, state: matters.Handling, who: "wang zhao sun wu zheng yu", form: []string{"words", "备件在路上。"}},
		{act: matters.Inform, state: matters.Handling, who: "wu", form: []string{"words", "阀门已关，明天换管子。"}},
		{act: matters.WhistleAct, state: matters.Handling, who: "sun", form: []string{"units", "{water}", "units", "{police}", "hours", "2", "words", "一起到现场。"}},
		{act: matters.Respond, state: matters.Handling, who: "he", form: []string{"words", "已到现场。"}, ask: "?unit={police}", setup: whistle},
		{act: matters.AssistAct, state: matters.Handling, who: "he", form: []string{"words", "拉了警戒线。"}, ask: "?unit={police}"},
		{act: matters.Invite, state: matters.Handling, who: "zhao sun wu", form: []string{"party", "物业公司", "words", "管子是谁家的？", "days", "7"}, done: 200},
		{act: matters.Revoke, state: matters.Handling, who: "zhao sun wu", ask: "?invitation={invitation}", setup: invite},
		{act: matters.Moderate, state: matters.Handling, who: "zhao sun admin", form: []string{"part", "body", "words", "水管冻裂了。", "reason", "内容里有门牌号。"}},
		{act: matters.Restore, state: matters.Handling, who: "zhao sun admin", form: []string{"reason", "重新看过，没有门牌号。"}, ask: "?moderation={moderation}", setup: hide},
		{act: matters.SupportAct, state: matters.Handling, who: "- zhou wang zhao luo feng xu gao", form: []string{"words", "我家也是。"}},
		{act: matters.UnsupportAct, state: matters.Handling, who: "zhou", setup: func(x *walk, m matters.Matter) matters.Matter {
			x.must(x.Matters.Support(x.t.Context(), x.guest("zhou"), m.ID, matters.Supporting{Words: "我家也是。"}))
			return m
		}},
		{act: matters.UnsupportAct, state: matters.Handling, who: "wang zhao", form: []string{"which", "{voice}"}, setup: func(x *walk, m matters.Matter) matters.Matter {
			x.must(x.Matters.Support(x.t.Context(), x.As("zhao"), m.ID, matters.Supporting{Words: "窗口代记。"}))
			x.at["voice"] = x.whole(m.Number).Supports[0].ID.String()
			return m
		}},
	}
}

// brought raises a public matter of Chen's and brings it to the state, at the
// water bureau if it gets to a unit; the police assist if asked.
func (x *walk) brought(s matters.State, assisted bool) matters.Matter {
	x.t.Helper()
	ctx, zhao, wu, sun, zheng := x.t.Context(), x.As("zhao"), x.As("wu"), x.As("sun"), x.As("zheng")
	slip, err := x.Matters.Raise(ctx, x.guest("chen"), matters.Raising{Body: "水管冻裂了，水流到路上。", Place: x.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
	x.must(err)
	d := slip.ID
	beside := map[matters.State]struct {
		from matters.State
		do   func() error
	}{
		matters.AskedIntake: {matters.Received, func() error { return x.Matters.Ask(ctx, zhao, d, "在哪个门口？") }},
		matters.Declined:    {matters.Received, func() error { return x.Matters.Decline(ctx, zhao, d, "不归本市管。") }},
		matters.Joined: {matters.Received, func() error {
			m := x.whole(x.at["pub"]).Matter
			return x.Matters.Join(ctx, zhao, d, m.ID, "同一根水管。")
		}},
		matters.Suspended: {matters.Handling, func() error { return x.Matters.Suspend(ctx, sun, d, x.DB.Now().AddDate(0, 1, 0), "等开春化冻。") }},
	}
	to := s
	if b, ok := beside[s]; ok {
		to = b.from
	}
	var assist []id.ID
	if assisted {
		assist = []id.ID{x.As("he").Unit}
	}
	for _, step := range []struct {
		to matters.State
		do func() error
	}{
		{matters.Accepted, func() error { return x.Matters.Accept(ctx, zhao, d) }},
		{matters.Classified, func() error { return x.Matters.Classify(ctx, zhao, d, matters.Classifying{Category: x.at["drain"]}) }},
		{matters.Dispatched, func() error {
			return x.Matters.Dispatch(ctx, zhao, d, matters.Dispatching{Lead: wu.Unit, Assist: assist})
		}},
		{matters.Handling, func() error { return x.Matters.Take(ctx, wu, d, "") }},
		{matters.Handled, func() error { return x.Matters.Handle(ctx, wu, d, "换了水管，已经不漏。") }},
		{matters.Verified, func() error { return x.Matters.Verify(ctx, zheng, d, true, "") }},
		{matters.Closed, func() error { return x.Matters.Close(ctx, zhao, d, "") }},
	} {
		if x.whole(slip.Number).Matter.State == to {
			break
		}
		x.must(step.do())
	}
	if b, ok := beside[s]; ok {
		x.must(b.do())
	}
	m := x.whole(slip.Number).Matter
	if m.State != s {
		x.t.Fatalf("brought to %s, not %s", m.State, s)
	}
	return m
}

func (x *walk) whole(number string) matters.Whole {
	x.t.Helper()
	w, err := x.Matters.Get(x.t.Context(), x.As("audit"), number)
	x.must(err)
	return w
}

// acts lets everybody try every act on a matter: its page and its form. A matter on
// which it was done is replaced by a new one, and one on which nobody may have done
// anything must be as it was.
func (x *walk) acts(tried map[string]bool) {
	x.t.Helper()
	x.at["drain"], x.at["water"], x.at["police"] = "drain", x.As("wu").Unit.String(), x.As("he").Unit.String()
	for _, a := range actDoors() {
		path := "/matters/{number}/" + string(a.act)
		tried["GET "+path], tried["POST "+path] = true, true
		var m matters.Matter
		var at string
		var form url.Values
		fresh := func() {
			m = x.brought(a.state, a.act == matters.AssistAct)
			if a.setup != nil {
				m = a.setup(x, m)
			}
			x.at["later"] = m.Due.In(i18n.Zone).AddDate(0, 0, 1).Format("2006-01-02")
			if m.Due.IsZero() {
				x.at["later"] = x.DB.Now().AddDate(0, 0, 8).Format("2006-01-02")
			}
			at, form = "/matters/"+m.Number+"/"+string(a.act)+x.fill(a.ask), url.Values{}
			for i := 0; i+1 < len(a.form); i += 2 {
				form.Add(a.form[i], x.fill(a.form[i+1]))
			}
		}
		fresh()
		got := map[string]map[int][]string{"GET": {}, "POST": {}}
		wrong := false
		for _, who := range everybody {
			may, jar := slices.Contains(strings.Fields(a.who), who), x.usual(who)
			get, before := x.send(jar, "GET", at, nil).Code, x.whole(m.Number)
			post := x.send(jar, "POST", at, form).Code
			after := x.whole(m.Number)
			got["GET"][get], got["POST"][post] = append(got["GET"][get], who), append(got["POST"][post], who)
			did := len(after.Steps) != len(before.Steps) || after.Matter.Version != before.Matter.Version
			switch {
			case may:
				wrong = wrong || get != 200 || !did || post != 303 && post != a.done
			case who == "-" && a.act == matters.UnsupportAct: // whoever says "me too" without account may take it back
				wrong = wrong || get != 409 || did || post != 409
			case who == "-":
				wrong = wrong || get != 303 || did || post != 403
			default:
				wrong = wrong || get != 403 && get != 409 && !(get == 200 && (a.act == matters.SupportAct || a.act == matters.Respond || a.act == matters.AssistAct)) || did || post != 403 && post != 409 && post != 404
			}
			if did {
				fresh()
			}
		}
		if wrong {
			x.t.Errorf("%s in %s: %v", a.act, a.state, got)
		}
	}
}
