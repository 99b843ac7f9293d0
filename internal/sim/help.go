// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"yuanba/internal/domain/places"
	"yuanba/internal/domain/volunteers"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
)

// helpers is how many residents volunteer in a year.
const helpers = 260

// helping plays the volunteers of the year, with chance of its own.
type helping struct {
	*simulation
	rnd    *rand.Rand
	who    []scope.Actor // the volunteers, in the order in which they joined
	offers []id.ID
}

// chore is something to help with.
type chore struct {
	title, act, where, body string
	hours                   int
}

var chores = []chore{
	{"清扫院落，捡落叶", "clean", "社区门口", "工具社区有，带一双手套。台阶有青苔，穿防滑的鞋。", 2},
	{"给独居老人送午饭", "company", "社区食堂", "两人一组，一组三四户。送到手里，陪着说几句话。", 2},
	{"放学路口护行", "watch", "小学东门", "穿反光背心，站在斑马线两头。", 1},
	{"整理楼道杂物", "clean", "三单元楼下", "主人在家才动，先问一声。", 2},
	{"陪老人去卫生院量血压", "company", "卫生院大门", "扶着走，慢一点。", 2},
	{"垃圾分类劝导", "watch", "垃圾投放点", "和气讲，不和人争。", 2},
	{"教老人用手机挂号", "lesson", "社区活动室", "准备一张大字步骤单。", 1},
	{"陪网格员走一轮巡查", "round", "社区门口", "穿平底鞋，帮着看井盖、消防通道。", 2},
}

// offered are what the members of the cast give for points.
var offered = []struct {
	login, title, body string
	points, stock      int
}{
	{"tang", "当天的青菜一把", "早上到的，自己来店里拿。", 10, 300},
	{"tang", "酱油一瓶", "本地酿的。", 18, 120},
	{"deng", "擦一次窗户", "提前一天打电话约时间，六楼以下。", 40, 60},
	{"deng", "换一次水龙头（工钱）", "材料自备，或者按进价。", 30, 60},
}

// help schedules what volunteers and those who lead them do in the year.
func (s *simulation) help() error {
	if s.Volunteers == nil {
		return nil
	}
	h := &helping{simulation: s, rnd: rand.New(rand.NewPCG(s.plan.Seed, 0x4e19))}
	for i, r := range s.residents[:min(helpers, len(s.residents))] {
		at := s.start.Add(time.Duration(9+i%9)*time.Hour).AddDate(0, 0, 1+i/12)
		if i >= 150 {
			at = at.AddDate(0, 0, 3*(i-150)) // the others over the year
		}
		s.after(at, func() error { return h.join(r, i) })
	}
	for week := 1; week < 53; week++ {
		day := s.start.AddDate(0, 0, 7*week)
		s.after(h.at(day, 9), func() error { return h.weekly(day) })
		s.after(h.at(day.AddDate(0, 0, 4), 16), h.spend)
		s.after(h.at(day.AddDate(0, 0, 5), 3), h.nightly)
		if week%13 == 0 {
			s.after(h.at(day.AddDate(0, 0, 1), 10), h.settle)
		}
	}
	s.after(h.at(s.start.AddDate(0, 0, 10), 10), h.open)
	s.after(s.plan.End.Add(-28*time.Hour), h.soon)
	s.after(s.plan.End.Add(-50*time.Hour), func() error { // one waits to be approved when the year ends
		_, err := s.Volunteers.Offer(s.ctx, s.cast["tang"], volunteers.Offering{Title: "鸡蛋六个", Body: "自家鸡下的。", Points: 20, Stock: 40, Until: s.plan.End.AddDate(0, 3, 0)})
		return err
	})
	return nil
}

// at is an hour of a day of the town.
func (h *helping) at(day time.Time, hour int) time.Time {
	y, m, d := day.In(i18n.Zone).Date()
	return time.Date(y, m, d, hour, 0, 0, 0, i18n.Zone)
}

func (h *helping) join(r scope.Actor, i int) error {
	by, in := r, volunteers.Joining{Reports: i%2 == 1, Shown: i%3 != 2}
	if i%7 == 0 { // at a desk, those of the cast without a telephone among them
		who, err := h.People.Get(h.ctx, r.Resident)
		if err != nil {
			return err
		}
		if by = h.deskFor(who.Place); by.Kind == scope.Staff {
			in.For = r.Resident
		} else {
			by = r
		}
	}
	_, err := h.Volunteers.Join(h.ctx, by, in)
	h.who = append(h.who, r)
	return err
}

