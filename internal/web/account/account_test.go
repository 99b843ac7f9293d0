// SPDX-License-Identifier: Apache-2.0

package account_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"
	"github.com/pquerna/otp/totp"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/web/account"
	"yuanba/internal/web/gallery/gallerytest"
	"yuanba/internal/web/page"
)

func TestPages(t *testing.T) {
	t.Parallel()
	if err := page.CheckAll(templatecheck.CheckHTML); err != nil {
		t.Error(err)
	}
	gallerytest.Check(t, "account/")
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(x *town) {
		x.staff("lisi")
		v := x.visitor()
		v.get("/signin?next=/account/password").says(x.t, "page", 200, `name="next" value="/account/password"`, "手机号", "!演示", "!/signin/as")
		v.get("/signin?next=https://evil.example/").says(x.t, "foreign next", 200, `name="next" value=""`, `!value="https:`)
		v.post("/signin", "login", "", "password", "").says(x.t, "empty", 422, `id="f-login-err"`, "请写登录名")
		v.post("/signin", "login", "lisi", "password", "").says(x.t, "no password", 422, `id="f-password-err"`, `value="lisi"`)
		wrong := v.post("/signin", "login", "lisi", "password", "not the password")
		wrong.says(x.t, "wrong", 422, `id="f-password-err"`, "登录名或密码不对", `value="lisi"`, "!not the password")
		v.post("/signin", "login", "ghost", "password", "not the password").says(x.t, "unknown", 422, "登录名或密码不对")
		v.post("/signin", "login", "<script>x</script>", "password", "y").says(x.t, "script", 422, "!<script>x", "&lt;script&gt;")
		if v.cookies["session"] != nil {
			x.t.Fatal("a refusal set a session")
		}
		v.get("/account").to(x.t, "not signed in", "/signin?next=%2Faccount")
		v.post("/signin", "login", "lisi", "password", good, "next", "/account/password").to(x.t, "right", "/account/password")
		c := v.cookies["session"]
		if c == nil || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 0 {
			x.t.Fatalf("cookie %+v", c)
		}
		if a := v.get("/"); a.body != "home of 某lisi" {
			x.t.Errorf("home: %s", a.body)
		}
		v.get("/account").says(x.t, "account", 200, "某lisi", "您现在没有岗位", "Firefox · Windows", "就是这里")
		v.post("/signout").to(x.t, "out", "/")
		if a := v.get("/"); a.body != "home of " {
			x.t.Errorf("home afterwards: %s", a.body)
		}
		v.cookies["session"] = c
		if a := v.get("/"); a.body != "home of " {
			x.t.Errorf("an old cookie still works: %s", a.body)
		}
	})
}

