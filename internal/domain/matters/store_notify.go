// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"slices"
	"time"

	"yuanba/internal/domain/people"
	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

// briefColumns are what is needed of a matter to say who hears of it.
const briefColumns = `id, state, category, origin, town_id, village_id, grid_id, courtyard_id, public, hidden,
	resident_id, turn_unit, centre, lead_unit, joined_to, moved_at, due_at, urgent`

func (s *Service) scanBrief(r sqldb.Scanner) (m Matter, err error) {
	var moved, due sqldb.Time
	err = r.Scan(&m.ID, &m.State, &m.Category, &m.Origin, &m.Path[scope.Town], &m.Path[scope.Village], &m.Path[scope.Grid], &m.Path[scope.Courtyard],
		&m.Public, &m.Hidden, &m.Resident, &m.TurnUnit, &m.Centre, &m.Lead, &m.JoinedTo, &moved, &due, &m.Urgent)
	m.Path[scope.City], m.MovedAt, m.Due = s.city(), moved.Time, due.Time
	return m, err
}

// atOnce is how many matters are asked about in one statement.
const atOnce = 200

// audience finds who is to hear of the matters. Of those that were no more than
// raised only subscribers of their place or category hear; moved are the others, and
// kept are some of the former, which need not be read. few: the matters are those
// of one batch of the trail, and whom they concern is complete or wrong.
func (s *Service) audience(tx *sqldb.Tx, ids, moved []ID, kept map[ID]*Matter) (*audience, error) {
	a := &audience{matters: map[ID]Matter{}, supporters: map[ID][]reader{}, joined: map[ID][]Matter{}, slips: map[ID]bool{}, subscribers: map[string][]reader{}, called: map[ID][]id.ID{}}
	type where struct {
		path     scope.Path
		category string
	}
	asked, askedAll, further := map[string]bool{}, map[where]bool{}, map[ID]bool{}
	for _, d := range moved {
		further[d] = true
	}
	for some := range slices.Chunk(ids, atOnce) {
		var targets []string
		add := func(m Matter) {
			a.matters[m.ID] = m
			in := where{m.Path, m.Category}
			if !further[m.ID] && askedAll[in] {
				return
			}
			askedAll[in] = true
			ts := m.targets()
			if !further[m.ID] {
				ts = ts[1:] // nobody follows what has only just been raised
			}
			for _, t := range ts {
				if !asked[t] {
					asked[t] = true
					targets = append(targets, t)
				}
			}
		}
		read := make([]ID, 0, len(some))
		for _, d := range some {
			if m := kept[d]; m != nil {
				add(*m)
			} else {
				read = append(read, d)
			}
		}
		if len(read) > 0 {
			if err := s.eachBrief(tx, "id", read, add); err != nil {
				return nil, err
			}
		}
		if len(targets) == 0 {
			continue
		}
		if err := eachSubscriber(tx, targets, func(target string, who reader) {
			a.subscribers[target] = append(a.subscribers[target], who)
		}); err != nil {
			return nil, err
		}
	}
	for some := range slices.Chunk(moved, atOnce) {
		concerned := slices.Clone(some)
		if err := s.eachBrief(tx, "joined_to", some, func(m Matter) {
			a.joined[m.JoinedTo] = append(a.joined[m.JoinedTo], m)
			concerned = append(concerned, m.ID)
		}); err != nil {
			return nil, err
		}
		slices.Sort(concerned) // some may follow another of the same batch
		concerned = slices.Compact(concerned)
		if err := s.audienceBySlip(tx, a, concerned); err != nil {
			return nil, err
		}
		var w sqldb.Where
		sqldb.In(&w, "matter_id", concerned...)
		w.Add("resident_id <> 0")
		if err := tx.Each(`SELECT matter_id, resident_id FROM matter_support `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
			var d, resident id.ID
			err := r.Scan(&d, &resident)
			a.supporters[d] = append(a.supporters[d], reader{resident: resident})
			return err
		}); err != nil {
			return nil, err
		}
		if err := eachCalled(tx, some, func(d ID, unit id.ID) { a.called[d] = append(a.called[d], unit) }); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// audienceBySlip finds those of the matters whose slip's holder has a mailbox.
func (s *Service) audienceBySlip(tx *sqldb.Tx, a *audience, ids []ID) error {
	if !s.letters.Offered() {
		return nil
	}
	boxes, err := s.people.MailboxesOf(tx, people.OwnedBySlip, ids)
	for d := range boxes {
		a.slips[d] = true
	}
	return err
}

// eachBrief calls f with the matters whose column is one of the IDs. few: a
// batch's.
func (s *Service) eachBrief(tx *sqldb.Tx, column string, ids []ID, f func(Matter)) error {
	var w sqldb.Where
	w.Add(column + " <> 0")
	sqldb.In(&w, column, ids...)
	return tx.Each(`SELECT `+briefColumns+` FROM matter `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
		m, err := s.scanBrief(r)
		if err == nil {
			f(m)
		}
		return err
	})
}

