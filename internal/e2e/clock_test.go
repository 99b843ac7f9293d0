//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
)

// provisional is a matter whose handling reaches into a year whose holidays were not
// known, and then became known.
func (p *place) provisional() (number string) {
	p.t.Helper()
	ctx, admin := p.t.Context(), p.As("admin")
	if _, err := p.Matters.Recount(ctx); err != nil {
		p.t.Fatal(err)
	}
	k, _ := p.Matters.Catalogue().Get(p.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code)
	k.Limits.Handle, k.Limits.Urgent = when.Limit{N: 215, Unit: when.WorkDays}, nil
	p.must(p.Matters.SetCategory(ctx, admin, k))
	number = p.raise(p.granny(), matters.Raising{Title: "老排水沟要重修", Body: "院坝外的老排水沟塌了一截，下雨就淹，要重修。", Public: true}).Number
	d := p.matter(scope.Program("test"), number).Matter.ID
	zhao, wu := p.As("zhao"), p.As("wu")
	p.must(p.Matters.Accept(ctx, zhao, d))
	p.must(p.Matters.Classify(ctx, zhao, d, matters.Classifying{Category: k.Code}))
	p.must(p.Matters.Dispatch(ctx, zhao, d, matters.Dispatching{Lead: wu.Unit}))
	p.must(p.Matters.Take(ctx, wu, d, ""))
	return number
}

// announce puts the holidays of 2027 into force, and counts again what was provisional.
func (p *place) announce(u *User) {
	p.t.Helper()
	u.Open("/admin/calendars")
	u.See("2027 年的放假安排还没有录入")
	u.Go(`main .button.main`)
	u.Fill("[name=text]", "2027-01-01 off 元旦\n2027-01-02 off 元旦\n2027-01-03 off 元旦\n2027-02-05 off 春节\n2027-02-06 off 春节\n2027-02-07 off 春节\n2027-02-08 lieu 春节\n2027-02-20 work 春节\n")
	u.Fill("[name=note]", "国务院办公厅通知")
	next(u)
	u.See("2027 年的放假和调休", "2月5日（周五） 至 2月8日（周一），共 4 天", "调休上班")
	if n, err := p.Matters.Recount(p.t.Context()); err != nil || n != 1 {
		p.t.Fatalf("%d were counted again, %v", n, err)
	}
}

// Everybody whose matter it is reads how its limits were counted, before the holidays of
// the year were known and after; the administrator puts them in. On a telephone and at a
// desk, in both languages, in large type, and without script.
func TestHowLimitsWereCounted(t *testing.T) {
	t.Parallel()
	p := town(t)
	number := p.provisional()
	at := "/matters/" + number + "/clock"
	zhao := p.staff("zhao", "赵调度", Options{Screen: Desk})
	zhao.Open("/matters/" + number)
	zhao.Go(`a[href="` + at + `"]`)
	zhao.See("期限是怎么算的", "2027 年的放假安排还没有公布", "公布以后会重新计算", "215 个工作日")
	zhao.Sound()
	admin := p.staff("admin", "系统员", Options{Screen: Desk})
	p.announce(admin)
	admin.Sound()
	admin.Shot("calendars")
	admin.Open("/admin/timing")
	admin.See("反映人多久内答复", "答复期满前多久提醒反映人")
	admin.Sound()

	granny := p.resident("陈婆婆", Options{Screen: Phone})
	granny.Open("/matters/" + number)
	granny.See("放假安排公布，重新算了期限")
	granny.Open("/news")
	granny.See("放假安排公布，“老排水沟要重修”的期限重新算了")
	for _, who := range []struct {
		name  string
		user  *User
		large bool
	}{
		{"reporter", granny, false},
		{"reporter, large type", granny, true},
		{"clerk", zhao, false},
		{"auditor", p.staff("audit", "外审", Options{Screen: Phone}), false},
		{"clerk without script", p.staff("zhao", "赵调度", Options{Screen: Phone, NoScript: true}), false},
	} {
		if who.large {
			who.user.Open("/account")
			who.user.Go("button[name=large]")
		}
		who.user.Open(at)
		who.user.See("期限是怎么算的", "原来说的到期", "原来是怎么算的", "双休日", "劳动节放假")
		who.user.NotSee("还没有公布")
		who.user.Fits()
		if !strings.Contains(who.name, "without") {
			who.user.Sound()
		}
	}
	granny.Shot("clock-large")
	zhao.Shot("clock")
	for _, screen := range []Screen{Desk, Phone} {
		u := p.staff("sun", "Secretary Sun", Options{Screen: screen, Lang: "en"})
		u.Open(at)
		u.See("Due, as it was said before", "How it was counted before", "weekend")
		u.Fits()
		u.Sound()
		a := p.staff("admin", "Admin", Options{Screen: screen, Lang: "en"})
		for _, path := range []string{"/admin/timing", "/admin/calendars", "/admin/calendars/town"} {
			a.Open(path)
			a.Fits()
			a.Sound()
		}
	}
}
