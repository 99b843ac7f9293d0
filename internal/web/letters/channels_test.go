// SPDX-License-Identifier: Apache-2.0

package letters_test

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/notify/notifytest"
	"yuanba/internal/kit/scope"
	webletters "yuanba/internal/web/letters"
)

// me is a resident whose telephone is proven by the code that lay in the tray.
func (c *counter) me() scope.Actor {
	c.t.Helper()
	const phone = "19900000002"
	r := c.Resident("周敏", "99999919940307002X", phone)
	if err := c.People.SendCode(c.t.Context(), i18n.ZH, phone, "192.0.2.7"); err != nil {
		c.t.Fatal(err)
	}
	if err := c.People.Attach(c.t.Context(), r.Actor(), r.ID, phone, c.Tray.Letters()[0].Facts["code"], "192.0.2.7"); err != nil {
		c.t.Fatal(err)
	}
	return r.Actor()
}

func TestTextsOnAndOff(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		me := c.me()
		if body := c.get(me, "/mailbox", "发短信给我", "绑定微信"); strings.Contains(body, "企业微信") {
			t.Error("a resident is offered what staff have")
		}
		c.do(me, http.MethodPost, "/mailbox?channel=pigeon", nil, http.StatusNotFound)
		c.do(me, http.MethodPost, "/mailbox/topics", nil, http.StatusNotFound)
		c.do(me, http.MethodPost, "/mailbox?channel=sms", nil, http.StatusSeeOther)
		if body := c.get(me, "/mailbox", "199****0002", `action="/mailbox/off?channel=sms"`); strings.Contains(body, "19900000002") {
			t.Error("the number is shown open")
		}
		c.do(me, http.MethodPost, "/mailbox/topics", url.Values{"topics_sms": {"due"}}, http.StatusUnprocessableEntity)
		c.do(me, http.MethodPost, "/mailbox/topics", url.Values{"topics_sms": {"followed"}}, http.StatusSeeOther)
		boxes, err := town.Letters.Of(t.Context(), people.Owner{Kind: people.OwnedByResident, ID: me.Resident})
		if err != nil || !slices.Equal(boxes[notify.SMS].Topics, []people.Topic{people.Followed}) {
			t.Errorf("%v, %v", boxes, err)
		}
		c.do(me, http.MethodPost, "/mailbox/off?channel=sms", nil, http.StatusSeeOther)
		c.get(me, "/mailbox", `action="/mailbox/on?channel=sms"`)
		c.do(me, http.MethodPost, "/mailbox/forget?channel=sms", nil, http.StatusSeeOther)
		if body := c.get(me, "/mailbox"); strings.Contains(body, "****") {
			t.Error("it is still there")
		}
		c.get(me, "/mailbox/sent", "还没有给您发过")
		c.do(me, http.MethodPost, "/mailbox", url.Values{"mailbox": {"zhou@example.cn"}}, http.StatusSeeOther)
		c.post(0)
		c.get(me, "/mailbox/sent", "请人确认", "已发出", "邮件")
		c.get(anybody, "/letters/tray", "短信", "199****0002", "验证码")
	})
}

// A browser subscribes by the form that a script fills in; without one the page says
// what is missing. What no browser gave is refused.
func TestBrowserTold(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		me := c.me()
		body := c.get(me, "/mailbox", `data-push="`+pushKey+`"`, "这台设备的浏览器", `src="/static/push.`, "这一项要浏览器开着脚本才能用")
		if !strings.Contains(body, `<button class="button" hidden>`) {
			t.Error("a button that does nothing without a script is shown")
		}
		c.do(me, http.MethodPost, "/mailbox?channel=push", url.Values{"push": {"nothing"}}, http.StatusUnprocessableEntity, "这不是浏览器给的提醒地址")
		c.do(anybody, http.MethodPost, "/mailbox?channel=push", url.Values{"push": {"nothing"}}, http.StatusForbidden)
		s := notifytest.Push(t, pushKey, time.Now)
		c.do(me, http.MethodPost, "/mailbox?channel=push", url.Values{"push": {s.Subscription()}}, http.StatusSeeOther)
		c.get(me, "/mailbox", `action="/mailbox/off?channel=push"`, "127.0.0.1", `name="topics_push"`)
		c.do(me, http.MethodPost, "/mailbox/forget?channel=push", nil, http.StatusSeeOther)
		w := httptest.NewRecorder()
		c.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/push-worker.js", nil))
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(w.Body.String(), `"push"`) || strings.Contains(w.Body.String(), "fetch") {
			t.Errorf("the worker: %d %s", w.Code, w.Body)
		}
	})
}