func TestTooManyTries(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(x *town) {
		x.staff("lisi")
		v := x.visitor()
		for range 5 {
			v.post("/signin", "login", "lisi", "password", "not the password").says(x.t, "try", 422)
		}
		v.post("/signin", "login", "lisi", "password", good).says(x.t, "too many", 429, "试的次数太多了。请在 2026年3月2日 09:01 以后再试", `value="lisi"`)
		v.lang = i18n.EN
		v.post("/signin", "login", "lisi", "password", good).says(x.t, "in English", 429, "Too many tries", "09:01")
		x.clock.Add(time.Minute)
		v.post("/signin", "login", "lisi", "password", good).to(x.t, "later", "/")
	})
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	each(t, access.Options{RequireSecond: true}, func(x *town) {
		_, err := x.access.CreateAccount(x.t.Context(), root, access.NewAccount{Login: "lisi", Name: "李四", Password: "临时给的密码 8812", MustChange: true})
		x.must(err)
		v := x.visitor()
		v.post("/signin", "login", "lisi", "password", "临时给的密码 8812", "next", "/x").to(x.t, "first", "/account/password?next=%2Fx")
		v.get("/account").to(x.t, "account too early", "/account/password")
		v.get("/account/second").to(x.t, "second factor too early", "/account/password")
		v.get("/account/password?next=/x").says(x.t, "password page", 200, "别人给您设的", `value="/x"`)
		v.post("/account/password", "old", "wrong wrong wrong", "new", good, "again", good).says(x.t, "wrong old", 422, `id="f-old-err"`)
		v.post("/account/password", "old", "临时给的密码 8812", "new", "1234567890", "again", "1234567890").says(x.t, "common", 422, `id="f-new-err"`)
		v.post("/account/password", "old", "临时给的密码 8812", "new", good, "again", "x").says(x.t, "differ", 422, `id="f-again-err"`, "!"+good)
		v.post("/account/password", "old", "临时给的密码 8812", "new", good, "again", good, "next", "/x").to(x.t, "changed", "/account/second?next=%2Fx")

		v.get("/account/second").says(x.t, "off", 200, "开始设置", "您的单位要求", "!qr.svg")
		v.post("/account/second/start", "next", "/x").to(x.t, "start", "/account/second?next=%2Fx")
		a := v.get("/account/second?next=/x")
		a.says(x.t, "scan", 200, `src="/account/second/qr.svg"`)
		if a.Header.Get("Cache-Control") != "no-store" {
			x.t.Errorf("cache: %s", a.Header.Get("Cache-Control"))
		}
		secret := strings.ReplaceAll(regexp.MustCompile(`[A-Z2-7]{4}( [A-Z2-7]{4}){7}`).FindString(a.body), " ", "")
		q := v.get("/account/second/qr.svg")
		if q.StatusCode != 200 || q.Header.Get("Content-Type") != "image/svg+xml" || q.Header.Get("Cache-Control") != "no-store" ||
			xml.Unmarshal([]byte(q.body), new(struct{ XMLName xml.Name })) != nil || strings.Contains(q.body, secret) {
			x.t.Errorf("QR: %d %v %.200s", q.StatusCode, q.Header, q.body)
		}
		x.visitor().get("/account/second/qr.svg").to(x.t, "QR for a stranger", "/signin?next=%2Faccount%2Fsecond%2Fqr.svg")
		v.post("/account/second/confirm", "code", "12").says(x.t, "wrong code", 422, `id="f-code-err"`, "qr.svg")
		now, err := totp.GenerateCode(secret, x.clock.Now())
		x.must(err)
		before := v.cookies["session"].Value
		a = v.post("/account/second/confirm", "code", now[:3]+" "+now[3:], "next", "/x")
		a.says(x.t, "codes", 200, "备用码", "lisi", `href="/x"`)
		list := regexp.MustCompile(`[0-9A-Z]{5}-[0-9A-Z]{5}`).FindAllString(a.body, -1)
		if len(list) != access.RecoveryCodes || a.Header.Get("Cache-Control") != "no-store" || v.cookies["session"].Value == before {
			x.t.Errorf("%d codes, cache %s; the token must change", len(list), a.Header.Get("Cache-Control"))
		}
		v.get("/account").says(x.t, "at last", 200, "已设置", "还剩 10 个备用码")
		v.get("/account/second").says(x.t, "on", 200, "!/account/second/remove", "!"+list[0])

		v = x.visitor()
		v.get("/signin/second").to(x.t, "code without a password", "/signin")
		v.post("/signin", "login", "lisi", "password", good, "next", "/x").to(x.t, "password", "/signin/second?next=%2Fx")
		v.get("/account").to(x.t, "account before the code", "/signin?next=%2Faccount")
		if a := v.get("/"); a.body != "home of " {
			x.t.Errorf("half signed in is somebody: %s", a.body)
		}
		v.post("/signin/second", "code", "").says(x.t, "no code", 422, `id="f-code-err"`)
		v.post("/signin/second", "code", now).says(x.t, "used code", 422, `id="f-code-err"`)
		v.post("/signin/second", "code", list[2], "next", "/x").to(x.t, "recovery code", "/x")
		if a := v.get("/"); a.body != "home of 李四" {
			x.t.Errorf("home: %s", a.body)
		}
		v.post("/account/second/codes", "password", "wrong wrong wrong").says(x.t, "new codes, wrong password", 422, `id="f-password-err"`)
		v.post("/account/second/codes", "password", good).says(x.t, "new codes", 200, "备用码", "!"+list[4])
		v.post("/account/second/remove", "password", good).says(x.t, "remove where required", 409, "不能关闭")
	})
}

func TestDemo(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(x *town) {
		v := x.visitor()
		a := v.get("/signin")
		for _, m := range access.Cast {
			a.says(x.t, m.Login, 200, `name="login" value="`+m.Login+`"`, m.Name.ZH, strings.ReplaceAll(i18n.T(i18n.ZH, "cast."+m.Login), "+", "&#43;"))
		}
		a.says(x.t, "guest", 200, "陈婆婆", "七十九岁", id.ID(815).String())
		v.lang = i18n.EN
		v.get("/signin").says(x.t, "English", 200, "Dispatcher Zhao", "Dispatcher · Acceptor", "Enter as Dispatcher Zhao", "!调度")
		v.lang = i18n.ZH
		v.post("/signin/as", "login", "zhao").to(x.t, "as zhao", "/")
		v.get("/account").says(x.t, "zhao", 200, "文君街道指挥调度中心 · 派遣员", "把事项派给承办单位", "<dd>文君街道</dd>")
		old := v.cookies["session"]
		v.post("/signin/as", "login", "sun").to(x.t, "as sun", "/")
		if a := v.get("/"); a.body != "home of 孙书记" {
			x.t.Errorf("home: %s", a.body)
		}
		w := x.visitor()
		w.cookies["session"] = old
		if a := w.get("/"); a.body != "home of " {
			x.t.Errorf("the session before the change lives on: %s", a.body)
		}
		v.post("/signin/as", "login", "ghost").says(x.t, "as nobody", 404)
		v.post("/signin/guest", "resident", id.ID(815).String(), "next", "/mine").to(x.t, "as a resident", "/mine")
		if a := v.get("/"); a.body != "home of 陈**" {
			x.t.Errorf("home: %s", a.body)
		}
		v.post("/signin/guest", "resident", id.ID(1).String()).says(x.t, "as another resident", 404)
	})
}

