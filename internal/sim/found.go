// SPDX-License-Identifier: Apache-2.0

package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/orgs"
	"yuanba/internal/domain/people"
	"yuanba/internal/domain/places"
	"yuanba/internal/domain/routing"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
	"yuanba/internal/sim/texts"
)

// outline makes up outlines for all places: those of Qionglai are nobody's to
// give away, and a demonstration needs a map.
func (s *simulation) outline() error {
	return s.Places.Draw(s.ctx, founder, places.Invent(s.Places.Tree(), s.plan.Seed))
}

// layOut lays out the shipped tree of places, with grids and courtyards.
func (s *simulation) layOut() error {
	s.Clock.set(s.start.AddDate(0, -1, 0))
	if _, err := s.Places.ImportDivisions(s.ctx, founder, places.DivisionImport{File: places.Qionglai(), Format: places.JSON}); err != nil {
		return err
	}
	names := texts.Shared().Courtyards
	next := 0
	yards := func(v places.Place) []string {
		if v.Community != places.Urban {
			return nil
		}
		var some []string
		for range 2 {
			if next < len(names) {
				some = append(some, names[next])
				next++
			}
		}
		return some
	}
	return s.Places.Furnish(s.ctx, founder, places.Generate(s.Places.Tree(), s.plan.Seed, yards), "")
}

// found makes the organisation, its accounts and the cast.
func (s *simulation) found() error {
	tree := s.Places.Tree()
	var ground []orgs.Ground
	for _, k := range []places.Kind{places.City, places.Town, places.Village, places.Grid} {
		for _, p := range tree.All(k) {
			ground = append(ground, orgs.Ground{Path: p.Path, Code: p.Code, Name: p.Name})
			if k == places.Village {
				s.villages = append(s.villages, p)
			}
		}
	}
	if err := s.DB.Write(s.ctx, func(tx *sqldb.Tx) error { return s.Orgs.Found(tx, founder, ground) }); err != nil {
		return err
	}
	var accounts map[string]id.ID
	if err := s.DB.Write(s.ctx, func(tx *sqldb.Tx) (err error) {
		accounts, err = s.Access.EnterCast(tx, founder, s.placeNamed, time.Time{})
		return err
	}); err != nil {
		return err
	}
	s.cast = map[string]scope.Actor{}
	for login, account := range accounts {
		by, err := s.Access.ActorOf(s.ctx, account)
		if err != nil {
			return err
		}
		s.cast[login] = by
	}
	return s.appoint()
}

// placeNamed finds a place by its names from the town down; without names it is
// the city.
func (s *simulation) placeNamed(names ...string) (scope.Path, bool) {
	p, ok := s.Places.Tree().City()
	for _, name := range names {
		found := false
		for _, c := range s.Places.Tree().Children(p.ID) {
			if c.Name.ZH == name || strings.HasPrefix(c.Name.ZH, name) {
				p, found = c, true
				break
			}
		}
		if !found {
			return scope.Path{}, false
		}
	}
	return p.Path, ok
}

// workRoles are the roles whose posts the simulation fills.
var workRoles = map[string]bool{"acceptor": true, "dispatcher": true, "verifier": true, "handler": true, "unit_lead": true,
	"deputy_secretary": true, "reviewer": true, "committee_chair": true, "village_secretary": true, "committee_member": true, "desk_clerk": true, "police_household": true}

