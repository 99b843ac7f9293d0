// SPDX-License-Identifier: Apache-2.0

package routing_test

import (
	"slices"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// Each condition by itself: what it lets through and what not, and which condition
// is named when it does not.
func TestConditions(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	town := w.Routing.Town()
	baota := w.Place("文君街道", "宝塔社区")
	other := w.Place("临邛街道")
	night := time.Date(2026, 3, 3, 23, 30, 0, 0, i18n.Zone) // a Tuesday
	noon := time.Date(2026, 3, 3, 10, 0, 0, 0, i18n.Zone)   // at work
	sunday := time.Date(2026, 3, 8, 10, 0, 0, 0, i18n.Zone) // not at work
	c := routing.Case{Text: routing.Words("路灯 LED 不亮", "门口的路灯坏了。"), Category: "lamp", Path: baota, Channel: matters.Phone, At: noon}
	lamp, _ := w.Matters.Catalogue().Get("lamp")
	at := func(x time.Time) routing.Case { k := c; k.At = x; return k }
	for name, tc := range map[string]struct {
		when routing.When
		c    routing.Case
		want routing.Miss
	}{
		"nothing asked":             {routing.When{}, c, ""},
		"its village":               {routing.When{Places: []id.ID{baota[scope.Village]}}, c, ""},
		"its town":                  {routing.When{Places: []id.ID{other[scope.Town], baota[scope.Town]}}, c, ""},
		"the city":                  {routing.When{Places: []id.ID{baota[scope.City]}}, c, ""},
		"another town":              {routing.When{Places: []id.ID{other[scope.Town]}}, c, routing.MissPlace},
		"its category":              {routing.When{Categories: []string{"drain", "lamp"}}, c, ""},
		"another category":          {routing.When{Categories: []string{"drain"}}, c, routing.MissCategory},
		"its group":                 {routing.When{Groups: []string{lamp.Group}}, c, ""},
		"another group":             {routing.When{Groups: []string{"farm"}}, c, routing.MissCategory},
		"group or category":         {routing.When{Groups: []string{"farm"}, Categories: []string{"lamp"}}, c, ""},
		"unclassified":              {routing.When{Categories: []string{"lamp"}}, routing.Case{Path: baota}, routing.MissCategory},
		"its kind":                  {routing.When{Kinds: []string{lamp.Kind}}, c, ""},
		"another kind":              {routing.When{Kinds: []string{"request"}}, c, routing.MissKind},
		"any word":                  {routing.When{Any: []string{"井盖", "路灯"}}, c, ""},
		"no such word":              {routing.When{Any: []string{"井盖"}}, c, routing.MissAny},
		"a word in capitals":        {routing.When{Any: []string{"led"}}, c, ""},
		"all words":                 {routing.When{All: []string{"路灯", "坏"}}, c, ""},
		"one of all is missing":     {routing.When{All: []string{"路灯", "井盖"}}, c, routing.MissAll},
		"none of the words":         {routing.When{None: []string{"井盖"}}, c, ""},
		"a word that must not":      {routing.When{None: []string{"坏了"}}, c, routing.MissNone},
		"its channel":               {routing.When{Channels: []matters.Channel{matters.Phone}}, c, ""},
		"another channel":           {routing.When{Channels: []matters.Channel{matters.Web}}, c, routing.MissChannel},
		"not urgent":                {routing.When{Urgency: routing.Urgent}, c, routing.MissUrgency},
		"ordinary":                  {routing.When{Urgency: routing.Ordinary}, c, ""},
		"on a Tuesday":              {routing.When{Weekdays: []int{2}}, c, ""},
		"not on a Sunday":           {routing.When{Weekdays: []int{7}}, c, routing.MissDay},
		"Sunday is the seventh":     {routing.When{Weekdays: []int{7}}, at(sunday), ""},
		"by day":                    {routing.When{From: "08:00", To: "18:00"}, c, ""},
		"by day at night":           {routing.When{From: "08:00", To: "18:00"}, at(night), routing.MissClock},
		"over midnight":             {routing.When{From: "22:00", To: "06:00"}, at(night), ""},
		"over midnight, afterwards": {routing.When{From: "22:00", To: "06:00"}, at(night.Add(4 * time.Hour)), ""},
		"over midnight at noon":     {routing.When{From: "22:00", To: "06:00"}, c, routing.MissClock},
		"the end is not in it":      {routing.When{From: "08:00", To: "10:00"}, c, routing.MissClock},
		"at work":                   {routing.When{Hours: routing.Working}, c, ""},
		"at work on Sunday":         {routing.When{Hours: routing.Working}, at(sunday), routing.MissHours},
		"off at night":              {routing.When{Hours: routing.Off}, at(night), ""},
		"off at work":               {routing.When{Hours: routing.Off}, c, routing.MissHours},
	} {
		if got := tc.when.Miss(tc.c, town); got != tc.want {
			t.Errorf("%s: missed %q, want %q", name, got, tc.want)
		}
	}
}

// One rule serves every street, and things and events look for their unit the other
// way round.
func TestFirstMatchAndUnits(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	town := w.Routing.Town()
	dir := w.Orgs.Directory()
	baota, linqiong := w.Place("文君街道", "宝塔社区"), w.Place("临邛街道")
	unit := func(key string, at scope.Path) id.ID {
		u, ok := dir.Responsible(key, at)
		if !ok {
			t.Fatal(key)
		}
		return u.ID
	}
	kinds := map[string]string{}
	for _, k := range w.Matters.Catalogue().Categories {
		if k.Unit == "urban-management" {
			kinds[k.Kind] = k.Code
		}
	}
	if kinds["part"] == "" || kinds["event"] == "" {
		t.Fatal("no thing and no event of urban management")
	}
	ask := func(rs routing.Rules, category string, at scope.Path) routing.Answer {
		return rs.Ask(routing.Case{Text: "x", Category: category, Path: at, At: w.Clock.Now()}, town)
	}
	standard := routing.Rules{{ID: 1, Name: "标准", Gives: routing.Gives{Lead: routing.Target{Way: routing.Standard}}}}
	for name, tc := range map[string]struct {
		category string
		at       scope.Path
		want     id.ID
	}{
		"a thing is its owner's":               {kinds["part"], baota, unit("urban-management", scope.Path{})},
		"an event is the place's":              {kinds["event"], baota, unit("urban-management", baota)},
		"the same rule elsewhere":              {kinds["event"], linqiong, unit("urban-management", linqiong)},
		"an event without a unit at the place": {"water", baota, unit("water", baota)},
	} {
		if a := ask(standard, tc.category, tc.at); !a.Fired || a.Lead != tc.want {
			t.Errorf("%s: %+v, want %d", name, a, tc.want)
		}
	}
	if unit("urban-management", baota) == unit("urban-management", linqiong) {
		t.Fatal("two streets have one squad")
	}

	street := routing.Target{Way: routing.Street}
	only := routing.When{Places: []id.ID{baota[scope.Town]}}
	rs := routing.Rules{
		{ID: 1, Name: "词", When: routing.When{Any: []string{"y"}}, Gives: routing.Gives{Lead: street}},
		{ID: 2, Name: "别处的派出所", Gives: routing.Gives{Lead: routing.Target{Way: routing.Named, Unit: unit("police", linqiong)}}},
		{ID: 3, Name: "本街", When: only, Gives: routing.Gives{Lead: street, Assist: routing.Target{Way: routing.Village}}},
		{ID: 4, Name: "都给公安", Gives: routing.Gives{Lead: routing.Target{Way: routing.Nearest, Key: "police"}}},
	}
	a := ask(rs, "lamp", baota)
	if a.Rule.ID != 3 || a.Lead != unit("street", baota) || a.Assist != unit("village", baota) || len(a.Passed) != 2 || a.Passed[0].Miss != routing.MissAny || a.Passed[1].Miss != routing.MissUnit {
		t.Errorf("at home: %+v", a)
	}
	if a := ask(rs[2:], "lamp", linqiong); a.Rule.ID != 4 || a.Lead != unit("police", linqiong) {
		t.Errorf("elsewhere: %+v", a)
	}
	if a := ask(rs[:2], "lamp", baota); a.Fired || len(a.Passed) != 2 {
		t.Errorf("nothing fires: %+v", a)
	}
}

func TestRulesAreChecked(t *testing.T) {
	t.Parallel()
	w := apptest.New(t)
	good := routing.Rule{Name: "路灯", When: routing.When{Any: []string{"路灯"}}, Gives: routing.Gives{Lead: routing.Target{Way: routing.Owner}}}
	if err := good.Check(w.Routing.Town()); err != nil {
		t.Fatal(err)
	}
	for field, f := range map[string]func(*routing.Rule){
		"name":       func(r *routing.Rule) { r.Name = "" },
		"places":     func(r *routing.Rule) { r.When.Places = []id.ID{7} },
		"categories": func(r *routing.Rule) { r.When.Groups = []string{"nothing"} },
		"kinds":      func(r *routing.Rule) { r.When.Kinds = []string{"thing"} },
		"any": func(r *routing.Rule) {
			r.When.Any = []string{"这一句话写得实在是太长太长了根本就不是一个词而是一整段的话谁也不会这样写"}
		},
		"weekdays": func(r *routing.Rule) { r.When.Weekdays = []int{0} },
		"from":     func(r *routing.Rule) { r.When.From, r.When.To = "25:00", "06:00" },
		"to":       func(r *routing.Rule) { r.When.From = "22:00" },
		"channels": func(r *routing.Rule) { r.When.Channels = []matters.Channel{"pigeon"} },
		"hours":    func(r *routing.Rule) { r.When.Hours = "tea" },
		"urgency":  func(r *routing.Rule) { r.When.Urgency = "very" },
		"lead":     func(r *routing.Rule) { r.Gives.Lead = routing.Target{} },
		"assist":   func(r *routing.Rule) { r.Gives.Assist = r.Gives.Lead },
		"category": func(r *routing.Rule) { r.Gives.Category = "nothing" },
	} {
		r := good
		f(&r)
		es := errs.Public(r.Tidy().Check(w.Routing.Town()))
		if len(es) != 1 || es[0].Field != field || !i18n.Has(es[0].Key) {
			t.Errorf("%s: %v", field, es)
		}
	}
}

// listed are the names of a list in order.
func listed(rs routing.Rules) (names []string) {
	for _, r := range rs {
		names = append(names, r.Name)
	}
	return names
}

// A list is changed beside the one in use, tried, and put in use with a reason; what
// was settled before stays.
func TestListIsChangedTriedAndPutInUse(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin, s := t.Context(), w.As("admin"), w.Routing
		state := func() (routing.Edition, routing.Draft) {
			t.Helper()
			e, d, err := s.Rules(ctx, admin)
			if err != nil {
				t.Fatal(err)
			}
			return e, d
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		version := func() int { _, d := state(); return d.Version }
		lamp := routing.Rule{Name: "路灯归城管", When: routing.When{Any: []string{"月亮杆"}}, Gives: routing.Gives{Lead: routing.Target{Way: routing.Nearest, Key: "urban-management"}}}
		drain := routing.Rule{Name: "井归水务", When: routing.When{Categories: []string{"drain"}}, Gives: routing.Gives{Lead: routing.Target{Way: routing.Nearest, Key: "water"}}}

		for _, who := range []string{"zhao", "sun", "wu", "audit"} {
			if err := s.SetRule(ctx, w.As(who), 0, lamp); errs.KindOf(err) != errs.Denied {
				t.Errorf("%s adds a rule: %v", who, err)
			}
			if _, _, err := s.Rules(ctx, w.As(who)); (err == nil) != (who == "audit") {
				t.Errorf("%s reads the rules: %v", who, err)
			}
		}
		must(s.SetRule(ctx, admin, 0, lamp))
		if err := s.SetRule(ctx, admin, 0, drain); errs.KindOf(err) != errs.Conflict {
			t.Errorf("added by who has not seen the change: %v", err)
		}
		must(s.SetRule(ctx, admin, version(), drain))
		if es := errs.Public(s.SetRule(ctx, admin, version(), lamp)); len(es) != 1 || es[0].Key != "rule.twice" {
			t.Errorf("two of one name: %v", es)
		}
		_, d := state()
		must(s.MoveRule(ctx, admin, d.Version, d.Rules[1].ID, true))
		e, d := state()
		if !slices.Equal(listed(d.Rules), []string{"井归水务", "路灯归城管"}) || e.Number != 0 || !d.Changed() {
			t.Fatalf("moved: %v, %+v", listed(d.Rules), e)
		}

		water := w.As("wu").Unit
		closed(t, w, 40, func(string, scope.Path) id.ID { return water })
		run, err := s.Dry(ctx, admin, w.Clock.Now().AddDate(0, -3, 0))
		must(err)
		if run.Matters != 40 || run.Changes[routing.Gained] != 40 || run.Same != 0 || run.Went.Of != 40 || run.Went.Old != 0 || run.Went.New != 20 || len(run.Examples[routing.Gained]) != 40 {
			t.Errorf("tried: %+v", run)
		}
		if es := errs.Public(s.PutInUse(ctx, admin, d.Version, "好")); len(es) != 1 || es[0].Field != "reason" {
			t.Errorf("without a reason: %v", es)
		}
		must(s.PutInUse(ctx, admin, d.Version, "试过三个月的事项，都对。"))
		if err := s.PutInUse(ctx, admin, d.Version, "再来一次看看。"); errs.KindOf(err) != errs.Conflict {
			t.Errorf("put in use twice: %v", err)
		}
		e, d = state()
		if e.Number != 1 || len(e.Rules) != 2 || d.Changed() || e.Rules[0].Version != 1 || e.Reason == "" || e.Actor != admin.Name {
			t.Fatalf("in use: %+v, %+v", e, d)
		}

		changed := e.Rules[0]
		changed.Gives.Lead = routing.Target{Way: routing.Street}
		must(s.SetRule(ctx, admin, 0, changed))
		_, d = state()
		if d.Rules[0].Version != 2 || d.Rules[1].Version != 1 {
			t.Errorf("versions: %+v", d.Rules)
		}
		run, err = s.Dry(ctx, admin, w.Clock.Now().AddDate(0, -3, 0))
		must(err)
		if run.Changes[routing.Elsewhere] != 20 || run.Same != 20 || len(run.Units) < 2 || run.Went.Old != 20 || run.Went.New != 0 {
			t.Errorf("tried: %+v", run)
		}
		must(s.RetireRule(ctx, admin, d.Version, d.Rules[1].ID))
		run, err = s.Dry(ctx, w.As("audit"), w.Clock.Now().AddDate(0, -3, 0))
		must(err)
		if run.Changes[routing.Dropped] != 20 {
			t.Errorf("tried without it: %+v", run)
		}
		must(s.DropDraft(ctx, admin, version()))
		if e2, d := state(); d.Changed() || !slices.Equal(listed(e2.Rules), listed(e.Rules)) || e2.Rules[0].Version != 1 {
			t.Errorf("given up: %+v", d)
		}
		if es, err := s.Editions(ctx, admin, 10); err != nil || len(es) != 1 {
			t.Errorf("editions: %+v, %v", es, err)
		}
		verify(t, w)
	})
}

