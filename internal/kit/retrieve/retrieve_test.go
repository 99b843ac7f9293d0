// SPDX-License-Identifier: Apache-2.0

package retrieve_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"yuanba/internal/kit/retrieve"
)

// town are a few answers as a town publishes them.
var town = []retrieve.Text{
	{Title: "老人高龄补贴怎么领", Asked: "我妈满八十了，补贴怎么申请？", Body: "年满八十周岁的户籍老人，凭身份证到社区登记，次月起按月发放高龄津贴。"},
	{Title: "孩子上小学怎么报名", Asked: "在外打工，孩子回来读小学", Body: "适龄儿童凭户口簿和居住证明，六月在学区小学登记，外来务工人员凭居住证办理。"},
	{Title: "医药费哪里报销", Asked: "外地住院的钱能报不", Body: "参保人员在市外就医，凭发票和出院小结到医保经办窗口办理零星结算。"},
	{Title: "自来水停水找谁", Asked: "小区没水", Body: "计划停水提前一天公告；突然停水请拨打供水服务热线报修。"},
	{Title: "邛崃市城乡居民基本养老保险实施办法", Body: "参保人年满六十周岁，缴费满十五年的，按月领取基础养老金和个人账户养老金。"},
}

func TestFind(t *testing.T) {
	t.Parallel()
	x := retrieve.Build(town)
	for q, want := range map[string]int{
		"八十岁的老人有什么补贴": 0, "打工人员的孩子读小学": 1, "外地住院的费用能报销不": 2, "停水了": 3, "养老金满多少年可以领": 4,
	} {
		hits := x.Find(q, retrieve.Ask{})
		if len(hits) == 0 || hits[0].Text != want {
			t.Errorf("%s: found %+v, want %d first", q, hits, want)
		}
	}
	if hits := x.Find("zzz", retrieve.Ask{}); len(hits) != 0 {
		t.Errorf("what stands nowhere found %+v", hits)
	}
	if hits := x.Find("", retrieve.Ask{}); len(hits) != 0 {
		t.Errorf("nothing found %+v", hits)
	}
	if hits := x.Find("小学 补贴 停水", retrieve.Ask{Most: 2}); len(hits) != 2 {
		t.Errorf("asked for 2, found %d", len(hits))
	}
	if share := x.Find("老人高龄补贴怎么领", retrieve.Ask{})[0].Share; share < 0.999 {
		t.Errorf("its own title shares %f", share)
	}
	if retrieve.Build(nil).Find("补贴", retrieve.Ask{}) != nil {
		t.Error("an empty index finds something")
	}
}

// TestByTheBody holds the ways apart: a text that was asked in other words than it
// answers in is not found by its body, and is by what it was asked.
func TestByTheBody(t *testing.T) {
	t.Parallel()
	x := retrieve.Build(town)
	const q = "外地住院的钱"
	if hits := x.Find(q, retrieve.Ask{By: retrieve.Whole}); hits[0].Text != 2 {
		t.Errorf("by everything: %+v", hits)
	}
	for _, h := range x.Find(q, retrieve.Ask{By: retrieve.Bodies}) {
		if h.Text == 2 && h.Share > 0.2 {
			t.Errorf("the body shares nothing with the question: %+v", h)
		}
	}
}

// TestBridge: of two offices' answers alike in their words, one was asked about before;
// the same question in people's words finds the other over it.
func TestBridge(t *testing.T) {
	t.Parallel()
	var texts []retrieve.Text
	for i := range 30 { // what the town talks about otherwise
		texts = append(texts, retrieve.Text{Title: fmt.Sprintf("道路%d号破损", i), Body: fmt.Sprintf("第%d号道路破损已列入养护计划，由市政设施管理所实施修补。", i)})
	}
	texts = append(texts,
		retrieve.Text{Title: "娃娃读书要交好多钱", Asked: "学校收钱合不合规", Body: "义务教育阶段免收学杂费，课后延时服务按发改部门核定标准收取。"},
		retrieve.Text{Title: "家长会", Asked: "家长会上说的", Body: "义务教育阶段课后延时服务由家长自愿选择，按核定标准收取，困难家庭减免。"})
	own := len(texts) - 1
	x := retrieve.Build(texts)
	const q = "娃娃要交钱不"
	for _, h := range x.Find(q, retrieve.Ask{By: retrieve.Bodies}) {
		if h.Text == own {
			t.Fatalf("without the bridge: %+v", h)
		}
	}
	hits := x.Find(q, retrieve.Ask{By: retrieve.Bridged, Unknown: own + 1})
	if len(hits) == 0 || hits[0].Text != own {
		t.Errorf("the bridge leads to %+v, want %d", hits, own)
	}
	for _, h := range x.Find(q, retrieve.Ask{By: retrieve.Bridged, Unknown: own}) { // the pair that carries counts as unknown
		if h.Text == own {
			t.Errorf("found without the pair that leads there: %+v", h)
		}
	}
}

func TestSameTwice(t *testing.T) {
	t.Parallel()
	var texts []retrieve.Text
	for i := range 200 {
		texts = append(texts, retrieve.Text{Title: fmt.Sprint(town[i%5].Title, i), Asked: town[(i+1)%5].Asked, Body: strings.Repeat(town[i%5].Body, 1+i%3) + fmt.Sprint(i)})
	}
	a, b := retrieve.Build(texts), retrieve.Build(texts)
	for _, by := range []retrieve.By{retrieve.Whole, retrieve.Bodies, retrieve.Bridged} {
		for i, q := range town {
			if x, y := a.Find(q.Asked+q.Title, retrieve.Ask{By: by, Unknown: i + 1}), b.Find(q.Asked+q.Title, retrieve.Ask{By: by, Unknown: i + 1}); !reflect.DeepEqual(x, y) {
				t.Errorf("%v: %+v and %+v", by, x, y)
			}
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	x := retrieve.Build(town)
	body := strings.Repeat("本办法由市人民政府制定并负责解释。", 20) + "年满八十周岁的老人按月领取高龄补贴。" + strings.Repeat("自公布之日起施行，有效期五年。", 20)
	got := x.Excerpt("八十岁老人的补贴", body, 40)
	if !strings.Contains(got, "八十周岁的老人按月领取高龄补贴") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("the passage is %q", got)
	}
	if got := x.Excerpt("补贴", "短的", 40); got != "短的" {
		t.Errorf("a short text became %q", got)
	}
}
