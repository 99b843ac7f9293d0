// SPDX-License-Identifier: Apache-2.0

package texts

import (
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/people"
	"yuanba/internal/kit/i18n"
)

// A Duty is what a department proposes to have done by grid workers.
type Duty struct {
	Unit, Name, NameEN, What, Kind, Often, Basis, Fate, Reason string
	Minutes                                                    int
	Points                                                     []patrol.PointKind
	Fields                                                     []patrol.Field
	Reads                                                      []people.Field
	Sees                                                       []string
}

// Spec is what is particular to it.
func (d Duty) Spec() patrol.Spec {
	return patrol.Spec{Points: d.Points, Fields: d.Fields, Reads: d.Reads, Categories: d.Sees}
}

func asks(key, zh, en string, kind patrol.FieldKind, fact string) patrol.Field {
	return patrol.Field{Key: key, Label: i18n.Text{ZH: zh, EN: en}, Kind: kind, Fact: fact}
}

// Duties are those that the departments propose. Fate is what the city decides: "" admits.
// The laws are named as departments name them; the duties are made up.
func Duties() []Duty {
	return []Duty{
		{Unit: "emergency", Name: "看消防通道", NameEN: "Look at fire lanes", What: "通道有没有停车、堆物，门锁没锁。", Kind: "point", Often: "round", Minutes: 3, Basis: "《消防法》第二十八条", Reason: "关系人命，每轮三分钟，准入。",
			Points: []patrol.PointKind{patrol.FireLane}, Fields: []patrol.Field{asks("f1", "通道畅通", "The lane is free", patrol.YesNo, "消防通道畅通")}, Sees: []string{"fire-lane", "ebike"}},
		{Unit: "urban-management", Name: "看垃圾收集点", NameEN: "Look at waste collection points", What: "有没有满出来、散落一地。", Kind: "point", Often: "day", Minutes: 2, Basis: "《成都市市容和环境卫生管理条例》", Reason: "顺路就能看，准入。",
			Points: []patrol.PointKind{patrol.Waste}, Sees: []string{"waste"}},
		{Unit: "water", Name: "看河沟水面", NameEN: "Look at ditches and ponds", What: "有没有小孩耍水，水面有没有漂浮物、排口有没有异样，护栏在不在。", Kind: "point", Often: "round", Minutes: 4, Basis: "《四川省河湖长制条例》", Reason: "防溺水要早晚都看，和河长巡河合并，不另建台账，准入。",
			Points: []patrol.PointKind{patrol.River}, Fields: []patrol.Field{asks("f1", "水面干净", "The water is clean", patrol.YesNo, "水面干净"), asks("f2", "护栏完好", "The rail is whole", patrol.YesNo, "护栏完好")}, Sees: []string{"river", "smell"}},
		{Unit: "water", Name: "看井盖和排水口", NameEN: "Look at manholes and drains", What: "井盖在不在、响不响，排水口堵没堵。", Kind: "point", Often: "week", Minutes: 3, Basis: "《城镇排水与污水处理条例》", Reason: "每周一次，准入。",
			Points: []patrol.PointKind{patrol.Manhole}, Fields: []patrol.Field{asks("f1", "井盖完好", "The cover is whole", patrol.YesNo, "井盖完好")}, Sees: []string{"manhole", "drain"}},
		{Unit: "natural-resources", Name: "汛期看边坡", NameEN: "Look at slopes in the rains", What: "有没有新裂缝、掉石头、浑水渗出。", Kind: "point", Often: "day", Minutes: 5, Basis: "《地质灾害防治条例》第十四条", Fate: "limit", Reason: "只在这一段时间，到期自动退出。",
			Points: []patrol.PointKind{patrol.Slope}, Fields: []patrol.Field{asks("f1", "有新裂缝", "There is a new crack", patrol.YesNo, "边坡裂缝")}},
		{Unit: "emergency", Name: "看灭火器、消火栓", NameEN: "Look at extinguishers and hydrants", What: "压力够不够、有没有被挡住。", Kind: "point", Often: "month", Minutes: 4, Basis: "《消防法》第十六条", Reason: "每月一次，准入。",
			Points: []patrol.PointKind{patrol.Hydrant}, Fields: []patrol.Field{asks("f1", "压力正常", "The pressure is right", patrol.YesNo, "灭火器压力")}},
		{Unit: "housing", Name: "看小区消防设施", NameEN: "Look at fire equipment of estates", What: "灭火器在不在有效期，消防通道通不通。", Kind: "point", Often: "month", Minutes: 5, Basis: "《物业管理条例》第四十六条", Reason: "和应急管理局的合起来做，先准入，再合并要填的项目。",
			Points: []patrol.PointKind{patrol.Hydrant}, Fields: []patrol.Field{asks("f1", "灭火器压力", "Pressure of the extinguisher", patrol.YesNo, "灭火器压力"), asks("f2", "通道畅通", "The lane is free", patrol.YesNo, "消防通道畅通")}},
		{Unit: "civil-affairs", Name: "看望约定走访的老人", NameEN: "Look in on old people who agreed to it", What: "看看人好不好，屋里冷不冷，缺不缺药。", Kind: "home", Often: "week", Minutes: 15, Basis: "《四川省养老服务条例》", Reason: "老人需要，本人同意的才去，准入。",
			Fields: []patrol.Field{asks("f1", "身体还好", "They are well", patrol.YesNo, "老人近况"), asks("f2", "需要什么", "What they need", patrol.Words, "老人需要")}, Reads: []people.Field{people.FieldName, people.FieldPhone, people.FieldAddress}},
		{Unit: "telecom", Name: "登记每户的宽带商", NameEN: "Write down each home's internet provider", What: "挨户问用的哪家宽带、每月多少钱。", Kind: "home", Often: "quarter", Minutes: 10, Basis: "局里的工作方案", Fate: "refuse", Reason: "没有法定依据，是企业自己的事，不能让网格员挨户去问。"},
		{Unit: "water", Name: "抄二次供水泵房的表", NameEN: "Read the meters of pump rooms", What: "每月抄一次泵房水表。", Kind: "point", Often: "month", Minutes: 8, Basis: "《城市供水条例》第二十条", Fate: "wait", Points: []patrol.PointKind{patrol.Power}},
	}
}

