//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"strings"
	"testing"

	"yuanba/internal/apptest"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/sqldb/sqldbtest"
)

// The whole life of a matter by the people whose turn it is, each on their own
// page, through "not solved" and back.
func TestWholeLife(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		wholeLife(t, town(t), true)
	})
	t.Run("without script", func(t *testing.T) {
		t.Parallel()
		wholeLife(t, town(t), false)
	})
	if os.Getenv(sqldbtest.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			w := apptest.LivedPostgres(t)
			wholeLife(t, &place{w, t, w.Serve()}, true)
		})
	}
}

// cast are those who take part, each with a browser of their own.
type cast struct{ zhou, zhao, wu, zheng *User }

func wholeLife(t *testing.T, p *place, script bool) {
	t.Helper()
	zhou := p.resident("周敏", Options{NoScript: !script})
	number, _ := raiseLamp(zhou, photo(t), func(string) {})
	c := cast{zhou, p.staff("zhao", "赵调度", Options{NoScript: !script}), p.staff("wu", "吴科长", Options{Screen: Phone, NoScript: !script}), p.staff("zheng", "郑核查", Options{Screen: Phone, NoScript: !script})}

	if script {
		intake(t, c.zhao, number)
	} else {
		intakeByHand(c.zhao, number)
	}
	c.zhao.Go(`.turn-acts a:has-text("派遣")`)
	c.zhao.Choose("[name=lead]", "水务局")
	c.zhao.Fill("[name=words]", "泵房旁边那盏，请一并看看。")
	c.zhao.Sound()
	next(c.zhao)
	c.zhao.See("邛崃市水务局", "已派遣", "泵房旁边那盏")
	c.zhao.Sound()

	handleAndVerify(t, c, number, "3月2日下午换了灯泡和触发器，试亮正常。")
	c.zhao.Open("/matters/" + number)
	c.zhao.See("轮到您")
	if pictured(t) {
		c.zhao.Shot("matter")
	}
	c.zhao.Go(`.turn-acts a:has-text("结案")`)
	c.zhao.Sound()
	next(c.zhao)
	c.zhao.See("已结案", "现在不用再等谁")

	// 周敏: not solved
	zhou.Open("/matters/" + number)
	zhou.See("已结案", "试亮正常", "这件事办结了")
	zhou.NotSee("泵房旁边那盏", "吴科长", "赵调度")
	zhou.Sound()
	rateAs(zhou, "没有解决", "昨晚又灭了。")
	zhou.See("重新办理", "办理中", "昨晚又灭了")
	zhou.Sound()

	// the same unit again
	handleAndVerify(t, c, number, "3月3日把整条线换了，连看两晚都亮。")
	c.zhao.Open("/matters/" + number)
	c.zhao.Go(`.turn-acts a:has-text("结案")`)
	next(c.zhao)
	zhou.Open("/matters/" + number)
	zhou.See("已结案", "连看两晚都亮", "请您说一句")
	rateAs(zhou, "解决了", "谢谢，老人敢出门了。")
	zhou.See("解决了", "谢谢，老人敢出门了")

	w := p.matter(p.As("audit"), number)
	var acts []string
	for _, s := range w.Steps {
		acts = append(acts, string(s.Act))
	}
	if got, want := strings.Join(acts, " "), "accept rule classify dispatch dispatch take handle verify close rate reopen handle verify close rate"; got != want {
		t.Errorf("the story is\n\t%s\nwant\n\t%s", got, want)
	}
	if w.Matter.State != matters.Closed || w.Matter.Solved != matters.Yes || w.Matter.Reopened != 1 {
		t.Errorf("at the end %s, solved %q, reopened %d times", w.Matter.State, w.Matter.Solved, w.Matter.Reopened)
	}
}

// pictured reports whether this is the run of several of which the pictures are
// kept.
func pictured(t *testing.T) bool { return strings.HasSuffix(t.Name(), "/sqlite") }

