// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"yuanba/internal/domain/affairs"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/blob"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/sim/texts"
)

// gazettes are the pages of the villages at work: they have a chance of their own, so
// that what they say changes nothing of the matters' year.
type gazettes struct {
	s      *simulation
	rnd    *rand.Rand
	papers []affairs.File // receipts that many entries share
	faces  map[places.Community][]affairs.File
	home   id.ID // the village in which the cast lives
}

// sayIn schedules what the villages say, book and open in the year.
func (s *simulation) sayIn() error {
	if s.Affairs == nil {
		return nil
	}
	g := &gazettes{s: s, rnd: rand.New(rand.NewPCG(s.plan.Seed, 0xa77a145)), faces: map[places.Community][]affairs.File{}, home: s.residentsHome()}
	if err := g.draw(); err != nil {
		return err
	}
	for _, v := range s.villages {
		g.open(v)
	}
	s.after(s.plan.End.Add(-time.Hour), func() error { _, err := s.Affairs.End(s.ctx, 1000); return err })
	return nil
}

// draw makes the pictures and the papers that the villages share.
func (g *gazettes) draw() error {
	if g.s.Blobs == nil {
		return nil
	}
	for i := range 6 {
		f, err := g.keep(drawReceipt(g.rnd, i, 0))
		if err != nil {
			return err
		}
		g.papers = append(g.papers, f)
	}
	for _, c := range places.Communities {
		for range 2 {
			f, err := g.keep(drawVillage(g.rnd, c))
			if err != nil {
				return err
			}
			g.faces[c] = append(g.faces[c], f)
		}
	}
	return nil
}

func (g *gazettes) keep(picture []byte) (affairs.File, error) {
	b, err := g.s.Blobs.Take(g.s.ctx, bytes.NewReader(picture), blob.Default())
	return affairs.File{Hash: string(b.Hash), Type: string(b.Type), Size: b.Size}, err
}

// editors are those of a village who edit its page, the chair first.
func (g *gazettes) editors(v places.Place) (able []scope.Actor) {
	u, ok := g.s.Orgs.Directory().Responsible("village", v.Path)
	if !ok {
		return nil
	}
	for _, by := range g.s.staff[u.ID] {
		if by.May("publish", scope.Target{Path: v.Path, At: g.s.Clock.Now()}).OK {
			able = append(able, by)
		}
	}
	return able
}

// open opens a village's page in the first days of the year, and plans the rest.
func (g *gazettes) open(v places.Place) {
	s, home := g.s, v.ID == g.home
	able := g.editors(v)
	if len(able) == 0 {
		return
	}
	by := func() scope.Actor { return pick(g.rnd, able) }
	first := s.office(s.start.Add(time.Duration(g.rnd.IntN(40)) * time.Hour))
	greeting := pick(g.rnd, texts.Greetings[string(v.Community)])
	face := affairs.Facing{Greeting: greeting}
	if fs := g.faces[v.Community]; len(fs) > 0 {
		face.Picture, face.Says = pick(g.rnd, fs), "示意画："+v.Name.ZH
	}
	chair := by()
	s.after(first, func() error { return s.Affairs.Shape(s.ctx, chair, v.ID, face) })
	g.ledger(v, by, first, home)
	g.quarters(v, by, first, home)
	g.say(v, by, first, home)
	g.people(v, by, first, home)
}

// announce schedules one notice.
func (g *gazettes) announce(v places.Place, by scope.Actor, at time.Time, in affairs.Writing) {
	s := g.s
	s.after(at, func() error {
		_, err := s.Affairs.Announce(s.ctx, by, v.ID, in)
		if errs.KindOf(err) == errs.Conflict { // it was opened by another meanwhile
			return nil
		}
		return err
	})
}

// quarters schedules the open affairs of every quarter that ends in the year: most in
// time, some late, a few never.
func (g *gazettes) quarters(v places.Place, by func() scope.Actor, first time.Time, home bool) {
	for _, item := range affairs.Shipped().Items {
		body, ok := texts.Affairs[item.Code]
		if !ok {
			continue
		}
		for at := first.AddDate(0, 3, 0); ; at = at.AddDate(0, 3, 0) {
			p := affairs.PeriodOf(affairs.Quarterly, at)
			from, end, _ := p.Span()
			if from.Before(first) {
				continue
			}
			if !end.Before(g.s.plan.End) {
				break
			}
			g.quarter(v, by(), item, p, body, home)
		}
	}
	if v.Community != places.Urban && g.rnd.Float64() < 0.4 || home {
		m := pick(g.rnd, texts.GreatMatters)
		day := first.AddDate(0, 1+g.rnd.IntN(9), g.rnd.IntN(20))
		g.announce(v, by(), g.s.office(day.Add(time.Duration(6+g.rnd.IntN(90))*time.Hour)), affairs.Writing{Kind: affairs.Village, Item: "village_great", Period: affairs.PeriodOf(affairs.AtOnce, day), Title: m.Title, Body: m.Body})
	}
}

// quarter schedules one item of one quarter. In the village of the cast one is late in
// the first quarter, and one of the last is still owed.
func (g *gazettes) quarter(v places.Place, by scope.Actor, item affairs.Item, p affairs.Period, body string, home bool) {
	_, end, _ := p.Span()
	days, chance := 1+g.rnd.IntN(11), g.rnd.Float64()
	last := !end.AddDate(0, 3, 0).Before(g.s.plan.End)
	switch {
	case home && item.Code == "village_donations" && last, !home && chance < 0.02:
		return
	case home && item.Code == "village_relief" && !last && end.Month() == time.April, !home && chance < 0.08:
		days = 18 + g.rnd.IntN(16)
	case home:
		days = 2 + g.rnd.IntN(6)
	}
	title := fmt.Sprintf("%s：%s", p.Say(i18n.ZH), item.Name.ZH)
	if len([]rune(title)) > affairs.MaxTitle {
		title = item.Name.ZH
	}
	g.announce(v, by, g.s.office(end.AddDate(0, 0, days)), affairs.Writing{Kind: item.Kind, Item: item.Code, Period: p, Title: title, Body: body})
}

