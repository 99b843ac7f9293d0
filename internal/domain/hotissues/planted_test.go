// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

var (
	troubles = map[string][]string{
		"搅拌站": {"小区旁边建搅拌站，粉尘漫天", "搅拌站噪音扰民，灰尘很大", "附近新建混凝土搅拌站，环境污染严重", "搅拌站日夜生产，轰鸣声让人无法入睡", "水泥搅拌车进出，尘土飞扬，孩子咳嗽不止"},
		"车位":  {"开发商捆绑销售车位", "买房必须买车位，不合理", "要求撤销捆绑车位的霸王条款", "房子车位打包卖，职工买不起", "强制购买地下停车位，侵害购房者权益"},
		"油烟":  {"楼下餐饮店油烟扰民", "烧烤店油烟直排，呛得开不了窗", "一楼门面开饭店，油烟太大", "夜宵摊油烟熏人，天天闻臭味", "烟道没接好，油烟往家里灌"},
		"电梯":  {"电梯经常出故障，老人被困", "电梯坏了半个月没人修", "电梯多次坠落，求检修", "高层电梯停运，住户爬楼", "电梯困人事件频发，物业不管"},
		"停水":  {"自来水水压太低，高层没水用", "停水三天无人通知", "每天晚上断水，无法洗澡做饭", "二次供水水质发黄", "水管老化总爆管停水"},
		"房产证": {"房产证迟迟办不下来", "入住五年没有产权证", "开发商拖延办理不动产证", "交房多年拿不到房产证，影响孩子上学"},
		"流浪狗": {"流浪狗成群咬人", "遛狗不牵绳，狗屎遍地", "大型犬咬伤小孩", "养狗扰民，半夜狂叫", "野狗乱窜，老人不敢出门"},
	}
	kinds  = []string{"搅拌站", "车位", "油烟", "电梯", "停水", "房产证", "流浪狗"}
	firsts = strings.Split("丽伊金魅绿万恒中保碧阳星梅桐湘楚银福月润奥长紫凯锦鑫华汇", "")
	nexts  = strings.Split("景发科力地大海桂光沙代溪梓江云杉盛和湖泰克岛荣龙城御香翠达", "")
	lasts  = []string{"新城", "花园", "小区", "家园", "国际", "之城", "公馆", "苑", "府", "名城", "山庄", "园"}
	parts  = []string{"A1区", "A2区", "A3区", "A7县", "A9市", "K3县"}
	forms  = []string{"%s%s", "关于%s%s的问题", "反映%s%s", "投诉%s%s", "%s：%s！", "请求解决%s%s"}
	fills  = []string{"希望领导能重视，尽快解决。", "请相关部门给个说法。", "我们多次向社区反映无果。", "严重影响了居民的正常生活。", "家里有老人小孩，实在受不了。", "望尽快回复，谢谢！", "已经持续好几个月了。", "找物业说过很多次，一直没人管。"}
)

// planted is messages among which it is known who belongs together.
type planted struct {
	rnd   *rand.Rand
	used  map[string]bool
	all   []Message
	truth map[string]string // by ID; no entry: alone
	begin time.Time
}

func pick[T any](r *rand.Rand, s []T) T { return s[r.IntN(len(s))] }

func (p *planted) place() string {
	return pick(p.rnd, firsts) + pick(p.rnd, nexts) + pick(p.rnd, lasts)
}

// fresh is a place and a trouble that were not together before.
func (p *planted) fresh() (place, kind string) {
	for {
		place, kind = p.place(), pick(p.rnd, kinds)
		if !p.used[place+kind] {
			p.used[place+kind] = true
			return place, kind
		}
	}
}

func (p *planted) add(place, kind, truth, user string, at time.Time) {
	r, ws := p.rnd, troubles[kind]
	what := pick(r, ws)
	if r.IntN(2) == 0 {
		what, _, _ = strings.Cut(what, "，")
	}
	part := pick(r, parts)
	id := fmt.Sprint(100_000 + len(p.all))
	if user == "" {
		user = "U" + id
	}
	detail := fmt.Sprintf("您好，我住在%s%s。%s。%s。", part, place, pick(r, ws), pick(r, ws))
	for range 2 + r.IntN(3) {
		detail += pick(r, fills)
	}
	p.all = append(p.all, Message{ID: id, User: user, Subject: fmt.Sprintf(pick(r, forms), pick(r, []string{part + place, place, "A市" + part + place}), what), Detail: detail, At: at, Likes: r.IntN(4)})
	if truth != "" {
		p.truth[id] = truth
	}
}

// plant makes groups of the sizes and as many messages of people who write alone.
func plant(seed uint64, sizes []int, alone int) *planted {
	p := &planted{rnd: rand.New(rand.NewPCG(seed, 99)), used: map[string]bool{}, truth: map[string]string{}, begin: time.Date(2019, 1, 1, 8, 0, 0, 0, time.UTC)}
	day := 24 * time.Hour
	for g, n := range sizes {
		place, kind := p.fresh()
		start, span := p.begin.Add(time.Duration(p.rnd.IntN(300))*day), pick(p.rnd, []int{7, 20, 60})
		for range n {
			p.add(place, kind, fmt.Sprint("group", g), "", start.Add(time.Duration(p.rnd.IntN(span*24))*time.Hour))
		}
	}
	for range alone {
		place, kind := p.fresh()
		p.add(place, kind, "", "", p.begin.Add(time.Duration(p.rnd.IntN(360*24))*time.Hour))
	}
	p.rnd.Shuffle(len(p.all), func(i, j int) { p.all[i], p.all[j] = p.all[j], p.all[i] })
	return p
}
