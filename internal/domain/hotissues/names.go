// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	_ "embed" // the list of populations
	"strings"
	"unicode"

	"yuanba/internal/kit/cluster"
	"yuanba/internal/kit/search"
)

//go:embed populations.txt
var populationList string

var populations = lines(populationList)

// lines are the lines of a list that say something.
func lines(list string) (out []string) {
	for l := range strings.Lines(list) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

// endings are how names of places end, the longer before the shorter. What comes
// after lesser is the part of a name that people leave out.
var endings = strings.Fields(`
	工业园 开发区 科技园 产业园 经济区 示范区 风景区 度假区 安置区 家属院 家属区 步行街 商业街 幼儿园 派出所 火车站 高铁站 汽车站 地铁站 服务区 体育馆 图书馆
	东路 西路 南路 北路 中路 一路 二路 三路 东街 西街 南街 北街 小区 社区 街道 花园 家园 新城 新村 新居 公寓 公馆 别墅 山庄 大厦 广场 公园 大道 大街 国道 大桥 学院 大学 中学 小学 学校 医院 市场 商场 超市 酒店 公司 集团 国际 华府 华城 庄园 佳苑 嘉园 名城 名苑 水库 楼盘 码头 商城 校区 号线 宿舍
	路 街 巷 村 镇 乡 县 区 市 苑 园 城 府 湾 郡 院 桥 厂 墅 邸 轩 里 坊 寨`)

// lesser are left out of the end of a name if enough of it remains: 丽发新城小区
// is 丽发新城.
var lesser = strings.Fields(`小区 社区 楼盘 项目 业主 居民 小学部 家属院 附近`)

// coarse ends the name of a part of the country: it says little about where
// something is.
const coarse = "省市区县州"

// ends are the endings of one letter after which a name begins anew: 园 and 城 may
// stand within one.
const ends = coarse + "镇乡路街巷"

// notAfter are the letters after which an ending is none: 路灯 is no road.
var notAfter = map[rune]string{
	'路': "灯面边口上段过人况政由线费途障标牌径虎演权", '街': "道上边头坊", '村': "民委里上干支书官部务组小口头主子", '城': "市管区乡镇中里建际", '园': "区里林丁长艺内",
	'院': "子落内里长校线方士系", '市': "场民政长委区内里级值容面医", '县': "政城里级长委医人", '区': "政别域分间内里长委", '镇': "政上长里级", '乡': "政下村里亲镇间长",
	'里': "面边外有的头", '桥': "梁面下上头洞", '府': "部门", '厂': "家区房长里", '湾': "里", '场': "舞地所",
}

// stops are letters that are hardly ever inside a name, and end it to the left.
const stops = "的了是在与及到从对向给把被让请您你我他她它们这那该本各每某因为条个座住位于至说有没无就也都不吗呢吧啊很太着过已将还又再等后去来做会能可要想看见问题反映投诉关举报建议咨询求解决内外屋楼门边旁走晚早"

// generic are what a name is called that has none.
var generic = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`
		一路 高速公路 主干道 人行道 小区 居民小区 住宅小区 附近小区 周边小区 安置小区 老旧小区 农村 新农村 全村 乡村 城市 城区 市区 县城 街道 居民区 住宅区 生活区 郊区 地区 社区 政府 物业公司 开发公司 有限公司 分公司 公司
		公交站 地铁站 幼儿园 小学 中学 学校 大学 学院 医院 市场 菜市场 农贸市场 超市 广场 公园 停车场 派出所 车站 火车站 汽车站 工地 建筑工地 施工工地 楼盘 中心 服务中心 国道 省道 大道 大街 高速 搅拌站 垃圾站 水库 酒店 加油站 马路 道路 公路 线路 一小区 几个小区
		十字路口 道里 巷里 院里 城里 村里 镇里 县里 市里 区里 厂里 园里 屋里 出路 套路 思路 铁路 线路 这里 哪里 公里 夜里 心里 人民医院 附近村 主城 房市 街道社区 第一医院 自然村 行政村 贫困村 小城 全市 全县 全省 全区 本市 我市 我县 贵省 领导 西地省 湖南省 四川省`) {
		m[w] = true
	}
	return m
}()

// A name is a place or a population that a text speaks of.
type name struct {
	text   string
	known  bool    // it is where it is said to be, however many say so
	weight float64 // how much it says where: 1 for a courtyard, little for a city
}

// A find is where a name may be: it ends at end, begins at latest, and may begin
// at any letter back to earliest.
type find struct{ earliest, latest, end int }

// writing is one text as names are looked for in it.
type writing struct {
	letters []rune // folded, spaces where something else stood
	finds   []find
}

