// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/letters"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/web/gallery/gallerytest"
	webletters "yuanba/internal/web/letters"
	"yuanba/internal/web/page"
)

func TestPages(t *testing.T) {
	t.Parallel()
	gallerytest.Check(t, "letters/")
}

// A counter is a town with the counter of mail.
type counter struct {
	*apptest.Town
	t   *testing.T
	mux *http.ServeMux
}

// pushKey is the public half of some key by which browsers subscribe.
const pushKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

func newCounter(t *testing.T, town *apptest.Town) *counter {
	c := &counter{town, t, http.NewServeMux()}
	(&webletters.Counter{Letters: town.Letters, Matters: town.Matters, Tray: town.Tray, PushKey: pushKey}).Routes(c.mux)
	return c
}

// do sends a request, and wants a status and words in the answer.
func (c *counter) do(by scope.Actor, method, path string, form url.Values, status int, want ...string) string {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	c.mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Now: c.DB.Now()}))
	body := w.Body.String()
	if w.Code != status {
		c.t.Errorf("%s %s: %d, want %d: %s", method, path, w.Code, status, body)
	}
	for _, s := range want {
		if !strings.Contains(body, s) {
			c.t.Errorf("%s %s: no %q in %s", method, path, s, body)
		}
	}
	return body
}

func (c *counter) get(by scope.Actor, path string, want ...string) string {
	c.t.Helper()
	return c.do(by, http.MethodGet, path, nil, http.StatusOK, want...)
}

