// SPDX-License-Identifier: Apache-2.0

package matters

import (
	"database/sql"
	"time"

	"yuanba/internal/kit/id"
	"yuanba/internal/kit/scope"
	"yuanba/internal/kit/sqldb"
)

const cardColumns = `m.id, m.number, m.title, m.category, m.state, m.town_id, m.village_id, m.grid_id, m.courtyard_id, m.place_words, m.lat, m.lon,
	m.public, m.hidden, m.urgent, m.supervised, m.urged, m.turn_unit, m.lead_unit, m.raised_at, m.moved_at, m.due_at, m.warn_at, m.promised_at, m.closed_at, m.supporters, m.solved`

func (s *Service) scanCard(r sqldb.Scanner) (c Card, err error) { return s.scanCardAnd(r) }

// scanCardAnd scans a card and whatever columns follow it.
func (s *Service) scanCardAnd(r sqldb.Scanner, rest ...any) (c Card, err error) {
	var raised, moved, due, warn, promised, closed sqldb.Time
	var lat, lon sql.NullFloat64
	err = r.Scan(append([]any{&c.ID, &c.Number, &c.Title, &c.Category, &c.State,
		&c.Path[scope.Town], &c.Path[scope.Village], &c.Path[scope.Grid], &c.Path[scope.Courtyard], &c.PlaceWords, &lat, &lon,
		&c.Public, &c.Hidden, &c.Urgent, &c.Supervised, &c.Urged, &c.TurnUnit, &c.Lead, &raised, &moved, &due, &warn, &promised, &closed, &c.Supporters, &c.Solved}, rest...)...)
	c.Path[scope.City] = s.city()
	if lat.Valid && lon.Valid {
		c.At = &Point{Lon: lon.Float64, Lat: lat.Float64}
	}
	c.RaisedAt, c.MovedAt, c.Due, c.WarnAt, c.Promised, c.ClosedAt = raised.Time, moved.Time, due.Time, warn.Time, promised.Time, closed.Time
	return c, err
}

// cards returns a page of the matters that the conditions and the filter leave,
// newest first. One more than asked for tells whether there is a next page.
func (s *Service) cards(tx *sqldb.Tx, w *sqldb.Where, f Filter) (p Page, err error) {
	s.narrow(w, f, tx.Now())
	most := f.most()
	limit := w.Arg(most + 1)
	order := "id"
	if f.Late || f.Rule == NoRule { // few: looked up and sorted, not looked for among all from the newest on
		order = "+id"
	}
	p.Cards, err = sqldb.All(tx, s.scanCard, `
		SELECT `+cardColumns+` FROM matter m
		`+w.SQL()+`
		ORDER BY `+order+` DESC
		LIMIT `+limit, w.Args()...)
	if len(p.Cards) > most {
		p.Cards, p.More = p.Cards[:most], true
	}
	return p, err
}

// inboxCards returns a page of an inbox: what is due first on top. after is the
// last card of the page before.
func (s *Service) inboxCards(tx *sqldb.Tx, w sqldb.Where, after *Card, most int) (cards []Card, more bool, err error) {
	if after != nil {
		w.Add("(due_at, id) > (?, ?)", sqldb.At(after.Due), after.ID)
	}
	limit := w.Arg(most + 1)
	cards, err = sqldb.All(tx, s.scanCard, `
		SELECT `+cardColumns+` FROM matter m
		`+w.SQL()+`
		ORDER BY due_at NULLS LAST, id
		LIMIT `+limit, w.Args()...)
	if len(cards) > most {
		return cards[:most], true, err
	}
	return cards, false, err
}

// countInbox counts an inbox, at most to ten thousand.
func countInbox(tx *sqldb.Tx, w sqldb.Where, now time.Time) (c Counts, err error) {
	at, soon := w.Arg(sqldb.At(now)), w.Arg(sqldb.At(now.Add(4*time.Hour)))
	err = tx.Row(`
		SELECT count(*), count(*) FILTER (WHERE due_at < `+at+`), count(*) FILTER (WHERE due_at >= `+at+` AND due_at < `+soon+`)
		FROM (SELECT due_at FROM matter `+w.SQL()+` LIMIT 10000) AS waiting`, w.Args()...).Scan(&c.Turn, &c.Late, &c.Soon)
	return c, err
}

// countNoRule counts what no rule catches of an inbox, at most to ten thousand; 0
// unless somebody is to be told.
func countNoRule(tx *sqldb.Tx, w sqldb.Where, told bool) (n int, err error) {
	if !told {
		return 0, nil
	}
	w.Add(waitsWithoutRule)
	err = tx.Row(`SELECT count(*) FROM (SELECT 1 FROM matter `+w.SQL()+` LIMIT 10000) AS waiting`, w.Args()...).Scan(&n)
	return n, err
}

