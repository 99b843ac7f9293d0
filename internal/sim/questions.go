// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/domain/questions"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// Asked is how many questions the village platform took in the year: the figure of the
// newspaper article of May 2020. A demonstration plays a fortieth of them.
const Asked = 96_400

// asking is how the town's questions go.
type asking struct {
	s      *simulation
	rnd    *rand.Rand // its own, so that what is asked changes nothing else of the year
	topics []texts.Topic
	near   map[string]id.ID // the answer that words find, until something new is published
	done   int
	told   map[string]bool // the replies that are published
}

// How many of the year's questions have their own place in it: those that are open when it
// ends, and those for 陈婆婆.
const openAtEnd, forChen = 5, 2

// before is a time, or the last half hour of the year if it comes later.
func (s *simulation) before(at time.Time) time.Time {
	if last := s.plan.End.Add(-30 * time.Minute); at.After(last) {
		return last
	}
	return at
}

// atOnce is how many of a hundred questions what is published answers at once.
const atOnce = 80

// askAll gives the town its policies, some in place of former ones, before the year
// begins, and has it ask through the year.
func (s *simulation) askAll() error {
	if s.Questions == nil {
		return nil
	}
	a := &asking{s: s, rnd: rand.New(rand.NewPCG(s.plan.Seed, 0xa5c)), topics: texts.Topics(), near: map[string]id.ID{}, told: map[string]bool{}}
	admin := s.cast["admin"]
	for _, t := range a.topics {
		unit, ok := s.Orgs.Directory().Responsible(t.Unit, scope.Path{})
		if !ok {
			return fmt.Errorf("no unit %s", t.Unit)
		}
		day := func(years int) string { return fmt.Sprintf("%04d-%s", s.start.In(i18n.Zone).Year()+years, t.From) }
		in := questions.Writing{Title: t.Policy, Body: t.Text, Source: unit.Name.ZH, DocNumber: t.Number, IssuedOn: day(0), FromOn: day(0), Unit: unit.ID}
		if t.Until {
			in.UntilOn = s.plan.End.AddDate(0, -2, 0).In(i18n.Zone).Format(time.DateOnly)
		}
		former := id.ID(0)
		if t.Former != "" {
			old := in
			old.Body, old.DocNumber, old.IssuedOn, old.FromOn = t.Former, "", day(-6), day(-6)
			x, err := s.Questions.Add(s.ctx, admin, old, 0)
			if err != nil {
				return err
			}
			former = x.ID
		}
		if _, err := s.Questions.Add(s.ctx, admin, in, former); err != nil {
			return err
		}
	}
	a.leaveOpen()
	days := int(s.plan.End.Sub(s.start).Hours() / 24)
	all := s.plan.Asked - openAtEnd - forChen
	for d := range days {
		n := all*(d+1)/days - all*d/days
		y, m, day := s.start.AddDate(0, 0, d+1).In(i18n.Zone).Date()
		s.after(s.before(time.Date(y, m, day, 7, 30, 0, 0, i18n.Zone)), func() error { return a.day(n) })
	}
	return nil
}

// leaveOpen has some ask shortly before the end, so that the cast finds something to
// answer: one of them waits too long already.
func (a *asking) leaveOpen() {
	s := a.s
	for _, q := range []struct {
		hours int
		unit  string
		words string
	}{
		{170, "water", "水表在邻居院子里，想移到自己门口，要不要交钱？"}, {20, "water", "一个月没住人，水费账单还是有三吨，怎么查？"}, {5, "police", "孩子随妈妈姓，上户口要带什么？"},
		{26, "hr", "灵活就业的社保中途停了半年，对退休有没有影响？"}, {3, "", "老房子翻修和补贴这些事，到底该找哪个？"},
	} {
		by := a.s.residents[1+a.rnd.IntN(20)]
		s.after(s.plan.End.Add(-time.Duration(q.hours)*time.Hour), func() error {
			in := questions.Asking{Words: q.words, Place: s.residentsHome()}
			key := q.unit
			if key == "" {
				key = "centre"
			}
			home, _ := s.placeNamed("文君街道", "宝塔社区")
			if u, ok := s.Orgs.Directory().Responsible(key, home); ok {
				in.Unit = u.ID
			}
			_, err := s.Questions.Ask(s.ctx, by, in)
			return err
		})
	}
}

