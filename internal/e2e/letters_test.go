//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"testing"
	"time"

	"yuanba/internal/domain/matters"
)

// post sends what is due after a while.
func (p *place) post(after time.Duration) {
	p.t.Helper()
	if err := p.CatchUp(context.Background()); err != nil {
		p.t.Fatal(err)
	}
	p.Clock.Add(after)
	if _, err := p.Jobs.RunDue(context.Background()); err != nil {
		p.t.Fatal(err)
	}
}

// Somebody without an account and without script leaves an address with a slip,
// confirms it, hears of the matter by letter, and stops it.
func TestLettersBySlip(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.stranger("路人", Options{Screen: Phone, NoScript: true})
	number, _ := raiseLamp(u, photo(t), func(string) {})
	u.Go("text=用邮件收消息")
	u.See("这个邮箱只用在这一件事上")
	u.Fill("[name=mailbox]", "lu@localhost")
	u.Go("form:has([name=mailbox]) button")
	if u.Status() != 422 || u.Value("[name=mailbox]") != "lu@localhost" {
		t.Errorf("a wrong address: %d, %q", u.Status(), u.Value("[name=mailbox]"))
	}
	u.See("邮箱地址不对")
	u.Fill("[name=mailbox]", "lu@example.cn")
	u.Go("form:has([name=mailbox]) button")
	u.See("确认信已经发出", "l***@example.cn", "等您确认")
	p.post(0)
	u.Open("/letters/tray")
	u.Go(`.letter a[href^="/letters/confirm/"]`)
	u.See("确认这是您的邮箱")
	u.Go(".confirm button")
	u.See("已经确认")
	zhao := p.As("zhao")
	m := p.matter(zhao, number).Matter
	if m.State == matters.Received {
		if err := p.Matters.Accept(context.Background(), zhao, m.ID); err != nil {
			t.Fatal(err)
		}
	}
	p.post(time.Minute)
	u.Open("/letters/tray")
	u.See("已受理（"+number, "您凭纸条留了邮箱")
	u.Go(`.letter a[href^="/letters/stop/"]`)
	u.See("删除这个邮箱")
	u.Go(".confirm button")
	u.See("邮箱已经删除")
}

// The pages of mail are sound on a phone and at a desk.
func TestMailPagesAreSound(t *testing.T) {
	t.Parallel()
	p := town(t)
	for _, look := range looks {
		u := p.guestUser(look)
		u.Open("/mailbox")
		u.Sound()
		u.Fits()
	}
	u := p.resident("周敏", Options{})
	u.Open("/mailbox")
	u.Fill("[name=mailbox]", "zhou@example.cn")
	u.Go("form:has([name=mailbox]) button")
	u.Sound()
	p.post(0)
	u.Open("/letters/tray")
	u.Sound()
	u.Fits()
	u.Go(`.letter a[href^="/letters/confirm/"]`)
	u.Sound()
	u.Go(".confirm button")
	u.Sound()
	u.Open("/mailbox")
	u.See("邮件开着")
	u.Sound()
	admin := p.staff("admin", "系统员", Options{Screen: Desk})
	admin.Open("/admin/letters?state=sent")
	admin.See("请人确认", "给居民")
	admin.Sound()
	admin.Fits()
}