func (c *counter) post(after time.Duration) {
	c.t.Helper()
	if err := c.CatchUp(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	c.Clock.Add(after)
	if _, err := c.Jobs.RunDue(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// link is the path of the link of the newest letter that begins with path.
func (c *counter) link(path string) string {
	c.t.Helper()
	ls := c.Tray.Letters()
	if len(ls) == 0 {
		c.t.Fatal("no letter")
	}
	m := regexp.MustCompile(regexp.QuoteMeta(path) + `\S+`).FindString(ls[0].Text)
	if m == "" {
		c.t.Fatalf("no link %s in %s", path, ls[0].Text)
	}
	return m
}

var anybody = scope.Actor{Kind: scope.Anonymous}

func TestMailboxFromEndToEnd(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		c.do(anybody, http.MethodGet, "/mailbox", nil, http.StatusSeeOther) // to sign in
		c.do(anybody, http.MethodPost, "/mailbox", url.Values{"mailbox": {"x@example.cn"}}, http.StatusForbidden)
		c.get(me, "/mailbox", "发确认信")
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou.min@example"}}, http.StatusUnprocessableEntity, "f-mailbox-err", `value="zhou.min@example"`)
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou@example.cn"}}, http.StatusSeeOther)
		c.do(me, http.MethodPost, "/mailbox/again", nil, http.StatusTooManyRequests)
		if body := c.get(me, "/mailbox", "等您确认", "z***@example.cn"); strings.Contains(body, "zhou@example.cn") {
			t.Error("the address is shown open")
		}
		c.post(0)
		confirm := c.link(letters.ConfirmPath)
		c.get(anybody, confirm, `method="post"`, "z***@example.cn")
		c.get(me, "/mailbox", "等您确认") // looking at the link does nothing
		c.do(anybody, http.MethodPost, confirm[:len(confirm)-1], nil, http.StatusNotFound)
		c.do(anybody, http.MethodPost, confirm, nil, http.StatusOK, "已经确认")
		c.get(me, "/mailbox", "邮件开着")

		slip, err := town.Matters.Raise(t.Context(), me, matters.Raising{Body: "路灯不亮", Place: town.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := town.Matters.Accept(t.Context(), town.As("zhao"), slip.ID); err != nil {
			t.Fatal(err)
		}
		c.post(time.Minute)
		stop := c.link(letters.StopPath)
		c.get(anybody, stop, `method="post"`)
		c.get(me, "/mailbox", "邮件开着")
		// as a mail program does it, by one click
		c.do(anybody, http.MethodPost, stop, url.Values{"List-Unsubscribe": {"One-Click"}}, http.StatusOK, "已经停信")
		c.get(anybody, stop, "已经停信")
		c.do(me, http.MethodPost, "/mailbox/on", nil, http.StatusSeeOther)
		c.get(me, "/mailbox", "邮件开着")
		c.do(me, http.MethodPost, "/mailbox/off", nil, http.StatusSeeOther)
		c.get(me, "/mailbox", "邮件停着")
		c.do(me, http.MethodPost, "/mailbox/forget", nil, http.StatusSeeOther)
		if body := c.get(me, "/mailbox"); strings.Contains(body, "***@") {
			t.Error("the address is still there")
		}
		c.get(anybody, "/letters/tray", slip.Number, "z***@example.cn", `href="/matters/`+slip.Number)
	})
}

func TestMailboxOfASlip(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		slip, err := town.Matters.Raise(t.Context(), anybody, matters.Raising{Body: "路灯不亮", Place: town.Place("文君街道", "宝塔社区")[scope.Village], Public: true})
		if err != nil {
			t.Fatal(err)
		}
		at := "/matters/" + slip.Number + "/mailbox"
		holder := scope.Actor{Kind: scope.Anonymous, Slips: []id.ID{slip.ID}}
		c.do(anybody, http.MethodGet, at, nil, http.StatusNotFound)
		c.do(town.As("zhao"), http.MethodPost, at, url.Values{"mailbox": {"x@example.cn"}}, http.StatusNotFound)
		c.do(holder, http.MethodPost, "/matters/QL-2026-999999/mailbox", url.Values{"mailbox": {"x@example.cn"}}, http.StatusNotFound)
		c.do(holder, http.MethodPost, at, url.Values{"mailbox": {"chen@example.cn"}}, http.StatusSeeOther)
		c.post(0)
		c.do(anybody, http.MethodPost, c.link(letters.ConfirmPath), nil, http.StatusOK)
		c.get(holder, at, "邮件开着", slip.Number)
		stop := c.link(letters.StopPath)
		c.get(anybody, stop, "删除这个邮箱")
		c.do(anybody, http.MethodPost, stop, nil, http.StatusOK, "邮箱已经删除")
		if body := c.get(holder, at); strings.Contains(body, "c***@") {
			t.Error("the address is still there")
		}
	})
}

func TestFates(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		me, admin := town.Resident("周敏", "99999919940307002X", "19900000002").Actor(), town.As("admin")
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou@example.cn"}}, http.StatusSeeOther)
		c.post(0)
		for _, by := range []scope.Actor{anybody, me, town.As("zhao")} {
			if by.Kind != scope.Anonymous { // who is sent to sign in
				c.do(by, http.MethodGet, "/admin/letters", nil, http.StatusForbidden)
			}
			c.do(by, http.MethodPost, "/admin/letters/"+id.First(c.DB.Now()).String()+"/again", nil, http.StatusForbidden)
		}
		body := c.get(admin, "/admin/letters?state=sent", "请人确认", "给居民", "邮件", "试了 1 次")
		if strings.Contains(body, "example.cn") || strings.Contains(body, "周") {
			t.Error("the list tells who is written to")
		}
		c.get(admin, "/admin/letters", "没有没发出去的")
		c.do(admin, http.MethodGet, "/admin/letters?before=x", nil, http.StatusUnprocessableEntity)
		c.do(admin, http.MethodPost, "/admin/letters/zz/again", nil, http.StatusNotFound)
	})
}

// Where no letters can be sent nobody is asked for an address; who has left one
// can still have it deleted.
func TestNotOffered(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou@example.cn"}}, http.StatusSeeOther)
		town.Letters.Ways = nil
		if body := c.get(me, "/mailbox", "不能把消息发出去", "/mailbox/forget"); strings.Contains(body, `name="mailbox"`) {
			t.Error("an address is asked for")
		}
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou@example.cn"}}, http.StatusServiceUnavailable)
		c.do(me, http.MethodPost, "/mailbox/forget", nil, http.StatusSeeOther)
	})
}