// day asks so many questions: most find their answer, the others go to a unit.
func (a *asking) day(n int) error {
	helped := map[id.ID]map[bool]int{}
	var order []id.ID
	for range n {
		t := a.topics[a.rnd.IntN(len(a.topics))]
		d := id.ID(0)
		if a.rnd.IntN(100) < atOnce {
			var err error
			if d, err = a.nearest(t.Asks[a.rnd.IntN(len(t.Asks))]); err != nil {
				return err
			}
		}
		if d == 0 {
			at := a.s.Clock.Now().Add(time.Duration(a.rnd.IntN(14*3600)) * time.Second)
			by := a.who()
			a.s.after(a.s.before(at), func() error { return a.send(t, by) })
			continue
		}
		if helped[d] == nil {
			helped[d] = map[bool]int{}
			order = append(order, d)
		}
		helped[d][a.rnd.IntN(20) > 0]++
	}
	for _, d := range order {
		if err := a.s.Questions.HelpedTimes(a.s.ctx, d, helped[d]); err != nil {
			return err
		}
	}
	return nil
}

func (a *asking) nearest(words string) (id.ID, error) {
	if d, ok := a.near[words]; ok {
		return d, nil
	}
	hits, err := a.s.Questions.Nearest(a.s.ctx, words, 1)
	if err != nil {
		return 0, err
	}
	if a.near[words] = 0; len(hits) > 0 {
		a.near[words] = hits[0].Answer.ID
	}
	return a.near[words], nil
}

// who asks: residents of the town, and many without account.
func (a *asking) who() scope.Actor {
	switch a.rnd.IntN(100) {
	case 0:
		return a.s.residents[1] // 周敏
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20:
		return a.s.residents[a.rnd.IntN(len(a.s.residents))]
	}
	return scope.Actor{Kind: scope.Anonymous}
}

// send sends a question to a unit, which answers it, mostly in time.
func (a *asking) send(t texts.Topic, by scope.Actor) error {
	s := a.s
	unit, _ := s.Orgs.Directory().Responsible(t.Unit, scope.Path{})
	in := questions.Asking{Words: t.More, Unit: unit.ID, Place: s.residentsHome()}
	if a.rnd.IntN(6) == 0 {
		in.Unit = 0 // the town finds out
	}
	slip, err := s.Questions.Ask(s.ctx, by, in)
	if err != nil {
		return fmt.Errorf("ask %q: %w", t.More, err)
	}
	a.done++
	if by.Resident == 0 {
		by.Slips = []id.ID{slip.ID}
	}
	if a.rnd.IntN(60) == 0 {
		s.after(s.Clock.Now().Add(time.Hour), func() error { return expected(s.Questions.Withdraw(s.ctx, by, slip.Number)) })
		return nil
	}
	hours := 2 + a.rnd.IntN(52)
	if a.rnd.IntN(15) == 0 {
		hours += 100
	}
	s.after(s.atWork(time.Duration(hours)*time.Hour), func() error { return a.answer(t, by, slip.Number, unit.ID, true) })
	return nil
}

// atWork is a time at which somebody works, after so long.
func (s *simulation) atWork(d time.Duration) time.Time {
	at := s.Clock.Now().Add(d)
	for range 24 * 12 {
		if s.Calendar.Open(at) {
			return at
		}
		at = at.Add(time.Hour)
	}
	return at
}

// clerkOf is somebody who handles in a unit; the program itself if nobody does. It
// throws no dice, which are the year's.
func (s *simulation) clerkOf(unit id.ID) scope.Actor {
	for _, by := range s.staff[unit] {
		if by.May("handle", scope.Target{Unit: unit}).OK {
			return by
		}
	}
	return founder
}

