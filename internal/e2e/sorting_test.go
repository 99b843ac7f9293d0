//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// teach has the town learn from closed matters in words of its own.
func (p *place) teach() {
	p.t.Helper()
	ctx := context.Background()
	said := map[string]string{"lamp": "%d号院的月亮杆子黑起了，晚上看不清路", "drain": "%d号院门口那个唱歌洞冒水，味道大得很"}
	err := p.DB.Write(ctx, func(tx *sqldb.Tx) error {
		for i := range 240 {
			category := []string{"lamp", "drain"}[i%2]
			k, ok := p.Matters.Catalogue().Get(category)
			if !ok {
				return fmt.Errorf("no category %s", category)
			}
			at := p.Place("文君街道", "宝塔社区")
			u, _ := p.Orgs.Directory().Responsible(k.Unit, at)
			raised := p.Clock.Now().Add(-time.Duration(241-i) * 6 * time.Hour)
			answers := map[string]string{}
			for _, q := range k.Questions {
				switch q.Type {
				case "choice":
					answers[q.Key] = q.Choices[len(q.Choices)-1].Value
				case "number":
					answers[q.Key] = "1"
				case "date":
					answers[q.Key] = "2026-01-05"
				case "yesno":
					answers[q.Key] = "no"
				default:
					answers[q.Key] = "12"
				}
			}
			if _, err := p.Matters.TakePast(tx, scope.Program(matters.Importer), matters.Past{
				Raising:  matters.Raising{Body: fmt.Sprintf(said[category], i%30), Category: category, Place: at[scope.Village], Public: true, Channel: matters.Import, RaisedAt: raised, Answers: answers},
				ClosedAt: raised.Add(time.Hour), Lead: u.ID, Result: "已经办好了。"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = p.Routing.Learn(ctx)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// An administrator tries what the program would have sorted, and allows it; what is
// raised then is sorted, says so, and a clerk sets it right.
func TestSortingWithoutAPerson(t *testing.T) {
	t.Parallel()
	p := town(t)
	p.teach()
	u := p.staff("admin", "系统员", Options{})
	u.Open("/admin/routing")
	u.See("不经人工的归类", "由人归")
	u.Sound()
	u.Open("/admin/routing/try/lamp?months=1&percent=60&of=right")
	u.See("会归对", "月亮杆子")
	u.Sound()
	u.Go("text=照这样放行")
	u.See("省下（分对的）", "弄错（分错的）")
	u.Sound()
	u.Check("[name=accept]")
	u.Go("main form button.main")
	if u.Status() != 422 {
		t.Errorf("without a reason: %d", u.Status())
	}
	u.Fill("[name=note]", "试一个月，看准不准")
	u.Go("main form button.main")
	u.See("改好了", "放行，把握 60% 起", "试一个月，看准不准")

	slip, err := p.Matters.Raise(context.Background(), scope.Actor{Kind: scope.Anonymous}, matters.Raising{Body: "桥头的月亮杆子黑起了，晚上看不清路", Place: p.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	guest := p.stranger("路人", Options{Screen: Phone, NoScript: true})
	guest.Open("/matters/" + slip.Number)
	guest.See("由程序归类，未经人工")
	guest.NotSee("归错了，改正")
	guest.Fits()

	zhao := p.staff("zhao", "赵调度", Options{})
	zhao.Open("/matters/" + slip.Number)
	zhao.See("由程序归类，未经人工（把握", "月亮杆子")
	zhao.Sound()
	zhao.Shot("sorted")
	zhao.Go("text=归错了，改正")
	zhao.Choose("[name=category]", "drain")
	zhao.Go("main form button.main")
	zhao.See("归类已改正", "改正了程序的归类")
	zhao.NotSee("未经人工")
	zhao.Open("/matters/sorted?of=mistaken")
	zhao.See("归错了", slip.Number)
	zhao.Sound()
	u.Open("/admin/routing")
	u.See("1 件中 0 件")
}

// A shorter limit is tried on the last year, and put in use with a reason.
func TestTryingALimit(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.staff("admin", "系统员", Options{})
	u.Open("/admin/timing")
	u.Go("text=拿前几个月试一试时限")
	u.Sound()
	u.Fill("[name=limit]", "尽快")
	u.Choose("[name=category]", "road")
	u.Go("main form button.main")
	if u.Status() != 422 || u.Value("[name=limit]") != "尽快" {
		t.Errorf("a wrong limit: %d, %q", u.Status(), u.Value("[name=limit]"))
	}
	u.Fill("[name=limit]", "1小时")
	u.Fill("[name=months]", "12")
	u.Go("main form button.main")
	u.See("试的时限", "路面", "1 小时（不分昼夜）")
	u.Sound()
	u.Shot("trying-limits")
	u.Fill("[name=note]", "路修得快了")
	u.Go("form[action='/admin/timing/use'] button")
	u.See("时限改好了")
	k, _ := p.Matters.Catalogue().Get("road")
	if k.Limits.Handle.String() != "1 hour" && k.Limits.Handle.String() != "1 urgent hour" {
		t.Errorf("the limit is %s", k.Limits.Handle)
	}
}
