//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/webhooks"
)

// The pages that need something made before there is anything on them are sound on
// both screens and in both languages, as those who work with them see them.
func TestPlatformPagesAreSound(t *testing.T) {
	t.Parallel()
	p := town(t)
	ctx, admin := t.Context(), p.As("admin")
	p.teach()
	water, _ := p.heated()
	p.must(p.Hot.Propose(ctx, p.As("sun"), water.ID, "四楼以上都没水，请大家议一议。"))
	_, hook, err := p.Webhooks.Add(ctx, webhooks.Who{Actor: admin}, webhooks.Settling{Name: "邻居的程序", URL: "https://10.0.0.1/"})
	p.must(err)
	sent, err := p.Webhooks.Test(ctx, webhooks.Who{Actor: admin}, hook.ID)
	p.must(err)
	number := p.handling("水管冻裂了，什么时候能修好？")
	s := p.classified("巷口水管一直渗水。", "drain")
	p.must(p.Matters.Dispatch(ctx, p.As("zhao"), s.ID, matters.Dispatching{Lead: p.As("wu").Unit}))

	hot, webhook := "/hot/"+water.ID.String(), "/admin/webhooks/"+hook.ID.String()
	pages := []struct{ login, paths string }{
		{"zhao", "/hot /hot?proposed=1 " + hot + " /matters/sorted"},
		{"sun", hot},
		{"wu", "/mailbox /matters/" + number + "/clock /matters/" + number + "/ask_extension"},
		{"admin", "/admin/words /admin/letters /admin/webhooks " + webhook + " " + webhook + "/deliveries/" + sent.ID.String() +
			" /admin/rules /admin/rules/dry /admin/rules/add /admin/routing /admin/routing/allow/lamp /admin/routing/try/lamp"},
	}
	for _, look := range append([]Options{{Screen: Desk, Lang: "en"}}, looks...) {
		t.Run(fmt.Sprint(look.Screen.name(), " ", look.Lang), func(t *testing.T) {
			t.Parallel()
			q := &place{p.Town, t, p.url}
			visit := func(u *User, paths string) {
				for _, at := range strings.Fields(paths) {
					u.Open(at)
					if u.Status() != 200 {
						t.Errorf("%s: %d", at, u.Status())
					}
					u.Sound()
				}
			}
			visit(q.stranger("路人", look), "/hot "+hot+" /api")
			visit(q.guestUser(look), "/mailbox")
			for _, of := range pages {
				u := q.staff(of.login, of.login, look)
				visit(u, of.paths)
				if of.login == "wu" {
					u.Open("/matters/" + number + "/handle")
					u.Fill("[name=words]", "您反映的问题我们高度重视，感谢您的关心支持！")
					u.Click("button[data-check]")
					u.Wait("[data-advice] li")
					u.Sound()
				}
			}
		})
	}
}