// intake: 赵调度 finds the matter in the inbox with the keyboard, accepts it
// together with another by the bulk bar, and classifies it.
func intake(t *testing.T, zhao *User, number string) {
	t.Helper()
	zhao.Open("/inbox")
	zhao.Sound()
	if pictured(t) {
		zhao.Shot("inbox")
	}
	zhao.See("轮到我", number)
	rows := zhao.Texts(".rows[data-keys] > .row")
	at := -1
	for i, r := range rows {
		if strings.Contains(r, number) {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("%s is not in the inbox: %q", number, rows)
	}
	for range at + 1 {
		zhao.Press("j")
	}
	zhao.Press("j")
	zhao.Press("k")
	if at == len(rows)-1 { // there was nothing below to come back from
		zhao.Press("j")
	}
	if f := zhao.Focused(); !strings.Contains(f, number) {
		t.Errorf("j and k led to %s", f)
	}
	zhao.Press("x")
	zhao.See("已选 1 件")
	zhao.Go(`.bulk button[value=accept]`)
	zhao.See("1 件办好了")
	zhao.Sound()
	zhao.Open("/inbox")
	for i, r := range zhao.Texts(".rows[data-keys] > .row") {
		if strings.Contains(r, number) {
			for range i + 1 {
				zhao.Press("j")
			}
			zhao.Go(`.row.at .row-link`)
		}
	}
	if zhao.URL() != "/matters/"+number {
		t.Errorf("opened %s", zhao.URL())
	}
	zhao.See("轮到您", "请分类")
	zhao.Go(`.turn-acts a:has-text("分类")`)
	zhao.Sound()
	next(zhao)
	zhao.See("已分类", "请派给承办单位")
}

// intakeByHand is intake without script: the box is ticked, the bar's acts are
// there from the beginning.
func intakeByHand(zhao *User, number string) {
	zhao.t.Helper()
	zhao.Open("/inbox")
	zhao.Check(`input[name=id][value="` + number + `"]`)
	zhao.Go(`.bulk button[value=accept]`)
	zhao.See("1 件办好了")
	row(zhao, number)
	zhao.Go(`.turn-acts a:has-text("分类")`)
	next(zhao)
	zhao.See("已分类", "请派给承办单位")
}

// handleAndVerify: 吴科长 takes the matter, unless it came back to him, and
// reports with a photo; 郑核查 looks at it on the spot.
func handleAndVerify(t *testing.T, c cast, number, result string) {
	t.Helper()
	c.wu.Open("/inbox")
	c.wu.See(number)
	c.wu.Sound()
	c.wu.Go(`.row:has-text("` + number + `") .row-link`)
	if c.wu.Visible(`.turn-acts button:has-text("签收")`) {
		c.wu.Go(`.turn-acts button:has-text("签收")`)
		c.wu.See("签收了", "办理中")
	}
	c.wu.Go(`.turn-acts a:has-text("报告办理结果")`)
	c.wu.Fill("[name=words]", "好了")
	next(c.wu)
	if c.wu.Status() != 422 || c.wu.Value("[name=words]") != "好了" {
		t.Errorf("two characters for a result: %d, %q stays", c.wu.Status(), c.wu.Value("[name=words]"))
	}
	c.wu.See("至少 4 个字")
	c.wu.Sound()
	c.wu.Fill("[name=words]", result)
	c.wu.Attach("[name=files]", photo(t))
	next(c.wu)
	c.wu.See("已办好，待核查", result)
	c.wu.Sound()

	c.zheng.Open("/inbox")
	c.zheng.Go(`.row:has-text("` + number + `") .row-link`)
	c.zheng.Go(`.turn-acts a:has-text("核查")`)
	next(c.zheng)
	c.zheng.See("请先到现场看过")
	c.zheng.Sound()
	c.zheng.Check("[name=met]")
	c.zheng.Fill("[name=words]", "晚上八点到现场，灯是亮的。")
	next(c.zheng)
	c.zheng.See("已核查，待结案")
	c.zheng.Sound()
}

// rateAs says whether it is solved.
func rateAs(u *User, solved, words string) {
	u.t.Helper()
	u.Go(`main a:has-text("评价")`)
	u.Sound()
	u.Click(`label.option:has-text("` + solved + `")`)
	u.Fill("[name=words]", words)
	next(u)
}
