// SPDX-License-Identifier: Apache-2.0

package hotissues

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"yuanba/internal/domain/matters"
	"yuanba/internal/domain/places"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const (
	lookBack = 182 // days: what the heat compares with
	mustBeBy = 90  // days: an issue without a word for longer is not kept
	leastOf  = 3   // people who make an issue of a town
)

// Count finds the issues of the whole town anew, one street or town after the
// other. An issue that is found again keeps its number; what somebody put together
// or took apart by hand stays so, and what belongs to it comes to it.
func (s *Service) Count(ctx context.Context) error {
	towns := []id.ID{0}
	for _, t := range s.places.Tree().All(places.Town) {
		towns = append(towns, t.ID)
	}
	for _, town := range towns {
		if err := s.countTown(ctx, town); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) countTown(ctx context.Context, town id.ID) error {
	var told []matters.Told
	if err := s.db.Read(ctx, func(tx *sqldb.Tx) (err error) {
		told, err = s.matters.Told(tx, town, tx.Now().AddDate(0, 0, -lookBack))
		return err
	}); err != nil {
		return err
	}
	c := s.counting(told)
	groups := parted(c.rs, usualGap) // long, and so outside a transaction
	return s.db.Write(ctx, func(tx *sqldb.Tx) error { return c.keep(tx, s, town, groups) })
}

// A counting is the matters of one town while their issues are counted.
type counting struct {
	told []matters.Told
	rs   []reading
	at   map[id.ID]int // the place in rs of each matter
}

// counting reads matters as messages: by whom, where and of which category is
// known.
func (s *Service) counting(told []matters.Told) *counting {
	slices.SortFunc(told, func(a, b matters.Told) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	c := &counting{told: told, at: map[id.ID]int{}}
	ms := make([]*Message, len(told))
	for i, t := range told {
		m := &Message{ID: t.ID.String(), Subject: t.Title, Detail: t.Body, At: t.At, Likes: t.Supporters, Kind: t.Category, User: t.ID.String()}
		if t.By != 0 {
			m.User = "by " + t.By.String()
		}
		if v, ok := s.places.Tree().Get(t.Path[scope.Village]); ok {
			m.Place = v.Name.ZH
		}
		ms[i], c.at[t.ID] = m, i
	}
	c.rs = read(ms)
	return c
}

// keep writes the issues of a town.
func (c *counting) keep(tx *sqldb.Tx, s *Service, town id.ID, groups [][]int) error {
	was, err := membersIn(tx, town)
	if err != nil {
		return err
	}
	old, hand := map[id.ID]id.ID{}, map[id.ID]id.ID{} // the issue of each matter, and of those put there by hand
	for _, m := range was {
		old[m.matter] = m.issue
		if m.byHand {
			hand[m.matter] = m.issue
		}
	}
	decided := map[id.ID][]int{}
	for matter, issue := range hand {
		if i, ok := c.at[matter]; ok {
			decided[issue] = append(decided[issue], i)
		}
	}
	var free [][]int
	for _, g := range groups {
		var rest []int
		votes := map[id.ID]int{}
		for _, i := range g {
			if issue, ok := hand[c.told[i].ID]; ok {
				votes[issue]++
			} else {
				rest = append(rest, i)
			}
		}
		if issue := most(votes); issue != 0 {
			decided[issue] = append(decided[issue], rest...)
		} else if len(rest) > 0 {
			free = append(free, rest)
		}
	}
	kept := map[id.ID]bool{}
	for _, issue := range slices.Sorted(maps.Keys(decided)) {
		kept[issue] = true
		if err := c.write(tx, s, issue, decided[issue], hand); err != nil {
			return err
		}
	}
	// The largest first, so that it keeps the number.
	slices.SortStableFunc(free, func(a, b []int) int { return len(b) - len(a) })
	for _, g := range free {
		if !c.worth(tx, g) {
			continue
		}
		votes := map[id.ID]int{}
		for _, i := range g {
			if issue := old[c.told[i].ID]; issue != 0 && !kept[issue] {
				votes[issue]++
			}
		}
		issue := most(votes)
		if issue == 0 {
			issue = tx.NewID()
			if err := insert(tx, Kept{ID: issue, From: tx.Now(), To: tx.Now(), CountedAt: tx.Now(), Version: 1}); err != nil {
				return err
			}
		}
		kept[issue] = true
		if err := c.write(tx, s, issue, g, hand); err != nil {
			return err
		}
	}
	return removeOthers(tx, town, kept)
}

// worth reports whether a group is an issue of the town: enough people, and not
// too long ago.
func (c *counting) worth(tx *sqldb.Tx, g []int) bool {
	people := map[string]bool{}
	for _, i := range g {
		people[c.rs[i].message.person()] = true
	}
	last := c.told[g[len(g)-1]].At
	return len(people) >= leastOf && tx.Now().Sub(last) <= mustBeBy*day
}

// most is the issue with the most votes, of equal ones the oldest; 0 if none.
func most(votes map[id.ID]int) (best id.ID) {
	for _, issue := range slices.Sorted(maps.Keys(votes)) {
		if votes[issue] > votes[best] {
			best = issue
		}
	}
	return best
}

// write keeps an issue and who belongs to it.
func (c *counting) write(tx *sqldb.Tx, s *Service, issue id.ID, members []int, hand map[id.ID]id.ID) error {
	k, err := load(tx, issue, s.city())
	if err != nil {
		return err
	}
	slices.Sort(members)
	k.CountedAt = tx.Now()
	i := c.describe(&k, members)
	ms := make([]Member, len(members))
	for n, m := range members {
		d := c.told[m].ID
		ms[n] = Member{Matter: d, Score: i.Scores[n], ByHand: hand[d] == issue}
	}
	if err := setMembers(tx, issue, ms); err != nil {
		return err
	}
	return save(tx, k)
}

// describe says of an issue what follows from its members.
func (c *counting) describe(k *Kept, members []int) Issue {
	now := k.CountedAt
	i := issueOf(c.rs, members, now)
	var open []int
	categories := map[string]int{}
	path := c.told[members[0]].Path
	for _, m := range members {
		t := c.told[m]
		if t.Open {
			open = append(open, m)
		}
		categories[t.Category]++
		for l := scope.Town; int(l) < len(path); l++ {
			if path[l] != t.Path[l] {
				clear(path[l:])
				break
			}
		}
	}
	k.Path, k.Heat, k.From, k.To = path, i.Heat, i.From, i.To
	k.Category = ""
	for _, code := range slices.Sorted(maps.Keys(categories)) {
		if 2*categories[code] > len(members) {
			k.Category = code
		}
	}
	k.Name, k.OpenHeat = "", Heat{}
	if len(open) > 0 {
		o := issueOf(c.rs, open, now)
		k.Name = o.Name
		if o.Heat.People >= 2 {
			k.OpenHeat = o.Heat
		}
	}
	return i
}

// recount counts one issue anew, after somebody changed by hand what belongs to it.
func (s *Service) recount(tx *sqldb.Tx, issue id.ID) error {
	k, err := load(tx, issue, s.city())
	if err != nil {
		return err
	}
	members, err := membersOf(tx, issue)
	if err != nil {
		return err
	}
	ids := map[id.ID]bool{}
	for _, m := range members {
		ids[m.Matter] = true
	}
	told, err := s.matters.Told(tx, k.Path[scope.Town], tx.Now().AddDate(0, 0, -lookBack))
	if err != nil {
		return err
	}
	c := s.counting(told)
	var own []int
	hand := map[id.ID]id.ID{}
	for i, t := range c.told {
		if ids[t.ID] {
			own = append(own, i)
			hand[t.ID] = issue
		}
	}
	if len(own) == 0 {
		return remove(tx, issue)
	}
	return c.write(tx, s, issue, own, hand)
}
