// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/access"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/field"
	"yuanba/internal/domain/insights"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/routing"
	"yuanba/internal/domain/trail"
	"yuanba/internal/domain/webhooks"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/kit/when"
)

// populate has something done in every domain.
func populate(t *testing.T, w *apptest.Town) {
	t.Helper()
	ctx, admin := t.Context(), scope.Program("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Clock.Add(time.Hour)
	baota := w.Place("文君街道", "宝塔社区")
	zhou := w.Resident("周敏", "99999919940307002X", "19900000002")
	must(w.Places.Rename(ctx, admin, baota[scope.Village], places.Renaming{Name: i18n.Text{ZH: "新宝塔社区", EN: "New Baota"}, On: places.DayOf(w.Clock.Now())}))
	dir := w.Orgs.Directory()
	water, ok := dir.Responsible("water", baota)
	if !ok {
		t.Fatal("no water bureau")
	}
	must(w.Orgs.RenameUnit(ctx, admin, water.ID, water.Version, i18n.Text{ZH: "水务和供水局", EN: "Water Bureau"}))
	clerk, err := w.Access.CreateAccount(ctx, w.As("admin"), access.NewAccount{Login: "stand-in", Name: "代班员"})
	must(err)
	post := dir.Posts(water.ID)[0]
	held := dir.Holders(post.ID, w.DB.Now())
	if len(held) == 0 {
		t.Fatal("nobody holds a post of the bureau")
	}
	_, err = w.Orgs.Cover(ctx, admin, held[0].ID, clerk, time.Time{}, w.DB.Now().AddDate(0, 0, 7))
	must(err)
	slip, err := w.Matters.Raise(ctx, zhou.Actor(), matters.Raising{Body: "下水道堵了三天，臭水流到路上。", Place: baota[scope.Village], Public: true})
	must(err)
	must(w.Matters.Accept(ctx, w.As("zhao"), slip.ID))
	drain, ok := w.Matters.Catalogue().Get("drain")
	if !ok {
		t.Fatal("no category drain")
	}
	drain.Limits.Handle = when.Limit{N: 1, Unit: when.UrgentHours}
	must(w.Matters.SetCategory(ctx, admin, drain))
	must(w.Matters.SetTiming(ctx, admin, w.Matters.Timing(), "照旧"))
	late(t, w, slip)
	_, _, err = w.Access.AddKey(ctx, w.As("admin"), access.NewKey{Name: "地图小程序", Scopes: []access.KeyScope{access.RequestsWrite}})
	must(err)
	connect(t, w, "https://example.org/v2/", "", false, map[string]string{"drain": "1"})
	ruled(t, w)
	_, _, err = w.Webhooks.Add(ctx, webhooks.Who{Actor: w.As("admin")}, webhooks.Settling{Name: "邻居的程序", URL: "https://example.org/hook", Lang: i18n.ZH})
	must(err)
	formulas, err := insights.Shipped()
	must(err)
	must(w.Insights.Revise(ctx, w.As("admin"), formulas, insights.DayOf(w.Clock.Now())+1, "照旧，从明天起"))
	learnt(t, w, water.ID, w.As("zhao").Unit)
	said(t, w, zhou.Actor())
	served(t, w, zhou.Actor())
	walked(t, w, zhou.Actor(), w.Places.Tree().Children(baota[scope.Village])[0])
	helped(t, w, zhou.Actor())
	wentOut(t, w)
}

// wentOut has a grid worker change on a phone what the desk has changed meanwhile.
func wentOut(t *testing.T, w *apptest.Town) {
	t.Helper()
	ctx, li, wang := t.Context(), w.As("li"), w.As("wang")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	grid, _ := w.Places.Tree().Get(li.Scopes(access.Patrol, w.Clock.Now())[0].ID)
	p, err := w.Patrol.AddPoint(ctx, wang, patrol.NewPoint{Grid: grid.ID, Kind: patrol.Hydrant, Name: "消火栓", At: grid.Point})
	must(err)
	must(w.Patrol.Rename(ctx, wang, p, 1, "消火栓（东）"))
	token, _, err := w.Field.Register(ctx, li, "红米、蓝壳")
	must(err)
	text := `{"v":1,"kind":"change","nonce":"1","made":1,"body":{"noun":"patrol_point","record":"` + p.String() + `","version":1,"fields":{"name":{"was":"消火栓","now":"消火栓（巷口）"}}}}`
	as, err := w.Field.Accept(ctx, li, token, field.Batch{Now: w.Clock.Now(), Envelopes: []field.Sent{{ID: field.HashOf(text), Text: text}}})
	if must(err); as[0].Is != field.Conflicted {
		t.Fatalf("the change is %s", as[0].Is)
	}
}

// said has a village open its page, say something and book something.
func said(t *testing.T, w *apptest.Town, zhou scope.Actor) {
	t.Helper()
	ctx, wang, place := t.Context(), w.As("wang"), w.Place("文君街道", "新宝塔社区")[scope.Village]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.Affairs.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说，账目请看。"}))
	_, err := w.Affairs.Announce(ctx, wang, place, affairs.Writing{Kind: affairs.Plain, Title: "周四停水", Body: "上午九点到下午两点。"})
	must(err)
	_, err = w.Affairs.Book(ctx, wang, place, affairs.Booking{On: places.DayOf(w.DB.Now()), From: affairs.Opening, To: affairs.Bank, Amount: 100_00, Words: "建账时的结余"})
	must(err)
	_, err = w.Affairs.AskIn(ctx, zhou, place)
	must(err)
	_, err = w.Affairs.Say(ctx, zhou, affairs.Saying{Kind: affairs.Comment, Place: place, Body: "路灯修得快。"})
	must(err)
	_, err = w.Affairs.Send(ctx, zhou, place, affairs.ToSecretary, "停车位的事。")
	must(err)
	more := affairs.Shipped()
	more.BusyFrom = 20
	must(w.Affairs.Revise(ctx, w.As("admin"), more, "收支多的村早些每月公开", 0))
}

// learnt has the town learn from some matters of the past where they belong.
func learnt(t *testing.T, w *apptest.Town, leads ...id.ID) {
	t.Helper()
	code, other := plain(t, w)
	if err := w.DB.Write(t.Context(), func(tx *sqldb.Tx) error {
		for i := range 220 {
			kind, body := code, "河边的事情，请来看一下。"
			if i%4 == 0 { // something to tell it from
				kind, body = other, "楼上的事情，吵得很。"
			}
			raised := w.Clock.Now().Add(-time.Duration(220-i) * 6 * time.Hour)
			if _, err := w.Matters.TakePast(tx, scope.Program(matters.Importer), matters.Past{
				Raising:  matters.Raising{Body: body, Category: kind, Place: w.Place("文君街道")[scope.Town], Public: true, Channel: matters.Import, RaisedAt: raised},
				ClosedAt: raised.Add(time.Hour), Lead: leads[i%len(leads)], Result: "已经办好了。",
			}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Routing.Learn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Routing.Allow(t.Context(), w.As("admin"), code, &routing.Allowance{Percent: 50, Promise: 60, Accept: true}, 20, 0, "试一下"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "河边的事情，请来看一下。", Place: w.Place("文君街道")[scope.Town], Public: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Routing.Step(t.Context(), 1000); err != nil {
		t.Fatal(err)
	}
}

// ruled puts a list of rules in use, and begins to change it.
func ruled(t *testing.T, w *apptest.Town) {
	t.Helper()
	ctx, admin := t.Context(), w.As("admin")
	rule := routing.Rule{Name: "路灯归水务局", When: routing.When{Categories: []string{"lamp"}}, Gives: routing.Gives{Lead: routing.Target{Way: routing.Named, Unit: w.As("wu").Unit}}}
	replace := func(name string) (version int) {
		_, draft, err := w.Routing.Rules(ctx, admin)
		if err != nil {
			t.Fatal(err)
		}
		rule.Name = name
		if err := w.Routing.ReplaceRules(ctx, admin, draft.Version, routing.Rules{rule}); err != nil {
			t.Fatal(err)
		}
		if _, draft, err = w.Routing.Rules(ctx, admin); err != nil {
			t.Fatal(err)
		}
		return draft.Version
	}
	if err := w.Routing.PutInUse(ctx, admin, replace("路灯归水务局"), "路灯由水务局照管，先试一个月。"); err != nil {
		t.Fatal(err)
	}
	replace("路灯先归水务局")
}

// plain are two categories that need no answers.
func plain(t *testing.T, w *apptest.Town) (code, other string) {
	t.Helper()
	for _, k := range w.Matters.Catalogue().Categories {
		switch {
		case k.Stopper != nil || slices.ContainsFunc(k.Questions, func(q matters.Question) bool { return q.Required }):
		case code == "":
			code = k.Code
		default:
			return code, k.Code
		}
	}
	t.Fatal("every category needs answers")
	return "", ""
}

// late brings an accepted matter to its end, which the water bureau was late with,
// and has that excused.
func late(t *testing.T, w *apptest.Town, slip matters.Slip) {
	t.Helper()
	ctx, m, wu := t.Context(), w.Matters, w.As("wu")
	for _, do := range []func() error{
		func() error { return m.Classify(ctx, w.As("zhao"), slip.ID, matters.Classifying{Category: "drain"}) },
		func() error { return m.Dispatch(ctx, w.As("zhao"), slip.ID, matters.Dispatching{Lead: wu.Unit}) },
		func() error { w.Clock.Add(2 * time.Hour); return m.Take(ctx, wu, slip.ID, "") },
		func() error { return m.Handle(ctx, wu, slip.ID, "已请师傅疏通，排水正常。") },
		func() error { return m.Verify(ctx, w.As("zheng"), slip.ID, true, "") },
		func() error { return m.Close(ctx, w.As("zhao"), slip.ID, "") },
		func() error { return m.Appeal(ctx, wu, slip.ID, "连下暴雨，进不了场。") },
		func() error { return m.GrantAppeal(ctx, w.As("sun"), slip.ID, "有值班记录，属实。") },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
}

// After something was done in every domain, the trail agrees with every record;
// a change to any of the tables behind the program's back is found, with the
// noun and the record.
func TestEveryRecordIsChecked(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx := t.Context()
		populate(t, w)
		more(t, w)
		if _, err := w.Sealer.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		verify := func() trail.Report {
			t.Helper()
			rep, err := trail.Verify(ctx, w.DB, trail.Options{Now: w.DB.Now(), PublicKey: w.Sealer.PublicKey(), Records: w.Records()})
			if err != nil {
				t.Fatal(err)
			}
			return rep
		}
		rep := verify()
		if !rep.OK || rep.Records < 1000 || !rep.Signed {
			t.Fatalf("an honest town: %+v, %+v", rep, rep.FirstFault)
		}
		alter := func(query string, args ...any) {
			t.Helper()
			if err := w.DB.Write(ctx, func(tx *sqldb.Tx) error { return tx.One(query, args...) }); err != nil {
				t.Fatal(err)
			}
		}
		tampers := map[string][2]string{ // by noun: what is done to a column, and what undoes it
			"place":    {"lon = lon + 1", "lon = lon - 1"},
			"unit":     {"parent_id = parent_id + 1", "parent_id = parent_id - 1"},
			"post":     {"town_id = town_id + 1", "town_id = town_id - 1"},
			"holding":  {"account_id = account_id + 1", "account_id = account_id - 1"},
			"cover":    {"until_at = until_at + 1", "until_at = until_at - 1"},
			"resident": {"village_id = village_id + 1", "village_id = village_id - 1"},
			"account":  {"disabled = NOT disabled", "disabled = NOT disabled"},
			"category": {"spec = spec || ' '", "spec = trim(spec)"},
			"calendar": {"text = text || '#'", "text = substr(text, 1, length(text) - 1)"},
			"timing":   {"spec = spec || ' '", "spec = trim(spec)"},
			"matter":   {"satisfied = 5", "satisfied = 0"},

			"api_key":           {"per_minute = per_minute + 1", "per_minute = per_minute - 1"},
			"connection":        {"push = NOT push", "push = NOT push"},
			"field_conflict":    {"account_id = account_id + 1", "account_id = account_id - 1"},
			"field_phone":       {"made_at = made_at + 1", "made_at = made_at - 1"},
			"formula":           {"reason = reason || '#'", "reason = substr(reason, 1, length(reason) - 1)"},
			"routing_allowance": {"spec = spec || ' '", "spec = trim(spec)"},
			"routing_draft":     {"version = version + 1", "version = version - 1"},
			"routing_rules":     {"reason = reason || '#'", "reason = substr(reason, 1, length(reason) - 1)"},
			"routing_sorting":   {"confidence = confidence + 1", "confidence = confidence - 1"},
			"routing_trial":     {"right_new = right_new + 1", "right_new = right_new - 1"},
			"ledger_entry":      {"amount = amount + 1", "amount = amount - 1"},
			"membership":        {"way = 'code'", "way = 'desk'"},
			"missive":           {"addressee = 'committee'", "addressee = 'secretary'"},
			"remark":            {"body = body || '#'", "body = substr(body, 1, length(body) - 1)"},
			"notice":            {"period = period || '#'", "period = substr(period, 1, length(period) - 1)"},
			"village_page":      {"opened_on = opened_on || '#'", "opened_on = substr(opened_on, 1, length(opened_on) - 1)"},
			"village_rhythm":    {"note = note || '#'", "note = substr(note, 1, length(note) - 1)"},
			"webhook":           {"lang = 'en'", "lang = 'zh-CN'"},

			"membership_code":   {"most = most + 1", "most = most - 1"},
			"patrol_assignment": {"words = words || '#'", "words = substr(words, 1, length(words) - 1)"},
			"village_duty":      {"hours = hours || '#'", "hours = substr(hours, 1, length(hours) - 1)"},
			"volunteer_honour":  {"words = words || '#'", "words = substr(words, 1, length(words) - 1)"},
			"volunteer_signup":  {"at = at + 1", "at = at - 1"},

			"proxy":          {"until_at = until_at + 1", "until_at = until_at - 1"},
			"duty":           {"minutes = minutes + 1", "minutes = minutes - 1"},
			"duty_merge":     {"minutes = minutes + 1", "minutes = minutes - 1"},
			"patrol_hours":   {"pm_to = pm_to + 1", "pm_to = pm_to - 1"},
			"patrol_point":   {"name = name || '#'", "name = substr(name, 1, length(name) - 1)"},
			"patrol_visit":   {"every_days = every_days + 1", "every_days = every_days - 1"},
			"patrol_slot":    {"grid_id = grid_id + 1", "grid_id = grid_id - 1"},
			"patrol_round":   {"words = words || '#'", "words = substr(words, 1, length(words) - 1)"},
			"patrol_appeal":  {"words = words || '#'", "words = substr(words, 1, length(words) - 1)"},
			"patrol_formula": {"reason = reason || '#'", "reason = substr(reason, 1, length(reason) - 1)"},

			"question":   {"due_at = due_at + 1", "due_at = due_at - 1"},
			"answer":     {"body = body || '#'", "body = substr(body, 1, length(body) - 1)"},
			"desk_item":  {"active = NOT active", "active = NOT active"},
			"booking":    {"for_words = for_words || '#'", "for_words = substr(for_words, 1, length(for_words) - 1)"},
			"home_visit": {"finder = finder || '#'", "finder = substr(finder, 1, length(finder) - 1)"},

			"desk_counter":         {"active = NOT active", "active = NOT active"},
			"volunteer":            {"joined_at = joined_at + 1", "joined_at = joined_at - 1"},
			"volunteer_entry":      {"points = points + 1", "points = points - 1"},
			"volunteer_hours":      {"minutes = minutes + 1", "minutes = minutes - 1"},
			"volunteer_offer":      {"stock = stock + 1", "stock = stock - 1"},
			"volunteer_redemption": {"points = points + 1", "points = points - 1"},
			"volunteer_tariff":     {"reason = reason || '#'", "reason = substr(reason, 1, length(reason) - 1)"},
			"volunteer_task":       {"seats = seats + 1", "seats = seats - 1"},
		}
		var nouns []string
		for _, c := range w.Records() {
			nouns = append(nouns, c.Noun)
			edit, ok := tampers[c.Noun]
			if !ok {
				t.Errorf("%s is checked, but not here", c.Noun)
				continue
			}
			var d id.ID
			table, key := c.Noun, "id"
			switch c.Noun {
			case "calendar":
				table, key = "calendar_edition", "number"
			case "village_page", "village_duty":
				key = "place_id"
			case "patrol_slot":
				table, key = "patrol_round", "slot"
			case "patrol_round":
				table = "patrol_entry"
			case "village_rhythm":
				key = "number"
			case "timing":
				table, key = "matter_timing", "version"
			case "routing_rules":
				table, key = "routing_edition", "number"
			case "routing_allowance":
				key = "version"
			case "connection":
				table = "exchange_connection"
			case "formula":
				table = "insight_formula"
			}
			read := func(tx *sqldb.Tx) (err error) {
				d, err = sqldb.ID(tx.Row(`SELECT max(` + key + `) FROM ` + table))
				return err
			}
			if c.Noun == "category" {
				key = "code"
				read = func(tx *sqldb.Tx) error { return nil }
			}
			if err := w.DB.Read(ctx, read); err != nil {
				t.Fatal(err)
			}
			arg := any(d)
			if key == "code" {
				arg = "drain"
			}
			alter(`UPDATE `+table+` SET `+edit[0]+` WHERE `+key+` = $1`, arg)
			f := verify().FirstFault
			if f == nil || f.Kind != trail.RecordAltered || f.Noun != c.Noun || d != 0 && table != "patrol_entry" && f.Record != d {
				t.Errorf("%s %s was altered; found %+v", c.Noun, d, f)
			}
			alter(`UPDATE `+table+` SET `+edit[1]+` WHERE `+key+` = $1`, arg)
		}
		for noun := range tampers {
			if !slices.Contains(nouns, noun) {
				t.Errorf("%s is not checked", noun)
			}
		}
		alter(`DELETE FROM cover WHERE id = (SELECT max(id) FROM cover)`)
		if f := verify().FirstFault; f == nil || f.Kind != trail.RecordLost || f.Noun != "cover" {
			t.Errorf("a cover was removed; found %+v", f)
		}
	})
}
