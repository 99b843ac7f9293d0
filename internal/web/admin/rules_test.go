// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"encoding/json"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yuanba/internal/domain/access"
	"yuanba/internal/kit/errs"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		ctx := d.t.Context()
		d.get("/admin/accounts").says(200, "系统员", "/admin/accounts/add")
		d.get("/admin/accounts?q=zha").says(200, "赵调度", "!系统员</a>")
		d.get("/admin/accounts?q=zzz").says(200, "没有这样的账号")
		d.get("/admin/accounts?from=-9").says(200)
		d.get("/admin/accounts/add").says(200)
		d.post("/admin/accounts/add", "login", "", "name", "").says(422, `id="f-login-err"`, `id="f-name-err"`)
		d.post("/admin/accounts/add", "login", "zhao", "name", "赵二").says(422, `id="f-login-err"`, "已经有人用了")
		d.post("/admin/accounts/add", "login", "lisi", "name", "李四", "password", "12345678").says(422, `id="f-password-err"`, "!12345678")
		at := d.post("/admin/accounts/add", "login", "lisi", "name", "李四", "password", "宝塔下面的 院坝 29").done()
		d.get(at).says(200, "李四", "还没有岗位")
		if _, sess, err := d.town.Access.SignIn(ctx, "lisi", "宝塔下面的 院坝 29", access.Client{}); err != nil || sess.Stage != access.Change {
			d.t.Errorf("the first sign-in: %v in stage %s", err, sess.Stage)
		}
		d.get(at+"/rename").says(200, `value="李四"`)
		d.post(at+"/rename", "name", "李小四").done()
		d.get(at + "/password").says(200)
		d.post(at+"/password", "password", "short").says(422, `id="f-password-err"`)
		d.post(at+"/password", "password", "河边的 柳树 31 棵").done()
		d.get(at + "/revoke").says(200)
		d.post(at + "/revoke").done()
		d.get(at+"/disable").says(200, `class="button danger"`)
		d.post(at + "/disable").done()
		d.get(at).says(200, "已停用", "重新启用")
		if _, _, err := d.town.Access.SignIn(ctx, "lisi", "河边的 柳树 31 棵", access.Client{}); errs.KindOf(err) != errs.Invalid {
			d.t.Errorf("sign-in to a disabled account: %v", err)
		}
		d.post(at + "/disable").says(409)
		d.post(at + "/enable").done()
		d.get("/admin/accounts/0000000000999").says(404)
		li := d.get("/admin/accounts?q=li").says(200).Body.String()
		d.get(regexp.MustCompile(`/admin/accounts/[0-9A-Z]{13}`).FindString(li)).says(200, "写明用途后查看")
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		water := d.town.As("wu").Unit.String()
		d.get("/admin/keys").says(200, "/admin/keys/add")
		d.get("/admin/keys/add").says(200, "每分钟最多几次")
		d.post("/admin/keys/add").says(422, `id="f-name-err"`, `id="f-scopes-err"`)
		d.post("/admin/keys/add", "name", "水务系统", "scopes", "updates:write").says(422, `id="f-unit-err"`, `value="水务系统"`)
		d.post("/admin/keys/add", "name", "水务系统", "scopes", "everything").says(422, `id="f-scopes-err"`)
		d.post("/admin/keys/add", "name", "水务系统", "scopes", "updates:write", "account", "nobody").says(422, `id="f-account-err"`)
		shown := d.post("/admin/keys/add", "name", "水务系统", "scopes", "updates:write", "unit", water, "per_minute", "90", "expires", "2026-12-31").says(200, "只显示这一次").Body.String()
		words := regexp.MustCompile(`yb_[A-Za-z0-9_-]{43}`).FindString(shown)
		m, err := d.town.Access.ByKey(d.t.Context(), words)
		if err != nil || m.Key.PerMinute != 90 || m.Key.Unit.String() != water {
			d.t.Fatalf("the key shown: %+v, %v", m, err)
		}
		at := "/admin/keys/" + m.Key.ID.String()
		d.get("/admin/keys").says(200, at, "水务系统", "!"+words)
		d.get(at).says(200, "updates:write", "用 Open311 写办理进展", "!"+words)
		d.get(at+"/revoke").says(200, `class="button danger"`)
		d.post(at + "/revoke").done()
		if _, err := d.town.Access.ByKey(d.t.Context(), words); errs.KindOf(err) != errs.Denied {
			d.t.Errorf("a revoked key: %v", err)
		}
		d.get(at).says(200, "已作废", "!作废这把密钥")
		d.post(at + "/revoke").says(409)
		d.get("/admin/keys/0000000000999").says(404)
	})
}