// What fires is kept with the matter; what no rule catches waits in a queue; a rule
// that is to dispatch at once does, and a unit can still return it.
func TestRulesAreAskedWhenClassified(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, w *apptest.Town) {
		ctx, admin, zhao := t.Context(), w.As("admin"), w.As("zhao")
		baota := w.Place("文君街道", "宝塔社区")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		use := func(rs routing.Rules) {
			t.Helper()
			_, d, err := w.Routing.Rules(ctx, admin)
			must(err)
			must(w.Routing.ReplaceRules(ctx, admin, d.Version, rs))
			_, d, err = w.Routing.Rules(ctx, admin)
			must(err)
			must(w.Routing.PutInUse(ctx, admin, d.Version, "测试要用。"))
		}
		classified := func(category string) matters.Whole {
			t.Helper()
			slip, err := w.Matters.Raise(ctx, scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "巷子口黑了三天了。", Place: baota[scope.Village], Public: true})
			must(err)
			must(w.Matters.Accept(ctx, zhao, slip.ID))
			must(w.Matters.Classify(ctx, zhao, slip.ID, matters.Classifying{Category: category, Answers: answers(w, category)}))
			x, err := w.Matters.Get(ctx, zhao, slip.Number)
			must(err)
			return x
		}
		if x := classified("lamp"); x.Matter.Rule != 0 {
			t.Errorf("asked without rules: %+v", x.Matter)
		}
		water := w.As("wu").Unit
		lamp := routing.Rule{Name: "路灯归水务局（试）", When: routing.When{Categories: []string{"lamp"}}, Gives: routing.Gives{Lead: routing.Target{Way: routing.Named, Unit: water}, Assist: routing.Target{Way: routing.Village}}}
		use(routing.Rules{lamp})

		x := classified("lamp")
		r, ok := x.Ruling()
		if !ok || !r.Fired() || r.Name != lamp.Name || r.Version != 1 || r.Edition != 1 || r.Lead != water || r.Assist == 0 || x.Matter.Rule != r.Rule || x.Matter.State != matters.Classified {
			t.Fatalf("fired: %+v, %+v", r, x.Matter)
		}
		none := classified("drain")
		if r, ok := none.Ruling(); !ok || r.Fired() || none.Matter.Rule != matters.NoRule {
			t.Fatalf("caught by nothing: %+v", r)
		}
		in, err := w.Matters.Inbox(ctx, zhao, matters.Filter{Rule: matters.NoRule}, nil)
		if err != nil || in.Counts.NoRule != 1 || in.Found != 1 || len(in.Cards) != 1 || in.Cards[0].Number != none.Matter.Number || in.Counts.Turn != 3 {
			t.Errorf("the queue: %+v, %v", in, err)
		}
		for who, want := range map[string]int{"sun": 1, "audit": 1, "zhao": 1} {
			if p, err := w.Matters.List(ctx, w.As(who), matters.Filter{Rule: matters.NoRule}); err != nil || len(p.Cards) != want {
				t.Errorf("%s lists %+v, %v", who, p.Cards, err)
			}
		}
		if p, err := w.Matters.List(ctx, zhao, matters.Filter{Rule: r.Rule}); err != nil || len(p.Cards) != 1 || p.Cards[0].Number != x.Matter.Number {
			t.Errorf("what the rule caught: %+v, %v", p.Cards, err)
		}
		caught, err := w.Routing.Caught(ctx, admin, routing.Rules{{ID: r.Rule}})
		if err != nil || caught[r.Rule] != 1 || caught[matters.NoRule] != 1 {
			t.Errorf("caught: %v, %v", caught, err)
		}
		must(w.Matters.Dispatch(ctx, zhao, none.Matter.ID, matters.Dispatching{Lead: water}))
		if in, err := w.Matters.Inbox(ctx, zhao, matters.Filter{Rule: matters.NoRule}, nil); err != nil || in.Counts.NoRule != 0 || len(in.Cards) != 0 {
			t.Errorf("the queue after it was dispatched: %+v, %v", in, err)
		}

		lamp.AtOnce = true
		use(routing.Rules{lamp})
		sent := classified("lamp")
		if m := sent.Matter; m.State != matters.Dispatched || m.Lead != water || m.Assisting != 1 {
			t.Fatalf("at once: %+v", m)
		}
		named := false
		for _, p := range sent.Steps {
			named = named || p.Act == matters.Dispatch && p.ByRule() == lamp.Name+" (2)" && p.ToUnit == water && p.Public
		}
		if !named {
			t.Errorf("the story does not name the rule: %+v", sent.Steps)
		}
		must(w.Matters.SendBack(ctx, w.As("wu"), sent.Matter.ID, "路灯不归我们管。"))
		must(w.Matters.SendBack(ctx, zhao, sent.Matter.ID, "请重新分类。"))
		must(w.Matters.Classify(ctx, zhao, sent.Matter.ID, matters.Classifying{Category: "lamp", Answers: answers(w, "lamp")}))
		if back, err := w.Matters.Get(ctx, zhao, sent.Matter.Number); err != nil || back.Matter.State != matters.Classified {
			t.Errorf("sent again what was returned: %+v, %v", back.Matter, err)
		}
		// Another process with the same database asks the same rules.
		other := routing.New(routing.Needs{DB: w.DB, Matters: w.Matters, Orgs: w.Orgs, Places: w.Places, Calendars: w.Calendars})
		if a, e, err := other.AskRules(ctx, sent.Matter); err != nil || !a.Fired || e.Number != 2 {
			t.Errorf("another process: %+v, %v", a, err)
		}
		verify(t, w)
	})
}