// ledger schedules a year of a village's money.
func (g *gazettes) ledger(v places.Place, by func() scope.Actor, first time.Time, home bool) {
	n := 4 + g.rnd.IntN(3)
	if home {
		n = 54
	}
	s, suits := g.s, func(x texts.Spending) bool {
		return v.Community == places.Urban && x.Urban || v.Community == places.Rural && x.Rural || v.Community == places.Industrial && x.Factory
	}
	in, out := slices.DeleteFunc(slices.Clone(texts.Incomes), func(x texts.Spending) bool { return !suits(x) }), slices.DeleteFunc(slices.Clone(texts.Spendings), func(x texts.Spending) bool { return !suits(x) })
	keeper := by()
	yuan := func(n int) affairs.Fen { return affairs.Fen(n) * 100 }
	s.after(first.Add(time.Hour), func() error {
		_, err := s.Affairs.Book(s.ctx, keeper, v.ID, affairs.Booking{On: places.DayOf(s.Clock.Now()), From: affairs.Opening, To: affairs.Bank, Amount: yuan(20_000 + 100*g.rnd.IntN(600)), Words: "建账时的结余"})
		return err
	})
	span := s.plan.End.Sub(first.AddDate(0, 0, 3))
	for i := range n {
		at := s.office(first.AddDate(0, 0, 2).Add(time.Duration(i) * span / time.Duration(n)))
		x, income := pick(g.rnd, out), false
		if i%4 == 0 {
			x, income = pick(g.rnd, in), true
		}
		amount := affairs.Fen(100*(x.Least+g.rnd.IntN(x.Most-x.Least)) + 5*g.rnd.IntN(20))
		b := affairs.Booking{From: affairs.Bank, To: affairs.Account(x.Account), Amount: amount, Words: x.Words, Party: x.Party, Decided: pick(g.rnd, texts.Deciders), Members: x.Account == "out_welfare"}
		if income {
			b.From, b.To, b.Decided = b.To, b.From, ""
		}
		wrong := home && i == 17
		s.after(at, func() error { return g.book(v, keeper, b, home, i, wrong) })
	}
}

// book writes one entry; a wrong one is countered the day after.
func (g *gazettes) book(v places.Place, by scope.Actor, b affairs.Booking, home bool, n int, wrong bool) (err error) {
	s := g.s
	b.On = places.DayOf(s.Clock.Now())
	if len(g.papers) == 0 {
		return nil // a town without files has no papers, and so books nothing
	}
	b.Paper = pick(g.rnd, g.papers)
	if home {
		if b.Paper, err = g.keep(drawReceipt(g.rnd, n, b.Amount)); err != nil {
			return err
		}
	}
	d, err := s.Affairs.Book(s.ctx, by, v.ID, b)
	if errs.KindOf(err) == errs.Conflict { // more than is there, or the quarter is public
		return nil
	}
	if err != nil || !wrong {
		return err
	}
	s.after(s.office(s.Clock.Now().Add(24*time.Hour)), func() error {
		if _, err := s.Affairs.Counter(s.ctx, by, d, "金额看错一位，按单据重记"); err != nil {
			return ours(err)
		}
		b.Amount, b.On = b.Amount/10, places.DayOf(s.Clock.Now())
		_, err := s.Affairs.Book(s.ctx, by, v.ID, b)
		return ours(err)
	})
	return nil
}

// say schedules notices, pages of the diary, texts for the loudspeaker, and dates.
func (g *gazettes) say(v places.Place, by func() scope.Actor, first time.Time, home bool) {
	days := int(g.s.plan.End.Sub(first).Hours()/24) - 2
	at := func(lately int) time.Time {
		return g.s.office(g.s.plan.End.AddDate(0, 0, -1-g.rnd.IntN(min(days, lately))).Add(-time.Duration(g.rnd.IntN(9)) * time.Hour))
	}
	many := func(n, of int) int {
		if home {
			return n
		}
		return of
	}
	for _, i := range g.rnd.Perm(len(texts.Notices))[:many(9, 1)] {
		x := texts.Notices[i]
		g.announce(v, by(), at(90), affairs.Writing{Kind: affairs.Plain, Title: x.Title, Body: x.Body})
	}
	for _, i := range g.rnd.Perm(len(texts.Diaries))[:many(6, 1)] {
		x := texts.Diaries[i]
		g.announce(v, by(), at(60), affairs.Writing{Kind: affairs.Diary, Title: x.Title, Body: x.Body})
	}
	if v.Community == places.Rural || home {
		x := pick(g.rnd, texts.Announcements)
		g.announce(v, by(), at(6), affairs.Writing{Kind: affairs.Speaker, Title: x.Title, Body: x.Body})
	}
	for n, i := range g.rnd.Perm(len(texts.Dates))[:many(5, 1)] {
		x := texts.Dates[i]
		starts := g.s.plan.End.In(i18n.Zone).AddDate(0, 0, 2+6*n+g.rnd.IntN(5))
		y, m, d := starts.Date()
		starts = time.Date(y, m, d, pick(g.rnd, []int{9, 14, 19}), 30*g.rnd.IntN(2), 0, 0, i18n.Zone)
		g.announce(v, by(), at(20), affairs.Writing{Kind: affairs.Event, Title: x.Title, Body: x.Body, Spot: x.Spot, Starts: starts, Ends: starts.Add(2 * time.Hour)})
	}
}