func TestColleaguesNames(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		admin, zhao := town.As("admin"), town.As("zhao")
		at := "/admin/accounts/" + zhao.Account.String() + "/mailbox"
		c.do(zhao, http.MethodGet, at, nil, http.StatusForbidden)
		c.do(zhao, http.MethodPost, at+"?channel=wecom", url.Values{"wecom": {"zhao"}}, http.StatusForbidden)
		if body := c.get(admin, at, `name="wecom"`, `name="dingtalk"`); strings.Contains(body, `name="mailbox"`) {
			t.Error("an address of mail can be given for somebody")
		}
		c.do(admin, http.MethodPost, at, url.Values{"mailbox": {"zhao@example.cn"}}, http.StatusForbidden)
		c.do(admin, http.MethodPost, at+"?channel=wecom", url.Values{"wecom": {"赵 调度"}}, http.StatusUnprocessableEntity, "f-wecom-err", `value="赵 调度"`)
		c.do(admin, http.MethodPost, at+"?channel=wecom", url.Values{"wecom": {"zhaodiaodu"}}, http.StatusSeeOther)
		c.post(0)
		confirm := c.link("/letters/confirm/")
		c.get(anybody, confirm, "确认这是您本人")
		c.do(anybody, http.MethodPost, confirm, nil, http.StatusOK, "已经确认")
		c.get(zhao, "/mailbox", "zh***", `action="/mailbox/off?channel=wecom"`)
		c.do(admin, http.MethodGet, "/admin/accounts/zz/mailbox", nil, http.StatusNotFound)
	})
}

// What comes from WeChat is believed only if it is signed, and binds only by a code.
func TestWeChatBinds(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	c := newCounter(t, town)
	const token = "wechat-token"
	now := time.Unix(1_770_000_000, 0)
	c.mux = http.NewServeMux()
	(&webletters.Counter{Letters: town.Letters, Matters: town.Matters, Tray: town.Tray, WeChat: webletters.WeChat{Name: "邛崃院坝", Token: token, Now: func() time.Time { return now }}}).Routes(c.mux)
	ask := func(method, body string, at time.Time, key string) *httptest.ResponseRecorder {
		parts := []string{key, fmt.Sprint(at.Unix()), "n0nce"}
		slices.Sort(parts)
		sum := sha1.Sum([]byte(strings.Join(parts, "")))
		q := url.Values{"signature": {hex.EncodeToString(sum[:])}, "timestamp": {fmt.Sprint(at.Unix())}, "nonce": {"n0nce"}, "echostr": {"hello"}}
		w := httptest.NewRecorder()
		c.mux.ServeHTTP(w, httptest.NewRequest(method, "/wechat?"+q.Encode(), strings.NewReader(body)))
		return w
	}
	if w := ask(http.MethodGet, "", now, token); w.Code != 200 || w.Body.String() != "hello" {
		t.Errorf("hello: %d %s", w.Code, w.Body)
	}
	me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	body := c.do(me, http.MethodPost, "/mailbox/code", nil, http.StatusOK, "邛崃院坝")
	code := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(body)
	says := func(words, kind string) string {
		return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oOPENID123]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[" + kind + "]]></MsgType><Content><![CDATA[" + words + "]]></Content></xml>"
	}
	for _, w := range []*httptest.ResponseRecorder{ask(http.MethodPost, says(code, "text"), now, "wrong"), ask(http.MethodPost, says(code, "text"), now.Add(-time.Hour), token), ask(http.MethodGet, "", now, "")} {
		if w.Code != http.StatusForbidden {
			t.Errorf("not signed, or too old: %d", w.Code)
		}
	}
	if w := ask(http.MethodPost, "<xml>", now, token); w.Code != http.StatusBadRequest {
		t.Errorf("no message: %d", w.Code)
	}
	if w := ask(http.MethodPost, says(code, "image"), now, token); w.Body.String() != "success" {
		t.Errorf("a picture: %s", w.Body)
	}
	if w := ask(http.MethodPost, says("路灯坏了", "text"), now, token); !strings.Contains(w.Body.String(), "绑定码") || !strings.Contains(w.Body.String(), "<ToUserName>oOPENID123<") {
		t.Errorf("other words: %s", w.Body)
	}
	if w := ask(http.MethodPost, says(code, "text"), now, token); !strings.Contains(w.Body.String(), "绑定好了") {
		t.Errorf("the code: %s", w.Body)
	}
	c.get(me, "/mailbox", `action="/mailbox/off?channel=wechat"`)
	// in a demonstration the tray stands for it
	code = regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(c.do(me, http.MethodPost, "/mailbox/code", nil, http.StatusOK))
	c.do(me, http.MethodPost, "/letters/tray/wechat", url.Values{"code": {"AAAA-AAAA"}}, http.StatusUnprocessableEntity, "f-code-err", "AAAA-AAAA")
	c.do(me, http.MethodPost, "/letters/tray/wechat", url.Values{"code": {code}}, http.StatusSeeOther)
}