// TestNoDemo holds that the one-click routes open no real town.
func TestNoDemo(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(x *town) {
		v := x.visitor()
		v.post("/signin/as", "login", "admin").says(x.t, "as admin", 403)
		v.post("/signin/guest", "resident", id.ID(815).String()).says(x.t, "as a resident", 403)
		if len(v.cookies) != 0 {
			x.t.Errorf("cookies %v", v.cookies)
		}
	})
}

func TestPhone(t *testing.T) {
	t.Parallel()
	each(t, access.Options{}, func(x *town) {
		v := x.visitor()
		v.post("/signin/phone", "phone", "").says(x.t, "no number", 422, `id="f-phone-err"`)
		v.post("/signin/phone", "phone", "13800001234", "next", "/mine").says(x.t, "sent", 200, "13800001234", `action="/signin/code"`, `value="/mine"`)
		v.post("/signin/code", "phone", "13800001234", "code", "111111", "next", "/mine").says(x.t, "wrong", 422, `id="f-code-err"`, "还可以试 4 次", `value="13800001234"`)
		v.post("/signin/phone", "phone", "13800001234").says(x.t, "again", 200)
		v.post("/signin/phone", "phone", "13800001234").says(x.t, "too often", 429, "请等 42 秒")
		v.post("/signin/code", "phone", "13800001234", "code", "246810", "next", "/mine").to(x.t, "right", "/mine")
		if c := v.cookies["session"]; c == nil || c.MaxAge < 24*3600 || !c.HttpOnly {
			x.t.Errorf("cookie %+v", v.cookies["session"])
		}
		v.get("/account").says(x.t, "account", 200, "登录的设备", "!我的岗位", "!密码和手机验证")
		v.get("/account/password").says(x.t, "password of a resident", 404)
		v.post("/account/second/start").says(x.t, "second factor of a resident", 404)
	})
}

func TestSessions(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(x *town) {
		one, two, three, other := x.visitor(), x.visitor(), x.visitor(), x.visitor()
		for _, v := range []*visitor{one, two, three} {
			v.post("/signin/as", "login", "zhao").to(x.t, "in", "/")
		}
		other.post("/signin/as", "login", "sun").to(x.t, "in", "/")
		ids := regexp.MustCompile(`/account/sessions/([0-9A-Z]{13})/revoke`).FindAllStringSubmatch(one.get("/account").body, -1)
		if len(ids) != 2 {
			x.t.Fatalf("%d other sessions listed, want 2", len(ids))
		}
		other.post(ids[0][0]).says(x.t, "somebody else's", 404)
		other.post("/account/sessions/zzz/revoke").says(x.t, "rubbish", 404)
		one.post(ids[0][0]).to(x.t, "revoke", "/account")
		one.get("/account").says(x.t, "afterwards", 200, "已经让那台设备退出", ids[1][1], "!"+ids[0][1])
		one.post("/account/sessions/revoke").to(x.t, "all others", "/account")
		for i, v := range []*visitor{one, two, three, other} {
			in := strings.HasPrefix(v.get("/").body, "home of 赵") || strings.HasPrefix(v.get("/").body, "home of 孙")
			if in != (i == 0 || i == 3) {
				x.t.Errorf("visitor %d signed in: %v", i+1, in)
			}
		}
	})
}

// TestOtherSites holds that another site's page cannot sign anybody in or out.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(x *town) {
		for _, path := range []string{"/signin", "/signin/as", "/signout", "/account/password", "/account/sessions/revoke"} {
			req, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.server.URL+path, strings.NewReader("login=zhao"))
			x.must(err)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Origin", "https://evil.example")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			res, err := http.DefaultTransport.RoundTrip(req)
			x.must(err)
			res.Body.Close()
			if res.StatusCode != http.StatusForbidden || len(res.Cookies()) != 0 {
				x.t.Errorf("%s from another site: %d %v", path, res.StatusCode, res.Cookies())
			}
		}
	})
}

// TestSecureCookie holds that over https the cookie is one that no other host
// can set.
func TestSecureCookie(t *testing.T) {
	t.Parallel()
	each(t, access.Options{Demo: true}, func(x *town) {
		mux := http.NewServeMux()
		account.Routes(mux, account.Options{Access: x.access, Secure: true})
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/signin/as", strings.NewReader("login=zhao"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		mux.ServeHTTP(w, r)
		cs := w.Result().Cookies()
		if len(cs) != 1 || cs[0].Name != "__Host-session" || !cs[0].Secure || cs[0].Path != "/" || cs[0].Domain != "" {
			x.t.Errorf("cookies %v", cs)
		}
	})
}
