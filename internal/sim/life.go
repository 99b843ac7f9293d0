// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"fmt"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// next schedules what is done to a matter that has come into a state.
func (s *simulation) next(l *life, state matters.State) error {
	if !l.fate.ends && state == l.fate.stopAfter {
		if state == matters.Handling && s.chance(0.15) { // more time is asked for, and not yet given when the year ends
			s.after(s.Clock.Now().Add(time.Hour), func() error { return s.wantMore(l) })
		}
		return nil
	}
	steps := map[matters.State]struct {
		wait time.Duration // usual
		do   func(*life) error
	}{
		matters.Received:     {90 * time.Minute, s.onReceived},
		matters.AskedIntake:  {9 * time.Hour, s.onAsked},
		matters.Accepted:     {40 * time.Minute, s.onAccepted},
		matters.Classified:   {time.Hour, s.onClassified},
		matters.Disputed:     {4 * time.Hour, s.onDisputed},
		matters.Dispatched:   {3 * time.Hour, s.onDispatched},
		matters.Handling:     {34 * time.Hour, s.onHandling},
		matters.AskedHandler: {10 * time.Hour, s.onAsked},
		matters.Suspended:    {30 * 24 * time.Hour, s.onSuspended},
		matters.Handled:      {7 * time.Hour, s.onHandled},
		matters.Verified:     {3 * time.Hour, s.onVerified},
		matters.Closed:       {30 * time.Hour, s.onClosed},
	}
	step, ok := steps[state]
	if !ok {
		return nil
	}
	wait := time.Duration(float64(step.wait) * l.pace * (0.3 + 1.4*s.rnd.Float64()))
	at := s.Clock.Now().Add(wait)
	if state != matters.AskedIntake && state != matters.AskedHandler && state != matters.Closed && !l.told.Urgent {
		at = s.office(at)
	}
	s.after(at, func() error {
		if err := step.do(l); err != nil {
			return fmt.Errorf("%s %s in %s: %w", l.number, l.told.Key, state, err)
		}
		return nil
	})
	return nil
}

// office moves a time into working time.
func (s *simulation) office(t time.Time) time.Time {
	for !s.Calendar.Open(t) {
		t = t.Add(47 * time.Minute)
	}
	return t
}

func (s *simulation) onReceived(l *life) error {
	by := s.clerkFor(l.place.Path, "intake")
	l.acceptor = by
	switch {
	case l.fate.withdraw:
		return s.Matters.Withdraw(s.ctx, l.reporter, l.id, s.say(pick(s.rnd, texts.Shared().Withdrawals), l))
	case l.fate.decline:
		return s.Matters.Decline(s.ctx, by, l.id, s.sayOne(l.written.Then.Declines, l, "经核实，此事不属于本市职责范围，请向主管部门反映。"))
	case l.fate.ask && !l.asked && (l.fate.stopAfter == matters.AskedIntake || s.chance(0.4)):
		l.asked = true
		return s.then(l, matters.AskedIntake, s.Matters.Ask(s.ctx, by, l.id, s.question(l)))
	}
	return s.then(l, matters.Accepted, s.Matters.Accept(s.ctx, by, l.id))
}

func (s *simulation) onAsked(l *life) error {
	w, err := s.Matters.Get(s.ctx, founder, l.number)
	if err != nil {
		return err
	}
	back := matters.Received
	if w.Matter.State == matters.AskedHandler {
		back = matters.Handling
	}
	return s.then(l, back, s.Matters.Answer(s.ctx, s.reporterOr(l), l.id, s.answer(l)))
}

func (s *simulation) onAccepted(l *life) error {
	in := matters.Classifying{Category: l.category.Code, Answers: s.answers(l.category), Urgent: l.told.Urgent}
	if err := s.Matters.Classify(s.ctx, l.acceptor, l.id, in); err != nil || s.Routing == nil {
		return s.then(l, matters.Classified, err)
	}
	w, err := s.Matters.Get(s.ctx, founder, l.number)
	if err != nil {
		return err
	}
	if r, ok := w.Ruling(); ok && r.Fired() {
		l.ruled = r.Lead
	}
	if w.Matter.State == matters.Dispatched { // by a rule, at once
		l.lead = w.Matter.Lead
		if l.fate.stopAfter == matters.Classified {
			l.fate.stopAfter = matters.Dispatched
		}
	}
	return s.next(l, w.Matter.State)
}