// answer is what the unit does: pass on what is not its own, else answer, with what it
// rests on.
func (a *asking) answer(t texts.Topic, by scope.Actor, number string, knows id.ID, first bool) error {
	s := a.s
	w, err := s.Questions.Get(s.ctx, founder, number)
	if err != nil || w.Question.State != questions.Asked {
		return err
	}
	clerk := s.clerkOf(w.Question.Unit)
	if w.Question.Unit != knows {
		if err := s.Questions.PassOn(s.ctx, founder, number, knows, "这件事不归我们管，转给管的单位答复。"); err != nil {
			return err
		}
		s.after(s.atWork(20*time.Hour), func() error { return a.answer(t, by, number, knows, first) })
		return nil
	}
	var cites []id.ID
	if d, err := a.nearest(t.Asks[0]); err != nil {
		return err
	} else if d != 0 {
		cites = []id.ID{d}
	}
	if err := s.Questions.Answer(s.ctx, clerk, number, questions.Replying{Words: t.Reply, Cites: cites}); err != nil {
		return err
	}
	if first && a.rnd.IntN(20) == 0 {
		s.after(s.Clock.Now().Add(26*time.Hour), func() error {
			if err := expected(s.Questions.Reopen(s.ctx, by, number, "说得太笼统了，我家的情况到底行不行？")); err != nil {
				return err
			}
			s.after(s.atWork(24*time.Hour), func() error { return a.answer(t, by, number, knows, false) })
			return nil
		})
		return nil
	}
	if a.told[t.Title] || a.rnd.IntN(3) > 0 {
		return nil
	}
	a.told[t.Title] = true
	s.after(s.atWork(30*time.Hour), func() error { return a.publish(t, number, knows) })
	return nil
}

// publish is what an editor of the street does with a good answer.
func (a *asking) publish(t texts.Topic, number string, knows id.ID) error {
	in := questions.Publishing{Writing: questions.Writing{Title: t.Title, Asked: t.Title + "？", Body: t.Reply, Unit: knows}, Seen: true}
	_, err := a.s.Questions.Publish(a.s.ctx, a.s.cast["zhao"], number, in)
	clear(a.near)
	return expected(err)
}

// expected leaves out what two people did at once.
func expected(err error) error {
	if errs.KindOf(err) == errs.Conflict && errs.Public(err) != nil {
		return nil
	}
	return err
}

// actForChen has 陈婆婆 agree that her neighbour and the grid worker act for her, and both
// do so.
func (s *simulation) actForChen() error {
	chen, zhou, li, he := s.residents[0], s.residents[1], s.cast["li"], s.cast["he"]
	in := people.Proxying{For: chen.Resident, By: zhou.Resident, Relation: "neighbour", Scopes: people.ProxyScopes, Consent: people.AtDesk, Until: s.plan.End.AddDate(0, 4, 0)}
	at := s.plan.End.AddDate(0, -5, 0)
	s.after(at, func() error {
		if _, err := s.People.RegisterProxy(s.ctx, he, in); err != nil {
			return err
		}
		in := in
		in.By, in.Account, in.Relation, in.Consent, in.Paper = 0, li.Account, "grid_worker", people.OnPaper, "宝塔社区档案盒 12 号"
		_, err := s.People.RegisterProxy(s.ctx, he, in)
		return err
	})
	if s.Questions == nil {
		return nil
	}
	police, _ := s.Orgs.Directory().Responsible("police", scope.Path{})
	for i, by := range []scope.Actor{zhou, li} {
		words := []string{"隔壁陈婆婆身份证过期了，人走不动，派出所能不能上门来办？", "陈婆婆的高龄津贴，社保卡换了卡号以后要不要重新登记？"}[i]
		s.after(at.AddDate(0, 1+i, 3), func() error {
			_, err := s.Questions.Ask(s.ctx, by, questions.Asking{Words: words, Unit: police.ID, For: chen.Resident})
			return err
		})
	}
	return nil
}