// waitsWithoutRule is what waits for the dispatcher and no rule sends anywhere, as
// its index says it.
const waitsWithoutRule = "rule = -1 AND turn = 'dispatch'"

// caught counts the matters raised since a moment that each rule caught, at most to
// ten thousand.
func caught(tx *sqldb.Tx, rules []id.ID, since id.ID) (map[id.ID]int, error) {
	n := make(map[id.ID]int, len(rules))
	for _, r := range rules {
		var k int
		if err := tx.Row(`SELECT count(*) FROM (SELECT 1 FROM matter WHERE rule = $1 AND rule <> 0 AND id >= $2 LIMIT 10000) AS caught`, r, since).Scan(&k); err != nil {
			return nil, err
		}
		n[r] = k
	}
	return n, nil
}

// cardsWhere returns the cards of the matters whose column names the given one.
func (s *Service) cardsWhere(tx *sqldb.Tx, column string, d ID) ([]Card, error) {
	return sqldb.All(tx, s.scanCard, `SELECT `+cardColumns+` FROM matter m WHERE m.`+column+` = $1 AND m.`+column+` <> 0 ORDER BY m.id LIMIT 100`, d)
}

// cardsByID returns cards in the order of the IDs; those that are gone are left out.
func (s *Service) cardsByID(tx *sqldb.Tx, ids []ID) ([]Card, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "m.id", ids...)
	found, err := sqldb.All(tx, s.scanCard, `SELECT `+cardColumns+` FROM matter m `+w.SQL()+` LIMIT 1000`, w.Args()...)
	if err != nil {
		return nil, err
	}
	by := make(map[ID]Card, len(found))
	for _, c := range found {
		by[c.ID] = c
	}
	cards := make([]Card, 0, len(ids))
	for _, d := range ids {
		if c, ok := by[d]; ok {
			cards = append(cards, c)
		}
	}
	return cards, nil
}

func (s *Service) whistlesFor(tx *sqldb.Tx, units []id.ID) ([]Called, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "r.unit_id", units...)
	w.Add("r.at IS NULL AND h.ended_at IS NULL")
	return sqldb.All(tx, s.scanCalled, `
		SELECT `+cardColumns+`, r.unit_id, h.blower, h.words, h.at, h.due_at
		FROM matter_response r
		JOIN matter_whistle h ON h.id = r.whistle_id
		JOIN matter m ON m.id = h.matter_id
		`+w.SQL()+`
		ORDER BY h.due_at, h.id
		LIMIT 200`, w.Args()...)
}

func (s *Service) assistsFor(tx *sqldb.Tx, units []id.ID) ([]Called, error) {
	if len(units) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	sqldb.In(&w, "a.unit_id", units...)
	w.Add("a.active AND a.answered_at IS NULL")
	sqldb.In(&w, "m.state", OpenStates()...) // of a matter that has ended nobody's part is waited for
	return sqldb.All(tx, s.scanCalled, `
		SELECT `+cardColumns+`, a.unit_id, a.asked_by, a.words, a.asked_at, m.due_at
		FROM matter_assist a
		JOIN matter m ON m.id = a.matter_id
		`+w.SQL()+`
		ORDER BY a.id
		LIMIT 200`, w.Args()...)
}

func (s *Service) scanCalled(r sqldb.Scanner) (c Called, err error) {
	var at, due sqldb.Time
	c.Card, err = s.scanCardAnd(r, &c.Unit, &c.By, &c.Words, &at, &due)
	c.At, c.Due = at.Time, due.Time
	return c, err
}

// underWay are the whistles that nobody has ended, the most pressing first, for
// matters within the conditions.
func (s *Service) underWay(tx *sqldb.Tx, w sqldb.Where) (all []UnderWay, err error) {
	w.Add("h.ended_at IS NULL")
	all, err = sqldb.All(tx, func(r sqldb.Scanner) (x UnderWay, err error) {
		var at, due sqldb.Time
		x.Card, err = s.scanCardAnd(r, &x.Whistle.ID, &x.Whistle.Blower, &x.Whistle.Words, &at, &due)
		x.Whistle.Matter, x.Whistle.At, x.Whistle.Due = x.Card.ID, at.Time, due.Time
		return x, err
	}, `
		SELECT `+cardColumns+`, h.id, h.blower, h.words, h.at, h.due_at
		FROM matter_whistle h
		JOIN matter m ON m.id = h.matter_id
		`+w.SQL()+`
		ORDER BY h.due_at, h.id
		LIMIT 50`, w.Args()...)
	for i := range all {
		if err != nil {
			return nil, err
		}
		all[i].Whistle.Responses, err = responsesOf(tx, all[i].Whistle.ID)
	}
	return all, err
}