func (s *simulation) onClassified(l *life) error {
	dir := s.Orgs.Directory()
	lead, ok := dir.Responsible(l.category.Unit, l.place.Path)
	if u, found := dir.Unit(l.ruled); found { // what the rules say is chosen already
		lead, ok = u, true
	}
	if l.fate.bounce && !l.bounced {
		wrong := pick(s.rnd, []string{"urban-management", "housing", "water", "transport", "market"})
		if u, found := dir.Responsible(wrong, l.place.Path); found && u.ID != lead.ID {
			lead, ok = u, true
		} else {
			l.bounced = true
		}
	}
	if !ok {
		if lead, ok = dir.Responsible("street", l.place.Path); !ok {
			return fmt.Errorf("no unit for %s", l.category.Unit)
		}
	}
	if l.fate.dispute && l.returned < 2 { // one that is not its own, and then another
		lead = s.wrongFor(l, lead.ID)
	}
	l.lead = lead.ID
	in := matters.Dispatching{Lead: lead.ID}
	if s.chance(0.06) {
		if v, ok := dir.Responsible("village", l.place.Path); ok && v.ID != lead.ID {
			in.Assist = []id.ID{v.ID}
		}
	}
	return s.then(l, matters.Dispatched, s.Matters.Dispatch(s.ctx, s.clerkFor(l.place.Path, "dispatch"), l.id, in))
}

func (s *simulation) onDispatched(l *life) error {
	by := s.memberWith(l.lead, "handle", l.place.Path)
	if l.fate.dispute && l.returned < 2 {
		state := matters.Classified
		if l.returned++; l.returned == 2 {
			state = matters.Disputed
		}
		return s.then(l, state, s.Matters.SendBack(s.ctx, by, l.id, s.sayOne(l.written.Then.Returns, l, "经查，此事不在本单位职责范围内，请另派。")))
	}
	if l.fate.bounce && !l.bounced {
		l.bounced = true
		return s.then(l, matters.Classified, s.Matters.SendBack(s.ctx, by, l.id, s.sayOne(l.written.Then.Returns, l, "此事不归本单位管，请改派。")))
	}
	return s.then(l, matters.Handling, s.Matters.Take(s.ctx, by, l.id, ""))
}

// wrongFor is a unit of the city for which a disputed matter is not, another one
// each time.
func (s *simulation) wrongFor(l *life, right id.ID) orgs.Unit {
	for _, key := range []string{"urban-management", "housing", "water", "transport", "market"} {
		u, ok := s.Orgs.Directory().Responsible(key, scope.Path{})
		if ok && u.ID != right && u.ID != l.lead {
			return u
		}
	}
	panic("the city has fewer than three bureaus")
}

// onDisputed is the deputy secretary, who names the unit that it is for.
func (s *simulation) onDisputed(l *life) error {
	dir := s.Orgs.Directory()
	lead, ok := dir.Unit(l.ruled)
	if !ok {
		if lead, ok = dir.Responsible(l.category.Unit, l.place.Path); !ok {
			return fmt.Errorf("no unit for %s", l.category.Unit)
		}
	}
	l.lead = lead.ID
	err := s.Matters.Decide(s.ctx, s.commander(l), l.id, matters.Deciding{Lead: lead.ID, Reason: pick(s.rnd, []string{
		"查了职责清单，这类事由你单位牵头，另外两家配合。", "按首接负责和部门职责，由你单位办理，不要再推。", "几家坐下来核过了，设施归你单位管，请尽快办。"})})
	return s.then(l, matters.Dispatched, err)
}

func (s *simulation) onHandling(l *life) error {
	by := s.memberWith(l.lead, "handle", l.place.Path)
	w, err := s.Matters.Get(s.ctx, founder, l.number)
	if err != nil {
		return err
	}
	now, m := s.Clock.Now(), w.Matter
	pools := texts.Shared()
	switch {
	case l.fate.whistle:
		l.fate.whistle = false
		if err := s.whistle(l); err != nil {
			return err
		}
	case l.fate.urge:
		l.fate.urge = false
		if err := s.Matters.Urge(s.ctx, s.commander(l), l.id, s.say(pick(s.rnd, pools.Urgings), l)); err != nil {
			return err
		}
	case l.fate.ask && !l.asked:
		l.asked = true
		return s.then(l, matters.AskedHandler, s.Matters.Ask(s.ctx, by, l.id, s.question(l)))
	case l.fate.suspend && m.Suspensions == 0:
		err := s.Matters.Suspend(s.ctx, s.commander(l), l.id, now.AddDate(0, 0, 20+s.rnd.IntN(40)), s.say(pick(s.rnd, pools.Suspensions), l))
		return s.then(l, matters.Suspended, err)
	case l.fate.extend && now.Before(m.Due) && m.Extensions == 0:
		l.fate.extend = false
		if err := s.askExtension(l); err != nil {
			return err
		}
		return s.next(l, matters.Handling)
	case s.chance(0.12):
		if err := s.Matters.AddNote(s.ctx, by, l.id, s.sayOne(l.written.Then.Notes, l, "已电话联系反映人，约好去看。")); err != nil {
			return err
		}
	}
	if !l.fate.ends && l.fate.stopAfter == matters.Handling {
		return nil
	}
	return s.then(l, matters.Handled, s.Matters.Handle(s.ctx, by, l.id, s.sayOne(l.written.Then.Handling, l, "已到现场处理完毕。")))
}

func (s *simulation) onSuspended(l *life) error {
	err := s.Matters.Resume(s.ctx, s.commander(l), l.id, "挂账的原因已经消除，继续办理。")
	return s.then(l, matters.Handling, err)
}

