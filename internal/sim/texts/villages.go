// SPDX-License-Identifier: Apache-2.0

package texts

// A Said is something that a village says of itself: a title and what stands below it.
type Said struct{ Title, Body string }

// Greetings are what the pages of villages begin with, by the sort of community.
var Greetings = map[string][]string{
	"urban":      {"有事请说，账目请看，院坝里见。", "楼上楼下都是邻居，大家的事一起商量。", "门开着，灯亮着，来坐坐。"},
	"rural":      {"山上的果子，集体的账，样样摆在院坝里。", "田边地头的事，写在这里，念给你听。", "村里的钱一笔一笔看得见。"},
	"industrial": {"早班晚班都找得到人，这里全天留言。", "厂区和家属区一本账，下了班也能看。", "机器不停，服务不断。"},
}

// Affairs are what villages write of the items of open affairs, by the item's code.
var Affairs = map[string]string{
	"party_decisions":     "本季度支部召开党员大会一次、支委会三次，研究了环境整治、困难党员走访和下季度学习安排。会议记录存支部，欢迎查阅。",
	"party_dues":          "本季度党费按月足额收缴，全部上交上级党委，没有留用。名册和收据存支部备查。",
	"village_resolutions": "代表会议通过的事项：公共路灯维修、排水沟清淤、公共场地晾晒时间。路灯已修完，清淤完成一半，晾晒公约已张贴。",
	"village_relief":      "本季度收到上级救助资金和物资，按申请、评议、公示、发放四步办理，名单评议记录存村（居）委会，涉及家庭情况的不在网上公布。",
	"village_donations":   "本季度收到的捐赠已登记入账，用于公益岗位和困难家庭慰问，收据编号可到村（居）委会核对。没有附加条件。",
	"finance_statement":   "本期收支和结余见下表，由账本直接算出。单据逐笔可看，有疑问请在账上直接问。",
}

// GreatMatters are what has to be told at once.
var GreatMatters = []Said{
	{"集体果园重新发包结果", "三家报名，公开竞价，最高价者承包三年。合同已签，租金按年付，第一年租金已经入账。"},
	{"公共停车位调整方案", "代表会议表决通过：消防通道两侧取消车位，东侧空地新划十二个，先到先停，不收费。"},
	{"水渠改造占地补偿", "涉及七户，按上级标准补偿，丈量数据和金额已由户主签字确认，异议期七天。"},
	{"老旧院落改造开工", "本周开工，工期四十天，先做排水再做路面。施工时间早八点到晚六点，中午不施工。"},
}

// Notices are what villages announce.
var Notices = []Said{
	{"周四上午停水检修", "周四上午九点到下午两点，主管道检修，请提前储水。来水后先放一会儿再用。"},
	{"城乡居民医保开始缴费", "手机能缴，不会用手机的到便民窗口办，带身份证。缴费到十二月底为止。"},
	{"老年人免费体检", "六十五岁以上，本周六上午，社区卫生站，空腹来。行动不便的打电话，医生上门。"},
	{"天干物燥，注意防火", "不烧秸秆，不乱扔烟头，出门关电关气。发现冒烟请马上打电话。"},
	{"秋季疫苗接种", "猪牛羊秋季防疫从周一开始，兽医挨户来，请把圈门钥匙放家里。"},
	{"垃圾分类投放点调整", "东门投放点移到配电房旁边，每天早七点到九点、晚六点到八点有人值守。"},
	{"暑期儿童看护班报名", "六到十二岁，工作日下午，由志愿者老师带，不收费，名额三十个。"},
	{"电动车集中充电棚启用", "车棚有二十四个插座，楼道里不再允许充电。有困难请找网格员商量。"},
	{"道路改造期间绕行", "南门口半幅施工，请走西门。救护车、消防车通道一直留着。"},
	{"文化坝坝电影", "周五晚上七点半，小广场放电影，自带板凳，下雨改期。"},
}

// Diaries are pages of a committee's diary.
var Diaries = []Said{
	{"走了三个院子", "上午走了三个院子，记下两处路面塌陷、一处井盖松动，已经报上去。下午在办公室整理合同。"},
	{"商量清淤的钱", "请五位代表来看排水沟的报价，三家比价，选了最低的一家，明细晚上贴出来。"},
	{"陪医生上门", "陪卫生站医生走了六户，量血压、换药。两户要申请护理床，材料今天交了。"},
	{"调解一场误会", "楼上漏水、楼下吵架，坐下来半小时说清了：管子老化，两家各出一半，社区出工。"},
	{"查账的日子", "村务监督委员会来查了本季度的单据，有一张发票抬头不对，退回重开。"},
	{"下雨天看沟", "雨大，凌晨三点和网格员沿河走了一遍，水位正常，两处落石已清。"},
}