// A PointText is a kind of point, with what such points are called.
type PointText struct {
	Kind  string
	Names []string
}

// PointsOf are the points of a grid, in the country or in town.
func PointsOf(rural bool) []PointText {
	if rural {
		return []PointText{
			{"river", []string{"村口石桥下", "斜江河边", "大堰塘", "老水渠"}}, {"slope", []string{"后山弯道", "竹林坡", "采石场边坡"}}, {"waste", []string{"村口垃圾亭", "晒坝垃圾亭"}},
		}
	}
	return []PointText{
		{"fire_lane", []string{"东门消防通道", "2 栋后面的消防通道", "北门消防通道"}}, {"waste", []string{"大门口垃圾收集点", "菜市场边上收集点"}}, {"manhole", []string{"巷口排水口", "转角处井盖", "幼儿园门口井盖"}}, {"hydrant", []string{"1 单元消火栓", "地下车库消火栓"}},
	}
}

// A Finding is what is found on a round, and what was done about it at once.
type Finding struct{ Words, Settled string }

// Findings are what is found on rounds.
func Findings() []Finding {
	return []Finding{
		{"消防通道口停了一辆电瓶车，挡住半边。", "找到车主，当场推走了。"},
		{"垃圾点旁边散了一袋剩菜，招苍蝇。", "当场扫干净，装进桶里了。"},
		{"排水口被落叶盖住，下雨要积水。", "当场把落叶扒开了。"},
		{"井盖踩上去响，边上翘起一个角，晚上怕绊人。", ""},
		{"河边的护栏松了一根，小孩爱在那里耍。", ""},
		{"消防通道的划线磨得看不清了，请补一下。", ""},
	}
}
