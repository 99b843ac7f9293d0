// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"container/heap"
	"fmt"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// A life is one simulated matter: what it is, how it is meant to go, and what
// its people know of it.
type life struct {
	n        int
	fate     fate
	told     texts.Situation
	written  texts.Written
	slots    texts.Slots
	place    places.Place
	category matters.Category
	channel  matters.Channel
	reporter scope.Actor
	private  bool
	id       matters.ID
	number   string
	pace     float64 // how quickly everybody is with it, 1 is usual
	lead     id.ID
	acceptor scope.Actor
	bounced  bool
	ruled    id.ID // the unit that the rules name
	returned int   // how many units have returned it in a dispute
	asked    bool
	reworked bool
	plant    *plant // what it shares its cause with; nil: nothing
}

// A fate is how a matter is meant to go.
type fate struct {
	solved    bool // it is solved, closed and rated so
	ends      bool // it ends before the year does
	decline   bool
	withdraw  bool
	reopen    bool // not solved the first time
	ask       bool
	bounce    bool // sent to the wrong unit first
	dispute   bool // two units say that it is not theirs
	rework    bool // the verifier sends it back
	extend    bool
	suspend   bool
	urge      bool
	whistle   bool
	stopAfter matters.State // an open matter stays in this state
}

// An event is the next thing that happens to a life.
type event struct {
	at  time.Time
	seq int
	do  func() error
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at.Before(e[j].at) || e[i].at.Equal(e[j].at) && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push implements heap.Interface.
func (e *events) Push(x any) { *e = append(*e, x.(event)) }

// Pop implements heap.Interface.
func (e *events) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// after schedules what happens next.
func (s *simulation) after(at time.Time, do func() error) {
	s.total++
	heap.Push(&s.events, event{at, s.total, do})
}

// year plays everything in the order of time.
func (s *simulation) year() error {
	lives := s.lives()
	for _, l := range lives {
		at := s.raisedAt(l)
		s.after(at, func() error { return s.raise(l) })
	}
	for len(s.events) > 0 {
		e := heap.Pop(&s.events).(event)
		if e.at.After(s.plan.End) {
			continue // it has not happened yet when the year ends
		}
		s.Clock.set(e.at)
		if err := e.do(); err != nil {
			return err
		}
	}
	s.Clock.set(s.plan.End)
	if s.done != len(lives) {
		return fmt.Errorf("%d of %d matters were raised", s.done, len(lives))
	}
	return nil
}

// lives draws what will happen: so many solved through the platform, so many
// others, so many still open at the end.
func (s *simulation) lives() []*life {
	var all []*life
	for range s.plan.Solved {
		f := fate{solved: true, ends: true}
		s.vary(&f)
		all = append(all, &life{fate: f, channel: matters.Web})
	}
	for range s.plan.Others {
		f := fate{ends: true, solved: s.chance(0.75)}
		f.decline = !f.solved && s.chance(0.45)
		f.withdraw = !f.solved && !f.decline && s.chance(0.3)
		s.vary(&f)
		ch := pick(s.rnd, []matters.Channel{matters.Phone, matters.Desk, matters.Grid, matters.Grid, matters.Letter, matters.Meeting})
		if !f.solved {
			ch = matters.Web
		}
		all = append(all, &life{fate: f, channel: ch})
	}
	stages := []matters.State{matters.Received, matters.Received, matters.Accepted, matters.Classified, matters.Dispatched, matters.Handling, matters.Handling,
		matters.Handling, matters.AskedIntake, matters.AskedHandler, matters.Suspended, matters.Handled, matters.Verified, matters.Closed}
	for i := range s.plan.Open {
		f := fate{stopAfter: stages[i%len(stages)], urge: s.chance(0.1), whistle: i%60 == 5}
		f.suspend = f.stopAfter == matters.Suspended
		f.ask = f.stopAfter == matters.AskedHandler || f.stopAfter == matters.AskedIntake
		f.bounce = s.chance(0.1)
		if i%70 == 3 { // waits for the deputy secretary when the year ends
			f.dispute, f.bounce, f.stopAfter = true, false, matters.Disputed
		}
		all = append(all, &life{fate: f, channel: pick(s.rnd, []matters.Channel{matters.Web, matters.Web, matters.Web, matters.Phone, matters.Grid})})
	}
	for i, l := range all {
		l.n = i
		l.pace = 0.4 + s.rnd.ExpFloat64()*0.6
		if l.fate.ends {
			l.pace = min(l.pace, 2.5)
		}
	}
	s.plant(all)
	s.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// vary gives a fate its detours.
func (s *simulation) vary(f *fate) {
	if f.decline || f.withdraw {
		return
	}
	f.ask, f.bounce, f.rework = s.chance(0.06), s.chance(0.05), s.chance(0.04)
	f.extend, f.suspend, f.urge = s.chance(0.04), s.chance(0.006), s.chance(0.03)
	f.reopen = s.chance(0.03)
	f.dispute = s.chance(0.004)
	f.bounce = f.bounce && !f.dispute
}

// raisedAt draws when a matter is raised: by day, more in the evening; one that
// must end before the year does early enough, an open one in the last weeks.
func (s *simulation) raisedAt(l *life) time.Time {
	if !l.fate.ends {
		return s.awake(s.raisedLately(l))
	}
	days := int(s.lastDay(l.fate, l.pace).Sub(s.start).Hours() / 24)
	day := s.start.AddDate(0, 0, s.rnd.IntN(days))
	hour := pick(s.rnd, []int{7, 8, 9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 20, 21, 22})
	y, m, d := day.In(i18n.Zone).Date()
	return time.Date(y, m, d, hour, s.rnd.IntN(60), s.rnd.IntN(60), 0, i18n.Zone)
}

// lastDay is the last on which a matter may be raised for its end to come before
// the year's: so many working days before it as everybody is slow with it, and
// more if it goes a way about.
func (s *simulation) lastDay(f fate, pace float64) time.Time {
	switch {
	case f.suspend:
		return s.plan.End.AddDate(0, 0, -120)
	case f.ask, f.bounce, f.rework, f.extend, f.reopen:
		return s.plan.End.AddDate(0, 0, -45)
	}
	y, m, d := s.plan.End.In(i18n.Zone).Date()
	day := time.Date(y, m, d, 10, 0, 0, 0, i18n.Zone)
	for left := 4 + 5*pace; left > 0; day = day.AddDate(0, 0, -1) {
		if s.Calendar.Open(day) {
			left--
		}
	}
	return day
}

// awake moves a time at which the town sleeps to the evening before: few people
// write at three in the morning.
func (s *simulation) awake(at time.Time) time.Time {
	y, m, d := at.In(i18n.Zone).Date()
	switch hour := at.In(i18n.Zone).Hour(); {
	case hour < 6:
		d--
	case hour < 23:
		return at
	}
	if s.chance(0.03) {
		return at
	}
	return time.Date(y, m, d, 18+s.rnd.IntN(5), s.rnd.IntN(60), s.rnd.IntN(60), 0, i18n.Zone)
}

// ages are how long ago, in hours, the matters were raised that are in a stage
// at the end: mostly in time for it.
var ages = map[matters.State][2]float64{
	matters.Received: {0.2, 9}, matters.Accepted: {2, 26}, matters.Classified: {3, 28}, matters.AskedIntake: {3, 48}, matters.Dispatched: {8, 60}, matters.Disputed: {14, 60},
	matters.Handling: {26, 120}, matters.AskedHandler: {26, 120}, matters.Suspended: {200, 1200}, matters.Handled: {60, 140}, matters.Verified: {70, 150}, matters.Closed: {90, 300},
}

// raisedLately draws when an open matter was raised: one in five so long ago that
// it is late by now.
func (s *simulation) raisedLately(l *life) time.Time {
	l.pace = 0.3 + 0.3*s.rnd.Float64()
	age := ages[l.fate.stopAfter]
	hours := age[0] + (age[1]-age[0])*s.rnd.Float64()
	if s.chance(0.2) {
		hours *= 2.5
	}
	at := s.plan.End.Add(-time.Duration(hours * float64(time.Hour)))
	days := s.feast(at)
	days = s.feast(at.AddDate(0, 0, -days)) // what is moved may meet more of it
	return at.AddDate(0, 0, -days)
}

// feast is how many days from a time on to the end nobody works that would be
// worked on in an ordinary week.
func (s *simulation) feast(from time.Time) (days int) {
	for day := s.plan.End; day.After(from); day = day.AddDate(0, 0, -1) {
		y, m, d := day.In(i18n.Zone).Date()
		noon := time.Date(y, m, d, 10, 0, 0, 0, i18n.Zone)
		switch free := noon.Weekday() == time.Saturday || noon.Weekday() == time.Sunday; {
		case !free && !s.Calendar.Open(noon):
			days++
		case free && s.Calendar.Open(noon):
			days--
		}
	}
	return max(0, days)
}

// raise writes a matter as its reporter would, and takes it in.
func (s *simulation) raise(l *life) error {
	s.invent(l)
	if l.plant != nil {
		if err := s.planted(l); err != nil {
			return err
		}
	}
	in := matters.Raising{
		Title: l.written.Title, Body: l.written.Body, Urgent: l.told.Urgent, Channel: l.channel, Place: l.place.ID,
		Public: !l.private, Answers: s.answers(l.category),
	}
	if s.chance(0.8) {
		in.Category = l.category.Code
	}
	if k, ok := s.Matters.Catalogue().Get(in.Category); ok && k.Stops(in.Answers) != nil {
		in.Category, in.Answers = "", nil
	}
	if l.place.Accuracy != places.Unknown && s.chance(0.6) {
		in.At = s.spot(l.place)
	}
	by := l.reporter
	if l.channel != matters.Web {
		by = s.clerkFor(l.place.Path, "raise_for")
		if l.reporter.Resident != 0 {
			in.For = l.reporter.Resident
		}
		in.ForWords = pick(s.rnd, []string{"打电话来的居民", "到窗口来的居民", "入户时遇到的老人", "隔壁邻居", "巡查时碰到的群众"})
	} else if by.Kind == scope.Anonymous && s.chance(0.7) {
		in.Contact = people.ContactInput{Name: texts.Name(s.rnd, texts.Middle, s.chance(0.5)), Phone: fmt.Sprintf("1990001%04d", s.rnd.IntN(10000))}
	}
	in.Named = in.Public && in.Contact.Name != "" && s.done%3 == 0
	slip, err := s.Matters.Raise(s.ctx, by, in)
	if err != nil {
		return fmt.Errorf("raise %q: %w", in.Title, err)
	}
	l.id, l.number = slip.ID, slip.Number
	if l.reporter.Resident == 0 {
		l.reporter.Slips = []id.ID{slip.ID}
	}
	s.done++
	s.plan.Progress(s.done, s.plan.Solved+s.plan.Others+s.plan.Open)
	s.support(l)
	return s.next(l, matters.Received)
}

// spot is a point somewhere in a place; nil if none was hit upon.
func (s *simulation) spot(p places.Place) *matters.Point {
	for range 8 {
		q := matters.Point{Lon: p.Point.Lon() + (s.rnd.Float64()-0.5)/150, Lat: p.Point.Lat() + (s.rnd.Float64()-0.5)/150}
		if at, ok := s.Places.Tree().Locate(q.Lon, q.Lat); ok && at.Path[p.Kind.Level()] == p.ID {
			return &q
		}
	}
	return nil
}

// invent decides where it happens, to whom, and what they write.
func (s *simulation) invent(l *life) {
	now := s.Clock.Now().In(i18n.Zone)
	for {
		l.place = pick(s.rnd, s.villages)
		if s.chance(0.12) {
			l.place = s.villages[s.wenjun()]
		}
		code := pick(s.rnd, texts.Categories())
		k, ok := s.Matters.Catalogue().Get(code)
		if !ok {
			continue
		}
		rural := l.place.Community == places.Rural
		told := pick(s.rnd, texts.Of(code))
		if told.Suits(rural, int(now.Month())) {
			l.category, l.told = k, told
			break
		}
	}
	village := l.place
	if grids := s.Places.Tree().Children(village.ID); len(grids) > 0 && s.chance(0.8) {
		l.place = pick(s.rnd, grids)
	}
	pools := texts.Shared()
	l.slots = texts.Slots{Place: village.Name.ZH, Rural: village.Community == places.Rural, At: now}
	if !l.slots.Rural {
		l.slots.Road, l.slots.Courtyard = pick(s.rnd, pools.Roads), pick(s.rnd, pools.Courtyards)
	}
	l.written = s.writer.Write(l.told, l.slots)
	l.private = l.told.Private || !l.category.Public
	l.reporter = scope.Actor{Kind: scope.Anonymous}
	if s.chance(0.55) {
		l.reporter = pick(s.rnd, s.residents)
	}
	if l.place.Path[scope.Village] == s.residentsHome() && s.chance(0.3) {
		l.reporter = s.residents[s.rnd.IntN(2)]
	}
}

// wenjun is a village of the street in which the cast lives, 宝塔社区 above all.
func (s *simulation) wenjun() int {
	for i, v := range s.villages {
		if v.ID == s.residentsHome() {
			return i
		}
	}
	return 0
}

func (s *simulation) residentsHome() id.ID {
	p, _ := s.placeNamed("文君街道", "宝塔社区")
	return p[scope.Village]
}

// answers are those to a category's questions.
func (s *simulation) answers(k matters.Category) map[string]string {
	a := map[string]string{}
	for _, q := range k.Questions {
		if !q.Required && s.chance(0.4) {
			continue
		}
		switch q.Type {
		case "choice":
			if len(q.Choices) > 0 {
				a[q.Key] = pick(s.rnd, q.Choices).Value
			}
		case "yesno":
			a[q.Key] = pick(s.rnd, []string{"yes", "no", "no"})
		case "number":
			a[q.Key] = fmt.Sprint(max(q.Min, 1) + s.rnd.IntN(5))
		case "date":
			a[q.Key] = s.Clock.Now().AddDate(0, 0, -s.rnd.IntN(20)).Format(time.DateOnly)
		default:
			a[q.Key] = pick(s.rnd, []string{"就在门口那一段", "邻居都晓得", "具体的见上面", "前后大概五十米"})
		}
	}
	return a
}

// support lets a few neighbours say "me too".
func (s *simulation) support(l *life) {
	if l.private || !s.chance(0.15) {
		return
	}
	for range 1 + s.rnd.IntN(4) {
		who := pick(s.rnd, s.residents)
		at := s.Clock.Now().Add(time.Duration(1+s.rnd.IntN(40)) * time.Hour)
		s.after(at, func() error {
			err := s.Matters.Support(s.ctx, who, l.id, matters.Supporting{Words: s.say(pick(s.rnd, texts.Shared().Supporters), l), Public: true})
			if errs.KindOf(err) == errs.Conflict || errs.KindOf(err) == errs.NotFound { // their own, said twice, or ended
				return nil
			}
			return err
		})
	}
}

// clerkFor is somebody at the place's centre who holds the need.
func (s *simulation) clerkFor(p scope.Path, need scope.Need) scope.Actor {
	c, ok := s.Orgs.Directory().Centre(p)
	if !ok {
		return founder
	}
	return s.memberWith(c.ID, need, p)
}

// memberWith is a member of the unit who may do what needs the need there; the
// program itself if nobody does, so that a post not filled stops nothing.
func (s *simulation) memberWith(unit id.ID, need scope.Need, p scope.Path) scope.Actor {
	var able []scope.Actor
	for _, by := range s.staff[unit] {
		t := scope.Target{Path: p}
		if need == "handle" {
			t.Unit = unit
		}
		if by.May(need, t).OK {
			able = append(able, by)
		}
	}
	if len(able) == 0 {
		return founder
	}
	return pick(s.rnd, able)
}
