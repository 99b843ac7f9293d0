// SPDX-License-Identifier: Apache-2.0

package access

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yuanba/internal/domain/orgs"
	"yuanba/internal/kit/errs"
	"yuanba/internal/kit/i18n"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// A Part is one thing that a member of the cast is: a role, at the unit that is
// responsible for Unit at the place.
type Part struct {
	Role  string
	Unit  string    // the unit's key
	Place []string  // names from the town down; empty for the city
	Own   i18n.Text // the unit's name, if it is one of its own: a shop, a law office
	Kind  orgs.Kind // of a unit of its own
	Title i18n.Text // of the post to be made if the unit has none of the role
}

// A Member is one of the invented people of demonstrations and tests. What they
// do is the message "cast.<login>".
type Member struct {
	Login string
	Name  i18n.Text
	Parts []Part
}

func text(zh, en string) i18n.Text { return i18n.Text{ZH: zh, EN: en} }

var (
	wenjun = []string{"文君街道"}
	baota  = []string{"文君街道", "宝塔社区"}
)

// Cast lists those of the cast who work for the town or with it, in the order in
// which a matter meets them. The residents among the cast have no account.
var Cast = []Member{
	{"li", text("李网格", "Grid worker Li"), []Part{{Role: "grid_worker", Unit: "village", Place: baota, Title: text("网格员", "Grid worker")}}},
	{"wang", text("王主任", "Chair Wang"), []Part{{Role: "committee_chair", Unit: "village", Place: baota}}},
	{"jiang", text("蒋书记", "Secretary Jiang"), []Part{{Role: VillageSecretary, Unit: "village", Place: baota}}},
	{"zhao", text("赵调度", "Dispatcher Zhao"), []Part{{Role: "dispatcher", Unit: "centre", Place: wenjun}, {Role: "acceptor", Unit: "centre", Place: wenjun}}},
	{"sun", text("孙书记", "Secretary Sun"), []Part{{Role: "deputy_secretary", Unit: "street", Place: wenjun}}},
	{"he", text("何警官", "Officer He"), []Part{{Role: "police_household", Unit: "police", Place: wenjun}}},
	{"lin", text("林窗口", "Clerk Lin"), []Part{{Role: "desk_clerk", Unit: "desk", Place: wenjun}}},
	{"wu", text("吴科长", "Section chief Wu"), []Part{{Role: "handler", Unit: "water"}}},
	{"zheng", text("郑核查", "Verifier Zheng"), []Part{{Role: "verifier", Unit: "centre", Place: wenjun}}},
	{"luo", text("罗老师", "Teacher Luo"), []Part{{Role: "mediator", Unit: "justice", Place: wenjun}}},
	{"feng", text("冯律师", "Lawyer Feng"), []Part{{Role: "lawyer", Place: wenjun, Kind: orgs.Outside,
		Own: text("古榕律师事务所", "Banyan Law Office"), Title: text("律师", "Lawyer")}}},
	{"xu", text("许议长", "Speaker Xu"), []Part{{Role: "council_chair", Unit: "village", Place: baota,
		Title: text("院落议事会议长", "Chair of the courtyard council")}}},
	{"tang", text("唐店主", "Shopkeeper Tang"), []Part{{Role: "merchant", Place: baota, Kind: orgs.Company,
		Own: text("唐记杂货铺", "Tang's Corner Shop"), Title: text("店主", "Shopkeeper")}}},
	{"deng", text("邓经理", "Manager Deng"), []Part{{Role: "liaison", Place: baota, Kind: orgs.Company,
		Own: text("临江物业服务公司", "Riverside Property Services"), Title: text("联络人", "Liaison")}}},
	{"gao", text("高代表", "Deputy Gao"), []Part{{Role: "delegate", Unit: "street", Place: wenjun}}},
	{"yu", text("余督查", "Reviewer Yu"), []Part{{Role: "reviewer", Unit: "city"}}},
	{"han", text("韩分析", "Analyst Han"), []Part{{Role: "analyst", Unit: "city"}}},
	{"admin", text("系统员", "Admin"), []Part{{Role: "administrator", Unit: "city"}}},
	{"audit", text("外审", "Auditor"), []Part{{Role: "auditor", Unit: "city"}}},
}

// CastMember returns the member of the cast with the login.
func CastMember(login string) (Member, bool) {
	i := slices.IndexFunc(Cast, func(m Member) bool { return m.Login == login })
	if i < 0 {
		return Member{}, false
	}
	return Cast[i], true
}

// A Locator finds the place with the given names, from the town down.
type Locator func(names ...string) (scope.Path, bool)

// EnterCast makes the accounts of the cast and appoints them, from the moment
// from on; a zero from is now. The town must be founded ([orgs.Service.Found]),
// and the Directory must know it: so it is a transaction after that. Members
// whose account exists are left alone. It returns the accounts by login.
func (s *Service) EnterCast(tx *sqldb.Tx, by scope.Actor, where Locator, from time.Time) (map[string]id.ID, error) {
	accounts := map[string]id.ID{}
	for _, m := range Cast {
		if a, err := loadLogin(tx, m.Login); err == nil {
			accounts[m.Login] = a.ID
			continue
		} else if errs.KindOf(err) != errs.NotFound {
			return nil, err
		}
		a, err := s.CreateIn(tx, by, m.Login, m.Name.ZH)
		if err != nil {
			return nil, fmt.Errorf("cast %s: %w", m.Login, err)
		}
		accounts[m.Login] = a
		for _, p := range m.Parts {
			if err := s.enter(tx, by, a, p, where, from); err != nil {
				return nil, fmt.Errorf("cast %s: %w", m.Login, err)
			}
		}
	}
	return accounts, nil
}

func (s *Service) enter(tx *sqldb.Tx, by scope.Actor, account id.ID, p Part, where Locator, from time.Time) error {
	path, ok := where(p.Place...)
	if !ok {
		return fmt.Errorf("there is no place %s", strings.Join(p.Place, " "))
	}
	post, err := s.postFor(tx, by, p, path)
	if err != nil {
		return err
	}
	_, err = s.orgs.AppointIn(tx, by, post, account, from, time.Time{})
	return err
}

// postFor returns the post of the part: one that the unit has, else a new one.
func (s *Service) postFor(tx *sqldb.Tx, by scope.Actor, p Part, path scope.Path) (id.ID, error) {
	dir := s.orgs.Directory()
	unit := id.ID(0)
	if p.Own.ZH != "" {
		u, err := s.orgs.AddUnitIn(tx, by, orgs.NewUnit{Kind: p.Kind, Name: p.Own, Path: path})
		if err != nil {
			return 0, err
		}
		unit = u
	} else {
		u, ok := dir.Responsible(p.Unit, path)
		if !ok {
			return 0, fmt.Errorf("no unit is responsible for %q: is the town founded?", p.Unit)
		}
		unit = u.ID
		for _, post := range dir.Posts(unit) {
			if post.Role == p.Role {
				return post.ID, nil
			}
		}
	}
	if p.Title.ZH == "" {
		return 0, fmt.Errorf("unit %s has no post of role %s", unit, p.Role)
	}
	return s.orgs.AddPostIn(tx, by, orgs.NewPost{Unit: unit, Title: p.Title, Role: p.Role, Path: path})
}