// appoint fills the posts that nobody of the cast holds, and learns who acts for
// which unit.
func (s *simulation) appoint() error {
	dir := s.Orgs.Directory()
	now := s.Clock.Now()
	rnd := rand.New(rand.NewPCG(s.plan.Seed, 0x0ff1ce))
	err := s.DB.Write(s.ctx, func(tx *sqldb.Tx) error {
		n := 0
		for _, u := range dir.Units() {
			for _, p := range dir.Posts(u.ID) {
				if !workRoles[p.Role] || len(dir.Holders(p.ID, now)) > 0 {
					continue
				}
				n++
				account, err := s.Access.CreateIn(tx, founder, fmt.Sprintf("%s%04d", strings.ReplaceAll(p.Role, "_", ""), n), texts.Name(rnd, texts.Middle, rnd.IntN(2) == 0))
				if err != nil {
					return err
				}
				if _, err := s.Orgs.AppointIn(tx, founder, p.ID, account, time.Time{}, time.Time{}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.staff = map[id.ID][]scope.Actor{}
	dir = s.Orgs.Directory()
	for _, u := range dir.Units() {
		for _, account := range dir.Members(u.ID, now) {
			by, err := s.Access.ActorOf(s.ctx, account)
			if err != nil {
				return err
			}
			s.staff[u.ID] = append(s.staff[u.ID], by)
		}
	}
	return nil
}

// A Guest is a resident of the cast: they have no account, and a visitor of the
// demonstration may be one of them.
type Guest struct {
	Mark   string // under which their record is kept, see sqldb.Mark
	Name   i18n.Text
	Masked string
	What   i18n.Text

	full  string
	born  int
	large bool
}

// Guests are the residents of the cast.
var Guests = []Guest{
	{"demo.chen", i18n.Text{ZH: "陈婆婆", EN: "Granny Chen"}, "陈**", i18n.Text{ZH: "79 岁，住宝塔社区，喜欢大字，邻居和网格员帮她说事", EN: "79, of Baota Community; large type; her neighbour and the grid worker help her"}, "陈秀英", 1947, true},
	{"demo.zhou", i18n.Text{ZH: "周敏", EN: "Zhou Min"}, "周*", i18n.Text{ZH: "年轻妈妈，只用手机", EN: "a young mother with a phone only"}, "周敏", 1994, false},
}

// settle registers residents at the desk, the two of the cast first.
func (s *simulation) settle() error {
	baota, ok := s.placeNamed("文君街道", "宝塔社区")
	if !ok {
		return fmt.Errorf("宝塔社区 is not in the tree")
	}
	rnd := rand.New(rand.NewPCG(s.plan.Seed, 0xfa3117))
	for _, g := range Guests {
		if err := s.register(rnd, g.full, g.born, baota, g.large); err != nil {
			return err
		}
		who := s.residents[len(s.residents)-1].Resident
		if err := s.DB.Write(s.ctx, func(tx *sqldb.Tx) error { return sqldb.SetMark(tx, g.Mark, int64(who)) }); err != nil {
			return err
		}
	}
	for range 400 {
		g := pick(rnd, []texts.Generation{texts.Old, texts.Middle, texts.Middle, texts.Young})
		born := map[texts.Generation]int{texts.Old: 1955, texts.Middle: 1978, texts.Young: 1996}[g] + rnd.IntN(8)
		if err := s.register(rnd, texts.Name(rnd, g, rnd.IntN(2) == 0), born, pick(rnd, s.villages).Path, g == texts.Old); err != nil {
			return err
		}
	}
	return nil
}

// register is a resident verified at the desk. The numbers are made up: their
// district code, 999999, is given to no district.
func (s *simulation) register(rnd *rand.Rand, name string, born int, at scope.Path, large bool) error {
	s.registered++
	number := checked(fmt.Sprintf("999999%04d%02d%02d%03d", born, 1+rnd.IntN(12), 1+rnd.IntN(28), s.registered%1000))
	r, err := s.People.Verify(s.ctx, s.deskFor(at), people.Verifying{Name: name, IDNumber: number, Phone: fmt.Sprintf("1990000%04d", s.registered), Place: at, Large: large})
	if err != nil {
		return err
	}
	s.residents, s.homes = append(s.residents, r.Actor()), append(s.homes, at)
	return nil
}

// deskFor is the clerk at whose desk a resident of the place shows their card.
func (s *simulation) deskFor(at scope.Path) scope.Actor {
	dir := s.Orgs.Directory()
	for _, key := range []string{"village", "desk", "police"} {
		if u, ok := dir.Responsible(key, at); ok {
			if by := s.memberWith(u.ID, "desk", at); by.Kind == scope.Staff {
				return by
			}
		}
	}
	return founder
}

// checked adds the check digit of GB 11643 (ISO 7064 MOD 11-2) to 17 digits.
func checked(n string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(n[i]-'0') * w
	}
	return n + string("10X98765432"[sum%11])
}

// rule puts the shipped rules in use.
func (s *simulation) rule() error {
	if s.Routing == nil {
		return nil
	}
	admin := s.cast["admin"]
	rs, err := routing.Shipped(s.Routing.Town())
	if err != nil {
		return err
	}
	if err := s.Routing.ReplaceRules(s.ctx, admin, 0, rs); err != nil {
		return err
	}
	_, d, err := s.Routing.Rules(s.ctx, admin)
	if err != nil {
		return err
	}
	return s.Routing.PutInUse(s.ctx, admin, d.Version, "开张时定的规则，按职责清单来。")
}

// prepare writes the prepared replies of the desks.
func (s *simulation) prepare() error {
	admin := s.cast["admin"]
	for _, t := range []matters.Template{
		{Act: matters.Decline, Name: "不归本市管", Words: "您反映的事不在本市职责范围内，请向当地或上级主管部门反映。需要联系方式的，请拨打便民电话，我们帮您查。", Active: true},
		{Act: matters.Ask, Name: "位置不清楚", Words: "请问具体在哪个路口或哪栋楼？附近有什么店铺或标志？说清楚了好派人去看。", Active: true},
		{Act: matters.Ask, Name: "想要一张照片", Words: "方便的话请补一张现场照片，拍到门牌或路名更好。", Active: true},
		{Act: matters.Handle, Name: "现场处理完毕", Words: "接到后，（谁）于（哪天）到现场查看，情况属实。已经（做了什么），现在（什么样）。", Active: true},
		{Act: matters.Close, Name: "结案告知", Words: "您反映的事已经办结，经核查符合结案条件。还有问题，请在十五天内告诉我们。", Active: true},
		{Act: matters.SendBack, Name: "不属本单位", Words: "经查，此事由其他单位负责，依据是：（写明）。建议改派：（写明）。", Active: true},
	} {
		if err := s.Matters.SetTemplate(s.ctx, admin, t); err != nil {
			return err
		}
	}
	return nil
}
