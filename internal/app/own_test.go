// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/scope"
)

// A page of all that is somebody's own has what they booked, what comes to their home and
// what they asked, and of whom they act for only what they did for them; a clerk who
// chose a time on the list of a day keeps it on the way; a new slip shows its code.
func TestOwnAndDesk(t *testing.T) {
	t.Parallel()
	walks(t, func(x *walk) {
		ctx := t.Context()
		chen, zhou, he := x.guest("chen"), x.guest("zhou"), x.As("he")
		for _, code := range []string{"own-one", "own-two"} {
			_, err := x.Desk.Keep(ctx, he, desk.Item{Code: code, Unit: he.Unit, Active: true, Spec: desk.Spec{Name: i18n.Text{ZH: "办件" + code, EN: "Thing " + code}, Booking: true, AtHome: true}}, "")
			x.must(err)
		}
		counter, err := x.Desk.KeepCounter(ctx, he, desk.Counter{Unit: he.Unit, Active: true, Plan: desk.Plan{Name: i18n.Text{ZH: "新窗口", EN: "New window"}, Items: []string{"own-one", "own-two"}, Minutes: 30, Seats: 4, Ahead: 14}})
		x.must(err)
		times, err := x.Desk.Times(ctx, "own-one")
		x.must(err)
		at := times[0].Slots[len(times[0].Slots)-1].At
		code, _, err := x.People.OfferProxy(ctx, chen, x.Desk.Random, people.Proxying{Relation: "neighbour", Scopes: people.ProxyScopes})
		x.must(err)
		_, err = x.People.TakeProxy(ctx, zhou, code)
		x.must(err)
		hers, err := x.Desk.Book(ctx, chen, desk.Wish{Item: "own-one", Counter: counter, At: at})
		x.must(err)
		forHer, err := x.Desk.Book(ctx, zhou, desk.Wish{Item: "own-two", Counter: counter, At: at, For: chen.Resident})
		x.must(err)
		asked, err := x.Questions.Ask(ctx, zhou, questions.Asking{Words: "高龄津贴怎么领，要不要本人去？", For: chen.Resident})
		x.must(err)
		visit, err := x.Desk.Find(ctx, chen, desk.Finding{Item: "own-one", Place: x.Place("文君街道", "宝塔社区")[scope.Village], Need: "腿脚不方便，来不了窗口。"})
		x.must(err)
		page := func(who, path string) string { return x.send(x.usual(who), "GET", path, nil).Body.String() }
		for _, c := range []struct {
			who, path string
			has, not  []string
		}{
			{"chen", "/mine", []string{hers.Number, forHer.Number, visit.Number, asked.Number, "我反映的"}, []string{"替 "}},
			{"zhou", "/mine", []string{forHer.Number, asked.Number, "替 陈"}, []string{hers.Number, visit.Number}},
			{"zhou", "/bookings", []string{forHer.Number, "替 陈"}, []string{hers.Number}},
			{"zhou", "/questions/mine", []string{asked.Number}, nil},
			{"zhou", "/me/proxies", []string{`href="/bookings/` + forHer.Number, `href="/questions/` + asked.Number}, []string{hers.Number}},
		} {
			body := page(c.who, c.path)
			for _, s := range c.has {
				if !strings.Contains(body, s) {
					t.Errorf("%s at %s does not see %s", c.who, c.path, s)
				}
			}
			for _, s := range c.not {
				if strings.Contains(body, s) {
					t.Errorf("%s at %s sees %s", c.who, c.path, s)
				}
			}
		}

		day := page("he", "/counters/"+counter.String()+"?day="+at.In(i18n.Zone).Format(time.DateOnly))
		moment := at.In(i18n.Zone).Format("2006-01-02T15:04")
		want := "/services?counter=" + counter.String() + "&amp;at=" + moment
		if !strings.Contains(day, want) {
			t.Fatalf("the list of the day has no %s", want)
		}
		list := page("he", strings.ReplaceAll(want, "&amp;", "&"))
		to := regexp.MustCompile(`href="(/services/own-two/book[^"]*)"`).FindStringSubmatch(list)
		if to == nil || strings.Contains(list, "/services/own-one\"") {
			t.Fatal("the services of the counter do not lead on to its time")
		}
		last := page("he", strings.ReplaceAll(to[1], "&amp;", "&"))
		if !strings.Contains(last, `name="at" value="`+moment+`"`) || !strings.Contains(last, `name="counter" value="`+counter.String()+`"`) {
			t.Error("the last step has lost the time or the counter")
		}

		jar := x.usual("he")
		if w := x.send(jar, "POST", "/bookings/"+hers.Number+"/new-slip", url.Values{}); w.Code != 303 || w.Header().Get("Location") != "/bookings/"+hers.Number+"/slip" {
			t.Fatalf("a new slip: %d %s", w.Code, w.Header().Get("Location"))
		}
		shown := regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}`).FindString(page("he", "/bookings/"+hers.Number+"/slip"))
		if _, err := x.Desk.ByCode(ctx, hers.Number, shown); err != nil {
			t.Errorf("the code that is shown, %q, does not open it: %v", shown, err)
		}
		if w := x.send(x.usual("zhao"), "POST", "/visits/"+visit.Number+"/new-slip", url.Values{}); w.Code != 303 {
			t.Errorf("a new slip of a home visit: %d", w.Code)
		}
		if !regexp.MustCompile(`slip-code">[2-9A-Z]{4}-`).MatchString(page("zhao", "/visits/"+visit.Number+"/slip")) {
			t.Error("the slip of the home visit shows no code")
		}
	})
}