func write(text string) writing {
	w := writing{letters: []rune(search.Fold(text))}
	rs := w.letters
	from := 0 // the beginning of the run that a name may go back to
	for i := 0; i < len(rs); i++ {
		if rs[i] == ' ' || strings.ContainsRune(stops, rs[i]) {
			from = i + 1
			continue
		}
		n := endingAt(rs, i)
		if n == 0 || rs[i+1-n] == ' ' {
			continue
		}
		end, begin := i+1, i+1-n
		if begin < from {
			continue
		}
		if k := len(w.finds); n > 1 && k > 0 && w.finds[k-1].end == begin {
			w.finds[k-1].end = end // 丽发新城小区
			from = end
			continue
		}
		latest := max(from, begin-2)
		if latest == begin {
			continue // nothing but the ending
		}
		w.finds = append(w.finds, find{max(from, begin-8), latest, end})
		if n > 1 || strings.ContainsRune(ends, rs[i]) {
			from = end
		}
	}
	return w
}

// endingAt is how long the ending is whose last letter stands at i, 0 if none
// does.
func endingAt(rs []rune, i int) int {
	for _, e := range endingsBy[rs[i]] {
		n := len(e)
		if i+1 < n || string(rs[i+1-n:i+1]) != string(e) {
			continue
		}
		if i+1 < len(rs) {
			recoded := i > 0 && rs[i-1] < 0x80 && rs[i-1] != ' ' // A1区长桂园: nobody is its 区长
			if !recoded && strings.ContainsRune(notAfter[rs[i]], rs[i+1]) {
				return 0
			}
			for _, longer := range endingsBy[rs[i+1]] { // 新|城 is not the end of 城
				if n == 1 && len(longer) > 1 && longer[len(longer)-2] == rs[i] {
					return 0
				}
			}
		}
		return n
	}
	return 0
}

// endingsBy are the endings by their last letter, the longest first.
var endingsBy = func() map[rune][][]rune {
	m := map[rune][][]rune{}
	for _, e := range endings {
		rs := []rune(e)
		m[rs[len(rs)-1]] = append(m[rs[len(rs)-1]], rs)
	}
	return m
}()

// A gazetteer knows in how many texts each letters that may be a name are.
type gazetteer struct{ tally *cluster.Tally }

// count adds a text.
func (g *gazetteer) count(w writing) {
	seen := map[cluster.Gram]bool{}
	var grams []cluster.Gram
	for _, f := range w.finds {
		for s := f.latest; s >= f.earliest; s-- {
			if x := cluster.Of('n', string(w.letters[s:f.end])); !seen[x] {
				seen[x] = true
				grams = append(grams, x)
			}
		}
	}
	g.tally.Add(grams)
}

// span is where a name begins and ends.
type span struct{ from, to int }

// begin is where a name begins: as far back as most texts that have its end say
// the same before it.
func (g *gazetteer) begin(w writing, f find) int {
	s := f.latest
	n := g.tally.Count(cluster.Of('n', string(w.letters[s:f.end])))
	if n < 2 {
		return max(f.earliest, s-1)
	}
	for s > f.earliest {
		before := g.tally.Count(cluster.Of('n', string(w.letters[s-1:f.end])))
		if before < 2 || 2*before < n {
			break
		}
		s, n = s-1, before
	}
	return s
}

// namesOf returns the names a text speaks of, each once, and where they stand.
func (g *gazetteer) namesOf(w writing) (names []name, spans []span) {
	seen := map[string]bool{}
	add := func(from, to int) {
		spans = append(spans, span{from, to})
		text := canonical(string(w.letters[from:to]))
		weight := weightOf(text)
		if weight == 0 || seen[text] {
			return
		}
		seen[text] = true
		names = append(names, name{text: text, weight: weight})
	}
	for _, f := range w.finds {
		add(g.begin(w, f), f.end)
	}
	text := string(w.letters)
	for _, p := range populations {
		if i := strings.Index(text, p); i >= 0 && !seen[p] {
			seen[p] = true
			names = append(names, name{text: p, weight: 0.6})
		}
	}
	return names, spans
}

// canonical is a name without what people leave out of it.
func canonical(text string) string {
	text = strings.Replace(text, "小区小区", "小区", 1)
	for _, l := range lesser {
		if rest, ok := strings.CutSuffix(text, l); ok && len([]rune(rest)) >= 3 {
			return rest
		}
	}
	return text
}

// weightOf is how much a name says where something is.
func weightOf(text string) float64 {
	rs := []rune(text)
	last := rs[len(rs)-1]
	switch {
	case generic[text], len(rs) < 2, isSubject(rs):
		return 0
	case !strings.ContainsRune(coarse, last), last == '区' && strings.ContainsRune("小社校居园家", rs[len(rs)-2]):
		return 1
	case last == '省', last == '市' && len(rs) <= 4:
		return 0.1
	case !cluster.Han(rs[0]), len(rs) <= 3: // A7县, 高新区
		return 0.5
	}
	for _, r := range rs[:len(rs)-1] {
		if unicode.IsDigit(r) {
			return 1 // 五矿万境K9县: a courtyard whose name was recoded
		}
	}
	return 0.6
}

// isSubject reports whether the end of a name is a word of a subject: 餐饮店 is
// none, and 停车场 neither.
func isSubject(rs []rune) bool {
	for i := range rs {
		for _, w := range subjectWords[rs[i]] {
			if end := i + len(w.word); end == len(rs) && len(w.word) > 1 && string(rs[i:]) == string(w.word) {
				return true
			}
		}
	}
	return false
}
