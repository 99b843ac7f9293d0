// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/trail"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// grown are the tables that grow with every matter: no page and no job that runs
// again and again may read one from end to end.
var grown = []string{"matter", "matter_step", "matter_file", "matter_support", "matter_notice", "matter_subscription", "matter_assist", "matter_response",
	"contact", "resident", "look", "trail", "trail_tile", "insight_event", "insight_count", "insight_spell", "search_doc", "session",
	"patrol_round", "patrol_entry", "patrol_visit", "patrol_file", "field_envelope", "field_file", "field_conflict",
	"booking", "home_visit", "desk_step", "question", "question_step", "answer", "proxy", "proxy_act",
	"notice", "ledger_entry", "remark", "missive", "membership", "village_news",
	"volunteer", "volunteer_signup", "volunteer_hours", "volunteer_confirmation", "volunteer_entry", "volunteer_redemption"}

// wholeList is the list of everything that everybody may read, which stops after
// a page: it walks from the newest on.
var wholeList = regexp.MustCompile(`(?s)^SELECT (?:m\.)?id, (?:m\.)?number, .* FROM (?:matter m|question)\s+(WHERE (public AND NOT hidden|id < \$\d+)( AND (public AND NOT hidden|id < \$\d+))*)?\s*ORDER BY id DESC\s+LIMIT \$\d+$`)

// byNature read a whole table because that is what they are for: the sealing and
// checking of the trail.
var byNature = []string{"trail_checkpoint"}

// What a town keeps before its eyes as a whole is read from an index that holds no more
// than that: agreements that stand, answers in force, items of open affairs by place and
// quarter.
var wholeByNature = []string{"patrol_visit_open", "patrol_visit_duty", "answer_live", "notice_opened", "ledger_entry_day"}

// short are indexes of the few rows that a list asks for, read in the list's
// order.
var short = []string{"matter_urgent", "matter_no_rule", "question_answered"}

// What runs for every page, every act and every turn of the timetable is found by
// an index, however large the town has grown. The engine chooses its way without
// knowing how many rows there are, so a small town shows it.
func TestHotQueriesDoNotScan(t *testing.T) {
	t.Parallel()
	w := apptest.Lived(t)
	var mu sync.Mutex
	asked, of := map[string][]any{}, map[string]*sqldb.DB{}
	both := []*sqldb.DB{w.DB, w.DB.Beside()}
	for _, db := range both {
		db.Trace(func(q string, args []any) {
			mu.Lock()
			defer mu.Unlock()
			asked[q], of[q] = slices.Clone(args), db
		})
	}
	useTown(t, w)
	for _, db := range both {
		db.Trace(nil)
	}

	scans := regexp.MustCompile(`^SCAN (\S+)(.*)$`)
	checked := 0
	for q := range asked {
		text := strings.TrimSpace(q)
		if !strings.HasPrefix(text, "SELECT") && !strings.HasPrefix(text, "WITH") && !strings.HasPrefix(text, "UPDATE") && !strings.HasPrefix(text, "DELETE") {
			continue
		}
		checked++
		aliases := aliasesOf(text)
		for _, step := range plan(t, of[q], q, asked[q]) {
			m := scans.FindStringSubmatch(step)
			if m == nil {
				continue
			}
			table := m[1]
			if of, ok := aliases[table]; ok {
				table = of
			}
			index := m[2][strings.LastIndex(m[2], " ")+1:]
			if slices.Contains(grown, table) && !slices.Contains(short, index) && !slices.Contains(wholeByNature, index) && !wholeList.MatchString(text) && !slices.ContainsFunc(byNature, func(s string) bool { return strings.Contains(text, s) }) {
				t.Errorf("%s\n\t%s", step, strings.Join(strings.Fields(text), " "))
			}
		}
	}
	if checked < 60 {
		t.Errorf("only %d queries were seen: the town is not used as it is meant", checked)
	}
}

// aliasesOf are the names that a query gives to tables.
func aliasesOf(q string) map[string]string {
	m := map[string]string{}
	for _, f := range regexp.MustCompile(`(?:FROM|JOIN)\s+([a-z_]+)\s+(?:AS\s+)?([a-z]+)\b`).FindAllStringSubmatch(q, -1) {
		m[f[2]] = f[1]
	}
	return m
}

