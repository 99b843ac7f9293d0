// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/matters"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/when"
	"yuanba/internal/sim/texts"
)

// wantMore has the handler ask for more time.
func (s *simulation) wantMore(l *life) error {
	w, err := s.Matters.Get(s.ctx, founder, l.number)
	if err != nil {
		return err
	}
	first, by := w.Matter.Clocks.Stage.Limit(), s.memberWith(l.lead, "handle", l.place.Path)
	limit := when.Limit{N: 1 + s.rnd.IntN(first.N), Unit: first.Unit}
	return ours(s.Matters.AskExtension(s.ctx, by, l.id, limit, s.say(pick(s.rnd, texts.Shared().Extensions), l)))
}

// askExtension has the handler ask for more time; the deputy secretary decides a
// few hours later, now and then against it.
func (s *simulation) askExtension(l *life) error {
	if err := s.wantMore(l); err != nil {
		return err
	}
	yes := s.chance(0.75)
	s.after(s.office(s.Clock.Now().Add(time.Duration(1+s.rnd.IntN(5))*time.Hour)), func() error {
		if yes {
			return ours(s.Matters.Extend(s.ctx, s.commander(l), l.id, ""))
		}
		return ours(s.Matters.RefuseExtension(s.ctx, s.commander(l), l.id, "人手和配件都够，请按原来的时限办完。"))
	})
	return nil
}

// appeal has a unit that was late say why, now and then, when the matter is
// closed; the deputy secretary decides the day after.
func (s *simulation) appeal(l *life) error {
	w, err := s.Matters.Get(s.ctx, founder, l.number)
	if err != nil || !slices.Contains(w.Acts, matters.AppealAct) || !s.chance(0.1) {
		return err
	}
	by := s.memberWith(l.lead, "handle", l.place.Path)
	why := pick(s.rnd, []string{
		"那几天连着下暴雨，现场进不去，有值班记录。", "配件要从成都调，供货方晚到了两天，有送货单。", "经办人同时被抽去防汛，回来就办完了。",
	})
	if err := s.Matters.Appeal(s.ctx, by, l.id, why); err != nil {
		return ours(err)
	}
	if s.chance(0.2) {
		return nil // it still waits
	}
	yes := s.chance(0.6)
	s.after(s.office(s.Clock.Now().Add(24*time.Hour)), func() error {
		if yes {
			return ours(s.Matters.GrantAppeal(s.ctx, s.commander(l), l.id, "情况属实，有记录可查，本次超时不计入。"))
		}
		if err := s.Matters.RefuseAppeal(s.ctx, s.commander(l), l.id, "事先没有申请延期，超时照记。"); err != nil {
			return ours(err)
		}
		return s.review(l, by)
	})
	return nil
}

// review has the unit whose appeal was refused ask the city to look again, now and
// then, with what it had not said before; the city decides two days after.
func (s *simulation) review(l *life, by scope.Actor) error {
	rnd := rand.New(rand.NewPCG(s.plan.Seed, uint64(l.n))) // so that what else happens is as it was
	if rnd.Float64() > 0.5 {
		return nil
	}
	yes, decided := rnd.Float64() < 0.5, rnd.Float64() < 0.7
	s.after(s.office(s.Clock.Now().Add(24*time.Hour)), func() error {
		if err := s.Matters.AskReview(s.ctx, by, l.id, "当时已经电话报过值班室，通话记录补在档案里，请再看一次。"); err != nil || !decided {
			return ours(err)
		}
		s.after(s.office(s.Clock.Now().Add(48*time.Hour)), func() error {
			by := s.reviewer()
			if yes {
				return ours(s.Matters.GrantReview(s.ctx, by, l.id, "查到了通话记录，本次超时不计入。"))
			}
			return ours(s.Matters.RefuseReview(s.ctx, by, l.id, "没有查到记录，维持原决定。"))
		})
		return nil
	})
	return nil
}

// reviewer is whoever holds the post of the city that decides reviews.
func (s *simulation) reviewer() scope.Actor {
	for _, u := range s.Orgs.Directory().Units() {
		for _, by := range s.staff[u.ID] {
			if u.Key == "city" && by.Has(access.Review) {
				return by
			}
		}
	}
	return founder
}

// ours is an error that is no refusal: somebody was quicker, or it went otherwise.
func ours(err error) error {
	if err != nil && errs.Public(err) == nil {
		return err
	}
	return nil
}