// eachCalled calls f with the units that the whistles under way for the matters
// call. few: at most twenty for each.
func eachCalled(tx *sqldb.Tx, ids []ID, f func(d ID, unit id.ID)) error {
	var w sqldb.Where
	sqldb.In(&w, "h.matter_id", ids...)
	w.Add("h.ended_at IS NULL AND r.at IS NULL")
	return tx.Each(`SELECT h.matter_id, r.unit_id FROM matter_whistle h JOIN matter_response r ON r.whistle_id = h.id `+w.SQL()+` ORDER BY h.id, r.unit_id`, w.Args(), func(r sqldb.Scanner) error {
		var d, unit id.ID
		err := r.Scan(&d, &unit)
		if err == nil {
			f(d, unit)
		}
		return err
	})
}

// eachSubscriber calls f with those who want to hear of one of the targets. few:
// they asked to.
func eachSubscriber(tx *sqldb.Tx, targets []string, f func(target string, who reader)) error {
	var w sqldb.Where
	sqldb.In(&w, "target", targets...)
	return tx.Each(`SELECT target, account, resident_id FROM matter_subscription `+w.SQL()+` ORDER BY id`, w.Args(), func(r sqldb.Scanner) error {
		var target string
		var who reader
		err := r.Scan(&target, &who.account, &who.resident)
		if err == nil {
			f(target, who)
		}
		return err
	})
}

// insertNotices writes the notices, and gives each its ID.
func insertNotices(tx *sqldb.Tx, ns []notice) error {
	for some := range slices.Chunk(ns, 100) {
		args := make([]any, 0, 6*len(some))
		rows := ""
		for i, n := range some {
			if i > 0 {
				rows += ", "
			}
			rows += "(" + sqldb.List(6, 6*i+1) + ")"
			some[i].id = tx.NewID()
			args = append(args, some[i].id, n.to.account, n.to.resident, n.matter, n.key, sqldb.At(n.at))
		}
		if _, err := tx.Exec(`INSERT INTO matter_notice (id, account, resident_id, matter_id, what, at) VALUES `+rows, args...); err != nil {
			return err
		}
	}
	return nil
}

// mineNotices is the condition of somebody's own notices.
func mineNotices(by scope.Actor) (w sqldb.Where) {
	if by.Resident != 0 {
		w.Add("n.resident_id = ? AND n.resident_id <> 0", by.Resident)
	} else {
		w.Add("n.account = ? AND n.account <> 0", by.Account)
	}
	return w
}

// A shown is a notice with what decides whether it is shown.
type shown struct {
	Notice
	matter Matter
}

func (s *Service) noticesOf(tx *sqldb.Tx, by scope.Actor, before id.ID) ([]shown, error) {
	w := mineNotices(by)
	if before != 0 {
		w.Add("n.id < ?", before)
	}
	return s.shownNotices(tx, w, mostNotices)
}

// noticesWith are the reader's notices with these IDs.
func (s *Service) noticesWith(tx *sqldb.Tx, to reader, ids []id.ID) ([]shown, error) {
	var w sqldb.Where
	sqldb.In(&w, "n.id", ids...)
	w.Add("n.resident_id = ? AND n.account = ?", to.resident, to.account)
	if to.slip != 0 {
		w.Add("n.matter_id = ?", to.slip)
	}
	return s.shownNotices(tx, w, len(ids))
}

func (s *Service) shownNotices(tx *sqldb.Tx, w sqldb.Where, most int) ([]shown, error) {
	return sqldb.All(tx, func(r sqldb.Scanner) (n shown, err error) {
		var at, read sqldb.Time
		var resident id.ID
		n.Card, err = s.scanCardAnd(r, &resident, &n.ID, &n.Key, &at, &read)
		n.At, n.ReadAt = at.Time, read.Time
		c := n.Card
		n.matter = Matter{ID: c.ID, State: c.State, Category: c.Category, Path: c.Path, Public: c.Public, Hidden: c.Hidden, Resident: resident, TurnUnit: c.TurnUnit, Lead: c.Lead}
		return n, err
	}, `
		SELECT `+cardColumns+`, m.resident_id, n.id, n.what, n.at, n.read_at
		FROM matter_notice n
		JOIN matter m ON m.id = n.matter_id
		`+w.SQL()+`
		ORDER BY n.id DESC
		LIMIT `+w.Arg(most), w.Args()...)
}

func unread(tx *sqldb.Tx, by scope.Actor) (int, error) {
	n, err := sqldb.Int(tx.Row(`
		SELECT count(*)
		FROM (SELECT 1 FROM matter_notice WHERE resident_id = $1 AND account = $2 AND read_at IS NULL LIMIT 100) AS new`, by.Resident, by.Account))
	return int(n), err
}

func readNotices(tx *sqldb.Tx, by scope.Actor) error {
	_, err := tx.Exec(`UPDATE matter_notice SET read_at = $1 WHERE resident_id = $2 AND account = $3 AND read_at IS NULL`, sqldb.At(tx.Now()), by.Resident, by.Account)
	return err
}

// deleteNotices deletes notices written before a moment, a few at a time.
func deleteNotices(tx *sqldb.Tx, before time.Time) (int64, error) {
	return tx.Exec(`DELETE FROM matter_notice WHERE id IN (SELECT id FROM matter_notice WHERE id < $1 ORDER BY id LIMIT 2000)`, id.First(before))
}