func TestConnections(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		unit := d.town.As("deng").Unit.String()
		d.get("/admin/connections").says(200, "还没有对接")
		d.get("/admin/connections/add").says(200, "姓名、电话和不公开的事项不会送出去")
		d.post("/admin/connections/add").says(422, `id="f-name-err"`, `id="f-endpoint-err"`, `id="f-unit-err"`, `id="f-push-err"`)
		d.post("/admin/connections/add", "name", "邻市", "endpoint", "file:///etc/passwd", "unit", unit, "push", "1", "services", "road 001").says(422, `id="f-services-err"`, "road 001")
		at := d.post("/admin/connections/add", "name", "邻市", "endpoint", "https://example.org/v2", "key", "their-secret", "unit", unit, "push", "1", "services", "road = 001\n* = 9", "active", "1").done()
		d.get(at).says(200, "邻市", "https://example.org/v2", "还没有问过", "!their-secret")
		edit := d.get(at+"/edit").says(200, "road = 001", "!their-secret").Body.String()
		v := sent(edit)
		v.Set("services", "nonsense = 1")
		pairs := []string{}
		for name := range v {
			pairs = append(pairs, name, v.Get(name))
		}
		d.post(at+"/edit", pairs...).says(422, `id="f-services-err"`)
		d.get("/admin/connections").says(200, at)
		d.get("/admin/connections/0000000000999").says(404)
		d.post(at+"/again", "transfer", "0000000000999").says(404)
	})
}

// sent is what the form of a page would send as it stands.
func sent(page string) url.Values {
	v := url.Values{}
	for _, m := range regexp.MustCompile(`(?s)<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>`).FindAllStringSubmatch(page, -1) {
		v.Set(m[1], html.UnescapeString(strings.TrimPrefix(m[2], "\n")))
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		if o := regexp.MustCompile(`<option value="([^"]*)" selected>`).FindStringSubmatch(m[2]); o != nil {
			v.Set(m[1], html.UnescapeString(o[1]))
		}
	}
	value, name := regexp.MustCompile(`\bvalue="([^"]*)"`), regexp.MustCompile(`\bname="([^"]*)"`)
	for _, m := range regexp.MustCompile(`<input [^>]*>`).FindAllString(page, -1) {
		n := name.FindStringSubmatch(m)
		if n == nil || strings.Contains(m, `type="checkbox"`) && !strings.Contains(m, " checked") {
			continue
		}
		v.Set(n[1], html.UnescapeString(value.FindStringSubmatch(m)[1]))
	}
	delete(v, "back")
	delete(v, "large")
	delete(v, "lang")
	return v
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func pairs(v url.Values, with ...string) []string {
	v = maps.Clone(v)
	for i := 0; i+1 < len(with); i += 2 {
		v.Set(with[i], with[i+1])
	}
	var ps []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		ps = append(ps, k, v.Get(k))
	}
	return ps
}