// open has the members propose what they give; the committee approves it.
func (h *helping) open() error {
	for _, o := range offered {
		made, err := h.Volunteers.Offer(h.ctx, h.cast[o.login], volunteers.Offering{Title: o.title, Body: o.body, Points: o.points, Stock: o.stock, Until: h.plan.End.AddDate(0, 6, 0)})
		if err != nil {
			return err
		}
		if err := h.Volunteers.Approve(h.ctx, h.cast["wang"], made.ID); err != nil {
			return err
		}
		h.offers = append(h.offers, made.ID)
	}
	return nil
}

// weekly draws up the tasks of a week: one where the cast lives, one elsewhere.
func (h *helping) weekly(day time.Time) error {
	home := h.residentsHome()
	if err := h.draw(home, h.cast["wang"], h.at(day.AddDate(0, 0, 3), 9)); err != nil {
		return err
	}
	v := pick(h.rnd, h.villages)
	if lead := h.leader(v); lead.Kind == scope.Staff && v.ID != home {
		return h.draw(v.ID, lead, h.at(day.AddDate(0, 0, 2), 15))
	}
	return nil
}

// leader is who organises in a village.
func (h *helping) leader(v places.Place) scope.Actor {
	if u, ok := h.Orgs.Directory().Responsible("village", v.Path); ok {
		for _, by := range h.staff[u.ID] {
			if by.May("organise", scope.Target{Path: v.Path}).OK {
				return by
			}
		}
	}
	return founder
}

func (h *helping) draw(place id.ID, by scope.Actor, begins time.Time) error {
	if len(h.who) == 0 {
		return nil
	}
	k := pick(h.rnd, chores)
	seats := 4 + h.rnd.IntN(6)
	if k.act == "lesson" {
		seats = 2
	}
	t, err := h.Volunteers.DrawUp(h.ctx, by, volunteers.Drawing{Title: k.title, Body: k.body, Act: k.act, Place: place, PlaceWords: k.where, Begins: begins, Ends: begins.Add(time.Duration(k.hours) * time.Hour), Seats: seats, Open: true})
	if err != nil {
		return fmt.Errorf("draw up %s: %w", k.title, err)
	}
	var came []scope.Actor
	for range seats + h.rnd.IntN(3) {
		who := h.who[h.rnd.IntN(len(h.who))]
		if place == h.residentsHome() && h.rnd.IntN(3) == 0 {
			who = h.who[h.rnd.IntN(min(12, len(h.who)))] // some come often, the two of the cast among them
		}
		u, err := h.Volunteers.SignUp(h.ctx, who, t.ID, 0)
		if err != nil {
			if errs.KindOf(err) == errs.Conflict {
				continue // twice, or they have left
			}
			return err
		}
		if u.State == volunteers.Listed {
			came = append(came, who)
		}
	}
	if h.rnd.IntN(25) == 0 {
		h.after(begins.Add(-20*time.Hour), func() error {
			return h.Volunteers.CallOff(h.ctx, by, t.ID, "预报有大雨，改到下周同一时间。")
		})
		return nil
	}
	h.after(begins, func() error { return h.Volunteers.Start(h.ctx, by, t.ID) })
	h.after(t.Ends.Add(20*time.Minute), func() error { return h.count(t, by, came) })
	return nil
}