// In the safe mode what comes is in an envelope, and so is the answer; in the
// compatible one both stand there, and the open one is not looked at. Staff bind
// their WeChat Work by what comes in the application's envelope, and nobody binds by
// the wrong one.
func TestWeChatEnvelopes(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		now := time.Unix(1_770_000_000, 0)
		public := notifytest.Envelope{Token: "wechat-token", Key: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", Of: "wxpublic"}
		work := notifytest.Envelope{Token: "work-token", Key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", Of: "wwcorp"}
		seal := func(e notifytest.Envelope) *notify.Envelope {
			x, err := notify.NewEnvelope(e.Token, e.Key, e.Of)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		c.mux = http.NewServeMux()
		(&webletters.Counter{Letters: town.Letters, Matters: town.Matters, Tray: town.Tray,
			WeChat: webletters.WeChat{Token: public.Token, Envelope: seal(public), Work: seal(work), Now: func() time.Time { return now }}}).Routes(c.mux)
		at := fmt.Sprint(now.Unix())
		plainSign := notify.WeChatSign(public.Token, at, "n")
		ask := func(method, body string, q url.Values) *httptest.ResponseRecorder {
			q.Set("timestamp", at)
			q.Set("nonce", "n")
			w := httptest.NewRecorder()
			c.mux.ServeHTTP(w, httptest.NewRequest(method, "/wechat?"+q.Encode(), strings.NewReader(body)))
			return w
		}
		message := func(from, words string) string {
			return "<xml><ToUserName>gh_1</ToUserName><FromUserName>" + from + "</FromUserName><MsgType>text</MsgType><Content>" + words + "</Content></xml>"
		}
		sends := func(e notifytest.Envelope, from, words, beside string) *httptest.ResponseRecorder {
			sealed, sign := e.Close(t, []byte(message(from, words)), at, "n")
			return ask(http.MethodPost, "<xml>"+beside+"<Encrypt>"+sealed+"</Encrypt></xml>",
				url.Values{"signature": {plainSign}, "msg_signature": {sign}, "encrypt_type": {"aes"}})
		}
		answer := func(e notifytest.Envelope, w *httptest.ResponseRecorder) string {
			t.Helper()
			var out struct {
				Encrypt, MsgSignature, TimeStamp, Nonce string
			}
			if err := xml.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
				t.Fatalf("%d %s: %v", w.Code, w.Body, err)
			}
			return string(e.Open(t, out.MsgSignature, out.TimeStamp, out.Nonce, out.Encrypt))
		}

		if w := ask(http.MethodGet, "", url.Values{"signature": {plainSign}, "echostr": {"hello"}}); w.Body.String() != "hello" {
			t.Errorf("the public account's address check: %d %s", w.Code, w.Body)
		}
		sealed, sign := work.Close(t, []byte("1616140317555161061"), at, "n")
		if w := ask(http.MethodGet, "", url.Values{"msg_signature": {sign}, "echostr": {sealed}}); w.Body.String() != "1616140317555161061" {
			t.Errorf("the application's: %d %s", w.Code, w.Body)
		}

		code := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`)
		me, zhao := town.Resident("周敏", "99999919940307002X", "19900000002").Actor(), town.As("zhao")
		mine := code.FindString(c.do(me, http.MethodPost, "/mailbox/code", nil, http.StatusOK))
		c.get(zhao, "/mailbox", `action="/mailbox/code"`)
		theirs := code.FindString(c.do(zhao, http.MethodPost, "/mailbox/code", nil, http.StatusOK, "企业微信"))
		if w := ask(http.MethodPost, message("oOPEN", mine), url.Values{"signature": {plainSign}}); w.Code != http.StatusForbidden {
			t.Errorf("in the open, though a key is set up: %d", w.Code)
		}
		forged := notifytest.Envelope{Token: public.Token, Key: work.Key, Of: public.Of}
		if w := sends(forged, "oOPEN", mine, ""); w.Code != http.StatusForbidden {
			t.Errorf("closed with another key: %d", w.Code)
		}
		if got := answer(work, sends(work, "zhaodiaodu", mine, "")); !strings.Contains(got, "消息发到哪里") {
			t.Errorf("a resident's code sent in WeChat Work: %s", got)
		}
		mine = code.FindString(c.do(me, http.MethodPost, "/mailbox/code", nil, http.StatusOK))
		if got := answer(public, sends(public, "oOPEN", mine, strings.TrimSuffix(message("oSOMEBODYELSE", "x"), "</xml>")[5:])); !strings.Contains(got, "绑定好了") || !strings.Contains(got, "<ToUserName>oOPEN<") {
			t.Errorf("compatible: %s", got)
		}
		c.get(me, "/mailbox", `action="/mailbox/off?channel=wechat"`)
		if got := answer(work, sends(work, "zhaodiaodu", theirs, "")); !strings.Contains(got, "绑定好了") {
			t.Errorf("WeChat Work: %s", got)
		}
		c.get(zhao, "/mailbox", "zh***", `action="/mailbox/off?channel=wecom"`)
	})
}

// Without a token there is no door.
func TestNoTokenNoDoor(t *testing.T) {
	t.Parallel()
	c := newCounter(t, apptest.New(t))
	w := httptest.NewRecorder()
	c.mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/wechat?echostr=x&timestamp=1&nonce=1&signature=x", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		admin := town.As("admin")
		c.do(town.As("zhao"), http.MethodGet, "/admin/words", nil, http.StatusForbidden)
		c.get(admin, "/admin/words", "{number}", "登录验证码", "中文", "英文")
		c.do(admin, http.MethodGet, "/admin/words/none", nil, http.StatusNotFound)
		at := "/admin/words/short.one?lang=en"
		c.get(admin, at, "QL-2026-004217", "{state}")
		post := func(words, do string, status int, want ...string) {
			t.Helper()
			c.do(admin, http.MethodPost, at, url.Values{"words": {words}, "do": {do}}, status, want...)
		}
		post("Nothing", "save", http.StatusUnprocessableEntity, "f-words-err", "{number}", ">Nothing<")
		post("Look at {number}", "preview", http.StatusOK, "Look at QL-2026-004217")
		if ws, err := town.Letters.OwnWords(t.Context(), admin); err != nil || len(ws) != 0 {
			t.Errorf("a preview changed %v, %v", ws, err)
		}
		post("Look at {number}", "save", http.StatusSeeOther)
		c.get(admin, "/admin/words", "Look at {number}", "改过")
		c.do(admin, http.MethodPost, "/admin/words/short.one/restore?lang=en", nil, http.StatusSeeOther)
		if body := c.get(admin, "/admin/words"); strings.Contains(body, "Look at") {
			t.Error("not restored")
		}
	})
}

func TestFatesByChannelAndKind(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, town *apptest.Town) {
		c := newCounter(t, town)
		c.me()
		admin := town.As("admin")
		c.get(admin, "/admin/letters?state=sent&channel=sms&kind=code", "登录验证码", "给登录的人")
		c.get(admin, "/admin/letters?state=sent&channel=mail", "还没有发出的")
		c.get(admin, "/admin/letters?state=sent&kind=news", "还没有发出的")
	})
}