func TestCategories(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		cat := d.town.Matters.Catalogue
		d.get("/admin/categories").says(200, "路面坑洼破损", "办理 5 个工作日")
		d.get("/admin/categories/nothing").says(404)
		before, _ := cat().Get("road")
		at := "/admin/categories/road"
		same := sent(d.get(at).says(200, "路烂了", "问题 4", "hole | 有坑 | A hole").Body.String())
		d.post(at, pairs(same)...).done()
		after, _ := cat().Get("road")
		if b, a := string(mustJSON(d.t, before)), string(mustJSON(d.t, after)); a != b {
			d.t.Errorf("a form sent as it stood changed the category\n%s\n%s", b, a)
		}
		for i, k := range cat().Categories {
			if i%8 > 0 && k.Code != "other" { // every eighth will do
				continue
			}
			form := sent(d.get("/admin/categories/" + k.Code).Body.String())
			d.post("/admin/categories/"+k.Code, pairs(form)...).done()
			now, _ := cat().Get(k.Code)
			if b, a := string(mustJSON(d.t, k)), string(mustJSON(d.t, now)); a != b || !now.Active {
				d.t.Errorf("%s: a form sent as it stood changed the category\n%s\n%s", k.Code, b, a)
			}
		}

		d.post(at, pairs(same)...).says(409)
		same = sent(d.get(at).Body.String())
		for field, with := range map[string][]string{
			"name":          {"name_en", ""},
			"closing":       {"closing", ""},
			"group":         {"group", "moon"},
			"limit_handle":  {"limit_handle", ""},
			"limit_verify":  {"limit_verify", "many"},
			"urgent_accept": {"urgent_handle", "2紧急工作时"},
			"icon":          {"icon", "dragon"},
			"q1_key":        {"q1_key", "Was?"},
			"q2_key":        {"q2_key", "what"},
			"q1_choices":    {"q1_choices", "hole | 有坑"},
			"q3_type":       {"q3_key", "depth", "q3_zh", "多深", "q3_en", "How deep"},
			"q3_en":         {"q3_key", "depth", "q3_zh", "多深", "q3_type", "number"},
			"q3_max":        {"q3_key", "depth", "q3_zh", "多深", "q3_en", "How deep", "q3_type", "number", "q3_min", "9", "q3_max", "3"},
			"stop_question": {"stop_question", "nothing", "stop_zh", "先打电话", "stop_en", "ring first"},
			"stop_is":       {"stop_question", "fallen", "stop_is", "maybe", "stop_zh", "先打电话", "stop_en", "ring first"},
			"stop_en":       {"stop_zh", "先打电话"},
		} {
			d.post(at, pairs(same, with...)...).says(422, `id="f-`+field+`-err"`)
		}
		d.post(at, pairs(same, "q3_key", "depth", "q3_zh", "多深", "q3_en", "How deep", "q3_type", "number", "q3_max", "300", "stop_question", "fallen", "stop_is", "yes", "stop_zh", "先打120", "stop_en", "Ring 120 first", "stop_phone", "120")...).done()
		k, _ := cat().Get("road")
		if len(k.Questions) != 3 || k.Questions[2].Max != 300 || k.Stopper == nil || k.Stopper.When.Question != "fallen" {
			d.t.Errorf("the question and the stopper were not kept: %+v %+v", k.Questions, k.Stopper)
		}
		to := d.post(at + "/active").done()
		if k, _ := cat().Get("road"); k.Active || to != "/admin/categories" {
			d.t.Error("not taken out of use")
		}
		d.post(at + "/active").done()

		fresh := sent(d.get("/admin/categories/add").says(200).Body.String())
		d.post("/admin/categories/add", pairs(fresh, "code", "road", "name", "新类", "name_en", "New", "closing", "好了", "closing_en", "done", "group", "other")...).says(422, `id="f-code-err"`)
		d.post("/admin/categories/add", pairs(fresh, "code", "new-kind", "name", "新类", "name_en", "New", "closing", "好了", "closing_en", "done", "group", "other")...).done()
		if k, ok := cat().Get("new-kind"); !ok || !k.Active || k.Limits.Handle.N != 5 {
			d.t.Errorf("the new category: %+v", k)
		}
	})
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		d.get("/admin/templates").says(200)
		d.get("/admin/templates/add").says(200)
		d.post("/admin/templates/add", "act", "accept", "name", "", "words", "x").says(422, `id="f-act-err"`, `id="f-name-err"`, `id="f-words-err"`)
		d.post("/admin/templates/add", "act", "close", "name", "谢谢", "words", "已经办好，谢谢您说这件事。", "active", "1").done()
		list := d.get("/admin/templates").says(200, "谢谢", "结案").Body.String()
		at := regexp.MustCompile(`/admin/templates/[0-9A-Z]{13}`).FindString(list)
		form := sent(d.get(at).says(200, "已经办好").Body.String())
		d.post(at, pairs(form, "words", "已经办好。")...).done()
		d.post(at, pairs(form, "words", "别人先改了。")...).says(409, "别人先改了。")
		d.get(at).says(200, "已经办好。")
		d.get("/admin/templates/x").says(404)
	})
}