func (s *simulation) onHandled(l *life) error {
	by := s.clerkFor(l.place.Path, "verify")
	if l.fate.rework && !l.reworked {
		l.reworked = true
		return s.then(l, matters.Handling, s.Matters.SendBack(s.ctx, by, l.id, pick(s.rnd, []string{
			"现场看过，还没有完全恢复，请返工。", "与结案条件不符，边上还剩一截没弄完。", "反映人说晚上还是老样子，请再去看看。"})))
	}
	return s.then(l, matters.Verified, s.Matters.Verify(s.ctx, by, l.id, true, s.sayOne(s.either(l.written.Then.Verify, texts.Shared().Verify), l, "已到现场核查，符合结案条件。")))
}

func (s *simulation) onVerified(l *life) error {
	return s.then(l, matters.Closed, s.Matters.Close(s.ctx, l.acceptor, l.id, ""))
}

func (s *simulation) onClosed(l *life) error {
	by := s.reporterOr(l)
	if err := s.appeal(l); err != nil {
		return err
	}
	pools := texts.Shared()
	if l.fate.reopen {
		l.fate.reopen = false
		return s.then(l, matters.Handling, s.Matters.Rate(s.ctx, by, l.id, matters.Rating{Solved: matters.No, Satisfied: 1 + s.rnd.IntN(2), Words: s.sayOne(s.either(l.written.Then.Unsolved, pools.Unsolved), l, "还没有解决")}))
	}
	if !l.fate.solved && s.chance(0.5) {
		return nil // they never said
	}
	r := matters.Rating{Solved: matters.Yes, Satisfied: 3 + s.rnd.IntN(3)}
	if !l.fate.solved {
		r.Solved = matters.Partly
	}
	if s.chance(0.4) {
		r.Words = s.sayOne(s.either(l.written.Then.Solved, pools.Solved), l, "解决了")
	}
	return s.Matters.Rate(s.ctx, by, l.id, r)
}

// then goes on to the next state unless the act failed.
func (s *simulation) then(l *life, state matters.State, err error) error {
	if err != nil {
		return err
	}
	return s.next(l, state)
}

// whistle calls three units to a matter; two of them answer.
func (s *simulation) whistle(l *life) error {
	var units []id.ID
	for _, key := range []string{"urban-management", "police", "emergency"} {
		if u, ok := s.Orgs.Directory().Responsible(key, l.place.Path); ok {
			units = append(units, u.ID)
		}
	}
	w := pick(s.rnd, texts.Shared().Whistles)
	if err := s.Matters.Blow(s.ctx, s.commander(l), l.id, units, 4*time.Hour, s.say(w.Topic, l)); err != nil {
		return err
	}
	for _, u := range units[:len(units)-1] {
		if err := s.Matters.Respond(s.ctx, s.memberWith(u, "handle", l.place.Path), l.id, u, "我单位已派两人到场，正在核实。"); err != nil {
			return err
		}
	}
	return nil
}

// commander is the deputy secretary of the place.
func (s *simulation) commander(l *life) scope.Actor {
	u, ok := s.Orgs.Directory().Responsible("street", l.place.Path)
	if !ok {
		return founder
	}
	return s.memberWith(u.ID, "command", l.place.Path)
}

// reporterOr is the reporter, or the clerk who recorded what they said by phone.
func (s *simulation) reporterOr(l *life) scope.Actor {
	if l.channel != matters.Web {
		return s.clerkFor(l.place.Path, "raise_for")
	}
	return l.reporter
}

// say fills a text with what is known of the matter.
func (s *simulation) say(t texts.Template, l *life) string {
	slots := l.slots
	if u, ok := s.Orgs.Directory().Unit(l.lead); ok {
		slots.Unit = u.Name.ZH
	}
	if l.written.Said["worker"] == "" {
		l.written.Said["worker"] = texts.Worker(s.rnd)
	}
	slots.Worker = l.written.Said["worker"]
	at := s.Clock.Now().In(i18n.Zone)
	slots.Date, slots.At = fmt.Sprintf("%d月%d日", at.Month(), at.Day()), at
	return texts.Say(s.rnd, t, l.written.Said, slots)
}

func (s *simulation) sayOne(ts []texts.Template, l *life, otherwise string) string {
	if len(ts) == 0 {
		return otherwise
	}
	return s.say(pick(s.rnd, ts), l)
}

// either is the matter's own texts or those that fit any, half and half.
func (s *simulation) either(own, shared []texts.Template) []texts.Template {
	if len(own) == 0 || s.chance(0.5) {
		return shared
	}
	return own
}

func (s *simulation) question(l *life) string {
	if len(l.written.Then.Asks) == 0 {
		return "请问具体在哪个位置？方便的话请留个电话或补一张照片。"
	}
	return s.say(l.written.Then.Asks[0].Question, l)
}

func (s *simulation) answer(l *life) string {
	if len(l.written.Then.Asks) == 0 {
		return "就在我说的那个地方，到了问一声都晓得。"
	}
	return s.say(l.written.Then.Asks[0].Answer, l)
}