// count has the hours of a task said, confirmed, and now and then refused.
func (h *helping) count(t volunteers.Task, by scope.Actor, came []scope.Actor) error {
	if err := h.Volunteers.Finish(h.ctx, by, t.ID); err != nil {
		return err
	}
	late := t.Ends.After(h.plan.End.AddDate(0, 0, -6)) // still waits for somebody when the year ends
	minutes := int(t.Ends.Sub(t.Begins) / time.Minute)
	for i, who := range came {
		said, err := h.Volunteers.Say(h.ctx, who, volunteers.Saying{Task: t.ID, Minutes: minutes})
		if err != nil {
			if errs.KindOf(err) == errs.Conflict {
				continue // they withdrew
			}
			return err
		}
		other := came[(i+1)%len(came)]
		if other.Resident == who.Resident {
			continue
		}
		if err := h.Volunteers.Confirm(h.ctx, other, said.ID); err != nil {
			if k := errs.KindOf(err); k == errs.NotFound || k == errs.Denied {
				continue // they have left since
			}
			return err
		}
		switch {
		case i == 0 && (h.rnd.IntN(14) == 0 || late):
			if err := h.refuse(by, who, said.ID, late); err != nil {
				return err
			}
		case late && i%2 == 1:
		default:
			if err := h.Volunteers.Confirm(h.ctx, by, said.ID); err != nil {
				return err
			}
			if h.rnd.IntN(40) == 0 {
				if err := h.Volunteers.Thank(h.ctx, by, said.ID, pick(h.rnd, []string{"下着雨也来，谢谢您。", "老人们都记得您，谢谢。", "干得又快又细，谢谢您。"})); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// refuse has hours refused and appealed against; who supervises grants some.
func (h *helping) refuse(by, who scope.Actor, d id.ID, late bool) error {
	if err := h.Volunteers.Refuse(h.ctx, by, d, "签到表上没有名字，请说明。"); err != nil {
		return err
	}
	if err := h.Volunteers.Appeal(h.ctx, who, d, 0, "来晚了一会儿，没赶上签到，后面一直在。"); err != nil || late {
		return err
	}
	sun := h.cast["sun"]
	h.after(h.office(h.Clock.Now().Add(20*time.Hour)), func() error {
		if err := h.Volunteers.Grant(h.ctx, sun, d, "问了同去的人，属实。"); err != nil {
			if errs.KindOf(err) == errs.NotFound || errs.KindOf(err) == errs.Denied { // another street's
				return nil
			}
			return err
		}
		return h.Volunteers.Confirm(h.ctx, by, d)
	})
	return nil
}

// spend has some of those who can take what is offered; the shop hands it over in the
// days after, and a few think better of it.
func (h *helping) spend() error {
	for range 5 {
		if len(h.who) == 0 || len(h.offers) == 0 {
			return nil
		}
		who := h.who[h.rnd.IntN(len(h.who))]
		if h.rnd.IntN(2) == 0 {
			who = h.who[h.rnd.IntN(min(12, len(h.who)))]
		}
		n := h.rnd.IntN(len(h.offers))
		r, err := h.Volunteers.Take(h.ctx, who, h.offers[n], 0)
		if err != nil {
			if errs.KindOf(err) == errs.Conflict {
				continue // not enough points
			}
			return err
		}
		shop, cancels := h.cast[offered[n].login], h.rnd.IntN(12) == 0
		h.after(h.Clock.Now().Add(time.Duration(20+h.rnd.IntN(60))*time.Hour), func() error {
			if cancels {
				return h.Volunteers.Cancel(h.ctx, who, r.ID, 0, "")
			}
			m, err := h.Volunteers.Mine(h.ctx, who, 0)
			if err != nil {
				return err
			}
			for _, x := range m.Redemptions {
				if x.ID == r.ID {
					_, err = h.Volunteers.HandOver(h.ctx, shop, x.Code)
				}
			}
			return err
		})
	}
	return nil
}

// nightly is what the program does by night, once a week here.
func (h *helping) nightly() error {
	if _, err := h.Volunteers.Turn(h.ctx, 200); err != nil {
		return err
	}
	if _, err := h.Volunteers.PayReports(h.ctx, 200); err != nil {
		return err
	}
	_, err := h.Volunteers.TellStatements(h.ctx, 500)
	return err
}

// settle has the city settle with the members at the end of a quarter, and a volunteer
// leave.
func (h *helping) settle() error {
	ds, err := h.Volunteers.Dues(h.ctx, h.cast["admin"])
	if err != nil {
		return err
	}
	for _, d := range ds {
		if err := h.Volunteers.Settle(h.ctx, h.cast["admin"], d.Unit, int(d.Points), "按季度清单结算，财政所已转账。"); err != nil {
			return err
		}
	}
	if len(h.who) < 40 {
		return nil
	}
	i := 20 + h.rnd.IntN(len(h.who)-20)
	err = h.Volunteers.Leave(h.ctx, h.who[i], volunteers.Leaving{GiveBack: true, Keep: h.rnd.IntN(2) == 0})
	h.who = append(h.who[:i:i], h.who[i+1:]...)
	return err
}

// soon draws up what is still to come when the year ends, with places left where the
// cast lives, and more who want to come than there are places.
func (h *helping) soon() error {
	for i, k := range chores[:4] {
		begins := h.at(h.plan.End.AddDate(0, 0, 2+2*i), 9)
		t, err := h.Volunteers.DrawUp(h.ctx, h.cast["wang"], volunteers.Drawing{Title: k.title, Body: k.body, Act: k.act, Place: h.residentsHome(), PlaceWords: k.where, Begins: begins, Ends: begins.Add(time.Duration(k.hours) * time.Hour), Seats: 3 + 5*(i%2), Open: i != 3})
		if err != nil {
			return err
		}
		for j := range min(4, len(h.who)) {
			if t.State != volunteers.Open {
				break // it is drawn up only
			}
			if _, err := h.Volunteers.SignUp(h.ctx, h.who[(i+j)%len(h.who)], t.ID, 0); err != nil && errs.KindOf(err) != errs.Conflict {
				return err
			}
		}
	}
	return nil
}
