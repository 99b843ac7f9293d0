// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"yuanba/internal/domain/access"
	"yuanba/internal/domain/desk"
	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/patrol"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/geo"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/sim/texts"
)

// beats are the rounds of the grids at work. They have a chance of their own, so that
// where somebody walks changes nothing of the matters' year.
type beats struct {
	s       *simulation
	rnd     *rand.Rand
	home    id.ID // the village in which the cast lives
	workers map[id.ID]scope.Actor
	chairs  map[id.ID]scope.Actor
	elders  id.ID            // the duty by which old people are visited
	codes   map[id.ID]string // what is printed at the points
	n       int
}

// For how many days rounds are walked before the end.
const (
	WholeRounds = 365
	someRounds  = 10
)

// patrols schedules what is proposed, admitted and given, and the two rounds of each day
// on every grid.
func (s *simulation) patrols() error {
	if s.Patrol == nil {
		return nil
	}
	b := &beats{s: s, rnd: rand.New(rand.NewPCG(s.plan.Seed, 0x9a7401)), home: s.residentsHome(), workers: map[id.ID]scope.Actor{}, chairs: map[id.ID]scope.Actor{}, codes: map[id.ID]string{}}
	if err := b.hire(); err != nil {
		return err
	}
	y, m, d := s.plan.End.In(i18n.Zone).Date()
	first := time.Date(y, m, d-s.plan.Rounds, 0, 0, 0, 0, i18n.Zone)
	s.after(first.AddDate(0, 0, -6).Add(10*time.Hour), b.propose)
	s.after(first.Add(-6*time.Hour), b.furnish)
	s.after(s.plan.End.Add(-19*time.Hour), b.overlook)
	s.after(s.plan.End.Add(-2*time.Hour), b.appeal)
	for day := first; !day.After(s.plan.End); day = day.AddDate(0, 0, 1) {
		for _, half := range []time.Duration{8 * time.Hour, 14 * time.Hour} {
			from := day.Add(half)
			s.after(from.Add(-20*time.Minute), func() error { _, err := s.Patrol.MakeRounds(s.ctx); return err })
			s.after(from.Add(3*time.Hour+50*time.Minute), func() error { return b.walk(from) })
		}
	}
	return nil
}

