// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// people schedules who joins a village's page and what they say there: questions on
// entries, answered, one of them late; a comment that is hidden and shown again on an
// appeal; something lost; letters; and the roster of the next days.
func (g *gazettes) people(v places.Place, by func() scope.Actor, first time.Time, home bool) {
	s := g.s
	var here []scope.Actor
	for i, who := range s.residents {
		if s.homes[i][scope.Village] == v.ID {
			here = append(here, who)
		}
	}
	for i, who := range here {
		s.after(s.office(first.Add(time.Duration(2+3*i)*24*time.Hour)), func() error {
			_, err := s.Affairs.AskIn(s.ctx, who, v.ID)
			return ours(err)
		})
	}
	g.roster(v, by())
	if len(here) == 0 {
		return
	}
	ask := 1
	if home {
		ask = 6
	}
	for i := range ask {
		at := s.plan.End.AddDate(0, 0, -4-9*i-g.rnd.IntN(4)).Add(-time.Duration(g.rnd.IntN(200)) * time.Minute)
		who, q := pick(g.rnd, here), texts.Asked[(i+int(v.ID%7))%len(texts.Asked)]
		days := 1 + g.rnd.IntN(3)
		if home && i == 2 {
			days = 12
		}
		s.after(at, func() error { return g.ask(v, who, by(), q, days, home && i == 0) })
	}
	if home {
		g.neighbours(v, here, by())
	}
}

// ask asks about the newest entry of the ledger; the answer comes so many days later, or
// not before the year ends.
func (g *gazettes) ask(v places.Place, who, by scope.Actor, q texts.Said, days int, open bool) error {
	s := g.s
	st, err := s.Affairs.Statement(s.ctx, who, v.ID, affairs.PeriodOf(affairs.Yearly, s.Clock.Now()))
	if err != nil || len(st.Lines) == 0 {
		return err
	}
	d, err := s.Affairs.Say(s.ctx, who, affairs.Saying{Kind: affairs.Question, Entry: st.Lines[len(st.Lines)-1].ID, Body: q.Title})
	if err != nil || open {
		return ours(err)
	}
	s.after(s.office(s.Clock.Now().AddDate(0, 0, days)), func() error { return ours(s.Affairs.Answer(s.ctx, by, d, q.Body)) })
	return nil
}

// neighbours is what else goes on in the village of the cast.
func (g *gazettes) neighbours(v places.Place, here []scope.Actor, by scope.Actor) {
	s, back := g.s, func(days int) time.Time { return g.s.office(g.s.plan.End.AddDate(0, 0, -days)) }
	say := func(at time.Time, k affairs.RemarkKind, body string) {
		who := pick(g.rnd, here)
		s.after(at, func() error {
			_, err := s.Affairs.Say(s.ctx, who, affairs.Saying{Kind: k, Place: v.ID, Body: body})
			return ours(err)
		})
	}
	for i, body := range texts.Talk {
		say(back(3+6*i), affairs.Comment, body)
	}
	say(back(5), affairs.Lost, "丢了一串钥匙，红绳，大概在小广场附近。捡到的请交到社区，谢谢。")
	say(back(9), affairs.Found, "南门口捡到一张老年卡，放在便民窗口了，失主来取。")
	say(back(52), affairs.Found, "活动室捡到一把黑伞。") // has ended by now
	who := here[1%len(here)]
	s.after(back(20), func() error {
		d, err := s.Affairs.Say(s.ctx, who, affairs.Saying{Kind: affairs.Comment, Place: v.ID, Body: "三单元楼上那家天天半夜搬东西，就是开面馆那家。"})
		if err != nil {
			return ours(err)
		}
		s.after(back(19), func() error {
			if err := s.Affairs.Hide(s.ctx, by, d, "private", "认得出是哪一家，请改成不点名的说法"); err != nil {
				return ours(err)
			}
			return ours(s.Affairs.Appeal(s.ctx, who, d, "没有写名字，整栋楼都受影响。"))
		})
		s.after(back(17), func() error {
			return ours(s.Affairs.Uphold(s.ctx, s.cast["sun"], d, "“开面馆那家”只有一户，等于点了名。噪音的事已转事项办理。"))
		})
		return nil
	})
	s.after(back(15), func() error {
		d, err := s.Affairs.Say(s.ctx, here[0], affairs.Saying{Kind: affairs.Comment, Place: v.ID, Body: "公示栏的字太小了，老人看不清，能不能放大？"})
		if err != nil {
			return ours(err)
		}
		s.after(back(14), func() error {
			if err := s.Affairs.Hide(s.ctx, by, d, "elsewhere", "建议请走事项"); err != nil {
				return ours(err)
			}
			return ours(s.Affairs.Appeal(s.ctx, here[0], d, "说的就是公开栏，怎么和这里无关？"))
		})
		s.after(back(12), func() error {
			return ours(s.Affairs.Reshow(s.ctx, s.cast["zhao"], d, "意见合理，恢复公开。"))
		})
		return nil
	})
	for i, letter := range texts.Letters {
		to := affairs.ToCommittee
		if i%2 == 0 {
			to = affairs.ToSecretary
		}
		writer := here[i%len(here)]
		s.after(back(6+11*i), func() error {
			d, err := s.Affairs.Send(s.ctx, writer, v.ID, to, letter.Title)
			replies := by
			if to == affairs.ToSecretary {
				replies = s.cast["jiang"]
			}
			if err != nil || letter.Body == "" || to == affairs.ToSecretary && (i == 0 || v.ID != s.residentsHome()) {
				return ours(err) // it waits
			}
			s.after(s.office(s.Clock.Now().AddDate(0, 0, 3)), func() error { return ours(s.Affairs.Reply(s.ctx, replies, d, letter.Body)) })
			return nil
		})
	}
}

// roster writes who is on duty in the next days, as the last thing of the year.
func (g *gazettes) roster(v places.Place, by scope.Actor) {
	s := g.s
	s.after(s.plan.End.Add(-2*time.Hour), func() error {
		for i := range 4 {
			if err := s.Affairs.SetShift(s.ctx, by, affairs.Shift{Place: v.ID, On: places.DayOf(s.plan.End.AddDate(0, 0, i)), Name: pick(g.rnd, []string{"主任值班", "书记值班", "委员值班"}), Phone: "028-88000001", Hours: "8:30–22:00"}); err != nil && errs.KindOf(err) != errs.Conflict {
				return err
			}
		}
		return nil
	})
}