// Announcements are for the loudspeaker: short sentences.
var Announcements = []Said{
	{"防火提醒", "乡亲们注意了。这几天天干风大。田边地头不要烧东西。上山不要带火。看见冒烟，马上打电话给村上。再说一遍，不要烧东西，不要带火上山。"},
	{"停电通知", "乡亲们请注意。明天早上八点到中午十二点，检修停电。冰箱不要常开。家里有制氧机的，今天跟网格员说一声，我们给你准备电源。"},
	{"领种子", "今天上午，村委会发小麦种子。每户来一个人，带上户口本。下午三点以前都在。走不动的，组长给你送到家。"},
	{"体检通知", "六十五岁以上的老人家听好。星期六早上，卫生站免费体检。不要吃早饭。有儿女在家的，陪老人一起来。"},
}

// Dates are what stands in the calendars of villages.
var Dates = []struct{ Title, Body, Spot string }{
	{"坝坝会：明年的钱怎么用", "听大家说，现场记，下周公布记录。", "小广场"},
	{"法律顾问坐班", "律师现场答疑，不收费。", "便民服务室"},
	{"便民义诊", "量血压、测血糖、配老花镜。", "社区卫生站"},
	{"党员活动日", "清理河边垃圾，欢迎一起。", "河堤步道"},
	{"村务监督委员会查账", "可以旁听，单据当场看。", "会议室"},
	{"冬季消防演练", "学用灭火器，孩子也可以来。", "篮球场"},
}

// A Spending is an entry in a village's ledger.
type Spending struct {
	Account        string
	Words, Party   string
	Least, Most    int // yuan
	Urban          bool
	Rural, Factory bool
}

// Incomes and Spendings are what moves in the ledgers of villages.
var (
	Incomes = []Spending{
		{"in_lease", "门面房租金", "沿街商户", 3000, 9000, true, true, true},
		{"in_lease", "果园承包费", "承包户（李某）", 6000, 15000, false, true, false},
		{"in_lease", "停车场地租金", "临江物业服务公司", 2000, 5000, true, false, true},
		{"in_grant", "公共服务专项资金", "街道（镇）财政所", 8000, 30000, true, true, true},
		{"in_donation", "企业捐赠", "本地商会", 1000, 5000, true, true, true},
		{"in_interest", "存款利息", "农商银行", 20, 160, true, true, true},
		{"in_business", "农机出租", "合作社", 1500, 4000, false, true, false},
	}
	Spendings = []Spending{
		{"out_works", "路灯维修", "文君电器行", 400, 2600, true, true, true},
		{"out_works", "排水沟清淤", "诚信劳务队", 1200, 5200, true, true, true},
		{"out_works", "健身器材更换", "康达体育用品店", 900, 3800, true, false, true},
		{"out_works", "机耕道补碎石", "三和砂石厂", 1500, 6800, false, true, false},
		{"out_welfare", "困难家庭慰问", "慰问 6 户（名单存档）", 1200, 3000, true, true, true},
		{"out_welfare", "重阳节敬老活动", "幸福食堂", 800, 2600, true, true, true},
		{"out_running", "办公室水电费", "供水供电公司", 180, 620, true, true, true},
		{"out_running", "打印纸、墨盒", "新华文具店", 90, 480, true, true, true},
		{"out_running", "公开栏制作", "红星广告部", 300, 1200, true, true, true},
		{"out_wages", "保洁员误工补助", "保洁员 4 人", 1600, 3200, true, true, true},
		{"out_wages", "夜间巡逻补助", "巡逻队 6 人", 900, 1800, true, true, true},
	}
)

// Deciders are who decides on an outgo.
var Deciders = []string{"两委会", "代表会议", "主任审批（限额内）", "村务监督委员会同意"}

// Asked are questions about entries, each with its answer.
var Asked = []Said{
	{"这笔是哪几家报的价？", "三家报价，选的最低一家，报价单在村（居）委会，随时可以看。"},
	{"钱是谁批的？单据上看不到签字。", "两委会批的，会议记录第三页；单据背面有签字，已经补拍上传。"},
	{"这次用了多少人、几天？", "四个人，两天半，工时表贴在公开栏。"},
	{"比去年贵了好多，为什么？", "去年只修一半，今年全修完，单价没有变。"},
	{"发票是哪家开的？", "发票抬头和收款单位一致，编号在单据右上角。"},
	{"剩下的钱怎么用？", "留在账上，明年代表会议再定。"},
	{"能不能先给困难户？", "名单按评议来，您可以在下次会上提。"},
}

// Talk is what neighbours say.
var Talk = []string{"坝坝会的记录贴出来了，写得清楚。", "东门的灯修好了，晚上亮堂。", "谁家有多的纸箱？搬家用。", "周末的义诊还要预约不？"}

// Letters are written to the secretary or the committee, each with a reply.
var Letters = []Said{
	{"书记，老人活动室下雨漏水，说了两次还没修。", ""},
	{"请问明年的公益岗位什么时候报名？我母亲想报。", "三月报名，先到村（居）委会登记，我们会打电话通知。"},
	{"书记您好，村口的限高杆把救护车挡住了，请想想办法。", "已经和交通局说好，限高杆改成能打开的，钥匙放门卫室，救护车来了随到随开。"},
	{"建议把公开栏挪到菜市场门口，人多。", "好建议，下月就挪，谢谢。"},
}