// hire fills the grids' posts: in each village one person walks all grids that nobody of
// the cast does.
func (b *beats) hire() error {
	s, dir, now := b.s, b.s.Orgs.Directory(), b.s.Clock.Now()
	accounts := map[id.ID]id.ID{}
	err := s.DB.Write(s.ctx, func(tx *sqldb.Tx) error {
		for i, v := range s.villages {
			u, ok := dir.Responsible("village", v.Path)
			if !ok {
				continue
			}
			for _, p := range dir.Posts(u.ID) {
				if p.Role != "grid_worker" || len(dir.Holders(p.ID, now)) > 0 {
					continue
				}
				if accounts[v.ID] == 0 {
					account, err := s.Access.CreateIn(tx, founder, fmt.Sprintf("gridworker%04d", i+1), texts.Name(b.rnd, texts.Middle, b.rnd.IntN(3) > 0))
					if err != nil {
						return err
					}
					accounts[v.ID] = account
				}
				if _, err := s.Orgs.AppointIn(tx, founder, p.ID, accounts[v.ID], time.Time{}, time.Time{}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for v, account := range accounts {
		if b.workers[v], err = s.Access.ActorOf(s.ctx, account); err != nil {
			return err
		}
	}
	for _, v := range s.villages {
		if u, ok := dir.Responsible("village", v.Path); ok {
			b.chairs[v.ID] = s.memberWith(u.ID, access.Arrange, v.Path)
		}
	}
	return nil
}

// propose has departments propose their duties; the city decides a few days later.
func (b *beats) propose() error {
	s := b.s
	city, _ := s.Places.Tree().City()
	reviewer := s.cast["yu"]
	for _, t := range texts.Duties() {
		u, ok := s.Orgs.Directory().Responsible(t.Unit, city.Path)
		if !ok {
			continue
		}
		by := s.memberWith(u.ID, access.Handle, city.Path)
		if t.Unit == "water" {
			by = s.cast["wu"]
		}
		d := patrol.Duty{Unit: u.ID, Name: i18n.Text{ZH: t.Name, EN: t.NameEN}, What: t.What, Kind: patrol.Kind(t.Kind), Often: patrol.Often(t.Often), Minutes: t.Minutes, Basis: t.Basis, Spec: t.Spec()}
		fresh, err := s.Patrol.Propose(s.ctx, by, d)
		if err != nil {
			return fmt.Errorf("propose %s: %w", t.Name, err)
		}
		s.after(s.Clock.Now().Add(3*24*time.Hour+time.Duration(b.rnd.IntN(200))*time.Minute), func() error {
			switch t.Fate {
			case "wait":
				return nil
			case "refuse":
				return s.Patrol.Refuse(s.ctx, reviewer, fresh, t.Reason)
			case "limit":
				if err := b.limit(reviewer, fresh, t.Reason); err != nil {
					return err
				}
			default:
				if err := s.Patrol.Admit(s.ctx, reviewer, fresh, t.Reason); err != nil {
					return err
				}
			}
			if d.Kind == patrol.AtHome {
				b.elders = fresh
				return nil
			}
			_, err := s.Patrol.Give(s.ctx, by, fresh, 0)
			return err
		})
	}
	return nil
}

// limit admits a duty until some weeks after the end. Over a year that is longer than may
// be admitted at once: it is admitted on before its day comes.
func (b *beats) limit(by scope.Actor, duty id.ID, reason string) error {
	s := b.s
	last := patrol.DayOf(s.plan.End) + 45
	if most := patrol.DayOf(s.Clock.Now()) + 180; last > most {
		last = most
		s.after(s.Clock.Now().AddDate(0, 0, 170), func() error { return b.limit(by, duty, "继续需要，再准入一段时间。") })
	}
	return s.Patrol.AdmitUntil(s.ctx, by, duty, last, reason)
}

// furnish puts up the points of every grid, and writes down who wants to be visited.
func (b *beats) furnish() error {
	s, tree := b.s, b.s.Places.Tree()
	for _, v := range s.villages {
		var ps []patrol.NewPoint
		for _, g := range tree.Children(v.ID) {
			if g.Kind != places.Grid {
				continue
			}
			for i, t := range texts.PointsOf(v.Community == places.Rural) {
				at, ok := b.spot(g)
				if ok || i == 0 { // the first stands in every grid: each has something due in each round
					ps = append(ps, patrol.NewPoint{Grid: g.ID, Kind: patrol.PointKind(t.Kind), Name: pick(b.rnd, t.Names), At: at})
				}
			}
		}
		ds, err := s.Patrol.AddPoints(s.ctx, b.chairs[v.ID], ps)
		if err != nil {
			return fmt.Errorf("points of %s: %w", v.Name.ZH, err)
		}
		for _, d := range ds {
			p, err := s.Patrol.Point(s.ctx, b.chairs[v.ID], d)
			if err != nil {
				return err
			}
			b.codes[d] = p.Code
		}
	}
	for i, r := range s.residents {
		who, err := s.People.Get(s.ctx, r.Resident)
		if err != nil {
			return err
		}
		if !who.Large || i > 1 && b.rnd.IntN(3) > 0 { // large type: they are old
			continue
		}
		grids := tree.Children(who.Place[scope.Village])
		if len(grids) == 0 || grids[0].Kind != places.Grid {
			continue
		}
		g := grids[0]
		if i > 1 {
			g = grids[b.rnd.IntN(len(grids))]
		}
		if g.Kind != places.Grid {
			continue
		}
		in := patrol.Agreeing{Resident: r.Resident, Grid: g.ID, Duty: b.elders, Every: pick(b.rnd, []int{3, 7, 7, 14}), Need: pick(b.rnd, patrol.NeedKinds), Consent: pick(b.rnd, patrol.Consents)}
		if _, err := s.Patrol.Agree(s.ctx, b.chairs[who.Place[scope.Village]], in); err != nil {
			return fmt.Errorf("agree: %w", err)
		}
	}
	grids := tree.Children(b.home)
	li := s.cast["li"].Account
	if err := s.Patrol.HandOver(s.ctx, b.chairs[b.home], grids[0].ID, 0, li, "钥匙在门卫室。三单元的黄狗见生人会叫，先打个招呼。"); err != nil {
		return err
	}
	if as, err := s.Patrol.Handovers(s.ctx, s.cast["li"]); err != nil || len(as) == 0 {
		return err
	} else if err := s.Patrol.TakeOver(s.ctx, s.cast["li"], as[0].ID); err != nil {
		return err
	}
	return nil
}

// overlook has 周敏 report what the round of the cast's grid should have seen.
func (b *beats) overlook() error {
	s := b.s
	grid := s.Places.Tree().Children(b.home)[0]
	for back := range patrol.Slot(3) {
		w, err := s.Patrol.Walk(s.ctx, s.cast["li"], grid.ID, patrol.SlotAt(s.Clock.Now())-back)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range w.Entries {
			p, ok := w.Points[e.Point]
			if !ok || p.Kind != patrol.Waste || e.Result != patrol.Nothing || !e.Proved() {
				continue
			}
			k, _ := s.Matters.Catalogue().Get("waste")
			_, err := s.Matters.Raise(s.ctx, s.residents[1], matters.Raising{Body: p.Name + "的垃圾满出来两天了，没人收。", Category: k.Code, Answers: s.firstAnswers(k), Place: grid.ID, At: &matters.Point{Lon: p.At[0], Lat: p.At[1]}, Public: true})
			return err
		}
	}
	return nil
}

// firstAnswers are answers to what a category must know.
func (s *simulation) firstAnswers(k matters.Category) map[string]string {
	a := map[string]string{}
	for _, q := range k.Questions {
		switch {
		case !q.Required:
		case q.Type == "choice":
			a[q.Key] = q.Choices[0].Value
		case q.Type == "yesno":
			a[q.Key] = "no"
		case q.Type == "number":
			a[q.Key] = "2"
		case q.Type == "date":
			a[q.Key] = s.Clock.Now().In(i18n.Zone).Format(time.DateOnly)
		default:
			a[q.Key] = "就在点位旁边"
		}
	}
	return a
}

// appeal has 李网格 say why some of what was missed should not count; 王主任 decides the
// first, the others wait.
func (b *beats) appeal() error {
	s := b.s
	grid := s.Places.Tree().Children(b.home)[0]
	now := patrol.SlotAt(s.Clock.Now())
	as, _, err := s.Patrol.Appraise(s.ctx, s.cast["li"], patrol.Span{In: scope.Of(grid.Path), From: now - 20, To: now})
	if err != nil || len(as) == 0 {
		return err
	}
	for i, g := range as[0].Gaps[:min(2, len(as[0].Gaps))] {
		words := []string{"那天门口围挡施工，进不去，有照片。", "那个时候在楼上帮老人换灯泡，下来就过点了。"}[i]
		d, err := s.Patrol.Appeal(s.ctx, s.cast["li"], patrol.Against{Grid: grid.ID, Slot: g.Slot, Point: g.Stop.Point, Visit: g.Stop.Visit}, words)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := s.Patrol.Grant(s.ctx, s.cast["wang"], d, "属实，当天确实在施工。"); err != nil {
				return err
			}
		}
	}
	return nil
}

// spot is somewhere in a grid.
func (b *beats) spot(g places.Place) (geo.Point, bool) {
	tree := b.s.Places.Tree()
	for range 12 {
		p := geo.Point{g.Point.Lon() + (b.rnd.Float64()-0.5)/220, g.Point.Lat() + (b.rnd.Float64()-0.5)/220}
		if at, ok := tree.Locate(p[0], p[1]); ok && at.Path[scope.Grid] == g.ID {
			return p, true
		}
	}
	return g.Point, false
}

// walk has everybody enter what they did in a window that is nearly over. One stop in
// twenty-five is missed, and now and then there is nothing to show for one.
func (b *beats) walk(from time.Time) error {
	s := b.s
	due, err := s.Patrol.Due(s.ctx, patrol.SlotAt(from))
	if err != nil {
		return err
	}
	slices.SortFunc(due, func(x, y patrol.Round) int { return cmp.Compare(x.Grid(), y.Grid()) })
	mine := map[id.ID][]patrol.Entering{}
	var order []id.ID
	add := func(by scope.Actor, e patrol.Entering) {
		if len(mine[by.Account]) == 0 {
			order = append(order, by.Account)
		}
		mine[by.Account] = append(mine[by.Account], e)
	}
	actors := map[id.ID]scope.Actor{s.cast["li"].Account: s.cast["li"]}
	for _, w := range b.workers {
		actors[w.Account] = w
	}
	lis := s.Places.Tree().Children(b.home)[0].ID
	for _, r := range due {
		by := b.workers[r.Path[scope.Village]]
		if r.Grid() == lis {
			by = s.cast["li"]
		}
		if by.Account == 0 {
			continue
		}
		at := from.Add(time.Duration(5+b.rnd.IntN(60)) * time.Minute)
		for _, stop := range r.Due {
			at = at.Add(time.Duration(4+b.rnd.IntN(12)) * time.Minute)
			if !stop.Counts() || b.rnd.IntN(25) == 0 || at.After(from.Add(225*time.Minute)) {
				continue
			}
			add(by, b.entry(r, stop, at))
		}
	}
	b.hear(mine[s.cast["li"].Account], patrol.SlotAt(from))
	for _, account := range order {
		rs, err := s.Patrol.EnterAll(s.ctx, actors[account], mine[account])
		if err != nil {
			return fmt.Errorf("rounds of %s: %w", actors[account].Name, err)
		}
		for _, r := range rs {
			if r.Need != "" {
				b.answer(r.Need)
			}
		}
	}
	return nil
}

// heard is what 李网格 hears on rounds of the last days: how many windows before the end,
// and who needs what at home.
var heard = []struct {
	before patrol.Slot
	need   patrol.Need
}{
	{9, patrol.Need{Item: "elder-allowance", Words: "八十二岁，眼睛看不清，孙子说网上填不来，想请人上门帮忙办。", Name: "郭阿婆", Phone: "19900000011", Address: "宝塔巷 7 号", Whose: "孙子"}},
	{5, patrol.Need{Item: "id-card-renew", Words: "摔断了腿，躺了两个月，身份证下个月到期，住院报销要用。", Name: "彭大爷", Phone: "19900000012", Address: "宝塔巷 11 号", Whose: "女儿"}},
	{2, patrol.Need{Item: "social-alive", Words: "中风以后说话不清楚，养老金认证在手机上过不了。", Name: "曾婆婆", Phone: "19900000013", Address: "宝塔巷 15 号", Whose: "老伴"}},
}

// hear puts what is heard on a round to the first of the entries of its grid.
func (b *beats) hear(es []patrol.Entering, slot patrol.Slot) {
	last := patrol.SlotAt(b.s.plan.End)
	for _, h := range heard {
		for i := range es {
			if b.s.Desk != nil && last-h.before == slot && es[i].Visit == 0 {
				es[i].Found, es[i].Needs = nil, &h.need
				break
			}
		}
	}
}

// answer has the desk call the family of somebody who was found on a round. Of the last one
// nobody has been called when the year ends.
func (b *beats) answer(number string) {
	s := b.s
	street := scope.Path{}
	copy(street[:scope.Town+1], s.Places.Tree().Children(b.home)[0].Path[:scope.Town+1])
	c := &counters{s: s, rnd: b.rnd, street: street}
	s.after(s.office(s.Clock.Now().Add(16*time.Hour)), func() error {
		clerk := c.first("desk", access.Visit)
		x, err := s.Desk.Visit(s.ctx, clerk, number)
		if err != nil {
			return err
		}
		return ours(s.Desk.Call(s.ctx, clerk, x.ID, desk.SaidYes, "家里同意上门，白天都有人在。"))
	})
}

func (b *beats) entry(r patrol.Round, stop patrol.Stop, at time.Time) patrol.Entering {
	b.n++
	e := patrol.Entering{Content: fmt.Sprintf("sim-%012d", b.n), Point: stop.Point, Visit: stop.Visit, MadeAt: at, SentAt: b.s.Clock.Now()}
	if stop.Visit != 0 {
		e.Absent = b.rnd.IntN(12) == 0
		return e
	}
	if b.rnd.IntN(60) > 0 {
		e.Code = b.codes[stop.Point]
	}
	if r.Path[scope.Village] == b.home && b.rnd.IntN(14) == 0 || b.rnd.IntN(2500) == 0 {
		f := pick(b.rnd, texts.Findings())
		e.Found = &patrol.Found{Words: f.Words, Settled: f.Settled, Public: true}
	}
	return e
}