// plan is how the engine goes about a statement.
func plan(t *testing.T, db *sqldb.DB, q string, args []any) (steps []string) {
	t.Helper()
	rows, err := db.Pool().QueryContext(t.Context(), "EXPLAIN QUERY "+"PLAN "+q, args...)
	if err != nil {
		t.Errorf("%s: %v", q, err)
		return nil
	}
	defer rows.Close()
	for rows.Next() {
		var a, b, c int
		var step string
		if err := rows.Scan(&a, &b, &c, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// useTown uses the town as its people do all day, and does what is done beside it.
func useTown(t *testing.T, w *apptest.Town) {
	t.Helper()
	site := w.Serve()
	newest, err := w.Matters.List(t.Context(), scope.Program("test"), matters.Filter{Most: 200})
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"/", "/matters", "/matters?open=1", "/matters?late=1", "/matters?urgent=1", "/matters?q=路灯", "/matters?q=路灯&open=1", "/matters?q=" + newest.Cards[0].Number,
		"/matters?category=" + newest.Cards[0].Category, "/matters?state=handling", "/inbox", "/matters?rule=none", "/matters?rule=none&q=路", "/inbox?rule=none", "/admin/rules", "/admin/rules/dry?months=12", "/inbox?due=late", "/inbox?due=today", "/inbox?due=week&category=" + newest.Cards[0].Category, "/mine", "/news", "/account", "/raise",
		"/room", "/room/wall", "/room/points?box=103,30,104,31", "/room/points?box=103.4,30.3,103.5,30.5", "/room/here?box=103,30,104,31", "/room/here?box=103.45,30.4,103.47,30.42", "/places/points.json", "/insights?view=unit", "/insights/cases?of=closed", "/insights/cases?of=late_end&face=unit&key=1", "/insights/rates/on_time", "/insights/formulas"}
	last, _ := newest.Cards[0].Path.Last()
	pages = append(pages, "/matters?place="+last.String(), "/matters?rule=none&place="+last.String(), "/inbox?rule=none&place="+last.String(), "/inbox?place="+last.String(), "/inbox?due=late&place="+last.String(), "/matters?before="+newest.Cards[0].ID.String())
	for _, q := range []string{"", "?status=open", "?status=closed&extensions=true", "?service_code=" + newest.Cards[0].Category, "?page=2&page_size=20", "?lat=30.41&long=103.46&radius=3000", "?updated_after=2026-02-01T00:00:00Z",
		"?after=k0000000-" + newest.Cards[0].ID.String(), "?service_request_id=" + newest.Cards[0].Number} {
		pages = append(pages, "/open311/v2/requests.json"+q)
	}
	pages = append(pages, "/open311/v2/requests/"+newest.Cards[0].Number+".xml", "/open311/v2/servicerequestupdates.json", "/open311/v2/servicerequestupdates.json?service_request_id="+newest.Cards[0].Number)
	for _, c := range newest.Cards[:20] {
		pages = append(pages, "/matters/"+c.Number)
	}
	pages = append(pages, workPages(t, w)...)
	for _, who := range []url.Values{nil, {"login": {"zhao"}}, {"login": {"wu"}}, {"login": {"sun"}}, {"login": {"zheng"}}, {"login": {"li"}}, {"login": {"audit"}}, {"login": {"he"}}, {"login": {"lin"}}, {"login": {"jiang"}}, {"login": {"chen"}}, {"login": {"admin"}}} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &http.Client{Jar: jar}
		if who != nil {
			res, err := c.PostForm(site+"/signin/as", who)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
		for _, p := range pages {
			res, err := c.Get(site + p)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode >= 500 {
				t.Errorf("%s as %v: status %d", p, who, res.StatusCode)
			}
		}
	}
	edition, err := w.Routing.Edition(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Matters.List(t.Context(), w.As("sun"), matters.Filter{Rule: edition.Rules[0].ID}); err != nil {
		t.Fatal(err)
	}
	place := w.Place("文君街道", "宝塔社区")[scope.Village]
	slip, err := w.Matters.Raise(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "家里停水了，请来看看。", Category: "water", Answers: map[string]string{"what": "none"},
		Place: place, Public: true, Contact: people.ContactInput{Name: "王小明", Phone: "13912345678"}})
	if err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"similar": func() error {
			_, err := w.Matters.Similar(t.Context(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "家里停水了。", Category: "water", Answers: map[string]string{"what": "none"}, Place: place})
			return err
		},
		"accept":   func() error { return w.Matters.Accept(t.Context(), w.As("zhao"), slip.ID) },
		"by code":  func() error { _, err := w.Matters.ByCode(t.Context(), slip.Number, slip.Code); return err },
		"resume":   func() error { _, err := w.Matters.ResumeUnanswered(t.Context(), 200); return err },
		"forget":   func() error { _, err := w.Matters.ForgetOld(t.Context(), 200); return err },
		"sweep":    func() error { return w.Access.Sweep(t.Context()) },
		"codes":    func() error { _, err := w.People.SweepCodes(t.Context()); return err },
		"catch up": func() error { return w.CatchUp(t.Context()) },
		"seal":     func() error { _, err := w.Sealer.Seal(t.Context()); return err },
		"lag":      func() error { _, err := w.Indexer.Lag(t.Context()); return err },
		"verify": func() error { // reads everything, but must not be slow in doing so
			_, err := trail.Verify(t.Context(), w.DB, trail.Options{Now: w.DB.Now()})
			return err
		},
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	turnWork(t, w)
}
