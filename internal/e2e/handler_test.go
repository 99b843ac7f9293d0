//go:build e2e

// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"testing"

	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/id"
)

// 吴科长 signs for a matter, reads how its limit is counted, asks for more time, and
// has his reply read before it leaves; 何警官's unit helps; 孙书记 decides about the time.
func TestHandlerOfThePlatform(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"desk": {}, "phone without script": {Screen: Phone, NoScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := town(t)
			ctx, zhao := context.Background(), p.As("zhao")
			s := p.classified("巷口水管一直渗水，什么时候能修好？为什么拖了这么久？", p.Matters.Catalogue().Suggest("水管 漏水", 1)[0].Code)
			p.must(p.Matters.Dispatch(ctx, zhao, s.ID, matters.Dispatching{Lead: p.As("wu").Unit, Assist: []id.ID{p.As("he").Unit}}))
			wu := p.staff("wu", "吴科长", o)
			wu.Open("/inbox")
			row(wu, s.Number)
			wu.See("文君街道派出所")
			wu.Go(`.turn-acts button:has-text("签收")`)
			moreTime(t, p, wu, s.Number)
			assisting(t, p.staff("he", "何警官", o), wu, s.Number)
			checked(t, p, wu, s.Number)
		})
	}
}

// moreTime: the reason and the length are asked for, and whoever decides reads both.
func moreTime(t *testing.T, p *place, wu *User, number string) {
	t.Helper()
	wu.Go(`a[href="/matters/` + number + `/clock"]`)
	wu.See("期限是怎么算的", "办理", "逐段看")
	wu.Sound()
	wu.Open("/matters/" + number)
	wu.Go(`aside a:has-text("申请延期")`)
	wu.Sound()
	wu.Fill("[name=n]", "999")
	wu.Fill("[name=words]", "要挖开路面，等天晴才能施工。")
	next(wu)
	if wu.Status() != 422 || wu.Value("[name=n]") != "999" || wu.Value("[name=words]") == "" {
		t.Errorf("far too long: %d, %q stays", wu.Status(), wu.Value("[name=n]"))
	}
	wu.See("一次延期不能超过最初的办理时限")
	wu.Sound()
	wu.Fill("[name=n]", "1")
	next(wu)
	wu.See("已申请延期", "等批复")
	wu.Sound()
	before := p.matter(p.As("wu"), number).Matter.Due
	sun := p.staff("sun", "孙书记", Options{})
	sun.Open("/matters/" + number)
	sun.Go(`aside a:has-text("同意延期")`)
	sun.See("等天晴才能施工")
	sun.Sound()
	next(sun)
	sun.See("已同意延期")
	if after := p.matter(p.As("wu"), number).Matter.Due; !after.After(before) {
		t.Errorf("due %s before, %s after", before, after)
	}
}

// assisting: the unit that helps says what it did, and the one that leads reads it.
func assisting(t *testing.T, he, wu *User, number string) {
	t.Helper()
	he.Open("/inbox")
	he.See("另外请您做的", number)
	he.Sound()
	he.Go(`.row:has-text("` + number + `") .row-link`)
	if he.Visible(`aside a:has-text("协办回复")`) {
		he.Go(`aside a:has-text("协办回复")`)
	}
	he.Fill("[name=words]", "施工那天派两人看住路口。")
	he.Sound()
	next(he)
	he.See("看住路口")
	wu.Open("/matters/" + number)
	wu.See("协办", "看住路口")
	wu.Sound()
}

// checked: what the program has to say about a reply is advice, and sends nothing.
func checked(t *testing.T, p *place, wu *User, number string) {
	t.Helper()
	wu.Go(`.turn-acts a:has-text("报告办理结果")`)
	look := func(words string, see ...string) {
		t.Helper()
		wu.Fill("[name=words]", words)
		if wu.NoScript {
			wu.Go(`button[data-check]`)
		} else {
			wu.Click(`button[data-check]`)
			wu.Wait(`[data-advice]:has-text("` + see[0] + `")`)
		}
		wu.See(see...)
		wu.Sound()
		if got := wu.Value("[name=words]"); got != words {
			t.Errorf("%q stays", got)
		}
	}
	look("您反映的问题我们高度重视，感谢您的关心支持！", "没有写是谁去办的", "没有写具体做了什么", "发出前再看看", "怎么写由您定")
	if wu.Screen == Desk {
		wu.Shot("reply-check")
	}
	look("因为管子老化，3月5日水务局王师傅到现场换了水管，3月6日恢复了供水。", "没有要提醒的")
	if m := p.matter(p.As("wu"), number).Matter; m.State != matters.Handling {
		t.Errorf("reading the reply has made it %s", m.State)
	}
	next(wu)
	wu.See("已办好，待核查", "王师傅到现场换了水管")
	wu.Sound()
}
