// SPDX-License-Identifier: Apache-2.0

package affairs_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/affairs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/notify"
	"yuanba/internal/kit/scope"
	webaffairs "yuanba/internal/web/affairs"
	"yuanba/internal/web/page"
)

type signer struct{ asked string }

func (s *signer) Config(_ context.Context, address, nonce string) (notify.JSConfig, error) {
	s.asked = address
	return notify.JSConfig{App: "wx1", Nonce: nonce, Timestamp: 7, Signature: notify.JSSign("ticket", nonce, 7, address)}, nil
}

// A villager who doubts the accounts opens the page: what is late is marked, every entry
// has its paper and its balance, and what is asked is answered there.
func TestVillagePage(t *testing.T) {
	t.Parallel()
	town := apptest.New(t)
	ctx, wang := t.Context(), town.As("wang")
	place := town.Place("文君街道", "宝塔社区")[scope.Village]
	me := town.Resident("周敏", "99999919940307002X", "19900000002").Actor()
	wx := &signer{}
	mux := http.NewServeMux()
	(&webaffairs.Counter{Affairs: town.Affairs, Places: town.Places, Orgs: town.Orgs, Access: town.Access, DB: town.DB, Blobs: town.Blobs, Address: "https://town.example", WeChat: wx, Nonce: func() string { return "n" }}).Routes(mux)
	do := func(by scope.Actor, r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, page.As(r, page.Base{Actor: by, Lang: i18n.ZH, Now: town.Clock.Now()}))
		return w
	}
	get := func(by scope.Actor, path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return do(by, r)
	}
	has := func(what string, w *httptest.ResponseRecorder, status int, wants ...string) {
		t.Helper()
		if w.Code != status {
			t.Errorf("%s: status %d, want %d", what, w.Code, status)
		}
		for _, s := range wants {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("%s: the page lacks %q", what, s)
			}
		}
	}
	at := webaffairs.At(place)
	has("before it was opened", get(me, at), 200, "这里的页面还没开")
	if err := town.Affairs.Shape(ctx, wang, place, affairs.Facing{Greeting: "有事请说，账目请看。"}); err != nil {
		t.Fatal(err)
	}
	if _, err := town.Affairs.Book(ctx, wang, place, affairs.Booking{On: "2026-03-02", From: affairs.Opening, To: affairs.Bank, Amount: 1000_00, Words: "上年结余"}); err != nil {
		t.Fatal(err)
	}
	// The chair books an outgo with its paper, on the page.
	var body, picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	m := multipart.NewWriter(&body)
	for k, v := range map[string]string{"what": "out_works", "holds": "bank", "amount": "2００.50", "on": "2026-03-02", "words": "路灯维修", "party": "文君电器行", "decided": "2月20日两委会"} {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("paper", "receipt.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(picture.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, at+"/book", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	booked := do(wang, r)
	has("booked", booked, 303)
	entry := get(scope.Actor{Kind: scope.Anonymous}, booked.Header().Get("Location"))
	has("the entry, to a stranger", entry, 200, "200.50", "文君电器行", "2月20日两委会", `src="/papers/`, "登录")
	i := strings.Index(entry.Body.String(), `src="/papers/`) + len(`src="`)
	has("its paper, to a stranger", get(scope.Actor{Kind: scope.Anonymous}, strings.SplitN(entry.Body.String()[i:], `"`, 2)[0]), 200)
	has("the ledger", get(me, at+"/ledger"), 200, "799.50", "路灯维修", "1,000.00")
	has("to be hung up", get(me, at+"/ledger/print?period=2026-Q1"), 200, "https://town.example/v/", "盖章")

	form := func(by scope.Actor, path, values string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return do(by, r)
	}
	where := booked.Header().Get("Location")
	has("asked with nothing", form(me, where+"/say", "kind=question"), 422, "请写几句")
	has("asked", form(me, where+"/say", "kind=question&body=换了几盏灯？"), 303)
	has("the question, with its clock", get(me, where), 200, "换了几盏灯？", "答复")

	// The chair keeps the names of the entry for members; a member's letter waits on the
	// chair's desk.
	has("the chair's desk", get(wang, at+"/edit"), 200, "换了几盏灯？", "没有等您回的信")
	has("kept by a resident", form(me, where+"/reach", "reach=members"), 403)
	has("kept for nobody", form(wang, where+"/reach", "reach=nobody"), 422)
	has("kept for members", form(wang, where+"/reach", "reach=members"), 303)
	closed := get(scope.Actor{Kind: scope.Anonymous}, where)
	has("the entry, to a stranger again", closed, 200, "200.50", "只给本村（社区）成员看", "登录")
	if strings.Contains(closed.Body.String(), "文君电器行") || strings.Contains(closed.Body.String(), "/papers/") {
		t.Error("a stranger reads what is for members")
	}
	has("a letter by who is no member", form(me, at+"/box", "to=committee&body=路灯还没修。"), 403)
	has("joined", form(me, at+"/join", ""), 303)
	has("the entry, to a member", get(me, where), 200, "文君电器行", `src="/papers/`)
	has("a letter", form(me, at+"/box", "to=committee&body=路灯还没修。"), 303)
	has("the chair's desk, with it", get(wang, at+"/edit"), 200, "给村（居）委会", "前回信")

	town.Clock.Set(time.Date(2026, 7, 20, 9, 0, 0, 0, i18n.Zone))
	late := get(me, at)
	has("in July", late, 200, "项该公开、还没有公开", "已超", `property="og:title" content="宝塔社区"`)
	if s := late.Body.String(); strings.Contains(s, "res.wx.qq.com") || strings.Contains(s, `name="card"`) {
		t.Error("outside WeChat the page asks for its script")
	}
	inside := get(me, at, "User-Agent", "Mozilla/5.0 MicroMessenger/8.0")
	has("inside WeChat", inside, 200, `name="card" content="/wechat/card?path=`, "https://res.wx.qq.com/open/js/")
	if p := inside.Header().Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self' https://res.wx.qq.com;") {
		t.Errorf("the policy inside WeChat is %q", p)
	}
	has("the configuration", get(me, "/wechat/card?path="+at), 200, `"appId":"wx1"`, notify.JSSign("ticket", "n", 7, "https://town.example"+at))
	if wx.asked != "https://town.example"+at {
		t.Errorf("signed %q", wx.asked)
	}
	has("a card for another site", get(me, "/wechat/card?path=//evil.example/"), 404)
	has("all villages", get(me, "/affairs?late=1"), 200, "宝塔社区", "欠")
}
