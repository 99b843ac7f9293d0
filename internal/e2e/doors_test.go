//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"yuanba/internal/domain/matters"
)

// 外审 reads everything and can write nothing.
func TestAuditorOnlyReads(t *testing.T) {
	t.Parallel()
	p := town(t)
	private := p.raise(p.granny(), matters.Raising{Body: "隔壁天天打麻将到半夜，不想让人晓得是我说的。", Public: false})
	number := p.handling("水管漏了三天，墙都泡起皮了。")
	u := p.staff("audit", "外审", Options{})
	for _, at := range []string{"/matters/" + private.Number, "/matters/" + number, "/matters", "/inbox", "/trail"} {
		u.Open(at)
		if u.Status() != 200 {
			t.Errorf("%s: %d", at, u.Status())
		}
		u.NotSee("陈秀英")
	}
	u.Open("/matters/" + private.Number)
	u.See("打麻将到半夜", "只有办事的人")
	for _, act := range []string{"受理", "催办", "屏蔽", "撤回", "派遣"} {
		if u.Visible(`main .button:has-text("`+act+`")`) || u.Visible(`aside .button:has-text("`+act+`")`) {
			t.Errorf("外审 is offered %s", act)
		}
	}
	u.Open("/matters/" + private.Number + "/decline")
	if u.Status() == 200 {
		u.Fill("[name=words]", "试试看能不能写。")
		next(u)
		if u.Status() != 403 {
			t.Errorf("外审 declined: %d", u.Status())
		}
	}
	u.Sound()
	if s := p.matter(p.As("audit"), private.Number); len(s.Steps) != 0 {
		t.Errorf("%d steps were written", len(s.Steps))
	}
}

// A stranger sees no private matter, whatever they try; what is not there and
// what is not theirs look the same, in both languages.
func TestStrangerSeesNothingPrivate(t *testing.T) {
	t.Parallel()
	p := town(t)
	s := p.raise(p.granny(), matters.Raising{Body: "孙子在学校遭欺负了，先不要声张。", Public: false})
	if err := p.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Screen: Phone}, {Screen: Desk, Lang: "en"}} {
		u := p.stranger("路人", o)
		say := map[string]string{"": "没有找到这一页", "en": "There is no such page"}[o.Lang]
		for _, at := range []string{"/matters/" + s.Number, "/matters/QL-2019-000001", "/matters/" + s.Number + "/slip", "/matters/" + s.Number + "/support", "/none"} {
			u.Open(at)
			if u.Status() != 404 {
				t.Errorf("%s: %d", at, u.Status())
			}
			u.See(say)
			u.NotSee("声张")
			u.Sound()
		}
		for _, at := range []string{"/matters?q=声张", "/matters", "/matters?q=" + s.Number, "/"} {
			u.Open(at)
			u.NotSee("先不要声张", s.Number+"</span>")
		}
		u.Open("/inbox")
		if got := u.URL(); got != "/signin?next=%2Finbox" {
			t.Errorf("the inbox led a stranger to %s", got)
		}
	}
	zhou := p.resident("周敏", Options{Lang: "zh-CN"})
	zhou.Open("/inbox")
	if zhou.Status() != 403 {
		t.Errorf("a resident at the inbox: %d", zhou.Status())
	}
	zhou.See("回首页")
	zhou.Sound()
	wu := p.staff("wu", "吴科长", Options{})
	wu.Open("/matters/" + s.Number)
	if wu.Status() != 404 {
		t.Errorf("an officer whose matter it is not: %d", wu.Status())
	}
}

// What is wrong in a form stands beside its field, and what was typed stays.
func TestWrongInputStays(t *testing.T) {
	t.Parallel()
	p := town(t)
	u := p.stranger("路人", Options{Screen: Phone})
	u.Open("/raise")
	next(u)
	u.See("请说说是什么事", "有 1 处需要改一下")
	if u.Attr("[name=body]", "aria-invalid") != "true" || u.Attr("[name=body]", "aria-describedby") == "" {
		t.Error("the empty field is not marked")
	}
	u.Sound()
	u.Fill("[name=body]", "<b>井盖</b>翘了'; DROP TABLE matter; --")
	u.Attach("[name=files]", written(t, "run.svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`))
	next(u)
	if u.Status() != 422 || u.Value("[name=body]") != "<b>井盖</b>翘了'; DROP TABLE matter; --" {
		t.Errorf("a drawing with a script: %d, %q stays", u.Status(), u.Value("[name=body]"))
	}
	if u.Count("#f-files-err") != 1 {
		t.Error("what is wrong with the photo is not said beside it")
	}
	u.Sound()
	next(u) // the photo is gone with the answer; the words are enough
	u.See("是哪一类事")
	next(u)
	u.See("在哪里")
	u.Fill("[name=place_words]", "")
	next(u)
	if u.Status() != 422 {
		t.Errorf("no place: %d", u.Status())
	}
	u.See("请说一下在哪里")
	u.Sound()
	u.Fill("[name=place_words]", "老桥头")
	next(u)
	u.Fill("[name=phone]", "12")
	next(u)
	if u.Status() != 422 || u.Value("[name=phone]") != "12" {
		t.Errorf("half a telephone number: %d, %q stays", u.Status(), u.Value("[name=phone]"))
	}
	u.Sound()
	u.Fill("[name=phone]", "")
	next(u)
	u.See("已经收到了")
	number := u.Text(".slip-number")
	u.Go("text=看办理情况")
	u.See("<b>井盖</b>翘了'; DROP TABLE matter; --", number)
	if u.Dialogs() != 0 {
		t.Error("a dialog was shown")
	}
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
